"""One run at a time in a data folder: a lock that dies with its holder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.errors import NotDone

__all__ = ["only_one"]


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder's lock while the block runs.

    Raises:
        NotDone: another process holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise NotDone(f"another run is using {data} now; wait for it to end") from exc
        yield
