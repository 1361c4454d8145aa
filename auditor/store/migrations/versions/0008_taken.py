"""When a server took which address of a notice: the deadlines that a letter sets run from there."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

__all__ = ["downgrade", "upgrade"]

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here. Of what was sent before, the last change is the time: never too early for whom it was told to."""
    op.add_column("outbox", sa.Column("taken", sa.Text, nullable=False, server_default="{}"))
    connection = op.get_bind()
    rows = connection.execute(sa.text('SELECT key, record, refused, "left", changed_at FROM outbox WHERE tries > 0')).mappings()
    for row in list(rows):
        taken = dict.fromkeys(_served(dict(row)), row["changed_at"])
        change = sa.text("UPDATE outbox SET taken = :taken WHERE key = :key")
        connection.execute(change, {"taken": json.dumps(taken), "key": row["key"]})


def _served(row: Mapping[str, Any]) -> list[str]:
    over = {*json.loads(row["left"]), *(line.partition(": ")[0] for line in json.loads(row["refused"]))}
    return [address for address in json.loads(zlib.decompress(row["record"]))["to"] if address not in over]


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("outbox", "taken")
