"""Reads a CSV of config: known columns only, and every problem with file and row."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from auditor.errors import Problem, nearest

__all__ = ["Row", "read_table"]


class Row:
    """One row by column; ``number`` is the line a person sees (the header is 1). Problems gather as it is read."""

    def __init__(self, file: str, number: int, cells: dict[str, str]) -> None:
        """Hold a row's cells."""
        self.file, self.number, self.cells = file, number, cells
        self.problems: list[Problem] = []

    def get(self, column: str) -> str:
        """Give a cell without space around it, empty if it is not there."""
        return self.cells.get(column, "").strip()

    def text(self, column: str) -> str:
        """Give a cell that must not be empty."""
        if not self.get(column):
            self.problem(f'"{column}" is empty')
        return self.get(column)

    def one_of(self, column: str, words: Sequence[str]) -> str:
        """Give a cell that must be one of a few words, empty if it is not."""
        value = self.get(column)
        if value in words:
            return value
        self.problem(f'{column} "{value}" is not one of {", ".join(words)}{nearest(value, words)}')
        return ""

    def day(self, column: str) -> date | None:
        """Give a date written as 2018-10-12; an empty cell is open."""
        value = self.get(column)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.problem(f'{column} "{value}" is no date (write 2018-10-12)')
            return None

    def problem(self, what: str) -> None:
        """Note a problem with this row."""
        self.problems.append(self.say(what))

    def say(self, what: str) -> Problem:
        """Give a problem that names this row."""
        return Problem(file=self.file, place=f"row {self.number}", what=what)


def read_table(path: Path, columns: Sequence[str], problems: list[Problem]) -> list[Row]:
    """Read a CSV file (UTF-8, with or without mark); problems are added to the list."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(file=path.name, place="", what="there is no such file"))
        return []
    except UnicodeDecodeError as exc:
        problems.append(Problem(file=path.name, place=f"byte {exc.start}", what="is not UTF-8"))
        return []
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as exc:
        problems.append(Problem(file=path.name, place="", what=f"is not CSV: {exc}"))
        return []
    if not lines:
        problems.append(Problem(file=path.name, place="row 1", what=f"is empty; its header is {','.join(columns)}"))
        return []
    header = [name.strip() for name in lines[0]]
    wrong = list(_header_problems(header, columns))
    if wrong:
        problems += [Problem(file=path.name, place="row 1", what=what) for what in wrong]
        return []
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            what = f"has {len(cells)} cells, the header {len(header)}"
            problems.append(Problem(file=path.name, place=f"row {number}", what=what))
            continue
        rows.append(Row(path.name, number, dict(zip(header, cells, strict=True))))
    return rows


def _header_problems(header: Sequence[str], columns: Sequence[str]) -> Iterable[str]:
    for name in header:
        if name not in columns:
            yield f'unknown column "{name}"{nearest(name, columns)}'
        elif header.count(name) > 1:
            yield f'column "{name}" stands twice'
    for name in columns:
        if name not in header:
            yield f'column "{name}" is missing'
