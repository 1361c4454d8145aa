"""Samples of uptime, packed, and the days that they come to."""

import sqlalchemy as sa
from alembic import op

__all__ = ["downgrade", "upgrade"]

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring the schema here."""
    op.create_table(
        "uptime_sites",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("url", sa.String(800), nullable=False),
        sa.Column("rolled_to", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uptime_sites"),
        sa.UniqueConstraint("url", name="uq_uptime_sites_url"),
    )
    op.create_table(
        "uptime_samples",
        sa.Column("site", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("packed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "at", name="pk_uptime_samples"),
        sa.ForeignKeyConstraint(["site"], ["uptime_sites.id"], name="fk_uptime_samples_site"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "uptime_days",
        sa.Column("site", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("samples", sa.Integer, nullable=False),
        sa.Column("up", sa.Integer, nullable=False),
        sa.Column("down", sa.Integer, nullable=False),
        sa.Column("stretches", sa.LargeBinary, nullable=False),
        sa.Column("speeds", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("site", "day", name="pk_uptime_days"),
        sa.ForeignKeyConstraint(["site"], ["uptime_sites.id"], name="fk_uptime_days_site"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the schema back."""
    for table in ("uptime_days", "uptime_samples", "uptime_sites"):
        op.drop_table(table)
