"""Comply or explain: given for what is seen now, public until it is void, and void ones say why."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from sitting import START, council, declare, explain, mark_now, night

from auditor.app.alerting import after_run
from auditor.app.appraising import export_sheets, import_sheet
from auditor.app.council import withdraw
from auditor.app.explaining import explanations
from auditor.app.handed import handed_in
from auditor.app.keeping import prove
from auditor.app.periods import advance
from auditor.errors import UsageError
from auditor.model.council import Effect, PeriodState, Subject
from auditor.model.evidence import digest_of
from auditor.model.finding import FindingState
from auditor.model.mark import Excluded, Origin, Points
from auditor.model.visit import Cause

SAID = {"text": "Đang chờ kinh phí", "expires": date(2027, 1, 31), "person": "Trần Thị B"}
LIFTED = {**SAID, "effect": Effect.NOT_APPLICABLE, "document": "QĐ 12/QĐ-HĐ"}


@pytest.fixture
def parts(tmp_path):
    made = council(tmp_path)
    night(made)
    return made


def filled_in(parts, folder, criterion, value):
    """Give a sheet of so-a on which the council set one value."""
    (path,) = export_sheets(parts, folder, agency="so-a")
    book = load_workbook(path)
    sheet = book["Thẩm định"]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet[f"B{row}"].value == criterion)
    for letter, text in zip("LMNO", (value, "đã xem", "BB", "HĐ"), strict=True):
        sheet[f"{letter}{row}"] = text
    book.save(path)
    return path


def standings(parts, **given):
    return [told.standing.value for told in explanations(parts, **given)]


def test_an_explanation_stands_beside_the_mark_with_its_file(parts, tmp_path):
    (tmp_path / "tờ trình.pdf").write_bytes(b"%PDF to trinh")
    made = explain(parts, "so-a", "2.1", **SAID, link="https://so-a.test/gt", file=handed_in(tmp_path / "tờ trình.pdf"))
    assert (made.proof.digest, made.proof.media_type) == (digest_of(b"%PDF to trinh"), "application/pdf")
    mark = mark_now(parts, "2.1")
    assert (mark.explanation, mark.points, mark.origin) == (made, mark_now(parts, "2.1", "so-b").points, Origin.MEASURED)
    assert standings(parts) == ["stands"]
    assert prove(parts).ok


def test_it_stands_over_nights_until_something_else_is_seen(parts):
    explain(parts, "so-a", "2.1", **SAID)
    night(parts)
    night(parts, so_a={"content.calendar": Cause.CRASHED})
    assert standings(parts) == ["stands"]
    night(parts, so_a={"content.calendar": "broken"})
    assert standings(parts) == ["changed"]
    assert mark_now(parts, "2.1").explanation is None
    night(parts, so_a={"content.calendar": "present"})
    assert standings(parts) == ["changed"]


def test_another_declared_value_makes_it_void(parts):
    declare(parts, ("so-a", "1.1", "không"), ("so-a", "2.10", "empty"))
    explain(parts, "so-a", "1.1", **SAID)
    explain(parts, "so-a", "2.10", **SAID)
    declare(parts, ("so-a", "1.1", "không"), ("so-a", "2.10", "broken"))
    assert standings(parts) == ["stands", "changed"]


def test_it_runs_out_is_replaced_and_is_withdrawn(parts):
    explain(parts, "so-a", "2.1", **{**SAID, "expires": START.date() + timedelta(days=3)})
    explain(parts, "so-b", "2.1", **SAID)
    explain(parts, "so-b", "2.1", **{**SAID, "text": "đã rõ hơn"})
    assert mark_now(parts, "2.1", "so-b").explanation.text == "đã rõ hơn"
    withdraw(parts, Subject.EXPLANATION, "so-b", "2.1", reason="đã sửa xong", person="Trần Thị B", document="", edition=None)
    parts.clock.at += timedelta(days=5)
    assert standings(parts) == ["expired", "replaced", "withdrawn"]
    assert standings(parts, agency="so-b") == ["replaced", "withdrawn"]
    assert explanations(parts, agency="so-b")[1].withdrawal.reason == "đã sửa xong"
    with pytest.raises(UsageError, match="không có giải trình"):
        withdraw(parts, Subject.EXPLANATION, "so-b", "2.1", reason="x", person="y", document="", edition=None)


def test_the_council_may_find_that_a_criterion_does_not_concern_an_agency(parts):
    explain(parts, "so-a", "2.1", **LIFTED)
    mark = mark_now(parts, "2.1")
    assert isinstance(mark, Excluded)
    assert "QĐ 12/QĐ-HĐ" in str(mark.because)
    assert isinstance(mark_now(parts, "2.1", "so-b"), Points)
    run = night(parts, so_a={"content.calendar": "broken"})
    with parts.store() as store:
        kept = store.rankings.of_run(run.id, "e")
    assert isinstance(
        next(
            m for g in kept.groups for r in (*g.rows, *g.unranked) if r.agency == "so-a" for m in r.marks if m.criterion == "2.1"
        ),
        Points,
    )


def test_while_it_stands_the_agency_gets_no_letter_about_it_and_then_one(parts):
    explain(parts, "so-a", "2.1", **SAID)

    def told():
        run = night(parts)
        with parts.store() as store:
            notices = after_run(parts, store, run)
            lives = {(life.finding.agency, life.finding.criterion): life for life in store.findings.all()}
        text = next((notice.text for notice in notices if notice.agency == "so-a"), "")
        return lives["so-a", "2.1"], "2.1 Lịch công tác" in text

    lives, letters = zip(*(told() for _ in range(3)), strict=True)
    assert (lives[-1].state, lives[-1].told, lives[-1].held) == (FindingState.FAILING, 0, True)
    assert letters == (False, False, False)
    withdraw(parts, Subject.EXPLANATION, "so-a", "2.1", reason="x", person="y", document="", edition=None)
    life, written = told()
    assert (life.told, life.held, written) == (1, False, True)


WRONG = {
    "no text": ({"text": " "}, "--text không được để trống"),
    "no person": ({"person": ""}, "--person không được để trống"),
    "a day that is over": ({"expires": START.date()}, "đã qua"),
    "a long text": ({"text": "x" * 1501}, "--text dài 1501 ký tự"),
    "a link that is none": ({"link": "javascript:alert(1)"}, "không phải địa chỉ web"),
    "no document of the council's": ({"effect": Effect.NOT_APPLICABLE}, "--document không được để trống"),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_lacks_is_said_and_nothing_is_kept(parts, how):
    given, said = WRONG[how]
    with pytest.raises(UsageError, match=said):
        explain(parts, "so-a", "2.1", **{**SAID, **given})
    assert explanations(parts) == ()


@pytest.mark.parametrize(
    ("agency", "criterion", "said"),
    [
        ("so-x", "2.1", 'không xếp hạng cơ quan "so-x"'),
        ("so-a", "2.9", 'không có tiêu chí "2.9"'),
        ("so-a", "2.2", "đạt trọn điểm"),
    ],
)
def test_there_must_be_something_to_explain(parts, agency, criterion, said):
    with pytest.raises(UsageError, match=said):
        explain(parts, agency, criterion, **SAID)


def test_a_duty_cannot_be_lifted_beside_a_value_of_the_councils(parts, tmp_path):
    import_sheet(parts, filled_in(parts, tmp_path, "2.1", "không có"))
    with pytest.raises(UsageError, match="hãy rút giá trị đó trước"):
        explain(parts, "so-a", "2.1", **LIFTED)
    explain(parts, "so-a", "2.1", **SAID)
    assert mark_now(parts, "2.1").origin is Origin.APPRAISED


PERIOD = """
[[periods]]
id = "2026"
edition = "e"
title = "Kỳ đánh giá năm 2026"
verified = false
data_from = 2026-01-01
data_to = 2026-12-31
declare_from = 2026-10-01
declare_until = 2026-10-25
appraise_from = 2026-10-26
draft_on = 2026-10-27
complain_until = 2026-10-28
publish_from = 2026-10-29
answer_days = 10
"""


def test_a_year_says_when_it_may_be_explained_appraised_and_lifted(tmp_path):
    parts = council(tmp_path)
    (parts.config / "periods.toml").write_text(PERIOD, "utf-8")
    night(parts)
    explain(parts, "so-a", "2.1", **SAID)
    may = {}
    for state in ("", *[one.value for one in PeriodState][1:]):
        if state:
            advance(parts, "2026", PeriodState(state), person="HĐ", document="TB 1")
        done = []
        for name, given in (("explain", SAID), ("lift", LIFTED)):
            with suppress(UsageError):
                explain(parts, "so-b", "2.1", **given)
                done.append(name)
        with suppress(UsageError):
            import_sheet(parts, filled_in(parts, tmp_path, "1.1", "có" if state != "draft" else "không"))
            done.append("appraise")
        may[state] = done
    assert may == {
        "": ["explain"], "open": ["explain"], "closed": ["explain"], "appraisal": ["explain", "lift", "appraise"],
        "draft": ["explain", "lift", "appraise"], "published": [],
    }  # fmt: skip
