"""Looks into an XLSX file before it is opened: is it one, how large would it grow, and does it hold what a form must not."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile, ZipInfo

__all__ = ["MAX_COLUMNS", "MAX_ROWS", "MAX_UNPACKED", "package_problems"]

MAX_ROWS = 5_000
MAX_COLUMNS = 50
MAX_UNPACKED = 32 * 1024 * 1024
"""Bytes of all parts together once unpacked; ``zipfile`` reads no part beyond the size that was added up here."""
_MAX_OTHER = 1024 * 1024
"""Bytes of a part that openpyxl holds as a tree of objects (styles, the book itself); a hundred times what a form needs."""
_MAX_ELEMENTS = 300_000
_MAX_PARTS = 500
_ENCRYPTED = 0x1
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_UNREADABLE = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)

Found = tuple[str, str]
"""Where in the form, and what."""


def package_problems(body: bytes) -> list[Found]:
    """Find why a file must not be opened as a form; (place, what) each."""
    if body.startswith(_OLD_EXCEL):
        return [("", "là tệp Excel đời cũ hoặc có mật khẩu: hãy bỏ mật khẩu và lưu lại thành .xlsx")]
    try:
        with ZipFile(io.BytesIO(body)) as package:
            parts = package.infolist()
            return _size_problems(parts) or list(_part_problems(package, parts))
    except _UNREADABLE:
        return [("", "không phải tệp .xlsx (không mở được như tệp nén): hãy mở bằng Excel và lưu lại thành .xlsx")]


def _size_problems(parts: list[ZipInfo]) -> list[Found]:
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        return [("", "có mật khẩu: hãy bỏ mật khẩu rồi gửi lại")]
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        return [("", f"giải nén ra quá {MAX_UNPACKED // (1024 * 1024)} MB hoặc quá {_MAX_PARTS} phần")]
    return []


def _part_problems(package: ZipFile, parts: list[ZipInfo]) -> Iterator[Found]:
    for part in parts:
        if "vbaproject" in part.filename.lower():
            yield "", "chứa macro: hãy lưu lại thành .xlsx không có macro"
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        if any(mark in package.read(part) for mark in _DOCTYPES):
            yield "", f"phần {part.filename} khai báo DOCTYPE, điều một bảng tính không có"
            continue
        with package.open(part) as stream:
            yield from _xml_problems(part, stream)


def _xml_problems(part: ZipInfo, stream: IO[bytes]) -> Iterator[Found]:
    """Count what a reader would have to hold, and look through a sheet's cells."""
    at, count, root = _At(), 0, ""
    try:
        for event, element in ET.iterparse(stream, events=("start", "end")):  # noqa: S314 - bounded, and without DOCTYPE
            name = element.tag.rpartition("}")[2]
            root = root or name
            if root not in {"worksheet", "sst"}:
                if part.file_size > _MAX_OTHER:
                    yield "", f"phần {part.filename} quá lớn: hãy chép các ô sang một tệp mới rồi lưu lại"
                return
            if event == "start":
                count += 1
                at.enter(name, element.get("r", ""))
                if count > _MAX_ELEMENTS:
                    yield "", f"có quá nhiều ô (hơn {_MAX_ELEMENTS} phần tử): hãy chép các ô cần khai sang một tệp mới"
                    return
            elif name == "mergeCell":
                yield _merged(element.get("ref", ""))
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

    def enter(self, name: str, reference: str) -> None:
        """Go to the row or cell that begins."""
        if name == "row":
            self.row = int(reference) if reference.isascii() and reference.isdigit() else self.row + 1
            self.column = 0
        elif name == "c":
            found = _REFERENCE.fullmatch(reference)
            self.column = _column(found[1]) if found else self.column + 1

    @property
    def outside(self) -> bool:
        """Tell whether this cell would not be read."""
        return self.row > MAX_ROWS or self.column > MAX_COLUMNS


def _merged(reference: str) -> Found:
    found = _REFERENCE.match(reference)
    return f"dòng {found[2]}" if found else "", f"có ô gộp {reference}: hãy bỏ gộp ô (Unmerge) và điền từng ô"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
