"""The council at the command line: explain, appraise on a sheet, take back, read the journal, prove it."""

import pytest
from commands import auditor
from openpyxl import load_workbook

pytestmark = pytest.mark.slow
AGENCY = "so-mau-y-te"


def failing(data):
    """Give a criterion of which the agency lacks points by what was measured."""
    rows = [
        row for group in auditor("rank", "--json", "--data", data).json["groups"] for row in (*group["rows"], *group["unranked"])
    ]
    marks = next(row["marks"] for row in rows if row["agency"] == AGENCY)
    return next(
        mark
        for mark in marks
        if mark["origin"] == "measured"
        and mark["measured"] == "missing"
        and mark["kind"] == "points"
        and mark["points"] != mark["max"]
    )


def test_from_an_explanation_to_the_councils_value_and_back(data, tmp_path):
    mark = failing(data)
    criterion = mark["criterion"]

    def run(*words, code=0):
        done = auditor(*words, "--data", data)
        assert done.code == code, done.err
        return done

    said = ["--text", "Đang chờ kinh phí", "--expires", "2999-12-31", "--person", "Trần Thị B"]
    assert "không thay đổi điểm" in run("explanation", "add", AGENCY, criterion, *said).out
    assert "[đang có hiệu lực]" in run("explanation", "list", "--agency", AGENCY).out
    run("explanation", "withdraw", AGENCY, criterion, "--reason", "đã sửa", "--person", "Trần Thị B")
    assert run("explanation", "list", "--json").json[0]["standing"] == "withdrawn"

    [path] = run("appraise", "export", "--agency", AGENCY, "--out", tmp_path, "--json").json["files"]
    book = load_workbook(path)
    sheet = book["Thẩm định"]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet[f"B{row}"].value == criterion)
    sheet[f"L{row}"] = "không biết"
    book.save(path)
    wrong = run("appraise", "import", path, code=1)
    assert f'trang tính "Thẩm định", ô L{row}: "không biết" không dùng được' in wrong.err
    assert run("appraise", "list").out == "Chưa có giá trị thẩm định nào.\n"
    for letter, text in zip("LMNO", ("có nội dung", "đã kiểm tra", "BB 01", "Bà C"), strict=True):
        sheet[f"{letter}{row}"] = text
    book.save(path)
    assert "đặt 1 giá trị, rút 0 giá trị" in run("appraise", "import", path).out
    assert "không có gì thay đổi" in run("appraise", "import", path).out
    assert f"{AGENCY}  {criterion}  có nội dung  đã kiểm tra" in run("appraise", "list").out

    entries = run("journal", "--agency", AGENCY, "--criterion", criterion, "--json").json["entries"]
    assert [entry["kind"] for entry in entries] == ["explanation", "withdrawal", "appraisal"]
    assert entries[-1] | {"after": "present", "document": "BB 01", "person": "Bà C"} == entries[-1]
    run("evidence", "verify")
    run("appraise", "withdraw", AGENCY, criterion, "--reason", "nhầm", "--person", "Bà C", "--document", "BB 02")
    assert run("appraise", "list").out.startswith("[không còn]")
    assert "có nội dung → (không có)" in run("journal", "--agency", AGENCY).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explanation", "add", AGENCY, "5.1", "--text", "x", "--person", "y"], "không phải ngày viết theo dạng NĂM-THÁNG-NGÀY"),
        (["explanation", "add", AGENCY, "5.1", "--expires", "2999-01-01"], "--text không được để trống"),
        (["explanation", "list", "--agency", "so-la"], 'no agency "so-la"'),
        (["appraise", "export", "--group", "9"], 'không có nhóm "9"'),
        (
            ["appraise", "withdraw", AGENCY, "5.1", "--reason", "x", "--person", "y", "--document", "z"],
            "không có giá trị thẩm định",
        ),
        (["journal", "--agency", "so-la"], 'no agency "so-la"'),
    ],
)
def test_wrong_use_is_said_and_ends_with_2(demonstrated, arguments, said):
    done = auditor(*arguments, "--data", demonstrated[0])
    assert done.code == 2
    assert said in done.err
