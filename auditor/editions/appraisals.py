"""Reads an appraisal sheet that the council filled in: every problem named by sheet and cell, nothing half taken."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from unicodedata import normalize

from auditor.editions.answers import Refused, folded, near, read_answer
from auditor.editions.columns import letter
from auditor.editions.given import other_period
from auditor.editions.sheet import Cell, Form, Grid, read_sheets
from auditor.errors import InputError, Problem
from auditor.model.appraising import COLUMNS, FORM, INPUTS, RECORD, RECORD_HEAD, SHEET, WITHDRAW
from auditor.model.edition import Criterion, Edition
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.kinds import appraised_measure, measure_of
from auditor.model.reading import Measure, Value

__all__ = ["Change", "Filled", "read_appraisals"]

Answers = Callable[[Measure], Mapping[str, str]]
"""Gives the words that people write for the values of a measure, each with what it means."""
_TAKEN_BACK = re.compile(rf"\b{WITHDRAW}\b")
_MOST = 40
"""So many problems are listed one by one: a row that was put in between shifts every cell below it."""
_LONGEST = 1500
_SHOWN = 19
"""Characters of a digest that tell it from another."""
_COLUMN = {column.id: at for at, column in enumerate(COLUMNS, 1)}
_HEADS = {column.id: column.head for column in COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row that is not as it was exported: a value that is set, or None where it is taken back.

    ``before`` is what the sheet was exported with. ``place`` names the row for people.
    """

    criterion: Criterion
    value: Value | None
    before: Value | None
    reason: str
    document: str
    person: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A sheet that can be taken: of which agency, and what changed on it."""

    agency: AgencyId
    changes: tuple[Change, ...]


def read_appraisals(
    form: Form, *, edition: Edition, measures: Mapping[MeasureId, Measure], answers: Answers, period: str = ""
) -> Filled:
    """Read a filled-in sheet; ``period`` is the id of the one that runs, empty where none does.

    Raises:
        InputError: anything is wrong with it; every problem is listed, and nothing may be taken from it.
    """
    found: list[tuple[str, str]] = []
    grids = _grids(form, found)
    reader = _Reader(*grids, edition, measures, answers, period, found) if grids else None
    filled = reader.filled() if reader is not None else None
    if found or filled is None:
        shown = found[:_MOST]
        if len(found) > _MOST:
            shown.append(("", f"… và {len(found) - _MOST} lỗi khác"))
        raise InputError(Problem(file=form.name, place=place, what=what) for place, what in shown)
    return filled


def _grids(form: Form, found: list[tuple[str, str]]) -> tuple[Grid, Grid] | None:
    if PurePath(form.name).suffix.lower() != ".xlsx":
        found.append(("", "không phải phiếu thẩm định: hãy nộp đúng tệp .xlsx mà hệ thống đã xuất"))
        return None
    sheets = read_sheets(form, found)
    if sheets is None:
        return None
    by_title = {grid.title: grid for grid in sheets.grids}
    if SHEET not in by_title or RECORD not in by_title:
        found.append(("", f'không phải phiếu thẩm định do hệ thống xuất: thiếu trang tính "{SHEET}" hoặc trang ẩn "{RECORD}"'))
        return None
    others = [title for title in (*by_title, *sheets.others) if title not in {SHEET, RECORD}]
    found += [(f'trang tính "{title}"', "không thuộc phiếu: hãy xóa trang này") for title in others]
    return by_title[SHEET], by_title[RECORD]


class _Reader:
    """Reads one sheet beside its hidden record; problems gather in ``found`` as (place, what)."""

    def __init__(
        self,
        sheet: Grid,
        record: Grid,
        edition: Edition,
        measures: Mapping[MeasureId, Measure],
        answers: Answers,
        period: str,
        found: list[tuple[str, str]],
    ) -> None:
        self._sheet, self._record, self._edition, self._found = sheet, record, edition, found
        self._measures, self._answers, self._period = measures, answers, period
        self._criteria = {criterion.id: criterion for criterion in edition.criteria}
        self._told = {
            record.cells[row, 1].text: _cell(record, row, 2).text for row in range(1, RECORD_HEAD + 1) if (row, 1) in record.cells
        }

    def filled(self) -> Filled | None:
        """Give what the sheet says; None where it is not one of ours."""
        if self._told.get("form") != FORM or not self._told.get("head", "").isascii() or not self._told.get("head", "").isdigit():
            self._found.append(
                (f'trang tính "{RECORD}"', "đã bị sửa, hoặc phiếu do một bản khác của hệ thống xuất: hãy xuất phiếu mới")
            )
            return None
        if not self._is_of_this_edition():
            return None
        head = int(self._told["head"])
        self._joined(head)
        self._untouched()
        rows = {row for row, _ in self._sheet.cells} | {row - RECORD_HEAD for row, _ in self._record.cells}
        changes = [change for row in sorted(rows) if row > head and (change := self._row(row)) is not None]
        return Filled(agency=AgencyId(self._told.get("agency", "")), changes=tuple(changes))

    def _is_of_this_edition(self) -> bool:
        known, own = (self._told.get("edition"), self._told.get("digest")), (self._edition.id, self._edition.digest)
        if known == own:
            what = other_period(self._told.get("period", ""), self._period)
        elif known[0] != own[0]:
            what = f'phiếu của bộ tiêu chí "{known[0]}", không phải "{own[0]}"'
        else:
            was, now = str(known[1])[:_SHOWN], own[1][:_SHOWN]
            what = f'bộ tiêu chí "{own[0]}" đã thay đổi từ khi xuất phiếu ({was}…, nay là {now}…): hãy xuất phiếu mới'
        if what:
            self._found.append((f'trang tính "{RECORD}"', what))
        return not what

    def _joined(self, head: int) -> None:
        for reference in self._sheet.shape.merges:
            row = reference.partition(":")[0].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
            if not row.isdigit() or int(row) >= head:
                self._found.append((f'trang tính "{SHEET}", ô {reference}', "là ô gộp: hãy bỏ gộp ô (Unmerge) và điền từng ô"))

    def _untouched(self) -> None:
        """Compare every cell that is not to be filled in with the record."""
        places = set(self._sheet.cells) | {
            (row - RECORD_HEAD, column) for row, column in self._record.cells if row > RECORD_HEAD and column <= len(COLUMNS)
        }
        for row, column in sorted(places):
            if column <= len(COLUMNS) and COLUMNS[column - 1].id in INPUTS and self._criterion_text(row):
                continue
            given, exported = _cell(self._sheet, row, column), _cell(self._record, row + RECORD_HEAD, column)
            if given.problem:
                self._say(row, column, given.problem)
            elif _plain(given.text) != _plain(exported.text):
                was = f'phải là "{exported.text[:60]}"' if exported.text else "phải để trống"
                self._say(row, column, f'đã bị sửa thành "{given.text[:60]}": {was}')

    def _criterion_text(self, row: int) -> str:
        return _cell(self._record, row + RECORD_HEAD, _COLUMN["criterion"]).text

    def _row(self, row: int) -> Change | None:
        name = self._criterion_text(row)
        given = {column: _cell(self._sheet, row, _COLUMN[column]) for column in INPUTS}
        exported = {column: _cell(self._record, row + RECORD_HEAD, _COLUMN[column]).text for column in INPUTS}
        if not name or all(_plain(given[column].text) == _plain(exported[column]) for column in INPUTS):
            return None
        criterion = self._criteria.get(name)  # type: ignore[call-overload]
        if criterion is None:
            self._say(row, _COLUMN["criterion"], f'không có tiêu chí "{name}"{near(name, self._criteria)}')
            return None
        before = len(self._found)
        for column, cell in given.items():
            if cell.problem or len(cell.text) > _LONGEST:
                self._say(row, _COLUMN[column], cell.problem or f"dài hơn {_LONGEST} ký tự")
        if len(self._found) > before:
            return None
        self._signed(row, given)
        value = self._value(row, criterion, given)
        old = self._meaning(criterion, exported["value"]) if exported["value"] else None
        if len(self._found) > before:
            return None
        return Change(
            criterion=criterion,
            value=value,
            before=old if not isinstance(old, Refused) else None,
            reason=given["reason"].text,
            document=given["document"].text,
            person=given["person"].text,
            place=f'trang tính "{SHEET}", dòng {row}',
        )

    def _signed(self, row: int, given: Mapping[str, Cell]) -> None:
        for column in ("reason", "document", "person"):
            if not given[column].text:
                self._say(row, _COLUMN[column], f'để trống: mỗi thay đổi phải ghi "{_HEADS[column]}"')

    def _value(self, row: int, criterion: Criterion, given: Mapping[str, Cell]) -> Value | None:
        text = given["value"].text
        if not text:
            if not _TAKEN_BACK.search(normalize("NFC", given["reason"].text.lower())):
                what = f"để trống: hãy ghi giá trị; muốn rút giá trị đã thẩm định thì ghi chữ “{WITHDRAW}” vào ô lý do"
                self._say(row, _COLUMN["value"], what)
            return None
        meant = self._meaning(criterion, text)
        if isinstance(meant, Refused):
            self._say(row, _COLUMN["value"], str(meant))
            return None
        return meant

    def _meaning(self, criterion: Criterion, text: str) -> Value | Refused:
        measure = appraised_measure(criterion, measure_of(criterion, self._measures))
        if measure is None:
            return Refused(f'tiêu chí "{criterion.id}" cần phép đo "{criterion.measure}" nhưng hệ thống chưa có')
        meant = {folded(label): word for label, word in self._answers(measure).items()}
        exact = self._answers(measure).get(text)
        try:
            return read_answer(exact or meant.get(folded(text), text), measure)
        except Refused as exc:
            return Refused(str(exc).replace(f'"{meant.get(folded(text))}"', f'"{text}"'))

    def _say(self, row: int, column: int, what: str) -> None:
        self._found.append((f'trang tính "{SHEET}", ô {letter(column)}{row}', what))


def _cell(grid: Grid, row: int, column: int) -> Cell:
    return grid.cells.get((row, column), Cell())


def _plain(text: str) -> str:
    return " ".join(text.split())
