"""What was explained and whose word counts stand beside the mark in every report, and can do no harm there."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from province import proof
from reported import make_case, make_source

from auditor.judge import judge
from auditor.judge.sameness import fingerprint
from auditor.model.codec import Codec
from auditor.model.council import Effect, Explanation
from auditor.model.ranking import Ranking
from reports.csvs import marks_csv
from reports.html import render_html
from reports.text import explain_text, probe_text
from reports.view import standings
from reports.whole import whole_json

TEXT = "<script>alert(1)</script>=HYPERLINK(1)"


def explained(**given):
    """Give a report's source in which one mark is explained."""
    made = make_case()
    criterion = made.edition.criteria[0]
    base = {
        "text": TEXT, "link": "https://so-a.test/giai-trinh?a=1&b=2", "effect": Effect.NONE, "expires": date(2019, 12, 31),
        "person": "Trần Thị B", "given_at": datetime(2019, 2, 28, 18, tzinfo=UTC), "proof": proof("công văn"),
    }  # fmt: skip
    act = Explanation(
        **{**base, **given}, agency="so-a", edition=made.edition.id, criterion=criterion.id,
        fingerprint=fingerprint(made, criterion, "so-a"),
    )  # fmt: skip
    return make_source(explanations=[act]), criterion.id


def the_mark(source, criterion):
    document = whole_json(source)
    row = next(row for group in document["groups"] for row in (*group["rows"], *group["unranked"]) if row["agency"] == "so-a")
    return next(mark for mark in row["marks"] if mark["criterion"] == criterion)


def test_json_gives_the_explanation_and_the_origin():
    source, criterion = explained()
    mark = the_mark(source, criterion)
    assert mark["explanation"] == {
        "text": TEXT, "link": "https://so-a.test/giai-trinh?a=1&b=2", "effect": "none", "expires": "2019-12-31",
        "person": "Trần Thị B", "document": None, "given_at": "2019-02-28T18:00:00+00:00", "evidence": proof("công văn").digest,
    }  # fmt: skip
    assert mark["origin"] == "measured"
    assert proof("công văn").digest in [each["digest"] for each in mark["evidence"]]
    lifted, criterion = explained(effect=Effect.NOT_APPLICABLE, document="QĐ 7")
    assert (the_mark(lifted, criterion)["kind"], the_mark(lifted, criterion)["origin"]) == ("excluded", "explained")


def test_each_origin_has_its_word():
    source = make_source()
    marks = {(row.agency, mark.criterion): mark.origin or "" for row in standings(source) for mark in row.marks}
    rows = csv.DictReader(io.StringIO(marks_csv(source)))
    assert {(row["agency"], row["criterion"]): row["origin"] for row in rows} == marks
    assert set(marks.values()) == {"", "measured", "declared", "appraised"}
    assert "Giá trị cuối cùng theo: Hội đồng thẩm định" in explain_text(source, "so-c", "7")


@pytest.mark.parametrize(
    ("effect", "said"), [(Effect.NONE, "không thay đổi điểm"), (Effect.NOT_APPLICABLE, "tiêu chí không áp dụng cho cơ quan")]
)
def test_every_report_says_until_when_it_stands_what_it_does_and_who_signed(tmp_path, effect, said):
    source, criterion = explained(effect=effect, document="QĐ 7")
    page = (render_html(source, tmp_path).parent / "agency" / "so-a.html").read_text("utf-8")
    row = next(r for r in csv.DictReader(io.StringIO(marks_csv(source))) if (r["agency"], r["criterion"]) == ("so-a", criterion))
    texts = [
        page,
        row["explanation"],
        explain_text(source, "so-a"),
        explain_text(source, "so-a", criterion),
        probe_text(source, "so-a"),
    ]
    for text in texts:
        assert "Có hiệu lực đến hết ngày 31/12/2019" in text
        assert f"hệ quả: {said}" in text
        assert "Trần Thị B, QĐ 7, ngày 01/03/2019" in text
    assert "<script>alert(1)" not in page
    assert 'href="https://so-a.test/giai-trinh?a=1&amp;b=2"' in page


def test_a_ranking_kept_before_there_were_explanations_is_still_read():
    ranking = judge(make_case())
    codec = Codec(Ranking)
    old = json.loads(codec.dump(ranking))
    dropped = 0
    for group in old["groups"]:
        for row in (*group["rows"], *group["unranked"]):
            for mark in row["marks"]:
                dropped += [mark.pop("origin", 0), mark.pop("explanation", 0)].count(None) >= 1
    assert dropped
    read = codec.load(json.dumps(old))
    assert [row.points for row in read.groups[0].rows] == [row.points for row in ranking.groups[0].rows]
    assert all(mark.origin is None and mark.explanation is None for row in read.groups[0].rows for mark in row.marks)
