"""Proves the journal of acts: the database holds every act that the ledger has, in its order, and no other."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.evidence.chain import Fault
from auditor.evidence.ledger import CUT, Manifest
from auditor.model.codec import canonical_json
from auditor.model.ids import RunId
from auditor.model.run import RunKind

__all__ = ["KeptActs", "act_faults", "acts_body", "acts_name"]

_DATABASE = "database"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptActs:
    """What the database has: every act's text with its run, in the order in which they stand, and when each sealed run ended."""

    rows: Sequence[tuple[RunId, bytes]] = ()
    ended: Mapping[RunId, datetime] | None = None


def acts_name(run: RunId) -> str:
    """Give the name under which a run's acts are kept as evidence."""
    return f"acts/{run}"


def acts_body(run: RunId, acts: bytes) -> bytes:
    """Give the evidence of a run's acts; ``acts`` is their text as the database has it, as one list."""
    return canonical_json({"run": run, "acts": json.loads(acts)})


def act_faults(folder: Path, sound: Iterable[Manifest], open_: Iterable[RunId], kept: KeptActs) -> Iterator[Fault]:
    """Compare the acts that the ledger has with those of the database, and when their runs ended.

    ``sound`` are the ledger's manifests without a fault, by number, ``open_`` the runs that the database calls open. A run that
    was cut off before its acts were added has none, which its manifest says.
    """
    manifests = {RunId(found.table["run"]): found for found in sound}
    council = [run for run, found in manifests.items() if found.table.get("kind") == RunKind.COUNCIL]
    rows: dict[RunId, list[bytes]] = {}
    for run, record in kept.rows:
        rows.setdefault(run, []).append(record)
    at_work = set(open_)
    for run in council:
        yield from _run_faults(folder, manifests[run], rows.get(run, []))
    for run in rows.keys() - set(council) - at_work:
        yield Fault(digest="", path=_DATABASE, what=f"acts of run {run} are in no manifest")
    # What a killed run left open the next one seals; a run that stands before the last one was sealed long ago.
    for run in council[:-1]:
        if run in at_work:
            yield Fault(digest=manifests[run].digest, path=_DATABASE, what=f"run {run} is sealed in the ledger, and called open")
    if [run for run in rows if run in council] != [run for run in council if run in rows]:
        yield Fault(digest="", path=_DATABASE, what="the acts do not stand in the order in which they were done")
    yield from _end_faults(manifests, kept.ended or {})


def _run_faults(folder: Path, manifest: Manifest, rows: Sequence[bytes]) -> Iterator[Fault]:
    run = manifest.table["run"]
    cut = any(CUT in str(note) for note in manifest.table.get("notes", ()))
    if cut and not rows:
        return
    kept = _kept(folder, manifest)
    if kept is None:
        yield Fault(digest=manifest.digest, path=manifest.path, what=f"the acts of run {run} cannot be read")
        return
    known = [canonical_json(act) for act in kept]
    for number in range(max(len(known), len(rows))):
        if number >= len(rows):
            what = "is missing"
        elif number >= len(known):
            what = "was added behind the ledger's back"
        elif _bytes(rows[number]) != known[number]:
            what = "has changed"
        else:
            continue
        yield Fault(digest=manifest.digest, path=_DATABASE, what=f"act {number + 1} of run {run} {what}")


def _kept(folder: Path, manifest: Manifest) -> list[object] | None:
    """Read a run's acts as they were sealed; None where they are not to be had, which is another's fault to tell."""
    name = acts_name(RunId(manifest.table["run"]))
    entry = next((found for found in manifest.table["objects"] if found.get("url") == name), None)
    if entry is None:
        return None
    try:
        table = json.loads((folder / entry["path"]).read_bytes())
        acts = table["acts"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return acts if isinstance(acts, list) else None


def _end_faults(manifests: Mapping[RunId, Manifest], ended: Mapping[RunId, datetime]) -> Iterator[Fault]:
    """What is known as of an instant hangs on when its run ended."""
    for run, moment in ended.items():
        found = manifests.get(run)
        if found is not None and datetime.fromisoformat(str(found.table["ended_at"])) != moment:
            yield Fault(digest=found.digest, path=_DATABASE, what=f"run {run} did not end when the database says")


def _bytes(record: object) -> bytes:
    # Whoever changed a line may have left text in the place of bytes.
    return record if isinstance(record, bytes) else str(record).encode()
