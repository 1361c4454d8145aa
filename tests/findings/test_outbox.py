"""When a notice is tried again: later and later, not for ever, and never for those who have it."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from notices import AT, delivery, notice

from auditor.findings.outbox import LIFE, settle
from auditor.model.delivery import DeliveryState, Outcome

TO = ("a@x.example", "b@x.example", "c@x.example")


def later(*addresses, **given):
    return Outcome(later=dict.fromkeys(addresses, "450 greylisted"), **given)


def test_taken_by_all_is_sent():
    found = settle(delivery(), Outcome(taken=notice().to), AT)
    assert (found.state, found.left, found.due_at, found.why) == (DeliveryState.SENT, (), None, "")


def test_waits_grow_from_minutes_to_hours_and_end_with_the_letter_s_life():
    now, moments = AT, [AT]
    for tries in range(1, 100):
        found = settle(delivery(tries=tries), later(*notice().to), now)
        if found.due_at is None:
            break
        now = found.due_at
        moments.append(now)
    waits = [after - before for before, after in pairwise(moments)]
    assert timedelta(minutes=5) <= waits[0] <= timedelta(minutes=6)
    assert all(one < two for one, two in pairwise(waits[:7]))
    assert max(waits) <= timedelta(hours=7.2)
    assert moments[-1] == AT + LIFE
    assert found.state is DeliveryState.FAILED
    assert "450 greylisted" in found.why
    assert 25 <= len(moments) <= 40


def test_letters_turned_away_together_do_not_come_back_together():
    due = {settle(delivery(notice(f"digest/r/{n}")), later(*notice().to), AT).due_at for n in range(50)}
    assert len(due) > 40


def test_a_server_s_own_wait_is_kept():
    assert settle(delivery(), later(*notice().to, wait=timedelta(hours=3)), AT).due_at == AT + timedelta(hours=3)


def test_a_channel_that_is_down_ends_no_letter_before_its_life_is_over():
    found = settle(delivery(tries=40), Outcome(down="connection refused"), AT + timedelta(days=6))
    assert (found.state, found.left, found.why) == (DeliveryState.WAITING, notice().to, "connection refused")
    assert settle(delivery(), Outcome(down="connection refused"), AT + LIFE).state is DeliveryState.FAILED


def test_some_have_it_some_never_will_and_some_are_asked_again():
    outcome = Outcome(taken=TO[:1], never={TO[1]: "550 no such user"}, later={TO[2]: "450 later"})
    found = settle(delivery(notice(to=TO)), outcome, AT)
    assert (found.state, found.left, found.refused) == (DeliveryState.WAITING, TO[2:], ("b@x.example: 550 no such user",))
    again = delivery(notice(to=TO), left=found.left, refused=found.refused, tries=2)
    done = settle(again, Outcome(taken=TO[2:]), AT)
    assert (done.state, done.why) == (DeliveryState.SENT, "b@x.example: 550 no such user")


def test_refused_by_all_is_given_up_at_once():
    found = settle(delivery(), Outcome(never={notice().to[0]: "550 no such user"}), AT)
    assert (found.state, found.due_at) == (DeliveryState.FAILED, None)


@given(st.lists(st.lists(st.sampled_from(["taken", "never", "later", "down"]), min_size=3, max_size=3), max_size=12))
def test_nobody_is_served_twice_and_nobody_forgotten(nights):
    """Whatever servers say, each address is taken at most once, and at the end it has it, was refused, or is left with a reason."""
    at, one, had = AT, delivery(notice(to=TO)), []
    for night in nights:
        words = {kind: {a: "4" for a, said in zip(TO, night, strict=True) if said == kind and a in one.left} for kind in night}
        down = "down" if "down" in night else ""
        taken = () if down else tuple(words.get("taken", {}))
        never = {} if down else words.get("never", {})
        found = settle(one, Outcome(taken=taken, never=never, later=words.get("later", {}), down=down), at)
        had += taken
        if found.due_at is None:
            break
        at = found.due_at
        one = delivery(one.notice, left=found.left, refused=found.refused, tries=one.tries + 1)
        assert found.state is DeliveryState.WAITING
    else:
        return
    assert len(had) == len(set(had))
    assert len(had) + len(found.refused) + len(found.left) == len(TO)
    assert (found.state is DeliveryState.SENT) is (bool(had) and not found.left)
