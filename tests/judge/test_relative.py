"""Points relative to the group's highest: what is determined is said to be, and a site without the duty is left out."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import appraisal, case, criterion, declaration, find, record, registry

from auditor.judge import judge
from auditor.model.edition import Over, Source, Take
from auditor.model.mark import Excluded, Pending, Points
from auditor.model.scale import Relative
from auditor.model.visit import Cause

SECOND = "https://hai.test/"


def marked(records, code="so-a", rule=None, **given):
    base = {"scale": Relative(), "measure": "a.count", **(rule or {})}
    return find(judge(case(criterion(**base), records=records, **given)), code).marks[0]


def count(outcome, agency="so-a", **given):
    return record(outcome, agency=agency, measure="a.count", **given)


@pytest.mark.parametrize("open_", [Cause.OWN_LINK, Cause.CHALLENGE, None])
def test_an_own_nothing_is_nothing_whatever_the_others_have(open_):
    others = [count(open_, "so-b")] if open_ else []
    mark = marked([count(0), *others])
    assert isinstance(mark, Points)
    assert (mark.points, mark.measured, mark.cause) == (0, 0, None)
    assert str(mark.because) == "0 is worth 0 of 2 points, whatever the values of the group that are not known yet."


def test_the_whole_share_is_the_highest_whatever_the_others_have():
    mark = marked([record(D(1), measure="a.share"), record(Cause.OWN_LINK, "so-b", "a.share")], rule={"measure": "a.share"})
    assert (mark.points, mark.because.key, mark.cause) == (2, "mark.relative_sure", None)
    mark = marked([record(D("0.5"), measure="a.share"), record(Cause.OWN_LINK, "so-b", "a.share")], rule={"measure": "a.share"})
    assert (type(mark), mark.low, mark.high, mark.because.key) == (Pending, 1, 2, "mark.relative_open")


@pytest.mark.parametrize("over", [Over.WORST, Over.BEST, Over.MEAN])
def test_a_site_without_the_duty_is_left_out(over):
    place = registry("so-a", "so-b", more_sites=[("so-a", SECOND)])
    mark = marked([count(5), count("no duty", site=SECOND), count(10, "so-b")], rule={"over": over}, registry=place)
    assert (mark.points, mark.measured) == (1, 5)


def test_without_the_duty_on_any_site_the_criterion_does_not_concern_the_agency():
    place = registry("so-a", "so-b", more_sites=[("so-a", SECOND)])
    records = [count("no duty"), count("no duty", site=SECOND), count(10, "so-b")]
    assert isinstance(marked(records, rule={"over": Over.MEAN}, registry=place), Excluded)
    assert marked(records, "so-b", rule={"over": Over.MEAN}, registry=place).points == 2


@pytest.mark.parametrize(("over", "points"), [(Over.WORST, "0.4"), (Over.BEST, "1.2"), (Over.MEAN, "0.8"), (Over.MAIN, "0.4")])
def test_a_number_is_joined_over_the_sites_and_rests_on_all_that_counted(over, points):
    place = registry("so-a", "so-b", more_sites=[("so-a", SECOND)])
    mark = marked([count(2), count(6, site=SECOND), count(10, "so-b")], rule={"over": over}, registry=place)
    assert mark.points == D(points)
    assert len(mark.readings) == (1 if over is Over.MAIN else 2)


def test_a_number_that_could_not_be_seen_for_too_long_is_told_as_such():
    mark = marked([count(5, days_ago=20), count(Cause.CONNECT), count(10, "so-b"), count(10, "so-c")])
    assert (mark.points, mark.measured, mark.cause, mark.because.key) == (0, None, Cause.CONNECT, "mark.worst")


def test_a_stale_number_shows_its_age():
    mark = marked([count(5, days_ago=3), count(Cause.CONNECT), count(10, "so-b"), count(10, "so-c")])
    assert (mark.points, mark.measured, mark.cause, mark.because.key) == (1, 5, Cause.CONNECT, "mark.stale")
    assert mark.because.facts["days"] == 3


@pytest.mark.parametrize(("take", "number"), [(Take.LAST, 6), (Take.MEDIAN, 4), (Take.WORST, 1)])
def test_a_number_is_taken_as_the_criterion_says(take, number):
    nights = [count(value, days_ago=days) for value, days in ((4, 3), (1, 2), (6, 1))]
    assert marked(nights, rule={"take": take}, registry=registry("so-a")).measured == number


def test_while_another_is_open_the_cause_is_the_others():
    mark = marked([count(5, days_ago=3), count(Cause.CONNECT), count(Cause.CHALLENGE, "so-b"), count(10, "so-c")])
    assert (type(mark), mark.measured, mark.cause, mark.low, mark.high) == (Pending, 5, Cause.CHALLENGE, 0, 1)


def test_declared_numbers_are_compared_with_the_declared_ones_of_the_group():
    rule = {"source": Source.DECLARED, "measure": None, "declared_kind": "count"}
    told = [declaration(5), declaration(10, "so-b")]
    assert isinstance(marked([], rule=rule, declarations=told), Pending)
    assert marked([], rule=rule, declarations=told, declarations_closed=True).points == 1


NUMBERS = st.one_of(st.integers(0, 20), st.sampled_from(["no duty", Cause.CRASHED, Cause.CHALLENGE]))


@given(st.lists(NUMBERS, min_size=3, max_size=3), st.sampled_from([Over.WORST, Over.BEST, Over.MEAN]))
def test_one_more_site_without_the_duty_changes_nothing(numbers, over):
    codes = ("so-a", "so-b", "so-c")
    records = [count(number, code) for number, code in zip(numbers, codes, strict=True)]
    without = marked(records, rule={"over": over})
    place = registry(*codes, more_sites=[("so-a", SECOND)])
    with_it = marked([*records, count("no duty", site=SECOND)], rule={"over": over}, registry=place)
    assert (type(without), without.because.key) == (type(with_it), with_it.because.key)
    assert getattr(without, "points", None) == getattr(with_it, "points", None)


@given(st.lists(NUMBERS, min_size=3, max_size=3))
def test_a_sentence_says_open_only_where_something_is(numbers):
    records = [count(number, code) for number, code in zip(numbers, ("so-a", "so-b", "so-c"), strict=True)]
    mark = marked(records)
    assert (mark.because.key in {"mark.relative_open", "mark.pending"}) is isinstance(mark, Pending)


def test_the_councils_number_is_as_open_as_the_numbers_it_is_compared_with():
    decided = [appraisal(5)]
    mark = marked([count(10, "so-b"), count(Cause.NOT_RUN, "so-c")], appraisals=decided)
    assert (type(mark), mark.low, mark.high, mark.because.key, mark.cause) == (
        Pending,
        0,
        1,
        "mark.appraised_open",
        Cause.NOT_RUN,
    )
    assert (mark.appraised, mark.origin) == (5, None)
    mark = marked([count(10, "so-b"), count(100, "so-c")], appraisals=decided)
    assert (mark.points, mark.because.key) == (D("0.1"), "mark.appraised")


def test_the_councils_share_keeps_what_no_open_share_can_take_from_it():
    share, records = {"measure": "a.share"}, [record(D("0.6"), "so-b", "a.share")]
    mark = marked(records, rule=share, appraisals=[appraisal(D("0.5"))])
    assert (type(mark), mark.low, mark.high) == (Pending, 1, D("0.5") * 2 / D("0.6"))
    mark = marked(records, rule=share, appraisals=[appraisal(D(1))])
    assert (mark.points, mark.cause) == (2, None)


def test_a_mark_that_the_council_set_is_owed_while_it_is_open():
    both = [criterion("1", scale=Relative(), measure="a.count"), criterion("2", measure="a.yes")]
    row = find(judge(case(*both, records=[count(10, "so-b"), record(False)], appraisals=[appraisal(5)])), "so-a")
    assert (row.low, row.high) == (0, 25)
