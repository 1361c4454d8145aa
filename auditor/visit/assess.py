"""From what was seen to readings: every promised measure gets its reading, whatever happened."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from auditor.log import get_logger
from auditor.model.evidence import Cut, Proof
from auditor.model.ids import Digest
from auditor.model.note import Note
from auditor.model.reading import Measure, Reading, ReadingRecord, Unavailable
from auditor.model.visit import Cause, Ending, Visit
from auditor.sdk.probe import AnyProbe, Known
from auditor.visit.edge import AtTheEdge

__all__ = ["CRASHED", "OVER_TIME", "assess_all", "ending_of"]

CRASHED = Note(key="visit.crashed", text="The probe {probe} itself failed; this is our fault and counts for nothing.")
OVER_TIME = Note(
    key="visit.over_time",
    text="The visit of the probe {probe} took longer than a visit may and was ended; that is our limit and counts for nothing.",
)
BROKEN_PROMISE = Note(
    key="visit.not_run", text="The probe {probe} gave no reading of this; this is our fault and counts for nothing."
)
_CAUSES = {CRASHED.key: Cause.CRASHED, OVER_TIME.key: Cause.BUDGET, BROKEN_PROMISE.key: Cause.NOT_RUN}
_LIMITS = {Cut.PAGES, Cut.REQUESTS, Cut.SECONDS}

_log = get_logger("visit")


def assess_all(
    visit: Visit,
    probes: Iterable[AnyProbe],
    seen: object | None,
    known: Known,
    digest: Digest,
    record: Proof,
    *,
    lost: Note = CRASHED,
) -> tuple[ReadingRecord, ...]:
    """Give the readings of a visit: its own probe's and those of the probes that read it.

    ``seen`` is None when the look gave nothing; ``lost`` says why: it crashed, or its time was over.
    A reading without a proof of its own points at the visit's record.
    """
    found = []
    for probe in probes:
        for reading in _readings(probe, seen, known, visit, lost):
            proved = reading if reading.evidence else replace(reading, evidence=(record,))
            found.append(
                ReadingRecord(
                    run=visit.run,
                    site=visit.site,
                    agency=reading.agency,
                    probe=probe.id,
                    probe_version=probe.version,
                    observed_at=known.captured_at,
                    known=digest,
                    reading=proved,
                )
            )
    return tuple(found)


def _readings(probe: AnyProbe, seen: object | None, known: Known, visit: Visit, lost: Note) -> Sequence[Reading]:
    if seen is None:
        return [_unavailable(measure, lost, probe) for measure in probe.measures]
    given: Sequence[Reading] | None = None
    with AtTheEdge(step="assess", visit=visit.key, probe=probe.id):
        given = probe.assess(seen, known)
    if given is None:
        return [_unavailable(measure, CRASHED, probe) for measure in probe.measures]
    promised = {measure.id for measure in probe.measures}
    told = {reading.measure for reading in given}
    rest = [_unavailable(measure, BROKEN_PROMISE, probe) for measure in probe.measures if measure.id not in told]
    if told - promised or rest:
        _log.error("promise not kept", probe=probe.id, lacks=[r.measure for r in rest], extra=sorted(told - promised))
    return [*(reading for reading in given if reading.measure in promised), *rest]


def _unavailable(measure: Measure, why: Note, probe: AnyProbe) -> Unavailable:
    return Unavailable(measure=measure.id, because=why(probe=probe.id), cause=_CAUSES[why.key])


def ending_of(seen: object | None, records: Sequence[ReadingRecord], *, lost: Note = CRASHED) -> tuple[Ending, Cause | None]:
    """Say how a visit ended: failed when nothing could be measured, cut when a limit ended it, else done."""
    causes = [record.reading.cause for record in records if isinstance(record.reading, Unavailable)]
    if seen is None:
        return Ending.FAILED, _CAUSES[lost.key]
    if records and len(causes) == len(records):
        return Ending.FAILED, Counter(causes).most_common(1)[0][0]
    cuts: tuple[Cut, ...] = getattr(seen, "cuts", ())
    return (Ending.CUT if _LIMITS & set(cuts) else Ending.DONE), None
