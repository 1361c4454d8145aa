"""PURE: what an agency declares and what is measured of it differ: the cases that this opens, and where they stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from auditor.judge.sameness import SERIES, named, named_value, seen_in
from auditor.model.council import Contradiction, ContradictionState, Opening, Posted
from auditor.model.council_letter import letter_of
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.mark import Mark
from auditor.model.note import Json
from auditor.model.ranking import Ranking
from auditor.model.reading import ReadingRecord
from auditor.model.zone import local_date

__all__ = ["as_seen", "as_told", "difference", "openings"]


def difference(mark: Mark) -> str | None:
    """Give the print of the difference between both sides of a mark; None where they do not differ.

    It is the same on every night on which the same is seen and declared: what runs on by itself (days left, a year's average)
    is named as ``sameness`` names it.
    """
    if not mark.contradiction or mark.measured is None or mark.declared is None:
        return None
    seen: list[Json] = [_seen(mark, record) for record in mark.readings]
    return named(mark.criterion, seen or named_value(mark.measured), named_value(mark.declared))


def _seen(mark: Mark, record: ReadingRecord) -> Json:
    reading = record.reading
    if reading.measure.startswith(SERIES):
        # Of an average nothing is told but whether it brings all the points.
        return [record.site, reading.measure, mark.seen is not None and mark.seen.low >= mark.max]
    return [record.site, reading.measure, seen_in(reading)]


def openings(ranking: Ranking, known: Iterable[Contradiction], *, at: datetime, days: int) -> tuple[Opening, ...]:
    """Give the cases that a ranking opens: every difference that has none yet. They are to be answered within ``days``."""
    there = {(one.opening.agency, one.opening.criterion, one.opening.fingerprint) for one in known}
    deadline = local_date(at) + timedelta(days=days)
    found = []
    for agency, mark in _marks(ranking):
        fingerprint = difference(mark)
        if fingerprint is None or (agency, mark.criterion, fingerprint) in there:
            continue
        assert mark.measured is not None
        assert mark.declared is not None
        measured, declared = _proofs(mark)
        found.append(
            Opening(
                agency=agency,
                edition=ranking.edition,
                criterion=mark.criterion,
                fingerprint=fingerprint,
                measured=mark.measured,
                declared=mark.declared,
                measured_proofs=measured,
                declared_proofs=declared,
                deadline=deadline,
                opened_at=at,
            )
        )
    return tuple(found)


def as_seen(cases: Iterable[Contradiction], ranking: Ranking) -> tuple[Contradiction, ...]:
    """Give cases as they stand beside a ranking: one that nobody decided and that no longer differs so is settled."""
    there: Mapping[tuple[AgencyId, CriterionId], str | None] = {
        (agency, mark.criterion): difference(mark) for agency, mark in _marks(ranking)
    }
    return tuple(
        replace(one, state=ContradictionState.SETTLED)
        if one.decision is None and there.get((one.opening.agency, one.opening.criterion)) != one.opening.fingerprint
        else one
        for one in cases
    )


def as_told(cases: Iterable[Contradiction], posted: Mapping[str, Posted], *, by: datetime) -> tuple[Contradiction, ...]:
    """Give cases with the day on which each agency had been told by an instant; ``posted`` has its letters by their keys.

    A letter counts when a server took it for good, and until the council decided. Where an agency was told more than once, the
    last time counts: each time it was promised the whole of its days. What stood when the council decided is what it noted then.
    """
    return tuple(_told(one, posted.get(letter_of(one.opening), Posted()), by) for one in cases)


def _told(one: Contradiction, letter: Posted, by: datetime) -> Contradiction:
    if one.decision is not None and one.decision.told_on is not None:
        return replace(one, told_on=one.decision.told_on)
    until = by if one.decision is None else min(by, one.decision.decided_at)
    days = [local_date(at) for at in letter.at if at <= until]
    told_on = max(days if one.told_on is None else (*days, one.told_on), default=None)
    return replace(one, told_on=told_on, untold=letter.why if told_on is None else None)


def _marks(ranking: Ranking) -> Iterator[tuple[AgencyId, Mark]]:
    for group in ranking.groups:
        for row in (*group.rows, *group.unranked):
            for mark in row.marks:
                yield row.agency, mark


def _proofs(mark: Mark) -> tuple[tuple[Proof, ...], tuple[Proof, ...]]:
    """Part a mark's proofs: those of its readings, and the others, which are what was declared."""
    seen = tuple(dict.fromkeys(proof for record in mark.readings for proof in record.reading.evidence))
    return seen, tuple(proof for proof in mark.proofs if proof not in seen)
