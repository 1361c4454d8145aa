"""``auditor alerts``: what fails and what is told of it."""

from typing import Annotated

import typer

from auditor.cli.options import options, print_json, say

__all__ = ["alerts_app", "alerts_list", "alerts_preview"]

alerts_app = typer.Typer(help="Nội dung chưa đạt và thư báo cho các cơ quan.", no_args_is_help=True)


@alerts_app.command("list")
def alerts_list(agency: Annotated[str | None, typer.Option(help="Chỉ cơ quan này.")] = None) -> None:
    """Liệt kê các nội dung chưa đạt: từ khi nào, đã báo mấy lần; và những thư không đến được nơi nhận."""
    from auditor.app.alerting import findings_now
    from auditor.app.bouncing import undelivered
    from auditor.app.documents import findings_json
    from reports.alerts import findings_text
    from reports.outbox import undelivered_text

    parts = options.parts()
    with parts.store() as store:
        lives = findings_now(parts, store, agency)
        lost = [one for one in undelivered(store) if agency in {None, one.notice.agency}]
    print_json(findings_json(lives, lost))
    say(findings_text(lives, parts.edition()))
    say(undelivered_text(lost))


@alerts_app.command("preview")
def alerts_preview(
    agency: Annotated[str | None, typer.Option(help="Chỉ cơ quan này.")] = None,
    lang: Annotated[str | None, typer.Option(help="vi hoặc en (mặc định: ngôn ngữ của cơ quan trong alerts.toml).")] = None,
    html: Annotated[bool, typer.Option("--html", help="In bản HTML thay cho bản chữ.")] = False,
) -> None:
    """Cho xem đúng những thư của đợt kiểm tra công bố gần nhất; không gửi và không ghi gì."""
    from auditor.app.alerting import preview
    from auditor.app.documents import notices_json
    from reports.alerts import notices_text

    parts = options.parts()
    with parts.store() as store:
        found = preview(parts, store, agency=agency, language=lang)
    print_json(notices_json(found.run, found.notices))
    say(notices_text(found.run, found.notices, html=html))
