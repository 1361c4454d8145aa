"""The whole main job on the sample province, by its commands."""

import json
import re
import sqlite3
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from commands import auditor
from warcio.archiveiterator import ArchiveIterator

from auditor.app.keeping import show
from auditor.app.parts import Parts
from auditor.app.reporting import kept_by
from auditor.model.evidence import Proof, ProofKind, digest_of

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
    given = marks_with_points(demonstrated[0])
    assert len(given) > 800
    without = [mark for mark in given if not mark["evidence"]]
    assert {mark["cause"] for mark in without} <= {"unconfirmed", "not_declared"}
    parts = Parts.of(None, demonstrated[0])
    blobs = sorted({proof["digest"] for mark in given for proof in mark["evidence"] if proof["kind"] != "http"})
    with parts.store() as store:
        archive = parts.archive(store)
        for digest in blobs:
            assert digest_of(archive.body(digest)) == digest
    assert show(parts, blobs[0]).kept.digest == blobs[0]


def test_the_evidence_of_a_mark_is_the_very_exchange_and_not_another_with_the_same_body(demonstrated):
    proofs = {
        (proof["record"], proof["url"], proof["digest"])
        for mark in marks_with_points(demonstrated[0])
        for proof in mark["evidence"]
        if proof["kind"] == "http"
    }
    written = answers_in(demonstrated[0] / "evidence" / "warc")
    assert len(proofs) > 200
    assert len({digest for _, _, digest in proofs}) < len(proofs)
    parts = Parts.of(None, demonstrated[0])
    with parts.store() as store:
        kept = kept_by(parts.archive(store))
        for record, url, digest in proofs:
            proof = Proof(digest=digest, kind=ProofKind.HTTP, media_type="", size=0, record=record)
            found = kept(proof)
            assert (found.record, found.url, found.digest, digest_of(found.body)) == (record, url, digest, digest)
            assert (found.url, found.status_line, dict(found.headers), found.at) == written[record]
            assert dict(found.request_headers)["Host"].partition(":")[0] == urlsplit(url).hostname
    record, url, _ = min(proofs)
    shown = auditor("evidence", "show", record, "--json", "--data", demonstrated[0])
    assert (shown.code, shown.json["url"], shown.json["answer"]["status"]) == (0, url, written[record][1])


def marks_with_points(data):
    ranking = auditor("rank", "--json", "--data", data).json
    rows = [row for group in ranking["groups"] for row in (*group["rows"], *group["unranked"])]
    return [mark for row in rows for mark in row["marks"] if mark["kind"] == "points"]


def answers_in(folder):
    """Give every answer in these WARC files as another library reads them: by record, its URL, status, headers and moment."""
    found = {}
    for path in folder.rglob("*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type in {"response", "revisit"}:
                    name = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
                    status = f"{record.http_headers.protocol} {record.http_headers.statusline}"
                    at = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date"))
                    uri = record.rec_headers.get_header("WARC-Target-URI")
                    found[name] = (uri, status, dict(record.http_headers.headers), at)
    return found


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
    crawl = next(row for row in document["weeks"] if row["probe"] == "crawl")
    assert sum(crawl["endings"].values()) == crawl["visits"] > 10
    assert sum(map(float, crawl["shares"].values())) == pytest.approx(1, abs=0.001)
    assert (document["service"]["alive"], document["service"]["gate"]["open"]) == (False, True)


def test_a_folder_without_a_service_is_not_well_and_is_told_so(demonstrated):
    done = auditor("status", "--check", "--data", demonstrated[0])
    assert (done.code, done.out) == (1, "Dịch vụ cần được xem lại:\n  Dịch vụ chưa từng chạy trên thư mục dữ liệu này.\n")


def test_declared_values_are_listed_with_the_file_they_came_from(demonstrated):
    rows = auditor("declare", "list", "--json", "--data", demonstrated[0]).json
    assert len(rows) > 100
    assert {row["file"] for row in rows} == {"declared.csv"}
    shown = auditor("evidence", "show", rows[0]["digest"], "--data", demonstrated[0])
    assert rows[0]["agency"] in shown.out


def test_config_of_the_demonstration_is_without_a_problem(demonstrated):
    assert auditor("check", "--data", demonstrated[0]).code == 0
