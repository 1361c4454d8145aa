"""Reads a filled-in form back: every problem named by sheet and cell, nothing half taken, and what is still missing."""

from collections.abc import Mapping
from dataclasses import replace

from auditor.editions.align import align
from auditor.editions.answers import Refused, near, read_answer, wrong_link
from auditor.editions.columns import letter
from auditor.editions.control import TITLE, Control, control_of, is_control, read_control
from auditor.editions.drift import drift
from auditor.editions.given import Filled, Given, Missing, other_period
from auditor.editions.layout import LINK, NOTE, VALUE, Head, RowKind, rows_of
from auditor.editions.questions import Question, claims, questions_of, share_of
from auditor.editions.sheet import Cell, Grid, Sheets
from auditor.editions.template import FORM, GUIDE, LISTS
from auditor.model.declaration import Counts, Declaration
from auditor.model.ids import AgencyId, CriterionId, MeasureId, QuantityId
from auditor.model.quantity import Quantity
from auditor.model.reading import Kind, Measure, Value

__all__ = ["is_form", "read_form"]

Found = tuple[str, str]
_COUNT = Measure(id=MeasureId("declared.count"), kind=Kind.COUNT, meaning="a number that criteria share")


def is_form(sheets: Sheets) -> bool:
    """Tell whether a workbook is a form that we wrote, or was one."""
    return any(grid.title == FORM or is_control(grid) for grid in sheets.grids)


def read_form(sheets: Sheets, given: Given, found: list[Found]) -> Filled | None:
    """Read a form; whatever is wrong is added to ``found`` as (place, what), and then nothing is given."""
    control, grid = _control(sheets, found), _form(sheets, found)
    head = _head(control, given, found) if control else None
    if control is None or grid is None or head is None:
        return None
    asked = questions_of(given.edition, head.agency, given.day, given.measures, given.spoken)
    now = control_of(head, rows_of(head, asked, {}))
    if changes := drift(control, now):
        found.append(("", changes))
        return None
    changed: list[Found] = []
    places = align(grid, control.rows, changed)
    found += [(f'trang tính "{grid.title}", {place}'.removesuffix(", "), what) for place, what in changed]
    reader = _Reader(grid, control, places, {question.criterion.id: question for question in asked}, found)
    filled = reader.filled(given, head.agency.code)
    return filled if not found else None


def _control(sheets: Sheets, found: list[Found]) -> Control | None:
    hidden = [grid for grid in sheets.grids if is_control(grid)]
    if not hidden:
        found.append((f'trang tính "{TITLE}"', "đã mất: hãy điền lại vào đúng tệp phiếu được gửi, không chép sang tệp mới"))
        return None
    control = read_control(hidden[0])
    if control is None or len(hidden) > 1:
        found.append((f'trang tính "{hidden[0].title}"', "đã bị sửa: hãy điền lại vào phiếu gốc, không động tới trang tính ẩn"))
        return None
    return control


def _form(sheets: Sheets, found: list[Found]) -> Grid | None:
    extra = [grid.title for grid in sheets.grids if grid.title not in {FORM, GUIDE, LISTS} and not is_control(grid)]
    forms = [grid for grid in sheets.grids if grid.title == FORM]
    what = "không có trong phiếu: hãy xóa trang tính này" if forms else f'phải mang tên "{FORM}"'
    found += [(f'trang tính "{title}"', what) for title in (*extra, *sheets.others)]
    if not forms and not extra:
        found.append((f'trang tính "{FORM}"', "đã mất: hãy điền lại vào phiếu gốc"))
    return forms[0] if forms else None


def _head(control: Control, given: Given, found: list[Found]) -> Head | None:
    """Prove that the form is of this edition and period, and of an agency that is known and in the same group."""
    edition = given.edition
    if control.edition != edition.id:
        what = f'phiếu của bộ tiêu chí "{control.edition}", đang nhập vào "{edition.id}": hãy chọn --edition {control.edition}'
        found.append(("", f"{what}, hoặc xuất phiếu của đúng bộ tiêu chí"))
        return None
    if other := other_period(control.period, given.period):
        found.append(("", f"{other} (auditor declare template --agency {control.agency})"))
        return None
    if given.agency and control.agency != given.agency:
        found.append(("", f'phiếu của cơ quan "{control.agency}", không phải của "{given.agency}"'))
        return None
    agency = given.registry.agency(AgencyId(control.agency), given.day)
    if agency is None:
        codes = sorted({known.code for known in given.registry.agencies})
        found.append(("", f'phiếu của cơ quan không có trong danh sách: "{control.agency}"{near(control.agency, codes)}'))
        return None
    if agency.group != control.group:
        what = f'phiếu của nhóm {control.group}, mà "{agency.code}" nay thuộc nhóm {agency.group}: hãy xuất lại phiếu'
        found.append(("", what))
        return None
    group = next(group for group in given.registry.groups if group.id == agency.group)
    return Head(edition=edition, agency=agency, group=group, superior="", place="", period=given.period)


class _Reader:
    """Reads the answers of one form; problems gather in ``found`` as (place, what)."""

    def __init__(
        self,
        grid: Grid,
        control: Control,
        places: Mapping[int, int],
        questions: Mapping[CriterionId, Question],
        found: list[Found],
    ) -> None:
        self._grid, self._questions, self._found = grid, questions, found
        rows = [(row.kind, row.subject, places[at]) for at, row in enumerate(control.rows, 1) if at in places]
        self._criteria = [(CriterionId(subject), at) for kind, subject, at in rows if kind == RowKind.CRITERION]
        self._quantities = {QuantityId(subject): at for kind, subject, at in rows if kind == RowKind.QUANTITY}
        self._who = {subject: at for kind, subject, at in rows if kind == RowKind.WHO}
        self._totals: dict[QuantityId, int | None] = {}

    def filled(self, given: Given, agency: AgencyId) -> Filled:
        """Give every answer, and what is left open."""
        by = given.declared_by or self._person()
        self._totals = {name: self._count(at) for name, at in self._quantities.items()}
        answers: list[Declaration] = []
        missing: list[Missing] = []
        for criterion, at in self._criteria:
            question, before = self._questions[criterion], len(self._found)
            answer = self._answer(question, at)
            if answer is None:
                if len(self._found) == before:
                    cell = _cell(VALUE, at)
                    missing.append(Missing(agency=agency, criterion=criterion, title=question.criterion.title, cell=cell))
                continue
            value, counts, where = answer
            answers.append(
                Declaration(
                    agency=agency,
                    edition=given.edition.id,
                    criterion=criterion,
                    value=value,
                    counts=counts,
                    evidence_link=self._at(LINK, at).text,
                    note=self._at(NOTE, at).text,
                    declared_by=by,
                    imported_at=given.imported_at,
                    proof=replace(given.proof, passage=f'trang tính "{self._grid.title}", {where}'),
                )
            )
        if not answers and not self._found:
            self._say("", 'chưa khai giá trị nào: hãy điền các ô màu vàng ở cột "Giá trị khai"')
        return Filled(declarations=tuple(answers), missing=tuple(missing))

    def _person(self) -> str:
        """Give who filled the form in, and as what; the first has to be said."""
        cells = [self._at(4, self._who[subject]) for subject in ("person", "post") if subject in self._who]
        for cell, subject in zip(cells, ("person", "post"), strict=False):
            if cell.problem:
                self._say(_cell(4, self._who[subject]), cell.problem)
        if cells and not cells[0].text:
            self._say(_cell(4, self._who["person"]), "chưa ghi họ tên người lập phiếu")
        return ", ".join(cell.text for cell in cells if cell.text)

    def _answer(self, question: Question, at: int) -> tuple[Value, Counts | None, str] | None:
        """Give a criterion's value, the counts it was computed from, and the cells it stands in; None if it has none."""
        value, link, note = (self._at(column, at) for column in (VALUE, LINK, NOTE))
        before = len(self._found)
        for column, cell in ((LINK, link), (NOTE, note)):
            if cell.problem:
                self._say(_cell(column, at), cell.problem)
        if not link.problem and (wrong := wrong_link(link.text)):
            self._say(_cell(LINK, at), f'"{link.text[:80]}" {wrong}')
        if not value.text and not question.computed:
            if link.text or note.text:
                self._say(_cell(VALUE, at), "để trống, mà đã có minh chứng hoặc ghi chú: hãy ghi giá trị khai")
            return None
        answer = self._share(question, at) if question.whole else self._single(question, at)
        if answer is None or len(self._found) > before:
            return None
        if question.proof and claims(answer[0], question.measure) and not link.text and not note.text:
            what = f"thiếu minh chứng: hãy ghi địa chỉ web của tài liệu, hoặc số hiệu văn bản ở {_cell(NOTE, at)}"
            self._say(_cell(LINK, at), what)
        return answer

    def _single(self, question: Question, at: int) -> tuple[Value, None, str] | None:
        cell = self._at(VALUE, at)
        if cell.problem:
            self._say(_cell(VALUE, at), cell.problem)
            return None
        try:
            return read_answer(cell.text, question.measure, question.labels), None, _cell(VALUE, at)
        except Refused as exc:
            self._say(_cell(VALUE, at), str(exc))
            return None

    def _share(self, question: Question, at: int) -> tuple[Value, Counts, str] | None:
        """Compute a share from its two cells."""
        whole, part = question.whole, question.part
        assert whole is not None
        below = self._quantities.get(whole.id)
        above = at if part is None else self._quantities.get(part.id)
        if below is None or above is None:
            return None
        counted = self._count(at) if part is None else self._totals.get(part.id)
        if counted is None:
            return None
        return self._divided(counted, _cell(VALUE, above), whole, _cell(VALUE, below), asked=part is None)

    def _divided(self, counted: int, above: str, whole: Quantity, below: str, *, asked: bool) -> tuple[Value, Counts, str] | None:
        total = self._totals.get(whole.id)
        if total is None:
            if asked and not self._at(VALUE, self._quantities[whole.id]).text:
                self._say(above, f'cần "{whole.title}" ở {below}, ô này đang để trống')
            return None
        if total == 0:
            self._say(above, f'không tính được tỷ lệ: "{whole.title}" ở {below} bằng 0')
            return None
        if counted > total:
            self._say(above, f'{counted} lớn hơn "{whole.title}" ở {below} ({total})')
            return None
        counts = Counts(part=counted, whole=total)
        return share_of(counts), counts, f"{above} ({counted}) trên {below} ({total})"

    def _count(self, at: int) -> int | None:
        """Give a whole number; None where there is none, or none that can be taken."""
        cell = self._at(VALUE, at)
        if cell.problem:
            self._say(_cell(VALUE, at), cell.problem)
        elif cell.text:
            try:
                return int(read_answer(cell.text, _COUNT))
            except Refused as exc:
                self._say(_cell(VALUE, at), str(exc))
        return None

    def _at(self, column: int, row: int) -> Cell:
        return self._grid.cells.get((row, column), Cell())

    def _say(self, place: str, what: str) -> None:
        title = f'trang tính "{self._grid.title}"'
        self._found.append((f"{title}, {place}" if place else title, what))


def _cell(column: int, row: int) -> str:
    return f"ô {letter(column)}{row}"
