"""After a kill: what an unfinished visit had written is kept to its last whole record, and the cut is noted."""

import zlib
from pathlib import Path

from auditor.evidence.files import PART, sync_folder
from auditor.evidence.ledger import LEDGER
from auditor.evidence.writer import BLOBS, WARCS

__all__ = ["recover", "whole_records"]

_CHUNK = 1 << 20


def recover(folder: Path) -> tuple[tuple[str, str], ...]:
    """Give a name of its own to every file that a killed visit left, cut to whole records: pairs of path and note.

    Nothing is thrown away but bytes behind the last whole record; temporary files of blobs and of the ledger, which nothing
    refers to, are removed. Only who holds the data folder's lock may call it: a visit at work has such files too.
    """
    found = []
    for part in sorted((folder / WARCS).rglob(f"*.warc.gz{PART}")):
        length = part.stat().st_size
        whole = whole_records(part)
        if whole == 0:
            part.unlink()
            continue
        with part.open("r+b") as file:
            file.truncate(whole)
        target = _free_name(part)
        part.replace(target)
        sync_folder(target.parent)
        path = target.relative_to(folder).as_posix()
        found.append((path, f"{path}: cut off by a stop, {length - whole} bytes behind the last whole record left out"))
    for stray in (*(folder / BLOBS).rglob(f"*{PART}"), *(folder / LEDGER).glob(f"*{PART}")):
        stray.unlink()
    return tuple(found)


def whole_records(path: Path) -> int:
    """Give the length of a file's whole gzip members."""
    whole = position = 0
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            while chunk:
                try:
                    stream.decompress(chunk)
                except zlib.error:
                    return whole
                rest = stream.unused_data
                position += len(chunk) - len(rest)
                if stream.eof:
                    whole = position
                    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
                chunk = rest
    return whole


def _free_name(part: Path) -> Path:
    base = part.name.removesuffix(f".warc.gz{PART}")
    number = 1
    while (target := part.with_name(f"{base}.cut{number}.warc.gz")).exists():
        number += 1
    return target
