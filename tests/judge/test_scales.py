"""The ten scales: every row of ``scales.toml``, and what holds for all values."""

import tomllib
from decimal import Decimal as D
from decimal import InvalidOperation
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from province import edition, proof, registry

from auditor.editions.fields import Fields
from auditor.editions.scales import read_scale
from auditor.judge.areas import standing
from auditor.judge.scales import bounds, bounds_of_many, price, price_relative
from auditor.model.edition import Source
from auditor.model.mark import Points
from auditor.model.note import Note
from auditor.model.scale import (
    Best,
    Case,
    Count,
    Fraction,
    Penalty,
    Piecewise,
    Ratio,
    Relative,
    Scale,
    Step,
    Steps,
    Table,
    Weighted,
    YesNo,
)

ROWS = tomllib.loads((Path(__file__).parent / "scales.toml").read_text("utf-8"))
often = settings(max_examples=2000, deadline=None)


def number(text):
    """Give a text as the number that it is, else as it stands."""
    try:
        return D(text) if isinstance(text, str) else text
    except InvalidOperation:
        return text


def read(table):
    problems = []
    scale = read_scale(Fields({"scale": table}, "scales.toml", "", problems))
    assert not problems, problems
    return scale


def rows(kind):
    return [pytest.param(part, row, id=f"{part['name']}: {row}") for part in ROWS[kind] for row in part["rows"]]


def exactly(found, wanted):
    return isinstance(found, D) and found == D(wanted)


# The table


@pytest.mark.parametrize(("part", "row"), rows("scales"))
def test_a_value_has_the_points_that_were_computed_by_hand(part, row):
    value, points = row
    value = value if part.get("kind") == "word" else number(value)
    assert exactly(price(read(part["scale"]), value, D(part["most"])), points)


@pytest.mark.parametrize("part", [*ROWS["scales"], *ROWS["many"]], ids=lambda part: part["name"])
def test_a_scale_has_a_least_and_a_most(part):
    low, high = bounds(read(part["scale"]), D(part["most"]))
    assert exactly(low, part["bounds"][0])
    assert exactly(high, part["bounds"][1])


@pytest.mark.parametrize(("part", "row"), rows("relative"))
def test_a_number_is_worth_its_part_of_the_groups_highest(part, row):
    own, highest, points = row
    assert exactly(price_relative(D(own), D(highest), D(part["most"])), points)
    assert bounds(Relative(), D(part["most"])) == (D(0), D(part["most"]))


@pytest.mark.parametrize(("part", "row"), rows("many"))
def test_several_measures_come_to_what_was_computed_by_hand(part, row):
    values, low, high = row
    known = {name: None if value == "?" else number(value) for name, value in values.items()}
    found = bounds_of_many(read(part["scale"]), known, D(part["most"]))
    assert exactly(found[0], low)
    assert exactly(found[1], high)


def mark(place, points):
    return Points(
        criterion=str(place), area="portal", max=max(points, D(0)), because=Note(key="t", text="t"), source=Source.MEASURED,
        proofs=(proof(),), points=points,
    )  # fmt: skip


@pytest.mark.parametrize(("part", "row"), rows("areas"))
def test_what_is_taken_away_stops_at_the_areas_floor(part, row):
    given_, kept, back = row
    marks = [mark(place, D(points)) for place, points in enumerate(given_)]
    found = standing(edition(floor=part["floor"]), registry().agencies[0], marks)
    area = next(one for one in found.areas if one.area == "portal")
    assert exactly(area.points, kept)
    assert exactly(area.floored, back)
    assert found.points == D(kept)


def test_every_one_of_the_ten_scales_stands_in_the_table():
    shown = {type(read(part["scale"])) for part in (*ROWS["scales"], *ROWS["many"])} | {Relative}
    assert shown == set(Scale.__args__)
    assert len(shown) == 10


@pytest.mark.parametrize("scale", [Table(table={"a": D(1)}), Relative(), Best(cases=()), Weighted(fractions=())])
def test_a_scale_that_needs_more_than_one_number_prices_none(scale):
    with pytest.raises(TypeError):
        price(scale, D(1), D(1))


@pytest.mark.parametrize("scale", [YesNo(yes=D(1)), Best(cases=()), Weighted(fractions=())])
def test_a_scale_without_words_prices_none(scale):
    with pytest.raises(TypeError):
        price(scale, "never", D(1))


def test_a_word_without_a_price_is_no_zero():
    with pytest.raises(KeyError):
        price(Ratio(words={"never": D(0)}), "undated", D(1))


# What holds for all values

POINTS = st.decimals(min_value=D("0.01"), max_value=D(60), places=2)
SHARES = st.decimals(min_value=D(0), max_value=D(1), places=6)
COUNTS = st.integers(0, 10**6)
EACH = st.decimals(min_value=D("0.01"), max_value=D(5), places=2)


def part_of(most):
    """Give points from nothing to the max."""
    return st.decimals(min_value=D(0), max_value=D(1), places=3).map(lambda share: share * most)


@st.composite
def rising_steps(draw, most):
    """Give steps as an edition's author means them: the further, the more points."""
    limits = sorted(draw(st.lists(COUNTS, min_size=1, max_size=5, unique=True)), reverse=True)
    worth = sorted(draw(st.lists(part_of(most), min_size=len(limits), max_size=len(limits))), reverse=True)
    otherwise = draw(part_of(worth[-1]))
    return Steps(steps=tuple(Step(at_least=D(a), points=p) for a, p in zip(limits, worth, strict=True)), otherwise=otherwise)


@st.composite
def falling_steps(draw, most):
    """Give steps the other way round: the fewer days, the more points."""
    limits = sorted(draw(st.lists(COUNTS, min_size=1, max_size=5, unique=True)))
    worth = sorted(draw(st.lists(part_of(most), min_size=len(limits), max_size=len(limits))), reverse=True)
    otherwise = draw(part_of(worth[-1]))
    return Steps(steps=tuple(Step(at_most=D(a), points=p) for a, p in zip(limits, worth, strict=True)), otherwise=otherwise)


@st.composite
def piecewise(draw):
    norm = draw(st.decimals(min_value=D("0.01"), max_value=D(1), places=2))
    return Piecewise(norm=norm, floor=draw(st.decimals(min_value=D(0), max_value=norm, places=2)))


@st.composite
def monotone(draw):
    """Give a scale on which more is better, its max, and two of its values, the worse one first."""
    most = draw(POINTS)
    scale = draw(
        st.one_of(
            st.just(Ratio()),
            piecewise(),
            st.builds(Count, each=EACH),
            rising_steps(most),
            st.builds(YesNo, yes=st.just(most), no=part_of(most)),
        )
    )
    values = draw(st.tuples(kind_of(scale), kind_of(scale)))
    return scale, most, *sorted(values)


def kind_of(scale):
    """Give values that fit a scale."""
    match scale:
        case Ratio() | Piecewise():
            return SHARES
        case YesNo():
            return st.booleans()
        case _:
            return COUNTS


@often
@given(monotone())
def test_a_better_value_never_gives_fewer_points(found):
    scale, most, worse, better = found
    assert price(scale, worse, most) <= price(scale, better, most)


@often
@given(st.data())
def test_where_less_is_better_less_never_gives_fewer_points(data):
    most = data.draw(POINTS)
    penalty = st.builds(Penalty, each=EACH, most=st.just(most))
    scale = data.draw(st.one_of(falling_steps(most), penalty))
    less, more = sorted(data.draw(st.tuples(COUNTS, COUNTS)))
    assert price(scale, less, most) >= price(scale, more, most)


@often
@given(POINTS, COUNTS, COUNTS, COUNTS)
def test_of_two_in_one_group_the_better_never_has_fewer_points_and_the_best_has_all(most, one, other, third):
    highest = D(max(one, other, third))
    worse, better = sorted((D(one), D(other)))
    assert price_relative(worse, highest, most) <= price_relative(better, highest, most)
    assert D(0) <= price_relative(worse, highest, most) <= most
    assert price_relative(highest, highest, most) == (most if highest else 0)


@often
@given(POINTS, COUNTS, COUNTS, st.integers(0, 100))
def test_to_better_ones_own_number_never_costs_though_it_may_lift_the_highest(most, own, others, more):
    before = price_relative(D(own), D(max(own, others)), most)
    assert price_relative(D(own + more), D(max(own + more, others)), most) >= before


def some_steps(draw, most):
    bound = draw(st.lists(st.tuples(st.booleans(), COUNTS, part_of(most)), min_size=1, max_size=5))
    return tuple(
        Step(at_least=D(limit) if least else None, at_most=None if least else D(limit), points=points)
        for least, limit, points in bound
    )


WORDS = ("never", "undated", "unreachable")
ONE_VALUE = (YesNo, Ratio, Piecewise, Count, Steps, Penalty, Table)


@st.composite
def any_scale(draw):
    """Give any scale that ``auditor check`` lets pass for one value, also one that makes no sense, with its max and a value."""
    most, shape = draw(POINTS), draw(st.sampled_from(ONE_VALUE))
    worth = part_of(most)
    words = draw(st.dictionaries(st.sampled_from(WORDS), worth, min_size=1, max_size=3))
    if shape is YesNo:
        scale = YesNo(yes=draw(worth), no=draw(worth))
    elif shape is Ratio:
        scale = Ratio(words=words)
    elif shape is Piecewise:
        scale = draw(piecewise())
    elif shape is Count:
        scale = Count(each=draw(EACH), words=words)
    elif shape is Steps:
        scale = Steps(steps=some_steps(draw, most), otherwise=draw(worth), words=words)
    elif shape is Penalty:
        scale = Penalty(each=draw(EACH), most=most, words={word: -points for word, points in words.items()})
    else:
        scale = Table(table=words)
    named = getattr(scale, "table", None) or getattr(scale, "words", None)
    if shape is Table or (named and draw(st.booleans())):
        return scale, D(0) if shape is Penalty else most, draw(st.sampled_from(sorted(named)))
    return scale, D(0) if shape is Penalty else most, draw(kind_of(scale))


@often
@given(any_scale())
def test_points_lie_within_the_bounds(found):
    scale, most, value = found
    low, high = bounds(scale, most)
    assert low <= price(scale, value, most) <= high


MEASURES = ("a", "b", "c")


@st.composite
def of_many(draw):
    """Give a scale over several measures, its max, what is known, and one way in which all turns out."""
    most = draw(POINTS)
    if draw(st.booleans()):
        case = st.builds(Case, measure=st.sampled_from(MEASURES), points=part_of(most), equals=st.booleans())
        scale = Best(cases=tuple(draw(st.lists(case, min_size=1, max_size=4))))
        outcome = st.booleans()
    else:
        weights = draw(st.lists(EACH, min_size=1, max_size=3))
        scale = Weighted(fractions=tuple(Fraction(measure=m, weight=w) for m, w in zip(MEASURES, weights, strict=False)))
        outcome = st.one_of(st.booleans(), SHARES)
    whole = {measure: draw(outcome) for measure in MEASURES}
    known = {measure: draw(st.sampled_from([value, None])) for measure, value in whole.items()}
    return scale, most, known, whole


@often
@given(of_many())
def test_however_several_measures_turn_out_the_points_lie_within_their_bounds(found):
    scale, most, known, whole = found
    low, high = bounds_of_many(scale, known, most)
    points, same = bounds_of_many(scale, whole, most)
    assert points == same
    # A sum of shares is rounded at its 28th digit, on either side by itself.
    slack = D("1e-20")
    assert low - slack <= points <= high + slack
    least, greatest = bounds(scale, most)
    assert least <= low
    assert high <= greatest + slack


@often
@given(of_many(), st.sampled_from(MEASURES))
def test_a_better_share_never_lowers_a_weighted_sum_and_a_case_more_never_the_best(found, measure):
    scale, most, _, whole = found
    before = bounds_of_many(scale, whole, most)[0]
    if isinstance(scale, Weighted):
        assert bounds_of_many(scale, {**whole, measure: D(1)}, most)[0] >= before - D("1e-20")
    else:
        more = Best(cases=(*scale.cases, Case(measure=measure, points=most, equals=True)))
        assert bounds_of_many(more, whole, most)[0] >= before


@often
@given(
    st.lists(st.decimals(min_value=D(-3), max_value=D(3), places=2), min_size=1, max_size=6),
    st.decimals(min_value=D(-4), max_value=D(1), places=1),
    st.integers(0, 5),
    st.decimals(min_value=D(0), max_value=D(3), places=2),
)
def test_more_points_of_a_mark_never_lower_its_area_and_none_falls_under_its_floor(points, floor, place, more):
    law, agency = edition(floor=str(floor)), registry().agencies[0]
    place %= len(points)
    better = [value + more if at == place else value for at, value in enumerate(points)]
    before, after = (
        standing(law, agency, [mark(at, value) for at, value in enumerate(values)]).areas[0] for values in (points, better)
    )
    assert floor <= before.points <= after.points
    assert before.points - before.floored == sum(points)
