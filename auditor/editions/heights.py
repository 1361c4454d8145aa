"""PURE: how high a row must be for its texts. Some programs find it by themselves when they open a workbook, others cut."""

import unicodedata
from collections.abc import Sequence
from functools import cache

from auditor.model.book import Cell, Look

__all__ = ["row_height"]

_LINE, _TITLE_LINE = 16.0, 19.0
"""A line's height in points, of 12 and of 14 points' letters."""
_COLUMN, _PADDING, _UNGIVEN = 7.0, 6.0, 8
"""Pixels of one unit of a column's width, what its edges take, and the units of a column whose width nobody gave."""
_NARROW, _USUAL, _WIDE = 5.0, 8.0, 11.8
"""Pixels of a letter of Times at 12 points, none of them too small."""
_BOLDER, _TITLE_SIZE = 1.08, 14 / 12
_BOLD = frozenset({Look.TITLE, Look.MOTTO, Look.UNDERLINED, Look.HEADER, Look.GROUP, Look.SUM})
_MOST = 409.0
"""Points that a spreadsheet's row can be high."""


def row_height(row: Sequence[Cell], widths: Sequence[int]) -> float | None:
    """Give a row's height in points, None where one line of the usual height is enough."""
    lines, column = 1, 0
    for cell in row:
        if isinstance(cell.value, str) and cell.value:
            given = widths[column : column + cell.span] or [_UNGIVEN] * cell.span
            room = sum(given) * _COLUMN - _PADDING
            size = (_BOLDER if cell.look in _BOLD else 1.0) * (_TITLE_SIZE if cell.look is Look.TITLE else 1.0)
            lines = max(lines, sum(_lines(part, room / size) for part in cell.value.split("\n")))
        column += cell.span
    title = any(cell.look is Look.TITLE for cell in row)
    return min(lines * (_TITLE_LINE if title else _LINE) + 2, _MOST) if lines > 1 or title else None


def _lines(text: str, room: float) -> int:
    """Count the lines of one paragraph: words go to the next line whole, and are broken only where one is longer than a line."""
    if len(text) * _WIDE <= room:
        return 1
    lines, used = 1, 0.0
    for word in text.split(" "):
        long = sum(map(_letter, word))
        if used and used + long > room:
            lines, used = lines + 1, 0.0
        over = int(long // room) if long > room else 0
        lines, used = lines + over, used + long - over * room + _NARROW
    return lines


@cache
def _letter(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if letter in "ijltfrI.,:;'|!()[]/-":
        return _NARROW
    return _WIDE if letter in "mw%@" or letter.isupper() or unicodedata.east_asian_width(letter) in "WF" else _USUAL
