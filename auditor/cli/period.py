"""``auditor period``: the year's ranking, step by step."""

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import options, print_json, say

__all__ = ["period_advance", "period_app", "period_complain", "period_list", "period_reply", "period_show"]

period_app = typer.Typer(help="Kỳ đánh giá hằng năm: mở tự khai, đóng, thẩm định, dự thảo, công bố.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="PERIOD", help="Mã kỳ trong periods.toml.")]
Person = Annotated[str, typer.Option(help="Ai làm (họ tên, chức vụ).")]
Document = Annotated[str, typer.Option(help="Theo văn bản nào (số, ngày).")]


@period_app.command("list")
def period_list() -> None:
    """Liệt kê các kỳ và bước hiện tại của từng kỳ."""
    from auditor.app.council_documents import periods_json
    from auditor.app.periods import statuses
    from reports.council import periods_text

    parts = options.parts()
    with parts.store() as store:
        found = statuses(parts, store)
    print_json(periods_json(found))
    say(periods_text([(status.period, status.state) for status in found]))


@period_app.command("show")
def period_show(name: Name) -> None:
    """Cho xem một kỳ: các mốc, ai đã làm bước nào, khiếu nại và mâu thuẫn đang chờ."""
    from auditor.app.council_documents import periods_json
    from auditor.app.periods import statuses
    from auditor.model.council import ContradictionState
    from reports.council import period_text

    parts = options.parts()
    with parts.store() as store:
        [found] = statuses(parts, store, name)
    waits = {ContradictionState.OPEN, ContradictionState.ANSWERED}
    print_json(periods_json([found])[0])
    waiting = [one for one in found.contradictions if one.state in waits]
    untold = sum(one.state is ContradictionState.OPEN and one.told_on is None for one in waiting)
    counts = {"waiting": len(waiting), "untold": untold}
    say(period_text(found.period, found.state, found.steps, found.complaints, **counts, changed=found.changed))


@period_app.command("advance")
def period_advance(
    name: Name,
    to: Annotated[str, typer.Argument(metavar="STATE", help="open, closed, appraisal, draft hoặc published.")],
    person: Person = "",
    document: Document = "",
    amended: Annotated[bool, typer.Option("--amended", help="Bộ tiêu chí đã được sửa đúng thẩm quyền từ khi mở kỳ.")] = False,
) -> None:
    """Chuyển kỳ sang bước kế tiếp; từ chối bước sai thứ tự hoặc chưa đến ngày."""
    from auditor.app.council_documents import step_json
    from auditor.app.council_letters import tell_council
    from auditor.app.periods import advance, state_named
    from reports.words import vietnamese

    parts = options.parts()
    step, ranking = advance(parts, name, state_named(to), person=person, document=document, amended=amended)
    with parts.store() as store:
        queued = tell_council(parts, store)
    ranked = sum(len(group.rows) for group in ranking.groups) if ranking else None
    print_json({**step_json(step), "ranked": ranked, "queued": queued})
    say(f"Kỳ {step.period}: {vietnamese().term('period', step.state.value)}.")
    say(f"Đã chấm và lưu kết quả, xếp hạng {ranked} cơ quan (auditor rank --period {step.period})." if ranking else "")
    say(f"{queued} thông báo chờ gửi (auditor alerts send)." if queued else "")


@period_app.command("complain")
def period_complain(
    name: Name,
    agency: Annotated[str, typer.Argument(metavar="CODE", help="Mã cơ quan.")],
    text: Annotated[str, typer.Option(help="Nội dung khiếu nại.")] = "",
    person: Annotated[str, typer.Option(help="Ai khiếu nại (họ tên, chức vụ).")] = "",
    criterion: Annotated[str | None, typer.Option(help="Mã tiêu chí (để trống: về toàn bộ kết quả).")] = None,
    link: Annotated[str, typer.Option(help="Địa chỉ web của minh chứng.")] = "",
    file: Annotated[Path | None, typer.Option(help="Tệp minh chứng.")] = None,
) -> None:
    """Ghi nhận khiếu nại của một cơ quan về kết quả dự thảo."""
    from auditor.app.complaining import complain
    from auditor.app.council_documents import reply_json
    from auditor.app.handed import handed_in

    parts = options.parts()
    attached = handed_in(file) if file else None
    made = complain(parts, name, agency, criterion=criterion, text=text, person=person, link=link, file=attached)
    print_json(reply_json(made, None))
    say(f"Đã ghi nhận khiếu nại số {made.number} của {made.agency} (auditor period reply {made.period} {made.number}).")


@period_app.command("reply")
def period_reply(
    name: Name,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Số khiếu nại.")],
    upheld: Annotated[bool, typer.Option("--upheld/--dismissed", help="Chấp nhận hay không chấp nhận.")],
    reason: Annotated[str, typer.Option(help="Lý do.")] = "",
    person: Person = "",
    document: Document = "",
) -> None:
    """Trả lời một khiếu nại; điểm chỉ đổi khi thẩm định lại."""
    from auditor.app.complaining import reply

    made = reply(options.parts(), name, number, upheld=upheld, reason=reason, person=person, document=document)
    print_json({"period": made.period, "number": made.number, "upheld": made.upheld, "at": made.replied_at.isoformat()})
    say(f"Đã trả lời khiếu nại số {made.number}: {'chấp nhận' if made.upheld else 'không chấp nhận'}.")
