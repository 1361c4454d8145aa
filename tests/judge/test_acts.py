"""What stands after all acts: the last word on each criterion, unless it was taken back; and how far cases have come."""

import json
from datetime import UTC, date, datetime, timedelta

from auditor.judge.acts import appraisals_of, at_of, contradictions_of, explanations_of, period_states
from auditor.model.codec import Codec
from auditor.model.council import (
    Act,
    Answer,
    ContradictionState,
    Decision,
    Explanation,
    Opening,
    PeriodState,
    PeriodStep,
    Subject,
    Withdrawal,
)
from auditor.model.declaration import Appraisal

AT = datetime(2026, 11, 1, tzinfo=UTC)
PLACE = {"agency": "so-a", "edition": "e", "criterion": "1"}


def appraisal(value=True, **given):
    return Appraisal(**{**PLACE, **given}, value=value, reason="r", person="p", document="d", decided_at=AT)


def explanation(text="vì sao"):
    return Explanation(**PLACE, fingerprint="f", text=text, expires=date(2026, 12, 1), person="p", given_at=AT)


def withdrawal(subject):
    return Withdrawal(**PLACE, subject=subject, reason="r", person="p", withdrawn_at=AT)


def opening(fingerprint="f"):
    return Opening(
        **PLACE, fingerprint=fingerprint, measured=False, declared=True, measured_proofs=(), declared_proofs=(),
        deadline=date(2026, 11, 10), opened_at=AT,
    )  # fmt: skip


def answer(fingerprint="f"):
    return Answer(**PLACE, fingerprint=fingerprint, text="t", person="p", answered_at=AT + timedelta(days=1))


def decision(accepted, fingerprint="f"):
    return Decision(
        **PLACE,
        fingerprint=fingerprint,
        accepted=accepted,
        reason="r",
        person="p",
        document="d",
        decided_at=AT + timedelta(days=2),
    )


def test_the_last_appraisal_of_a_criterion_stands_and_a_withdrawal_takes_it_back():
    first, second, other = appraisal(False), appraisal(True), appraisal(True, criterion="2")
    assert appraisals_of([first, other, second]) == (second, other)
    assert appraisals_of([first, other, withdrawal(Subject.EXPLANATION)]) == (first, other)
    assert appraisals_of([first, other, withdrawal(Subject.APPRAISAL)]) == (other,)
    assert appraisals_of([first, withdrawal(Subject.APPRAISAL), second]) == (second,)


def test_the_last_explanation_stands_until_it_is_taken_back():
    assert explanations_of([explanation("a"), explanation("b")]) == (explanation("b"),)
    assert explanations_of([explanation(), withdrawal(Subject.EXPLANATION)]) == ()


def test_a_contradiction_goes_from_open_by_an_answer_to_a_decision():
    def states(*acts):
        return [found.state for found in contradictions_of(acts)]

    assert states(opening()) == [ContradictionState.OPEN]
    assert states(opening(), opening()) == [ContradictionState.OPEN]
    assert states(opening(), answer()) == [ContradictionState.ANSWERED]
    assert states(opening(), answer(), decision(True)) == [ContradictionState.ACCEPTED]
    assert states(opening(), decision(False), answer()) == [ContradictionState.REJECTED]
    assert states(opening(), opening("g"), answer("g")) == [ContradictionState.OPEN, ContradictionState.ANSWERED]
    assert states(answer("nobody's")) == []
    [found] = contradictions_of([opening(), answer(), answer(), decision(True)])
    assert (len(found.answers), found.decision) == (2, decision(True))


def test_a_period_is_where_it_was_moved_last():
    steps = [
        PeriodStep(period="2026", edition="e", edition_digest="sha256:0", state=state, person="p", document="d", stepped_at=AT)
        for state in (PeriodState.OPEN, PeriodState.CLOSED)
    ]
    assert period_states(steps) == {"2026": PeriodState.CLOSED}
    assert period_states([]) == {}


def test_every_act_says_when():
    acts = (appraisal(), explanation(), withdrawal(Subject.APPRAISAL), opening(), answer(), decision(True))
    assert [(at_of(act) - AT).days for act in acts] == [0, 0, 0, 0, 1, 2]


def test_a_decision_that_was_kept_before_anybody_noted_who_was_told_is_read_as_it_was():
    codec = Codec(Act)
    kept = json.loads(codec.dump(decision(accepted=True)))
    del kept["told_on"]
    assert codec.load(json.dumps(kept)) == decision(accepted=True)
