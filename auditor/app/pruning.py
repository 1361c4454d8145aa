"""``auditor evidence prune``, and what the service lets go of each day: bytes that have been kept for long enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.app.parts import Parts
from auditor.engines.lock import only_one
from auditor.evidence.prune import let_go
from auditor.store import Store

__all__ = ["Pruned", "prune"]

_AT_ONCE = 10_000
"""So many files stand in one listing of the ledger."""
BECAUSE = "kept for {days} days, and nothing that is kept refers to it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What is let go of, or would be: what was last used before an instant, that many bytes and objects in these files."""

    before: datetime
    paths: tuple[str, ...]
    bytes: int
    objects: int
    done: bool


def prune(parts: Parts, *, dry: bool) -> Pruned:
    """Let go of evidence older than the settings say that nothing kept rests on; with ``dry`` only say what would go.

    What a published ranking or a letter names stays for good, and so does all that what stays refers to.

    Raises:
        NotDone: a run is at work in this data folder.
        EvidenceError: the ledger's chain is broken.
    """
    days, now = parts.settings.evidence.retention_days, parts.clock.now()
    before = now - timedelta(days=days)
    if dry:
        with parts.store() as store:
            return _found(parts, store, before, done=False)
    with only_one(parts.data), parts.store() as store:
        found = _found(parts, store, before, done=True)
        for start in range(0, len(found.paths), _AT_ONCE):
            some = found.paths[start : start + _AT_ONCE]
            let_go(store, parts.evidence, some, at=now, because=BECAUSE.format(days=days))
        return found


def _found(parts: Parts, store: Store, before: datetime, *, done: bool) -> Pruned:
    sizes = dict(_there(parts, store.files.expired(before)))
    objects = len(store.files.places(sizes))
    return Pruned(before=before, paths=tuple(sizes), bytes=sum(sizes.values()), objects=objects, done=done)


def _there(parts: Parts, paths: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Give the size of each file that is there; of one that is lost, ``verify`` tells."""
    for path in paths:
        file = parts.evidence / path
        if file.is_file():
            yield path, file.stat().st_size
