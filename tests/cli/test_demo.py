"""The whole main job on the sample province, by its commands."""

import json
import re
import sqlite3
from pathlib import Path

import pytest
from commands import auditor

from auditor.app.keeping import show
from auditor.app.parts import Parts

pytestmark = pytest.mark.slow


def test_the_demonstration_ends_with_a_report_and_finds_every_planted_defect(demonstrated):
    data, done = demonstrated
    assert (done.code, done.err) == (0, "")
    assert "Khác bảng sự thật" not in done.out
    report = Path(re.search(r"Báo cáo: (.+)", done.out)[1])
    assert report == data / "report" / "index.html"
    assert "Sở Mẫu Thông tin" in report.read_text("utf-8")


def test_the_ranking_is_the_same_bytes_each_time_and_needs_no_network(demonstrated):
    first, again = (auditor("rank", "--json", "--data", demonstrated[0], offline=True) for _ in range(2))
    assert first.code == 0
    assert first.out == again.out
    assert [group["group"] for group in first.json["groups"]] == ["1", "2", "3"]


def test_judging_the_kept_evidence_again_gives_the_same(demonstrated):
    done = auditor("judge", "--json", "--data", demonstrated[0], offline=True)
    assert done.code == 0, done.err
    assert done.json["differences"] == []
    assert done.json["standings"] == []
    assert done.json["readings"] > 1000


def test_a_ranking_without_the_stored_one_comes_out_the_same(demonstrated, data):
    with sqlite3.connect(data / "auditor.sqlite") as database:
        database.execute("DELETE FROM rankings")
    stored, judged = (auditor("rank", "--json", "--data", folder).json for folder in (demonstrated[0], data))
    assert judged == stored


def test_every_mark_with_points_has_evidence_that_can_be_shown(demonstrated):
    ranking = auditor("rank", "--json", "--data", demonstrated[0]).json
    parts = Parts.of(None, demonstrated[0])
    marks = [mark for group in ranking["groups"] for row in (*group["rows"], *group["unranked"]) for mark in row["marks"]]
    given = [mark for mark in marks if mark["kind"] == "points"]
    without = [mark["criterion"] for mark in given if not mark["evidence"]]
    assert len(given) > 800
    assert not [name for name in without if mark_cause(given, name) not in {"unconfirmed", "not_declared"}]
    for digest in {proof["digest"] for mark in given for proof in mark["evidence"]}:
        assert show(parts, digest).kept.digest == digest


def mark_cause(marks, criterion):
    return next(mark["cause"] for mark in marks if mark["criterion"] == criterion and not mark["evidence"])


def test_one_piece_of_evidence_is_shown_by_the_beginning_of_its_digest(demonstrated):
    kept = auditor("evidence", "list", "--json", "--data", demonstrated[0]).json
    page = next(row for row in kept if row["media_type"] == "text/html")
    done = auditor("evidence", "show", page["digest"][:20], "--data", demonstrated[0])
    assert done.code == 0
    assert page["digest"] in done.out
    assert "HTTP/1.1 " in done.out


def test_a_standing_a_criterion_and_a_reading_are_explained(demonstrated):
    for words in (["so-mau-thong-tin"], ["so-mau-thong-tin", "5.9"], ["so-mau-thong-tin", "content.news"]):
        done = auditor("explain", *words, "--data", demonstrated[0])
        assert (done.code, done.err) == (0, "")
        assert "Sở Mẫu Thông tin" in done.out
    assert json.loads(auditor("--json", "explain", "so-mau-thong-tin", "content.news", "--data", demonstrated[0]).out)["readings"]


def test_every_format_of_the_report_is_written(data):
    for form, name in (("html", "index.html"), ("csv", "ranking.csv"), ("json", "ranking.json")):
        done = auditor("report", "--format", form, "--data", data)
        assert done.code == 0, done.err
        assert Path(done.out.strip()).name == name
        assert Path(done.out.strip()).stat().st_size > 1000


def test_the_last_runs_are_told(demonstrated):
    document = auditor("status", "--json", "--data", demonstrated[0]).json
    assert [run["state"] for run in document["runs"]] == ["published", "kept"]
    assert document["runs"][0]["visits"] > 60
    assert auditor("status", "--data", demonstrated[0]).code == 0


def test_declared_values_are_listed_with_the_file_they_came_from(demonstrated):
    rows = auditor("declare", "list", "--json", "--data", demonstrated[0]).json
    assert len(rows) > 100
    assert {row["file"] for row in rows} == {"declared.csv"}
    shown = auditor("evidence", "show", rows[0]["digest"], "--data", demonstrated[0])
    assert rows[0]["agency"] in shown.out


def test_config_of_the_demonstration_is_without_a_problem(demonstrated):
    assert auditor("check", "--data", demonstrated[0]).code == 0
