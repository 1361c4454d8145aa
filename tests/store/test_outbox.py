"""The outbox: a key is told once, a try is one process's, and what was cut off is tried again."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from migrating import migrated
from notices import AT, notice

from auditor.model.delivery import DeliveryState

LATER = AT + timedelta(minutes=15)


@pytest.fixture
def outbox(store):
    store.outbox.put([notice()])
    return store.outbox


def keys(deliveries):
    return [one.notice.key for one in deliveries]


def test_a_notice_is_read_back_as_it_was_put(outbox):
    [found] = outbox.all()
    assert found.notice == notice()
    assert (found.state, found.tries, found.left, found.why) == (DeliveryState.WAITING, 0, notice().to, "")


def test_a_key_is_put_once_whatever_became_of_it(outbox):
    assert outbox.put([notice(subject="otherwise"), notice("digest/r1/so-nv")]) == 1
    assert outbox.get(notice().key).notice.subject == notice().subject
    assert outbox.begin(notice().key, AT, until=LATER)
    outbox.sent(notice().key, AT)
    assert outbox.put([notice()]) == 0
    assert keys(outbox.due(LATER)) == ["digest/r1/so-nv"]


def test_what_is_due_comes_oldest_first_and_nothing_before_its_time(outbox):
    outbox.put([notice("b", created_at=AT - timedelta(hours=1)), notice("c", created_at=AT + timedelta(minutes=1))])
    assert keys(outbox.due(AT)) == ["b", notice().key]


def test_a_try_belongs_to_one_and_is_due_again_only_when_it_is_believed_dead(outbox):
    assert outbox.begin(notice().key, AT, until=LATER)
    assert not outbox.begin(notice().key, AT + timedelta(minutes=14), until=LATER)
    assert outbox.due(AT + timedelta(minutes=14)) == ()
    [dead] = outbox.due(LATER)
    assert (dead.state, dead.tries) == (DeliveryState.SENDING, 1)
    assert outbox.begin(notice().key, LATER, until=LATER + timedelta(minutes=15))
    assert outbox.get(notice().key).tries == 2


def test_of_many_that_begin_at_once_one_does(outbox):
    won, together = [], Barrier(8)

    def begin():
        together.wait()
        won.append(outbox.begin(notice().key, AT, until=LATER))

    threads = [Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_a_failed_try_keeps_who_is_left_and_why_until_it_is_due_again(outbox):
    outbox.begin(notice().key, AT, until=LATER)
    outbox.failed(notice().key, AT, "450 later", AT + timedelta(hours=2), left=["a@b.example"], refused=["c@d.example: 550 no"])
    found = outbox.get(notice().key)
    assert (found.state, found.left, found.why) == (DeliveryState.WAITING, ("a@b.example",), "450 later")
    assert found.refused == ("c@d.example: 550 no",)
    assert outbox.due(AT + timedelta(hours=1)) == ()
    assert keys(outbox.due(AT + timedelta(hours=2))) == [notice().key]


def test_what_is_over_stays_over(outbox):
    outbox.failed(notice().key, AT, "550 no", None)
    outbox.failed(notice().key, AT, "later", AT)
    assert outbox.get(notice().key).state is DeliveryState.FAILED
    assert not outbox.begin(notice().key, AT + timedelta(days=99), until=LATER)
    assert outbox.open() == ()


def test_a_clock_that_is_set_back_holds_nothing_up(outbox):
    outbox.begin(notice().key, AT + timedelta(days=365), until=AT + timedelta(days=365, minutes=15))
    assert keys(outbox.due(AT)) == [notice().key]
    assert outbox.begin(notice().key, AT, until=LATER)
    assert outbox.due(AT) == ()


def test_a_thread_is_what_was_sent_to_it_before(outbox):
    day = timedelta(days=1)
    later = [
        notice("second", created_at=AT + day),
        notice("never", created_at=AT + day),
        notice("third", created_at=AT + 2 * day),
    ]
    outbox.put([*later, notice("other", thread="agency/so-nv", created_at=AT)])
    for key in (notice().key, "second", "other"):
        outbox.sent(key, AT)
    outbox.failed("never", AT, "550", None)
    assert outbox.before(later[2]) == (notice().key, "second")
    assert outbox.before(notice()) == ()


def test_letters_of_before_were_taken_at_their_last_change_by_those_who_neither_refused_nor_wait(store):
    both = ("a@x.example", "b@x.example")
    store.outbox.put([notice(name, to=both) for name in ("sent", "half", "refused", "new", "back")])
    for name in ("sent", "half", "refused", "back"):
        assert store.outbox.begin(name, AT, until=LATER)
    store.outbox.sent("sent", LATER, taken=both)
    store.outbox.failed("half", LATER, "450", LATER + timedelta(hours=1), left=both[1:], taken=both[:1])
    store.outbox.failed("refused", LATER, "550", None, refused=[f"{one}: 550 no" for one in both])
    store.outbox.sent("back", AT, taken=both)
    store.outbox.bounced("back", LATER, f"{both[0]}: 550 no", both[0])
    migrated(store, "0007", "head")
    found = {one.notice.key: dict(one.taken) for one in store.outbox.all()}
    assert found == {
        "sent": dict.fromkeys(both, LATER),
        "half": {both[0]: LATER},
        "refused": {},
        "new": {},
        "back": {both[1]: LATER},
    }
