"""Standings beside each other: ties, bands, bounds, coverage, and what no order or unknown may change."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import NOW, STATES, case, criterion, declaration, edition, find, record

from auditor.judge import fixes, judge, shown
from auditor.judge.areas import ratio
from auditor.judge.ranking import rank_group
from auditor.model.edition import Source
from auditor.model.mark import Points
from auditor.model.ranking import Standing
from auditor.model.scale import Count, Penalty, Ratio, Relative
from auditor.model.visit import Cause

CODES = ("so-a", "so-b", "so-c", "so-d")


def ranked(values, **given):
    records = [record(D(value), code, "a.share") for code, value in values.items()]
    return judge(case(criterion(scale=Ratio(), measure="a.share"), codes=tuple(values), records=records, **given)).groups[0]


def test_equal_percents_share_a_rank_and_the_next_is_skipped():
    group = ranked({"so-a": "0.5", "so-b": "0.7", "so-c": "0.7", "so-d": "0.9"})
    assert [(row.agency, row.rank, row.tied) for row in group.rows] == [
        ("so-d", 1, False), ("so-b", 2, True), ("so-c", 2, True), ("so-a", 4, False),
    ]  # fmt: skip
    assert [row.class_name for row in group.rows] == ["Tốt", "Khá", "Khá", "Yếu"]


def test_ranks_follow_the_shown_percent():
    group = ranked({"so-a": "0.700049", "so-b": "0.70001", "so-c": "0.7001"})
    assert [(row.agency, row.rank) for row in group.rows] == [("so-c", 1), ("so-a", 2), ("so-b", 2)]


def test_rounding_is_half_up():
    assert (shown(D("84.995")), shown(D("84.9949")), shown(D("-0.005"))) == (D("85.00"), D("84.99"), D("-0.01"))


def test_an_empty_area_is_none_and_never_zero():
    row = find(judge(case(criterion(), records=[record(True)])), "so-a")
    assert [area.percent for area in row.areas] == [D(100), None]
    assert ratio(D(0), D(0)) is None


def test_under_the_least_coverage_an_agency_is_listed_unranked_with_the_reason():
    rules = (criterion(), criterion("2", measure="b.yes"), criterion("3", measure="b.yes"))
    group = judge(case(*rules, records=[record(True)], codes=("so-a",), min_coverage="0.8")).groups[0]
    assert group.rows == ()
    assert group.unranked[0].rank is None
    assert "0.33" in str(group.unranked[0].reason)


def test_an_open_declaration_does_not_lower_coverage():
    row = find(judge(case(criterion(), criterion("2", source=Source.DECLARED), records=[record(True)])), "so-a")
    assert (row.coverage, row.percent, row.low, row.high) == (1, D(100), D(50), D(100))


def test_penalties_stop_at_the_areas_floor():
    rules = (criterion(), criterion("2", scale=Penalty(each=D(1), most=D(9)), measure="a.count", max_points=D(0)))
    records = [record(True), record(5, measure="a.count")]
    row = find(judge(case(*rules, records=records)), "so-a")
    assert (row.points, row.areas[0].floored) == (0, 3)
    assert find(judge(case(*rules, records=records, floor="-10")), "so-a").points == -3


def test_agencies_of_the_editions_last_day_are_ranked_after_it_has_ended():
    ranking = judge(case(criterion(), records=[record(True)], as_of=datetime(2026, 1, 1, tzinfo=UTC)))
    assert not ranking.in_force
    assert len(ranking.groups[0].rows) + len(ranking.groups[0].unranked) == 3


def test_movement_is_against_the_last_ranking_of_the_same_edition_only():
    rule, records = criterion(), [record(True), record(False, "so-b"), record(False, "so-c")]
    before = judge(case(rule, records=[record(False), record(True, "so-b"), record(True, "so-c")]))
    assert find(judge(case(rule, records=records, published=before)), "so-a").moved == 2
    other = replace(before, edition="other")
    assert find(judge(case(rule, records=records, published=other)), "so-a").moved is None


def test_a_promised_gain_is_exactly_what_mending_gives():
    rules = (
        criterion(),
        criterion("2", measure="b.yes", max_points=D(3)),
        criterion("3", scale=Count(each=D(1)), measure="a.count"),
    )
    seen = [
        record(False),
        record(True, measure="b.yes"),
        record(1, measure="a.count"),
        *(record(True, c) for c in ("so-b", "so-c")),
    ]
    before = case(*rules, records=seen)
    promised = fixes(before, judge(before), "so-a")
    assert [fix.criterion for fix in promised] == ["1", "3"]
    after = find(
        judge(case(*rules, records=[record(True) if r.reading.measure == "a.yes" and "so-a" in r.site else r for r in seen])),
        "so-a",
    )
    assert (promised[0].percent, promised[0].rank) == (after.percent, after.rank)


def test_what_is_pending_promises_nothing():
    asked = case(criterion(), records=[record(Cause.CRASHED)])
    assert fixes(asked, judge(asked), "so-a") == ()


OUTCOMES = st.sampled_from([True, False, "no duty", Cause.CRASHED, Cause.CONNECT, None])
PROVINCES = st.fixed_dictionaries({(code, measure): OUTCOMES for code in CODES[:3] for measure in ("a.yes", "b.yes")})
RULES = (criterion(), criterion("2", measure="b.yes", max_points=D(3), scale=criterion().scale.__class__(yes=D(3))))


def judged(outcomes, rules=RULES, **given):
    records = [record(value, code, measure) for (code, measure), value in outcomes.items() if value is not None]
    return judge(case(*rules, records=records, min_coverage="0", **given))


@given(PROVINCES, st.randoms())
def test_order_never_matters(outcomes, chance):
    records = [record(value, code, measure) for (code, measure), value in outcomes.items() if value is not None]
    one = judge(case(*RULES, records=records, min_coverage="0"))
    chance.shuffle(records)
    other = judge(case(*RULES, records=records, min_coverage="0"))
    assert one == other


@given(PROVINCES, st.sampled_from(CODES[:3]))
def test_mending_never_lowers_a_standing(outcomes, code):
    before = find(judged(outcomes), code)
    if outcomes[code, "a.yes"] is False:
        after = find(judged({**outcomes, (code, "a.yes"): True}), code)
        assert after.percent > before.percent
        assert after.rank <= before.rank


@given(PROVINCES)
def test_bounds_and_bands_hold_for_every_completion_of_the_unknowns(outcomes):
    before = judged(outcomes)
    unknown = [key for key, value in outcomes.items() if not isinstance(value, bool) and value != "no duty"]
    for values in itertools.product([True, False], repeat=min(len(unknown), 4)):
        done = {**outcomes, **dict.fromkeys(unknown, True), **dict(zip(unknown, values, strict=False))}
        after = judged(done)
        for row in (row for group in before.groups for row in group.rows):
            final = find(after, row.agency)
            assert shown(row.low) <= shown(final.percent) <= shown(row.high)
        rows = [row for group in before.groups for row in group.rows]
        if len(rows) == len(after.groups[0].rows):
            assert all(row.best_rank <= find(after, row.agency).rank <= row.worst_rank for row in rows)


@given(
    st.lists(st.sampled_from([None, 0, 1, 4, 10]), min_size=3, max_size=3), st.lists(st.integers(0, 20), min_size=3, max_size=3)
)
def test_bounds_hold_where_points_are_relative_to_the_best(known, later):
    rule = (criterion(scale=Relative(), measure="a.count"), criterion("2", measure="b.yes"))
    rest = [record(True, code, "b.yes") for code in CODES[:3]]
    seen = [record(value, code, "a.count") for code, value in zip(CODES, known, strict=False) if value is not None]
    full = [record(b if a is None else a, c, "a.count") for a, b, c in zip(known, later, CODES, strict=False)]
    before, after = (judge(case(*rule, records=[*rest, *group], min_coverage="0")) for group in (seen, full))
    for row in before.groups[0].rows:
        assert row.low <= find(after, row.agency).percent <= row.high


@given(PROVINCES)
def test_dropping_an_excluded_criterion_never_changes_a_ratio(outcomes):
    outcomes = {**outcomes, ("so-a", "a.yes"): "no duty"}
    with_it, without = judged(outcomes), judged(outcomes, rules=RULES[1:])
    assert find(with_it, "so-a").percent == find(without, "so-a").percent


def test_a_small_province_comes_to_what_was_worked_out_by_hand():
    rules = (
        criterion("5.1", measure="a.state", scale=STATES),
        criterion("5.2", measure="a.share", scale=Ratio(), max_points=D(4)),
        criterion("4.1", area="policy", source=Source.DECLARED, scale=criterion().scale),
    )
    records = [
        record("present", "so-a", "a.state"), record(D("0.5"), "so-a", "a.share"),
        record("empty", "so-b", "a.state"), record(D(1), "so-b", "a.share"),
        record("missing", "so-c", "a.state"), record(Cause.CHALLENGE, "so-c", "a.share"),
    ]  # fmt: skip
    declared = [declaration(True, "so-a", "4.1"), declaration(False, "so-b", "4.1")]
    ranking = judge(case(*rules, records=records, declarations=declared, declarations_closed=True, min_coverage="0.4"))
    rows = [
        (r.agency, r.rank, r.points, r.possible, r.pending, shown(r.percent), shown(r.low), shown(r.high))
        for r in ranking.groups[0].rows
    ]
    assert rows == [
        ("so-a", 1, D(6), D(8), D(0), D("75.00"), D("75.00"), D("75.00")),
        ("so-b", 2, D("4.5"), D(8), D(0), D("56.25"), D("56.25"), D("56.25")),
        ("so-c", 3, D(0), D(8), D(4), D("0.00"), D("0.00"), D("50.00")),
    ]
    assert all(mark.proofs for row in ranking.groups[0].rows for mark in row.marks if isinstance(mark, Points) and mark.points)


@pytest.mark.parametrize("count", [0, 1])
def test_a_group_may_be_empty(count):
    standings = [Standing(agency="x", name="x", group="1", points=D(0), possible=D(0), pending=D(0), percent=None, low=None, high=None,
                          coverage=None, areas=(), marks=())] * count  # fmt: skip
    assert [row.rank for row in rank_group(edition(), standings)] == [None] * count
    assert NOW.tzinfo is UTC


def test_the_central_figure_lies_within_its_bounds_even_where_half_of_a_mark_is_known():
    half = criterion("2", source=Source.LOWER_OF, declared_kind="boolean")
    row = find(judge(case(criterion("1"), half, records=[record(True)], declarations=[declaration(False, id="2")])), "so-a")
    assert row.low <= row.percent <= row.high
