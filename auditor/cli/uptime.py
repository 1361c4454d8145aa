"""``auditor uptime``: how available the sites were, with the accounting of it."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

import typer

from auditor.cli.options import options, print_json, say
from auditor.errors import UsageError

__all__ = ["uptime_app", "uptime_check", "uptime_report"]

uptime_app = typer.Typer(help="Mức độ hoạt động liên tục của các trang.", no_args_is_help=True)
_DAYS = 30


@uptime_app.command("check")
def uptime_check() -> None:
    """Kiểm tra ngay một lượt xem mọi trang có hoạt động không, và lưu kết quả."""
    from auditor.app.uptime import check_now
    from reports.uptime import samples_json, samples_text

    taken = check_now(options.parts())
    print_json(samples_json(taken))
    say(samples_text(taken))


@uptime_app.command("report")
def uptime_report(
    since: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="Từ đầu ngày này (mặc định: 30 ngày).")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Đến hết ngày này (mặc định: bây giờ).")] = None,
    site: Annotated[str | None, typer.Option(help="Chỉ địa chỉ này.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="In bảng CSV, mỗi trang một dòng.")] = False,
) -> None:
    """Tỷ lệ hoạt động của từng trang, cách tính, các sự cố, và thời gian trả lời."""
    from auditor.app.uptime import uptime_report as account
    from auditor.model.zone import VIETNAM
    from reports.uptime import uptime_csv, uptime_json, uptime_text

    parts = options.parts()
    now = parts.clock.now().astimezone(VIETNAM)
    first = _day(since) if since is not None else now.date() - timedelta(days=_DAYS)
    last = datetime.combine(_day(until) + timedelta(days=1), time.min, VIETNAM) if until is not None else now
    with parts.store() as store:
        found = account(parts, store, since=datetime.combine(first, time.min, VIETNAM), until=last, site=site)
    print_json(uptime_json(found))
    say(uptime_csv(found) if csv else uptime_text(found))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f'"{text}" is no date of the form YYYY-MM-DD') from exc
