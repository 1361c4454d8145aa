"""Lets go of evidence, file by file: first it is forgotten where things lie, then the ledger lists what goes, then it goes.

Killed in between, it is ended by whoever opens a run or prunes next, before anything new is kept. Only who holds the data
folder's lock may call any of this.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.evidence.files import sync_folder
from auditor.evidence.ledger import Pen, entry_of, file_entry, last
from auditor.model.codec import canonical_json
from auditor.model.ids import RunId
from auditor.model.zone import VIETNAM
from auditor.store import Store
from auditor.store.files import Pruning

__all__ = ["KIND", "PRUNED_FILES", "end_prunings", "let_go", "listed"]

KIND = "prune"
"""What the ledger calls the manifest of a letting go."""
PRUNED_FILES = "files"


def let_go(store: Store, folder: Path, paths: Sequence[str], *, at: datetime, because: str) -> Pruning:
    """Let go of files, and list them with the day and the reason.

    Raises:
        EvidenceError: a file is not there, or the ledger's chain is broken.
    """
    end_prunings(store, folder)
    objects = sorted(store.files.places(paths), key=lambda kept: (kept[1].path, kept[1].offset, kept[1].record or ""))
    table = {
        "at": at.isoformat(),
        "because": because,
        PRUNED_FILES: [file_entry(folder, path) for path in sorted({*paths})],
        "objects": [{"run": run, **entry_of(place)} for run, place in objects],
    }
    pruning = Pruning(id=_name(store, at), at=at, manifest=None, record=canonical_json(table))
    store.files.condemn(pruning, paths)
    store.visits.forget()
    end_prunings(store, folder)
    return pruning


def end_prunings(store: Store, folder: Path) -> None:
    """End what was begun and is not over.

    Raises:
        EvidenceError: the ledger's chain is broken.
    """
    for pruning in store.files.prunings():
        if pruning.manifest is not None:
            continue
        known = last(folder)
        if known is not None and known.table["run"] == pruning.id:
            Pen(folder=folder).mend()
            digest = known.digest
        else:
            run = RunId(pruning.id)
            digest = Pen(folder=folder).seal(
                run=run,
                kind=KIND,
                started_at=pruning.at,
                # Not later than what was known before it: a run's end never moves because something was let go of.
                ended_at=pruning.at if known is None else datetime.fromisoformat(str(known.table["ended_at"])),
                places=(),
                files=(),
                records=store.visits.digest_of_run(run),
                pruned=listed(pruning),
            )
        for changed in sorted(_remove(folder, pruning)):
            sync_folder(changed)
        store.files.over(pruning.id, digest)


def listed(pruning: Pruning) -> dict[str, Any]:
    """Give what a letting go lists."""
    table: dict[str, Any] = json.loads(pruning.record)
    return table


def _remove(folder: Path, pruning: Pruning) -> set[Path]:
    """Remove the files, and a folder that holds nothing more; give the folders in which names changed."""
    changed: set[Path] = set()
    for path in (folder / entry["path"] for entry in listed(pruning)[PRUNED_FILES]):
        path.unlink(missing_ok=True)
        changed.add(path.parent)
    for parent in sorted(changed):
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
            changed = {*changed, parent.parent} - {parent}
    return {parent for parent in changed if parent.is_dir()}


def _name(store: Store, at: datetime) -> str:
    stem, known = f"{at.astimezone(VIETNAM):%Y%m%d-%H%M%S}-{KIND}", {found.id for found in store.files.prunings()}
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(known) + 3))) if name not in known)
