"""Imports what agencies declare from a CSV or XLSX form: every problem named by row and column, nothing half imported."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from auditor.editions.answers import Refused, folded, near, read_answer, wrong_link
from auditor.editions.form import is_form, read_form
from auditor.editions.given import Filled, Given
from auditor.editions.questions import claims
from auditor.editions.sheet import Cell, Form, Line, Sheet, flat, read_csv, read_sheets
from auditor.errors import InputError, Problem
from auditor.model.agency import Agency
from auditor.model.declaration import Declaration
from auditor.model.edition import Criterion, Source
from auditor.model.ids import AgencyId
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.reading import Value

__all__ = ["COLUMNS", "read_declarations"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agency": ("agency", "cơ quan", "mã cơ quan"),
    "criterion": ("criterion", "tiêu chí", "mã tiêu chí"),
    "value": ("value", "giá trị"),
    "evidence_link": ("evidence_link", "evidence link", "minh chứng", "liên kết minh chứng"),
    "note": ("note", "ghi chú"),
}
"""The columns of a form, and every header under which each is known (without regard to case and marks)."""
_NEEDED = ("agency", "criterion", "value")
_BY_HEADER = {folded(name): column for column, names in COLUMNS.items() for name in names}


def read_declarations(form: Form, given: Given) -> Filled:
    """Read what was handed in: a form that we wrote, or a flat file of one value a row; each proof names its place.

    Raises:
        InputError: anything is wrong with the file; every problem is listed, and nothing may be taken from it.
    """
    found: list[tuple[str, str]] = []
    sheets = read_sheets(form, found) if PurePath(form.name).suffix.lower() == ".xlsx" else None
    if sheets is not None and is_form(sheets):
        filled = read_form(sheets, given, found)
    elif not found:
        sheet = read_csv(form, found) if sheets is None else flat(sheets, found)
        filled = None if sheet is None else Filled(declarations=tuple(_declarations(sheet, given, found)))
    if found or filled is None:
        raise InputError(Problem(file=form.name, place=place, what=what) for place, what in found)
    return filled


def _declarations(sheet: Sheet, given: Given, found: list[tuple[str, str]]) -> Iterator[Declaration]:
    title = f'trang tính "{sheet.title}", ' if sheet.title else ""
    for row in _Reader(given, found).rows(sheet):
        yield Declaration(
            agency=row.agency,
            edition=given.edition.id,
            criterion=row.criterion.id,
            value=row.value,
            evidence_link=row.evidence_link,
            note=row.note,
            declared_by=given.declared_by,
            imported_at=given.imported_at,
            proof=replace(given.proof, passage=f"{title}dòng {row.number}"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    number: int
    agency: AgencyId
    criterion: Criterion
    value: Value
    evidence_link: str
    note: str


class _Reader:
    """Reads the rows of one form; problems gather in ``found`` as (place, what)."""

    def __init__(self, given: Given, found: list[tuple[str, str]]) -> None:
        self._given, self._found = given, found
        self._registry, self._measures = given.registry, given.measures
        self._day = given.day
        self._criteria = {criterion.id: criterion for criterion in given.edition.criteria}
        self._sums = {heading.id for heading in given.edition.headings}
        self._headers: dict[str, str] = {}
        self._at: dict[str, int] = {}
        self._seen: dict[tuple[AgencyId, str], int] = {}

    def rows(self, sheet: Sheet) -> list[_Row]:
        """Give every row that can be taken."""
        if not sheet.lines:
            self._found.append(("dòng 1", f"tệp trống; dòng đầu phải là tên cột: {', '.join(COLUMNS)}"))
            return []
        if not self._columns(sheet.lines[0]):
            return []
        if len(sheet.lines) == 1:
            self._found.append(("", "không có dòng tự khai nào dưới dòng tên cột"))
        return [row for line in sheet.lines[1:] if (row := self._row(line)) is not None]

    def _columns(self, header: Line) -> bool:
        place, before = f"dòng {header.number}", len(self._found)
        for index, cell in enumerate(header.cells):
            column = _BY_HEADER.get(folded(cell.text))
            if column in self._at:
                self._found.append((place, f'cột "{cell.text}" trùng với cột "{self._headers[column]}"'))
            elif column is not None:
                self._at[column], self._headers[column] = index, cell.text
            elif cell.text:
                known = [name for names in COLUMNS.values() for name in names]
                self._found.append((place, f'không có cột nào tên "{cell.text}"{near(cell.text, known)}'))
        for column in _NEEDED:
            if column not in self._at:
                self._found.append((place, f'thiếu cột "{column}" ({COLUMNS[column][1]})'))
        return len(self._found) == before

    def _row(self, line: Line) -> _Row | None:
        before = len(self._found)
        cells = {column: line.cells[at] if at < len(line.cells) else Cell() for column, at in self._at.items()}
        for index, cell in enumerate(line.cells):
            if cell.text and index not in self._at.values():
                self._found.append((f"dòng {line.number}", f'ô thứ {index + 1} ("{cell.text[:40]}") không nằm dưới cột nào'))
        for column, cell in cells.items():
            if cell.problem:
                self._say(line, column, cell.problem)
            elif not cell.text and column in _NEEDED:
                self._say(line, column, "để trống")
        if len(self._found) > before:
            return None
        agency, criterion = self._agency(line, cells["agency"]), self._criterion(line, cells["criterion"])
        value = self._value(line, cells["value"], criterion) if criterion else None
        link = cells.get("evidence_link", Cell()).text
        if wrong := wrong_link(link):
            self._say(line, "evidence_link", f'"{link[:80]}" {wrong}')
        note = cells.get("note", Cell()).text
        if criterion and value is not None and not link and not note:
            self._check_proved(line, criterion, value)
        if agency and criterion:
            self._check_owed(line, agency, criterion)
            self._check_once(line, agency, criterion)
        if agency is None or criterion is None or value is None or len(self._found) > before:
            return None
        return _Row(number=line.number, agency=agency.code, criterion=criterion, value=value, evidence_link=link, note=note)

    def _agency(self, line: Line, cell: Cell) -> Agency | None:
        agency = self._registry.agency(AgencyId(cell.text), self._day)
        if agency is None:
            by_name = {folded(known.name): known.code for known in self._registry.agencies}
            code = by_name.get(folded(cell.text))
            codes = sorted({known.code for known in self._registry.agencies})
            hint = f' (hãy ghi mã "{code}")' if code else near(cell.text, codes)
            self._say(line, "agency", f'không có cơ quan nào mang mã "{cell.text}"{hint}')
        return agency

    def _criterion(self, line: Line, cell: Cell) -> Criterion | None:
        # Excel makes the number 5.1 of "5.10": a cell that is a number is taken only where no other criterion can be meant.
        form: Callable[[str], object] = str if cell.number is None else _numeric
        same = [name for name in self._criteria if form(name) == form(cell.text)]
        match same:
            case [name]:
                return self._criteria[name]
            case [] if cell.text in self._sums:
                self._say(line, "criterion", f'"{cell.text}" chỉ cộng điểm các tiêu chí bên dưới, không tự khai')
            case []:
                self._say(line, "criterion", f'không có tiêu chí "{cell.text}"{near(cell.text, self._criteria)}')
            case _:
                listed = " hay ".join(f'"{name}"' for name in same)
                what = f"Excel đã đổi mã thành số {cell.text}, không rõ là {listed}: hãy định dạng ô là Văn bản (Text) rồi gõ lại"
                self._say(line, "criterion", what)
        return None

    def _value(self, line: Line, cell: Cell, criterion: Criterion) -> Value | None:
        if criterion.source is Source.MEASURED:
            self._say(line, "criterion", f'tiêu chí "{criterion.id}" do hệ thống đo, không tự khai')
            return None
        measure = declared_measure(criterion, measure_of(criterion, self._measures))
        if measure is None:
            what = f'tiêu chí "{criterion.id}" cần phép đo "{criterion.measure}" nhưng hệ thống chưa có'
            self._say(line, "criterion", what)
            return None
        try:
            return read_answer(cell.text, measure)
        except Refused as exc:
            self._say(line, "value", str(exc))
            return None

    def _check_owed(self, line: Line, agency: Agency, criterion: Criterion) -> None:
        if agency.group not in criterion.groups:
            what = f'tiêu chí "{criterion.id}" không áp dụng cho nhóm {agency.group} của "{agency.code}"'
            self._say(line, "criterion", what)
        elif not criterion.concerns(agency.code):
            what = f'tiêu chí "{criterion.id}" không áp dụng cho "{agency.code}". Lý do: {criterion.exempt_because}'
            self._say(line, "criterion", what)
        elif not criterion.valid_on(self._day):
            what = f'tiêu chí "{criterion.id}" không thuộc bộ tiêu chí của ngày {self._day:%d/%m/%Y}'
            self._say(line, "criterion", what)

    def _check_proved(self, line: Line, criterion: Criterion, value: Value) -> None:
        measure = declared_measure(criterion, measure_of(criterion, self._measures))
        if measure is not None and self._given.edition.wants_proof(criterion) and claims(value, measure):
            what = "thiếu minh chứng: hãy ghi địa chỉ web của tài liệu, hoặc số hiệu văn bản ở cột"
            self._say(line, "evidence_link", f"{what} {self._headers.get('note', 'note')}")

    def _check_once(self, line: Line, agency: Agency, criterion: Criterion) -> None:
        first = self._seen.setdefault((agency.code, criterion.id), line.number)
        if first != line.number:
            self._found.append((f"dòng {line.number}", f'"{agency.code}" đã khai tiêu chí "{criterion.id}" ở dòng {first}'))

    def _say(self, line: Line, column: str, what: str) -> None:
        self._found.append((f"dòng {line.number}, cột {self._headers.get(column, column)}", what))


def _numeric(text: str) -> tuple[str, str]:
    """Give a number's parts before and after its point, as a spreadsheet keeps them."""
    whole, _, part = text.partition(".")
    return whole, part.rstrip("0")
