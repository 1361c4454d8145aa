"""``auditor evidence``: what is kept, shown and proved."""

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.app.parts import Parts
from auditor.app.reporting import kept_by
from auditor.errors import EvidenceError, UsageError
from auditor.evidence.acts import KeptActs
from auditor.evidence.archive import Archive
from auditor.evidence.verify import Report, verify
from auditor.model.evidence import Proof
from auditor.model.ids import Digest, RunId
from auditor.model.place import Place
from auditor.model.run import RunState
from auditor.store import Store
from reports.view import Kept

__all__ = ["Shown", "kept_objects", "prove", "show"]

_SHORTEST = 6
_RECORD = "urn:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A piece of evidence with the readings that rest on it: agency or site, measure, and the passage that decided."""

    kept: Kept
    readings: tuple[tuple[str, str, str], ...]


def kept_objects(parts: Parts, run: str | None) -> tuple[tuple[RunId, Place], ...]:
    """Give everything that is kept, by run; of one run if it is named.

    Raises:
        UsageError: there is no such run.
    """
    with parts.store() as store:
        runs = [found for found in store.runs.all() if run is None or found.id == run]
        if run is not None and not runs:
            raise UsageError(f'no run "{run}"')
        return tuple((found.id, place) for found in runs for place in store.visits.places_of(found.id))


def show(parts: Parts, name: str) -> Shown:
    """Give one piece of evidence by its digest, by the beginning of it, or the very exchange by its record's id.

    Raises:
        UsageError: nothing of that name is kept, or several are.
        EvidenceError: it is kept no more, or has changed.
    """
    with parts.store() as store:
        archive = parts.archive(store)
        place = _place(store, archive, name)
        archive.record(place)
        proof = Proof(
            digest=place.digest,
            kind=place.kind,
            media_type=place.media_type,
            size=place.size,
            url=place.url,
            record=place.record if name.startswith(_RECORD) else None,
        )
        found = kept_by(archive)(proof)
        if found is None:
            raise EvidenceError(f"{place.digest} cannot be read")
        return Shown(kept=found, readings=tuple(_resting(store, proof)))


def _place(store: Store, archive: Archive, name: str) -> Place:
    if not name.startswith(_RECORD):
        return archive.place(_digest(store, name))
    place = store.visits.place(name)
    if place is None:
        raise UsageError(f"no record {name} is kept here")
    return place


def _digest(store: Store, name: str) -> Digest:
    wanted = name.removeprefix("sha256:").lower()
    if len(wanted) < _SHORTEST or any(char not in "0123456789abcdef" for char in wanted):
        raise UsageError(
            f'"{name}" is no digest: give sha256: and at least {_SHORTEST} hexadecimal digits, or a record\'s urn:uuid:…'
        )
    found = store.visits.digests(f"sha256:{wanted}")
    if not found:
        raise UsageError(f"nothing whose digest begins with {wanted} is kept here")
    if len(found) > 1:
        raise UsageError(f"{len(found)} kept objects begin with {wanted}: give more digits")
    return found[0]


def _resting(store: Store, shown: Proof) -> Iterator[tuple[str, str, str]]:
    for run in store.runs.all():
        for record in store.visits.readings_of(run.id):
            for proof in record.reading.evidence:
                if proof.digest == shown.digest and shown.record in {None, proof.record}:
                    yield record.agency or record.site, record.reading.measure, proof.passage or ""


def prove(parts: Parts) -> Report:
    """Prove every kept byte, the ledger's chain and what the database says of it."""
    with parts.store() as store:
        runs = store.runs.all()
        return verify(
            parts.evidence,
            sealed={run.id: run.manifest for run in runs if run.manifest and run.state is not RunState.OPEN},
            unsealed={run.id: store.visits.places_of(run.id) for run in runs if run.state is RunState.OPEN},
            records=store.visits.digest_of_run,
            acts=KeptActs(rows=store.acts.rows(), ended={run.id: run.ended_at for run in runs if run.manifest and run.ended_at}),
        )
