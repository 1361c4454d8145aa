"""The ledger: each run's manifest lists every file and object it kept and the digest of the manifest before it."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.errors import EvidenceError
from auditor.evidence.files import write_whole
from auditor.model.codec import canonical_json
from auditor.model.evidence import digest_of
from auditor.model.ids import Digest, RunId
from auditor.model.place import Place

__all__ = ["CUT", "HEAD", "LEDGER", "Manifest", "Pen", "file_digest", "head", "last", "manifests", "tip"]

LEDGER, HEAD = "ledger", "HEAD"
CUT = "cut off before it ended"
"""What the ledger and the list of runs say of a run that was stopped."""
_CHUNK = 1 << 20
_KEYS = {"run", "number", "ended_at", "previous", "records", "files", "objects"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One link of the chain, as read: ``table`` is its JSON, ``digest`` the SHA-256 of its bytes."""

    path: str
    digest: Digest
    table: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes the chain of one evidence folder. One run seals at a time: the run's lock sees to that."""

    folder: Path

    def seal(
        self,
        *,
        run: RunId,
        kind: str,
        started_at: datetime,
        ended_at: datetime,
        places: Iterable[Place],
        files: Iterable[str],
        records: Digest,
        notes: Iterable[str] = (),
    ) -> Digest:
        """Write a run's manifest and make it the chain's head; ``records`` names the run's visits and readings in the database.

        No manifest is ever written over another.

        Raises:
            EvidenceError: a file that the manifest would list is not there, or the chain is broken.
        """
        previous = tip(self.folder)
        number = previous[0] + 1 if previous else 1
        table = {
            "run": run,
            "kind": kind,
            "number": number,
            "started_at": started_at.isoformat(),
            "ended_at": ended_at.isoformat(),
            "previous": previous[1] if previous else None,
            "records": records,
            "notes": sorted(notes),
            "files": [_file(self.folder, path) for path in sorted(set(files))],
            "objects": [_object(place) for place in sorted(places, key=lambda place: (place.digest, place.path))],
        }
        body = canonical_json(table)
        digest = digest_of(body)
        write_whole(_path(self.folder, number), body)
        self._point(number, digest)
        return digest

    def mend(self) -> None:
        """Let the head name the chain's last manifest again, when a kill came between the two.

        Raises:
            EvidenceError: the chain is broken; no run may go on writing it.
        """
        last = tip(self.folder)
        if last is not None and last != head(self.folder):
            self._point(*last)

    def _point(self, number: int, digest: Digest) -> None:
        write_whole(self.folder / LEDGER / HEAD, f"{number} {digest}\n".encode())


def head(folder: Path) -> tuple[int, Digest] | None:
    """Give the number and digest of the last manifest, None when there is none.

    Raises:
        EvidenceError: the head is unreadable.
    """
    path = folder / LEDGER / HEAD
    if not path.exists():
        return None
    found = re.fullmatch(rb"(\d{1,12}) (sha256:[0-9a-f]{64})\n", path.read_bytes())
    if found is None:
        raise EvidenceError(f"{LEDGER}/{HEAD} is not a number and a digest")
    return int(found[1]), Digest(found[2].decode())


def tip(folder: Path) -> tuple[int, Digest] | None:
    """Give the number and digest of the chain's last manifest: the head's, or one behind it that continues the chain.

    A manifest is written before the head that names it, so after a kill the head may lag behind.

    Raises:
        EvidenceError: the head is unreadable, names no manifest that is there, or one behind it does not follow.
    """
    found = head(folder)
    number, digest = found or (0, None)
    if found is not None and _read(folder, _path(folder, found[0])).digest != digest:
        raise EvidenceError(f"{LEDGER}/{HEAD} and manifest {number} do not fit each other: see auditor evidence verify")
    while _path(folder, number + 1).exists():
        follower = _read(folder, _path(folder, number + 1))
        if follower.table.get("previous") != digest or follower.table.get("number") != number + 1:
            raise EvidenceError(f"{follower.path} does not follow the manifest before it: see auditor evidence verify")
        number, digest = number + 1, follower.digest
    return (number, digest) if digest is not None else None


def manifests(folder: Path) -> Iterator[tuple[str, Manifest | None]]:
    """Give every manifest by number, None in place of one that cannot be read."""
    for path in sorted((folder / LEDGER).glob("*.json")):
        try:
            yield path.relative_to(folder).as_posix(), _read(folder, path)
        except EvidenceError:
            yield path.relative_to(folder).as_posix(), None


def last(folder: Path) -> Manifest | None:
    """Give the chain's last manifest, None when there is none.

    Raises:
        EvidenceError: the chain is broken.
    """
    found = tip(folder)
    return _read(folder, _path(folder, found[0])) if found is not None else None


def _path(folder: Path, number: int) -> Path:
    return folder / LEDGER / f"{number:08d}.json"


def _read(folder: Path, path: Path) -> Manifest:
    name = path.relative_to(folder).as_posix()
    try:
        body = path.read_bytes()
        table = json.loads(body)
    except (OSError, ValueError) as exc:
        raise EvidenceError(f"{name} cannot be read: {exc}") from exc
    if not isinstance(table, dict) or not table.keys() >= _KEYS:
        raise EvidenceError(f"{name} is no manifest")
    return Manifest(path=name, digest=digest_of(body), table=table)


def file_digest(path: Path) -> Digest:
    """Give a file's SHA-256, read piece by piece."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            state.update(chunk)
    return Digest("sha256:" + state.hexdigest())


def _file(folder: Path, path: str) -> dict[str, object]:
    full = folder / path
    if not full.is_file():
        raise EvidenceError(f"{path} is not there, and the run rests on it")
    return {"path": path, "sha256": file_digest(full), "size": full.stat().st_size}


def _object(place: Place) -> dict[str, object]:
    return {
        "digest": place.digest,
        "kind": place.kind.value,
        "media_type": place.media_type,
        "size": place.size,
        "path": place.path,
        "offset": place.offset,
        "length": place.length,
        "url": place.url,
        "record": place.record,
    }
