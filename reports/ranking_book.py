"""PURE: the ranking as a workbook: a tab a group with every standing, and a tab with each group's areas."""

from collections.abc import Iterator
from decimal import Decimal

from auditor.model.book import Book, Cell, Look, Page, Tab
from auditor.model.ranking import GroupRanking, Standing
from reports.booked import Row as Cells
from reports.booked import across, body, foot_rows, head_rows, legend_rows, number
from reports.docform import MARGINS
from reports.numbers import exact, shown, spread
from reports.overview import Row, row
from reports.view import Source, local_day
from reports.words import Words, vietnamese

__all__ = ["LEGEND", "ranking_book"]

_COLUMNS = (
    ("Hạng", 7), ("Mã", 18), ("Cơ quan, đơn vị", 34), ("Điểm đạt", 9), ("Tối đa", 9), ("Chưa xác định", 10), ("Tỷ lệ (%)", 9),
    ("Thấp nhất (%)", 9), ("Cao nhất (%)", 9), ("Hạng có thể", 10), ("Xếp loại", 12), ("Đã xác định (%)", 10), ("Ghi chú", 26),
)  # fmt: skip
_WIDE = len(_COLUMNS)
_TITLE = "XẾP HẠNG MỨC ĐỘ ỨNG DỤNG CÔNG NGHỆ THÔNG TIN"
_NAME = 28
"""Characters of a group's name in its tab; a spreadsheet allows 31 with a number before it."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
LEGEND = (
    "Tỷ lệ = điểm đạt ÷ (điểm tối đa − điểm của tiêu chí chưa xác định) × 100, làm tròn 2 số lẻ; cùng tỷ lệ thì đồng hạng.",
    "Thấp nhất, cao nhất: tỷ lệ có thể có khi mọi tiêu chí chưa xác định được xác định.",
    "Hạng có thể: thứ hạng tốt nhất và kém nhất khi đó, kém nhất tính cả cơ quan chưa xếp hạng nhưng còn có thể được xếp hạng.",
    "Đã xác định: phần đã có kết quả trong số điểm tối đa, không kể tiêu chí còn trong hạn tự khai.",
    "Lỗi của hệ thống kiểm tra không làm cơ quan mất điểm.",
)


def ranking_book(source: Source, words: Words | None = None) -> Book:
    """Make the workbook; every tab is a document of its own, with its head and its signature block."""
    said = words or vietnamese()
    titles = {group.id: group.title for group in source.registry.groups}
    tabs: list[Tab] = []
    for place, group in enumerate(source.ranking.groups, 1):
        title = titles.get(group.group, group.group)
        tabs.append(_overview(source, group, title, _tab_name(place, title), said))
        tabs.append(_areas(source, group, title, _tab_name(place, "Theo nội dung"), said))
    name = f"Xếp hạng ứng dụng công nghệ thông tin {local_day(source.ranking.as_of)}"
    return Book(title=name, tabs=tuple(tabs), made_at=source.ranking.as_of)


def _tab_name(place: int, title: str) -> str:
    """Name a tab within a spreadsheet's rules; the number keeps two of one name apart."""
    return f"{place}. {' '.join(title.translate(_FORBIDDEN).split())[:_NAME]}".strip()


def _overview(source: Source, group: GroupRanking, title: str, name: str, words: Words) -> Tab:
    rows = head_rows(source, _WIDE, (_TITLE, title), words)
    rows.append(tuple(Cell(value=text, look=Look.HEADER) for text, _ in _COLUMNS))
    first = len(rows)
    rows += [_ranked(row(source, standing, words), standing) for standing in group.rows]
    if not group.rows:
        rows.append(across("Chưa có cơ quan nào trong nhóm này đủ điều kiện xếp hạng.", _WIDE, Look.BODY))
    if group.unranked:
        rows.append(across("Chưa xếp hạng", _WIDE, Look.GROUP))
        rows += [_ranked(row(source, standing, words), standing) for standing in group.unranked]
    rows += [*legend_rows((*LEGEND, _classes(source)), _WIDE), *foot_rows(source, _WIDE)]
    return Tab(
        title=name,
        rows=tuple(rows),
        widths=tuple(width for _, width in _COLUMNS),
        page=Page(across=True, repeat=(first, first), foot=title, margins=MARGINS),
    )


def _ranked(view: Row, standing: Standing) -> Cells:
    ranks = "–" if view.best_rank is None else f"{view.best_rank}–{view.worst_rank}"
    if view.best_rank == view.worst_rank and view.best_rank is not None:
        ranks = str(view.best_rank)
    coverage = None if standing.coverage is None else shown(standing.coverage * 100)
    return (
        number(view.rank, Look.CENTRE), body(view.agency), body(view.name), number(view.points),
        number(view.possible), number(view.pending), number(_shown(standing.percent)),
        number(_shown(standing.low)), number(_shown(standing.high)), body(ranks, Look.CENTRE),
        body(view.class_name or "–", Look.CENTRE), number(coverage), body(" ".join(_remarks(view))),
    )  # fmt: skip


def _remarks(view: Row) -> Iterator[str]:
    if view.tied:
        yield "Đồng hạng."
    if view.moved:
        yield f"{'Tăng' if view.moved > 0 else 'Giảm'} {abs(view.moved)} bậc so với kỳ trước."
    if view.reason:
        yield view.reason


def _classes(source: Source) -> str:
    return "Xếp loại: " + "; ".join(f"{cut.name} từ {exact(cut.at_least)} %" for cut in source.edition.classes) + "."


def _areas(source: Source, group: GroupRanking, title: str, name: str, words: Words) -> Tab:
    """Give each agency's areas: points of those possible, and the percent."""
    areas = source.edition.areas
    wide = 3 + 2 * len(areas)
    rows = head_rows(source, wide, ("KẾT QUẢ THEO TỪNG NỘI DUNG", title), words)
    top = [Cell(value=text, look=Look.HEADER) for text in ("Hạng", "Mã", "Cơ quan, đơn vị")]
    for area in areas:
        top.append(body(f"{area.number}. {area.title}: điểm đạt", Look.HEADER))
        top.append(body("Tỷ lệ (%)", Look.HEADER))
    rows.append(tuple(top))
    first = len(rows)
    for standing in (*group.rows, *group.unranked):
        points = spread([area.points for area in standing.areas])
        cells = [number(standing.rank, Look.CENTRE), body(standing.agency), body(standing.name)]
        for result, got in zip(standing.areas, points, strict=True):
            cells += [number(got), number(_shown(result.percent))]
        rows.append(tuple(cells))
    return Tab(
        title=name,
        rows=tuple(rows),
        widths=(7, 18, 34, *(13, 9) * len(areas)),
        page=Page(across=True, repeat=(first, first), foot=title, margins=MARGINS),
    )


def _shown(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else shown(percent)
