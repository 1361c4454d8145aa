"""How findings stood after a run."""

import sqlalchemy as sa
from alembic import op

__all__ = ["downgrade", "upgrade"]

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here."""
    op.create_table(
        "finding_runs",
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_finding_runs"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_finding_runs_run"),
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("finding_runs")
