"""From an agency's areas to its percent, its bounds, its place and its class, line by line."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from auditor.model.edition import Class
from auditor.model.mark import Excluded, Pending, Points
from auditor.model.ranking import Quotient, Standing
from reports.numbers import exact, shown, two
from reports.view import Source
from reports.visible import one_line
from reports.words import Words

__all__ = ["place_lines", "sum_text", "total_lines"]

_ZERO, _HUNDRED = Decimal(0), Decimal(100)
_NAMES = 12


def sum_text(parts: Sequence[Decimal]) -> str:
    """Write a sum out; nothing to add is 0."""
    total = exact(sum(parts, _ZERO))
    return (
        f"{' + '.join(exact(part) if part >= 0 else f'({exact(part)})' for part in parts)} = {total}" if len(parts) > 1 else total
    )


def total_lines(source: Source, standing: Standing) -> Iterator[str]:
    """Give the sums over all areas, the percent, its bounds and the coverage."""
    yield "TỔNG"
    yield f"  Điểm đạt = {sum_text([area.points for area in standing.areas])}"
    yield f"  Tối đa = {sum_text([area.possible for area in standing.areas])}"
    yield f"  Chưa xác định = {sum_text([area.pending for area in standing.areas])}"
    possible = exact(standing.possible)
    if standing.percent is not None:
        rest = f"({possible} − {exact(standing.pending)})"
        yield f"  Tỷ lệ = {exact(standing.points)} ÷ {rest} × 100 = {exact(standing.percent)} → {two(standing.percent)} %"
    for name, bound, high in (("Thấp nhất", standing.least, False), ("Cao nhất", standing.most, True)):
        reach = _reach(source, standing, high=high)
        yield from _bound_lines(name, bound or Quotient(points=sum(reach, _ZERO), possible=standing.possible), reach, standing)
    if standing.coverage is not None:
        known = sum((mark.max for mark in standing.marks if isinstance(mark, Points)), _ZERO)
        open_ = (mark.max for mark in standing.marks if isinstance(mark, Pending) and not mark.open_declaration)
        asked = sum(open_, known)
        yield f"  Đã xác định = {exact(known)} ÷ {exact(asked)} = {exact(standing.coverage)} → {two(standing.coverage)}"


def _bound_lines(name: str, bound: Quotient, reach: Sequence[Decimal], standing: Standing) -> Iterator[str]:
    """Give the areas' sum where it is the bound's own, and the bound as a percent."""
    if bound.percent is None:
        return
    if standing.pending and sum(reach, _ZERO) == bound.points:
        yield f"  Điểm {name.lower()} có thể = {sum_text(reach)}"
    possible, percent = exact(bound.possible), exact(bound.percent)
    yield f"  {name} = {exact(bound.points)} ÷ {possible} × 100 = {percent} → {two(bound.percent)} %"
    left = standing.possible - bound.possible
    if left:
        yield f"      (khi {exact(left)} điểm tối đa còn bỏ ngỏ được xác định là không áp dụng)"


def _reach(source: Source, standing: Standing, *, high: bool) -> list[Decimal]:
    """Give the least or the most points that are still possible, area by area."""
    found = []
    for area in source.edition.areas:
        own = _ZERO
        for mark in standing.marks:
            if mark.area == area.id and not isinstance(mark, Excluded):
                own += mark.points if isinstance(mark, Points) else mark.high if high else mark.low
        found.append(max(own, area.floor))
    return found


def place_lines(source: Source, standing: Standing, words: Words) -> Iterator[str]:
    """Give the rank and by whom, the best and the worst one and by whose bounds, and the class with its edges."""
    if standing.rank is None:
        yield f"  Chưa xếp hạng: {one_line(words.say(standing.reason)) if standing.reason else ''}"
        return
    group = next(group for group in source.ranking.groups if group.group == standing.group)
    rows = group.rows
    better = sum(row.rank is not None and row.rank < standing.rank for row in rows)
    tied = [row for row in rows if row.rank == standing.rank and row.agency != standing.agency]
    yield (
        f"  Hạng {standing.rank}{', đồng hạng' if standing.tied else ''}: {better} trong {len(rows)} cơ quan của nhóm có tỷ lệ "
        "cao hơn"
    )
    if tied:
        yield f"  Cùng tỷ lệ {two(standing.percent or _ZERO)} %: {_listed(tied)}"
    yield from _bounds(standing, rows, [row for row in group.unranked if row.high is not None])
    if standing.moved is not None:
        steps = f"{'tăng' if standing.moved > 0 else 'giảm'} {abs(standing.moved)} bậc" if standing.moved else "giữ nguyên hạng"
        yield f"  So với lần công bố trước: {steps}"
    yield from _class(source, standing)


def _bounds(standing: Standing, rows: Sequence[Standing], may: Sequence[Standing]) -> Iterator[str]:
    """Say whom no open point can bring below or above this agency, and with whom it may still change places.

    Above are only those that have a rank; ``may`` are the others that may still come to one, and then to any place.
    """
    low, high = _least(standing), _most(standing)
    above = [row for row in rows if _least(row) > high]
    below = [row for row in (*rows, *may) if _most(row) < low]
    placed = {row.agency for row in (standing, *above, *below)}
    between = [row for row in (*rows, *may) if row.agency not in placed]
    number = f"{len(rows)} + {len(may)}" if may else f"{len(rows)}"
    also = f" (tính cả {len(may)} cơ quan chưa xếp hạng nhưng còn có thể được xếp hạng)" if may else ""
    worst = f"{number} − {len(below)} = {len(rows) + len(may) - len(below)}{also}"
    yield f"  Khi mọi điểm còn bỏ ngỏ được xác định: có thể từ hạng {standing.best_rank} đến hạng {standing.worst_rank}"
    yield f"    Hạng tốt nhất: 1 + {len(above)} = {1 + len(above)}; chắc chắn cao hơn: {_ranges(above)}"
    yield f"    Hạng kém nhất: {worst}; chắc chắn thấp hơn: {_ranges(below)}"
    if between:
        yield f"    Chưa phân định được với: {_ranges(between)}"


def _class(source: Source, standing: Standing) -> Iterator[str]:
    """Give the class, how far its edge is below, and what lacks to the next one."""
    cuts = source.edition.classes
    place = next((at for at, cut in enumerate(cuts) if cut.name == standing.class_name), None)
    if standing.percent is None:
        return
    percent, rest = shown(standing.percent), standing.possible - standing.pending
    if place is not None:
        yield f"  Xếp loại: {_cut(cuts[place])}; cao hơn mức này {_gap(percent, cuts[place].at_least)}"
    if place == 0 or not cuts:
        return
    next_ = cuts[(len(cuts) if place is None else place) - 1]
    lacks = next_.at_least * rest / _HUNDRED - standing.points
    yield f"  Loại kế trên: {_cut(next_)}; còn thiếu {_gap(next_.at_least, percent)}"
    yield f"    Điểm cần thêm: {exact(next_.at_least)} × {exact(rest)} ÷ 100 − {exact(standing.points)} = {exact(lacks)}"


def _cut(cut: Class) -> str:
    return f"{one_line(cut.name)} (từ {exact(cut.at_least)} %)"


def _gap(one: Decimal, other: Decimal) -> str:
    return f"{exact(one)} − {exact(other)} = {exact(one - other)}"


def _least(row: Standing) -> Decimal:
    """Give the least that a standing comes to, as ranks are found by it: its low, and never more than what it has now."""
    return shown(min(bound for bound in (row.low or _ZERO, row.percent) if bound is not None))


def _most(row: Standing) -> Decimal:
    return shown(max(bound for bound in (row.high or _ZERO, row.percent) if bound is not None))


def _ranges(rows: Iterable[Standing]) -> str:
    every = sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.agency))
    names = [f"{one_line(row.name)} ({row.agency}, {two(_least(row))}–{two(_most(row))} %)" for row in every[:_NAMES]]
    rest = len(every) - _NAMES
    return ("; ".join(names) + (f"; và {rest} cơ quan khác" if rest > 0 else "")) if names else "không có"


def _listed(rows: Sequence[Standing]) -> str:
    names = [one_line(f"{row.name} ({row.agency})") for row in rows[:_NAMES]]
    rest = len(rows) - _NAMES
    return "; ".join(names) + (f"; và {rest} cơ quan khác" if rest > 0 else "")
