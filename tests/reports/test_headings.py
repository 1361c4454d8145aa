"""Headings stand above their criteria, with what these come to: on the page, in the explanation, in the CSV."""

import csv
import io
from dataclasses import replace
from decimal import Decimal as D

import pytest
from province import MEASURES, case, criterion, edition, record
from selectolax.lexbor import LexborHTMLParser

from auditor.judge import judge
from auditor.model.edition import Basis, Heading
from auditor.model.scale import Penalty
from reports.agency_book import agency_book
from reports.csvs import marks_csv
from reports.headings import subtotals
from reports.html import render_html
from reports.listing import explain_json
from reports.printed import sheet_page
from reports.text import explain_text
from reports.view import Source, standing_of

HEADINGS = (
    Heading(id="5.a", area="portal", title="Giới thiệu <b>", points={"1": D(6)}),
    Heading(id="5.a1", area="portal", title="Bộ máy", points={"1": D(4)}, parent="5.a"),
    Heading(id="5.b", area="portal", title="Không của ai", points={"1": D(2)}),
    Heading(id="4.a", area="policy", title="Trừ điểm", points={"1": D(0)}),
)
RULES = (
    criterion("1", parent="5.a"),
    criterion("2", parent="5.a1", measure="b.yes"),
    criterion("3", parent="5.a1", exempt=("so-a",), exempt_because="Không có <việc> này"),
    criterion("4", parent="5.b", exempt=("so-a",), exempt_because="Không có việc này"),
    criterion("5"),
    criterion("6", area="policy", parent="4.a", measure="a.count", scale=Penalty(each=D("0.25"), most=D(1)), max_points=D(0)),
)


@pytest.fixture(scope="module")
def source():
    asked = case(edition=edition(*RULES, headings=HEADINGS), records=[record(True), record(1, measure="a.count")], run="r")
    return Source(
        ranking=judge(asked), edition=asked.edition, registry=asked.registry, measures=MEASURES, kept=lambda proof: None,
    )  # fmt: skip


def marks(source, code="so-a"):
    group = source.ranking.groups[0]
    return next(row for row in (*group.rows, *group.unranked) if row.agency == code).marks


def test_a_heading_is_the_sum_of_what_stands_under_it_at_any_depth(source):
    found = {one.heading.id: one for group in subtotals(source.edition, marks(source)).values() for one in group}
    sums = {name: (one.depth, one.points, one.possible, one.pending, one.concerns) for name, one in found.items()}
    assert sums == {
        "5.a": (0, 2, 4, 2, True),
        "5.a1": (1, 0, 2, 2, True),
        "5.b": (0, 0, 0, 0, False),
        "4.a": (0, D("-0.25"), 0, 0, True),
    }


def test_a_heading_is_shown_once_above_the_first_of_its_criteria(source):
    above = subtotals(source.edition, marks(source))
    assert {name: [one.heading.id for one in found] for name, found in above.items() if found} == {
        "1": ["5.a"], "2": ["5.a1"], "4": ["5.b"], "6": ["4.a"],
    }  # fmt: skip


def test_two_headings_that_begin_together_stand_from_the_outermost_in():
    rules = (criterion("1", parent="5.a1"), criterion("2", parent="5.a1"))
    law = edition(*rules, headings=HEADINGS[:2])
    found = subtotals(law, judge(case(edition=law, records=[record(True)])).groups[0].rows[0].marks)
    assert [(one.heading.id, one.points) for one in found["1"]] == [("5.a", 4), ("5.a1", 4)]


def test_the_page_shows_headings_above_their_criteria_and_nothing_of_them_is_alive(source, tmp_path):
    page = LexborHTMLParser((render_html(source, tmp_path).parent / "agency" / "so-a.html").read_text("utf-8"))
    shown = [" ".join(node.text().split()) for node in page.css("h3.heading, .mark h3")]
    assert shown == [
        "5.a Giới thiệu <b> 2,00 / 4,00 2,00 điểm chưa xác định",
        "1 Tiêu chí 1 2,00 / 2,00",
        "5.a1 Bộ máy 0,00 / 2,00 2,00 điểm chưa xác định",
        "2 Tiêu chí 2 chưa xác định / 2,00",
        "3 Tiêu chí 3 không áp dụng",
        "5.b Không của ai không áp dụng",
        "4 Tiêu chí 4 không áp dụng",
        "5 Tiêu chí 5 2,00 / 2,00",
        "4.a Trừ điểm -0,25 / 0,00",
        "6 Tiêu chí 6 -0,25 / 0,00",
    ]
    assert "Không có <việc> này" in page.body.text()


def test_the_explanation_sums_under_its_headings_and_explains_one_alone(source):
    text = explain_text(source, "so-a")
    assert text.index("5.a Giới thiệu") < text.index("  1 Tiêu chí 1") < text.index("5.a1 Bộ máy") < text.index("  2 Tiêu chí 2")
    assert "  5.a1 Bộ máy (cộng các tiêu chí dưới đây): 0 / 2, chưa xác định 2" in text.splitlines()
    assert "  5.b Không của ai (cộng các tiêu chí dưới đây): không áp dụng" in text.splitlines()
    alone = explain_text(source, "so-a", "5.a1")
    assert "2 Tiêu chí 2" in alone
    assert "3 Tiêu chí 3" in alone
    assert "1 Tiêu chí 1" not in alone
    assert "Không có <việc> này" in alone
    assert [mark["criterion"] for mark in explain_json(source, "so-a", "5.a")["marks"]] == ["1", "2", "3"]


def test_the_csv_has_a_row_a_heading_and_every_rows_parent(source):
    rows = [row for row in csv.DictReader(io.StringIO(marks_csv(source))) if row["agency"] == "so-a"]
    assert [(row["criterion"], row["kind"], row["points"], row["max"], row["parent"]) for row in rows] == [
        ("5.a", "heading", "2.00", "4.00", ""),
        ("1", "points", "2.00", "2.00", "5.a"),
        ("5.a1", "heading", "0.00", "2.00", "5.a"),
        ("2", "pending", "", "2.00", "5.a1"),
        ("3", "excluded", "", "2.00", "5.a1"),
        ("5.b", "heading", "0.00", "0.00", ""),
        ("4", "excluded", "", "2.00", "5.b"),
        ("5", "points", "2.00", "2.00", ""),
        ("4.a", "heading", "-0.25", "0.00", ""),
        ("6", "points", "-0.25", "0.00", "4.a"),
    ]
    assert all(None not in row and None not in row.values() for row in rows)


def test_every_report_shows_the_law_of_the_rankings_day(source, tmp_path):
    bases = (
        Basis(text="Luật cũ", valid_to=source.ranking.as_of.date()),
        Basis(text="Luật sau này", valid_from=source.ranking.as_of.date()),
    )
    old = replace(bases[0], valid_to=bases[0].valid_to.replace(day=28, month=2))
    law = edition(criterion("1", legal_basis="", bases=(old, bases[1])))
    asked = case(edition=law, records=[record(True)], run="r")
    shown = replace(source, ranking=judge(asked), edition=law.on(asked.day))
    page = (render_html(shown, tmp_path).parent / "agency" / "so-a.html").read_text("utf-8")
    for text in (page, explain_text(shown, "so-a", "1"), marks_csv(shown)):
        assert "Luật sau này" in text
        assert "Luật cũ" not in text


def test_headings_stand_in_the_councils_sheets_with_their_sums(source):
    standing = standing_of(source, "so-a")
    tab = agency_book(source, standing).tabs[0]
    rows = [[cell.value for cell in row] for row in tab.rows]
    at = next(place for place, row in enumerate(rows) if row[1:2] == ["5.a Giới thiệu <b>"])
    assert (rows[at][2], rows[at][5]) == (D("4.00"), D("2.00"))
    assert rows[at + 1][1].startswith("1 ")
    assert rows[at + 2][1] == "5.a1 Bộ máy"
    assert next(row for row in rows if row[1:2] == ["5.b Không của ai"])[6] == "Không áp dụng"
    page = sheet_page(source, standing).decode()
    assert "5.a Giới thiệu &lt;b&gt;</td>" in page
    assert page.index("5.a1 Bộ máy") < page.index("2 Tiêu chí 2")
