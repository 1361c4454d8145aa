"""The ledger: each run's manifest lists every file and object it kept and the digest of the manifest before it."""

import hashlib
import json
import re
from collections.abc import Iterable
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

__all__ = ["HEAD", "LEDGER", "Manifest", "Pen", "file_digest", "head", "manifests"]

LEDGER, HEAD = "ledger", "HEAD"
_CHUNK = 1 << 20


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

        Raises:
            EvidenceError: a file that the manifest would list is not there.
        """
        previous = head(self.folder)
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
        write_whole(self.folder / LEDGER / f"{number:08d}.json", body)
        write_whole(self.folder / LEDGER / HEAD, f"{number} {digest}\n".encode())
        return digest


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


def manifests(folder: Path) -> Iterable[tuple[str, Manifest | None]]:
    """Give every manifest by number, None in place of one that cannot be read."""
    for path in sorted((folder / LEDGER).glob("*.json")):
        name = path.relative_to(folder).as_posix()
        body = path.read_bytes()
        try:
            table = json.loads(body)
        except ValueError:
            yield name, None
            continue
        yield name, Manifest(path=name, digest=digest_of(body), table=table) if isinstance(table, dict) else None


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
