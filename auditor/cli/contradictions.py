"""``auditor contradictions``: where declared and measured differ."""

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import day_of, options, print_json, say
from auditor.errors import UsageError
from auditor.model.zone import local_date

__all__ = [
    "contradictions_answer",
    "contradictions_app",
    "contradictions_decide",
    "contradictions_list",
    "contradictions_open",
    "contradictions_told",
]

contradictions_app = typer.Typer(help="Mâu thuẫn giữa số liệu tự khai và kết quả đo.", no_args_is_help=True)
Agency = Annotated[str, typer.Argument(metavar="CODE", help="Mã cơ quan.")]
CriterionCode = Annotated[str, typer.Argument(metavar="CRITERION", help="Mã tiêu chí.")]


@contradictions_app.command("list")
def contradictions_list(
    agency: Annotated[str | None, typer.Option(help="Chỉ cơ quan này.")] = None,
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """Liệt kê các mâu thuẫn: hai giá trị, hạn trả lời, ai đã nói gì."""
    from auditor.app.contradicting import cases
    from auditor.app.council_documents import contradictions_json
    from reports.council import contradictions_text

    parts = options.parts()
    with parts.store() as store:
        found = cases(parts, store, agency=agency, edition=edition)
    print_json(contradictions_json(found))
    today = local_date(parts.clock.now())
    say(contradictions_text(found, parts.edition(edition), parts.catalogue.measures, today))


@contradictions_app.command("open")
def contradictions_open(
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """Mở hồ sơ cho mọi mâu thuẫn chưa có (mỗi đêm và mỗi lần nhập tự khai cũng tự mở)."""
    from auditor.app.contradicting import open_cases
    from auditor.app.council_letters import tell_council

    parts = options.parts()
    made = open_cases(parts, edition)
    with parts.store() as store:
        queued = tell_council(parts, store)
    print_json({"opened": len(made), "queued": queued})
    say(f"Đã mở {len(made)} mâu thuẫn; {queued} thông báo chờ gửi.")


@contradictions_app.command("answer")
def contradictions_answer(
    agency: Agency,
    criterion: CriterionCode,
    text: Annotated[str, typer.Option(help="Cơ quan giải trình thế nào.")] = "",
    person: Annotated[str, typer.Option(help="Ai giải trình (họ tên, chức vụ).")] = "",
    link: Annotated[str, typer.Option(help="Địa chỉ web của minh chứng.")] = "",
    file: Annotated[Path | None, typer.Option(help="Tệp minh chứng.")] = None,
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """Ghi lời giải trình của cơ quan; chỉ nhận trong hạn, tính từ ngày cơ quan được báo."""
    from auditor.app.contradicting import answer
    from auditor.app.handed import handed_in

    attached = handed_in(file) if file else None
    made = answer(options.parts(), agency, criterion, text=text, person=person, link=link, file=attached, edition=edition)
    print_json({"agency": made.agency, "criterion": made.criterion, "state": "answered", "at": made.answered_at.isoformat()})
    say(f"Đã ghi giải trình của {made.agency} về tiêu chí {made.criterion}.")


@contradictions_app.command("told")
def contradictions_told(
    agency: Agency,
    criterion: CriterionCode,
    on: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Ngày cơ quan nhận được văn bản báo.")] = None,
    person: Annotated[str, typer.Option(help="Ai ghi nhận (họ tên, chức vụ).")] = "",
    document: Annotated[str, typer.Option(help="Báo bằng văn bản nào (số, ngày).")] = "",
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """Ghi nhận cơ quan đã được báo bằng cách khác ngoài thư của hệ thống; hạn trả lời tính từ ngày đó."""
    from auditor.app.contradicting import note_told
    from reports.view import local_day

    day = day_of(on)
    if day is None:
        raise UsageError("--on không được để trống: phải ghi ngày cơ quan nhận được văn bản báo")
    made = note_told(options.parts(), agency, criterion, on=day, person=person, document=document, edition=edition)
    print_json({"agency": made.agency, "criterion": made.criterion, "told_on": made.told_on.isoformat()})
    say(f"Đã ghi: {made.agency} được báo về tiêu chí {made.criterion} ngày {local_day(made.told_on)} ({made.document}).")


@contradictions_app.command("decide")
def contradictions_decide(
    agency: Agency,
    criterion: CriterionCode,
    accepted: Annotated[bool, typer.Option("--accept/--reject", help="Chấp nhận hay không chấp nhận giải trình.")],
    reason: Annotated[str, typer.Option(help="Lý do.")] = "",
    person: Annotated[str, typer.Option(help="Ai quyết định (họ tên, chức vụ).")] = "",
    document: Annotated[str, typer.Option(help="Theo văn bản nào (số, ngày).")] = "",
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """Ghi quyết định của hội đồng; điểm chỉ đổi khi thẩm định (auditor appraise)."""
    from auditor.app.contradicting import decide

    said = {"reason": reason, "person": person, "document": document}
    made = decide(options.parts(), agency, criterion, accepted=accepted, edition=edition, **said)
    state = "accepted" if made.accepted else "rejected"
    told_on = made.told_on.isoformat() if made.told_on else None
    print_json(
        {
            "agency": made.agency,
            "criterion": made.criterion,
            "state": state,
            "at": made.decided_at.isoformat(),
            "told_on": told_on,
        }
    )
    say(
        ""
        if told_on
        else "Lưu ý: hội đồng quyết định khi chưa có ghi nhận cơ quan đã được báo; điều này được ghi cùng quyết định."
    )
    say(f"Đã ghi: {'chấp nhận' if made.accepted else 'không chấp nhận'} giải trình của {made.agency} về {made.criterion}.")
