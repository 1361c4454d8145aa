"""Scales over several measures: each part has its duty, its age and its blame, and the whole says so."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import case, criterion, find, record, registry

from auditor.judge import judge
from auditor.model.edition import Over, Take
from auditor.model.mark import Excluded, Pending, Points
from auditor.model.scale import Best, Case, Fraction, Weighted
from auditor.model.visit import Cause
from reports.words import vietnamese

A, B = "a.yes", "b.yes"


def weighted(**weights):
    fractions = tuple(Fraction(measure=name.replace("_", "."), weight=D(weight)) for name, weight in weights.items())
    return criterion(scale=Weighted(fractions=fractions), measure=None, max_points=D(3))


BOTH = weighted(a_yes=1, b_yes=2)
BEST = criterion(
    scale=Best(cases=(Case(measure=A, equals=True, points=D(1)), Case(measure=B, equals=False, points=D(2)))), measure=None
)


def marked(rule, *records, **given):
    return find(judge(case(rule, records=records, **given)), "so-a").marks[0]


@pytest.mark.parametrize(
    ("rule", "one", "other", "points", "listed"),
    [
        (BOTH, True, True, 3, "a.yes = true, b.yes = true"),
        (BOTH, True, False, 1, "a.yes = true, b.yes = false"),
        (BOTH, True, "no duty", 3, "a.yes = true, b.yes = no_duty"),
        (BOTH, False, "no duty", 0, "a.yes = false, b.yes = no_duty"),
        (BEST, True, "no duty", 1, "a.yes = true, b.yes = no_duty"),
        (BEST, False, False, 2, "a.yes = false, b.yes = false"),
        (BEST, Cause.CRASHED, False, 2, "a.yes = ?, b.yes = false"),  # what is open can change nothing
    ],
)
def test_a_part_without_a_duty_costs_nothing(rule, one, other, points, listed):
    mark = marked(rule, record(one), record(other, measure=B))
    assert isinstance(mark, Points)
    assert (mark.points, mark.measured, mark.cause) == (points, None, None)
    assert (mark.because.key, mark.because.facts["value"]) == ("mark.priced", listed)


@pytest.mark.parametrize("rule", [BOTH, BEST])
def test_without_any_duty_the_criterion_does_not_concern_the_agency(rule):
    mark = marked(rule, record("no duty"), record("no duty", measure=B))
    assert isinstance(mark, Excluded)
    assert (len(mark.readings), len(mark.proofs)) == (2, 2)


@pytest.mark.parametrize(
    ("cause", "days", "kind", "key", "points"),
    [
        (Cause.TIMEOUT, 5, Points, "mark.parts_stale", 3),
        (Cause.TIMEOUT, 20, Points, "mark.parts_worst", 1),
        (Cause.CHALLENGE, 20, Pending, "mark.pending", None),
        (Cause.CRASHED, 20, Pending, "mark.pending", None),
    ],
)
def test_each_part_has_its_own_age_and_blame(cause, days, kind, key, points):
    mark = marked(BOTH, record(True), record(True, measure=B, days_ago=days), record(cause, measure=B))
    assert (type(mark), mark.because.key, mark.cause) == (kind, key, cause)
    assert getattr(mark, "points", None) == points
    assert mark.proofs[-1] == record(cause, measure=B).reading.evidence[0]
    first, second = mark.because.facts["parts"]
    assert (first["cause"], first["value"]) == (None, "true")
    assert (second["cause"], second["age_days"]) == (cause, 5 if days == 5 else 0)
    assert second["value"] == {"mark.parts_stale": "true", "mark.parts_worst": "not_seen", "mark.pending": "?"}[key]


def test_what_was_not_seen_is_never_told_as_a_value():
    old = [record(True, days_ago=20), record(Cause.TIMEOUT)]
    mark = marked(BEST, *old, record(False, measure=B, days_ago=20), record(Cause.TIMEOUT, measure=B))
    assert (mark.points, mark.cause) == (0, Cause.TIMEOUT)  # the case of B wants false, and false was not seen
    assert "false" not in str(mark.because)
    assert "không xem được" in vietnamese().say(mark.because)


def test_the_part_that_costs_points_names_the_cause_before_one_that_is_only_stale():
    mark = marked(
        BOTH,
        *(record(True, days_ago=3), record(Cause.DNS)),
        *(record(True, measure=B, days_ago=20), record(Cause.TIMEOUT, measure=B)),
    )
    assert (mark.points, mark.cause, mark.because.key) == (1, Cause.TIMEOUT, "mark.parts_worst_stale")
    assert mark.because.facts["state"] == "a.yes = 3"


@pytest.mark.parametrize(("take", "points"), [(Take.LAST, 3), (Take.MEDIAN, 3), (Take.WORST, 1)])
def test_each_part_is_taken_as_the_criterion_says(take, points):
    rule = criterion(scale=BOTH.scale, measure=None, max_points=D(3), take=take)
    nights = [record(value, measure=B, days_ago=days) for value, days in ((False, 3), (True, 2), (True, 1))]
    assert marked(rule, record(True, days_ago=1), *nights).points == points


@pytest.mark.parametrize(("over", "points"), [(Over.WORST, 1), (Over.BEST, 3), (Over.MEAN, 2)])
def test_sites_are_joined_over_their_parts(over, points):
    rule = criterion(scale=BOTH.scale, measure=None, max_points=D(3), over=over)
    place = registry("so-a", more_sites=[("so-a", "https://hai.test/")])
    second = [record(True, site="https://hai.test/"), record(False, measure=B, site="https://hai.test/")]
    assert marked(rule, record(True), record(True, measure=B), *second, registry=place).points == points


OUTCOMES = st.one_of(st.decimals(0, 1, places=2), st.sampled_from(["no duty", Cause.CRASHED, Cause.CHALLENGE]))
WEIGHTS = st.integers(1, 9)
PARTS = st.lists(st.tuples(WEIGHTS, OUTCOMES), min_size=1, max_size=4)


def judged(parts):
    names = [f"part.{number}" for number in range(len(parts))]
    scale = Weighted(fractions=tuple(Fraction(measure=n, weight=D(w)) for n, (w, _) in zip(names, parts, strict=True)))
    rule = criterion(scale=scale, measure=None, max_points=D(3))
    return marked(rule, *(record(outcome, measure=name) for name, (_, outcome) in zip(names, parts, strict=True)))


def worth(mark):
    return (mark.points, mark.points) if isinstance(mark, Points) else (mark.low, mark.high)


@given(PARTS, WEIGHTS)
def test_one_more_part_without_a_duty_changes_nothing(parts, weight):
    without, with_it = judged(parts), judged([*parts, (weight, "no duty")])
    assert type(without) is type(with_it)
    if not isinstance(without, Excluded):
        assert worth(without) == worth(with_it)


@given(PARTS, st.lists(st.decimals(0, 1, places=2), min_size=4, max_size=4))
def test_the_bounds_hold_whatever_the_open_parts_turn_out_to_be(parts, later):
    done = [(w, later[n] if isinstance(o, Cause) else o) for n, (w, o) in enumerate(parts)]
    before, after = judged(parts), judged(done)
    assert isinstance(before, Excluded) is isinstance(after, Excluded)
    if isinstance(after, Points):
        low, high = worth(before)
        assert low <= after.points <= high


@given(PARTS)
def test_a_mark_of_many_measures_measures_no_single_value_and_tells_every_part(parts):
    mark = judged(parts)
    assert mark.measured is None
    assert len(mark.proofs) == len(parts)
    if not isinstance(mark, Excluded):
        assert [part["measure"] for part in mark.because.facts["parts"]] == [f"part.{n}" for n in range(len(parts))]
