"""``auditor period complain`` and ``reply``: what agencies say against their draft result, and what the council answers."""

from collections.abc import Sequence
from datetime import datetime

from auditor.app.acting import Attached, act, proof_of, said
from auditor.app.parts import Parts
from auditor.app.periods import kept_result, period_named
from auditor.errors import UsageError, nearest
from auditor.judge.acts import complaints_of, period_states
from auditor.model.council import Complaint, PeriodState, Reply
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.period import Period
from auditor.model.ranking import Standing
from auditor.model.zone import local_date
from auditor.store import Store
from reports.view import local_day

__all__ = ["complain", "reply"]


def complain(
    parts: Parts,
    name: str,
    agency: str,
    *,
    criterion: str | None,
    text: str,
    person: str,
    link: str = "",
    file: Attached | None = None,
) -> Complaint:
    """Keep a complaint of an agency against its draft result.

    Raises:
        UsageError: the period has no draft, its window is over, or there is no such agency or criterion in it.
    """
    period = period_named(parts, name)
    said({"--text": text, "--person": person}, {"--link": link})

    def done(store: Store, now: datetime) -> Sequence[Complaint]:
        acts = store.acts.all(period.edition)
        _in_the_window(period, period_states(acts).get(period.id, PeriodState.PLANNED), now)
        row = _row(parts, store, period, agency)
        known = complaints_of(acts, period.id)
        made = Complaint(
            period=period.id,
            number=max((complaint.number for complaint, _ in known), default=0) + 1,
            agency=row.agency,
            edition=period.edition,
            criterion=_criterion(row, criterion) if criterion else None,
            text=text.strip(),
            link=link,
            person=person.strip(),
            complained_at=now,
            proof=proof_of(file) if file else None,
        )
        return (made,)

    [made] = act(parts, period.edition, f"complaint {period.id} {agency}", done, (file,) if file else ())
    assert isinstance(made, Complaint)
    return made


def reply(parts: Parts, name: str, number: int, *, upheld: bool, reason: str, person: str, document: str) -> Reply:
    """Keep the council's answer to a complaint; the mark itself changes by an appraisal.

    Raises:
        UsageError: there is no such complaint, the result is published, or reason, person or document are empty.
    """
    period = period_named(parts, name)
    said({"--reason": reason, "--person": person, "--document": document})

    def done(store: Store, now: datetime) -> Sequence[Reply]:
        acts = store.acts.all(period.edition)
        if period_states(acts).get(period.id) is PeriodState.PUBLISHED:
            raise UsageError(f"kỳ {period.id} đã công bố kết quả; không thêm được trả lời khiếu nại")
        said = complaints_of(acts, period.id)
        known = {complaint.number: complaint for complaint, _ in said}
        if any(complaint.number == number and answer is not None for complaint, answer in said):
            raise UsageError(f"khiếu nại số {number} của kỳ {period.id} đã được trả lời (auditor period show {period.id})")
        if number not in known:
            raise UsageError(
                f"kỳ {period.id} không có khiếu nại số {number}; có: {', '.join(map(str, known)) or 'chưa có khiếu nại nào'}"
            )
        to = known[number]
        made = Reply(
            period=period.id,
            number=number,
            agency=to.agency,
            edition=period.edition,
            criterion=to.criterion,
            upheld=upheld,
            reason=reason.strip(),
            person=person.strip(),
            document=document.strip(),
            replied_at=now,
        )
        return (made,)

    [made] = act(parts, period.edition, f"reply {period.id} {number}", done)
    assert isinstance(made, Reply)
    return made


def _in_the_window(period: Period, state: PeriodState, now: datetime) -> None:
    if state is not PeriodState.DRAFT:
        what = "đã công bố kết quả" if state is PeriodState.PUBLISHED else "chưa có kết quả dự thảo"
        raise UsageError(f"kỳ {period.id} {what}; chỉ nhận khiếu nại về kết quả dự thảo")
    if local_date(now) > period.complain_until:
        raise UsageError(f"đã hết hạn khiếu nại của kỳ {period.id} ({local_day(period.complain_until)})")


def _row(parts: Parts, store: Store, period: Period, code: str) -> Standing:
    """Give an agency's standing in the draft."""
    kept = kept_result(parts, store, period)
    rows = {row.agency: row for group in kept[1].groups for row in (*group.rows, *group.unranked)} if kept else {}
    if code not in rows:
        raise UsageError(f'kết quả dự thảo không có cơ quan nào mang mã "{code}"{nearest(code, rows)}')
    return rows[AgencyId(code)]


def _criterion(row: Standing, name: str) -> CriterionId:
    known = {mark.criterion for mark in row.marks}
    if name not in known:
        raise UsageError(f'"{row.agency}" không có tiêu chí "{name}" trong kết quả dự thảo{nearest(name, known)}')
    return CriterionId(name)
