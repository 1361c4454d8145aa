"""What the council and the agencies do about marks, only ever added to."""

import sqlalchemy as sa
from alembic import op

__all__ = ["downgrade", "upgrade"]

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring the schema here."""
    op.create_table(
        "acts",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("edition", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("agency", sa.String(100), nullable=False),
        sa.Column("criterion", sa.String(100), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_acts"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_acts_run"),
    )
    op.create_index("ix_acts_edition", "acts", ["edition"])


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("acts")
