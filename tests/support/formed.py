"""Forms of declarations for tests: written by us, filled in by openpyxl as an official would, read back."""

import io
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import load_workbook
from province import proof

from auditor.app.asking import spoken
from auditor.editions.declarations import read_declarations
from auditor.editions.given import Given
from auditor.editions.layout import Head
from auditor.editions.load import load_edition
from auditor.editions.questions import day_of, questions_of
from auditor.editions.sheet import Form
from auditor.editions.template import FORM, template
from auditor.editions.workbook import write_book
from auditor.errors import InputError
from auditor.model.ids import AgencyId
from auditor.registry.load import load_registry
from auditor.sdk.catalogue import load_catalogue

CONFIG = Path(__file__).parents[1] / "declarations" / "config"
NOW = datetime(2019, 1, 10, 3, tzinfo=UTC)
MEASURES = load_catalogue().measures


class Office:
    """All that one agency's form rests on."""

    def __init__(self, config=CONFIG, edition="thu", code="so-a", now=NOW):
        self.edition, self.registry, self.now = load_edition(config, edition), load_registry(config), now
        self.spoken = spoken(self.edition, MEASURES)
        self.code = AgencyId(code)
        self.day = day = day_of(self.edition, now)
        self.agency = self.registry.agency(self.code, day)
        self.questions = questions_of(self.edition, self.agency, day, MEASURES, self.spoken)

    def book(self, before=()):
        group = next(group for group in self.registry.groups if group.id == self.agency.group)
        head = Head(edition=self.edition, agency=self.agency, group=group, superior="UBND TỈNH THỬ", place="Tỉnh Thử")
        return template(head, self.questions, {row.criterion: row for row in before}, made_at=self.now)

    def form(self, before=()):
        return write_book(self.book(before))

    def given(self, **more):
        common = {"declared_by": "Nguyễn Văn A"} | more
        return Given(
            edition=self.edition, registry=self.registry, measures=MEASURES, spoken=self.spoken, imported_at=self.now, day=self.day,
            proof=proof("phiếu"), **common,
        )  # fmt: skip

    def read(self, body, name="phieu.xlsx", **more):
        return read_declarations(Form(name=name, body=body), self.given(**more))

    def problems(self, body, name="phieu.xlsx", **more):
        """Give every problem of a form, as a person reads them; none if it is taken."""
        try:
            self.read(body, name, **more)
        except InputError as exc:
            return [str(problem) for problem in exc.problems]
        return []


def opened(body):
    """Open a form as another program would."""
    return load_workbook(io.BytesIO(body))


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(sheet, name):
    """Give the row of a criterion, a quantity ("S1") or what is asked of the person, by what stands first in it."""
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == name)


def filled(body, values, person="Nguyễn Văn A", change=lambda book: None):
    """Fill a form in: ``{"1.1": 95, "2.2": ("85%", "https://…", "ghi chú")}``."""
    book = opened(body)
    sheet = book[FORM]
    if person:
        sheet.cell(row_of(sheet, "Họ và tên người lập phiếu"), 4).value = person
    for name, given in values.items():
        for column, value in enumerate(given if isinstance(given, tuple) else (given,), 7):
            cell = sheet.cell(row_of(sheet, name), column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    change(book)
    return saved(book)
