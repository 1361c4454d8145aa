"""Whom a criterion concerns, on which days, and on what law it rests then."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import NOW, appraisal, case, criterion, declaration, edition, find, record

from auditor.judge import fixes, judge
from auditor.model.edition import Basis, Source
from auditor.model.mark import Excluded, Pending, Points
from auditor.model.scale import Count, Relative

WHY = "Cơ quan không giải quyết thủ tục hành chính"
EXEMPT = {"exempt": ("so-a",), "exempt_because": WHY}
SEEN = [record(True, code) for code in ("so-a", "so-b", "so-c")]


def mark(ranking, code, place=0):
    return find(ranking, code).marks[place]


def test_a_criterion_that_does_not_concern_an_agency_is_shown_with_the_reason_and_left_out_of_every_sum():
    ranking = judge(case(criterion("1", **EXEMPT), criterion("2"), records=SEEN))
    found = mark(ranking, "so-a")
    assert isinstance(found, Excluded)
    assert (found.because.key, found.because.facts["why"], found.max) == ("mark.exempt", WHY, D(2))
    row = find(ranking, "so-a")
    assert (row.points, row.possible, row.percent, row.coverage) == (2, 2, 100, 1)
    assert find(ranking, "so-b").possible == 4


def test_only_names_the_only_agencies_that_a_criterion_concerns():
    ranking = judge(case(criterion("1", only=("so-a",), exempt_because=WHY), criterion("2"), records=SEEN))
    assert [type(mark(ranking, code)) for code in ("so-a", "so-b", "so-c")] == [Points, Excluded, Excluded]


def test_neither_a_declaration_nor_the_council_makes_a_criterion_concern_somebody():
    rule = criterion("1", source=Source.DECLARED, **EXEMPT)
    asked = case(rule, declarations=[declaration(True)], appraisals=[appraisal(True)])
    assert isinstance(mark(judge(asked), "so-a"), Excluded)


def test_whom_it_does_not_concern_gains_nothing_by_it():
    asked = case(criterion("1", **EXEMPT), criterion("2"), records=[record(False, code) for code in ("so-a", "so-b", "so-c")])
    assert [fix.criterion for fix in fixes(asked, judge(asked), "so-a")] == ["2"]
    assert [fix.criterion for fix in fixes(asked, judge(asked), "so-b")] == ["1", "2"]


def test_the_best_of_a_group_is_sought_among_those_whom_the_criterion_concerns():
    rule = criterion("1", scale=Relative(), measure="a.count", **EXEMPT)
    numbers = [record(10, "so-a", "a.count"), record(4, "so-b", "a.count"), record(2, "so-c", "a.count")]
    ranking = judge(case(rule, records=numbers))
    assert [mark(ranking, code).points for code in ("so-b", "so-c")] == [2, 1]
    known = judge(case(rule, records=numbers[1:]))
    assert [mark(known, code).points for code in ("so-b", "so-c")] == [2, 1]


@given(st.sampled_from([True, False]), st.integers(0, 9), st.booleans())
def test_an_exempt_criterion_never_changes_a_percent(seen, many, declared):
    rest = (criterion("2"), criterion("3", measure="a.count", scale=Count(each=D("0.3"))))
    records = [record(seen, "so-a"), record(many, "so-a", "a.count")]
    told = [declaration(declared)]
    plain = find(judge(case(*rest, records=records)), "so-a")
    more = find(judge(case(criterion("1", source=Source.DECLARED, **EXEMPT), *rest, records=records, declarations=told)), "so-a")
    assert (plain.points, plain.possible, plain.percent, plain.low, plain.high, plain.coverage) == (
        more.points, more.possible, more.percent, more.low, more.high, more.coverage,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("valid", "owed"),
    [
        ({}, True),
        ({"valid_from": date(2019, 3, 2)}, True),
        ({"valid_from": date(2019, 3, 3)}, False),
        ({"valid_to": date(2019, 3, 2)}, True),
        ({"valid_to": date(2019, 3, 1)}, False),
    ],
)
def test_by_date_a_criterion_is_of_that_days_set_or_not_at_all(valid, owed):
    """The case's instant is the 2nd of March in Vietnam."""
    ranking = judge(case(criterion("1", **valid), criterion("2"), records=SEEN))
    assert [found.criterion for found in find(ranking, "so-a").marks] == (["1", "2"] if owed else ["2"])


OLD = Basis(text="NĐ 43/2011/NĐ-CP", valid_from=date(2011, 10, 1), valid_to=date(2019, 12, 31))
NEW = Basis(text="NĐ 42/2022/NĐ-CP", valid_from=date(2020, 1, 1))


def test_an_audit_of_a_year_names_the_law_of_that_year():
    rule = criterion("1", legal_basis="QĐ 1", bases=(OLD, NEW))
    assert rule.basis_on(date(2019, 12, 31)) == "QĐ 1; NĐ 43/2011/NĐ-CP"
    assert rule.basis_on(date(2020, 1, 1)) == "QĐ 1; NĐ 42/2022/NĐ-CP"
    assert rule.basis_on(date(2011, 9, 30)) == "QĐ 1"
    assert criterion("1", legal_basis="", bases=(OLD, NEW)).on(date(2021, 1, 1)).legal_basis == "NĐ 42/2022/NĐ-CP"


def test_an_edition_on_a_day_has_that_days_criteria_and_keeps_its_digest():
    whole = edition(criterion("1", bases=(OLD, NEW)), criterion("2", valid_to=date(2019, 1, 1)))
    later = whole.on(date(2020, 2, 1))
    assert [(one.id, one.legal_basis, one.bases) for one in later.criteria] == [("1", "luật; NĐ 42/2022/NĐ-CP", ())]
    assert later.digest == whole.digest
    assert later.on(date(2020, 2, 1)) == later


def test_the_law_of_a_ranking_is_that_of_the_editions_last_day_when_it_has_ended():
    asked = case(criterion("1", bases=(OLD, NEW)), as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert asked.day == date(2020, 6, 3)
    assert asked.edition.on(asked.day).criteria[0].legal_basis == "luật; NĐ 42/2022/NĐ-CP"


def test_who_is_not_seen_yet_is_pending_only_where_a_criterion_concerns_them():
    ranking = judge(case(criterion("1", **EXEMPT), as_of=NOW))
    assert isinstance(mark(ranking, "so-a"), Excluded)
    assert isinstance(mark(ranking, "so-b"), Pending)
    assert find(ranking, "so-a").percent is None
