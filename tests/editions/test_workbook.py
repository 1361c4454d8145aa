"""Workbooks are written so that text stays text, that people can print them, and that the same value gives the same bytes."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zipfile import ZipFile

import pytest
import time_machine
from openpyxl import load_workbook

from auditor.editions.workbook import write_book
from auditor.model.book import Book, Cell, Look, Page, Rule, RuleKind, Tab

NOW = datetime(2026, 11, 27, 3, 4, 5, 678, tzinfo=UTC)


def book(*rows, **given):
    tab = Tab(title="Biểu", rows=tuple(tuple(row) for row in rows), **given)
    return Book(title="Thử", tabs=(tab,), made_at=NOW)


def opened(made):
    return load_workbook(io.BytesIO(write_book(made)))["Biểu"]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=1", "'=1", "1E5", "true"]
)
def test_no_text_becomes_a_formula_or_a_number(text):
    cell = opened(book([Cell(value=text)]))["A1"]
    assert (cell.data_type, cell.value.strip()) == ("s", text.strip())
    assert cell.quotePrefix is (text[0] in "=+-@\t\r")


def test_the_sheet_s_own_bytes_hold_no_formula():
    with ZipFile(io.BytesIO(write_book(book([Cell(value="=1+1")])))) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_what_xml_cannot_hold_is_shown_as_unreadable_and_long_texts_end():
    sheet = opened(book([Cell(value="a\x00b\x0b\ud800c"), Cell(value="x" * 40_000)]))
    assert (sheet["A1"].value, len(sheet["B1"].value)) == ("a\ufffdb\ufffd\ufffdc", 32_767)


def test_the_same_value_gives_the_same_bytes_whenever_it_is_written():
    made = book([Cell(value="a"), Cell(value=Decimal("1.5"), look=Look.NUMBER), Cell(value=date(2026, 1, 2))])
    first = write_book(made)
    with time_machine.travel(NOW + timedelta(days=3)):
        assert write_book(made) == first


def test_numbers_and_days_stay_what_they_are():
    sheet = opened(book([Cell(value=Decimal("12.345"), look=Look.NUMBER), Cell(value=3), Cell(value=date(2026, 1, 2))]))
    assert (sheet["A1"].value, sheet["A1"].number_format, sheet["B1"].value) == (12.345, "#,##0.00", 3)
    assert (sheet["C1"].value.date(), sheet["C1"].number_format) == (date(2026, 1, 2), "dd/mm/yyyy")


def test_on_a_protected_sheet_only_what_is_to_be_filled_in_is_open():
    sheet = opened(book([Cell(value="hỏi"), Cell(look=Look.INPUT)], protected=True))
    assert (sheet.protection.sheet, sheet["A1"].protection.locked, sheet["B1"].protection.locked) == (True, True, False)


def test_a_list_is_offered_and_its_prompt_shown():
    rule = Rule(kind=RuleKind.LIST, choices=("có", "không"), message="Chọn", refusal="Chỉ có hoặc không")
    [found] = opened(book([Cell(look=Look.INPUT, rule=rule)])).data_validations.dataValidation
    assert (found.type, found.formula1, found.prompt, found.error) == ("list", '"có,không"', "Chọn", "Chỉ có hoặc không")


def test_it_prints_on_a4_in_the_width_of_one_page_with_its_head_on_each():
    sheet = opened(book([Cell(value="a", span=3)], [Cell(value="b")], page=Page(across=True, repeat=(1, 2), foot="Sở A & B")))
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == (9, "landscape", 1)
    assert (sheet.print_title_rows, sheet.oddFooter.left.text) == ("$1:$2", "Sở A && B")
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:C1"]


def test_true_and_false_are_told_in_words():
    with pytest.raises(TypeError, match="words"):
        write_book(book([Cell(value=True)]))


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("https://a.gov.vn/x?y=1#z", True),
        ("http://[2001:db8::1]/", True),
        ("javascript:alert(1)", False),
        ('https://a.test/"><script>', False),
        ("JaVaScRiPt:alert(1)//https://a.test/", False),
        ("https://a.test/ javascript:", False),
        ("https:\\\\a.test", False),
        ("https://user:pass@a.test/", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("\\\\server\\share", False),
        ("https://a.test/" + "x" * 2000, False),
        ("mailto:a@b.test", False),
    ],
)
def test_only_web_addresses_are_links(link, leads):
    cell = opened(book([Cell(value="xem", link=link)]))["A1"]
    assert (cell.hyperlink is not None, cell.value) == (leads, "xem")


def test_a_documents_margins_and_its_head_are_as_asked():
    sheet = opened(
        book(
            [
                Cell(value="TỈNH", look=Look.ISSUER),
                Cell(value="Độc lập", look=Look.UNDERLINED),
                Cell(value="Huế", look=Look.DATED),
            ],
            page=Page(margins=(20, 15, 20, 30)),
        )
    )
    margins = sheet.page_margins
    assert [round(found * 25.4) for found in (margins.top, margins.right, margins.bottom, margins.left)] == [20, 15, 20, 30]
    assert (sheet["A1"].font.b, sheet["B1"].font.b, sheet["B1"].font.u, sheet["C1"].font.i) == (False, True, "single", True)
    assert not any(cell.border.left and cell.border.left.style for cell in sheet[1])


def test_a_row_whose_cells_are_joined_is_as_high_as_its_text_needs():
    sheet = opened(book([Cell(value="chữ " * 30, span=2)], [Cell(value="ngắn")], widths=(20, 20)))
    assert sheet.row_dimensions[1].height >= 3 * 15
    assert sheet.row_dimensions[2].height is None


def test_a_number_to_be_filled_in_is_open_and_no_text():
    sheet = opened(book([Cell(look=Look.FIGURE)], protected=True))
    assert (sheet["A1"].protection.locked, sheet["A1"].number_format) == (False, "General")


def test_a_row_is_as_high_as_its_longest_text_and_never_higher_than_a_row_can_be():
    rows = ([Cell(value="x" * 95, span=2), Cell(value="y")], [Cell(value="z" * 200)], [Cell(value="một\nhai", span=2)])
    sheet = opened(book(*rows, widths=(10, 10, 10)))
    assert [sheet.row_dimensions[row].height for row in (1, 2, 3)] == [98, 409, 34]
