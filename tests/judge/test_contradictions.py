"""Where declared and measured differ a case is opened once, and it is settled when both come to the same."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from province import NOW, case, criterion, declaration, find, record

from auditor.judge import judge
from auditor.judge.acts import contradictions_of
from auditor.judge.contradictions import as_seen, difference, openings
from auditor.model.council import ContradictionState, Decision
from auditor.model.edition import Source
from auditor.model.scale import Ratio, YesNo

BOTH = criterion(source=Source.LOWER_OF, scale=YesNo(yes=D(2)))


def ranking(measured, declared, days_ago=0):
    records = [record(measured, days_ago=days_ago)]
    return judge(case(BOTH, codes=("so-a",), records=records, declarations=[declaration(declared)]))


def opened(found=None):
    return contradictions_of(openings(found or ranking(False, True), (), at=NOW, days=10))


def test_a_difference_opens_a_case_with_both_values_both_proofs_and_a_deadline():
    [one] = opened()
    opening = one.opening
    assert (opening.agency, opening.criterion, opening.measured, opening.declared) == ("so-a", "1", False, True)
    assert opening.measured_proofs == record(False).reading.evidence
    assert opening.declared_proofs == (declaration(True).proof,)
    # NOW is three in the morning of the next day in Vietnam.
    assert (opening.deadline, one.state) == (date(2019, 3, 12), ContradictionState.OPEN)


def test_what_agrees_opens_nothing():
    assert openings(ranking(True, True), (), at=NOW, days=10) == ()


def test_a_case_is_opened_once_though_it_is_seen_on_many_nights():
    assert openings(ranking(False, True, days_ago=3), opened(), at=NOW, days=10) == ()


def test_a_case_is_settled_when_both_sides_agree_and_stays_decided_when_it_was():
    [one] = opened()
    assert [found.state for found in as_seen([one], ranking(False, True))] == [ContradictionState.OPEN]
    assert [found.state for found in as_seen([one], ranking(True, True))] == [ContradictionState.SETTLED]
    decision = Decision(
        agency="so-a", edition="e", criterion="1", fingerprint=one.opening.fingerprint, accepted=True, reason="r", person="p",
        document="d", decided_at=NOW,
    )  # fmt: skip
    decided = replace(one, state=ContradictionState.ACCEPTED, decision=decision)
    assert as_seen([decided], ranking(True, True)) == (decided,)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(D("0.50"), D("0.5"), True), (D("0.5"), D("0.51"), False), (D(1), D("1.0"), True), (D("0.10"), D("0.1"), True)],
)
def test_the_print_of_a_difference_is_of_its_values_and_not_of_how_they_are_written(one, other, same):
    rule = criterion(measure="a.share", scale=Ratio(), source=Source.LOWER_OF)

    def printed(value):
        found = judge(
            case(rule, codes=("so-a",), records=[record(value, measure="a.share")], declarations=[declaration(D("0.9"))])
        )
        return difference(find(found, "so-a").marks[0])

    assert printed(one) is not None
    assert (printed(one) == printed(other)) is same
