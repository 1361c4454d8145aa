"""Which files of evidence are used, by what and until when; and what was let go of."""

import json

import sqlalchemy as sa
from alembic import op

__all__ = ["downgrade", "upgrade"]

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here. What was kept before is pinned: nobody noted what refers to it, so it is never let go of."""
    files = op.create_table(
        "evidence_files",
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("used_at", sa.String(40), nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_evidence_files"),
    )
    op.create_index("ix_evidence_files_used_at", "evidence_files", ["used_at"])
    op.create_table(
        "evidence_links",
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("refers_to", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("path", "refers_to", name="pk_evidence_links"),
    )
    op.create_table(
        "prunings",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("manifest", sa.String(80)),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prunings"),
    )
    op.create_table(
        "pruned",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("pruning", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", "pruning", name="pk_pruned"),
        sa.ForeignKeyConstraint(["pruning"], ["prunings.id"], name="fk_pruned_pruning"),
    )
    connection = op.get_bind()
    for table in ("bodies", "records"):
        known = {row[0] for row in connection.execute(sa.select(files.c.path))}
        places = connection.execute(sa.text(f"SELECT place FROM {table}")).scalars()  # noqa: S608 - of two names
        paths = {json.loads(bytes(place))["path"] for place in places} - known
        rows = [{"path": path, "used_at": "", "pinned": True} for path in sorted(paths)]
        if rows:
            connection.execute(files.insert(), rows)


def downgrade() -> None:
    """Take the schema back."""
    for name in ("pruned", "prunings", "evidence_links", "evidence_files"):
        op.drop_table(name)
