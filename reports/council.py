"""What the council and the agencies do, as lines for the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from auditor.model.council import Complaint, Contradiction, ContradictionState, PeriodState, PeriodStep, Reply, Untold
from auditor.model.edition import Edition
from auditor.model.ids import MeasureId
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.period import ORDER, Period
from auditor.model.reading import Measure, Value
from reports.view import criterion_of, local_day, local_time
from reports.visible import one_line
from reports.words import Words, vietnamese

__all__ = ["contradictions_text", "period_text", "periods_text"]

_DAYS = {
    PeriodState.OPEN: "declare_from",
    PeriodState.CLOSED: "declare_until",
    PeriodState.APPRAISAL: "appraise_from",
    PeriodState.DRAFT: "draft_on",
    PeriodState.PUBLISHED: "publish_from",
}


def periods_text(found: Sequence[tuple[Period, PeriodState]]) -> str:
    """List periods, one a line."""
    words = vietnamese()
    lines = [
        f"{one_line(period.id)}  {words.term('period', state.value)}  {one_line(period.title)}  [{one_line(period.edition)}]"
        for period, state in found
    ]
    return "\n".join(lines) if lines else "Chưa có kỳ nào trong periods.toml."


def period_text(
    period: Period,
    state: PeriodState,
    steps: Sequence[PeriodStep],
    complaints: Sequence[tuple[Complaint, Reply | None]],
    *,
    waiting: int,
    untold: int,
    changed: bool,
) -> str:
    """Show one period: its dates, what was done and by whom, and what waits."""
    return "\n".join(_period(period, state, steps, complaints, (waiting, untold), changed=changed))


def _period(
    period: Period,
    state: PeriodState,
    steps: Sequence[PeriodStep],
    complaints: Sequence[tuple[Complaint, Reply | None]],
    cases: tuple[int, int],
    *,
    changed: bool,
) -> Iterator[str]:
    words = vietnamese()
    yield f"{one_line(period.title)} ({one_line(period.id)}): {words.term('period', state.value)}"
    yield f"Bộ tiêu chí: {one_line(period.edition)}"
    if not period.verified:
        yield "Các mốc thời gian chưa được đối chiếu với văn bản."
    yield f"Số liệu từ {local_day(period.data_from)} đến hết {local_day(period.data_to)}"
    by_state = {step.state: step for step in steps}
    days: Mapping[str, date] = dict(period.days())
    for one in ORDER[1:]:
        step = by_state.get(one)
        when = words.text(f"period.day.{one.value}", day=local_day(days[_DAYS[one]]))
        said = f": {local_time(step.stepped_at)}, {one_line(step.person)}, {one_line(step.document)}" if step else ""
        yield f"  {'✓' if step else '·'} {words.term('period', one.value)} ({when}){said}"
    yield f"Khiếu nại về dự thảo nhận đến hết {local_day(period.complain_until)}"
    if changed:
        yield "Bộ tiêu chí đã khác so với bước trước của kỳ."
    waiting, untold = cases
    if waiting:
        yield f"Mâu thuẫn giữa tự khai và đo được đang chờ: {waiting} (auditor contradictions list)"
    if untold:
        yield f"  Trong đó cơ quan chưa được báo, thời hạn chưa tính: {untold}"
    for complaint, reply in complaints:
        yield from _complaint(complaint, reply)


def _complaint(complaint: Complaint, reply: Reply | None) -> Iterator[str]:
    about = f", tiêu chí {one_line(complaint.criterion)}" if complaint.criterion else ""
    yield f"Khiếu nại số {complaint.number} ({one_line(complaint.agency)}{about}, {local_time(complaint.complained_at)})"
    yield f"  {one_line(complaint.person)}: {one_line(complaint.text)}"
    if complaint.link:
        yield f"  {one_line(complaint.link)}"
    if reply is None:
        yield "  Chưa trả lời."
    else:
        said = "chấp nhận" if reply.upheld else "không chấp nhận"
        yield f"  Trả lời: {said}. {one_line(reply.reason)} ({one_line(reply.person)}, {one_line(reply.document)})"


def contradictions_text(
    found: Sequence[Contradiction], edition: Edition, measures: Mapping[MeasureId, Measure], today: date
) -> str:
    """List contradictions: both values, until when to answer, what was said."""
    words = vietnamese()
    lines = [line for one in found for line in _contradiction(one, edition, measures, words, today)]
    return "\n".join(lines) if lines else "Không có mâu thuẫn nào giữa tự khai và đo được."


def _contradiction(
    one: Contradiction, edition: Edition, measures: Mapping[MeasureId, Measure], words: Words, today: date
) -> Iterator[str]:
    opening = one.opening
    criterion = criterion_of(edition, opening.criterion)
    measure = measure_of(criterion, measures)
    waits = one.state is ContradictionState.OPEN
    state = words.term("contradiction", "late" if one.late(today) else "untold" if waits and one.untold else one.state.value)
    yield f"{one_line(opening.agency)}  {one_line(criterion.id)} {one_line(criterion.title)}: {state}"
    told = declared_measure(criterion, measure)
    yield f"  Tự khai {_value(words, opening.declared, told)}; đo được {_value(words, opening.measured, measure)}"
    yield f"  Mở lúc {local_time(opening.opened_at)}; {_told(one, words)}"
    for answer in one.answers:
        yield f"  Cơ quan ({one_line(answer.person)}, {local_time(answer.answered_at)}): {one_line(answer.text)}"
        if answer.link:
            yield f"    {one_line(answer.link)}"
    if one.decision:
        said, by = "chấp nhận" if one.decision.accepted else "không chấp nhận", one.decision
        yield f"  Hội đồng {said}: {one_line(by.reason)} ({one_line(by.person)}, {one_line(by.document)})"


def _told(one: Contradiction, words: Words) -> str:
    """Say when the agency was told and until when it answers, or why no time runs against it."""
    if one.told_on is not None and one.deadline is not None:
        facts = {"told": local_day(one.told_on), "until": local_day(one.deadline)}
        return words.text("contradiction.told", **facts)
    why = words.text(f"contradiction.untold.{(one.untold or Untold.QUEUED).value}")
    return words.text("contradiction.not_told", why=why, days=one.opening.answer_days)


def _value(words: Words, value: Value, measure: Measure | None) -> str:
    return one_line(words.value(value, measure))
