"""One daemon a database: a lock that dies with its holder, wherever the database is."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from auditor.errors import NotDone

__all__ = ["hold"]

_KEY = 0x61756469746F72
"""PostgreSQL's advisory locks have numbers for names: "auditor" in ASCII."""
_TAKEN = "another auditor schedule works on this database; stop it first"

Holds = Callable[[], bool]
"""Tells whether the lock is still ours: a server that began anew has forgotten it."""


@contextmanager
def hold(engine: Engine) -> Iterator[Holds]:
    """Hold the database's lock while the block runs: an flock beside an SQLite file, an advisory lock of a PostgreSQL session.

    Raises:
        NotDone: another process holds it, or the lock cannot be asked for.
    """
    way = _of_file if engine.dialect.name == "sqlite" else _of_server
    with way(engine) as holds:
        yield holds


@contextmanager
def _of_file(engine: Engine) -> Iterator[Holds]:
    path = Path(f"{engine.url.database}.lock")
    try:
        file = path.open("w")
    except OSError as exc:
        raise NotDone(f"{path} cannot be opened: {exc.strerror}") from exc
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise NotDone(_TAKEN) from exc
        yield lambda: True


@contextmanager
def _of_server(engine: Engine) -> Iterator[Holds]:
    """Keep one session open: PostgreSQL gives its locks back when it ends, however it ends."""
    try:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar()
    except SQLAlchemyError as exc:
        raise NotDone(f"the database's lock cannot be asked for: {exc}") from exc
    try:
        if not taken:
            raise NotDone(_TAKEN)

        def holds() -> bool:
            # Only of this very session: after a lost connection SQLAlchemy would open another one, without the lock.
            try:
                return bool(
                    connection.execute(
                        text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted")
                    ).scalar()
                )
            except SQLAlchemyError:
                return False

        yield holds
    finally:
        # Not back into the pool: there its session, and with it the lock, would live on.
        connection.invalidate()
        connection.close()
