"""Which column of a table holds what: by its headers, and without any by what stands in the columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from auditor.sdk.text import count_words, tokens
from auditor.sdk.vocabulary import Vocabulary
from probes.services_list.grid import GridCell, GridRow
from probes.services_list.levels import Level, level_of, names_only_level

__all__ = ["CODE", "Columns", "Headers"]

CODE = re.compile(
    r"(?<![\d.])[1-9]\.\d{6}(?:\.\d{2}\.\d{2})?(?:\.H\d\d)?(?![\d.])|\b[A-ZĐ]{1,4}-[A-ZĐ0-9]{2,8}-\d{4,9}(?:-TT)?\b"
)
"""A procedure's code in the national database, with or without the province's; or of the kind used before it."""
_HEAD_ROWS = 4
_HEAD_WORDS = 16
_PLAIN_WORDS = 8
_NAME_WORDS = 3
_LEAST = 2
_MOST = 0.6
_SAMPLE = 40
_FIELDS = ("service_name", "service_name_weak", "service_level", "service_executing", "service_code", "service_other", "number")
_MARKED = re.compile(r"[xX✓✔√☑☒●•vV*+1]|có|yes", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column of a table is what, None where there is none; ``marks`` are columns that stand for one level each."""

    name: int
    level: int | None = None
    executing: int | None = None
    code: int | None = None
    marks: dict[int, Level] = field(default_factory=dict)
    head_rows: int = 0
    sure: bool = True
    """Whether the header itself says that these are services."""

    def level_in(self, cells: Sequence[GridCell]) -> Level | None:
        """Give the level that a row's level column or mark tells."""
        marked = [level for index, level in self.marks.items() if index < len(cells) and _is_marked(cells[index])]
        if len(marked) == 1:
            return marked[0]
        return cells[self.level].level() if self.level is not None and self.level < len(cells) else None


def _is_marked(cell: GridCell) -> bool:
    return bool(_MARKED.fullmatch(cell.text)) or (not cell.text and cell.pictured is not None)


class Headers:
    """Names columns."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the phrases."""
        self._phrases = vocabulary.finder(*_FIELDS)
        self._kinds = vocabulary.finder("agency_kinds")

    def columns(self, rows: Sequence[GridRow]) -> Columns | None:
        """Give a table's columns; None when it is no list of services."""
        for index, row in enumerate(rows[:_HEAD_ROWS]):
            if row.single is not None:
                continue  # a title over the whole width
            merged = self._merged(rows, index)
            columns = self._of_head(merged[0], index + merged[1], plain=not row.head, rows=rows)
            if columns is not None:
                return columns
        return self._of_content(rows)

    def _merged(self, rows: Sequence[GridRow], index: int) -> tuple[list[str], int]:
        """Join a header of two rows: ``Mức độ`` over 1, 2, 3, 4."""
        first = rows[index]
        texts = [cell.text for cell in first.cells]
        spans = len({cell.number for cell in first.cells}) < len(first.cells)
        if not spans or index + 1 >= len(rows) or not (rows[index + 1].head or _is_short(rows[index + 1])):
            return texts, 1
        second = [cell.text for cell in rows[index + 1].cells]
        numbers = [cell.number for cell in rows[index + 1].cells]
        joined = [
            text if column >= len(second) or numbers[column] == first.cells[column].number else f"{text} {second[column]}".strip()
            for column, text in enumerate(texts)
        ]
        return joined, 2

    def _of_head(self, texts: Sequence[str], head_rows: int, *, plain: bool, rows: Sequence[GridRow]) -> Columns | None:
        found: dict[str, int] = {}
        marks: dict[int, Level] = {}
        for index, text in enumerate(texts):
            words = tokens(text[:200])
            if not words or len(words) > (_PLAIN_WORDS if plain else _HEAD_WORDS):
                if plain and len(words) > _PLAIN_WORDS:
                    return None  # a row of the body
                continue
            if told := names_only_level(text):
                marks[index] = told
                continue
            best = max(self._phrases.find(words), key=lambda match: match.last - match.first, default=None)
            if best is not None and (not plain or len(words) - (best.last - best.first + 1) <= _NAME_WORDS):
                found.setdefault(best.key, index)
        if "service_other" in found:
            return None
        marks = marks if len(marks) >= _LEAST else {}
        name, sure = found.get("service_name"), True
        if name is None:
            name, sure = found.get("service_name_weak"), False
        level = found.get("service_level")
        if name is None or (plain and len(found) + len(marks) < _LEAST):
            return None
        if not sure and not marks and not _tells(rows[head_rows:], level):
            return None
        executing, code = found.get("service_executing"), found.get("service_code")
        return Columns(name=name, level=level, executing=executing, code=code, marks=marks, head_rows=head_rows, sure=sure)

    def _of_content(self, rows: Sequence[GridRow]) -> Columns | None:
        """Recognise the columns of a table without a header by what most of their cells hold."""
        body = [row for row in rows if row.single is None][:_SAMPLE]
        width = min((len(row.cells) for row in body), default=0)
        if len(body) < _LEAST or width < _LEAST:
            return None
        columns = [[row.cells[index] for row in body] for index in range(width)]
        level = next((index for index, cells in enumerate(columns) if _most(_is_level(cell) for cell in cells)), None)
        if level is None:
            return None
        rest = [index for index in range(width) if index != level]
        executing = next((i for i in rest if _most(self._is_agency(cell.text) for cell in columns[i])), None)
        named = [i for i in rest if i != executing and _most(_is_name(cell.text) for cell in columns[i])]
        if not named:
            return None
        name = max(named, key=lambda index: sum(len(cell.text[:300]) for cell in columns[index]))
        code = next((i for i in rest if i != name and _most(bool(CODE.search(cell.text)) for cell in columns[i])), None)
        return Columns(name=name, level=level, executing=executing, code=code, sure=False)

    def _is_agency(self, text: str) -> bool:
        return any(match.first == 0 for match in self._kinds.find(tokens(text[:100])))


def _tells(rows: Sequence[GridRow], level: int | None) -> bool:
    """Tell whether a column holds levels by their words: bare numbers may count anything."""
    if level is None:
        return False
    cells = [row.cells[level] for row in rows[:_SAMPLE] if level < len(row.cells)]
    return _most(_is_level(cell) for cell in cells)


def _is_level(cell: GridCell) -> bool:
    return (level_of(cell.text) is not None and count_words(cell.text) <= _PLAIN_WORDS) or (
        not cell.text and cell.pictured is not None
    )


def _is_name(text: str) -> bool:
    return len(text) <= 600 and count_words(text) >= _NAME_WORDS  # noqa: PLR2004 - no layout's cell


def _is_short(row: GridRow) -> bool:
    return all(len(cell.text) <= 20 for cell in row.cells if cell.text) and any(cell.text for cell in row.cells)  # noqa: PLR2004


def _most(signs: Iterable[bool]) -> bool:
    told = list(signs)
    return len(told) >= _LEAST and sum(told) >= _MOST * len(told)
