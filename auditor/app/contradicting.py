"""``auditor contradictions``: where declared and measured differ a case is opened, answered and decided."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypedDict

from auditor.app.acting import Attached, act, proof_of, said
from auditor.app.council import ANSWERING, case_now, permitted
from auditor.app.parts import Parts
from auditor.app.periods import contradictions_in, refused, running_period
from auditor.app.telling import told
from auditor.errors import UsageError, nearest
from auditor.judge import judge
from auditor.judge.acts import contradictions_of
from auditor.judge.contradictions import as_seen, openings
from auditor.judge.periods import acts_of
from auditor.model.council import Act, Answer, Contradiction, ContradictionState, Decision, Handover, Opening
from auditor.model.ids import AgencyId, CriterionId, EditionId
from auditor.model.zone import local_date
from auditor.store import Store
from reports.view import local_day

__all__ = ["answer", "cases", "decide", "note_told", "open_cases"]

_DAYS = 10
"""To answer within, where no period says otherwise."""
_ENDED = frozenset({ContradictionState.ACCEPTED, ContradictionState.REJECTED})


def cases(parts: Parts, store: Store, *, agency: str | None = None, edition: str | None = None) -> tuple[Contradiction, ...]:
    """Give every contradiction of the running year as it stands beside what is known now, in the order of opening."""
    found = _as_it_stands(parts, store, edition)
    return tuple(one for one in found if agency is None or one.opening.agency == agency)


def open_cases(parts: Parts, edition: str | None = None) -> tuple[Act, ...]:
    """Open a case for every difference that has none yet; calling it again opens nothing twice."""
    with parts.store() as store:
        if not _new(parts, store, edition, parts.clock.now()):
            return ()  # nothing is written, and nobody waits for the lock
    return act(parts, edition, "contradictions", lambda store, now: _new(parts, store, edition, now))


def answer(
    parts: Parts,
    agency: str,
    criterion: str,
    *,
    text: str,
    person: str,
    link: str = "",
    file: Attached | None = None,
    edition: str | None = None,
) -> Answer:
    """Keep what an agency says to the open contradiction of a criterion.

    Raises:
        UsageError: there is no such case, it is decided, its deadline is over, or text or person are empty. There is no deadline
            before the agency was told.
    """
    said({"--text": text, "--person": person}, {"--link": link})

    def done(found: Contradiction, now: datetime) -> Answer:
        deadline = found.deadline
        if deadline is not None and local_date(now) > deadline:
            raise UsageError(f"đã quá hạn trả lời mâu thuẫn này ({local_day(deadline)})")
        return Answer(
            **_named(found.opening),
            text=text.strip(),
            link=link,
            person=person.strip(),
            answered_at=now,
            proof=proof_of(file) if file else None,
        )

    made = _on(parts, edition, (agency, criterion), "answer", done, (file,) if file else ())
    assert isinstance(made, Answer)
    return made


def decide(
    parts: Parts,
    agency: str,
    criterion: str,
    *,
    accepted: bool,
    reason: str,
    person: str,
    document: str,
    edition: str | None = None,
) -> Decision:
    """Keep what the council says to the contradiction of a criterion; a mark changes by an appraisal only.

    It may decide at any time, also before the agency was told, so that a letter which cannot be sent holds up nobody for ever;
    the decision keeps whether it had been.

    Raises:
        UsageError: there is no such case, it is decided already, or reason, person or document are empty.
    """
    said({"--reason": reason, "--person": person, "--document": document})

    def done(found: Contradiction, now: datetime) -> Decision:
        return Decision(
            **_named(found.opening),
            accepted=accepted,
            reason=reason.strip(),
            person=person.strip(),
            document=document.strip(),
            decided_at=now,
            told_on=found.told_on,
        )

    made = _on(parts, edition, (agency, criterion), "decision", done)
    assert isinstance(made, Decision)
    return made


def note_told(
    parts: Parts, agency: str, criterion: str, *, on: date, person: str, document: str, edition: str | None = None
) -> Handover:
    """Keep that the council told an agency of its contradiction otherwise than by our letter; its time runs from that day.

    Raises:
        UsageError: there is no such case, it is decided, the day is before its opening or still to come, or person or document
            are empty.
    """
    said({"--person": person, "--document": document})

    def done(found: Contradiction, now: datetime) -> Handover:
        first, today = local_date(found.opening.opened_at), local_date(now)
        if not first <= on <= today:
            raise UsageError(
                f"--on {local_day(on)} phải từ ngày mở mâu thuẫn ({local_day(first)}) đến hôm nay ({local_day(today)})"
            )
        return Handover(
            **_named(found.opening),
            told_on=on,
            person=person.strip(),
            document=document.strip(),
            noted_at=now,
        )

    made = _on(parts, edition, (agency, criterion), "told", done)
    assert isinstance(made, Handover)
    return made


class _Named(TypedDict):
    """What every act on a case says of it."""

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    fingerprint: str


def _named(opening: Opening) -> _Named:
    return {
        "agency": opening.agency,
        "edition": opening.edition,
        "criterion": opening.criterion,
        "fingerprint": opening.fingerprint,
    }


def _on(
    parts: Parts,
    edition: str | None,
    place: tuple[str, str],
    what: str,
    done: Callable[[Contradiction, datetime], Answer | Decision | Handover],
    files: Sequence[Attached] = (),
) -> Act:
    agency, criterion = place

    def one(store: Store, now: datetime) -> Sequence[Act]:
        permitted(parts, store, parts.edition(edition).id, ANSWERING)
        return (done(_the_case(_as_it_stands(parts, store, edition), agency, criterion), now),)

    [made] = act(parts, edition, f"contradiction {agency} {criterion} {what}", one, files)
    return made


def _the_case(known: Sequence[Contradiction], agency: str, criterion: str) -> Contradiction:
    """Give the case of a criterion that is not over.

    Raises:
        UsageError: there is none; says which there are.
    """
    mine = [one for one in known if (one.opening.agency, one.opening.criterion) == (agency, criterion)]
    waiting = [one for one in mine if one.state not in _ENDED and one.state is not ContradictionState.SETTLED]
    if waiting:
        return waiting[-1]
    if mine:
        raise UsageError(f'mâu thuẫn ở tiêu chí "{criterion}" của "{agency}" đã kết thúc (auditor contradictions list)')
    places = [f"{one.opening.agency} {one.opening.criterion}" for one in known]
    raise UsageError(f'không có mâu thuẫn nào ở tiêu chí "{criterion}" của "{agency}"{nearest(f"{agency} {criterion}", places)}')


def _as_it_stands(parts: Parts, store: Store, edition: str | None) -> tuple[Contradiction, ...]:
    chosen = parts.edition(edition).id
    period = running_period(parts, store, chosen)
    if period is not None:
        return contradictions_in(parts, store, period)
    found, now = contradictions_of(store.acts.all(chosen)), parts.clock.now()
    return told(parts, store, as_seen(found, judge(case_now(parts, store, edition, now))), by=now) if found else ()


def _new(parts: Parts, store: Store, edition: str | None, now: datetime) -> Sequence[Act]:
    chosen = parts.edition(edition).id
    if refused(parts, store, chosen, ANSWERING):
        return ()
    period = running_period(parts, store, chosen)
    acts = store.acts.all(chosen)
    known = contradictions_of(acts if period is None else acts_of(acts, period.id))
    ranking = judge(replace(case_now(parts, store, edition, now), published=None))
    return openings(ranking, known, at=now, days=period.answer_days if period else _DAYS)
