"""Numbers as shown: rounded once, half up, and still adding up; with a comma for people, with a point for programs."""

import ast
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.figures import comma, commas, is_number
from reports.numbers import exact, near, pointed, pointed_exact, shown, spread, sum_of, two

PARTS = st.lists(st.decimals(min_value=-20, max_value=40, places=6), max_size=8)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("84.995", "85,00"),
        ("84.9949", "84,99"),
        ("-0.005", "-0,01"),
        ("-0.004", "0,00"),
        ("7", "7,00"),
        ("1234567.5", "1234567,50"),
    ],
)
def test_a_number_is_shown_half_up_with_two_places(number, text):
    assert two(D(number)) == text
    assert pointed(D(number)) == text.replace(",", ".")


@given(PARTS)
def test_shown_parts_add_up_to_the_shown_sum_and_each_is_within_a_hundredth(parts):
    spread_out = spread(parts)
    assert sum(spread_out, D(0)) == shown(sum(parts, D(0)))
    assert all(abs(got - part) < D("0.01") for got, part in zip(spread_out, parts, strict=True))


@given(st.lists(st.decimals(min_value=0, max_value=40, places=2), max_size=8))
def test_parts_that_need_no_rounding_stay_as_they_are(parts):
    assert list(spread(parts)) == parts


def test_what_was_rounded_furthest_away_gives_way_first():
    assert spread([D("0.334"), D("0.333"), D("0.333")]) == (D("0.34"), D("0.33"), D("0.33"))
    assert spread([D("0.005"), D("0.009"), D("0.005")]) == (D("0.00"), D("0.01"), D("0.01"))


def test_exact_numbers_have_no_useless_zeros_and_cut_off_ones_say_so():
    assert (exact(D("2.50")), exact(D(100)), exact(D("0.00"))) == ("2,5", "100", "0")
    assert exact(D(2) / D(3)).startswith("≈0,66666")
    assert (near(D(2) / D(3)), near(D("0.125"))) == ("≈0,666667", "0,125")
    assert (pointed_exact(D("2.50")), pointed_exact(D(100))) == ("2.5", "100")


def test_a_percent_is_written_out_as_people_write_it():
    assert sum_of(D("12.5"), D(20), D("2.25"), D("70.4225")) == "12,5 ÷ (20 − 2,25) × 100 = 70,42 %"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_people_and_programs_read_the_same_number(number):
    assert D(exact(number).replace(",", ".")) == D(pointed_exact(number)) == number
    assert "." not in exact(number) + two(number) + near(number)
    assert "," not in pointed_exact(number) + pointed(number)


def test_a_text_of_numbers_gets_its_commas_and_nothing_else():
    assert commas("0.5; 1–2.25") == "0,5; 1–2,25"
    assert commas("-12.3 %") == "-12,3 %"
    assert commas("10.0.0.1, tls1.2, 1.2.") == "10.0.0.1, tls1.2, 1.2."
    assert comma("0.6") == "0,6"
    assert [is_number(text) for text in ("0.5", "-3", "≈0.67", "HTTP/1.1", "", "1.2.3", "1,5")] == [
        True,
        True,
        True,
        *[False] * 4,
    ]


REPORTS = Path(__file__).parents[2] / "reports"
FOR_PEOPLE, FOR_PROGRAMS = {"two", "exact", "near", "sum_of"}, {"pointed", "pointed_exact"}
BOTH = {
    "words.py": "a letter may be in English, and sentences stand in JSON and CSV too",
    "overview.py": "a bar's width is CSS",
    "fixed.py": "its JSON",
    "council_letter.py": "what a webhook gets",
}


def taken(module):
    """Give what a module takes from the home of numbers."""
    tree = ast.parse(module.read_text("utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "reports.numbers"]
    return {name.name for node in found for name in node.names}


def test_what_programs_read_takes_no_number_for_people_and_the_rest_none_for_programs():
    programs = {"json.py", "csvs.py", "whole.py", "preview_json.py"}
    for module in sorted(REPORTS.glob("*.py")):
        names = taken(module)
        if module.name in programs:
            assert names & FOR_PROGRAMS, module
            assert not names & FOR_PEOPLE, module
        elif module.name not in BOTH:
            assert not names & FOR_PROGRAMS, module
