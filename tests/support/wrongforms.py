"""How each wrong form of ``bad/`` comes about: a right one, changed as a person (or somebody worse) would change it.

``python tests/support/wrongforms.py`` writes what the program says of each into its ``expected.txt``, to be read before it is kept.
"""

import io
import shutil
import tempfile
import zipfile
from copy import copy
from datetime import date
from pathlib import Path

from formed import CONFIG, FORM, Office, filled, opened, row_of

from auditor.editions import layout
from auditor.editions.sheet import open_form
from auditor.errors import InputError

BAD = Path(__file__).parents[1] / "declarations" / "bad"

GOOD = {
    "S1": 120, "S2": 400, "S3": 300, "1.1": (95, "https://so-a.test/may"), "1.2": ("Có", "https://so-a.test/mang"), "1.3": 4,
    "1.10": ("cấp phó", None, "QĐ 5/QĐ-STN"), "2.1": ("(tự tính)", "https://so-a.test/ky"), "2.2": ("1,5%", None, "Báo cáo 7"),
    "2.3": "2,5", "2.4": ("chưa có", None, None), "2.5": ("tra cứu, tải mẫu", "https://so-a.test/dvc"),
}  # fmt: skip
HOME = Office()
GOOD["2.4"] = (next(q for q in HOME.questions if q.criterion.id == "2.4").labels["never"], None, None)
WRONG = {}


def wrong(recipe):
    WRONG[recipe.__name__.replace("_", "-")] = recipe
    return recipe


def good(**more):
    return filled(HOME.form(), GOOD, **more)


def but(**cells):
    """Give the good form with other answers: ``but(**{"1.1": 130})``."""
    return filled(HOME.form(), GOOD | cells)


def changed(change):
    """Give the good form after its sheet was changed by hand."""
    return good(change=lambda book: change(book[FORM]))


def parts_of(body):
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return {part.filename: package.read(part) for part in package.infolist()}


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in parts.items():
            package.writestr(name, body)
    return out.getvalue()


def at(name):
    return row_of(opened(HOME.form())[FORM], name)


# Answers


@wrong
def nothing_declared():
    return filled(HOME.form(), {})


@wrong
def nobody_filled_it_in():
    return good(person=""), {"declared_by": ""}


@wrong
def yes_is_no_number():
    return but(**{"1.2": (1, "https://so-a.test/mang")})


@wrong
def a_word_of_no_list():
    return but(**{"1.10": ("cấp trưởng", None, "QĐ 5")})


@wrong
def a_count_with_a_point():
    return but(**{"1.3": "1.250"})


@wrong
def a_count_below_nothing():
    return but(**{"1.3": -1})


@wrong
def a_share_over_the_whole():
    return but(**{"2.2": ("150%", None, "Báo cáo 7")})


@wrong
def a_share_that_excel_made_a_date():
    return but(**{"2.2": (date(2019, 5, 1), None, "Báo cáo 7")})


@wrong
def seconds_with_a_unit():
    return but(**{"2.3": "2,5 giây"})


@wrong
def more_than_there_are():
    return but(**{"1.1": (130, "https://so-a.test/may")})


@wrong
def a_share_of_nothing():
    return but(S1=0)


@wrong
def a_share_without_its_whole():
    return but(S1=None)


@wrong
def a_whole_that_is_no_number():
    return but(S1="120 người")


@wrong
def a_computed_share_over_the_whole():
    return but(S3=500)


@wrong
def no_proof():
    return but(**{"1.1": 95, "1.2": ("Có", None, None)})


@wrong
def a_proof_that_is_no_address():
    return but(**{"1.1": (95, "tủ hồ sơ phòng 3")})


@wrong
def a_proof_of_nothing():
    return but(**{"1.3": (None, "https://so-a.test/may-chu")})


@wrong
def a_formula():
    def change(sheet):
        sheet.cell(row_of(sheet, "1.3"), 7).value = "=2+2"
        sheet.cell(row_of(sheet, "1.2"), 8).value = '=HYPERLINK("https://so-a.test/","xem")'

    return changed(change)


@wrong
def an_error_of_a_formula():
    def change(sheet):
        cell = sheet.cell(row_of(sheet, "1.3"), 7)
        cell.value, cell.data_type = "#REF!", "e"

    return changed(change)


@wrong
def a_note_without_an_end():
    return but(**{"1.3": (4, None, "x" * 2001)})


@wrong
def everything_at_once():
    return but(**{"S1": 0, "1.2": ("có lẽ", "x", None), "1.3": "nhiều", "2.2": ("2", None, None)})


# The form itself


@wrong
def an_edited_label():
    def change(sheet):
        sheet.cell(row_of(sheet, "1.2"), 2).value = "Có mạng không dây"
        sheet.cell(row_of(sheet, "1.3"), 5).value = 20

    return changed(change)


@wrong
def an_edited_code():
    def change(sheet):
        sheet.cell(row_of(sheet, "1.2"), 1).value = "1.20"

    return changed(change)


@wrong
def a_heading_that_names_another_agency():
    def change(sheet):
        sheet.cell(2, 1).value = "SỞ THỨ HAI"

    return changed(change)


def swap(sheet, first, second):
    """Change the places of two rows, as cutting and pasting does."""
    for column in range(1, 10):
        one, other = sheet.cell(first, column), sheet.cell(second, column)
        one.value, other.value = other.value, one.value


@wrong
def two_rows_that_changed_places():
    return changed(lambda sheet: swap(sheet, at("1.2"), at("1.3")))


@wrong
def a_row_moved_to_the_end():
    def change(sheet):
        row, end = row_of(sheet, "2.2"), row_of(sheet, "2.5")
        for here in range(row, end):
            swap(sheet, here, here + 1)

    return changed(change)


@wrong
def a_row_taken_out():
    return changed(lambda sheet: without(sheet, at("1.3")))


def without(sheet, row):
    """Delete a row; openpyxl leaves joined cells behind, Excel does not."""
    moved = [copy(area) for area in sheet.merged_cells.ranges]
    for area in moved:
        sheet.unmerge_cells(str(area))
    sheet.delete_rows(row)
    for area in moved:
        if area.min_row != row:
            area.shift(row_shift=-1 if area.min_row > row else 0)
            sheet.merge_cells(str(area))


@wrong
def a_row_put_in():
    def change(sheet):
        moved = [copy(area) for area in sheet.merged_cells.ranges]
        for area in moved:
            sheet.unmerge_cells(str(area))
        sheet.insert_rows(at("1.3"))
        sheet.cell(at("1.3"), 2).value = "Số máy quét"
        for area in moved:
            area.shift(row_shift=1 if area.min_row >= at("1.3") else 0)
            sheet.merge_cells(str(area))

    return changed(change)


@wrong
def a_row_copied_below():
    def change(sheet):
        for column in range(1, 10):
            sheet.cell(sheet.max_row + (column == 1), column).value = sheet.cell(at("1.2"), column).value

    return changed(change)


@wrong
def joined_answers():
    return changed(lambda sheet: sheet.merge_cells(f"G{at('1.2')}:G{at('1.3')}"))


@wrong
def a_hidden_row():
    def change(sheet):
        sheet.row_dimensions[at("1.3")].hidden = True

    return changed(change)


@wrong
def a_hidden_column():
    def change(sheet):
        sheet.column_dimensions["I"].hidden = True

    return changed(change)


@wrong
def a_cell_beside_the_form():
    def change(sheet):
        sheet.cell(at("1.2"), 12).value = "xem lại"
        sheet.cell(2000, 1).value = "lạc"

    return changed(change)


@wrong
def text_where_nothing_is_asked():
    def change(sheet):
        sheet.cell(at("2.1"), 7).value = "75%"

    return changed(change)


@wrong
def another_sheet():
    return good(change=lambda book: book.create_sheet("Bản nháp").append(["x"]))


@wrong
def the_sheet_renamed():
    def change(book):
        book[FORM].title = "Nộp"

    return good(change=change)


@wrong
def the_hidden_sheet_taken_out():
    return good(change=lambda book: book.remove(book["Kiểm soát"]))


@wrong
def the_hidden_sheet_changed():
    def change(book):
        book["Kiểm soát"]["B4"].value = "so-b"

    return good(change=change)


@wrong
def the_form_taken_out():
    return good(change=lambda book: book.remove(book[FORM]))


# Of somebody or something else


@wrong
def another_agency():
    return good(), {"agency": "so-b"}


@wrong
def an_agency_that_is_not_there():
    return filled(_other("agencies.csv", "huyen-c,", "so-x,Sở X,Department X,1,,,,\nhuyen-c,", "so-x").form(), GOOD)


@wrong
def another_group():
    return filled(_other("agencies.csv", "Department,1,,,,", "Department,2,,,,", "so-a").form(), {"1.3": 4})


@wrong
def another_edition():
    return filled(_other("editions/thu.toml", 'id = "thu"\n', 'id = "khac"\n', "so-a", edition="khac").form(), GOOD)


@wrong
def an_older_edition():
    """Of the form that was sent out, a criterion has gone since, one came, and one is worth something else."""
    return filled(_other("editions/thu.toml", OLD, NEW, "so-a").form(), {"1.3": 4})


OLD = 'title = "Số máy chủ"\ngroups = ["1", "2"]\nmax_points = "2"'
NEW = 'title = "Số máy chủ vật lý"\ngroups = ["1", "2"]\nmax_points = "4"'


@wrong
def an_older_edition_with_other_criteria():
    return filled(_other("editions/thu.toml", 'id = "1.3"', 'id = "1.4"', "so-a").form(), {"1.4": 4})


@wrong
def a_form_of_another_version_of_the_program():
    class Sooner(Office):
        def book(self, before=()):
            kept = layout.YES
            layout.YES = "Đúng"
            try:
                return super().book(before)
            finally:
                layout.YES = kept

    return filled(Sooner().form(), GOOD)


def _other(file, old, new, code, edition="thu"):
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        shutil.copytree(CONFIG, config)
        path = config / file
        text = path.read_text("utf-8")
        assert old in text
        (config / file.replace("thu", edition)).write_text(text.replace(old, new, 1), "utf-8")
        return Office(config, edition, code)


# Files that must not be opened


@wrong
def a_workbook_with_macros():
    return packed(parts_of(good()) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@wrong
def a_workbook_with_macros_by_its_name():
    return good(), {"name": "phieu.xlsm"}


@wrong
def links_to_another_file():
    return packed(parts_of(good()) | {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


@wrong
def an_entity_bomb():
    parts = parts_of(good())
    name = "xl/sharedStrings.xml"
    bomb = b'<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return packed(parts | {name: parts.get(name, b"<sst/>").replace(b"<sst", bomb + b"<sst", 1)})


@wrong
def a_zip_bomb():
    return packed(parts_of(good()) | {"xl/media/image1.xml": b"\0" * (60 * 1024 * 1024)})


@wrong
def very_many_cells():
    sheet = "xl/worksheets/sheet1.xml"
    parts = parts_of(good())
    row = b"<row>" + b"<c/>" * 300_001 + b"</row></sheetData>"
    return packed(parts | {sheet: parts[sheet].replace(b"</sheetData>", row)})


@wrong
def very_deep_styles():
    deep = b"<styleSheet>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</styleSheet>"
    return packed(parts_of(good()) | {"xl/styles.xml": deep})


@wrong
def very_many_sheets():
    return good(change=lambda book: [book.create_sheet(f"S{number}") for number in range(20)])


@wrong
def a_sheet_whose_rows_go_back():
    sheet = "xl/worksheets/sheet1.xml"
    parts = parts_of(good())
    body = parts[sheet]
    return packed(parts | {sheet: body.replace(b"</sheetData>", b'<row r="3"><c r="G3"><v>7</v></c></row></sheetData>')})


@wrong
def an_old_excel_file_renamed():
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096


@wrong
def a_file_with_a_password():
    body = bytearray(good())
    start = 0
    while (start := body.find(b"PK\x01\x02", start)) >= 0:
        body[start + 8] |= 1
        start += 4
    return bytes(body)


@wrong
def an_opendocument_file_renamed():
    return packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<office:document-content/>"})


@wrong
def half_a_file():
    body = good()
    return body[: len(body) // 2]


@wrong
def a_file_over_the_limit():
    return good() + b"\0" * (50 * 1024 * 1024)


def made(name):
    """Give a wrong form's bytes and what its import is told beside."""
    folder = BAD / name
    files = sorted(folder.glob("form.*"))
    found = files[0].read_bytes() if files else WRONG[name]()
    return found if isinstance(found, tuple) else (found, {})


def told(name, folder):
    """Say what the program says of a wrong form that lies in a folder."""
    body, given = made(name)
    path = folder / given.pop("name", "phieu.xlsx")
    path.write_bytes(body)
    try:
        form = open_form(path)
    except InputError as exc:
        return [str(problem) for problem in exc.problems]
    return HOME.problems(form.body, form.name, **given)


if __name__ == "__main__":
    for one in sorted({*WRONG, *(path.name for path in (BAD).iterdir())}):
        with tempfile.TemporaryDirectory() as folder:
            lines = told(one, Path(folder))
        (BAD / one).mkdir(exist_ok=True, parents=True)
        (BAD / one / "expected.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        print(one, *lines, sep="\n    ")
