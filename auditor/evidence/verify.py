"""Proves every kept byte and the ledger's chain, without a network: one flipped bit anywhere is named."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.errors import EvidenceError
from auditor.evidence.archive import read_record
from auditor.evidence.ledger import HEAD, LEDGER, Manifest, file_digest, head, manifests
from auditor.model.evidence import ProofKind, digest_of
from auditor.model.ids import Digest, RunId

__all__ = ["Fault", "Report", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is not as it was kept."""

    digest: str
    path: str
    what: str


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
    records: Callable[[RunId], Digest],
) -> Report:
    """Read and hash everything again.

    ``sealed`` are the runs that the database knows as sealed, with the digests of their manifests; ``records`` gives the
    digest of a run's
    visits and readings as the database has them now.
    """
    faults: list[Fault] = []
    chain = [(name, manifest) for name, manifest in manifests(folder)]
    faults += _chain_faults(folder, chain, sealed)
    listed: dict[str, str] = {}
    runs = objects = size = 0
    for _, manifest in chain:
        if manifest is None:
            continue
        try:
            found = list(_manifest_faults(folder, manifest, records))
            runs += 1
            objects += len(manifest.table["objects"])
            size += sum(int(file["size"]) for file in manifest.table["files"])
            listed.update({file["path"]: file["sha256"] for file in manifest.table["files"]})
        except (KeyError, TypeError, ValueError) as exc:
            found = [Fault(digest=manifest.digest, path=manifest.path, what=f"is not a manifest: {exc!r}")]
        faults += found
    faults += _strays(folder, listed)
    return Report(runs=runs, objects=objects, bytes=size, faults=tuple(faults))


def _chain_faults(folder: Path, chain: Iterable[tuple[str, Manifest | None]], sealed: Mapping[RunId, Digest]) -> Iterator[Fault]:
    previous: Digest | None = None
    number = 0
    seen: dict[str, Digest] = {}
    for name, manifest in chain:
        number += 1
        if manifest is None:
            yield Fault(digest="", path=name, what="cannot be read as JSON")
            previous = None
            continue
        if manifest.table.get("previous") != previous or manifest.table.get("number") != number:
            yield Fault(digest=manifest.digest, path=name, what="does not follow the manifest before it")
        previous = manifest.digest
        seen[str(manifest.table.get("run"))] = manifest.digest
    try:
        last = head(folder)
    except EvidenceError as exc:
        yield Fault(digest="", path=f"{LEDGER}/{HEAD}", what=str(exc))
    else:
        if (last or (0, None)) != (number, previous):
            yield Fault(digest=last[1] if last else "", path=f"{LEDGER}/{HEAD}", what="does not name the last manifest")
    for run, digest in sealed.items():
        if seen.get(run) != digest:
            yield Fault(digest=digest, path=f"{LEDGER}/", what=f"the manifest of run {run} is missing or changed")


def _manifest_faults(folder: Path, manifest: Manifest, records: Callable[[RunId], Digest]) -> Iterator[Fault]:
    table = manifest.table
    if records(RunId(table["run"])) != table["records"]:
        yield Fault(digest=table["records"], path="database", what=f"visits or readings of run {table['run']} have changed")
    for file in table["files"]:
        path = folder / file["path"]
        if not path.is_file():
            yield Fault(digest=file["sha256"], path=file["path"], what="is missing")
        elif file_digest(path) != file["sha256"]:
            yield Fault(digest=file["sha256"], path=file["path"], what="has changed")
    for entry in table["objects"]:
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


def _strays(folder: Path, listed: Mapping[str, str]) -> Iterator[Fault]:
    """A file that no manifest lists may be an open run's; a blob or WARC with a sealed run's name may not."""
    for path in sorted((folder / "blobs").rglob("*")) if (folder / "blobs").exists() else []:
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in listed and file_digest(path) != f"sha256:{path.name}":
            yield Fault(digest=f"sha256:{path.name}", path=name, what="is not what its name says")
