"""A promised gain is exactly what judging again gives, and nothing that could be gained is left out."""

from dataclasses import replace
from decimal import Decimal as D

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imagined import NO_DUTY, group_of, imagine, unknown
from province import edition, find

from auditor.judge import fixes, fixes_of, judge, shown
from auditor.judge.areas import standing
from auditor.judge.own import Own, declared_number, measured_number
from auditor.judge.ranking import rank_group
from auditor.model.agency import Agency
from auditor.model.edition import Source
from auditor.model.mark import Pending, Points
from auditor.model.reading import Kind
from auditor.model.sums import total

MANY = settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORLDS = st.binary(min_size=8, max_size=160).map(imagine)


def mended(world, code, rule):
    """Give the province in which a criterion is at its best wherever the agency has a duty, by its sites and by its word."""
    case, criterion = world.case(), rule.criterion
    members = [other for other in world.codes if group_of(other) == group_of(code)]

    def counted(other, numbers):
        decided = world.appraised.get((other, criterion.id))
        return numbers(case, criterion, other) if decided is None else Own(number=D(decided))

    def best(measure, numbers):
        if not rule.relative:
            return rule.values(measure)[-1]
        others = [counted(other, numbers) for other in members if other != code]
        known = [numbers(case, criterion, code), *others]
        if measure.kind is Kind.SHARE and any(other.number is None and other.no_duty is None for other in others):
            return D(1)
        return max([own.number for own in known if own.number is not None], default=D(0)) or D(1)

    seen = {
        key: best(next(m for m in rule.measures if m.id == key[2]), measured_number)
        for key in world.inputs(code, rule)
        if key in world.seen and world.seen[key] != NO_DUTY
    }
    told = {(code, criterion.id): best(rule.measures[0], declared_number)} if criterion.source is not Source.MEASURED else {}
    return replace(world, seen={**world.seen, **seen}, told={**world.told, **told})


def hidden(world, code, rule):
    """Tell whether an agency's own number is not known: finding it out settles what others have, so nothing can be promised."""
    told = rule.criterion.source is Source.MEASURED or (code, rule.criterion.id) in world.told or world.closed
    return not told or any(unknown(world.seen[key]) for key in world.inputs(code, rule) if key in world.seen)


@MANY
@given(WORLDS, st.integers(0, 5))
def test_judging_again_with_a_fix_applied_gives_exactly_what_was_promised(world, place):
    code = world.codes[place % len(world.codes)]
    case = world.case()
    before = judge(case)
    row = find(before, code)
    promised = {fix.criterion: fix for fix in fixes(case, before, code)}
    for rule in world.rules:
        mark = next((m for m in row.marks if m.criterion == rule.criterion.id), None)
        if mark is None:
            continue
        fix = promised.get(mark.criterion)
        after = find(judge(mended(world, code, rule).case()), code)
        if fix is not None:
            assert isinstance(mark, Points)
            assert after.points == total([row.points, fix.points])
            assert (after.percent, after.rank) == (fix.percent, fix.rank)
        elif isinstance(mark, Points) and not (rule.relative and hidden(world, code, rule)):
            mended_mark = next(m for m in after.marks if m.criterion == mark.criterion)
            assert isinstance(mended_mark, Pending) or after.points <= row.points or after.percent is None


@MANY
@given(WORLDS)
def test_the_gains_of_everybody_are_those_of_each_and_stand_by_points(world):
    case = world.case()
    ranking = judge(case)
    every = fixes_of(case, ranking, world.codes)
    for code in world.codes:
        assert every[code] == fixes(case, ranking, code)
        assert [fix.points for fix in every[code]] == sorted((fix.points for fix in every[code]), reverse=True)


PERCENTS = st.none() | st.decimals(-5, 100, places=3).map(lambda number: number.quantize(D("0.001")))


def stood(code, percent, below, above, coverage):
    empty = standing(edition(), Agency(code=code, name=code, name_en=code, group="1"), [])
    low, high = (None, None) if percent is None else (percent - below, percent + above)
    return replace(empty, percent=percent, low=low, high=high, coverage=coverage)


@MANY
@given(
    st.lists(
        st.tuples(PERCENTS, st.integers(0, 30), st.integers(0, 30), st.sampled_from([D(1), D("0.5"), D("0.49"), None])),
        max_size=8,
    )
)
def test_ranks_and_bands_are_those_of_their_plain_definition(drawn):
    rows = [stood(f"so-{place}", *one) for place, one in enumerate(drawn)]
    ranked = {row.agency: row for row in rank_group(edition(), rows)}
    able = [row for row in rows if row.percent is not None and row.coverage is not None and row.coverage >= D("0.5")]
    hopeful = [row for row in rows if row.high is not None]
    assert {code for code, row in ranked.items() if row.rank is None} == {row.agency for row in rows} - {
        row.agency for row in able
    }
    for mine in able:
        found, others = ranked[mine.agency], [row for row in able if row is not mine]
        assert found.rank == 1 + sum(shown(row.percent) > shown(mine.percent) for row in others)
        assert found.tied == any(shown(row.percent) == shown(mine.percent) for row in others)
        assert found.best_rank == 1 + sum(shown(row.low) > shown(mine.high) for row in others)
        assert found.worst_rank == len(hopeful) - sum(shown(row.high) < shown(mine.low) for row in hopeful if row is not mine)
    order = [(row.rank, row.agency) for row in rank_group(edition(), rows) if row.rank is not None]
    assert order == sorted(order)
