"""The life of a finding, from one night to the next: suspect, failing, told, reminded, recovered. PURE."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from auditor.model.alert import AlertRules, Rule
from auditor.model.finding import Finding, FindingKey, FindingLife, FindingState
from auditor.model.ids import AgencyId, CriterionId, MeasureId
from auditor.model.letter import Why
from auditor.model.zone import local_date

__all__ = ["Advanced", "Fails", "Fine", "Sight", "Telling", "Unknown", "advance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fails:
    """Tonight this check fails, and it is not our doing."""

    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Fine:
    """Tonight this check was made and does not fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Tonight nothing can be said of this check: our own fault, a refusal, a maintenance, or it was not made."""


Sight = Fails | Fine | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A finding that is to be told, as it stands after the telling."""

    why: Why
    life: FindingLife


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """What a night made of the findings: where each stands now, and what is to be told; both by key.

    ``seen`` names those that were really seen failing tonight and are not held.
    """

    lives: tuple[FindingLife, ...]
    tellings: tuple[Telling, ...]
    seen: frozenset[FindingKey]


def advance(
    lives: Iterable[FindingLife],
    sights: Mapping[FindingKey, Sight],
    *,
    at: datetime,
    rules: AlertRules,
    reachable: Collection[AgencyId],
    explained: Collection[tuple[AgencyId, CriterionId]] = (),
) -> Advanced:
    """Take the findings one night further, given what tonight shows of each check.

    A check that is not among the sights is no longer owed: its finding ends without a word. An unknown one stays as it is.
    Only what is seen failing tonight is told as failing, and only what was told is told as mended. Whoever cannot be reached
    (no address) is told once he can. Of a criterion that is ``explained`` nothing is told while its explanation stands; its
    findings live on, so that they are told when it is void.
    """
    before = {life.finding.key: life for life in lives if life.state is not FindingState.RECOVERED}
    after: list[FindingLife] = []
    tellings: list[Telling] = []
    held: set[FindingKey] = set()
    for key in sorted(sights):
        sight = sights[key]
        rule = rules.of(key.kind, sight.finding.measure if isinstance(sight, Fails) else _measure(before.get(key)))
        life = _next(before.get(key), sight, at, rule)
        if life is not None and (key.agency, life.finding.criterion) in explained:
            after.append(replace(life, held=True))
            held.add(key)
            continue
        why = _why(life, sight, at, rules) if life is not None and rule.tell and key.agency in reachable else None
        if life is not None and why is not None:
            life = _told(life, why, at)
            tellings.append(Telling(why=why, life=life))
        if life is not None:
            after.append(life)
    seen = frozenset(key for key, sight in sights.items() if isinstance(sight, Fails) and key not in held)
    return Advanced(lives=tuple(after), tellings=tuple(tellings), seen=seen)


def _measure(life: FindingLife | None) -> MeasureId | None:
    return life.finding.measure if life else None


def _next(life: FindingLife | None, sight: Sight, at: datetime, rule: Rule) -> FindingLife | None:
    match sight:
        case Unknown():
            return life
        case Fine():
            return _good(life, at, rule)
        case Fails(finding=finding):
            return _bad(life, finding, at, rule)
        case _:
            assert_never(sight)


def _good(life: FindingLife | None, at: datetime, rule: Rule) -> FindingLife | None:
    """A good night ends a suspicion at once, and what was believed after as many good nights as the rule asks."""
    if life is None or life.state is not FindingState.FAILING:
        return None
    if life.good + 1 < rule.mended:
        return replace(life, good=life.good + 1)
    return replace(life, good=life.good + 1, state=FindingState.RECOVERED, recovered_at=at)


def _bad(life: FindingLife | None, finding: Finding, at: datetime, rule: Rule) -> FindingLife:
    if life is None:
        life = FindingLife(finding=finding, state=FindingState.SUSPECT, first_seen=at, last_seen=at, same_since=at, nights=0)
    same = life.finding.fingerprint == finding.fingerprint
    life = replace(
        life, finding=finding, last_seen=at, same_since=life.same_since if same else at, nights=life.nights + 1, good=0
    )
    if life.told_step is not None and finding.step is not None and finding.step > life.told_step:
        life = replace(life, told_step=finding.step)  # another certificate, which ends later: its own steps are told again
    if life.state is FindingState.SUSPECT and life.nights >= rule.nights:
        life = replace(life, state=FindingState.FAILING, failing_since=at)
    return life


def _why(life: FindingLife, sight: Sight, at: datetime, rules: AlertRules) -> Why | None:
    if life.state is FindingState.RECOVERED:
        return Why.MENDED if life.told else None
    if life.state is not FindingState.FAILING or not isinstance(sight, Fails):
        return None
    if not life.told:
        return Why.NEW
    if life.finding.step is not None and (life.told_step is None or life.finding.step < life.told_step):
        return Why.STEP
    if life.held:
        return Why.REMINDER
    return Why.REMINDER if _due(life, at, rules.remind.get(life.finding.severity, ())) else None


def _due(life: FindingLife, at: datetime, days: tuple[int, ...]) -> bool:
    """Tell whether a day of reminding lies between the last letter and today; the last of the days comes back for ever."""
    if life.first_told is None or life.last_told is None or not days:
        return False
    told, today = _days(life.first_told, life.last_told), _days(life.first_told, at)
    return any(told < day <= today for day in days) or (today // days[-1] > max(told // days[-1], 0))


def _days(since: datetime, until: datetime) -> int:
    """Count days as the calendar does, so that a night which ends earlier than the last one is still a day later."""
    return (local_date(until) - local_date(since)).days


def _told(life: FindingLife, why: Why, at: datetime) -> FindingLife:
    if why is Why.MENDED:
        return life
    return replace(
        life, told=life.told + 1, first_told=life.first_told or at, last_told=at, told_step=life.finding.step, held=False
    )
