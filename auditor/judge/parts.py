"""A criterion that reads several measures of one site: what each of them says, and what they come to together."""

from dataclasses import dataclass
from decimal import Decimal

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.chosen import Chosen, choose
from auditor.judge.estimate import Estimate
from auditor.judge.scales import ZERO, bounds_of_many
from auditor.judge.words import shown_value
from auditor.model.agency import Site
from auditor.model.edition import Criterion
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.note import Json, Note
from auditor.model.reading import NotApplicable, Value
from auditor.model.scale import Best, Weighted
from auditor.model.visit import Cause

__all__ = ["of_many"]

_NO_DUTY, _UNSEEN, _OPEN = "no_duty", "not_seen", "?"
"""What stands for a value in a sentence where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One measure of several. ``value`` is None unless one counts."""

    measure: MeasureId
    found: Chosen

    @property
    def value(self) -> Value | None:
        return self.found.value

    @property
    def stale(self) -> bool:
        return self.value is not None and self.found.seen.cause is not None

    @property
    def unseen(self) -> bool:
        return self.found.seen.worst

    @property
    def open(self) -> bool:
        return self.value is None and not self.unseen and not self.found.seen.no_duty

    @property
    def shown(self) -> str:
        if self.value is not None:
            return shown_value(self.value)
        return _NO_DUTY if self.found.seen.no_duty else _UNSEEN if self.unseen else _OPEN

    @property
    def fact(self) -> dict[str, Json]:
        """Give what a report may show of this part: its value or why there is none, its age, and the reading's own reason."""
        seen = self.found.seen
        return {
            "measure": self.measure,
            "value": self.shown,
            "exact": f"{self.value:f}" if isinstance(self.value, Decimal) else self.shown,
            "cause": seen.cause and str(seen.cause),
            "age_days": self.found.age_days,
            "because": None if seen.record is None else seen.record.reading.because.key,
        }


def of_many(case: Case, criterion: Criterion, scale: Best | Weighted, agency: AgencyId, site: Site) -> Estimate:
    """Give what a scale over several measures comes to on one site.

    A measure without a duty leaves the sum; one whose patience has run out is the worst; one that is open leaves open what it
    can change. The parts stand in the reason's facts, for no single value was measured.
    """
    parts = _parts(case, criterion, scale, agency, site)
    records = tuple(record for part in parts for record in part.found.records)
    proofs = tuple(dict.fromkeys(proof for part in parts for proof in part.found.proofs))
    owed = [part for part in parts if not part.found.seen.no_duty]
    if not owed:
        because = next(r.reading.because for r in records if isinstance(r.reading, NotApplicable))
        return Estimate(low=ZERO, high=ZERO, because=because, excluded=True, records=records, proofs=proofs)
    unseen = {part.measure for part in owed if part.unseen}
    values = {part.measure: part.value for part in owed if not part.unseen}
    low, high = bounds_of_many(scale, values, criterion.max_points, unseen)
    cause = _cause(owed, determined=low == high)
    because = _because(parts, cause, low, criterion.max_points) if low == high else _pending(parts, cause or Cause.NOT_RUN)
    return Estimate(low=low, high=high, because=because, cause=cause, records=records, proofs=proofs)


def _parts(case: Case, criterion: Criterion, scale: Best | Weighted, agency: AgencyId, site: Site) -> list[_Part]:
    read = scale.cases if isinstance(scale, Best) else scale.fractions
    found = []
    for measure in dict.fromkeys(part.measure for part in read):

        def worth(value: Value, measure: MeasureId = measure) -> Decimal:
            return bounds_of_many(scale, {measure: value}, criterion.max_points)[0]

        found.append(_Part(measure=measure, found=choose(case, measure, site, agency, take=criterion.take, worth=worth)))
    return found


def _cause(owed: list[_Part], *, determined: bool) -> Cause | None:
    """Say why it is open, or else on which failed visit it rests: the one that cost the most comes first."""
    if not determined:
        return next((part.found.seen.cause for part in owed if part.open), None)
    failed = [part for part in owed if part.unseen] + [part for part in owed if part.stale]
    return failed[0].found.seen.cause if failed else None


def _because(parts: list[_Part], cause: Cause | None, points: Decimal, most: Decimal) -> Note:
    worst, stale = any(part.unseen for part in parts), [part for part in parts if part.stale]
    note = notes.PARTS_WORST if worst else notes.PARTS_STALE if stale else notes.PRICED
    if worst and stale:
        note = notes.PARTS_WORST_STALE
    facts: dict[str, Json] = {"value": _listed(parts), "points": shown_value(points), "max": shown_value(most)}
    if stale:
        facts["state"] = ", ".join(f"{part.measure} = {part.found.age_days}" for part in stale)
    if worst or stale:
        facts["cause"] = str(cause)
    return note(**facts, parts=_facts(parts))


def _pending(parts: list[_Part], cause: Cause) -> Note:
    return notes.PENDING(cause=str(cause), blame=str(cause.blame), value=_listed(parts), parts=_facts(parts))


def _listed(parts: list[_Part]) -> str:
    return ", ".join(f"{part.measure} = {part.shown}" for part in parts)


def _facts(parts: list[_Part]) -> Json:
    return [part.fact for part in parts]
