"""Numbers as shown: rounded once, half up, and still adding up."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.numbers import exact, near, shown, spread, two

PARTS = st.lists(st.decimals(min_value=-20, max_value=40, places=6), max_size=8)


@pytest.mark.parametrize(
    ("number", "text"), [("84.995", "85.00"), ("84.9949", "84.99"), ("-0.005", "-0.01"), ("-0.004", "0.00"), ("7", "7.00")]
)
def test_a_number_is_shown_half_up_with_two_places(number, text):
    assert two(D(number)) == text


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
    assert (exact(D("2.50")), exact(D(100)), exact(D("0.00"))) == ("2.5", "100", "0")
    assert exact(D(2) / D(3)).startswith("≈0.66666")
    assert (near(D(2) / D(3)), near(D("0.125"))) == ("≈0.666667", "0.125")
