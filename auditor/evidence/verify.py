"""Proves every kept byte and the ledger's chain, without a network: one flipped bit anywhere is named."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.errors import EvidenceError
from auditor.evidence.acts import KeptActs, act_faults
from auditor.evidence.archive import read_record
from auditor.evidence.chain import Fault, chain_faults, sound_manifests
from auditor.evidence.files import PART
from auditor.evidence.ledger import LEDGER, Manifest, file_digest
from auditor.evidence.recover import whole_records
from auditor.evidence.writer import BLOBS, WARCS
from auditor.model.evidence import ProofKind, digest_of
from auditor.model.ids import Digest, RunId
from auditor.model.place import Place

__all__ = ["Fault", "Report", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was proved: how many runs, objects and bytes, and every fault."""

    runs: int
    objects: int
    bytes: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Tell whether there is no fault."""
        return not self.faults


def verify(
    folder: Path,
    *,
    sealed: Mapping[RunId, Digest],
    unsealed: Mapping[RunId, Sequence[Place]],
    records: Callable[[RunId], Digest],
    acts: KeptActs | None = None,
) -> Report:
    """Read and hash everything again.

    ``sealed`` are the runs that the database knows as sealed, with the digests of their manifests; ``unsealed`` those that are
    at work or were cut off, with where their objects lie; ``records`` gives the digest of a run's visits, readings and
    declarations as the database has them now, ``acts`` the acts that it has and when its runs ended.
    """
    faults = list(chain_faults(folder, sealed, unsealed))
    sound = sound_manifests(folder, faults)
    files: dict[str, tuple[str, int]] = {}
    objects: dict[tuple[str, str, int], Mapping[str, Any]] = {}
    for manifest in sound:
        try:
            files.update({file["path"]: (file["sha256"], int(file["size"])) for file in manifest.table["files"]})
            objects.update({(kept["digest"], kept["path"], kept["offset"]): kept for kept in manifest.table["objects"]})
        except (KeyError, TypeError, ValueError) as exc:
            faults.append(Fault(digest=manifest.digest, path=manifest.path, what=f"is not a manifest: {exc!r}"))
    faults += _record_faults(sound, unsealed, records)
    if acts is not None:
        faults += act_faults(folder, sound, unsealed, acts)
    faults += _file_faults(folder, files)
    faults += _object_faults(folder, objects.values())
    for places in unsealed.values():
        faults += _object_faults(folder, map(_entry, places))
    # What a manifest lists that cannot be read is not known, so nothing can be called a stray.
    faults += _strays(folder, files, None if any(f.path.startswith(LEDGER) for f in faults) else unsealed)
    return Report(
        runs=len({manifest.table["run"] for manifest in sound}),
        objects=len(objects),
        bytes=sum(size for _, size in files.values()),
        faults=tuple(dict.fromkeys(faults)),
    )


def _record_faults(
    sound: Iterable[Manifest], unsealed: Mapping[RunId, Sequence[Place]], records: Callable[[RunId], Digest]
) -> Iterator[Fault]:
    """Compare the database with the last manifest of each run; a run that goes on has more by now than its manifest says."""
    for run, kept in {manifest.table["run"]: manifest.table["records"] for manifest in sound}.items():
        if run not in unsealed and records(RunId(run)) != kept:
            yield Fault(
                digest=str(kept), path="database", what=f"visits, readings, declarations or acts of run {run} have changed"
            )


def _file_faults(folder: Path, files: Mapping[str, tuple[str, int]]) -> Iterator[Fault]:
    for name, (digest, _) in files.items():
        if not (folder / name).is_file():
            yield Fault(digest=digest, path=name, what="is missing")
        elif file_digest(folder / name) != digest:
            yield Fault(digest=digest, path=name, what="has changed")


def _object_faults(folder: Path, objects: Iterable[Mapping[str, Any]]) -> Iterator[Fault]:
    for entry in objects:
        what = _object_fault(folder, entry)
        if what:
            yield Fault(digest=entry["digest"], path=entry["path"], what=what)


def _object_fault(folder: Path, entry: Mapping[str, Any]) -> str | None:
    """Read one object again by the manifest alone."""
    try:
        with (folder / entry["path"]).open("rb") as file:
            file.seek(entry["offset"])
            raw = file.read(entry["length"])
        body = read_record(raw, entry["path"]).body if entry["kind"] == ProofKind.HTTP else raw
    except (EvidenceError, OSError) as exc:
        return f"cannot be read: {exc}"
    return None if digest_of(body) == entry["digest"] else "has changed"


def _entry(place: Place) -> Mapping[str, Any]:
    return {
        "digest": place.digest,
        "path": place.path,
        "offset": place.offset,
        "length": place.length,
        "kind": place.kind,
    }


def _strays(folder: Path, listed: Mapping[str, object], unsealed: Mapping[RunId, object] | None) -> Iterator[Fault]:
    """Look at files that no manifest lists: an unsealed run's WARC files must be whole, no other run may have any.

    A blob that nothing refers to is what a killed visit left; it must still be what its name says.
    """
    for path in sorted((folder / BLOBS).rglob("*")):
        name = path.relative_to(folder).as_posix()
        unlisted = path.is_file() and path.suffix != PART and name not in listed
        if unlisted and file_digest(path) != f"sha256:{path.name}":
            yield Fault(digest=f"sha256:{path.name}", path=name, what="is not what its name says")
    for path in sorted((folder / WARCS).rglob("*")) if unsealed is not None else []:
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name in listed:
            continue
        if path.relative_to(folder / WARCS).parts[0] not in (unsealed or ()):
            yield Fault(digest="", path=name, what="is listed by no manifest, and its run is not at work")
        elif path.suffix != PART and whole_records(path) != path.stat().st_size:
            yield Fault(digest="", path=name, what="holds a record that cannot be read")
