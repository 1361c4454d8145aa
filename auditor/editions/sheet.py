"""Reads one filled-in form, CSV or XLSX, into rows of text; nothing is unbounded. ``workbook.py``, its other half, writes."""

import csv
import io
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path, PurePath
from xml.etree import ElementTree as ET
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as Slot
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.exceptions import InvalidFileException

from auditor.editions.package import MAX_COLUMNS, MAX_ROWS, Inside, Shape, look_inside
from auditor.errors import InputError, Problem

__all__ = [
    "MAX_BYTES",
    "MAX_TEXT",
    "Cell",
    "Form",
    "Grid",
    "Line",
    "Sheet",
    "Sheets",
    "flat",
    "open_form",
    "read_csv",
    "read_sheets",
]

MAX_BYTES = 4 * 1024 * 1024
"""A form of every agency of a province is far under a megabyte."""
MAX_TEXT = 2000
"""Characters of one cell."""
_FORMULA = "là công thức: hãy dán giá trị (Paste Values) thay cho công thức"
_BROKEN = (
    AttributeError, BadZipFile, EOFError, ET.ParseError, IndexError, InvalidFileException, KeyError, NotImplementedError, OSError,
    OverflowError, RuntimeError, SyntaxError, TypeError, ValueError, zlib.error,
)  # fmt: skip
"""All that openpyxl was seen to raise on files that are not what their name says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A file that somebody handed in, as it was when it was read: what is kept and what is understood are the same bytes."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell as text. ``number`` is set when a spreadsheet kept it as a number; ``problem`` says why it cannot be taken."""

    text: str = ""
    number: Decimal | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row; ``number`` is what a person sees beside it (the first row is 1)."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form's rows, blank ones left out, the header among them. ``title`` is the sheet's name, empty for CSV."""

    title: str
    lines: tuple[Line, ...]


def open_form(path: Path) -> Form:
    """Read a file once, up to ``MAX_BYTES``.

    Raises:
        InputError: it cannot be read, or is larger.
    """
    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as exc:
        what = f"không mở được tệp ({exc.strerror or type(exc).__name__})"
        raise InputError([Problem(file=path.name, place="", what=what)]) from exc
    if len(body) > MAX_BYTES:
        raise InputError([Problem(file=path.name, place="", what=f"tệp lớn hơn {MAX_BYTES // (1024 * 1024)} MB")])
    return Form(name=path.name, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet of a workbook: its cells that are not empty, by row and column from 1, and its shape."""

    title: str
    cells: Mapping[tuple[int, int], Cell]
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """A workbook: its sheets of cells, and the names of those that are none (charts)."""

    grids: tuple[Grid, ...]
    others: tuple[str, ...]


def read_csv(form: Form, problems: list[tuple[str, str]]) -> Sheet | None:
    """Read a form that is no workbook; what is wrong with the whole file is added as (place, what), and then nothing is given."""
    suffix = PurePath(form.name).suffix.lower()
    if suffix != ".csv":
        problems.append(("", f'không nhận loại tệp "{suffix}": hãy lưu thành .xlsx hoặc .csv (UTF-8)'))
        return None
    return _csv(form.body, problems)


def read_sheets(form: Form, problems: list[tuple[str, str]]) -> Sheets | None:
    """Read every sheet of a workbook; what is wrong with the whole file is added, and then nothing is given."""
    inside = look_inside(form.body)
    if inside.problems:
        problems += inside.problems
        return None
    try:
        # openpyxl warns of what it will not write back; nothing is written back.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _sheets(form.body, inside)
    except _BROKEN as exc:
        problems.append(("", f"không đọc được như bảng tính Excel ({type(exc).__name__}); hãy mở và lưu lại thành .xlsx"))
        return None


def flat(sheets: Sheets, problems: list[tuple[str, str]]) -> Sheet | None:
    """Give a workbook's only sheet as rows; whatever else it holds is added to the problems, and then nothing is given."""
    others = [*(grid.title for grid in sheets.grids[1:]), *sheets.others]
    if others or not sheets.grids:
        names = ", ".join(f'"{name}"' for name in others) or "biểu đồ"
        problems.append(("", f"chỉ nhận tệp có đúng một trang tính; hãy xóa trang khác: {names}"))
        return None
    (grid,) = sheets.grids
    for reference in grid.shape.merges:
        first = reference.partition(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
        problems.append((f"dòng {first}", f"có ô gộp {reference}: hãy bỏ gộp ô (Unmerge) và điền từng ô"))
    if grid.shape.merges:
        return None
    rows: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in grid.cells.items():
        rows.setdefault(row, {})[column] = cell
    lines = (
        Line(number=number, cells=tuple(cells.get(column, Cell()) for column in range(1, max(cells) + 1)))
        for number, cells in sorted(rows.items())
    )
    return Sheet(title=grid.title, lines=tuple(lines))


def _csv(body: bytes, problems: list[tuple[str, str]]) -> Sheet | None:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = body.count(b"\n", 0, exc.start) + 1
        problems.append((f"dòng {line}", "không phải UTF-8: hãy lưu lại dạng CSV UTF-8"))
        return None
    # The header decides: a value may hold the other mark ("0,85"), a column's name does not.
    header = text.lstrip().split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                problems.append((f"dòng {len(rows)}", f"có quá {MAX_ROWS} dòng hoặc {MAX_COLUMNS} cột"))
                return None
    except csv.Error as exc:
        problems.append((f"dòng {len(rows) + 1}", f"không đọc được như CSV ({exc}); kiểm tra các dấu nháy kép"))
        return None
    return Sheet(title="", lines=tuple(_lines([_csv_cell(cell) for cell in row] for row in rows)))


def _csv_cell(text: str) -> Cell:
    cell = _bounded(text)
    # What a spreadsheet would compute when it opens the file is not what the agency wrote down.
    return Cell(text=cell.text, problem=_FORMULA) if cell.text.startswith("=") else cell


def _sheets(body: bytes, inside: Inside) -> Sheets:
    book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
    try:
        grids = []
        for sheet in book.worksheets:
            # What a sheet says of its own size is not believed.
            sheet.reset_dimensions()
            rows = islice(sheet.iter_rows(max_col=MAX_COLUMNS), MAX_ROWS)
            grids.append(Grid(title=sheet.title, cells=dict(_cells(rows)), shape=inside.shapes[sheet.title]))
        return Sheets(grids=tuple(grids), others=tuple(set(book.sheetnames) - {grid.title for grid in grids}))
    finally:
        book.close()


def _cells(rows: Iterable[Iterable[Slot | MergedCell]]) -> Iterator[tuple[tuple[int, int], Cell]]:
    for number, row in enumerate(rows, 1):
        for column, slot in enumerate(row, 1):
            if slot.value is not None:
                cell = _xlsx_cell(slot.value, slot.data_type)
                if cell.text:
                    yield (number, column), cell


def _xlsx_cell(value: object, kind: str) -> Cell:
    match value:
        case None:
            return Cell()
        case _ if kind == "f":
            return Cell(text="=", problem=_FORMULA)
        case bool():
            return Cell(text="true" if value else "false")
        case int() | float():
            number = Decimal(str(value))
            return Cell(text=format(number.normalize() if number else Decimal(0), "f"), number=number)
        case datetime() | date() | time():
            return Cell(text=str(value), problem="là ngày, giờ của Excel: hãy định dạng ô là Văn bản (Text) rồi gõ lại")
        case _ if kind == "e":
            return Cell(text=str(value), problem=f"báo lỗi {value}: hãy gõ lại giá trị")
        case _:
            return _bounded(str(value))


def _bounded(text: str) -> Cell:
    # Measured before anything copies it: very many cells may share one very long text.
    if len(text) > MAX_TEXT:
        return Cell(text=text[:MAX_TEXT], problem=f"dài hơn {MAX_TEXT} ký tự")
    return Cell(text=text.strip())


def _lines(rows: Iterable[list[Cell]]) -> Iterator[Line]:
    for number, cells in enumerate(rows, 1):
        kept = cells
        while kept and not kept[-1].text:
            kept.pop()
        if kept:
            yield Line(number=number, cells=tuple(kept))
