"""JSON as DESIGN section 8 promises it, and CSV in which nothing can compute."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D

import pytest
from province import MEASURES, NOW, declaration, proof
from reported import SCRIPT, make_source, records

from auditor.model.run import Run, RunKind, RunState
from reports.csvs import cell, fixes_csv, marks_csv, ranking_csv, render_csv
from reports.json import probe_json, rank_json, reading_json
from reports.view import standings
from reports.whole import render_json, whole_json

TWO = re.compile(r"-?\d+\.\d\d")
STANDING = [
    "agency",
    "name",
    "rank",
    "best_rank",
    "worst_rank",
    "tied",
    "moved",
    "percent",
    "low",
    "high",
    "points",
    "possible",
    "pending",
    "coverage",
    "class",
    "reason",
    "areas",
    "marks",
    "ledger",
]
MARK = [
    "criterion",
    "area",
    "kind",
    "points",
    "max",
    "source",
    "measured",
    "declared",
    "appraised",
    "contradiction",
    "because",
    "cause",
    "readings",
]
READING = [
    "agency",
    "measure",
    "site",
    "outcome",
    "value",
    "unit",
    "newest",
    "facts",
    "cause",
    "blame",
    "because",
    "observed_at",
    "probe",
    "probe_version",
    "evidence",
]


def ranked(source):
    return rank_json(source.ranking, source.edition, source.registry)


def rows(source):
    return [row for group in ranked(source)["groups"] for row in (*group["rows"], *group["unranked"])]


def test_every_documented_key_is_there(source):
    document = ranked(source)
    assert {"edition", "edition_digest", "verified", "in_force", "as_of", "run", "groups"} <= document.keys()
    for row in rows(source):
        assert set(STANDING) <= row.keys()
        assert all(set(MARK) <= mark.keys() for mark in row["marks"])
        assert all({"area", "points", "possible", "percent", "coverage"} <= area.keys() for area in row["areas"])
    assert {kind for row in rows(source) for mark in row["marks"] for kind in [mark["kind"]]} == {"points", "excluded", "pending"}


def test_points_and_percents_are_strings_with_two_places(source):
    for row in rows(source):
        numbers = [row[key] for key in ("percent", "low", "high", "points", "possible", "pending", "coverage")]
        numbers += [area[key] for area in row["areas"] for key in ("points", "possible", "percent", "coverage")]
        numbers += [mark[key] for mark in row["marks"] for key in ("points", "max")]
        assert all(number is None or TWO.fullmatch(number) for number in numbers)
        assert all(area["coverage"] is None or 0 <= D(area["coverage"]) <= 1 for area in row["areas"])


def test_areas_add_up_to_the_standing_and_pending_marks_to_its_pending(source):
    for row in rows(source):
        assert sum(D(area["points"]) for area in row["areas"]) == D(row["points"])
        assert sum(D(area["possible"]) for area in row["areas"]) == D(row["possible"])
        assert sum(D(mark["max"]) for mark in row["marks"] if mark["kind"] == "pending") == D(row["pending"])


def test_values_are_what_the_contract_says(source):
    first = next(row for row in rows(source) if row["agency"] == "so-a")
    values = {mark["criterion"]: (mark["measured"], mark["declared"]) for mark in first["marks"]}
    assert values["1"] == (True, None)
    assert values["2"] == ("present", "missing")
    assert values["6"] == (3, None)
    assert D(values["3"][0]) == D(2) / D(3)
    assert isinstance(values["3"][0], str)
    assert next(mark for mark in first["marks"] if mark["criterion"] == "2")["contradiction"] is True


def test_a_mark_leads_to_the_digests_of_its_evidence(source):
    mark = next(mark for row in rows(source) for mark in row["marks"] if row["agency"] == "so-a" and mark["criterion"] == "1")
    assert mark["readings"][0]["evidence"]
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in mark["readings"][0]["evidence"])
    assert datetime.fromisoformat(mark["readings"][0]["observed_at"]).utcoffset() is not None


def test_a_reading_says_outcome_cause_blame_and_reason(source):
    found = [reading_json(record, MEASURES[record.reading.measure]) for record in records()]
    assert all(set(READING) <= reading.keys() for reading in found)
    assert {reading["outcome"] for reading in found} == {"measured", "not_applicable", "unavailable"}
    failed = next(reading for reading in found if reading["outcome"] == "unavailable")
    assert (failed["cause"], failed["blame"], failed["value"]) == ("challenge", "refusing", None)
    assert reading_json(records()[0], None)["unit"] == ""


def test_a_probe_by_hand_has_visits_readings_and_its_standing(source):
    run = Run(id="r", kind=RunKind.PROBE, state=RunState.KEPT, started_at=NOW, ended_at=None)
    found = probe_json("so-a", run, source.visits, source.readings, next(standings(source)), measures=source.measures)
    assert {"agency", "run", "started_at", "ended_at", "visits", "readings", "standing"} <= found.keys()
    assert found["visits"][2]["ending"] == "failed"
    assert (found["visits"][2]["blame"], found["ended_at"]) == ("refusing", None)
    json.dumps(found, allow_nan=False)


def test_the_same_ranking_gives_the_same_bytes(source, tmp_path):
    one = render_json(source, tmp_path / "one").read_bytes()
    assert one == render_json(make_source(), tmp_path / "other").read_bytes()
    assert one.decode() == json.dumps(whole_json(source), ensure_ascii=False, indent=2) + "\n"
    assert "Bảo mật" in one.decode() or "có nội dung" in one.decode()


def test_half_a_surrogate_pair_stays_json(source, tmp_path):
    group = source.ranking.groups[0]
    row = replace(group.rows[0], name="a\ud800")
    ranking = replace(source.ranking, groups=(replace(group, rows=(row, *group.rows[1:])), *source.ranking.groups[1:]))
    kept = render_json(replace(source, ranking=ranking), tmp_path).read_bytes()
    assert json.loads(kept)["groups"][0]["rows"][0]["name"] == "a\ud800"


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_csv_has_a_row_an_agency_with_the_numbers_of_the_json(source):
    found = {row["agency"]: row for row in read(ranking_csv(source))}
    assert len(found) == 4
    for row in rows(source):
        for key in ("percent", "low", "high", "points", "possible", "pending", "coverage"):
            assert found[row["agency"]][key] == (row[key] or "")
        assert [found[row["agency"]][f"{area['area']}_points"] for area in row["areas"]] == [a["points"] for a in row["areas"]]
    assert found["so-a"]["verified"] == "false"


def test_no_cell_can_become_a_formula(source):
    for text in (ranking_csv(source), marks_csv(source)):
        for line in csv.reader(io.StringIO(text)):
            assert not [c for c in line if c[:1] in "=+-@\t\r" and c and not re.fullmatch(r"-?\d+(\.\d+)?", c)]
    assert next(row for row in read(ranking_csv(source)) if row["agency"] == "so-a")["name"].startswith("'=Sở A")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"), ("+84 258", "'+84 258"), ("-x", "'-x"), ("@sum", "'@sum"), ("\tx", "'\tx"), ("\r=1", "'␍=1"),
        (" =1", "' =1"), ("-5.25", "-5.25"), (-3, "-3"), (D("-0.50"), "-0.50"), (None, ""), (True, "true"), ("a\x00", "a␀"),
    ],
)  # fmt: skip
def test_cells_are_text_or_numbers(value, text):
    assert cell(value) == text


def test_csv_files_open_in_a_spreadsheet_as_utf_8(source, tmp_path):
    path = render_csv(source, tmp_path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    marks = (tmp_path / "marks.csv").read_bytes().decode("utf-8-sig")
    assert SCRIPT in marks
    assert len(read(marks)) == 44
    assert proof("tự khai so-a").digest in marks


def test_the_whole_document_has_what_the_sheets_show(source):
    told = whole_json(source)
    assert {one["area"] for one in told["areas"]} == {"portal", "policy"}
    assert [one["class"] for one in told["classes"]] == ["Tốt", "Khá", "Yếu"]
    assert [one["criterion"] for one in told["criteria"]] == [str(n) for n in range(1, 12)]
    assert all(one["scale"] and one["remedy"] and one["legal_basis"] for one in told["criteria"])
    assert any("minh họa" in text for text in told["notices"])
    rows = {row["agency"]: row for group in told["groups"] for row in (*group["rows"], *group["unranked"])}
    for standing in standings(source):
        row = rows[standing.agency]
        assert [(fix["criterion"], D(fix["points"])) for fix in row["fixes"]] == [
            (fix.criterion, round(fix.points, 2)) for fix in source.fixes[standing.agency]
        ]
        assert {"best_rank", "worst_rank", "coverage", "low", "high", "sites", "reason"} <= row.keys()
    second = next(mark for mark in rows["so-a"]["marks"] if mark["criterion"] == "2")
    assert (second["measured_points"], second["declared_points"], second["points"]) == ("2.00", "0.00", "0.00")


def test_what_an_agency_gave_beside_its_value_is_told(source):
    given = replace(declaration(True, id="4"), evidence_link="https://a.test/qd.pdf", note="=ghi")
    whole = replace(source, declarations={("so-a", "4"): given})
    [mark] = [
        mark
        for row in whole_json(whole)["groups"][0]["rows"]
        if row["agency"] == "so-a"
        for mark in row["marks"]
        if mark["criterion"] == "4"
    ]
    assert (mark["declaration"]["evidence_link"], mark["declaration"]["note"]) == ("https://a.test/qd.pdf", "=ghi")
    [row] = [row for row in read(marks_csv(whole)) if (row["agency"], row["criterion"]) == ("so-a", "4")]
    assert (row["evidence_link"], row["note"], row["declared_points"]) == ("https://a.test/qd.pdf", "'=ghi", "2.00")


def test_every_fix_is_a_row(source):
    rows = read(fixes_csv(source))
    assert [(row["agency"], row["criterion"]) for row in rows] == [
        (standing.agency, fix.criterion) for standing in standings(source) for fix in source.fixes[standing.agency]
    ]
    assert all(TWO.fullmatch(row["points"]) and row["remedy"] for row in rows)
