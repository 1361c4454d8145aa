"""``auditor period``: the year's ranking moved on step by step, and the results that its draft and its end come to."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.app.acting import Attached, act, said
from auditor.app.parts import Parts
from auditor.app.rules import as_published
from auditor.app.telling import told
from auditor.editions.periods import check_periods
from auditor.errors import ConfigError, UsageError, nearest
from auditor.judge import Case, judge
from auditor.judge.acts import complaints_of, contradictions_of, period_states
from auditor.judge.contradictions import as_seen
from auditor.judge.periods import acts_of, refusal, running
from auditor.model.codec import Codec
from auditor.model.council import Complaint, Contradiction, PeriodState, PeriodStep, Reply
from auditor.model.evidence import digest_of
from auditor.model.ids import EditionId
from auditor.model.period import ORDER, Period
from auditor.model.ranking import Ranking
from auditor.model.run import RunState
from auditor.model.zone import end_of, local_date
from auditor.store import Store
from reports.words import vietnamese

__all__ = [
    "PeriodStatus",
    "Result",
    "advance",
    "case_of",
    "contradictions_in",
    "kept_result",
    "period_named",
    "refused",
    "result_of",
    "running_period",
    "state_named",
    "statuses",
]

_CODEC = Codec(Ranking)
_KEPT = "application/zlib"
_RESULTS = frozenset({PeriodState.DRAFT, PeriodState.PUBLISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A period's draft or published ranking, with the case that it was judged from and the step that made it."""

    period: Period
    step: PeriodStep
    case: Case
    ranking: Ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodStatus:
    """Where a period stands. ``changed`` says that the edition is not the one that its last step was taken with."""

    period: Period
    state: PeriodState
    steps: tuple[PeriodStep, ...]
    complaints: tuple[tuple[Complaint, Reply | None], ...]
    contradictions: tuple[Contradiction, ...]
    changed: bool

    @property
    def following(self) -> PeriodState | None:
        """Give what comes next, None at the end."""
        place = ORDER.index(self.state) + 1
        return ORDER[place] if place < len(ORDER) else None


def period_named(parts: Parts, name: str) -> Period:
    """Give a period by its id.

    Raises:
        UsageError: there is none.
    """
    found = next((period for period in parts.periods if period.id == name), None)
    if found is None:
        known = [period.id for period in parts.periods]
        raise UsageError(f'không có kỳ "{name}" trong periods.toml{nearest(name, known)}')
    return found


def running_period(parts: Parts, store: Store, edition: EditionId) -> Period | None:
    """Give the period of an edition that was opened last, None before the first one or where it was taken out of the file."""
    found = running(store.acts.all(edition))
    return next((period for period in parts.periods if found is not None and period.id == found.period), None)


def state_named(word: str) -> PeriodState:
    """Give a state by its word.

    Raises:
        UsageError: there is none.
    """
    known = [state.value for state in ORDER[1:]]
    if word not in known:
        raise UsageError(f'không có bước "{word}"; có: {", ".join(known)}{nearest(word, known)}')
    return PeriodState(word)


def statuses(parts: Parts, store: Store, name: str | None = None) -> tuple[PeriodStatus, ...]:
    """Give where each period stands, or one of them, in the order of the file."""
    wanted = parts.periods if name is None else (period_named(parts, name),)
    return tuple(_status(parts, store, period) for period in wanted)


def _status(parts: Parts, store: Store, period: Period) -> PeriodStatus:
    acts = store.acts.all(period.edition)
    steps = tuple(step for step in acts if isinstance(step, PeriodStep) and step.period == period.id)
    return PeriodStatus(
        period=period,
        state=period_states(acts).get(period.id, PeriodState.PLANNED),
        steps=steps,
        complaints=complaints_of(acts, period.id),
        contradictions=contradictions_in(parts, store, period),
        changed=bool(steps) and steps[-1].edition_digest != parts.edition(period.edition).digest,
    )


def contradictions_in(parts: Parts, store: Store, period: Period) -> tuple[Contradiction, ...]:
    """Give a period's contradictions as they stand beside what it is judged from now, or was when it ended."""
    acts = acts_of(store.acts.all(period.edition), period.id)
    cases = contradictions_of(acts)
    if not cases:
        return ()
    ended = next((act for act in acts if isinstance(act, PeriodStep) and act.state is PeriodState.PUBLISHED), None)
    now = parts.clock.now()
    ranking = _read(parts, store, ended) if ended else judge(case_of(parts, store, period, now))
    return told(parts, store, as_seen(cases, ranking), by=ended.stepped_at if ended else now)


def advance(
    parts: Parts, name: str, to: PeriodState, *, person: str, document: str, amended: bool = False
) -> tuple[PeriodStep, Ranking | None]:
    """Move a period on; a draft and the end are judged, and what they come to is kept in the ledger with the step.

    Raises:
        ConfigError: its dates do not fit its edition.
        UsageError: it is not that step's turn or day, complaints are not answered yet, or the edition has changed since the
            period was opened and nobody says that it was amended.
    """
    period = period_named(parts, name)
    said({"--person": person, "--document": document})
    made: list[Attached] = []
    found: list[Ranking] = []

    problems = check_periods([period], [parts.edition(period.edition)], [period.edition])
    if problems:
        raise ConfigError(problems)

    def done(store: Store, now: datetime) -> Sequence[PeriodStep]:
        status = _status(parts, store, period)
        _may(store, status, to, now, amended=amended)
        digest = None
        if to in _RESULTS:
            ranking = judge(case_of(parts, store, period, now))
            text = _CODEC.dump(ranking)
            store.files.pin(text)
            body = zlib.compress(text)
            digest = digest_of(body)
            found.append(ranking)
            made.append(Attached(name=f"result/{period.id}/{to.value}", body=body, media_type=_KEPT))
        step = PeriodStep(
            period=period.id,
            edition=period.edition,
            edition_digest=parts.edition(period.edition).digest,
            state=to,
            person=person.strip(),
            document=document.strip(),
            stepped_at=now,
            result=digest,
        )
        return (step,)

    [step] = act(parts, period.edition, f"period {period.id} {to.value}", done, lambda: made)
    assert isinstance(step, PeriodStep)
    return step, found[0] if found else None


def _may(store: Store, status: PeriodStatus, to: PeriodState, now: datetime, *, amended: bool) -> None:
    period, today = status.period, local_date(now)
    other = running(store.acts.all(period.edition))
    why = refusal(period, status.state, to, today, other)
    if why is not None:
        words = vietnamese()
        facts = {name: words.term("period", fact) if isinstance(fact, str) else fact for name, fact in why.facts.items()}
        raise UsageError(words.say(why(**facts)))
    if status.changed and not amended:
        raise UsageError(
            f'bộ tiêu chí "{period.edition}" đã khác so với bước trước của kỳ {period.id}; nếu đã được sửa đúng thẩm quyền, '
            "hãy thêm --amended và nêu văn bản sửa đổi ở --document"
        )
    waiting = [f"số {complaint.number} ({complaint.agency})" for complaint, reply in status.complaints if reply is None]
    if to is PeriodState.PUBLISHED and waiting:
        raise UsageError(f"chưa công bố được kỳ {period.id}: còn khiếu nại chưa trả lời: {', '.join(waiting)}")


def case_of(parts: Parts, store: Store, period: Period, now: datetime) -> Case:
    """Give what a period is judged from: what was seen until its data end, what was declared and appraised until now."""
    until = min(end_of(period.data_to), now)
    nights = [run for run in store.runs.all() if run.state is RunState.PUBLISHED and run.ended_at and run.ended_at <= until]
    last = nights[-1] if nights else None
    case = parts.night(store, period.edition).case(last, until, last.manifest if last else None, told_by=now)
    return replace(case, published=_before(parts, store, period, now))


def _before(parts: Parts, store: Store, period: Period, now: datetime) -> Ranking | None:
    """Give the result that was published last, by now, of another period by the same edition, for movement."""
    steps = [
        step
        for step in store.acts.all(period.edition, until=now)
        if isinstance(step, PeriodStep) and step.period != period.id and step.state is PeriodState.PUBLISHED and step.result
    ]
    return _read(parts, store, steps[-1]) if steps else None


def result_of(parts: Parts, store: Store, name: str) -> Result:
    """Give a period's published result, or its draft while that is all there is.

    Raises:
        UsageError: it has neither yet.
        EvidenceError: what was kept of it is missing or changed.
    """
    period = period_named(parts, name)
    kept = kept_result(parts, store, period)
    if kept is None:
        raise UsageError(f"kỳ {period.id} chưa có kết quả dự thảo (auditor period show {period.id})")
    step, ranking = kept
    case = case_of(parts, store, period, step.stepped_at)
    rule = as_published(parts, store, case.edition, ranking)
    return Result(period=period, step=step, case=replace(case, edition=rule), ranking=ranking)


def kept_result(parts: Parts, store: Store, period: Period) -> tuple[PeriodStep, Ranking] | None:
    """Give the last result of a period as it was kept, with the step that made it; None while it has none."""
    acts = store.acts.all(period.edition)
    steps = [act for act in acts if isinstance(act, PeriodStep) and act.period == period.id and act.result]
    return (steps[-1], _read(parts, store, steps[-1])) if steps else None


def _read(parts: Parts, store: Store, step: PeriodStep) -> Ranking:
    assert step.result is not None
    ranking: Ranking = _CODEC.load(zlib.decompress(parts.archive(store).body(step.result)))
    return ranking


def refused(parts: Parts, store: Store, edition: str, allowed: frozenset[PeriodState]) -> str:
    """Say in Vietnamese why something may not be done by an edition now, for its period is not at such a step; else nothing.

    An edition without any period in ``periods.toml`` knows no such steps.
    """
    periods = [period for period in parts.periods if period.edition == edition]
    if not periods:
        return ""
    found = running(store.acts.all(edition))
    words = vietnamese()
    named = " hoặc ".join(f"“{words.term('period', state.value)}”" for state in ORDER if state in allowed)
    if found is None:
        return (
            f"chưa có kỳ nào của bộ tiêu chí {edition} được mở; việc này chỉ làm được khi kỳ ở bước {named} (auditor period list)"
        )
    if found.state in allowed:
        return ""
    state = words.term("period", found.state.value)
    return f"kỳ {found.period} đang ở bước “{state}”; việc này chỉ làm được ở bước {named} (auditor period show {found.period})"
