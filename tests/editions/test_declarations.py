"""Declarations come in whole or not at all: every mistake in a form is named by row and column, in Vietnamese."""

import io
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from province import criterion, edition, proof, registry

from auditor.editions import package
from auditor.editions.answers import Refused, read_answer
from auditor.editions.declarations import read_declarations
from auditor.editions.given import Given
from auditor.editions.sheet import MAX_BYTES, open_form
from auditor.errors import InputError
from auditor.model.edition import Heading, Source
from auditor.model.reading import Kind, Measure, fits
from auditor.model.scale import Count, Ratio, Steps, Table

HEADER = ["agency", "criterion", "value", "evidence_link", "note"]
NOW = datetime(2019, 1, 10, 3, tzinfo=UTC)
D = Decimal
MEASURES = {
    m.id: m
    for m in (
        Measure(id="services.online_share", kind=Kind.SHARE, meaning="x"),
        Measure(id="freshness.news", kind=Kind.DAYS, words=("never", "undated"), meaning="x"),
        Measure(id="tls.trusted", kind=Kind.BOOLEAN, meaning="x"),
    )
}
KINDS = [Measure(id=f"a.{kind}", kind=kind, words=("một phần",) if kind is Kind.WORD else (), meaning="x") for kind in Kind]
FULL = Table(table={"đầy đủ": D(2), "một phần": D(1), "không": D(0)})
ALL = ("1", "2")


def declared(id, kind, scale, **more):
    return criterion(id, source=Source.DECLARED, declared_kind=kind, scale=scale, **{"groups": ALL, **more})


EDITION = edition(
    declared("1.1", "boolean", criterion().scale),
    declared("1.2", "share", Ratio()),
    declared("1.3", "count", Count(each=D("0.5"))),
    declared("1.4", "word", FULL, declared_words=("không", "một phần", "đầy đủ")),
    declared("1.10", "boolean", criterion().scale),
    declared("2.1", "boolean", criterion().scale, groups=("2",)),
    declared("2.2", "seconds", Steps(steps=())),
    declared("2.3", "boolean", criterion().scale, exempt=("so-a",), exempt_because="Sở không có việc này"),
    declared("2.4", "boolean", criterion().scale, valid_from=date(2019, 6, 1)),
    criterion("3.1", source=Source.MEASURED, measure="tls.trusted", groups=ALL),
    criterion("3.2", source=Source.MEASURED_CAPS_DECLARED, measure="services.online_share", scale=Ratio(), groups=ALL),
    criterion("3.3", source=Source.LOWER_OF, measure="freshness.news", scale=Steps(steps=()), groups=ALL),
    criterion("3.4", source=Source.LOWER_OF, measure="tls.gone", groups=ALL),
    headings=(Heading(id="1.a", area="portal", title="Trang thiết bị", points={}),),
)
REGISTRY = registry("so-a", "so-b", "huyen-c")


def read(path):
    return list(read_declarations(open_form(path), given()).declarations)


def given(law=EDITION):
    return Given(
        edition=law,
        registry=REGISTRY,
        measures=MEASURES,
        imported_at=NOW,
        day=NOW.date(),
        proof=proof("tệp"),
        declared_by="Nguyễn A",
    )


def problems_of(path):
    with pytest.raises(InputError) as caught:
        read(path)
    return [str(problem) for problem in caught.value.problems]


def csv_file(tmp_path, *rows, header=HEADER, mark=",", encoding="utf-8", end="\n"):
    path = tmp_path / "form.csv"
    lines = [header, *rows]
    path.write_bytes(end.join(mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in lines).encode(encoding))
    return path


def xlsx_file(tmp_path, *rows, header=HEADER, change=lambda book: None):
    book = Workbook()
    for row in [header, *rows]:
        book.active.append(row)
    change(book)
    path = tmp_path / "form.xlsx"
    book.save(path)
    book.close()
    return path


def rewritten(path, change):
    """Write every part of a package again, as `change` of its name and bytes gives it."""
    with zipfile.ZipFile(path) as package_:
        parts = [(part.filename, package_.read(part)) for part in package_.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package_:
        for name, body in parts:
            package_.writestr(name, change(name, body))
    return path


def one(tmp_path, id, text):
    return read(csv_file(tmp_path, ["so-a", id, text, "", ""]))[0].value


# What is taken


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_form_is_read_with_either_mark_with_or_without_a_byte_order_mark(tmp_path, encoding, mark, end):
    rows = [["so-a", "1.2", "0,85", "https://a.test/x?y=1,2;3", "đã đếm"], ["so-b", "1.1", "có", "", ""]]
    path = csv_file(tmp_path, *rows, mark=mark, encoding=encoding, end=end)
    if mark == ";":
        path.write_bytes(path.read_bytes().replace(b"1,2;3", b"1,2"))
    first, second = read(path)
    assert (first.agency, first.edition, first.criterion, first.value, first.note) == ("so-a", "e", "1.2", D("0.85"), "đã đếm")
    assert first.evidence_link.startswith("https://a.test/x")
    assert (second.agency, second.value) == ("so-b", True)
    assert (first.declared_by, first.imported_at) == ("Nguyễn A", NOW)


def test_each_declaration_points_at_its_row_in_the_kept_file(tmp_path):
    rows = [["so-a", "1.1", "có", "", ""], ["", "", "", "", ""], ["so-b", "1.1", "không", "", ""]]
    assert [d.proof.passage for d in read(csv_file(tmp_path, *rows))] == ["dòng 2", "dòng 4"]
    found = read(xlsx_file(tmp_path, *rows))
    assert [d.proof.passage for d in found] == ['trang tính "Sheet", dòng 2', 'trang tính "Sheet", dòng 4']
    assert {d.proof.digest for d in found} == {proof("tệp").digest}


def test_an_xlsx_form_keeps_its_types(tmp_path):
    rows = [
        ["so-a", "1.1", True], ["so-a", "1.2", 0.85], ["so-a", "1.3", 12], ["so-a", "1.4", " Đầy đủ "], ["so-b", "1.2", "85%"],
        ["so-b", "1.3", 0], ["so-b", "2.2", 0.00001], ["huyen-c", "1.2", 1], ["huyen-c", "1.3", 1200.0],
    ]  # fmt: skip
    values = [d.value for d in read(xlsx_file(tmp_path, *rows))]
    assert values == [True, D("0.85"), 12, "đầy đủ", D("0.85"), 0, D("0.00001"), D(1), 1200]
    assert [type(value) for value in values] == [bool, D, int, str, D, int, D, D, int]


def test_vietnamese_headers_in_any_order_and_case_are_understood(tmp_path):
    header = ["Giá trị", "TIÊU CHÍ", "Cơ quan", "Ghi chú", "Minh chứng"]
    found = read(csv_file(tmp_path, ["có", "1.1", "so-a", "ghi", "https://a.test/"], header=header))
    assert (found[0].agency, found[0].value, found[0].note, found[0].evidence_link) == ("so-a", True, "ghi", "https://a.test/")


def test_link_and_note_may_be_left_out(tmp_path):
    assert read(csv_file(tmp_path, ["so-a", "1.1", "có"], header=HEADER[:3]))[0].evidence_link == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [("có", True), ("Có", True), ("CO", True), ("true", True), ("TRUE", True), ("yes", True),
     ("không", False), ("Khong", False), ("false", False), ("no", False)],
)  # fmt: skip
def test_yes_and_no_are_understood_in_both_languages(tmp_path, text, value):
    assert one(tmp_path, "1.1", text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,85", "0.85"),
        ("0.85", "0.85"),
        ("85%", "0.85"),
        ("85,5 %", "0.855"),
        ("0", "0"),
        ("1", "1"),
        ("100%", "1"),
        ("0%", "0"),
    ],
)
def test_shares_are_read_with_a_comma_a_point_or_a_percent_sign(tmp_path, text, value):
    assert one(tmp_path, "1.2", text) == D(value)


def test_composed_and_decomposed_words_are_one(tmp_path):
    assert one(tmp_path, "1.4", "mo\u0323\u0302t   PHA\u0302\u0300N") == "một phần"
    assert one(tmp_path, "1.4", "day du") == "đầy đủ"


def test_a_criterion_that_is_also_measured_takes_its_measures_values(tmp_path):
    assert one(tmp_path, "3.2", "50%") == D("0.5")
    assert one(tmp_path, "3.3", "never") == "never"
    assert one(tmp_path, "3.3", "-2") == -2


def test_an_agency_is_in_its_group_of_the_editions_time(tmp_path):
    assert read(csv_file(tmp_path, ["huyen-c", "2.1", "có", "", ""]))[0].agency == "huyen-c"


@examples(text=st.text(max_size=12) | st.from_regex(r"[+-]?[0-9]{0,4}[.,]?[0-9]{0,4} ?%?"), measure=st.sampled_from(KINDS))
def test_whatever_is_written_is_either_a_value_that_fits_or_refused(text, measure):
    with suppress(Refused):
        assert fits(measure, read_answer(text, measure)) is None


# What is refused, by row and column


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["so-aa", "1.1", "có"], 'cột agency: không có cơ quan nào mang mã "so-aa" (có phải "so-a"?)'),
        (["Huyen-C", "1.1", "có"], 'cột agency: không có cơ quan nào mang mã "Huyen-C" (hãy ghi mã "huyen-c")'),
        (["so-a", "1.11", "có"], 'cột criterion: không có tiêu chí "1.11" (có phải "1.1"?)'),
        (["so-a", "1.a", "có"], 'cột criterion: "1.a" chỉ cộng điểm các tiêu chí bên dưới, không tự khai'),
        (["so-a", "2.1", "có"], 'cột criterion: tiêu chí "2.1" không áp dụng cho nhóm 1 của "so-a"'),
        (["so-a", "2.3", "có"], 'cột criterion: tiêu chí "2.3" không áp dụng cho "so-a". Lý do: Sở không có việc này'),
        (["so-a", "2.4", "có"], 'cột criterion: tiêu chí "2.4" không thuộc bộ tiêu chí của ngày 10/01/2019'),
        (["so-a", "3.1", "có"], 'cột criterion: tiêu chí "3.1" do hệ thống đo, không tự khai'),
        (["so-a", "3.4", "có"], 'cột criterion: tiêu chí "3.4" cần phép đo "tls.gone" nhưng hệ thống chưa có'),
        (["so-a", "1.1", ""], "cột value: để trống"),
        (["", "1.1", "có"], "cột agency: để trống"),
        (["so-a", "", "có"], "cột criterion: để trống"),
        (["so-a", "1.1", "1"], 'cột value: "1" không dùng được: hãy ghi "có" hoặc "không"'),
        (["so-a", "1.4", "đầy"], 'cột value: "đầy" không dùng được: hãy ghi một trong các từ "không", "một phần", "đầy đủ" (có phải "đầy đủ"?)'),
        (["so-a", "3.3", "hôm qua"], 'cột value: "hôm qua" không dùng được: hãy ghi số ngày là một số nguyên, hoặc một trong các từ "never", "undated"'),
        (["so-a", "1.1", "=1+1"], "cột value: là công thức: hãy dán giá trị (Paste Values) thay cho công thức"),
        (["so-a", "1.1", "có", "", "=HYPERLINK(1)"], "cột note: là công thức: hãy dán giá trị (Paste Values) thay cho công thức"),
        (["so-a", "1.1", "có", "", "x" * 2001], "cột note: dài hơn 2000 ký tự"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_row_column_and_what_to_write(tmp_path, row, expected):
    row = [*row, *[""] * (5 - len(row))]
    good = ["so-b", "1.1", "có", "", ""]
    assert problems_of(csv_file(tmp_path, good, row)) == [f"form.csv: dòng 3, {expected}"]
    if "Paste Values" not in expected:
        assert problems_of(xlsx_file(tmp_path, good, row)) == [f"form.xlsx: dòng 3, {expected}"]


@pytest.mark.parametrize("text", ["85", "1.01", "-0,1", "101%", "0,8,5", "1.234,5", "NaN", "1e-1", "Infinity", "٠", "0,85 lần"])
def test_a_share_out_of_range_or_of_another_form_is_refused(tmp_path, text):
    (problem,) = problems_of(csv_file(tmp_path, ["so-a", "1.2", text, "", ""]))
    assert problem.startswith(f'form.csv: dòng 2, cột value: "{text}" không dùng được: hãy ghi tỷ lệ từ 0 đến 1')


@pytest.mark.parametrize("text", ["12.000", "12,0", "-1", "12 máy", "50%", "1_000", "có", "9" * 16])
def test_a_count_is_a_whole_number_without_marks_that_could_mean_two_things(tmp_path, text):
    (problem,) = problems_of(csv_file(tmp_path, ["so-a", "1.3", text, "", ""]))
    assert problem.startswith(f'form.csv: dòng 2, cột value: "{text}" không dùng được: hãy ghi một số nguyên')


@pytest.mark.parametrize(
    "link",
    ["a.test/x", "ftp://a.test/", "javascript:alert(1)", "https://", "https://a.test/a b", "http://[::1/", "file:///etc/x"],
)
def test_evidence_is_a_web_address_or_nothing(tmp_path, link):
    (problem,) = problems_of(csv_file(tmp_path, ["so-a", "1.1", "có", link, ""]))
    assert problem.startswith(f'form.csv: dòng 2, cột evidence_link: "{link}" không phải địa chỉ web')


def test_all_problems_of_a_form_come_at_once_and_nothing_is_taken(tmp_path):
    rows = [
        ["so-a", "1.1", "có", "", ""],
        ["so-x", "9.9", "?", "x", ""],
        ["so-a", "1.1", "không", "", ""],
        ["so-b", "1.2", "85", "y", ""],
    ]
    found = problems_of(csv_file(tmp_path, *rows))
    assert [line.split(": ")[1] for line in found] == [
        "dòng 3, cột agency", "dòng 3, cột criterion", "dòng 3, cột evidence_link", "dòng 4", "dòng 5, cột value",
        "dòng 5, cột evidence_link",
    ]  # fmt: skip
    assert found[3] == 'form.csv: dòng 4: "so-a" đã khai tiêu chí "1.1" ở dòng 2'


def test_a_problem_names_the_column_as_the_form_does(tmp_path):
    header = ["Cơ quan", "Tiêu chí", "Giá trị"]
    assert problems_of(csv_file(tmp_path, ["so-a", "1.1", "?"], header=header))[0].startswith("form.csv: dòng 2, cột Giá trị: ")


def test_missing_unknown_and_doubled_columns_are_named(tmp_path):
    header = ["agency", "criterium", "value", "giá trị", "điểm"]
    assert problems_of(csv_file(tmp_path, ["so-a", "1.1", "có", "", ""], header=header)) == [
        'form.csv: dòng 1: không có cột nào tên "criterium" (có phải "criterion"?)',
        'form.csv: dòng 1: cột "giá trị" trùng với cột "value"',
        'form.csv: dòng 1: không có cột nào tên "điểm"',
        'form.csv: dòng 1: thiếu cột "criterion" (tiêu chí)',
    ]


def test_a_value_beside_the_columns_is_not_overlooked(tmp_path):
    assert problems_of(csv_file(tmp_path, ["so-a", "1.1", "có", "", "", "lạc"])) == [
        'form.csv: dòng 2: ô thứ 6 ("lạc") không nằm dưới cột nào'
    ]


@pytest.mark.parametrize(
    ("body", "what"), [(b"", "tệp trống"), (b"\n\n", "tệp trống"), (b"agency,criterion,value\n", "không có dòng tự khai nào")]
)
def test_a_form_without_rows_is_refused(tmp_path, body, what):
    path = tmp_path / "form.csv"
    path.write_bytes(body)
    assert what in problems_of(path)[0]


def test_a_csv_file_that_is_not_utf8_is_refused_with_its_line(tmp_path):
    path = csv_file(tmp_path, ["so-a", "1.1", "có", "", ""])
    path.write_bytes(path.read_bytes() + "\nso-b,1.1,có,,".encode("utf-16-le"))
    path.write_bytes(path.read_bytes() + b"\xff\xfe")
    assert problems_of(path) == ["form.csv: dòng 3: không phải UTF-8: hãy lưu lại dạng CSV UTF-8"]


def test_open_quotes_in_a_csv_file_are_refused(tmp_path):
    path = tmp_path / "form.csv"
    path.write_text('agency,criterion,value\nso-a,1.1,"có\n', "utf-8")
    assert "không đọc được như CSV" in problems_of(path)[0]


@pytest.mark.parametrize("name", ["form.xls", "form.ods", "form", "form.xlsm"])
def test_other_kinds_of_files_are_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"agency,criterion,value\nso-a,1.1,yes\n")
    assert "hãy lưu thành .xlsx hoặc .csv" in problems_of(path)[0]


def test_a_file_that_is_not_there_is_a_problem_of_the_file(tmp_path):
    assert "không mở được tệp" in problems_of(tmp_path / "none.csv")[0]


# XLSX


def shared(path, text):
    """Move the text of C2 into a table of shared strings, as Excel itself keeps texts."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"

    def change(name, body):
        if name == "[Content_Types].xml":
            entry = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
        elif name == "xl/_rels/workbook.xml.rels":
            entry = f'<Relationship Id="rId99" Type="{link}" Target="sharedStrings.xml"/></Relationships>'
        elif name.startswith("xl/worksheets/"):
            inline = b'<c r="C2" t="inlineStr"><is><t>?</t></is></c>'
            assert inline in body
            return body.replace(inline, b'<c r="C2" t="s"><v>0</v></c>')
        else:
            return body
        return body[: body.rfind(b"</")] + entry.encode()

    rewritten(path, change)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}"><si>{text}</si></sst>')
    return path


def test_texts_that_excel_shares_between_cells_are_read(tmp_path):
    path = shared(xlsx_file(tmp_path, ["so-a", "1.4", "?"]), "<r><t>đầy </t></r><r><t>đủ</t></r>")
    assert read(path)[0].value == "đầy đủ"
    path = shared(xlsx_file(tmp_path, ["so-a", "1.4", "?"]), f"<t>{'x' * 3_000_000}</t>")
    assert problems_of(path) == ["form.xlsx: dòng 2, cột value: dài hơn 2000 ký tự"]


def test_an_id_that_excel_made_a_number_is_taken_only_when_it_can_mean_one_criterion(tmp_path):
    assert read(xlsx_file(tmp_path, ["so-a", 1.2, 1]))[0].criterion == "1.2"
    (problem,) = problems_of(xlsx_file(tmp_path, ["so-a", 1.1, "có"]))
    assert problem == (
        'form.xlsx: dòng 2, cột criterion: Excel đã đổi mã thành số 1.1, không rõ là "1.1" hay "1.10": '
        "hãy định dạng ô là Văn bản (Text) rồi gõ lại"
    )


def test_formulas_dates_and_errors_in_cells_are_refused(tmp_path):
    def error(book):
        book.active["C4"].data_type = "e"

    rows = [["so-a", "1.3", "=1+1"], ["so-a", "1.2", date(2019, 1, 2)], ["so-a", "1.1", "#N/A"]]
    found = problems_of(xlsx_file(tmp_path, *rows, change=error))
    assert [line.split(": ", 1)[1] for line in found] == [
        "dòng 2, cột value: là công thức: hãy dán giá trị (Paste Values) thay cho công thức",
        "dòng 3, cột value: là ngày, giờ của Excel: hãy định dạng ô là Văn bản (Text) rồi gõ lại",
        "dòng 4, cột value: báo lỗi #N/A: hãy gõ lại giá trị",
    ]


def test_merged_cells_are_refused_with_their_row(tmp_path):
    path = xlsx_file(tmp_path, ["so-a", "1.1", "có"], ["so-b", "1.1", "có"], change=lambda book: book.active.merge_cells("D2:D3"))
    assert problems_of(path) == ["form.xlsx: dòng 2: có ô gộp D2:D3: hãy bỏ gộp ô (Unmerge) và điền từng ô"]


@pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
def test_another_sheet_is_refused_even_a_hidden_one(tmp_path, state):
    def more(book):
        book.create_sheet("Hướng dẫn").sheet_state = state

    assert problems_of(xlsx_file(tmp_path, ["so-a", "1.1", "có"], change=more)) == [
        'form.xlsx: chỉ nhận tệp có đúng một trang tính; hãy xóa trang khác: "Hướng dẫn"'
    ]


def test_empty_cells_that_were_only_coloured_are_nothing(tmp_path):
    def colour(book):
        for row in range(1, 40):
            book.active.cell(row=row, column=40).fill = PatternFill("solid", fgColor="FFEE00")
        book.active.cell(row=6000, column=2).fill = PatternFill("solid", fgColor="FFEE00")

    assert len(read(xlsx_file(tmp_path, ["so-a", "1.1", "có"], change=colour))) == 1


@pytest.mark.parametrize("place", ["A5001", "AY2"])
def test_a_value_beyond_what_is_read_is_not_overlooked(tmp_path, place):
    def far(book):
        book.active[place] = "so-b"

    assert "nằm ngoài 5000 dòng, 50 cột đầu" in problems_of(xlsx_file(tmp_path, ["so-a", "1.1", "có"], change=far))[0]


def test_cells_without_references_are_counted_all_the_same(tmp_path):
    path = xlsx_file(tmp_path, *[["so-a", "1.1", "có"] for _ in range(5001)])

    def bare(name, body):
        if not name.startswith("xl/worksheets/"):
            return body
        text = body.decode()
        for letter in "ABC":
            text = "".join(part.split('"', 1)[1] if number else part for number, part in enumerate(text.split(f' r="{letter}')))
        return text.replace("<row r=", "<row x=").encode()

    assert "nằm ngoài 5000 dòng" in problems_of(rewritten(path, bare))[0]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"agency,criterion,value\n", "không phải tệp .xlsx"),
        (b"PK\x03\x04 and then nothing", "không phải tệp .xlsx"),
        (b"", "không phải tệp .xlsx"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "là tệp Excel đời cũ hoặc có mật khẩu"),
    ],
)
def test_a_file_that_is_no_package_is_refused(tmp_path, body, what):
    path = tmp_path / "form.xlsx"
    path.write_bytes(body)
    (problem,) = problems_of(path)
    assert what in problem


def test_a_package_that_holds_no_workbook_is_refused(tmp_path):
    path = tmp_path / "form.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "x")
    assert "không đọc được như bảng tính Excel" in problems_of(path)[0]


def test_no_cut_of_a_form_is_taken_or_crashes(tmp_path):
    whole = xlsx_file(tmp_path, ["so-a", "1.1", "có"]).read_bytes()
    path = tmp_path / "cut.xlsx"
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        assert problems_of(path)


def test_no_broken_part_of_a_form_crashes(tmp_path):
    whole = xlsx_file(tmp_path, ["so-a", "1.1", "có"]).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names = archive.namelist()
    for broken in (
        b"",
        b"<",
        b"\0\1\2",
        b"<a/>",
        b'<?xml version="1.0"?><worksheet><sheetData><row r="x"><c r="1"/></row></sheetData></worksheet>',
    ):
        for wanted in names:
            path = tmp_path / "broken.xlsx"
            path.write_bytes(whole)
            rewritten(path, lambda name, body, wanted=wanted, broken=broken: broken if name == wanted else body)
            with suppress(InputError):
                assert [(d.agency, d.value) for d in read(path)] == [("so-a", True)]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = xlsx_file(tmp_path, ["so-a", "1.1", "có"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.xml", b"\0" * (package.MAX_UNPACKED + 1))
    assert path.stat().st_size < 100_000

    def never(*_):
        raise AssertionError("unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    assert problems_of(path) == ["form.xlsx: giải nén ra quá 32 MB hoặc quá 500 phần"]


def test_a_package_of_very_many_parts_is_refused(tmp_path):
    path = xlsx_file(tmp_path, ["so-a", "1.1", "có"])
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(500):
            archive.writestr(f"x/{number}", b"")
    assert problems_of(path) == ["form.xlsx: giải nén ra quá 32 MB hoặc quá 500 phần"]


def test_styles_and_cells_that_would_fill_the_memory_are_refused(tmp_path):
    path = xlsx_file(tmp_path, ["so-a", "1.1", "có"])
    many = b"<xf/>" * 300_000
    styled = rewritten(path, lambda name, body: body.replace(b"</cellXfs>", many + b"</cellXfs>") if "styles" in name else body)
    assert "phần xl/styles.xml quá lớn" in problems_of(styled)[0]
    path = xlsx_file(tmp_path, ["so-a", "1.1", "có"])
    cells = b"<row>" + b"<c/>" * 300_001 + b"</row></sheetData>"
    filled = rewritten(path, lambda name, body: body.replace(b"</sheetData>", cells) if "worksheets" in name else body)
    assert "có quá nhiều ô" in problems_of(filled)[0]


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_a_part_with_a_doctype_is_refused(tmp_path, code):
    text = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst>&b;</sst>'
    head = f'<?xml version="1.0" encoding="{code}"?>'
    path = xlsx_file(tmp_path, ["so-a", "1.1", "có"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", (head + text).encode(code))
    assert problems_of(path) == ["form.xlsx: phần xl/sharedStrings.xml khai báo DOCTYPE, điều một bảng tính không có"]


def test_a_form_with_macros_or_a_password_is_refused(tmp_path):
    path = xlsx_file(tmp_path, ["so-a", "1.1", "có"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert problems_of(path) == ["form.xlsx: chứa macro: hãy lưu lại thành .xlsx không có macro"]
    path = xlsx_file(tmp_path, ["so-a", "1.1", "có"])
    body = bytearray(path.read_bytes())
    at = body.rfind(b"PK\x01\x02")
    body[at + 8] |= 1
    path.write_bytes(bytes(body))
    assert problems_of(path) == ["form.xlsx: có mật khẩu: hãy bỏ mật khẩu rồi gửi lại"]


def test_a_file_over_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "form.csv"
    path.write_bytes(b"agency,criterion,value\n" + b"so-a,1.1,yes\n" * 400_000)
    assert problems_of(path) == ["form.csv: tệp lớn hơn 4 MB"]


def test_a_file_of_just_the_limit_is_read_and_one_without_an_end_is_not(tmp_path):
    path = tmp_path / "form.csv"
    path.write_bytes(b"x" * MAX_BYTES)
    assert len(open_form(path).body) == MAX_BYTES
    with pytest.raises(InputError, match="zero: tệp lớn hơn 4 MB"):
        open_form(Path("/dev/zero"))


def test_values_come_from_the_bytes_that_were_read_whatever_becomes_of_the_file(tmp_path):
    path = csv_file(tmp_path, ["so-a", "1.3", "1", "", ""])
    form = open_form(path)
    csv_file(tmp_path, ["so-a", "1.3", "2", "", ""])
    first = read_declarations(form, given())
    assert [row.value for row in first.declarations] == [1]
    path.unlink()
    assert form.body.endswith(b"so-a,1.3,1,,")


@pytest.mark.parametrize("body", [b"agency,criterion,value\n" + b"\n" * 6000, b"," * 60])
def test_a_csv_file_too_long_or_too_wide_is_refused(tmp_path, body):
    path = tmp_path / "form.csv"
    path.write_bytes(body)
    assert "có quá 5000 dòng hoặc 50 cột" in problems_of(path)[0]
