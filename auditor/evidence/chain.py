"""Proves the ledger's chain: every manifest is there, as it was written, and named by the one behind it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import EvidenceError
from auditor.evidence.ledger import HEAD, LEDGER, Manifest, head, manifests
from auditor.model.ids import Digest, RunId

__all__ = ["Fault", "chain_faults", "sound_manifests"]

_NAME = re.compile(rf"{LEDGER}/(\d{{8}})\.json")
_HEAD = f"{LEDGER}/{HEAD}"
Links = Mapping[int, Manifest | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is not as it was kept."""

    digest: str
    path: str
    what: str


def sound_manifests(folder: Path, faults: Collection[Fault]) -> tuple[Manifest, ...]:
    """Give the manifests in which no fault was found, by number: what they say can be relied on."""
    blamed = {fault.path for fault in faults}
    return tuple(found for name, found in manifests(folder) if found is not None and name not in blamed)


def chain_faults(folder: Path, sealed: Mapping[RunId, Digest], unsealed: Collection[RunId]) -> Iterator[Fault]:
    """Find what is wrong with the chain, and name the file in which it is wrong.

    The head names the last manifest and each manifest the one before it; the database knows those of sealed runs. So a changed
    file is told from its neighbours, which are as others say. The head may lag behind the last manifest of a run that is not
    sealed: that run is at its seal, or was killed there.
    """
    links: dict[int, Manifest | None] = {}
    for name, manifest in manifests(folder):
        found = _NAME.fullmatch(name)
        if found is None:
            yield Fault(digest="", path=name, what="is no manifest of the chain")
        else:
            links[int(found[1])] = manifest
    known = set(sealed.values())
    try:
        top = head(folder)
    except EvidenceError as exc:
        yield Fault(digest="", path=_HEAD, what=str(exc))
        top = None
    else:
        yield from _head_faults(top, links, known, unsealed)
    yield from _link_faults(top, links, known)
    there = {manifest.digest for manifest in links.values() if manifest is not None}
    for run, digest in sealed.items():
        if digest not in there:
            yield Fault(digest=digest, path=f"{LEDGER}/", what=f"the manifest of run {run} is missing or changed")


def _head_faults(
    top: tuple[int, Digest] | None, links: Links, known: Collection[Digest], unsealed: Collection[RunId]
) -> Iterator[Fault]:
    number = max(links, default=0)
    last = links.get(number)
    if top == ((number, last.digest) if last else None) and (last or not links):
        return
    if last is not None and last.table["run"] in unsealed and top == _before(links, number):
        return
    if top is not None and top[1] in known and top[1] not in {link.digest for link in links.values() if link}:
        return  # the head is right, and the manifest that it names is missing or changed
    yield Fault(digest=top[1] if top else "", path=_HEAD, what="does not name the last manifest")


def _before(links: Links, number: int) -> tuple[int, Digest] | None:
    before = links.get(number - 1)
    return (number - 1, before.digest) if before is not None else None


def _link_faults(top: tuple[int, Digest] | None, links: Links, known: Collection[Digest]) -> Iterator[Fault]:
    """Go from the last manifest to the first; each is right when the one behind it, the head or the database names it."""
    numbers = max(links, default=0)
    if top is not None and top[1] in known and top[1] not in {link.digest for link in links.values() if link}:
        numbers = max(numbers, top[0])
    named: object = top[1] if top is not None and top[0] == numbers else None
    for number in range(numbers, 0, -1):
        path = f"{LEDGER}/{number:08d}.json"
        link = links.get(number)
        if link is None:
            yield Fault(digest="", path=path, what="cannot be read as a manifest" if number in links else "is missing")
            named = None
            continue
        right = link.digest in known or named in {None, link.digest}
        behind = links.get(number + 1)
        if not right:
            yield Fault(digest=link.digest, path=path, what="has changed: others name it by another digest")
        elif named not in {None, link.digest} and behind is not None and behind.digest in known:
            yield Fault(digest=behind.digest, path=behind.path, what="does not follow the manifest before it")
        if right and (link.table["number"] != number or (number == 1 and link.table["previous"] is not None)):
            yield Fault(digest=link.digest, path=path, what="does not stand at its number")
        named = link.table["previous"]
