"""Whose a reading is and what it says, beside its record: what a judgement rests on is found among those of many years."""

import sqlalchemy as sa
from alembic import op

from auditor.judge.past import answer_of
from auditor.model.codec import Codec
from auditor.model.reading import ReadingRecord

__all__ = ["downgrade", "upgrade"]

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SOME = sa.text("SELECT id, record FROM readings WHERE id > :last ORDER BY id LIMIT 1000")
_CHANGE = sa.text("UPDATE readings SET agency = :agency, answer = :answer WHERE id = :id")


def upgrade() -> None:
    """Bring the schema here, and say it of every reading that is kept."""
    op.add_column("readings", sa.Column("agency", sa.String(100), nullable=False, server_default=""))
    op.add_column("readings", sa.Column("answer", sa.String(16), nullable=False, server_default=""))
    connection, codec, last = op.get_bind(), Codec(ReadingRecord), 0
    while rows := connection.execute(_SOME, {"last": last}).all():
        known = [(number, codec.load(record)) for number, record in rows]
        said = [{"id": number, "agency": one.agency or "", "answer": answer_of(one.reading)} for number, one in known]
        connection.execute(_CHANGE, said)
        last = rows[-1][0]
    op.create_index("ix_readings_told", "readings", ["site", "measure", "agency", "answer", "observed_at", "run"])


def downgrade() -> None:
    """Take the schema back."""
    op.drop_index("ix_readings_told", "readings")
    op.drop_column("readings", "answer")
    op.drop_column("readings", "agency")
