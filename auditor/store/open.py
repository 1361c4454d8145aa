"""Opens the database, brings its schema up to date, and hands out its repositories."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from auditor.errors import NotDone
from auditor.store.acts import Acts
from auditor.store.declarations import Declarations
from auditor.store.files import Files
from auditor.store.findings import Findings
from auditor.store.outbox import Outbox
from auditor.store.rankings import Rankings
from auditor.store.runs import Runs
from auditor.store.uptime import Uptime
from auditor.store.visits import Visits
from auditor.store.writing import WRITES, writing

__all__ = ["Store", "open_store"]

_BUSY_MILLISECONDS = 30_000
_MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """The database's repositories. Close it, or use it as a context manager."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine whose schema is up to date."""
        self.engine = engine
        self.runs = Runs(engine)
        self.visits = Visits(engine)
        self.declarations = Declarations(engine)
        self.acts = Acts(engine)
        self.rankings = Rankings(engine)
        self.uptime = Uptime(engine)
        self.findings = Findings(engine)
        self.outbox = Outbox(engine)
        self.files = Files(engine)

    def __enter__(self) -> Self:
        """Give the store."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(url: str, data: Path) -> Store:
    """Open the database at ``url``, or SQLite in the data folder when it is empty.

    Raises:
        NotDone: it cannot be opened or brought up to date.
    """
    if not url:
        data.mkdir(parents=True, exist_ok=True)
    address = url or f"sqlite:///{(data / 'auditor.sqlite').resolve()}"
    engine = create_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune)
        event.listen(engine, "begin", _begin)
    try:
        _migrate(engine)
    except SQLAlchemyError as exc:
        engine.dispose()
        raise NotDone(f"the database cannot be opened: {getattr(exc, 'orig', None) or exc}") from exc
    return Store(engine)


def _tune(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    """WAL so that readers never wait, full sync so that a finished visit outlives a power cut; transactions begin when we say."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MILLISECONDS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once where something will be written, so that it never fails half way; a reader takes none."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect() as connection:
        if (
            MigrationContext.configure(connection).get_current_revision()
            == ScriptDirectory.from_config(config).get_current_head()
        ):
            return
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
