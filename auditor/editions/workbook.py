"""Writes a workbook as XLSX: text stays text, the same value gives the same bytes, and it prints on A4."""

import io
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as Slot
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from auditor.editions.heights import row_height
from auditor.model.book import Book, Cell, Look, Page, Rule, RuleKind, Tab
from auditor.model.web import web_address

__all__ = ["write_book"]

_STYLE = "auditor {}"
_TIMES = "Times New Roman"
_THIN = Border(*(Side(style="thin", color="808080"),) * 4)
_A4 = 9
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML 1.0 has no place for."""
_MOST = 32_767
"""Characters that a spreadsheet's cell can hold."""
_HEAD = frozenset({Look.TITLE, Look.MOTTO, Look.ISSUER, Look.UNDERLINED, Look.DATED})
_FRAMELESS = _HEAD | {Look.PLAIN, Look.LINE}
_BOLD = frozenset({Look.TITLE, Look.MOTTO, Look.UNDERLINED, Look.HEADER, Look.GROUP, Look.SUM})
_MIDDLE = _HEAD | {Look.HEADER, Look.CENTRE}
_NUMBERS = frozenset({Look.NUMBER, Look.EXACT, Look.SUM})
_OPEN = frozenset({Look.INPUT, Look.FIGURE})
_FILLS = {
    Look.HEADER: PatternFill("solid", start_color="D9E2EC"),
    Look.GROUP: PatternFill("solid", start_color="EEF2F6"),
    Look.INPUT: PatternFill("solid", start_color="FFF9DB"),
    Look.FIGURE: PatternFill("solid", start_color="FFF9DB"),
    Look.WARNING: PatternFill("solid", start_color="FDE8E4"),
}
_KINDS: Mapping[RuleKind, Literal["whole", "decimal", "textLength"]] = {
    RuleKind.WHOLE: "whole",
    RuleKind.DECIMAL: "decimal",
    RuleKind.LENGTH: "textLength",
}
_MOST_LISTED = 255
"""Characters of a list that stands in the rule itself."""
_EDGE = 0.3
"""Inches from the paper's edge to its head and foot: within every margin, so that neither is cut."""
_MILLIMETRES = 25.4
"""In an inch, which a sheet's margins are given in."""
_FORMATS = {Look.NUMBER: "#,##0.00", Look.SUM: "#,##0.00", Look.INPUT: "@", Look.EXACT: "General"}


def write_book(book: Book) -> bytes:
    """Give a workbook's bytes.

    Every text is written as text, so nothing that a site or an agency wrote becomes a formula, whatever it begins with; a cell
    that holds a leading ``=``, ``+``, ``-`` or ``@`` is also marked so that it stays text when it is edited.
    """
    made = Workbook()
    for blank in made.worksheets:
        made.remove(blank)
    for look in dict.fromkeys(cell.look for tab in book.tabs for row in tab.rows for cell in row):
        made.add_named_style(_style(look))
    for tab in book.tabs:
        _fill(made.create_sheet(tab.title), tab)
    made.properties.title = book.title
    made.properties.creator = "auditor"
    made.properties.created = made.properties.modified = book.made_at.replace(tzinfo=None, microsecond=0)
    raw = io.BytesIO()
    made.save(raw)
    return _settled(raw.getvalue(), book.made_at)


def _fill(sheet: Worksheet, tab: Tab) -> None:
    rules: dict[Rule, DataValidation] = {}
    for number, row in enumerate(tab.rows, 1):
        column = 1
        for cell in row:
            slot = _place(sheet, number, column, cell)
            if cell.rule is not None or cell.hint:
                rule = cell.rule or Rule(kind=RuleKind.LENGTH, low=Decimal(0), high=Decimal(_MOST), message=cell.hint)
                rules.setdefault(rule, _validation(rule)).add(slot)
            column += cell.span
        if height := row_height(row, tab.widths):
            sheet.row_dimensions[number].height = height
    for validation in rules.values():
        sheet.add_data_validation(validation)
    for at, width in enumerate(tab.widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    down, right = tab.frozen
    if down or right:
        sheet.freeze_panes = f"{get_column_letter(right + 1)}{down + 1}"
    if tab.protected:
        # Rows may grow for long answers; what is asked may not change.
        sheet.protection.sheet = True
        sheet.protection.formatRows = sheet.protection.formatColumns = False
    if tab.hidden:
        sheet.sheet_state = "hidden"
    _page(sheet, tab.page)


def _place(sheet: Worksheet, row: int, column: int, cell: Cell) -> Slot:
    slot = sheet.cell(row=row, column=column)
    assert isinstance(slot, Slot)
    last = column + cell.span - 1
    if last > column:
        # Joined before they are dressed: afterwards the library would copy every border, side by side.
        sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=last)
        for other in range(column + 1, last + 1):
            _wear(sheet.cell(row=row, column=other), cell.look)
    _write(slot, cell)
    return slot


def _write(slot: Slot, cell: Cell) -> None:
    _wear(slot, cell.look)
    match cell.value:
        case None | "":
            return
        case str(text):
            slot.value = _UNSAFE.sub("\ufffd", text)[:_MOST]
            slot.data_type = "s"
            # Excel's own mark for text: it stays text when somebody edits it.
            slot.quotePrefix = text.startswith(("=", "+", "-", "@", "\t", "\r"))
        case bool():
            raise TypeError("a workbook shows words, not true and false")
        case int() | Decimal():
            slot.value = cell.value
        case datetime() | date():
            slot.value = cell.value.replace(tzinfo=None) if isinstance(cell.value, datetime) else cell.value
            slot.number_format = "dd/mm/yyyy"
    if link := web_address(cell.link):
        slot.hyperlink = link
        slot.font = Font(name=_TIMES, size=12, color="0B4F8A", underline="single")


def _wear(slot: Slot | MergedCell, look: Look) -> None:
    """Give a cell its look, which the workbook holds once: thousands of cells with a style each are slow to write and to open."""
    slot.style = _STYLE.format(look.value)


def _style(look: Look) -> NamedStyle:
    """Give a look as a style that the workbook knows by name."""
    style = NamedStyle(name=_STYLE.format(look.value))
    style.font = Font(
        name=_TIMES,
        size=14 if look is Look.TITLE else 12,
        bold=look in _BOLD,
        italic=look is Look.DATED,
        underline="single" if look is Look.UNDERLINED else None,
    )
    style.alignment = Alignment(
        wrap_text=True,
        vertical="center" if look in _HEAD or look is Look.HEADER else "top",
        horizontal="center" if look in _MIDDLE else "right" if look in _NUMBERS else None,
        indent=1 if look in _NUMBERS else 0,
    )
    if look not in _FRAMELESS:
        style.border = _THIN
    if look in _FILLS:
        style.fill = _FILLS[look]
    style.number_format = _FORMATS.get(look, "General")
    style.protection = Protection(locked=look not in _OPEN)
    return style


def _validation(rule: Rule) -> DataValidation:
    if rule.kind is RuleKind.LIST:
        listed = rule.source or f'"{",".join(rule.choices)}"'
        if not rule.source and (len(listed) > _MOST_LISTED or any("," in word or '"' in word for word in rule.choices)):
            raise ValueError(f"a list of {len(rule.choices)} answers must stand in cells of its own: give their source")
        made = DataValidation(type="list", formula1=listed, allow_blank=True)
    else:
        low, high = _text(rule.low), _text(rule.high)
        made = DataValidation(type=_KINDS[rule.kind], operator="between", formula1=low, formula2=high, allow_blank=True)
    made.promptTitle, made.prompt = rule.title[:32] or None, rule.message[:255] or None
    made.error = rule.refusal[:255] or None
    made.showInputMessage, made.showErrorMessage = bool(rule.message), True
    return made


def _text(bound: Decimal | None) -> str:
    return "0" if bound is None else format(bound, "f")


def _page(sheet: Worksheet, page: Page) -> None:
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.orientation = "landscape" if page.across else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.header = margins.footer = _EDGE
    margins.top, margins.right, margins.bottom, margins.left = (length / _MILLIMETRES for length in page.margins)
    if page.repeat:
        first, last = page.repeat
        sheet.print_title_rows = f"{first}:{last}"
    # An ampersand begins a code in a foot's text; two are one.
    sheet.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(text=_UNSAFE.sub("", page.foot).replace("&", "&&")), right=_HeaderFooterPart(text="&P/&N")
    )


def _settled(raw: bytes, made_at: datetime) -> bytes:
    """Give the same package with one time in every part, so that the same value gives the same bytes."""
    stamp = made_at.timetuple()[:6]
    out = io.BytesIO()
    with ZipFile(io.BytesIO(raw)) as given, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as taken:
        for name in _ordered(given.namelist()):
            body = given.read(name)
            if name == "docProps/core.xml":
                body = _core(body, made_at)
            part = ZipInfo(name, date_time=stamp)
            part.compress_type = ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            taken.writestr(part, body)
    return out.getvalue()


def _ordered(names: Iterable[str]) -> list[str]:
    """What a reader asks for first stands first."""
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", name))


def _core(body: bytes, made_at: datetime) -> bytes:
    """Put our moment of the last change in place of the writer's own."""
    moment = f"{made_at:%Y-%m-%dT%H:%M:%SZ}".encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*(<)", rb"\g<1>" + moment + rb"\g<2>", body)
