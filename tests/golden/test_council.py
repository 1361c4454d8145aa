"""Ten standings worked out by a spreadsheet: what the judge makes of the same evidence agrees to the last digit shown."""

import csv
from datetime import timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from openpyxl import load_workbook
from province import NOW, find, proof, record

from auditor.editions.check import check_edition
from auditor.editions.load import parse_edition
from auditor.judge import Case, judge, shown
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.edition import Source
from auditor.model.mark import Excluded, Pending, Points
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Scale
from auditor.model.visit import Cause
from auditor.registry.load import load_registry

FOLDER = Path(__file__).parent / "council"


def rows_of(name):
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def value_of(text, kind):
    if kind is Kind.BOOLEAN:
        return text == "yes"
    return text if kind is Kind.WORD else D(text) if kind in {Kind.SHARE, Kind.SECONDS} else int(text)


@pytest.fixture(scope="module")
def measures():
    found = (
        Measure(id=row["id"], kind=Kind(row["kind"]), words=tuple(row["words"].split()), meaning="x")
        for row in rows_of("measures.csv")
    )
    return {measure.id: measure for measure in found}


@pytest.fixture(scope="module")
def edition():
    found, problems = parse_edition((FOLDER / "edition.toml").read_bytes(), "council")
    assert problems == []
    return found


@pytest.fixture(scope="module")
def ranking(edition, measures):
    kinds = {
        c.id: Kind(c.declared_kind) if c.declared_kind else measures[c.measure].kind
        for c in edition.criteria
        if c.source is not Source.MEASURED
    }
    records = []
    for row in rows_of("readings.csv"):
        causes = {cause.value: cause for cause in Cause}
        known = {"no_duty": "no duty", **causes}
        outcome = known.get(row["outcome"]) or value_of(row["outcome"], measures[row["measure"]].kind)
        records.append(record(known.get(row["outcome"], outcome), row["agency"], row["measure"], days_ago=int(row["days_ago"])))
    common = {"edition": edition.id, "proof": proof("tờ khai")}
    return judge(
        Case(
            edition=edition, registry=load_registry(FOLDER), measures=measures, as_of=NOW, records=tuple(records), declarations_closed=True,
            declarations=tuple(
                Declaration(agency=row["agency"], criterion=row["criterion"], value=value_of(row["value"], kinds[row["criterion"]]), imported_at=NOW - timedelta(days=5), **common)
                for row in rows_of("declarations.csv")
            ),
            appraisals=tuple(
                Appraisal(agency=row["agency"], criterion=row["criterion"], value=value_of(row["value"], kinds[row["criterion"]]), reason="đã xem", person="Hội đồng", document="BB-01", decided_at=NOW - timedelta(days=1), **common)
                for row in rows_of("appraisals.csv")
            ),
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def sheets():
    return load_workbook(FOLDER / "standings.xlsx", data_only=True)


def lines_of(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def same(cell, number, places=9):
    """A spreadsheet has some fifteen digits of a number: the last of those that count in a mark."""
    return abs(D(repr(cell)) - number) < D(10) ** -places


def test_the_edition_is_whole_and_has_every_scale_and_every_rule(edition, measures):
    assert check_edition(edition, measures, load_registry(FOLDER)) == []
    assert {type(criterion.scale) for criterion in edition.criteria} == set(Scale.__args__)
    assert {criterion.source for criterion in edition.criteria} == set(Source)


def test_every_mark_is_what_the_spreadsheet_makes_of_it(ranking, sheets):
    lines = lines_of(sheets["marks"])
    assert len(lines) == 110
    for line in lines:
        mark = next(m for m in find(ranking, line["agency"]).marks if m.criterion == line["criterion"])
        kind = {Points: "points", Pending: "pending", Excluded: "excluded"}[type(mark)]
        assert (kind, line["area"]) == (line["kind"], mark.area), line
        if isinstance(mark, Points):
            assert same(line["points"], mark.points), line
        elif isinstance(mark, Pending):
            assert same(line["low"], mark.low), line
            assert same(line["high"], mark.high), line


def test_every_standing_is_what_the_spreadsheet_makes_of_it(ranking, sheets):
    lines = lines_of(sheets["standings"])
    assert len(lines) == 10
    for line in lines:
        row = find(ranking, line["agency"])
        assert row.group == line["group"]
        for area in row.areas:
            assert same(line[area.area], area.points), line
        for name in ("points", "possible", "pending", "percent", "low", "high", "coverage"):
            assert same(line[name], getattr(row, name)), (line["agency"], name)
        for name, number in (("shown_percent", row.percent), ("shown_low", row.low), ("shown_high", row.high)):
            assert D(repr(line[name])) == shown(number), (line["agency"], name)
        places = [line[name] if line["ranked"] else None for name in ("rank", "best_rank", "worst_rank", "class")]
        assert places == [row.rank, row.best_rank, row.worst_rank, row.class_name], line
        assert (line["ranked"], line["tied"]) == (row.rank is not None, row.tied), line


def test_the_hard_cases_are_among_the_ten(ranking):
    rows = {row.agency: row for group in ranking.groups for row in (*group.rows, *group.unranked)}
    assert (rows["so-a"].percent, shown(rows["so-a"].percent), rows["so-a"].class_name) == (D("84.995"), D("85.00"), "Tốt")
    assert (rows["so-e"].percent, rows["so-e"].class_name) == (D("69.995"), "Khá")
    assert (rows["huyen-g"].percent, rows["huyen-g"].class_name) == (D("69.994"), "Trung bình")
    assert [(row.agency, row.rank) for row in ranking.groups[0].rows] == [
        ("so-a", 1),
        ("so-c", 2),
        ("so-d", 2),
        ("so-e", 4),
        ("so-b", 5),
    ]
    assert rows["so-c"].percent != rows["so-d"].percent
    assert rows["so-f"].reason.key == "standing.under_coverage"
    assert rows["so-b"].areas[0].floored == 2
    # Half of the group's highest is known of it, so the central figure may be more than it can still come to.
    assert rows["huyen-g"].percent > rows["huyen-g"].high


def test_the_sheet_reckons_by_formulas_and_expected_holds_what_they_come_to(sheets):
    written = load_workbook(FOLDER / "standings.xlsx")
    names = ("percent", "low", "high", "coverage", "rank", "best_rank", "worst_rank", "class", "shown_percent")
    head = [cell.value for cell in written["standings"][1]]
    for row in written["standings"].iter_rows(min_row=2):
        assert all(str(row[head.index(name)].value).startswith("=") for name in names)
    assert sum(str(row[10].value).startswith("=") for row in written["marks"].iter_rows(min_row=2)) == 110
    with (FOLDER / "expected.csv").open(newline="", encoding="utf-8") as file:
        kept = list(csv.reader(file))
    assert kept == [
        ["" if cell is None else str(cell) for cell in row] for row in sheets["standings"].iter_rows(values_only=True)
    ]
