"""Where declared and measured differ a case is opened once, and it is settled when both come to the same."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from province import NOW, case, criterion, declaration, find, record

from auditor.judge import judge
from auditor.judge.acts import contradictions_of
from auditor.judge.contradictions import as_seen, as_told, difference, openings
from auditor.model.council import ContradictionState, Decision, Handover, Posted, Untold
from auditor.model.council_letter import letter_of
from auditor.model.edition import Source
from auditor.model.scale import Ratio, YesNo
from auditor.model.zone import local_date

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


def decision(one, at, told_on=None):
    return Decision(
        agency="so-a", edition="e", criterion="1", fingerprint=one.opening.fingerprint, accepted=False, reason="r", person="p",
        document="d", decided_at=at, told_on=told_on,
    )  # fmt: skip


def handover(one, day):
    return Handover(
        agency="so-a", edition="e", criterion="1", fingerprint=one.opening.fingerprint, told_on=day, person="p", document="d",
        noted_at=NOW,
    )  # fmt: skip


def told(one, *at, by=NOW + timedelta(days=99), why=Untold.QUEUED):
    [found] = as_told([one], {letter_of(one.opening): Posted(at=at, why=why)}, by=by)
    return found


def test_before_an_agency_is_told_there_is_no_deadline_and_nobody_is_late():
    [one] = opened()
    for found in (told(one, why=Untold.BOUNCED), *as_told([one], {}, by=NOW)):
        assert (found.told_on, found.deadline, found.late(date.max)) == (None, None, False)
    assert told(one, why=Untold.BOUNCED).untold is Untold.BOUNCED


def test_the_days_run_from_the_day_in_vietnam_on_which_the_letter_was_taken():
    [one] = opened()
    # NOW is three in the morning of the second of March in Vietnam: 21 hours later that day is over.
    found = told(one, NOW + timedelta(hours=20, minutes=59))
    assert (found.told_on, found.deadline, found.untold) == (date(2019, 3, 2), date(2019, 3, 12), None)
    assert told(one, NOW + timedelta(hours=21)).deadline == date(2019, 3, 13)
    assert (found.late(date(2019, 3, 12)), found.late(date(2019, 3, 13))) == (False, True)
    answered = replace(found, state=ContradictionState.ANSWERED)
    assert not answered.late(date(2019, 3, 13))


def test_what_comes_later_than_the_instant_or_the_decision_told_nobody_by_then():
    [one] = opened()
    assert told(one, NOW + timedelta(days=3), by=NOW + timedelta(days=2)).told_on is None
    decided = replace(one, state=ContradictionState.REJECTED, decision=decision(one, NOW + timedelta(days=1)))
    assert told(decided, NOW + timedelta(days=3)).told_on is None
    assert told(decided, NOW).told_on == date(2019, 3, 2)
    noted = replace(one, state=ContradictionState.REJECTED, decision=decision(one, NOW, told_on=date(2019, 3, 2)))
    assert told(noted, why=Untold.BOUNCED).told_on == date(2019, 3, 2)


def test_a_note_of_the_council_is_of_this_very_difference_and_the_last_one_stands():
    [one] = opened()
    notes = [handover(one, date(2019, 3, 9)), handover(one, date(2019, 3, 4))]
    [found] = contradictions_of([one.opening, *notes])
    assert (found.told_on, found.deadline) == (date(2019, 3, 4), date(2019, 3, 14))
    [other] = contradictions_of([one.opening, replace(notes[0], fingerprint="another")])
    assert other.told_on is None


@given(
    st.lists(st.timedeltas(timedelta(0), timedelta(days=60)), max_size=4),
    st.none() | st.integers(0, 60),
    st.timedeltas(timedelta(0), timedelta(days=80)),
)
def test_whoever_is_told_whenever_has_all_his_days_after_each_time(after, noted, by):
    [one] = opened()
    if noted is not None:
        [one] = contradictions_of([one.opening, handover(one, local_date(NOW) + timedelta(days=noted))])
    moments = [NOW + wait for wait in after]
    found = told(one, *moments, by=NOW + by)
    days = [local_date(at) for at in moments if at <= NOW + by] + ([one.told_on] if one.told_on else [])
    assert (found.deadline is None) is (not days)
    assert all(found.deadline >= day + timedelta(days=10) for day in days)
    assert found.deadline is None or found.deadline >= one.opening.deadline
