"""How long a failing visit is borne with, and that what is our own fault never uses any of it up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import case, criterion, find, record

from auditor.judge import judge
from auditor.model.mark import Pending, Points
from auditor.model.visit import Blame, Cause

OWN = [cause for cause in Cause if cause.blame is Blame.OURS]
THEIRS = [cause for cause in Cause if cause.blame is Blame.THEIRS]
REFUSING = [cause for cause in Cause if cause.blame is Blame.REFUSING]
VISITED = [cause for cause in Cause if cause not in {Cause.UNCONFIRMED, Cause.NOT_DECLARED}]
STALE_AFTER, GRACE = 14, 30


def marked(records):
    return find(judge(case(criterion(), records=records)), "so-a").marks[0]


def nights(outcomes):
    """Give one record a night, the last of them tonight's."""
    return [record(outcome, days_ago=len(outcomes) - 1 - night) for night, outcome in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "points"),
    [
        ([Cause.CRASHED] * 20 + [Cause.TIMEOUT], None),
        ([True] + [Cause.OWN_LINK] * 19 + [Cause.CONNECT], None),
        ([True] + [Cause.OWN_LINK] * 39 + [Cause.CHALLENGE], None),
        ([True] + [Cause.AMBIGUOUS] * 19 + [Cause.CONNECT], None),  # what is open costs nothing either
        ([True] + [Cause.BLOCKED] * 24 + [Cause.CONNECT], None),  # a refusal was not theirs to mend within a fortnight
        ([True] + [Cause.CONNECT] * 20 + [Cause.CHALLENGE], None),  # nor an outage a refusal
        ([Cause.CONNECT] * 30 + [Cause.OWN_LINK] + [Cause.CONNECT] * 14, None),
        ([Cause.CONNECT] * 30 + [Cause.OWN_LINK] + [Cause.CONNECT] * 15, 0),
        ([Cause.CONNECT] * 10 + [Cause.AMBIGUOUS] + [Cause.CONNECT] * 10, 0),
        ([True] + [Cause.CONNECT] * 14, 0),  # the clock of an outage that follows upon a reading starts there
        ([True] + [Cause.CONNECT] * 13, 2),
        ([True] + [Cause.CONNECT] * 5 + [Cause.CRASHED] * 10, None),
        ([True] + [Cause.BLOCKED] * 30, None),
        ([True] + [Cause.BLOCKED] * 31, 0),
        ([True] + [Cause.CRASHED] * 5 + [Cause.BLOCKED] * 30, None),
        ([True] + [Cause.CRASHED] * 5 + [Cause.BLOCKED] * 31, 0),
        (["no duty"] + [Cause.CONNECT] * 15, 0),
    ],
)
def test_the_clock_starts_with_the_first_failure_of_that_blame_and_anew_after_a_fault_of_ours(outcomes, points):
    mark = marked(nights(outcomes))
    assert (mark.points if isinstance(mark, Points) else None) == points
    assert mark.cause is outcomes[-1]


OUTCOMES = st.sampled_from([True, False, "no duty", *VISITED])
BEFORE = st.lists(OUTCOMES, max_size=40)


@given(BEFORE, st.sampled_from(OWN), st.lists(st.sampled_from(THEIRS), min_size=1, max_size=STALE_AFTER))
def test_no_fault_of_ours_uses_up_the_patience_for_an_outage(before, own, after):
    mark = marked(nights([*before, own, *after]))
    assert mark.because.key != "mark.worst"


@given(BEFORE, st.sampled_from([True, False, *OWN]), st.lists(st.sampled_from(REFUSING), min_size=1, max_size=GRACE))
def test_a_refusal_has_its_whole_grace(before, turn, after):
    mark = marked(nights([*before, turn, *after]))
    assert mark.because.key != "mark.worst"


@given(BEFORE, st.lists(st.sampled_from(THEIRS), min_size=STALE_AFTER + 2, max_size=40))
def test_an_outage_without_end_is_the_worst_value_whatever_was_before(before, after):
    mark = marked(nights([*before, *after]))
    assert isinstance(mark, Points)
    assert (mark.points, mark.because.key) == (0, "mark.worst")


@given(BEFORE, st.lists(st.sampled_from(REFUSING), min_size=GRACE + 2, max_size=60))
def test_a_wall_without_end_is_the_worst_value_whatever_was_before(before, after):
    assert marked(nights([*before, *after])).because.key == "mark.worst"


@given(BEFORE, st.sampled_from([*OWN, Cause.AMBIGUOUS]))
def test_a_night_that_is_ours_or_open_never_ends_in_the_worst_value(before, tonight):
    mark = marked(nights([*before, tonight]))
    assert isinstance(mark, Pending) or mark.because.key != "mark.worst"
