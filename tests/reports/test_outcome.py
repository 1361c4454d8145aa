"""Whose the cause of an open mark is: nobody is asked to mend what only others leave open."""

from decimal import Decimal as D

from province import appraisal, case, criterion, declaration, find, record

from auditor.judge import judge
from auditor.model.edition import Source
from auditor.model.mark import Pending
from auditor.model.scale import Relative
from auditor.model.visit import Cause
from reports.outcome import owes_remedy, waits_for_others


def outcome(rule, code="so-a", **given):
    mark = find(judge(case(rule, **given)), code).marks[0]
    assert isinstance(mark, Pending)
    return waits_for_others(mark, rule), owes_remedy(mark, rule)


def test_a_number_of_ones_own_waits_for_the_groups_whoever_said_it():
    seen = criterion(scale=Relative(), measure="a.count")
    told = criterion(scale=Relative(), source=Source.DECLARED, declared_kind="count")
    refused = record(Cause.CHALLENGE, "so-b", "a.count")
    assert outcome(seen, records=[record(5, measure="a.count"), refused]) == (True, False)
    assert outcome(seen, records=[refused], appraisals=[appraisal(5)]) == (True, False)
    assert outcome(told, declarations=[declaration(D(5))]) == (True, False)


def test_who_has_no_number_waits_for_nobody():
    seen = criterion(scale=Relative(), measure="a.count")
    told = criterion(scale=Relative(), source=Source.DECLARED, declared_kind="count")
    assert outcome(seen, records=[record(Cause.CHALLENGE, measure="a.count")]) == (False, True)
    assert outcome(told, "so-b", declarations=[declaration(D(5))]) == (False, True)
