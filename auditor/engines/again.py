"""Kept evidence, assessed again: no network; what was seen is read back and judged by the probes as they are now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.errors import NotDone
from auditor.evidence.archive import Archive
from auditor.evidence.seen import load_seen
from auditor.model.evidence import Proof, ProofKind
from auditor.model.ids import Digest
from auditor.model.reading import Measured, ReadingRecord, Unavailable
from auditor.model.visit import VisitRecord
from auditor.sdk.catalogue import Catalogue
from auditor.sdk.probe import AnyProbe
from auditor.visit.assess import assess_all
from auditor.visit.knowing import Knowledge

__all__ = ["Change", "assess_again", "key_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A reading as it is now, beside the one that is kept; either may be missing."""

    before: ReadingRecord | None
    after: ReadingRecord

    @property
    def differs(self) -> bool:
        """Tell whether value, outcome, cause or newest date differ."""
        return self.before is None or _told(self.before) != _told(self.after)


def _told(record: ReadingRecord) -> tuple[object, ...]:
    reading = record.reading
    value = reading.value if isinstance(reading, Measured) else None
    newest = reading.newest if isinstance(reading, Measured) else None
    cause = reading.cause if isinstance(reading, Unavailable) else None
    return type(reading).__name__, value, newest, cause


def assess_again(
    visits: Iterable[VisitRecord],
    kept: Iterable[ReadingRecord],
    catalogue: Catalogue,
    knowledge: Knowledge,
    archive: Archive,
) -> Iterator[Change]:
    """Give every reading of these visits as it is now, beside the kept one.

    A visit whose probe is no longer installed, or that saw nothing, keeps its readings.

    Raises:
        EvidenceError: evidence is missing or has changed.
        NotDone: what another version of a probe kept cannot be read by this one.
    """
    by_key: dict[tuple[object, ...], ReadingRecord] = {}
    for record in kept:
        by_key[key_of(record)] = record
    for visit in visits:
        probe = catalogue.probes.get(visit.visit.probe)
        if probe is None or visit.seen is None:
            continue
        body = archive.body(visit.seen)
        try:
            seen = load_seen(probe.seen, body, archive.body)
            known = knowledge.again(archive.body(visit.known))
        except ValueError as exc:
            raise NotDone(_too_old(visit, probe)) from exc
        roles = set(known.site.roles)
        readers = tuple(other for other in catalogue.probes.values() if probe.id in other.reads and other.roles & roles)
        proof = _proof(archive, visit.seen)
        for record in assess_all(visit.visit, (probe, *readers), seen, known, visit.known, proof):
            yield Change(before=by_key.get(key_of(record)), after=record)


def _too_old(visit: VisitRecord, probe: AnyProbe) -> str:
    return (
        f"what {probe.id} saw of {visit.visit.site} was kept by its version {visit.version}, and cannot be read by version"
        f" {probe.version}, which is installed: judge run {visit.visit.run} with the program that made it"
    )


def key_of(record: ReadingRecord) -> tuple[object, ...]:
    """Name a reading within all runs."""
    return record.run, record.site, record.probe, record.reading.measure, record.agency


def _proof(archive: Archive, digest: Digest) -> Proof:
    place = archive.place(digest)
    return Proof(digest=digest, kind=ProofKind.VISIT, media_type=place.media_type, size=place.size, url=place.url)
