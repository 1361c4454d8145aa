"""Forms and sheets are of one year: they ask by the day that it is judged on, and none is taken in another."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from council import declare, night, parts_of
from littleconfig import EDITION
from openpyxl import load_workbook

from auditor.app.appraising import export_sheets, import_sheet
from auditor.app.asking import form_of
from auditor.app.declaring import import_file, versions
from auditor.app.periods import advance
from auditor.editions.template import FORM, GUIDE
from auditor.engines.night import Night
from auditor.errors import InputError
from auditor.model.council import PeriodState
from auditor.model.mark import Points

OPEN, CLOSED, APPRAISAL, DRAFT, PUBLISHED = list(PeriodState)[1:]
_DAYS = {OPEN: (1, 4), CLOSED: (1, 26), APPRAISAL: (1, 26), DRAFT: (2, 20), PUBLISHED: (3, 6)}
_ANOTHER = EDITION[EDITION.index("[[criteria]]") :].replace('id = "1.1"', 'id = "1.2"')
_UNTIL = EDITION.replace('remedy = "ban hành"', 'remedy = "ban hành"\nvalid_to = 2026-12-31') + _ANOTHER
"""The first criterion ends with the year whose data are judged, before the form is handed in."""
_BOTH = EDITION + _ANOTHER


def go(parts, year, *states):
    for state in states:
        parts.clock.at = datetime(year + 1, *_DAYS[state], 3, tzinfo=UTC)
        made = advance(parts, str(year), state, person="A", document="QĐ 12")
    return made


def opened(folder, edition=EDITION, *states):
    parts = parts_of(folder, edition=edition)
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, 2026, OPEN, *states)
    return parts


def next_year(parts, *states):
    night(parts, datetime(2027, 12, 30, 18, tzinfo=UTC))
    go(parts, 2027, OPEN, *states)


def filled_form(body, path, **answers):
    """Fill a form in, and clear what is not answered."""
    book = load_workbook(io.BytesIO(body))
    for row in book[FORM].iter_rows():
        if row[0].value == "Họ và tên người lập phiếu":
            row[3].value = "Nguyễn Văn A"
        if row[0].value in {"1.1", "1.2"}:
            row[6].value = answers.get(f"c{row[0].value.replace('.', '_')}")
    book.save(path)
    return path


def filled_sheet(path, value="Có"):
    book = load_workbook(path)
    for row in book.worksheets[0].iter_rows():
        if row[1].value == "1.1":
            for cell, text in zip(row[11:15], (value, "đã xem", "BB 1", "Bà B"), strict=True):
                cell.value = text
    book.save(path)
    return path


def refusal(act, *given, **more):
    with pytest.raises(InputError) as caught:
        act(*given, **more)
    return "\n".join(str(problem) for problem in caught.value.problems)


def test_a_criterion_of_the_years_data_is_declared_after_it_has_ended(tmp_path):
    parts = opened(tmp_path, _UNTIL)
    declare(parts, b="no")
    form = filled_form(form_of(parts, "so-a", None), tmp_path / "f.xlsx", c1_1="Có")
    assert [one.criterion for one in import_file(parts, form, edition=None, by="").declarations] == ["1.1"]
    _, ranking = go(parts, 2026, CLOSED, APPRAISAL, DRAFT)
    marks = {row.agency: row.marks[0] for group in ranking.groups for row in (*group.rows, *group.unranked)}
    assert [(code, type(mark), mark.declared) for code, mark in marks.items()] == [
        ("so-a", Points, True),
        ("so-b", Points, False),
    ]


def test_before_any_year_a_form_asks_for_what_is_law_today(tmp_path):
    parts = parts_of(tmp_path, edition=_UNTIL, periods=False)
    parts.clock.at = datetime(2027, 1, 5, 3, tzinfo=UTC)
    asked = [row[0].value for row in load_workbook(io.BytesIO(form_of(parts, "so-a", None)))[FORM].iter_rows()]
    assert "1.2" in asked
    assert "1.1" not in asked


def test_the_council_sets_a_value_of_a_criterion_that_ended_with_the_year(tmp_path):
    parts = opened(tmp_path, _UNTIL, CLOSED, APPRAISAL)
    [path] = export_sheets(parts, tmp_path, agency="so-a")
    assert [one.criterion for one in import_sheet(parts, filled_sheet(path)).appraisals] == ["1.1"]
    _, ranking = go(parts, 2026, DRAFT)
    assert ranking.groups[0].rows[0].marks[0].appraised is True


def test_what_was_declared_last_year_is_a_help_and_does_not_count(tmp_path):
    parts = opened(tmp_path, _BOTH)
    declare(parts, a="yes", b="no")
    assert "để tham khảo" not in text_of(form_of(parts, "so-a", None), FORM)
    go(parts, 2026, CLOSED, APPRAISAL, DRAFT, PUBLISHED)
    assert [one.in_effect for one in versions(parts, agency=None, edition=None)] == [True, True]
    next_year(parts)
    body = form_of(parts, "so-a", None)
    told = "Giá trị khai ở kỳ trước đã được điền sẵn để tham khảo: chỉ được tính khi cơ quan nộp phiếu này."
    assert told in text_of(body, FORM)
    assert "Giá trị khai ở kỳ trước chỉ được tính khi cơ quan nộp phiếu này." in text_of(body, GUIDE)
    assert next(r[6].value for r in load_workbook(io.BytesIO(body))[FORM].iter_rows() if r[0].value == "1.1") == "Có"
    parts.clock.at += timedelta(hours=1)
    done = import_file(parts, filled_form(body, tmp_path / "f.xlsx", c1_2="Có"), edition=None, by="")
    assert [one.criterion for one in done.missing] == ["1.1"]
    assert done.kept == ()
    found = versions(parts, agency="so-a", edition=None)
    assert [(one.declaration.criterion, one.number, one.in_effect) for one in found] == [("1.1", 1, False), ("1.2", 1, True)]


def test_a_form_of_another_year_is_refused_by_the_years_name(tmp_path):
    parts = opened(tmp_path)
    old = filled_form(form_of(parts, "so-a", None), tmp_path / "old.xlsx", c1_1="Có")
    go(parts, 2026, CLOSED, APPRAISAL, DRAFT, PUBLISHED)
    next_year(parts)
    said = refusal(import_file, parts, old, edition=None, by="")
    assert 'phiếu của kỳ "2026", nay là kỳ "2027": hãy xuất phiếu mới' in said
    new = filled_form(form_of(parts, "so-a", None), tmp_path / "new.xlsx", c1_1="Không")
    assert [one.value for one in import_file(parts, new, edition=None, by="").declarations] == [False]


def test_a_form_from_before_the_first_year_is_taken_only_before_it(tmp_path):
    parts = parts_of(tmp_path)
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    form = filled_form(form_of(parts, "so-a", None), tmp_path / "f.xlsx", c1_1="Có")
    go(parts, 2026, OPEN)
    assert 'phiếu không ghi là của kỳ nào, nay là kỳ "2026"' in refusal(import_file, parts, form, edition=None, by="")


def test_a_form_whose_year_was_written_over_is_refused(tmp_path):
    parts = opened(tmp_path)
    form = filled_form(form_of(parts, "so-a", None), tmp_path / "f.xlsx", c1_1="Có")
    book = load_workbook(form)
    [cell] = [row[1] for row in book["Kiểm soát"].iter_rows() if row[0].value == "period"]
    assert cell.value == "2026"
    cell.value = "2027"
    book.save(form)
    assert "đã bị sửa" in refusal(import_file, parts, form, edition=None, by="")


def test_a_sheet_of_another_year_is_refused_by_the_years_name(tmp_path):
    parts = opened(tmp_path, EDITION, CLOSED, APPRAISAL)
    [path] = export_sheets(parts, tmp_path, agency="so-a")
    go(parts, 2026, DRAFT, PUBLISHED)
    next_year(parts, CLOSED, APPRAISAL)
    assert 'phiếu của kỳ "2026", nay là kỳ "2027": hãy xuất phiếu mới' in refusal(import_sheet, parts, filled_sheet(path))
    [again] = export_sheets(parts, tmp_path, agency="so-a")
    assert len(import_sheet(parts, filled_sheet(again)).appraisals) == 1


def text_of(body, title):
    return "\n".join(str(cell.value) for row in load_workbook(io.BytesIO(body))[title].iter_rows() for cell in row if cell.value)


def test_what_was_handed_in_after_a_close_that_was_cut_off_is_refused(tmp_path, monkeypatch):
    """The step was kept when the power went; it counts before anybody may declare."""
    parts = opened(tmp_path)

    class Killed(BaseException):
        pass

    def cut_off(*_, **__):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(Night, "seal", cut_off)
        with pytest.raises(Killed):
            go(parts, 2026, CLOSED)
    with pytest.raises(InputError, match="đang ở bước"):
        declare(parts, a="yes")
