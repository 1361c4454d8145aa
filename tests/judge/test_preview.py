"""A preview compares two editions over the same evidence, and says which criterion makes the difference."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import NOW, appraisal, case, criterion, declaration, edition, find, record, registry

from auditor.judge import judge
from auditor.judge.preview import carry_over, compare
from auditor.judge.sameness import fingerprint
from auditor.model.council import Effect, Explanation
from auditor.model.edition import Source
from auditor.model.preview import Change
from auditor.model.scale import Ratio, Relative, Step, Steps, YesNo
from auditor.model.visit import Cause

RECORDS = [
    record(True),
    record(False, "so-b"),
    record(True, "so-c"),
    record(D("0.5"), measure="a.share"),
    record(D(1), "so-b", "a.share"),
]
ONE, SHARE = criterion(), criterion("2", scale=Ratio(), measure="a.share")


def cases(old, new, records=RECORDS, codes=("so-a", "so-b", "so-c"), **given):
    sides = (edition(*old, min_coverage="0.1"), replace(edition(*new, min_coverage="0.1"), id="f"))
    return tuple(case(edition=side, records=records, codes=codes, **given) for side in sides)


def swing(found, name):
    return next(one for one in found.swings if one.criterion == name)


def shift(found, code):
    return next(one for one in found.shifts if one.agency == code)


def test_an_edition_beside_itself_moves_nobody():
    found = compare(*cases([ONE, SHARE], [ONE, SHARE]))
    assert {one.percent for one in found.shifts} <= {0, None}
    assert {one.change for one in found.swings} == {Change.SAME}
    assert not any(one.moved or one.criterion not in {"1", "2"} for one in found.swings)
    assert not any(one.class_changes or one.influences for one in found.shifts)


def test_points_ranks_and_classes_are_told_before_and_after():
    found = compare(*cases([ONE], [replace(ONE, scale=YesNo(yes=D(1), no=D(2)))]))
    mine, other = shift(found, "so-a"), shift(found, "so-b")
    assert (mine.before.points, mine.after.points, mine.percent, mine.rank) == (2, 1, -50, -1)
    assert (other.before.rank, other.after.rank, other.rank) == (3, 1, 2)
    assert mine.class_changes
    assert other.class_changes


def test_added_removed_and_changed_criteria_are_named():
    changed = replace(ONE, max_points=D(4), scale=YesNo(yes=D(4)))
    third = criterion("3", measure="b.yes")
    found = compare(*cases([ONE, SHARE], [changed, third]))
    assert {one.criterion: one.change for one in found.swings} == {"1": Change.CHANGED, "2": Change.REMOVED, "3": Change.ADDED}
    assert (swing(found, "1").points_before, swing(found, "1").points_after) == (4, 8)
    assert swing(found, "3").unseen == 3
    assert (swing(found, "3").pending_before, swing(found, "3").pending_after) == (0, 3)


def test_advice_and_law_in_other_words_are_no_change_of_a_rule():
    other = replace(ONE, remedy="khác", legal_basis="khác", title="khác")
    assert [one.change for one in compare(*cases([ONE], [other])).swings] == [Change.SAME]


def test_what_a_criterion_does_to_a_percent_adds_up_to_its_change():
    found = compare(*cases([ONE, SHARE], [replace(ONE, max_points=D(6), scale=YesNo(yes=D(6))), SHARE]))
    for one in found.shifts:
        if one.before.percent is not None and one.after.percent is not None:
            assert abs(sum(part.percent for part in one.influences) - (one.after.percent - one.before.percent)) < D("1e-20")
    assert swing(found, "1").moved == sum(abs(p.percent) for one in found.shifts for p in one.influences if p.criterion == "1")
    assert [one.moved for one in found.swings] == sorted((one.moved for one in found.swings), reverse=True)


def test_who_stands_on_one_side_only_is_told_and_not_compared():
    old, new = cases([ONE], [ONE])
    new = replace(new, registry=registry("so-a", "so-x"))
    found = compare(old, new)
    assert shift(found, "so-b").after is None
    assert shift(found, "so-x").before is None
    assert (shift(found, "so-x").percent, shift(found, "so-b").rank) == (None, None)


def test_coverage_falls_by_what_was_not_looked_at_and_nobody_loses_a_point_by_it():
    found = compare(*cases([ONE], [ONE, criterion("9", measure="b.yes")]))
    mine = shift(found, "so-a")
    assert (mine.before.coverage, mine.after.coverage) == (1, D("0.5"))
    assert (mine.before.percent, mine.after.percent) == (100, 100)


DECLARED = criterion("4", source=Source.DECLARED)
STEPS = Steps(steps=(Step(points=D(1), at_least=D("0.5")),))


def test_what_was_declared_and_decided_is_taken_over_where_the_question_is_the_same():
    told = {"declarations": [declaration(True, id="4")], "appraisals": [appraisal(True, "so-b", id="4")]}
    old, new = cases([DECLARED], [replace(DECLARED, max_points=D(5), scale=YesNo(yes=D(5)))], **told)
    joined, count = carry_over(new, old)
    found = compare(old, joined, carried=count)
    assert (count, found.carried) == (2, 2)
    assert [shift(found, code).after.points for code in ("so-a", "so-b", "so-c")] == [5, 5, 0]
    assert swing(found, "4").undeclared == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(DECLARED, title="Câu hỏi khác"),
        replace(DECLARED, declared_kind="share", scale=Ratio()),
        replace(DECLARED, id="5"),
        replace(DECLARED, source=Source.MEASURED, declared_kind=None, measure="a.yes"),
    ],
)
def test_another_question_takes_nothing_over(other):
    old, new = cases([DECLARED], [other], declarations=[declaration(True, id="4")])
    joined, count = carry_over(new, old)
    assert (judge(joined), count) == (judge(new), 0)


def test_who_declared_nothing_in_time_has_nothing_under_the_new_edition_either():
    again = replace(DECLARED, max_points=D(5), scale=YesNo(yes=D(5)))
    for told in ([declaration(True, "so-b", id="4")], []):
        old, new = cases([DECLARED, ONE], [again, ONE], declarations=told)
        joined, count = carry_over(new, replace(old, declarations_closed=True))
        assert count == len(told)
        mark = find(judge(joined), "so-a").marks[0]
        assert (mark.points, mark.because.key) == (0, "mark.not_declared")


def test_what_only_the_new_edition_asks_nobody_could_declare():
    share = {"source": Source.DECLARED, "declared_kind": "share", "scale": Relative()}
    old, new = cases([DECLARED], [DECLARED, criterion("5", source=Source.DECLARED), criterion("6", **share)])
    joined, _ = carry_over(new, replace(old, declarations_closed=True))
    kinds = [mark.because.key for mark in find(judge(joined), "so-a").marks]
    assert kinds == ["mark.not_declared", "mark.declaration_open", "mark.declaration_open"]
    assert carry_over(replace(new, declarations_closed=True), old)[0].unasked == frozenset()


def test_what_was_said_after_the_years_data_counts_under_both():
    late = replace(declaration(True, id="4"), imported_at=NOW + timedelta(days=3))
    old, new = cases([DECLARED], [DECLARED], declarations=[late])
    joined, count = carry_over(new, replace(old, told_by=NOW + timedelta(days=9)))
    assert (count, joined.told_by) == (1, NOW + timedelta(days=9))
    assert find(judge(joined), "so-a").marks[0].points == 2


def test_an_explanation_is_taken_over_and_stands_while_the_same_is_seen():
    old, new = cases([ONE], [replace(ONE, max_points=D(5), scale=YesNo(yes=D(5)))])
    said = Explanation(
        agency="so-b", edition="e", criterion="1", fingerprint=fingerprint(old, ONE, "so-b"), text="đang nâng cấp",
        effect=Effect.NOT_APPLICABLE, expires=(NOW + timedelta(days=30)).date(), person="Hội đồng", document="BB-01",
        given_at=NOW - timedelta(days=1),
    )  # fmt: skip
    joined, count = carry_over(new, replace(old, explanations=(said,)))
    assert count == 1
    assert find(judge(joined), "so-b").marks[0].because.key == "mark.explained"


def test_the_same_edition_under_its_own_name_needs_nothing_taken_over():
    old, _ = cases([DECLARED], [DECLARED], declarations=[declaration(True, id="4")])
    assert carry_over(old, old) == (old, 0)


@given(st.lists(st.sampled_from([True, False, "no duty", Cause.OWN_LINK, None]), min_size=3, max_size=3), st.integers(1, 9))
def test_influences_always_add_up_whatever_is_open(outcomes, most):
    records = [record(one, code) for one, code in zip(outcomes, ("so-a", "so-b", "so-c"), strict=True) if one is not None]
    changed = replace(ONE, max_points=D(most), scale=YesNo(yes=D(most)))
    found = compare(*cases([ONE, SHARE], [SHARE, changed], records=[*records, record(D("0.25"), measure="a.share")]))
    for one in found.shifts:
        if one.before.percent is not None and one.after.percent is not None:
            assert abs(sum(part.percent for part in one.influences) - (one.after.percent - one.before.percent)) < D("1e-20")


def test_another_scale_for_the_same_question_prices_what_was_declared():
    old, new = cases([replace(DECLARED, declared_kind="share", scale=Ratio())], [replace(DECLARED, declared_kind="share", scale=STEPS)],
                     declarations=[declaration(D("0.9"), id="4")])  # fmt: skip
    joined, count = carry_over(new, old)
    assert count == 1
    assert [shift(compare(old, joined), "so-a").before.points, shift(compare(old, joined), "so-a").after.points] == [D("1.8"), 1]
