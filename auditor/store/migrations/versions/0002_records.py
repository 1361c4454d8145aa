"""Where every exchange's own record lies: one body may have come in many answers."""

import sqlalchemy as sa
from alembic import op

__all__ = ["downgrade", "upgrade"]

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here."""
    op.create_table(
        "records",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("place", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_records_run"),
    )
    op.create_index("ix_records_run", "records", ["run"])


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("records")
