"""A year of the sample province by the commands: opened, closed, appraised, drafted, complained of, published; contradictions beside it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from commands import auditor

from auditor.clock import VIETNAM

DAY = timedelta(days=1)
BY = ("--person", "Bà Trần Thị B, Chủ tịch Hội đồng", "--document", "QĐ 1/QĐ-HĐ")


@pytest.fixture
def year(data):
    """The demonstration's data with a year whose windows are over."""
    today = datetime.now(VIETNAM).date()
    (data / "config" / "periods.toml").write_text(
        f"""[[periods]]
id = "nam-mau"
edition = "qd-3061-2018"
title = "Kỳ đánh giá mẫu"
verified = false
data_from = 2018-10-12
data_to = {today + DAY}
declare_from = {today - 9 * DAY}
declare_until = {today - 5 * DAY}
appraise_from = {today - 4 * DAY}
draft_on = {today - 3 * DAY}
complain_until = {today - DAY}
publish_from = {today}
answer_days = 10
""",
        "utf-8",
    )
    return data


def test_a_year_by_its_commands(year):
    def period(*given):
        return auditor("period", *given, "--data", year, offline=True)

    assert period("list").out == "nam-mau  chưa mở  Kỳ đánh giá mẫu  [qd-3061-2018]\n"
    skipped = period("advance", "nam-mau", "draft", *BY)
    assert (skipped.code, skipped.out) == (2, "")
    assert "bước kế tiếp là “đang mở tự khai”" in skipped.err
    for state in ("open", "closed", "appraisal"):
        assert period("advance", "nam-mau", state, *BY).code == 0
    draft = period("advance", "nam-mau", "draft", *BY, "--json").json
    assert draft["state"] == "draft"
    assert draft["queued"] >= draft["ranked"] > 0
    late = period("complain", "nam-mau", "so-mau-y-te", "--text", "Sai", "--person", "Văn thư")
    assert (late.code, "đã hết hạn khiếu nại" in late.err) == (2, True)
    _the_kept_result_is_shown(year)
    assert period("advance", "nam-mau", "published", *BY).code == 0
    shown = period("show", "nam-mau")
    assert "✓ đã công bố" in shown.out
    assert "Bà Trần Thị B, Chủ tịch Hội đồng, QĐ 1/QĐ-HĐ" in shown.out
    assert [step["state"] for step in period("show", "nam-mau", "--json").json["steps"]] == [
        "open", "closed", "appraisal", "draft", "published",
    ]  # fmt: skip
    assert auditor("evidence", "verify", "--data", year, offline=True).code == 0


def _the_kept_result_is_shown(year):
    ranked = auditor("rank", "--period", "nam-mau", "--json", "--data", year, offline=True).json
    rows = [row for group in ranked["groups"] for row in group["rows"]]
    assert rows
    # What was declared before the year was opened does not count in it.
    told = [mark["because"] for row in rows for mark in row["marks"] if mark["source"] == "declared"]
    assert told
    assert all(mark["declared"] is None for row in rows for mark in row["marks"])
    path = auditor("report", "--period", "nam-mau", "--format", "json", "--json", "--data", year, offline=True).json["path"]
    assert json.loads(Path(path).read_text("utf-8"))["groups"] == ranked["groups"]
    both = auditor("rank", "--period", "nam-mau", "--as-of", "2026-01-01", "--data", year, offline=True)
    assert (both.code, "--as-of" in both.err) == (2, True)


def test_contradictions_by_their_commands(data):
    def contradictions(*given):
        return auditor("contradictions", *given, "--data", data, offline=True)

    opened = contradictions("open", "--json").json
    assert opened["opened"] > 0
    assert opened["queued"] > 0
    assert contradictions("open", "--json").json == {"opened": 0, "queued": 0}
    rows = contradictions("list", "--json").json
    assert len(rows) == opened["opened"]
    assert {row["state"] for row in rows} == {"open"}
    one = rows[0]
    assert one["measured"] != one["declared"]
    assert one["measured_evidence"]
    assert one["declared_evidence"][0]["name"] == "declared.csv"
    place = (one["agency"], one["criterion"])
    assert contradictions("answer", *place, "--text", "Đã cập nhật", "--person", "Văn thư").code == 0
    assert contradictions("decide", *place, "--accept", "--reason", "Đúng", *BY).code == 0
    states = {(row["agency"], row["criterion"]): row["state"] for row in contradictions("list", "--json").json}
    assert states[place] == "accepted"
    shown = contradictions("list", "--agency", one["agency"]).out
    assert "hội đồng chấp nhận giải trình" in shown
    assert "Cơ quan (Văn thư, " in shown
    again = contradictions("decide", *place, "--reject", "--reason", "Sai", *BY)
    assert (again.code, "đã kết thúc" in again.err) == (2, True)


def test_a_file_that_is_not_there_is_named(data):
    done = auditor(
        "contradictions",
        "answer",
        "so-a",
        "1",
        "--text",
        "t",
        "--person",
        "p",
        "--file",
        data / "none.pdf",
        "--data",
        data,
        offline=True,
    )
    assert (done.code, "không mở được tệp" in done.err) == (2, True)
