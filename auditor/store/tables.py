"""The tables. Readings, declarations, acts of the council and rankings are only ever added to."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

__all__ = [
    "METADATA",
    "acts",
    "bodies",
    "declarations",
    "evidence_files",
    "evidence_links",
    "finding_runs",
    "outbox",
    "pruned",
    "prunings",
    "rankings",
    "readings",
    "records",
    "runs",
    "uptime_days",
    "uptime_samples",
    "uptime_sites",
    "visits",
]

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)
_KEY = BigInteger().with_variant(Integer, "sqlite")

runs = Table(
    "runs",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", String(40), nullable=False),
    Column("ended_at", String(40)),
    Column("scope", Text, nullable=False),
    Column("manifest", String(80)),
    Column("held_because", Text, nullable=False),
)

visits = Table(
    "visits",
    METADATA,
    Column("key", String(1000), primary_key=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False, index=True),
    Column("ended_at", String(40), nullable=False),
    Column("record", LargeBinary, nullable=False),
)

readings = Table(
    "readings",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("visit", String(1000), ForeignKey("visits.key"), nullable=False, index=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False, index=True),
    Column("measure", String(100), nullable=False),
    Column("site", String(800), nullable=False),
    Column("observed_at", String(40), nullable=False, index=True),
    Column("agency", String(100), nullable=False, server_default=""),
    Column("answer", String(16), nullable=False, server_default=""),
    Column("record", LargeBinary, nullable=False),
    Index("ix_readings_told", "site", "measure", "agency", "answer", "observed_at", "run"),
)

bodies = Table(
    "bodies",
    METADATA,
    Column("digest", String(80), primary_key=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False, index=True),
    Column("place", LargeBinary, nullable=False),
)

records = Table(
    "records",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False, index=True),
    Column("place", LargeBinary, nullable=False),
)

declarations = Table(
    "declarations",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False),
    Column("edition", String(100), nullable=False),
    Column("agency", String(100), nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index("ix_declarations_edition_agency", "edition", "agency"),
)

acts = Table(
    "acts",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False),
    Column("edition", String(100), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("agency", String(100), nullable=False),
    Column("criterion", String(100), nullable=False),
    Column("record", LargeBinary, nullable=False),
)

rankings = Table(
    "rankings",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False),
    Column("edition", String(100), nullable=False, index=True),
    Column("as_of", String(40), nullable=False),
    Column("record", LargeBinary, nullable=False),
)

uptime_sites = Table(
    "uptime_sites",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("url", String(800), nullable=False, unique=True),
    Column("rolled_to", BigInteger, nullable=False),
)

uptime_samples = Table(
    "uptime_samples",
    METADATA,
    Column("site", BigInteger, ForeignKey("uptime_sites.id"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("packed", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

uptime_days = Table(
    "uptime_days",
    METADATA,
    Column("site", BigInteger, ForeignKey("uptime_sites.id"), primary_key=True, autoincrement=False),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("samples", Integer, nullable=False),
    Column("up", Integer, nullable=False),
    Column("down", Integer, nullable=False),
    Column("stretches", LargeBinary, nullable=False),
    Column("speeds", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

finding_runs = Table(
    "finding_runs",
    METADATA,
    Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("record", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("key", String(300), primary_key=True),
    Column("agency", String(100), nullable=False),
    Column("thread", String(200), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("due_at", String(40)),
    Column("left", Text, nullable=False),
    Column("refused", Text, nullable=False),
    Column("taken", Text, nullable=False, server_default="{}"),
    Column("why", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index("ix_outbox_state_due_at", "state", "due_at"),
)

evidence_files = Table(
    "evidence_files",
    METADATA,
    Column("path", String(300), primary_key=True),
    Column("used_at", String(40), nullable=False, index=True),
    Column("pinned", Boolean, nullable=False),
)

evidence_links = Table(
    "evidence_links",
    METADATA,
    Column("path", String(300), primary_key=True),
    Column("refers_to", String(300), primary_key=True),
)

prunings = Table(
    "prunings",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("manifest", String(80)),
    Column("record", LargeBinary, nullable=False),
)

pruned = Table(
    "pruned",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("pruning", String(64), ForeignKey("prunings.id"), primary_key=True),
)
