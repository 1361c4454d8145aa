"""PURE: where a period stands, and whether it may be moved on."""

from collections.abc import Iterable
from datetime import date, timedelta

from auditor.judge import notes
from auditor.model.council import Act, PeriodState, PeriodStep
from auditor.model.ids import PeriodId
from auditor.model.note import Note
from auditor.model.period import ORDER, Period, Running

__all__ = ["acts_of", "lasting", "refusal", "running"]


def running(acts: Iterable[Act]) -> Running | None:
    """Give the period that was opened last among an edition's acts, None before the first one."""
    found: Running | None = None
    for act in acts:
        if not isinstance(act, PeriodStep):
            continue
        if act.state is PeriodState.OPEN:
            found = Running(period=act.period, state=act.state, since=act.stepped_at)
        elif found is not None and found.period == act.period:
            found = Running(period=act.period, state=act.state, since=found.since)
    return found


def lasting(acts: Iterable[Act], found: Running | None) -> tuple[Act, ...]:
    """Give the acts that belong to the running period; all of them where no period was ever opened."""
    known = tuple(acts)
    if found is None:
        return known
    first = next(
        place
        for place in range(len(known) - 1, -1, -1)
        if isinstance(step := known[place], PeriodStep) and step.period == found.period and step.state is PeriodState.OPEN
    )
    return known[first:]


def acts_of(acts: Iterable[Act], name: PeriodId) -> tuple[Act, ...]:
    """Give the acts of one period: from its opening until another of the same edition is opened; none before it is opened."""
    found: list[Act] = []
    inside = False
    for act in acts:
        if isinstance(act, PeriodStep) and act.state is PeriodState.OPEN:
            inside = act.period == name
        if inside:
            found.append(act)
    return tuple(found)


def refusal(period: Period, state: PeriodState, to: PeriodState, today: date, other: Running | None) -> Note | None:
    """Say why a period may not be moved from ``state`` to ``to`` today; None where it may.

    States come one after the other, each not before its date; and two periods of one edition never run at once.
    """
    place = ORDER.index(state)
    if place + 1 == len(ORDER):
        return notes.PERIOD_OVER(period=period.id)
    following = ORDER[place + 1]
    if to is not following:
        return notes.PERIOD_ORDER(period=period.id, step=state.value, following=following.value, to=to.value)
    if other is not None and other.period != period.id and other.state is not PeriodState.PUBLISHED:
        return notes.PERIOD_OTHER(period=period.id, other=other.period, step=other.state.value)
    first = _first_day(period, to)
    return notes.PERIOD_EARLY(period=period.id, to=to.value, since=first.isoformat()) if today < first else None


def _first_day(period: Period, to: PeriodState) -> date:
    """Give the first day on which a period may come to a state; a window's last day is still the agencies'."""
    return {
        PeriodState.PLANNED: period.data_from,
        PeriodState.OPEN: period.declare_from,
        PeriodState.CLOSED: period.declare_until + timedelta(days=1),
        PeriodState.APPRAISAL: period.appraise_from,
        PeriodState.DRAFT: period.draft_on,
        PeriodState.PUBLISHED: max(period.publish_from, period.complain_until + timedelta(days=1)),
    }[to]
