"""The ten scales, cell by cell."""

from decimal import Decimal as D

import pytest

from auditor.judge.scales import bounds, bounds_of_many, price, price_relative
from auditor.model.scale import (
    Best,
    Case,
    Count,
    Fraction,
    Penalty,
    Piecewise,
    Ratio,
    Relative,
    Step,
    Steps,
    Table,
    Weighted,
    YesNo,
)

STEPS = Steps(
    steps=(Step(at_most=D(7), points=D(2)), Step(at_most=D(30), points=D(1))), words={"never": D(0), "undated": D("0.5")}
)
MEETINGS = Steps(steps=(Step(at_least=D(4), points=D(20)), Step(at_least=D(3), points=D(15))), otherwise=D(1))


@pytest.mark.parametrize(
    ("scale", "value", "most", "points"),
    [
        (YesNo(yes=D(2)), True, D(2), D(2)),
        (YesNo(yes=D(2)), False, D(2), D(0)),
        (Ratio(), D("0.25"), D(4), D(1)),
        (Ratio(words={"never": D(0)}), "never", D(4), D(0)),
        (STEPS, 7, D(2), D(2)),
        (STEPS, 8, D(2), D(1)),
        (STEPS, 31, D(2), D(0)),
        (STEPS, "never", D(2), D(0)),
        (STEPS, "undated", D(2), D("0.5")),
        (MEETINGS, 5, D(20), D(20)),
        (MEETINGS, 3, D(20), D(15)),
        (MEETINGS, 0, D(20), D(1)),
        (Piecewise(floor=D("0.35"), norm=D("0.7")), D("0.34"), D(7), D(0)),
        (Piecewise(floor=D("0.35"), norm=D("0.7")), D("0.35"), D(7), D("3.5")),
        (Piecewise(floor=D("0.35"), norm=D("0.7")), D("0.7"), D(7), D(7)),
        (Piecewise(floor=D("0.35"), norm=D("0.7")), D("0.9"), D(7), D(7)),
        (Count(each=D("0.5")), 3, D(5), D("1.5")),
        (Count(each=D("0.5")), 30, D(5), D(5)),
        (Table(table={"chair": D(10), "deputy": D(5), "none": D(0)}), "deputy", D(10), D(5)),
        (Penalty(each=D("0.25"), most=D(1)), 2, D(0), D("-0.5")),
        (Penalty(each=D("0.25"), most=D(1)), 9, D(0), D(-1)),
    ],
)
def test_a_value_has_its_price(scale, value, most, points):
    assert price(scale, value, most) == points


@pytest.mark.parametrize(
    ("scale", "most", "least_and_most"),
    [
        (YesNo(yes=D(0), no=D(2)), D(2), (D(0), D(2))),
        (Ratio(), D(3), (D(0), D(3))),
        (STEPS, D(2), (D(0), D(2))),
        (MEETINGS, D(20), (D(1), D(20))),
        (Table(table={"a": D(1), "b": D(3)}), D(3), (D(1), D(3))),
        (Penalty(each=D(1), most=D(4)), D(0), (D(-4), D(0))),
        (Count(each=D(1)), D(5), (D(0), D(5))),
        (Relative(), D(5), (D(0), D(5))),
    ],
)
def test_a_scale_has_a_least_and_a_most(scale, most, least_and_most):
    assert bounds(scale, most) == least_and_most


def test_the_best_of_cases_counts_and_an_open_case_only_widens():
    scale = Best(cases=(Case(measure="a", equals=True, points=D(3)), Case(measure="b", at_least=D(2), points=D(5))))
    assert bounds_of_many(scale, {"a": True, "b": 1}, D(5)) == (D(3), D(3))
    assert bounds_of_many(scale, {"a": True, "b": None}, D(5)) == (D(3), D(5))
    assert bounds_of_many(scale, {"a": None, "b": 2}, D(5)) == (D(5), D(5))
    assert bounds_of_many(scale, {"a": False, "b": 0}, D(5)) == (D(0), D(0))


def test_fractions_are_weighed():
    scale = Weighted(fractions=(Fraction(measure="full", weight=D(1)), Fraction(measure="partial", weight=D("0.5"))))
    assert bounds_of_many(scale, {"full": D("0.5"), "partial": D(1)}, D(3)) == (D(2), D(2))
    assert bounds_of_many(scale, {"full": None, "partial": D(0)}, D(3)) == (D(0), D(2))


def test_relative_to_the_best_where_nobody_has_anything_gives_nothing():
    assert price_relative(D(5), D(10), D(4)) == D(2)
    assert price_relative(D(0), D(0), D(4)) == 0
