"""One run at a time in a data folder: a lock that dies with its holder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import TextIO

from auditor.errors import NotDone

__all__ = ["only_one"]

_PAUSE = 0.05


@contextmanager
def only_one(data: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the data folder's lock while the block runs; ``patience`` is for how many seconds it is waited for.

    Raises:
        NotDone: another process holds it, or the folder cannot be written.
    """
    with _opened(data) as file:
        for left in range(int(patience / _PAUSE), -1, -1):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as exc:
                if not left:
                    raise NotDone(f"another run is using {data} now; wait for it to end") from exc
                sleep(_PAUSE)
        yield


def _opened(data: Path) -> TextIO:
    try:
        data.mkdir(parents=True, exist_ok=True)
        return (data / "run.lock").open("w")
    except OSError as exc:
        raise NotDone(f"{data} cannot be written: {exc.strerror}") from exc
