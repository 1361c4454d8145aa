"""The commands of every day: visit, judge, rank, explain, report."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import day_of, options, print_json, say, take_options
from auditor.errors import UsageError

__all__ = ["app", "check", "demo", "explain", "judge", "probe", "rank", "report", "run", "schedule", "status"]

app = typer.Typer(
    name="auditor",
    help="Đo mức độ ứng dụng CNTT của các cơ quan từ bên ngoài, xếp hạng, và giữ bằng chứng của từng điểm.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.callback()(take_options)


@app.command()
def demo() -> None:
    """Chạy toàn bộ công việc trên tỉnh mẫu kèm theo; ghi vào ./var/demo nếu không nêu --data."""
    from auditor.app.demo import demo as show
    from auditor.app.documents import run_json
    from auditor.app.progress import progress
    from reports.journal import said
    from reports.text import rank_text

    data = options.data or Path("var/demo")
    with progress() as told:
        found = show(data, told)
    report = str(found.ran.report) if found.ran.report else None
    print_json(
        {
            **run_json(found.ran.run),
            "declared": found.declared,
            "differences": list(found.differences),
            "report": report,
            "letters": [str(path) for path in found.letters],
        }
    )
    say(rank_text(found.ran.source))
    for line in found.differences:
        say(f"Khác bảng sự thật: {line}")
    say(f"\n{len(found.letters)} thư gửi các cơ quan: {found.letters[0].parent}" if found.letters else "")
    say(f"Báo cáo: {report}" if report else f"Chưa công bố: {said(found.ran.run.held_because)}")
    raise typer.Exit(3 if report is None else 0)


@app.command()
def check() -> None:
    """Kiểm tra cấu hình, bộ tiêu chí, danh bạ và từ vựng; liệt kê mọi lỗi."""
    from auditor.app.documents import check_json
    from auditor.app.rules import changed_editions

    parts = options.parts()
    problems = parts.problems()
    problems += changed_editions(parts)
    print_json(check_json(problems, parts.known_measures))
    for problem in problems:
        say(str(problem))
    say("Cấu hình không có lỗi." if not problems else f"{len(problems)} lỗi.")
    raise typer.Exit(1 if problems else 0)


@app.command()
def probe(
    agency: Annotated[str, typer.Option(help="Mã cơ quan trong agencies.csv.")],
    probe: Annotated[list[str] | None, typer.Option(help="Chỉ chạy đầu dò này (có thể lặp lại).")] = None,
    site: Annotated[str | None, typer.Option(help="Chỉ địa chỉ này của cơ quan.")] = None,
) -> None:
    """Kiểm tra ngay một cơ quan; in kết quả đo, điểm, và việc nên làm trước."""
    from auditor.app.progress import progress
    from auditor.app.visiting import probe as visit
    from reports.json import probe_json
    from reports.text import probe_text
    from reports.view import standing_of

    parts = options.parts()
    with progress() as told:
        found = visit(parts, agency, probes=probe, site=site, told=told)
    source, code = found.source, found.agency.code
    standing = standing_of(source, code)
    print_json(probe_json(code, found.run, source.visits, source.readings, standing, measures=source.measures))
    say(probe_text(source, code))
    if found.successor is not None:
        say(f"Cơ quan này đã được kế thừa bởi: {found.successor.name} ({found.successor.code}).")


@app.command()
def run(
    group: Annotated[list[str] | None, typer.Option(help="Chỉ nhóm này (có thể lặp lại).")] = None,
    agency: Annotated[list[str] | None, typer.Option(help="Chỉ cơ quan này (có thể lặp lại).")] = None,
) -> None:
    """Chạy một đêm kiểm tra ngay: mọi lượt đến hạn, chấm điểm, công bố; chạy tiếp lượt bị ngắt."""
    from auditor.app.documents import run_json
    from auditor.app.following import follow
    from auditor.app.progress import progress
    from auditor.app.sending import take_up
    from auditor.app.visiting import run as visit
    from reports.journal import said
    from reports.text import rank_text

    parts = options.parts()
    with progress() as told:
        found = visit(parts, groups=group or (), agencies=agency or (), told=told)
    report = str(found.report) if found.report else None
    with parts.store() as store:
        queued = take_up(parts, store, found) + (follow(parts, store) if found.report else 0)
    print_json({**run_json(found.run), "unconfirmed": list(found.unconfirmed), "report": report, "queued": queued})
    say(rank_text(found.source) if report else f"Chưa công bố: {said(found.run.held_because)}")
    for url in found.unconfirmed:
        say(f"Bỏ qua {url}: địa chỉ chưa được xác nhận.")
    say(f"Báo cáo: {report}" if report else "")
    say(f"{queued} thông báo chờ gửi (auditor alerts send)." if queued else "")
    raise typer.Exit(3 if report is None else 0)


@app.command()
def judge(
    run: Annotated[str | None, typer.Option(help="Mã lượt chạy (mặc định: lượt công bố gần nhất).")] = None,
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """Chấm lại từ bằng chứng đã lưu, không dùng mạng; cho biết có gì khác."""
    from auditor.app.documents import again_json
    from auditor.app.judging import judge_again
    from reports.listing import again_text

    parts = options.parts()
    found = judge_again(parts, run, edition)
    document = again_json(found)
    print_json(document)
    say(again_text(document, parts.catalogue.measures))


@app.command()
def rank(
    group: Annotated[str | None, typer.Option(help="Chỉ nhóm này.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Tính đến hết ngày này.")] = None,
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
    period: Annotated[str | None, typer.Option(help="Kết quả dự thảo hoặc đã công bố của một kỳ (periods.toml).")] = None,
) -> None:
    """In bảng xếp hạng."""
    from auditor.app.awaiting import awaited
    from auditor.app.judging import period_result, published
    from reports.text import rank_text
    from reports.whole import whole_json

    if period is not None and (as_of is not None or edition is not None):
        raise UsageError("--period names its own day and edition: leave --as-of and --edition out")
    parts, day = options.parts(), day_of(as_of)
    with parts.store() as store:
        if period is None:
            source = published(parts, store, edition=edition, as_of=day, group=group)
        else:
            source = period_result(parts, store, period, group)
        print_json(whole_json(source))
        say(rank_text(source, awaited=awaited(parts, store, source, day) if period is None else None))


@app.command()
def explain(
    agency: Annotated[str, typer.Argument(help="Mã cơ quan.")],
    what: Annotated[str | None, typer.Argument(metavar="[CRITERION|MEASURE]", help="Mã tiêu chí hoặc đại lượng đo.")] = None,
    fixes: Annotated[bool, typer.Option("--fixes", help="Chỉ các việc nên làm trước.")] = False,
    period: Annotated[str | None, typer.Option(help="Kết quả dự thảo hoặc đã công bố của một kỳ (periods.toml).")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Tính đến hết ngày này.")] = None,
) -> None:
    """Giải thích phép tính và bằng chứng của một cơ quan, một tiêu chí hoặc một kết quả đo."""
    from auditor.app.judging import latest_of
    from reports.explain import explain_text, fixes_text
    from reports.listing import explain_json

    if period is not None and as_of is not None:
        raise UsageError("--period names its own day: leave --as-of out")
    parts, day = options.parts(), day_of(as_of)
    with parts.store() as store:
        code, source = latest_of(parts, store, agency, what, period=period, as_of=day)
        try:
            text = explain_text(source, code, what)
        except LookupError as exc:
            if type(exc) is not LookupError:
                raise
            raise UsageError(str(exc)) from exc
        print_json(explain_json(source, code, what))
        say(fixes_text(source, code) if fixes else text)


@app.command()
def report(
    format: Annotated[str, typer.Option(help="html, pdf, xlsx, csv hoặc json.")] = "html",  # noqa: A002 - the option's name
    period: Annotated[str | None, typer.Option(help="Kết quả dự thảo hoặc đã công bố của một kỳ (periods.toml).")] = None,
) -> None:
    """Xuất bảng xếp hạng đã công bố thành báo cáo."""
    from auditor.app.judging import report as write

    path = write(options.parts(), format, period)
    print_json({"format": format, "path": str(path)})
    say(str(path))


@app.command()
def schedule() -> None:
    """Chạy như một dịch vụ: mỗi đêm một lượt, kiểm tra sẵn sàng đều đặn, gửi thư sau khi công bố; dừng bằng SIGTERM."""
    from auditor.app.daemon import schedule as live
    from auditor.log import configure

    configure(verbose=True, terminal=sys.stderr.isatty())
    live(options.parts())


@app.command()
def status(
    last: Annotated[int, typer.Option(min=1, max=1000, help="Số lượt chạy gần nhất.")] = 10,
    weeks: Annotated[int, typer.Option(min=0, max=52, help="Tỷ lệ kết cục của từng đầu dò trong số tuần này.")] = 4,
    check: Annotated[bool, typer.Option("--check", help="Chỉ trả lời dịch vụ có ổn không; mã thoát 1 nếu không.")] = False,
) -> None:
    """Dịch vụ, các lượt chạy gần nhất, cổng kiểm soát, hàng đợi, và sức khoẻ của các đầu dò."""
    from auditor.app.documents import health_json, status_json
    from auditor.app.status import status as look
    from reports.service import health_text
    from reports.service import status_text as text

    found = look(options.parts(), 0 if check else last, 0 if check else weeks)
    document = health_json(found.health) if check else status_json(found)
    print_json(document)
    say(health_text(document) if check else text(document))
    raise typer.Exit(1 if check and found.health.problems else 0)
