"""First tables: runs, visits, readings, bodies, declarations, rankings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring the schema here."""
    for table in (_runs, _visits, _readings, _bodies, _declarations, _rankings):
        table()


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", sa.String(40), nullable=False),
        sa.Column("ended_at", sa.String(40)),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("manifest", sa.String(80)),
        sa.Column("held_because", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("key", sa.String(1000), nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("ended_at", sa.String(40), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_visits"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_visits_run"),
    )
    op.create_index("ix_visits_run", "visits", ["run"])


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("visit", sa.String(1000), nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("measure", sa.String(100), nullable=False),
        sa.Column("site", sa.String(800), nullable=False),
        sa.Column("observed_at", sa.String(40), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
        sa.ForeignKeyConstraint(["visit"], ["visits.key"], name="fk_readings_visit"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_readings_run"),
    )
    op.create_index("ix_readings_visit", "readings", ["visit"])
    op.create_index("ix_readings_run", "readings", ["run"])
    op.create_index("ix_readings_observed_at", "readings", ["observed_at"])


def _bodies() -> None:
    op.create_table(
        "bodies",
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("place", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_bodies"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_bodies_run"),
    )
    op.create_index("ix_bodies_run", "bodies", ["run"])


def _declarations() -> None:
    op.create_table(
        "declarations",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("edition", sa.String(100), nullable=False),
        sa.Column("agency", sa.String(100), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_declarations"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_declarations_run"),
    )
    op.create_index("ix_declarations_edition_agency", "declarations", ["edition", "agency"])


def _rankings() -> None:
    op.create_table(
        "rankings",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("edition", sa.String(100), nullable=False),
        sa.Column("as_of", sa.String(40), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rankings"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_rankings_run"),
    )
    op.create_index("ix_rankings_edition", "rankings", ["edition"])


def downgrade() -> None:
    """Take the schema back."""
    for table in ("rankings", "declarations", "bodies", "readings", "visits", "runs"):
        op.drop_table(table)
