"""A period goes through its states in their order, none before its day, and never two of one edition at once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from auditor.judge.periods import lasting, refusal, running
from auditor.model.council import PeriodState, PeriodStep, Subject, Withdrawal
from auditor.model.period import ORDER, Period, Running

PLANNED, OPEN, CLOSED, APPRAISAL, DRAFT, PUBLISHED = ORDER
AT = datetime(2027, 1, 4, tzinfo=UTC)
PERIOD = Period(
    id="2026", edition="e", title="Kỳ 2026", verified=False, data_from=date(2026, 1, 1), data_to=date(2026, 12, 31),
    declare_from=date(2027, 1, 4), declare_until=date(2027, 1, 25), appraise_from=date(2027, 1, 27), draft_on=date(2027, 2, 20),
    complain_until=date(2027, 3, 5), publish_from=date(2027, 3, 2), answer_days=10,
)  # fmt: skip
FIRST_DAYS = {
    OPEN: date(2027, 1, 4), CLOSED: date(2027, 1, 26), APPRAISAL: date(2027, 1, 27), DRAFT: date(2027, 2, 20), PUBLISHED: date(2027, 3, 6),
}  # fmt: skip


def step(state, period="2026", days=0):
    return PeriodStep(
        period=period, edition="e", edition_digest="sha256:0", state=state, person="p", document="d", stepped_at=AT + timedelta(days=days)
    )  # fmt: skip


@pytest.mark.parametrize("state", ORDER)
@pytest.mark.parametrize("to", ORDER)
def test_only_what_comes_next_may_come_and_not_before_its_day(state, to):
    late = date(2030, 1, 1)
    why = refusal(PERIOD, state, to, late, None)
    if ORDER.index(to) == ORDER.index(state) + 1:
        assert why is None
        day = FIRST_DAYS[to]
        assert refusal(PERIOD, state, to, day, None) is None
        early = refusal(PERIOD, state, to, day - timedelta(days=1), None)
        assert (early.key, early.facts["since"]) == ("period.early", day.isoformat())
    else:
        assert why.key == ("period.over" if state is PUBLISHED else "period.order")


def test_the_agencies_have_the_last_day_of_a_window_whole():
    assert refusal(PERIOD, OPEN, CLOSED, PERIOD.declare_until, None) is not None
    assert refusal(PERIOD, DRAFT, PUBLISHED, PERIOD.complain_until, None) is not None


def test_another_period_of_the_edition_must_be_published_first():
    def other(state):
        return Running(period="2025", state=state, since=AT)

    assert refusal(PERIOD, PLANNED, OPEN, date(2030, 1, 1), other(DRAFT)).key == "period.other"
    assert refusal(PERIOD, PLANNED, OPEN, date(2030, 1, 1), other(PUBLISHED)) is None


def test_the_running_period_is_the_one_opened_last_and_only_what_was_done_since_belongs_to_it():
    taken_back = Withdrawal(
        agency="so-a", edition="e", criterion="1", subject=Subject.APPRAISAL, reason="r", person="p", withdrawn_at=AT
    )
    before = [step(OPEN, "2025"), taken_back, step(PUBLISHED, "2025")]
    assert (running([]), lasting([taken_back], None)) == (None, (taken_back,))
    assert running(before) == Running(period="2025", state=PUBLISHED, since=AT)
    assert lasting(before, running(before)) == tuple(before)
    after = [*before, step(OPEN, days=3), taken_back, step(CLOSED, days=4)]
    assert running(after) == Running(period="2026", state=CLOSED, since=AT + timedelta(days=3))
    assert lasting(after, running(after)) == tuple(after[3:])


def test_a_step_of_a_period_that_is_over_moves_nothing():
    assert running([step(OPEN), step(PUBLISHED, "2024")]).state is PeriodState.OPEN
