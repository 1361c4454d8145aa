"""How the database is written and how instants stand in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from auditor.errors import NotDone

__all__ = ["WRITES", "instant", "writing"]

WRITES = "auditor_writes"
"""The execution option of a connection whose transaction will write."""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose transaction may write, and commit it; readers never wait for it, nor it for them.

    Raises:
        NotDone: somebody else has held the database locked for too long, its disk is full, or its server is gone.
    """
    try:
        with engine.connect() as connection, connection.execution_options(**{WRITES: True}).begin():
            yield connection
    except OperationalError as exc:
        raise NotDone(f"the database could not be written, and nothing of it was: {exc.orig}") from exc


def instant(moment: datetime) -> str:
    """Give an instant as text that sorts by time, whatever the database's collation: UTC, always with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
