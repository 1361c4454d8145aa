"""Looks into an XLSX file before it is opened: is it one, how large would it grow, and does it hold what a form must not."""

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile, ZipInfo

from auditor.editions.columns import number

__all__ = ["MAX_COLUMNS", "MAX_ROWS", "MAX_UNPACKED", "Inside", "Shape", "look_inside"]

MAX_ROWS = 5_000
MAX_COLUMNS = 50
MAX_UNPACKED = 32 * 1024 * 1024
"""Bytes of all parts together once unpacked; ``zipfile`` reads no part beyond the size that was added up here."""
_MAX_OTHER = 1024 * 1024
"""Bytes of a part that openpyxl holds as a tree of objects (styles, the book itself); a hundred times what a form needs."""
_MAX_ELEMENTS = 300_000
_MAX_PARTS = 500
_MAX_DEPTH = 64
_MAX_SHEETS = 12
_ENCRYPTED = 0x1
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_YES = frozenset({"1", "true"})
_UNREADABLE = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)

Found = tuple[str, str]
"""Where in the form, and what."""


@dataclass(slots=True, kw_only=True)
class Shape:
    """What a sheet's values do not show: its joined cells (``B2:C3``), and which of its rows and columns are hidden."""

    merges: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Why a file must not be opened as a form, (place, what) each; and the shape of each sheet, by its title."""

    problems: list[Found]
    shapes: Mapping[str, Shape]


def look_inside(body: bytes) -> Inside:
    """Look into a file that should be a workbook."""
    shapes: dict[str, Shape] = {}
    return Inside(problems=_problems(body, shapes), shapes=shapes)


def _problems(body: bytes, shapes: dict[str, Shape]) -> list[Found]:
    if body.startswith(_OLD_EXCEL):
        return [("", "là tệp Excel đời cũ hoặc có mật khẩu: hãy bỏ mật khẩu và lưu lại thành .xlsx")]
    try:
        with ZipFile(io.BytesIO(body)) as package:
            parts = package.infolist()
            by_part: dict[str, Shape] = {}
            found = _size_problems(parts) or list(_part_problems(package, parts, by_part))
            if not found:
                shapes.update(_titled(package, by_part))
            return found
    except _UNREADABLE:
        return [("", "không phải tệp .xlsx (không mở được như tệp nén): hãy mở bằng Excel và lưu lại thành .xlsx")]


def _titled(package: ZipFile, by_part: Mapping[str, Shape]) -> dict[str, Shape]:
    """Give the shapes by their sheets' titles; nothing where the workbook does not say which part is which sheet."""
    try:
        links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - bounded, and without DOCTYPE
        book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314 - likewise
    except (KeyError, ET.ParseError):
        return {}
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    found = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            if part in by_part:
                found[sheet.get("name", "")] = by_part[part]
    return found


def _size_problems(parts: list[ZipInfo]) -> list[Found]:
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        return [("", "có mật khẩu: hãy bỏ mật khẩu rồi gửi lại")]
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        return [("", f"giải nén ra quá {MAX_UNPACKED // (1024 * 1024)} MB hoặc quá {_MAX_PARTS} phần")]
    return []


def _part_problems(package: ZipFile, parts: list[ZipInfo], shapes: dict[str, Shape]) -> Iterator[Found]:
    names = {part.filename for part in parts}
    if {"mimetype", "content.xml"} <= names:
        yield "", "là tệp OpenDocument (.ods): hãy mở và lưu lại thành .xlsx"
        return
    if any(name.startswith("xl/externalLinks/") for name in names):
        yield "", "có liên kết tới tệp khác: hãy cắt liên kết (Break Links), chỉ giữ giá trị, rồi lưu lại"
    if sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names) > _MAX_SHEETS:
        yield "", f"có quá {_MAX_SHEETS} trang tính"
        return
    for part in parts:
        if "vbaproject" in part.filename.lower():
            yield "", "chứa macro: hãy lưu lại thành .xlsx không có macro"
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        if any(mark in package.read(part) for mark in _DOCTYPES):
            yield "", f"phần {part.filename} khai báo DOCTYPE, điều một bảng tính không có"
            continue
        with package.open(part) as stream:
            yield from _xml_problems(part, stream, shapes.setdefault(part.filename, Shape()))


def _xml_problems(part: ZipInfo, stream: IO[bytes], shape: Shape) -> Iterator[Found]:
    """Count what a reader would have to hold, look through a sheet's cells and note its shape."""
    at, count, depth, root = _At(), 0, 0, ""
    try:
        for event, element in ET.iterparse(stream, events=("start", "end")):  # noqa: S314 - bounded, and without DOCTYPE
            name = element.tag.rpartition("}")[2]
            root = root or name
            depth += 1 if event == "start" else -1
            if depth > _MAX_DEPTH:
                yield "", f"phần {part.filename} lồng quá {_MAX_DEPTH} lớp, điều một bảng tính không có"
                return
            if root not in {"worksheet", "sst"}:
                if part.file_size > _MAX_OTHER:
                    yield "", f"phần {part.filename} quá lớn: hãy chép các ô sang một tệp mới rồi lưu lại"
                    return
            elif event == "start":
                count += 1
                if not at.enter(name, element.get("r", "")):
                    yield f"dòng {at.row}", "các dòng không đứng theo thứ tự: hãy mở bằng Excel và lưu lại"
                    return
                _note(shape, name, element, at.row)
                if count > _MAX_ELEMENTS:
                    yield "", f"có quá nhiều ô (hơn {_MAX_ELEMENTS} phần tử): hãy chép các ô cần khai sang một tệp mới"
                    return
            elif name == "c" and len(element) and at.outside:
                yield f"dòng {at.row}", f"có ô nằm ngoài {MAX_ROWS} dòng, {MAX_COLUMNS} cột đầu"
                return
            elif name in {"row", "si"}:
                element.clear()
    except ET.ParseError as exc:
        yield "", f"không đọc được như bảng tính Excel ({exc})"


class _At:
    """Where in a sheet we are; rows and cells without a reference follow the one before."""

    def __init__(self) -> None:
        self.row = self.column = 0

    def enter(self, name: str, reference: str) -> bool:
        """Go to the row or cell that begins; false for a row that should stand before, which a reader would leave out."""
        if name == "row":
            before = self.row
            self.row = int(reference) if reference.isascii() and reference.isdigit() else self.row + 1
            self.column = 0
            return self.row > before
        if name == "c":
            found = _REFERENCE.fullmatch(reference)
            self.column = number(found[1]) if found else self.column + 1
        return True

    @property
    def outside(self) -> bool:
        """Tell whether this cell would not be read."""
        return self.row > MAX_ROWS or self.column > MAX_COLUMNS


def _note(shape: Shape, name: str, element: ET.Element, row: int) -> None:
    match name:
        case "mergeCell":
            shape.merges.append(element.get("ref", ""))
        case "row" if element.get("hidden") in _YES:
            shape.hidden_rows.add(row)
        case "col" if element.get("hidden") in _YES:
            first, last = element.get("min", ""), element.get("max", "")
            if first.isdecimal() and last.isdecimal():
                shape.hidden_columns.update(range(int(first), min(int(last), MAX_COLUMNS) + 1))
