"""Forms are written and imported whole: who, when and which file is kept of every version, and what is missing is said."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from formed import CONFIG, FORM, filled, opened, row_of

from auditor.app.asking import form_of, write_form
from auditor.app.declaring import import_file, versions
from auditor.app.documents_declared import imported_json, versions_json
from auditor.app.parts import Parts
from auditor.errors import InputError, UsageError
from auditor.model.declaration import Counts
from auditor.model.evidence import digest_of
from reports.declared import imported_text, versions_text

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)


class Clock:
    """A clock that stands where it is put."""

    at = NOW

    def now(self):
        return self.at

    def monotonic(self):
        return 0.0


@pytest.fixture
def parts(tmp_path):
    return Parts(config=CONFIG, data=tmp_path / "var", clock=Clock())


def sent(parts, tmp_path, cells, name="phieu.xlsx", **more):
    """Export a form, fill it in and hand it in."""
    path = tmp_path / name
    path.write_bytes(filled(form_of(parts, "so-a", "thu"), cells))
    parts.clock.at += timedelta(hours=1)
    return import_file(parts, path, edition="thu", by="", **more)


def test_what_a_form_leaves_open_is_listed_with_its_cells(parts, tmp_path):
    done = sent(parts, tmp_path, {"S1": 120, "1.1": (95, "https://so-a.test/may"), "1.3": 4})
    assert [row.criterion for row in done.declarations] == ["1.1", "1.3"]
    assert [one.criterion for one in done.missing] == ["1.2", "1.10", "2.1", "2.2", "2.3", "2.4", "2.5"]
    assert done.kept == ()
    told = imported_text("phieu.xlsx", imported_json(done))
    assert told.splitlines()[:3] == [
        "Đã nhập 2 giá trị tự khai của 1 cơ quan từ phieu.xlsx.",
        "Còn thiếu 7 tiêu chí:",
        "  1.2 (ô G22): Có mạng nội bộ",
    ]


def test_what_was_declared_before_is_filled_in_and_what_is_cleared_stays_as_it_was(parts, tmp_path):
    sent(parts, tmp_path, {"S1": 120, "1.1": (95, "https://so-a.test/may", "bảng kê"), "1.3": 4, "2.3": "2,5"})
    sheet = opened(form_of(parts, "so-a", "thu"))[FORM]
    row = row_of(sheet, "1.1")
    assert [sheet.cell(row, column).value for column in (7, 8, 9)] == [95, "https://so-a.test/may", "bảng kê"]
    assert sheet.cell(row_of(sheet, "S1"), 7).value == 120
    done = sent(parts, tmp_path, {"2.3": None, "1.3": 5})
    assert [(row.criterion, row.value) for row in done.declarations if row.criterion != "1.1"] == [("1.3", 5)]
    assert [one.criterion for one in done.kept] == ["2.3"]
    assert "Để trống 1 tiêu chí, giữ giá trị đã khai trước:\n  2.3 (ô G28)" in imported_text("x", imported_json(done))


def test_a_share_of_another_total_is_counted_again(parts, tmp_path):
    """Two criteria rest on one quantity; when one comes with a new total, the other's count is not taken for it."""
    sent(
        parts,
        tmp_path,
        {"S2": 400, "S3": 300, "2.1": ("(tự tính)", "https://so-a.test/ky"), "S1": 120, "1.1": (95, "https://so-a.test/a")},
    )
    before = opened(form_of(parts, "so-a", "thu"))[FORM]
    assert before.cell(row_of(before, "S2"), 7).value == 400
    done = sent(parts, tmp_path, {"S1": 50, "1.1": (None, None)})
    assert [one.criterion for one in done.kept] == ["1.1"]
    assert {row.criterion: row.counts for row in done.declarations} == {"2.1": Counts(part=300, whole=400)}


def test_every_version_says_who_when_from_which_file_and_what_changed(parts, tmp_path):
    sent(parts, tmp_path, {"1.3": 4})
    body = (tmp_path / "phieu.xlsx").read_bytes()
    sent(parts, tmp_path, {"1.3": (5, None, "mua thêm")}, name="lai.xlsx")
    sent(parts, tmp_path, {}, name="nua.xlsx")
    first, second, third = versions(parts, agency="so-a", edition="thu")
    assert [(one.number, one.in_effect, one.changed) for one in (first, second, third)] == [
        (1, False, ()), (2, False, ("value", "note")), (3, True, ())
    ]  # fmt: skip
    document = versions_json([first, second, third])
    assert document[0]["digest"] == digest_of(body)
    assert document[1]["before"] == 4
    assert {row["declared_by"] for row in document} == {"Nguyễn Văn A"}
    told = versions_text(document)
    assert "  1.3    lần 1 (đã thay): 4; 11:00:00 05/01/2026, Nguyễn Văn A\n" in told
    assert 'lai.xlsx, trang tính "Phiếu tự khai", ô G23, sha256:' in told
    assert "; đổi giá trị, ghi chú" in told
    assert "lần 3 (đang dùng): 5" in told
    assert "; không đổi gì" in told
    assert versions(parts, agency="so-b", edition="thu") == ()


def test_a_declared_share_shows_its_counts_and_both_cells(parts, tmp_path):
    sent(parts, tmp_path, {"S1": 120, "1.1": (95, "https://so-a.test/may")})
    (row,) = versions_json(versions(parts, agency=None, edition="thu"))
    assert row["counts"] == {"part": 95, "whole": 120}
    assert row["value"] == "0.7916666666666666666666666667"
    assert row["place"] == 'trang tính "Phiếu tự khai", ô G21 (95) trên ô G15 (120)'


def test_a_wrong_form_takes_nothing_and_another_agency_s_is_not_taken_for_this_one(parts, tmp_path):
    with pytest.raises(InputError, match='ô G23: "nhiều"'):
        sent(parts, tmp_path, {"1.2": ("Có", "https://so-a.test/"), "1.3": "nhiều"})
    with pytest.raises(InputError, match='phiếu của cơ quan "so-a", không phải của "so-b"'):
        sent(parts, tmp_path, {"1.3": 1}, agency="so-b")
    assert versions(parts, agency=None, edition="thu") == ()


def test_a_form_that_somebody_may_have_filled_in_is_not_written_over(parts, tmp_path):
    path = write_form(parts, "so-a", edition="thu", out=tmp_path / "a.xlsx")
    before = path.read_bytes()
    parts.clock.at += timedelta(days=1)
    with pytest.raises(UsageError, match="đã có tệp"):
        write_form(parts, "so-a", edition="thu", out=path)
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match="không ghi được tệp"):
        write_form(parts, "so-a", edition="thu", out=tmp_path / "none" / "a.xlsx")
    with pytest.raises(UsageError, match='không có cơ quan nào mang mã "so-x"'):
        write_form(parts, "so-x", edition="thu", out=None)


def test_the_flat_form_still_takes_a_share_itself_and_wants_its_proof(parts, tmp_path):
    path = tmp_path / "form.csv"
    rows = [
        ["agency", "criterion", "value", "evidence_link", "note"],
        ["so-a", "1.1", "79%", "", "bảng kê"],
        ["so-a", "1.2", "không"],
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    found = import_file(parts, path, edition="thu", by="A").declarations
    assert [(str(row.value), row.counts) for row in found] == [("0.79", None), ("False", None)]
    path.write_text("agency,criterion,value\nso-a,1.2,có\n", "utf-8")
    with pytest.raises(InputError, match="dòng 2, cột evidence_link: thiếu minh chứng"):
        import_file(parts, path, edition="thu", by="A")


def test_nothing_is_declared_while_no_period_is_open_for_it(tmp_path):
    import shutil

    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    (config / "periods.toml").write_text(PERIOD, "utf-8")
    parts = Parts(config=config, data=tmp_path / "var", clock=Clock())
    with pytest.raises(InputError, match=r"phieu\.xlsx: chưa có kỳ nào"):
        sent(parts, tmp_path, {"1.3": 4})


PERIOD = """
[[periods]]
id = "2026"
edition = "thu"
title = "Kỳ năm 2026"
verified = false
data_from = 2026-01-01
data_to = 2026-12-31
declare_from = 2027-01-04
declare_until = 2027-01-25
appraise_from = 2027-01-26
draft_on = 2027-02-20
complain_until = 2027-03-05
publish_from = 2027-03-06
answer_days = 10
"""
