"""What holds of every standing, whatever is seen, declared and appraised."""

from dataclasses import replace
from decimal import Decimal as D
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from imagined import NO_DUTY, Bytes, group_of, imagine, unknown
from province import find

from auditor.judge import judge, shown
from auditor.model.edition import Source
from auditor.model.mark import Excluded, Pending, Points

WORLDS = st.binary(min_size=8, max_size=160).map(imagine)
CHOICES = st.binary(max_size=48).map(Bytes)
MANY = settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NEAR = D("1e-20")
"""Marks have 28 digits: a third is not quite a third, and three of them not quite the whole."""


def rows_of(ranking):
    return [row for group in ranking.groups for row in (*group.rows, *group.unranked)]


def owed(world):
    return [(code, rule) for code in world.codes for rule in world.rules if group_of(code) in rule.criterion.groups]


@MANY
@given(WORLDS, CHOICES)
def test_more_points_never_lower_a_standing_or_a_rank(world, choices):
    found = owed(world)
    assume(found)
    code, rule = choices.of(found)
    before = judge(world.case())
    better = {}
    for key in world.inputs(code, rule):
        measure = next(m for m in rule.measures if m.id == key[2])
        values = rule.values(measure)
        if world.seen.get(key) in values and type(world.seen[key]) is type(values[0]):
            better[key] = choices.of(values[values.index(world.seen[key]) :])
    told = dict(world.told)
    if (code, rule.criterion.id) in told:
        values = rule.values(rule.measures[0])
        told[code, rule.criterion.id] = choices.of(values[values.index(told[code, rule.criterion.id]) :])
    after = judge(replace(world, seen={**world.seen, **better}, told=told).case())
    one, other = find(before, code), find(after, code)
    marks = [next(m for m in row.marks if m.criterion == rule.criterion.id) for row in (one, other)]
    if one.low is not None and type(marks[0]) is type(marks[1]):
        assert other.low >= one.low - NEAR
        assert other.high >= one.high - NEAR
    if type(marks[0]) is not type(marks[1]):
        # What was sure may have to wait once there is more of it: under a cap, among several sites, beside others' numbers.
        least = [mark.low if isinstance(mark, Pending) else mark.points for mark in marks]
        assert least[1] >= least[0] - NEAR
    elif isinstance(marks[0], Points):
        assert marks[1].points >= marks[0].points
        assert one.percent is None or other.percent >= one.percent
        assert (one.rank is None) == (other.rank is None)
        if one.rank is not None:
            assert other.rank <= one.rank
            assert other.best_rank <= one.best_rank
            assert other.worst_rank <= one.worst_rank


@MANY
@given(WORLDS, st.integers(0, 9999).map(Random))
def test_the_order_of_files_rows_and_criteria_never_matters(world, chance):
    def stirred(things):
        return chance.sample(things, len(things))

    one, other = judge(world.case()), judge(world.case(arrange=stirred))
    for a, b in zip(one.groups, other.groups, strict=True):
        assert sorted_marks(a.rows) == sorted_marks(b.rows)
        assert sorted_marks(a.unranked) == sorted_marks(b.unranked)


def sorted_marks(rows):
    return [replace(row, marks=tuple(sorted(row.marks, key=lambda mark: mark.criterion))) for row in rows]


@MANY
@given(WORLDS)
def test_an_excluded_criterion_never_changes_a_percent(world):
    ranking = judge(world.case())
    for row in rows_of(ranking):
        left = {mark.criterion for mark in row.marks if isinstance(mark, Excluded)}
        if left:
            rest = [rule for rule in world.rules if rule.criterion.id not in left]
            without = find(judge(world.case(rules=rest)), row.agency)
            assert (without.points, without.possible, without.percent) == (row.points, row.possible, row.percent)
            assert (without.low, without.high, without.coverage) == (row.low, row.high, row.coverage)


def completed(world, ranking, choices):
    """Make known what is not: every pending mark's sites and declaration, and what others' relative points wait for."""
    seen, told = dict(world.seen), dict(world.told)
    for code, rule in owed(world):
        criterion = rule.criterion
        mark = next(m for m in find(ranking, code).marks if m.criterion == criterion.id)
        waits = rule.relative and criterion.source in {Source.LOWER_OF, Source.MEASURED_CAPS_DECLARED}
        if not (isinstance(mark, Pending) or waits):
            continue
        for key in world.inputs(code, rule):
            if key in seen and unknown(seen[key]):
                seen[key] = choices.of((*rule.values(next(m for m in rule.measures if m.id == key[2])), NO_DUTY))
        if criterion.source is not Source.MEASURED and (code, criterion.id) not in told and not world.closed:
            told[code, criterion.id] = choices.of(rule.values(rule.measures[0]))
    return replace(world, seen=seen, told=told)


@MANY
@given(WORLDS, CHOICES)
def test_the_bounds_hold_every_completion_and_nobody_leaves_its_band(world, choices):
    before = judge(world.case())
    after = judge(completed(world, before, choices).case())
    for row in rows_of(before):
        final = find(after, row.agency)
        if final.low is None or row.low is None:
            continue
        assert row.low - NEAR <= final.low <= final.high <= row.high + NEAR
        if not any(isinstance(mark, Pending) for mark in final.marks):
            assert row.low - NEAR <= final.percent <= row.high + NEAR
    for group in before.groups:
        finals = [find(after, row.agency) for row in (*group.rows, *group.unranked)]
        if any(isinstance(mark, Pending) for row in finals for mark in row.marks):
            continue
        for row in group.rows:
            final = find(after, row.agency)
            assert final.rank is not None
            assert row.best_rank <= final.rank <= row.worst_rank


@MANY
@given(WORLDS)
def test_a_rank_lies_in_its_band_and_a_percent_within_its_bounds_where_it_can(world):
    for row in rows_of(judge(world.case())):
        if row.rank is not None:
            assert 1 <= row.best_rank <= row.rank <= row.worst_rank
        if row.percent is None:
            continue
        assert row.low <= row.high
        pending = [mark for mark in row.marks if isinstance(mark, Pending)]
        may_leave = all(
            m.measured is None is m.appraised and m.source in {Source.MEASURED, Source.MEASURED_ELSE_DECLARED} for m in pending
        )
        plain = all(m.low <= 0 and m.high >= m.max for m in pending) and not any(a.floored for a in row.areas) and row.points >= 0
        if may_leave or plain:
            assert row.low - NEAR <= row.percent <= row.high + NEAR


@MANY
@given(st.lists(st.decimals(0, 1, places=6), min_size=1, max_size=4), st.sampled_from([0, 50, 70, 85, 100]), st.integers(-60, 60))
def test_classes_begin_at_their_edge_as_shown_and_end_before_the_next(shares, edge, off):
    from province import case, criterion, record

    from auditor.model.scale import Ratio

    near = min(max(D(edge) / 100 + D(off) / 1000000, D(0)), D(1))
    codes = [f"so-{letter}" for letter in "abcde"[: len(shares) + 1]]
    records = [record(share, code, "a.share") for share, code in zip([near, *shares], codes, strict=True)]
    group = judge(case(criterion(scale=Ratio(), measure="a.share"), codes=codes, records=records)).groups[0]
    for row in group.rows:
        percent = shown(row.percent)
        assert row.class_name == ("Tốt" if percent >= 85 else "Khá" if percent >= 70 else "Yếu")
