"""How the database is written and how instants stand in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

__all__ = ["WRITES", "instant", "writing"]

WRITES = "auditor_writes"
"""The execution option of a connection whose transaction will write."""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose transaction may write, and commit it; readers never wait for it, nor it for them."""
    with engine.connect() as connection, connection.execution_options(**{WRITES: True}).begin():
        yield connection


def instant(moment: datetime) -> str:
    """Give an instant as text that sorts by time, whatever the database's collation: UTC, always with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
