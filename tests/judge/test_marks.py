"""One criterion, one agency: which reading counts, whose fault, and how declared and measured are reconciled."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import STATES, YES, appraisal, case, criterion, declaration, find, record, registry

from auditor.judge import judge
from auditor.model.edition import Over, Source, Take
from auditor.model.mark import Excluded, Pending, Points
from auditor.model.scale import Best, Case, Ratio, Relative
from auditor.model.visit import Cause


def the_mark(*args, code="so-a", **given):
    return find(judge(case(*args, **given)), code).marks[0]


def test_a_value_gives_points_with_their_proof():
    mark = the_mark(criterion(), records=[record(True)])
    assert isinstance(mark, Points)
    assert (mark.points, mark.measured, len(mark.proofs)) == (D(2), True, 1)
    assert str(mark.because) == "true is worth 2 of 2 points."


def test_no_duty_leaves_numerator_and_denominator():
    row = find(
        judge(case(criterion(), criterion("2", measure="b.yes"), records=[record("no duty"), record(True, measure="b.yes")])),
        "so-a",
    )
    assert isinstance(row.marks[0], Excluded)
    assert (row.possible, row.percent) == (D(2), D(100))


def test_what_was_never_visited_is_pending():
    mark = the_mark(criterion())
    assert isinstance(mark, Pending)
    assert (mark.cause, mark.low, mark.high) == (Cause.NOT_RUN, 0, 2)


def test_an_agency_without_a_confirmed_site_is_pending_and_never_zero():
    mark = the_mark(criterion(), records=[record(False)], registry=registry("so-a", unconfirmed=("so-a",)))
    assert isinstance(mark, Pending)
    assert mark.cause is Cause.UNCONFIRMED


@pytest.mark.parametrize(
    ("history", "cause", "points"),
    [
        ([(True, 10), (Cause.CONNECT, 0)], Cause.CONNECT, 2),  # stale, still counts
        ([(True, 20), (Cause.CONNECT, 0)], Cause.CONNECT, 0),  # stale for too long: their fault
        ([(True, 20), (Cause.CRASHED, 0)], Cause.CRASHED, None),  # ours never costs a point
        ([(True, 20), (Cause.AMBIGUOUS, 0)], Cause.AMBIGUOUS, None),
        ([(True, 20), (Cause.BLOCKED, 0)], Cause.BLOCKED, None),  # within the grace for refusals
        ([(True, 31), (Cause.BLOCKED, 0)], Cause.BLOCKED, None),  # a refusal has its whole grace from its first night
        ([(True, 61), (Cause.BLOCKED, 31), (Cause.BLOCKED, 0)], Cause.BLOCKED, 0),
        ([(Cause.CONNECT, 0)], Cause.CONNECT, None),  # the clock starts at the first failure
        ([(Cause.CONNECT, 16), (Cause.TIMEOUT, 0)], Cause.TIMEOUT, 0),
        ([(Cause.CONNECT, 40), (Cause.OWN_LINK, 0)], Cause.OWN_LINK, None),
    ],
)
def test_a_failed_visit_is_stale_then_the_worst_only_if_it_is_not_ours(history, cause, points):
    mark = the_mark(criterion(), records=[record(outcome, days_ago=days) for outcome, days in history])
    assert mark.cause is cause
    assert (mark.points if isinstance(mark, Points) else None) == points
    assert mark.proofs


def test_the_newest_reading_at_the_as_of_instant_counts_and_later_ones_do_not():
    assert the_mark(criterion(), records=[record(True, days_ago=3), record(False, days_ago=1)]).points == 0
    assert the_mark(criterion(), records=[record(True, days_ago=3), record(False, days_ago=-1)]).points == 2


@pytest.mark.parametrize(("take", "points"), [(Take.LAST, 2), (Take.MEDIAN, D("0.5")), (Take.WORST, 0)])
def test_a_window_can_be_taken_by_its_last_median_or_worst(take, points):
    values = [("missing", 5), ("empty", 4), ("empty", 3), ("present", 2), ("present", 1)]
    records = [record(value, measure="a.state", days_ago=days) for value, days in values]
    assert the_mark(criterion(scale=STATES, measure="a.state", take=take), records=records).points == points


@pytest.mark.parametrize(("over", "points"), [(Over.MAIN, 2), (Over.WORST, 0), (Over.BEST, 2), (Over.MEAN, 1), (Over.SHARE, 1)])
def test_several_sites_become_one_mark(over, points):
    place = registry("so-a", more_sites=[("so-a", "https://hai.test/")])
    records = [record(True), record(False, site="https://hai.test/")]
    assert the_mark(criterion(over=over), records=records, registry=place).points == points


def test_an_open_site_leaves_open_only_what_it_can_change():
    place = registry("so-a", more_sites=[("so-a", "https://hai.test/")])
    records = [record(False), record(Cause.CRASHED, site="https://hai.test/")]
    assert the_mark(criterion(over=Over.WORST), records=records, registry=place).points == 0
    assert isinstance(the_mark(criterion(over=Over.BEST), records=records, registry=place), Pending)


def test_the_worst_site_that_is_known_names_the_value_and_not_one_that_is_open():
    place = registry("so-a", more_sites=[("so-a", "https://hai.test/")])
    records = [record(Cause.CRASHED), record(False, site="https://hai.test/")]
    mark = the_mark(criterion(over=Over.WORST), records=records, registry=place)
    assert (mark.points, mark.measured, mark.cause) == (0, False, None)


def test_a_reading_of_another_agency_on_a_shared_site_does_not_count():
    mark = the_mark(criterion(), records=[record(True, own="so-b", site="https://so-a.test/")])
    assert isinstance(mark, Pending)


ABSENT, LATE = "absent", "late"
MEASURED_STATES = [True, False, Cause.CRASHED, "no duty"]
EXPECTED = {
    # rule: {(measured, declared): points, None = pending, "out" = excluded}
    Source.MEASURED_ELSE_DECLARED: {
        (True, True): 2, (True, False): 2, (True, ABSENT): 2, (True, LATE): 2,
        (False, True): 0, (False, False): 0, (False, ABSENT): 0, (False, LATE): 0,
        (Cause.CRASHED, True): 2, (Cause.CRASHED, False): 0, (Cause.CRASHED, ABSENT): None, (Cause.CRASHED, LATE): None,
        ("no duty", True): "out", ("no duty", False): "out", ("no duty", ABSENT): "out", ("no duty", LATE): "out",
    },
    Source.LOWER_OF: {
        (True, True): 2, (True, False): 0, (True, ABSENT): None, (True, LATE): 0,
        (False, True): 0, (False, False): 0, (False, ABSENT): 0, (False, LATE): 0,
        (Cause.CRASHED, True): None, (Cause.CRASHED, False): 0, (Cause.CRASHED, ABSENT): None, (Cause.CRASHED, LATE): 0,
        ("no duty", True): 2, ("no duty", False): 0, ("no duty", ABSENT): None, ("no duty", LATE): 0,
    },
    Source.MEASURED_CAPS_DECLARED: {
        (True, True): 2, (True, False): 0, (True, ABSENT): None, (True, LATE): 0,
        (False, True): 0, (False, False): 0, (False, ABSENT): 0, (False, LATE): 0,
        (Cause.CRASHED, True): None, (Cause.CRASHED, False): 0, (Cause.CRASHED, ABSENT): None, (Cause.CRASHED, LATE): 0,
        ("no duty", True): 2, ("no duty", False): 0, ("no duty", ABSENT): None, ("no duty", LATE): 0,
    },
    Source.DECLARED: {(True, True): 2, (True, False): 0, (True, ABSENT): None, (True, LATE): 0},
    Source.MEASURED: {(True, True): 2, (False, True): 0, (Cause.CRASHED, True): None, ("no duty", True): "out"},
}  # fmt: skip
CELLS = [(rule, seen, told, points) for rule, cells in EXPECTED.items() for (seen, told), points in cells.items()]


@pytest.mark.parametrize(("rule", "seen", "told", "points"), CELLS)
def test_every_cell_of_declared_and_measured_is_defined(rule, seen, told, points):
    declarations = [declaration(told)] if isinstance(told, bool) else []
    mark = the_mark(criterion(source=rule), records=[record(seen)], declarations=declarations, declarations_closed=told == LATE)
    if points == "out":
        assert isinstance(mark, Excluded)
    elif points is None:
        assert isinstance(mark, Pending)
    else:
        assert isinstance(mark, Points)
        assert mark.points == points


@pytest.mark.parametrize(
    ("history", "points"),
    [
        ([(Cause.OWN_LINK, 0)], None),
        ([(Cause.CHALLENGE, 5)], None),
        ([(Cause.CHALLENGE, 31)], 0),  # the refusal's grace is over: the cap is the worst value
        ([(Cause.CONNECT, 5)], None),
        ([(Cause.CONNECT, 15), (Cause.TIMEOUT, 0)], 0),
        ([(Cause.CRASHED, 90), (Cause.CRASHED, 0)], None),
        ([(True, 5), (Cause.OWN_LINK, 0)], 2),  # stale, and still a cap
        ([], None),
    ],
)
def test_a_cap_that_is_not_known_is_no_leave_to_claim(history, points):
    records = [record(outcome, days_ago=days) for outcome, days in history]
    mark = the_mark(criterion(source=Source.MEASURED_CAPS_DECLARED), records=records, declarations=[declaration(True)])
    assert (mark.points if isinstance(mark, Points) else None) == points
    if points is None:
        assert (mark.low, mark.high) == (0, 2)
        assert mark.cause is (history[-1][0] if history else Cause.NOT_RUN)
        assert mark.declared is True


@given(
    st.sampled_from([Source.MEASURED_CAPS_DECLARED, Source.LOWER_OF]),
    st.sampled_from([D(0), D("0.3"), D(1)]),
    st.sampled_from([D(0), D("0.3"), D("0.7"), D(1)]),
)
def test_a_declaration_under_an_open_cap_lies_within_its_bounds_whatever_the_cap_turns_out_to_be(rule, told, later):
    criteria = criterion(source=rule, measure="a.share", scale=Ratio())
    before, after = (
        the_mark(criteria, records=[record(seen, measure="a.share")], declarations=[declaration(told)])
        for seen in (Cause.CRASHED, later)
    )
    low, high = (before.points, before.points) if isinstance(before, Points) else (before.low, before.high)
    assert low <= after.points <= high
    assert after.points <= told * 2


def test_a_stale_mark_shows_the_failed_visit_among_its_proofs():
    good, failed = record(True, days_ago=3), record(Cause.TIMEOUT)
    mark = the_mark(criterion(), records=[good, failed])
    assert mark.proofs == (*good.reading.evidence, *failed.reading.evidence)
    assert mark.readings == (good,)


def test_the_age_of_a_stale_value_is_its_own_also_where_the_worst_night_counts():
    records = [record(False, days_ago=9), record(True, days_ago=3), record(Cause.TIMEOUT)]
    mark = the_mark(criterion(take=Take.WORST), records=records)
    assert (mark.points, mark.because.facts["days"]) == (0, 9)


def test_the_value_of_the_best_site_is_the_one_that_is_shown():
    place = registry("so-a", more_sites=[("so-a", "https://hai.test/")])
    mark = the_mark(criterion(over=Over.BEST), records=[record(False), record(True, site="https://hai.test/")], registry=place)
    assert (mark.points, mark.measured) == (2, True)


def test_while_a_site_is_open_nothing_is_contradicted_yet():
    place = registry("so-a", more_sites=[("so-a", "https://hai.test/")])
    rule = criterion(over=Over.BEST, source=Source.MEASURED_CAPS_DECLARED)
    told = [declaration(True)]
    open_ = the_mark(
        rule, records=[record(False), record(Cause.CRASHED, site="https://hai.test/")], registry=place, declarations=told
    )
    assert (type(open_), open_.measured, open_.contradiction) == (Pending, None, False)
    known = the_mark(rule, records=[record(False), record(False, site="https://hai.test/")], registry=place, declarations=told)
    assert (known.points, known.measured, known.contradiction) == (0, False, True)


def test_a_contradiction_shows_both_values_and_both_proofs():
    mark = the_mark(criterion(source=Source.LOWER_OF), records=[record(False)], declarations=[declaration(True)])
    assert mark.contradiction
    assert (mark.measured, mark.declared, len(mark.proofs)) == (False, True, 2)


def test_the_councils_value_overrides_with_its_reason_person_and_document():
    mark = the_mark(
        criterion(source=Source.LOWER_OF), records=[record(False)], declarations=[declaration(True)], appraisals=[appraisal(True)]
    )
    assert (mark.points, mark.appraised) == (2, True)
    assert "đã kiểm tra (Hội đồng, BB-01)" in str(mark.because)


def test_relative_points_wait_for_the_whole_group():
    rule = criterion(scale=Relative(), measure="a.count")
    records = [record(5, "so-a", "a.count"), record(10, "so-b", "a.count")]
    open_ = the_mark(rule, records=records)
    assert isinstance(open_, Pending)
    assert (open_.low, open_.high) == (0, 1)
    assert the_mark(rule, records=[*records, record(4, "so-c", "a.count")]).points == 1


def test_the_best_of_cases_reads_several_measures():
    rule = criterion(
        scale=Best(cases=(Case(measure="a.yes", equals=True, points=D(1)), Case(measure="b.yes", equals=True, points=D(2)))),
        measure=None,
    )
    assert the_mark(rule, records=[record(True), record(False, measure="b.yes")]).points == 1
    assert isinstance(the_mark(rule, records=[record(True)]), Pending)


def test_a_criterion_of_another_group_is_not_owed():
    row = find(judge(case(criterion(groups=("2",)), codes=("so-a",))), "so-a")
    assert row.marks == ()
    assert row.percent is None
    assert YES.no == 0


def test_a_mark_that_joins_two_sides_keeps_what_each_comes_to_by_itself():
    rule = criterion(source=Source.LOWER_OF, scale=STATES, measure="a.state")
    mark = the_mark(rule, records=[record("empty", measure="a.state")], declarations=[declaration("present")])
    assert (mark.points, mark.seen.points, mark.told.points) == (D("0.5"), D("0.5"), D(2))
    assert (mark.seen.because.key, mark.told.because.key) == ("mark.priced", "mark.declared")
    open_ = the_mark(rule, records=[], declarations=[declaration("present")])
    assert (open_.seen.points, open_.told.points) == (None, D(2))


def test_a_mark_of_one_side_needs_no_sides_unless_the_council_decided():
    assert the_mark(criterion(), records=[record(True)]).seen is None
    mark = the_mark(criterion(), records=[record(True)], appraisals=[appraisal(False)])
    assert (mark.points, mark.seen.points, mark.told) == (0, 2, None)


def test_what_each_of_several_sites_comes_to_is_kept_with_its_reason():
    place = registry(more_sites=(("so-a", "https://hai.test/"),))
    records = [record(True), record(Cause.CHALLENGE, site="https://hai.test/")]
    mark = the_mark(criterion(over=Over.WORST), records=records, registry=place)
    sites = mark.because.facts["sites"]
    assert [(one["site"], one["low"], one["high"]) for one in sites] == [
        ("https://so-a.test/", "2", "2"),
        ("https://hai.test/", "0", "2"),
    ]
    assert [one["because"]["key"] for one in sites] == ["mark.priced", "mark.pending"]
