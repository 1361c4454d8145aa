"""PURE: what stands after all that the council and the agencies did: the last word on each criterion, and where cases are."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from auditor.model.council import (
    Act,
    Answer,
    Complaint,
    Contradiction,
    ContradictionState,
    Decision,
    Explanation,
    Handover,
    Opening,
    PeriodState,
    PeriodStep,
    Reply,
    Subject,
    Withdrawal,
)
from auditor.model.declaration import Appraisal
from auditor.model.ids import AgencyId, CriterionId, PeriodId

__all__ = ["appraisals_of", "at_of", "complaints_of", "contradictions_of", "explanations_of", "period_states"]

_Place = tuple[AgencyId, CriterionId]


def at_of(act: Act) -> datetime:  # noqa: PLR0911 - one case an act
    """Give when an act was done."""
    match act:
        case Appraisal() | Decision():
            return act.decided_at
        case Explanation():
            return act.given_at
        case Withdrawal():
            return act.withdrawn_at
        case Opening():
            return act.opened_at
        case Handover():
            return act.noted_at
        case Answer():
            return act.answered_at
        case PeriodStep():
            return act.stepped_at
        case Complaint():
            return act.complained_at
        case Reply():
            return act.replied_at


def appraisals_of(acts: Iterable[Act]) -> tuple[Appraisal, ...]:
    """Give the appraisals that stand: the last of each criterion, unless it was withdrawn since."""
    found: dict[_Place, Appraisal] = {}
    for act in acts:
        if isinstance(act, Appraisal):
            found[act.agency, act.criterion] = act
        elif isinstance(act, Withdrawal) and act.subject is Subject.APPRAISAL:
            found.pop((act.agency, act.criterion), None)
    return tuple(found.values())


def explanations_of(acts: Iterable[Act]) -> tuple[Explanation, ...]:
    """Give the explanations that were not replaced or withdrawn; whether one still holds is the mark's to say."""
    found: dict[_Place, Explanation] = {}
    for act in acts:
        if isinstance(act, Explanation):
            found[act.agency, act.criterion] = act
        elif isinstance(act, Withdrawal) and act.subject is Subject.EXPLANATION:
            found.pop((act.agency, act.criterion), None)
    return tuple(found.values())


def contradictions_of(acts: Iterable[Act]) -> tuple[Contradiction, ...]:
    """Give every contradiction that was opened, as far as it has come; other values of the same criterion are another case."""
    found: dict[tuple[AgencyId, CriterionId, str], Contradiction] = {}
    for act in acts:
        if isinstance(act, Opening):
            key = (act.agency, act.criterion, act.fingerprint)
            found.setdefault(key, Contradiction(opening=act, state=ContradictionState.OPEN))
        elif isinstance(act, Handover | Answer | Decision):
            key = (act.agency, act.criterion, act.fingerprint)
            if key in found:
                found[key] = _further(found[key], act)
    return tuple(found.values())


def _further(case: Contradiction, act: Handover | Answer | Decision) -> Contradiction:
    if isinstance(act, Handover):
        return replace(case, told_on=act.told_on)
    if isinstance(act, Decision):
        state = ContradictionState.ACCEPTED if act.accepted else ContradictionState.REJECTED
        return replace(case, state=state, decision=act)
    state = ContradictionState.ANSWERED if case.decision is None else case.state
    return replace(case, state=state, answers=(*case.answers, act))


def complaints_of(acts: Iterable[Act], period: PeriodId) -> tuple[tuple[Complaint, Reply | None], ...]:
    """Give a period's complaints in their order, each with the last word that was said to it."""
    found: dict[int, tuple[Complaint, Reply | None]] = {}
    for act in acts:
        if isinstance(act, Complaint) and act.period == period:
            found[act.number] = (act, None)
        elif isinstance(act, Reply) and act.period == period and act.number in found:
            found[act.number] = (found[act.number][0], act)
    return tuple(found[number] for number in sorted(found))


def period_states(acts: Iterable[Act]) -> dict[PeriodId, PeriodState]:
    """Give how far each period has come; one that nobody moved is planned and not named here."""
    return {act.period: act.state for act in acts if isinstance(act, PeriodStep)}
