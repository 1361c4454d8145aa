"""The council's sheets: what was exported comes back as it was, what is filled in is kept, and every mistake is named by its cell."""

import io
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sitting import EDITION, council, declare, explain, mark_now, night

from auditor.app.appraising import appraisals, export_sheets, import_sheet
from auditor.app.contradicting import answer, decide, open_cases
from auditor.app.council import withdraw
from auditor.app.declaring import import_file
from auditor.app.keeping import prove
from auditor.editions.answers import read_answer
from auditor.errors import InputError, UsageError
from auditor.judge import Case
from auditor.model.appraising import COLUMNS
from auditor.model.council import Effect, Subject
from auditor.model.evidence import digest_of
from auditor.model.mark import Origin
from auditor.model.reading import Kind, Measure, fits
from reports.appraisal import answer_text, answers
from reports.words import vietnamese

LETTER = {column.id: chr(ord("A") + at) for at, column in enumerate(COLUMNS)}
SIGNED = {"reason": "đã kiểm tra tại chỗ", "document": "Biên bản 01/BB-HĐ", "person": "Nguyễn Văn Chủ tịch"}
SAYS = 'phiếu.xlsx: trang tính "Thẩm định", ô '


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A province after a night and its declarations; nobody changes it."""
    parts = council(tmp_path_factory.mktemp("council"))
    night(parts)
    declare(parts, ("so-a", "1.1", "không"), ("so-a", "1.2", "0.85"), ("so-a", "2.10", "present"), ("so-b", "1.1", "có"))
    return parts


@pytest.fixture
def parts(tmp_path):
    made = council(tmp_path)
    night(made)
    declare(made, ("so-a", "1.1", "không"), ("so-a", "1.2", "0.85"), ("so-a", "2.10", "present"), ("so-b", "1.1", "có"))
    return made


def exported(parts, code="so-a"):
    (path,) = export_sheets(parts, None, agency=code)
    return path


def row_of(sheet, criterion):
    return next(row for row in range(1, sheet.max_row + 1) if sheet[f"{LETTER['criterion']}{row}"].value == criterion)


def filled(path, tmp_path, *, book=None, **rows):
    """Fill in a sheet as a person does: ``r2_10={"value": …}``; give the new file, and each row's number."""
    opened = load_workbook(path)
    sheet = opened["Thẩm định"]
    places = {}
    for name, cells in rows.items():
        criterion = name.removeprefix("r").replace("_", ".")
        places[criterion] = row = row_of(sheet, criterion)
        for column, value in cells.items():
            sheet[f"{LETTER[column]}{row}"] = value
    if book is not None:
        book(opened)
    given = tmp_path / "phiếu.xlsx"
    opened.save(given)
    return given, places


def refused(parts, path):
    with pytest.raises(InputError) as wrong:
        import_sheet(parts, path)
    assert appraisals(parts) == ()
    return [str(problem) for problem in wrong.value.problems]


def texts(path, criterion):
    sheet = load_workbook(path)["Thẩm định"]
    row = row_of(sheet, criterion)
    return {name: sheet[f"{letter}{row}"].value for name, letter in LETTER.items()}


def test_a_sheet_shows_what_was_declared_measured_and_what_the_rule_makes_of_it(ready):
    path = exported(ready)
    sheet = load_workbook(path)["Thẩm định"]
    said = [str(row[0].value) for row in sheet.iter_rows(max_row=7)]
    assert said[0] == "PHIẾU THẨM ĐỊNH"
    assert said[1] == "Sở A (so-a)"
    assert any("Muốn rút" in line and "“rút”" in line for line in said)
    assert texts(path, "1.2") | {"number": None} == {
        "number": None, "criterion": "1.2", "title": "Tỷ lệ cán bộ có thư điện tử", "max": 4, "declared": "85,00 %", "declared_points": 3.4,
        "measured": None, "points": 3.4, "contradiction": None, "explanation": None, "links": "form.csv", "value": None, "reason": None,
        "document": None, "person": None,
    }  # fmt: skip
    clash = texts(path, "2.10")
    assert (clash["declared_points"], clash["points"], clash["contradiction"]) == (2, 0, "Có: đo và tự khai khác nhau")
    assert texts(path, "2.2")["measured"] == "12 ngày"
    assert "Chính sách" in [sheet[f"{LETTER['title']}{row}"].value for row in range(1, sheet.max_row)]
    assert sheet.protection.sheet
    assert [cell.protection.locked for cell in sheet[row_of(sheet, "1.2")]] == [True] * 11 + [False] * 4


def test_every_agency_of_a_group_gets_a_file_of_its_own_and_none_is_written_over(ready, tmp_path):
    first, second = (export_sheets(ready, tmp_path / "ra", group="1") for _ in range(2))
    assert len(first) == 2
    assert not set(first) & set(second)
    with pytest.raises(UsageError, match='không có nhóm "9"'):
        export_sheets(ready, tmp_path, group="9")
    with pytest.raises(UsageError, match='không xếp hạng cơ quan "so-c"'):
        export_sheets(ready, tmp_path, agency="so-c")


def test_a_sheet_that_another_export_wrote_meanwhile_is_not_written_over(ready, tmp_path, monkeypatch):
    """Two exports within one second: the other's file comes to stand there just after this one has looked."""
    at = ready.clock.now()
    monkeypatch.setattr(ready.clock, "now", lambda: at)
    [first] = export_sheets(ready, tmp_path, agency="so-a")
    first.write_bytes(b"filled in")
    seen = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: not path.name.startswith("tham-dinh-") and seen(path))
    [second] = export_sheets(ready, tmp_path, agency="so-a")
    assert second != first
    assert first.read_bytes() == b"filled in"


def test_more_sheets_need_no_more_cases(ready, tmp_path, monkeypatch):
    made, setup = [], Case.__init__

    def counting(case, **given):
        made.append(case)
        setup(case, **given)

    monkeypatch.setattr(Case, "__init__", counting)
    export_sheets(ready, tmp_path / "một", agency="so-a")
    one, _ = len(made), made.clear()
    export_sheets(ready, tmp_path / "hai", group="1")
    assert len(made) == one == 4


def test_a_sheet_that_nobody_filled_in_changes_nothing(parts, tmp_path):
    path = exported(parts)
    assert import_sheet(parts, path).appraisals == ()
    saved, _ = filled(path, tmp_path)
    taken = import_sheet(parts, saved)
    assert (taken.agency, taken.appraisals, taken.withdrawals) == ("so-a", (), ())
    with parts.store() as store:
        assert [run.kind for run in store.runs.all()] == ["night", "declare"]


VALUES = {
    "1.1": ("có", True, D(2)), "1.2": ("100%", D(1), D(4)), "2.1": ("có nội dung", "present", D(2)), "2.10": ("chưa có nội dung", "empty", D("0.5")),
    "2.2": ("45", 45, D(0)), "2.3": ("10", 10, D(4)), "2.4": ("50%", D("0.5"), D("1.5")),
}  # fmt: skip


@pytest.mark.parametrize("criterion", VALUES)
def test_a_value_of_every_kind_of_criterion_counts_from_then_on(parts, tmp_path, criterion):
    text, value, points = VALUES[criterion]
    if criterion == "2.10":
        text = vietnamese().value("empty", parts.catalogue.measures["content.sitemap"])
    path, places = filled(exported(parts), tmp_path, **{f"r{criterion.replace('.', '_')}": {"value": text, **SIGNED}})
    taken = import_sheet(parts, path)
    (found,) = taken.appraisals
    assert (found.value, type(found.value), found.reason, found.document, found.person) == (value, type(value), *SIGNED.values())
    assert (found.proof.digest, found.proof.passage) == (
        digest_of(path.read_bytes()),
        f'trang tính "Thẩm định", dòng {places[criterion]}',
    )
    mark = mark_now(parts, criterion)
    assert (mark.points, mark.origin, mark.appraised) == (points, Origin.APPRAISED, value)
    assert mark_now(parts, criterion, "so-b").appraised is None
    assert prove(parts).ok
    # The same file once more is the same decision, and what it exports is what stands.
    assert import_sheet(parts, path).appraisals == ()
    assert import_sheet(parts, exported(parts)).appraisals == ()
    (listed,) = appraisals(parts, agency="so-a")
    assert (listed.appraisal, listed.in_effect) == (found, True)


def test_a_value_is_changed_and_taken_back_only_in_so_many_words(parts, tmp_path):
    path, _ = filled(exported(parts), tmp_path, r1_1={"value": "có", **SIGNED})
    import_sheet(parts, path)
    again = exported(parts)
    cleared, places = filled(again, tmp_path, r1_1={"value": None})
    with pytest.raises(InputError, match="rút") as wrong:
        import_sheet(parts, cleared)
    assert [str(problem) for problem in wrong.value.problems] == [
        f"{SAYS}{LETTER['value']}{places['1.1']}: để trống: hãy ghi giá trị; muốn rút giá trị đã thẩm định thì ghi chữ “rút” vào ô lý do"
    ]
    back, _ = filled(again, tmp_path, r1_1={"value": None, "reason": "Rút, vì nhầm cơ quan"})
    (withdrawal,) = import_sheet(parts, back).withdrawals
    assert (withdrawal.reason, withdrawal.person) == ("Rút, vì nhầm cơ quan", SIGNED["person"])
    assert mark_now(parts, "1.1").origin is Origin.DECLARED
    assert import_sheet(parts, back).withdrawals == ()
    assert [one.in_effect for one in appraisals(parts)] == [False]


def test_what_somebody_else_decided_meanwhile_is_not_undone(parts, tmp_path):
    old = exported(parts)
    mine, _ = filled(old, tmp_path, r1_1={"value": "có", **SIGNED})
    import_sheet(parts, mine)
    # A row that was left as it was exported is no decision.
    other, _ = filled(old, tmp_path, r2_1={"value": "có nội dung", **SIGNED})
    import_sheet(parts, other)
    assert mark_now(parts, "1.1").appraised is True
    late, places = filled(old, tmp_path, r1_1={"value": "không", **SIGNED})
    with pytest.raises(InputError) as wrong:
        import_sheet(parts, late)
    assert [str(problem) for problem in wrong.value.problems] == [
        f'phiếu.xlsx: trang tính "Thẩm định", dòng {places["1.1"]}: so-a 1.1 đã được thẩm định lại từ khi xuất phiếu: hãy xuất phiếu mới'
    ]


def test_a_withdrawal_by_hand_says_why_and_on_what_document(parts, tmp_path):
    path, _ = filled(exported(parts), tmp_path, r1_1={"value": "có", **SIGNED})
    import_sheet(parts, path)
    said = {"reason": "nhầm", "person": "Bà B", "edition": None}
    with pytest.raises(UsageError, match="--document"):
        withdraw(parts, Subject.APPRAISAL, "so-a", "1.1", document=" ", **said)
    with pytest.raises(UsageError, match="không có giá trị thẩm định"):
        withdraw(parts, Subject.APPRAISAL, "so-a", "1.2", document="CV 2", **said)
    withdraw(parts, Subject.APPRAISAL, "so-a", "1.1", document="CV 2", **said)
    assert mark_now(parts, "1.1").appraised is None


WRONG = {
    "a value of the wrong kind": (
        {"r1_2": {"value": "nhiều", **SIGNED}},
        [
            (
                "value",
                "1.2",
                '"nhiều" không dùng được: hãy ghi tỷ lệ từ 0 đến 1 (0,85) hoặc phần trăm từ 0% đến 100% (85%)',
            )
        ],
    ),
    "a value out of range": (
        {"r1_2": {"value": "120%", **SIGNED}},
        [
            (
                "value",
                "1.2",
                '"120%" không dùng được: hãy ghi tỷ lệ từ 0 đến 1 (0,85) hoặc phần trăm từ 0% đến 100% (85%)',
            )
        ],
    ),
    "a value without a reason": (
        {"r1_1": {"value": "có", "document": "BB", "person": "A"}},
        [("reason", "1.1", 'để trống: mỗi thay đổi phải ghi "Lý do"')],
    ),
    "a value without a person and a document": (
        {"r1_1": {"value": "có", "reason": "vì"}},
        [
            ("document", "1.1", 'để trống: mỗi thay đổi phải ghi "Văn bản"'),
            ("person", "1.1", 'để trống: mỗi thay đổi phải ghi "Người thẩm định"'),
        ],
    ),
    "a reason without a value": (
        {"r1_1": SIGNED},
        [("value", "1.1", "để trống: hãy ghi giá trị; muốn rút giá trị đã thẩm định thì ghi chữ “rút” vào ô lý do")],
    ),
    "a formula for a value": (
        {"r1_1": {"value": "=1+1", **SIGNED}},
        [("value", "1.1", "là công thức: hãy dán giá trị (Paste Values) thay cho công thức")],
    ),
    "a formula in another cell": (
        {"r1_1": {"points": "=SUM(1;2)"}},
        [("points", "1.1", "là công thức: hãy dán giá trị (Paste Values) thay cho công thức")],
    ),
    "an edited label": (
        {"r1_1": {"title": "Có quy chế (sửa)"}},
        [("title", "1.1", 'đã bị sửa thành "Có quy chế (sửa)": phải là "Có quy chế"')],
    ),
    "another criterion's code": ({"r1_1": {"criterion": "9.9"}}, [("criterion", "1.1", 'đã bị sửa thành "9.9": phải là "1.1"')]),
    "an edited score": ({"r1_1": {"declared_points": 2}}, [("declared_points", "1.1", 'đã bị sửa thành "2": phải là "0"')]),
    "a date": (
        {"r1_1": {"value": date(2026, 1, 2), **SIGNED}},
        [
            (
                "value",
                "1.1",
                "là ngày, giờ của Excel: hãy định dạng ô là Văn bản (Text) rồi gõ lại",
            )
        ],
    ),
    "a reason that no cell bears": (
        {"r1_1": {"value": "có", **SIGNED, "reason": "x" * 1501}},
        [("reason", "1.1", "dài hơn 1500 ký tự")],
    ),
    "a value to withdraw where there is none": ({"r1_1": {**SIGNED, "reason": "rút"}}, None),
}


@pytest.mark.parametrize("how", WRONG)
def test_every_mistake_is_named_by_its_cell_and_nothing_is_taken(parts, tmp_path, how):
    rows, said = WRONG[how]
    good = {} if how == "a value to withdraw where there is none" else {"r2_1": {"value": "có nội dung", **SIGNED}}
    path, places = filled(exported(parts), tmp_path, **good, **rows)
    found = refused(parts, path)
    if said is None:
        assert found == [f'phiếu.xlsx: trang tính "Thẩm định", dòng {places["1.1"]}: không có giá trị thẩm định nào để rút']
    else:
        assert found == [f"{SAYS}{LETTER[column]}{places[criterion]}: {what}" for column, criterion, what in said]


def _extra(book):
    book.create_sheet("Nháp")


def _joined(book):
    book["Thẩm định"].merge_cells("L12:M12")


def _no_record(book):
    del book["Mã phiếu"]


def _another_form(book):
    book["Mã phiếu"]["B1"] = "auditor/phieu-tham-dinh/0"


def _another_edition(book):
    book["Mã phiếu"]["B2"] = "qd-3061-2018"


def _beside(book):
    book["Thẩm định"]["T9"] = "nháp"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_extra, ['phiếu.xlsx: trang tính "Nháp": không thuộc phiếu: hãy xóa trang này']),
        (_joined, ['phiếu.xlsx: trang tính "Thẩm định", ô L12:M12: là ô gộp: hãy bỏ gộp ô (Unmerge) và điền từng ô']),
        (_no_record, ['phiếu.xlsx: không phải phiếu thẩm định do hệ thống xuất: thiếu trang tính "Thẩm định" hoặc trang ẩn "Mã phiếu"']),
        (_another_form, ['phiếu.xlsx: trang tính "Mã phiếu": đã bị sửa, hoặc phiếu do một bản khác của hệ thống xuất: hãy xuất phiếu mới']),
        (_another_edition, ['phiếu.xlsx: trang tính "Mã phiếu": phiếu của bộ tiêu chí "qd-3061-2018", không phải "e"']),
        (_beside, [f'{SAYS}T9: đã bị sửa thành "nháp": phải để trống']),
    ],
)  # fmt: skip
def test_a_workbook_that_is_not_as_it_was_exported_is_refused(ready, tmp_path, change, said):
    path, _ = filled(exported(ready), tmp_path, book=change)
    assert refused(ready, path) == said


def test_a_row_put_in_between_names_a_bounded_number_of_cells(ready, tmp_path):
    path, _ = filled(exported(ready), tmp_path, book=lambda book: book["Thẩm định"].insert_rows(9))
    found = refused(ready, path)
    assert len(found) == 41
    assert found[-1].startswith("phiếu.xlsx: … và ")


def test_a_sheet_of_an_edition_that_has_changed_since_is_refused(tmp_path):
    first = council(tmp_path)
    night(first)
    path, _ = filled(exported(first), tmp_path, r1_1={"value": "có", **SIGNED})
    (found,) = refused(council(tmp_path, edition=EDITION.replace('yes = "2"', 'yes = "2.0"')), path)
    assert 'bộ tiêu chí "e" đã thay đổi từ khi xuất phiếu' in found


def test_other_files_are_no_sheets(ready, tmp_path):
    for name, body in (("phiếu.csv", b"a,b"), ("phiếu.xlsx", b"PK"), ("phiếu.xlsx", b"")):
        (tmp_path / name).write_bytes(body)
        assert len(refused(ready, tmp_path / name)) == 1


def test_what_was_said_of_a_contradiction_and_the_agency_s_note_are_on_the_sheet(parts, tmp_path):
    form = tmp_path / "ghi-chú.csv"
    form.write_text("agency,criterion,value,note\nso-a,1.2,0.85,số 12/QĐ-SA\n", "utf-8")
    import_file(parts, form, edition=None, by="Văn thư")
    open_cases(parts)
    answer(parts, "so-a", "2.10", text="đã sửa", person="Văn thư", link="https://so-a.test/sua")
    decide(parts, "so-a", "2.10", accepted=False, reason="chưa thấy", person="HĐ", document="BB 01")
    path = exported(parts)
    assert texts(path, "1.2")["links"] == "Cơ quan ghi chú: số 12/QĐ-SA\nghi-chú.csv"
    assert texts(path, "2.10")["contradiction"] == (
        "Có: đo và tự khai khác nhau\n"
        "Cơ quan giải trình: đã sửa https://so-a.test/sua\n"
        "Hội đồng không chấp nhận giải trình: chưa thấy (BB 01)"
    )
    assert import_sheet(parts, path).appraisals == ()


def test_a_folder_that_cannot_be_made_is_named(ready, tmp_path):
    (tmp_path / "tệp").write_text("x")
    with pytest.raises(UsageError, match="không dùng được thư mục"):
        export_sheets(ready, tmp_path / "tệp")


def test_a_duty_that_was_lifted_and_an_explanation_are_on_the_sheet(parts):
    explain(parts, "so-a", "2.1", text="đang sửa", expires=date(2027, 1, 1), person="Ông A", link="https://so-a.test/gt")
    explain(
        parts, "so-a", "1.1", text="không có bộ phận", expires=date(2027, 1, 1), person="HĐ", document="QĐ 9", effect=Effect.NOT_APPLICABLE
    )  # fmt: skip
    path = exported(parts)
    assert texts(path, "1.1")["points"] == "không áp dụng"
    shown = texts(path, "2.1")
    assert shown["explanation"].startswith("“đang sửa” Có hiệu lực đến hết ngày 01/01/2027")
    assert "https://so-a.test/gt" in shown["links"]
    assert import_sheet(parts, path).appraisals == ()


KINDS = [
    Measure(id=f"a.{kind}", kind=kind, words=("never", "một phần") if kind is not Kind.BOOLEAN else (), meaning="x")
    for kind in Kind
]
NUMBERS = {
    Kind.BOOLEAN: st.booleans(), Kind.COUNT: st.integers(0, 10**12), Kind.DAYS: st.integers(-(10**6), 10**6),
    Kind.SHARE: st.decimals(0, 1, places=6), Kind.SECONDS: st.decimals(0, 10**6, places=4), Kind.WORD: st.sampled_from(["never", "một phần"]),
}  # fmt: skip


@settings(max_examples=400)
@given(
    st.sampled_from(KINDS).flatmap(
        lambda kind: st.tuples(st.just(kind), NUMBERS[kind.kind] | st.sampled_from(kind.words or (True,)))
    )
)
def test_what_a_cell_says_of_a_value_is_read_back_as_that_value(pair):
    measure, value = pair
    assert fits(measure, value) is None
    text = answer_text(value, measure, vietnamese())
    back = read_answer(answers(measure, vietnamese()).get(text, text), measure)
    assert (back, isinstance(back, bool), isinstance(back, str)) == (value, isinstance(value, bool), isinstance(value, str))


def test_the_same_province_gives_the_same_bytes(parts, tmp_path):
    at = parts.clock.now()
    parts.clock.now = lambda: at
    first, second = (export_sheets(parts, tmp_path / name, agency="so-a")[0].read_bytes() for name in "ab")
    assert first == second
    assert len(load_workbook(io.BytesIO(first)).worksheets) == 2


def test_a_criterion_from_which_an_agency_is_exempt_takes_no_value_and_no_explanation(tmp_path):
    text = EDITION.replace('title = "Có quy chế"', 'title = "Có quy chế"\nexcept = ["so-a"]\nexempt_because = "luật khác"')
    parts = council(tmp_path, edition=text)
    night(parts)
    path = exported(parts)
    assert texts(path, "1.1")["points"] == "không áp dụng"
    given, places = filled(path, tmp_path, r1_1={"value": "có", **SIGNED})
    said = f'phiếu.xlsx: trang tính "Thẩm định", dòng {places["1.1"]}: tiêu chí "1.1" không áp dụng cho "so-a"'
    assert refused(parts, given) == [said]
    with pytest.raises(UsageError, match="không có gì để giải trình"):
        explain(parts, "so-a", "1.1", text="x", expires=date(2027, 1, 1), person="y")
