"""The commands: parse, call, print; no logic. Words for people are Vietnamese, on stdout; progress and logs go to stderr."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from auditor.errors import AuditorError, ConfigError, EvidenceError, InputError, UsageError

if TYPE_CHECKING:
    from auditor.app.parts import Parts

__all__ = ["app", "main"]

app = typer.Typer(
    name="auditor",
    help="Đo mức độ ứng dụng CNTT của các cơ quan từ bên ngoài, xếp hạng, và giữ bằng chứng của từng điểm.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
declare_app = typer.Typer(help="Số liệu tự khai của các cơ quan.", no_args_is_help=True)
evidence_app = typer.Typer(help="Bằng chứng đã lưu.", no_args_is_help=True)
app.add_typer(declare_app, name="declare")
app.add_typer(evidence_app, name="evidence")

_VALUED = ("--config", "--data")
_FLAGS = ("--json", "-v", "--verbose")


@dataclass
class _Options:
    config: Path | None = None
    data: Path = Path("var")
    json: bool = False

    def parts(self) -> "Parts":
        """Give what commands work with."""
        from auditor.app.parts import Parts

        return Parts.of(self.config, self.data)


_options = _Options()


@app.callback()
def _globals(
    config: Annotated[Path | None, typer.Option(help="Thư mục cấu hình (mặc định: cấu hình kèm theo).")] = None,
    data: Annotated[Path, typer.Option(help="Thư mục dữ liệu: cơ sở dữ liệu, bằng chứng, báo cáo.")] = Path("var"),
    json: Annotated[bool, typer.Option("--json", help="In đúng một tài liệu JSON ra stdout.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Ghi nhật ký mỗi lượt kiểm tra ra stderr.")] = False,
) -> None:
    from auditor.log import configure

    configure(verbose=verbose, terminal=sys.stderr.isatty())
    _options.config, _options.data, _options.json = config, data, json


@app.command()
def demo() -> None:
    """Chạy toàn bộ công việc trên tỉnh mẫu kèm theo; ghi vào ./var/demo nếu không nêu --data."""
    from auditor.app.demo import demo as show
    from auditor.app.documents import run_json
    from auditor.app.progress import progress
    from reports.text import rank_text

    data = _options.data if _options.data != Path("var") else Path("var/demo")
    with progress() as told:
        found = show(data, told)
    report = str(found.ran.report) if found.ran.report else None
    _print_json({**run_json(found.ran.run), "declared": found.declared, "differences": list(found.differences), "report": report})
    _say(rank_text(found.ran.source))
    for line in found.differences:
        _say(f"Khác bảng sự thật: {line}")
    _say(f"\nBáo cáo: {report}" if report else f"Chưa công bố: {found.ran.run.held_because}")
    raise typer.Exit(3 if report is None else 0)


@app.command()
def check() -> None:
    """Kiểm tra cấu hình, bộ tiêu chí, danh bạ và từ vựng; liệt kê mọi lỗi."""
    from auditor.app.documents import check_json

    parts = _options.parts()
    problems = parts.problems()
    measures = {} if any(p.file.startswith("probes") for p in problems) else parts.catalogue.measures
    _print_json(check_json(problems, measures))
    for problem in problems:
        _say(str(problem))
    _say("Cấu hình không có lỗi." if not problems else f"{len(problems)} lỗi.")
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

    parts = _options.parts()
    with progress() as told:
        found = visit(parts, agency, probes=probe, site=site, told=told)
    source, code = found.source, found.agency.code
    standing = standing_of(source, code)
    _print_json(probe_json(code, found.run, source.visits, source.readings, standing, measures=source.measures))
    _say(probe_text(source, code))
    if found.successor is not None:
        _say(f"Cơ quan này đã được kế thừa bởi: {found.successor.name} ({found.successor.code}).")


@app.command()
def run(
    group: Annotated[list[str] | None, typer.Option(help="Chỉ nhóm này (có thể lặp lại).")] = None,
    agency: Annotated[list[str] | None, typer.Option(help="Chỉ cơ quan này (có thể lặp lại).")] = None,
) -> None:
    """Chạy một đêm kiểm tra ngay: mọi lượt đến hạn, chấm điểm, công bố; chạy tiếp lượt bị ngắt."""
    from auditor.app.documents import run_json
    from auditor.app.progress import progress
    from auditor.app.visiting import run as visit
    from reports.text import rank_text

    parts = _options.parts()
    with progress() as told:
        found = visit(parts, groups=group or (), agencies=agency or (), told=told)
    report = str(found.report) if found.report else None
    _print_json({**run_json(found.run), "unconfirmed": list(found.unconfirmed), "report": report})
    _say(rank_text(found.source) if report else f"Chưa công bố: {found.run.held_because}")
    for url in found.unconfirmed:
        _say(f"Bỏ qua {url}: địa chỉ chưa được xác nhận.")
    _say(f"Báo cáo: {report}" if report else "")
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

    found = judge_again(_options.parts(), run, edition)
    document = again_json(found)
    _print_json(document)
    _say(again_text(document))


@app.command()
def rank(
    group: Annotated[str | None, typer.Option(help="Chỉ nhóm này.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Tính đến hết ngày này.")] = None,
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """In bảng xếp hạng."""
    from auditor.app.judging import published
    from reports.json import rank_json
    from reports.text import rank_text

    parts = _options.parts()
    with parts.store() as store:
        source = published(parts, store, edition=edition, as_of=_day(as_of), group=group)
        _print_json(rank_json(source.ranking, source.edition, source.registry))
        _say(rank_text(source))


@app.command()
def explain(
    agency: Annotated[str, typer.Argument(help="Mã cơ quan.")],
    what: Annotated[str | None, typer.Argument(metavar="[CRITERION|MEASURE]", help="Mã tiêu chí hoặc đại lượng đo.")] = None,
) -> None:
    """Giải thích phép tính và bằng chứng của một cơ quan, một tiêu chí hoặc một kết quả đo."""
    from auditor.app.judging import latest_of
    from reports.explain import explain_text
    from reports.listing import explain_json

    parts = _options.parts()
    with parts.store() as store:
        code, source = latest_of(parts, store, agency, what)
        _print_json(explain_json(source, code, what))
        _say(explain_text(source, code, what))


@app.command()
def report(
    format: Annotated[str, typer.Option(help="html, csv hoặc json.")] = "html",  # noqa: A002 - the option's name
) -> None:
    """Xuất bảng xếp hạng đã công bố thành báo cáo."""
    from auditor.app.judging import report as write

    path = write(_options.parts(), format)
    _print_json({"format": format, "path": str(path)})
    _say(str(path))


@app.command()
def status(last: Annotated[int, typer.Option(min=1, max=1000, help="Số lượt chạy gần nhất.")] = 10) -> None:
    """Các lượt chạy gần nhất: trạng thái, kết quả, nguyên nhân lỗi."""
    from auditor.app.documents import status_json
    from auditor.app.status import status as look
    from reports.listing import status_text

    document = status_json(look(_options.parts(), last))
    _print_json(document)
    _say(status_text(document))


@declare_app.command("import")
def declare_import(
    file: Annotated[Path, typer.Argument(help="Tệp CSV hoặc XLSX.")],
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
    by: Annotated[str, typer.Option(help="Người nộp.")] = "",
) -> None:
    """Nhập số liệu tự khai; có lỗi nào thì nêu từng dòng, từng cột và không nhập gì."""
    from auditor.app.declaring import import_file
    from auditor.app.documents import declarations_json

    rows = import_file(_options.parts(), file, edition=edition, by=by)
    _print_json(declarations_json((row, True) for row in rows))
    _say(f"Đã nhập {len(rows)} giá trị tự khai của {len({row.agency for row in rows})} cơ quan từ {file.name}.")


@declare_app.command("list")
def declare_list(
    agency: Annotated[str | None, typer.Option(help="Chỉ cơ quan này.")] = None,
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """Liệt kê số liệu tự khai, cả những giá trị đã được thay."""
    from auditor.app.declaring import declarations
    from auditor.app.documents import declarations_json
    from reports.listing import declarations_text

    document = declarations_json(declarations(_options.parts(), agency=agency, edition=edition))
    _print_json(document)
    _say(declarations_text(document))


@evidence_app.command("list")
def evidence_list(run: Annotated[str | None, typer.Option(help="Chỉ lượt chạy này.")] = None) -> None:
    """Liệt kê mọi bằng chứng đã lưu."""
    from auditor.app.documents import objects_json
    from auditor.app.keeping import kept_objects
    from reports.listing import objects_text

    document = objects_json(kept_objects(_options.parts(), run))
    _print_json(document)
    _say(objects_text(document))


@evidence_app.command("show")
def evidence_show(digest: Annotated[str, typer.Argument(help="sha256:… hoặc phần đầu của nó.")]) -> None:
    """Cho xem một bằng chứng: yêu cầu, trả lời, thời điểm, nội dung, và đoạn quyết định."""
    from auditor.app.keeping import show
    from reports.listing import kept_json, kept_text

    found = show(_options.parts(), digest)
    _print_json(kept_json(found.kept, found.readings))
    _say(kept_text(found.kept, found.readings))


@evidence_app.command("verify")
def evidence_verify() -> None:
    """Kiểm chứng từng byte đã lưu và chuỗi sổ cái."""
    from auditor.app.documents import report_json
    from auditor.app.keeping import prove

    found = prove(_options.parts())
    _print_json(report_json(found))
    for fault in found.faults:
        _say(f"LỖI {fault.digest} {fault.path}: {fault.what}")
    size = f"{found.runs} lượt chạy, {found.objects} đối tượng, {found.bytes} byte"
    _say(f"Nguyên vẹn: {size}." if found.ok else f"{len(found.faults)} lỗi trong {size}.")
    raise typer.Exit(0 if found.ok else 1)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f'"{text}" is no date of the form YYYY-MM-DD') from exc


def _print_json(document: Any) -> None:  # noqa: ANN401 - any JSON document
    if _options.json:
        from reports.json import document_bytes

        sys.stdout.buffer.write(document_bytes(document))
        sys.stdout.buffer.flush()


def _say(text: str) -> None:
    if not _options.json and text:
        typer.echo(text)


def in_front(arguments: Sequence[str]) -> list[str]:
    """Bring the global options to the front: they may stand before or after the command's name."""
    front: list[str] = []
    rest: list[str] = []
    words = list(arguments)
    while words:
        word = words.pop(0)
        if word == "--":
            rest += [word, *words]
            break
        if word in _FLAGS or word.startswith(tuple(f"{name}=" for name in _VALUED)):
            front.append(word)
        elif word in _VALUED and words:
            front += [word, words.pop(0)]
        else:
            rest.append(word)
    return front + rest


def main() -> None:
    """Run a command and leave with its exit code: 0 done, 1 answered no, 2 wrong use or config, 3 not done by our fault."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = 3
    try:
        code = app(in_front(sys.argv[1:]), standalone_mode=False) or 0
    except AuditorError as exc:
        typer.echo(str(exc), err=True)
        code = 2 if isinstance(exc, ConfigError | UsageError) else 1 if isinstance(exc, InputError | EvidenceError) else 3
    except typer.Exit as exc:
        code = exc.exit_code
    except typer.Abort:
        typer.echo("Đã dừng.", err=True)
    except KeyboardInterrupt:
        typer.echo("Đã dừng; lần chạy sau sẽ làm tiếp.", err=True)
    except TyperException as exc:
        typer.echo(f"{exc.format_message()} (auditor --help)", err=True)
        code = 2
    sys.exit(code)
