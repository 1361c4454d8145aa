"""Finds the rows of a form in what came back: which were moved, added, taken out, hidden or relabelled, each by its cell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from auditor.editions.columns import letter, number
from auditor.editions.control import Kept, same
from auditor.editions.layout import COLUMNS, LINK, NOTE, VALUE, RowKind
from auditor.editions.sheet import Cell, Grid

__all__ = ["align"]

Found = tuple[str, str]
_KEYED = 3
"""A row is known by its first columns."""
_BEYOND = 200
"""So many rows after the form's own are looked at one by one."""
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_SHOWN = 60

Texts = Mapping[tuple[int, int], Cell]


def align(grid: Grid, rows: Sequence[Kept], found: list[Found]) -> dict[int, int]:
    """Give where each row of the form stands now, by its number from 1; whatever was changed is added to ``found``.

    Rows that were taken out are not in it.
    """
    beyond = {row: column for (row, column), cell in sorted(grid.cells.items()) if column > COLUMNS and cell.text}
    last = max((row for row, _ in grid.cells), default=0)
    end = min(last, len(rows) + _BEYOND)
    places = _places(grid.cells, rows, end, found)
    for row, at in places.items():
        _labels(grid.cells, rows[row - 1], at, found)
    for row, column in beyond.items():
        found.append((f"ô {letter(column)}{row}", "nằm ngoài phiếu: hãy xóa"))
    if last > end:
        found.append((f"dòng {last}", "nằm ngoài phiếu: hãy xóa"))
    found += _hidden(grid, places)
    found += _merged(grid, {at: rows[row - 1].kind for row, at in places.items()})
    return places


def _places(cells: Texts, rows: Sequence[Kept], end: int, found: list[Found]) -> dict[int, int]:
    wanted = [_key(row.labels) for row in rows]
    given = [_key([_text(cells, row, column) for column in range(1, COLUMNS + 1)]) for row in range(1, end + 1)]
    places: dict[int, int] = {}
    gone: list[int] = []
    new: list[int] = []
    for kind, a, b, c, d in SequenceMatcher(None, wanted, given, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "replace" and b - a == d - c):
            places.update(zip(range(a + 1, b + 1), range(c + 1, d + 1), strict=True))
        else:
            gone += range(a + 1, b + 1)
            new += range(c + 1, d + 1)
    # Blank rows after the form's last are no rows that somebody put in.
    last = max(places.values(), default=0)
    new = [at for at in new if at < last or any(_text(cells, at, column) for column in range(1, COLUMNS + 1))]
    for row in gone:
        at = next((at for at in new if any(wanted[row - 1]) and given[at - 1] == wanted[row - 1]), None)
        if at is not None:
            new.remove(at)
            places[row] = at
            found.append((f"dòng {at}", f"{_name(rows[row - 1])} đã bị chuyển khỏi dòng {row}: hãy đưa về chỗ cũ"))
        else:
            found.append((f"dòng {row}", f"thiếu {_name(rows[row - 1])}: dòng này của phiếu đã bị xóa"))
    found += [(f"dòng {at}", "không có trong phiếu: hãy xóa dòng này") for at in new]
    return places


def _key(labels: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(same(label or "") for label in labels[:_KEYED])


def _name(row: Kept) -> str:
    if row.kind == RowKind.CRITERION:
        return f'tiêu chí "{row.subject}"'
    text = next((label for label in row.labels if label and len(label) > 2), "")  # noqa: PLR2004 - S1 is no name
    return f'dòng "{_short(text)}"' if text else "một dòng trống"


def _labels(cells: Texts, row: Kept, at: int, found: list[Found]) -> None:
    for column, label in enumerate(row.labels, 1):
        text = _text(cells, at, column)
        if label is not None and same(label) != same(text):
            place = f"ô {letter(column)}{at}"
            if not label:
                found.append((place, f'không phải ô để điền, hãy xóa "{_short(text)}"'))
            else:
                found.append((place, f'nhãn đã bị sửa thành "{_short(text)}", phải là "{_short(label)}"'))


def _text(cells: Texts, row: int, column: int) -> str:
    cell = cells.get((row, column))
    return cell.text if cell else ""


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _hidden(grid: Grid, places: Mapping[int, int]) -> Iterator[Found]:
    for at in sorted(set(places.values()) & grid.shape.hidden_rows):
        yield f"dòng {at}", "bị ẩn: hãy bỏ ẩn (Unhide), bỏ lọc (Filter) rồi kiểm tra lại dòng này"
    for column in sorted(grid.shape.hidden_columns):
        if column <= COLUMNS:
            yield f"cột {letter(column)}", "bị ẩn: hãy bỏ ẩn (Unhide) rồi kiểm tra lại cột này"


def _merged(grid: Grid, kinds: Mapping[int, str]) -> Iterator[Found]:
    """Cells that are filled in stand alone; the form itself joins only labels, and what is asked of the person."""
    for reference in grid.shape.merges:
        parts = _REFERENCE.fullmatch(reference)
        if parts is None:
            yield "", f"có ô gộp {_short(reference)}: hãy bỏ gộp ô (Unmerge)"
            continue
        left, right = sorted((number(parts[1]), number(parts[3] or parts[1])))
        top, bottom = sorted((int(parts[2]), int(parts[4] or parts[2])))
        if any(_asks(kinds.get(row), left, right) for row in kinds if top <= row <= bottom):
            yield f"ô {parts[1]}{parts[2]}", f"bị gộp ({reference}): hãy bỏ gộp ô (Unmerge) và điền từng ô"


def _asks(kind: str | None, left: int, right: int) -> bool:
    first, last = {RowKind.CRITERION.value: (VALUE, NOTE), RowKind.QUANTITY.value: (VALUE, VALUE)}.get(kind or "", (LINK, 0))
    return left <= last and right >= first
