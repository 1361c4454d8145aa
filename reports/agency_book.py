"""PURE: an agency's sheet as a workbook: its scores in the council's columns, what to mend first, and the arithmetic."""

from collections.abc import Iterator
from decimal import Decimal

from auditor.model.book import Book, Cell, Look, Page, Tab
from auditor.model.ranking import Standing
from auditor.model.web import web_address
from reports.booked import Row as Cells
from reports.booked import across, body, foot_rows, head_rows, legend_rows, number
from reports.docform import MARGINS
from reports.explain import explain_text
from reports.fixed import FixView, fix_views
from reports.headings import HeadingView
from reports.numbers import two
from reports.overview import Row
from reports.papers import Line, Paper, Part, paper
from reports.ranking_book import LEGEND
from reports.view import Source, local_day
from reports.words import Words, vietnamese

__all__ = ["SHEET_LEGEND", "agency_book", "summary"]

_COLUMNS = (
    ("STT", 6), ("Nội dung, tiêu chí", 40), ("Điểm tối đa", 9), ("Điểm tự chấm", 9), ("Điểm đo được", 9), ("Điểm thẩm định", 11),
    ("Cách xác định điểm", 46), ("Bằng chứng", 40), ("Liên kết", 9), ("Ghi chú", 26),
)  # fmt: skip
_FIXES = (
    ("STT", 6), ("Tiêu chí", 44), ("Được thêm (điểm)", 11), ("Tỷ lệ khi đó (%)", 11), ("Hạng khi đó", 10),
    ("Xếp loại khi đó", 14), ("Việc cần làm", 60),
)  # fmt: skip
_WIDE = len(_COLUMNS)
_ARITHMETIC = 70
"""Characters of a line of the arithmetic; longer ones go on below."""
SHEET_LEGEND = (
    "Điểm tự chấm: điểm ứng với giá trị cơ quan tự khai. Điểm đo được: điểm ứng với kết quả đo từ bên ngoài.",
    "Điểm thẩm định: điểm ứng với giá trị hội đồng quyết định; nơi chưa có quyết định là điểm theo quy tắc của bộ tiêu chí.",
    LEGEND[0],
)
_FINAL = {"pending": "chưa xác định", "excluded": "không áp dụng"}


def agency_book(source: Source, standing: Standing, words: Words | None = None) -> Book:
    """Make the workbook of one agency."""
    said = words or vietnamese()
    view = paper(source, standing, said)
    fixes = fix_views(source, standing)
    tabs = [_sheet(source, view, said), *([_fixes(fixes, view)] if fixes else []), _arithmetic(source, standing, said)]
    name = f"Phiếu kết quả của {view.row.name} {local_day(source.ranking.as_of)}"
    return Book(title=body(name).value, tabs=tuple(tabs), made_at=source.ranking.as_of)  # type: ignore[arg-type]


def _sheet(source: Source, view: Paper, words: Words) -> Tab:
    rows = head_rows(source, _WIDE, ("PHIẾU KẾT QUẢ ĐÁNH GIÁ MỨC ĐỘ ỨNG DỤNG CÔNG NGHỆ THÔNG TIN", view.row.name), words)
    rows += [across(line, _WIDE) for line in summary(view)]
    rows.append(tuple(Cell(value=text, look=Look.HEADER) for text, _ in _COLUMNS))
    first = len(rows)
    for part in view.parts:
        rows.append(_area(part))
        for line in part.lines:
            rows += [*map(_heading, line.headings), _line(line)]
    rows.append(_total(view))
    rows += [*legend_rows(SHEET_LEGEND, _WIDE), *foot_rows(source, _WIDE)]
    return Tab(
        title="Phiếu kết quả",
        rows=tuple(rows),
        widths=tuple(width for _, width in _COLUMNS),
        page=Page(across=True, repeat=(first, first), foot=view.row.name, margins=MARGINS),
    )


def summary(view: Paper) -> Iterator[str]:
    """Say in a few lines how an agency stands."""
    row = view.row
    yield f"Nhóm: {view.group}. Mã cơ quan: {row.agency}."
    if view.ended:
        yield view.ended
    yield f"Điểm đạt: {two(row.points)} trên {two(row.possible)} điểm; chưa xác định {two(row.pending)} điểm."
    yield _percent(row)
    yield _rank(row, view.ranked)


def _percent(row: Row) -> str:
    if not row.percent:
        return "Tỷ lệ: chưa có."
    bounds = f", có thể từ {row.low} đến {row.high} %" if row.low != row.high else ""
    return f"Tỷ lệ: {row.percent} %{bounds}; đã xác định {row.coverage or two(Decimal(0))} %."


def _rank(row: Row, ranked: int) -> str:
    if row.rank is None:
        return f"Chưa xếp hạng: {row.reason}"
    tied = ", đồng hạng" if row.tied else ""
    moved = f" {'Tăng' if row.moved > 0 else 'Giảm'} {abs(row.moved)} bậc so với kỳ trước." if row.moved else ""
    span = "" if row.best_rank == row.worst_rank else f" (có thể từ {row.best_rank} đến {row.worst_rank})"
    place = f"Hạng {row.rank} trong {ranked} cơ quan của nhóm{tied}{span}."
    return f"{place}{moved} Xếp loại: {row.class_name or '–'}."


def _area(part: Part) -> Cells:
    bar = part.bar
    percent = f"Tỷ lệ {bar.percent} %" if bar.percent else "Chưa có tỷ lệ"
    floored = f"; điểm trừ vượt mức thấp nhất được bù lại {bar.floored}" if bar.floored else ""
    return (
        body(str(bar.number), Look.GROUP), body(bar.title, Look.GROUP), _sum(bar.possible),
        _sum(part.told),
        _sum(part.seen), _sum(bar.points),
        body(f"{percent}; chưa xác định {two(bar.pending)} điểm{floored}", Look.GROUP), *[body("", Look.GROUP)] * 3,
    )  # fmt: skip


def _heading(view: HeadingView) -> Cells:
    """Give a heading's row: the sums of the criteria below it."""
    open_ = f"; chưa xác định {two(view.pending)} điểm" if view.pending else ""
    told = f"Cộng các tiêu chí dưới đây{open_}" if view.concerns else "Không áp dụng"
    return (
        body("", Look.GROUP), body(f"{view.criterion} {view.title}", Look.GROUP), _sum(view.possible),
        *[body("", Look.GROUP)] * 2, _sum(view.points), body(told, Look.GROUP), *[body("", Look.GROUP)] * 3,
    )  # fmt: skip


def _sum(points: Decimal | None) -> Cell:
    return Cell(value=points, look=Look.SUM) if points is not None else body("", Look.GROUP)


def _line(line: Line) -> Cells:
    link = next(filter(None, (web_address(ref.url) for ref in line.refs)), "")
    proofs = [f"{ref.label} [{ref.digest}]" if ref.digest else ref.label for ref in line.refs]
    if line.more:
        proofs.append(f"và {line.more} bằng chứng khác")
    final = number(line.final) if line.final is not None else body(_FINAL.get(line.state, ""), Look.CENTRE)
    return (
        body(str(line.number), Look.CENTRE), body(f"{line.criterion} {line.title}"), number(line.max), number(line.told),
        number(line.seen), final, body(line.how), body("\n".join(proofs)),
        body("Mở" if link else "", Look.CENTRE, link), body(line.note),
    )  # fmt: skip


def _total(view: Paper) -> Cells:
    row = view.row
    return (
        body("", Look.GROUP), body("CỘNG", Look.GROUP), _sum(row.possible),
        _sum(view.told),
        _sum(view.seen), _sum(row.points),
        body(_percent(row), Look.GROUP), *[body("", Look.GROUP)] * 3,
    )  # fmt: skip


def _fixes(fixes: tuple[FixView, ...], view: Paper) -> Tab:
    wide = len(_FIXES)
    rows: list[Cells] = [across("VIỆC NÊN LÀM TRƯỚC", wide, Look.TITLE), across(view.row.name, wide, Look.ISSUER)]
    rows.append(across("Mỗi dòng cho biết điểm, tỷ lệ, hạng và xếp loại nếu chỉ khắc phục riêng tiêu chí đó.", wide))
    rows.append(tuple(Cell(value=text, look=Look.HEADER) for text, _ in _FIXES))
    first = len(rows)
    for place, fix in enumerate(fixes, 1):
        rank = "–" if fix.rank is None else f"{fix.rank} (tăng {fix.risen})" if fix.risen > 0 else str(fix.rank)
        rows.append(
            (
                body(str(place), Look.CENTRE), body(f"{fix.criterion} {fix.title}"), number(fix.gain),
                number(fix.percent), body(rank, Look.CENTRE), body(fix.class_name or "–", Look.CENTRE), body(fix.remedy),
            )
        )  # fmt: skip
    page = Page(across=True, repeat=(first, first), foot=view.row.name, margins=MARGINS)
    return Tab(title="Việc nên làm", rows=tuple(rows), widths=tuple(width for _, width in _FIXES), page=page)


def _arithmetic(source: Source, standing: Standing, words: Words) -> Tab:
    """Set the arithmetic out line by line, as ``auditor explain`` does."""
    lines = explain_text(source, standing.agency, words=words).splitlines()
    rows = [across("PHÉP TÍNH TỪNG DÒNG", 1, Look.TITLE), *((body(line, Look.LINE),) for line in lines)]
    page = Page(foot=standing.name, margins=MARGINS)
    return Tab(title="Phép tính", rows=tuple(rows), widths=(_ARITHMETIC,), page=page)
