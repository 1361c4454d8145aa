"""A series is the mean of its window; behind a wall it grows stale and ends like every other measure."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import case, criterion, find, record, registry

from auditor.judge import judge
from auditor.model.edition import Over, Take
from auditor.model.mark import Pending, Points
from auditor.model.scale import Fraction, Ratio, Relative, Weighted
from auditor.model.visit import Cause

MEASURE = "uptime.availability"


def marked(records, **given):
    rule = criterion(**{"scale": Ratio(), "measure": MEASURE, **given.pop("rule", {})})
    return find(judge(case(rule, records=records, **given)), "so-a").marks[0]


def sample(outcome, days_ago, **given):
    return record(D(outcome) if isinstance(outcome, int) else outcome, measure=MEASURE, days_ago=days_ago, **given)


def test_a_mean_cites_every_sample_it_rests_on():
    mark = marked([sample(1, days) for days in range(1, 10)] + [sample(0, 0)])
    assert (mark.points, mark.measured) == (D("1.8"), D("0.9"))
    assert (len(mark.readings), len(mark.proofs)) == (10, 10)
    assert str(mark.because) == "0.9 on average over 10 samples of the last 365 days: 1.8 of 2 points."


def test_of_very_many_samples_the_newest_fifty_are_cited_and_all_are_counted():
    mark = marked([sample(days % 2, days) for days in range(364)])
    assert mark.measured == D("0.5")
    assert mark.because.facts["count"] == 364
    assert [reading.observed_at for reading in mark.readings] == sorted(reading.observed_at for reading in mark.readings)
    assert len(mark.readings) == 50
    assert mark.readings[-1] == sample(0, 0)


def test_samples_outside_the_window_do_not_count():
    assert marked([sample(0, 400), sample(0, 366), sample(1, 1)]).measured == 1


@pytest.mark.parametrize(
    ("walled", "cause", "kind", "key"),
    [
        (5, Cause.CHALLENGE, Points, "mark.series_stale"),
        (20, Cause.CHALLENGE, Pending, "mark.pending"),
        (299, Cause.CHALLENGE, Points, "mark.worst"),
        (20, Cause.CONNECT, Points, "mark.worst"),
        (299, Cause.OWN_LINK, Pending, "mark.pending"),
        (299, Cause.AMBIGUOUS, Pending, "mark.pending"),
    ],
)
def test_behind_a_wall_the_old_samples_are_no_longer_averaged(walled, cause, kind, key):
    mark = marked([sample(1, 300), sample(0, walled)] + [sample(cause, days) for days in range(walled)])
    assert (type(mark), mark.because.key, mark.cause) == (kind, key, cause)
    if kind is Points:
        assert mark.points == (1 if key == "mark.series_stale" else 0)
    assert (mark.measured is None) is (key != "mark.series_stale")
    assert mark.proofs[-1] == sample(cause, 0).reading.evidence[0]
    if key == "mark.series_stale":
        assert (mark.because.facts["age"], mark.because.facts["count"]) == (walled, 2)


@given(st.lists(st.sampled_from([0, 1]), min_size=1, max_size=30), st.sampled_from(list(Take)))
def test_a_series_is_its_mean_whatever_a_state_would_take(outcomes, take):
    records = [sample(outcome, days) for days, outcome in enumerate(outcomes)]
    assert marked(records, rule={"take": take}).points == D(sum(outcomes)) / len(outcomes) * 2


def test_a_series_is_a_mean_also_as_a_part_and_beside_the_group():
    records = [sample(1, 1), sample(0, 0), sample(1, 0, agency="so-b")]
    parts = Weighted(fractions=(Fraction(measure=MEASURE, weight=D(1)), Fraction(measure="b.yes", weight=D(1))))
    rule = {"scale": parts, "measure": None}
    assert marked([*records, record(True, measure="b.yes")], rule=rule).points == D("1.5")
    assert marked(records, rule={"scale": Relative()}, registry=registry("so-a", "so-b")).points == 1


def test_the_mean_over_sites_rests_on_the_samples_of_each():
    place = registry("so-a", more_sites=[("so-a", "https://hai.test/")])
    records = [sample(1, 1), sample(0, 0), sample(1, 0, site="https://hai.test/")]
    mark = marked(records, rule={"over": Over.MEAN}, registry=place)
    assert (mark.points, len(mark.readings)) == (D("1.5"), 3)


def test_what_all_samples_of_a_window_come_to_is_taken_as_it_is():
    whole = [
        replace(one, reading=replace(one.reading, facts={"samples": 1000})) for one in (sample(D("0.5"), 2), sample(D("0.75"), 1))
    ]
    mark = marked([sample(1, 3), *whole])
    assert (mark.measured, mark.points, mark.because.facts["count"]) == (D("0.75"), D("1.5"), 1000)
    assert mark.readings == (whole[-1],)
    behind = marked([*whole, sample(Cause.CHALLENGE, 0)])
    assert (behind.measured, behind.because.key) == (D("0.75"), "mark.series_stale")


def test_a_mean_tells_the_sum_it_was_made_of():
    mark = marked([sample(1, 1), sample(1, 2), sample(0, 3)])
    assert mark.because.facts["sum"] == "2"
    assert D(mark.because.facts["sum"]) / mark.because.facts["count"] == mark.measured
