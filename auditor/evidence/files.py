"""Files that are either there whole or not at all."""

import os
from pathlib import Path
from uuid import uuid4

__all__ = ["PART", "sync_folder", "write_whole"]

PART = ".part"
"""How the name of a file ends that is not whole yet."""


def write_whole(path: Path, body: bytes) -> None:
    """Write a file under a name that nobody else writes under, make sure of it, then give it its own name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid4().hex}{PART}")
    with part.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that a folder's names are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
