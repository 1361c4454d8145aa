"""Letters that come back after a server took them: marked once, with the words, and shown to the operator."""

import sys
from datetime import timedelta

import anyio
import pytest
from bounced import postfix
from commands import auditor, environment
from notices import AT, notice
from outgoing import Moved, mail_settings, parts_of
from postbox import Postbox, postbox

from auditor.app.bouncing import take_bounces, undelivered
from auditor.app.health import health
from auditor.app.sending import queue, send_due
from auditor.model.delivery import DeliveryState
from auditor.model.notice import Channel
from auditor.store import open_store

pytestmark = pytest.mark.anyio
A, B = "a@x.example", "b@x.example"


@pytest.fixture
def clock():
    return Moved()


@pytest.fixture
def store(tmp_path):
    with open_store("", tmp_path / "data") as opened:
        yield opened


async def sent(tmp_path, store, clock, *notices):
    with postbox(Postbox()) as port:
        parts = parts_of(tmp_path, mail_settings(port), clock)
        queue(parts, store, notices)
        await send_due(parts, store)
    assert {one.state for one in store.outbox.all()} == {DeliveryState.SENT}
    return parts


async def test_a_letter_that_comes_back_is_marked_once_and_only_for_the_address_that_did_not_get_it(tmp_path, store, clock):
    letter, other = notice(to=(A, B)), notice("other", to=(A,))
    parts = await sent(tmp_path, store, clock, letter, other)
    clock.move(hours=2)
    found = take_bounces(parts, store, [postfix(letter, A), b"Subject: hello\r\n\r\nhello"])
    assert ([one.notice.key for one in found.marked], found.others) == ([letter.key], 1)
    [one] = undelivered(store)
    assert (one.notice.key, one.state, len(one.refused)) == (letter.key, DeliveryState.SENT, 1)
    assert one.refused[0].startswith(f"{A}: 5.1.1 smtp; 550")
    take_bounces(parts, store, [postfix(letter, A, whole=False), postfix(letter, A)])
    assert store.outbox.get(letter.key).refused == one.refused
    take_bounces(parts, store, [postfix(letter, B.upper())])
    after = store.outbox.get(letter.key)
    assert (after.state, len(after.refused)) == (DeliveryState.BOUNCED, 2)
    assert store.outbox.get("other").state is DeliveryState.SENT
    assert store.outbox.due(clock.now() + timedelta(days=1)) == ()


def forwarded(letter, address, to):
    """Give the notification of a server that forwards one address to another, where the letter came to nobody."""
    final = f"Final-Recipient: rfc822; {address}".encode()
    return postfix(letter, address).replace(final, f"Final-Recipient: rfc822; {to}".encode())


async def test_one_letter_and_recipient_count_once_however_often_and_by_whatever_name_it_is_said(tmp_path, store, clock):
    letter = notice(to=(A, B))
    parts = await sent(tmp_path, store, clock, letter)
    # The box of the first address forwards to the second one's: what we sent to the second has not come back.
    found = take_bounces(parts, store, [forwarded(letter, A, B)])
    assert ([one.refused[0].partition(": ")[0] for one in found.marked], found.known, found.others) == ([A], 0, 0)
    assert store.outbox.get(letter.key).state is DeliveryState.SENT
    clock.move(hours=1)
    before = store.outbox.get(letter.key)
    again = take_bounces(parts, store, [forwarded(letter, A, B), postfix(letter, A.upper()), postfix(letter, A, whole=False)])
    assert (again.marked, again.known, again.others) == ((), 3, 0)
    assert store.outbox.get(letter.key) == before
    last = take_bounces(parts, store, [postfix(letter, B), postfix(letter, B, A)])
    assert ([one.state for one in last.marked], last.known) == ([DeliveryState.BOUNCED], 1)


async def test_when_a_letter_was_handed_over_is_known_of_each_address_and_what_comes_back_was_not(tmp_path, store, clock):
    letter = notice(to=(A, B))
    store.outbox.put([letter])
    store.outbox.begin(letter.key, AT, until=AT + timedelta(minutes=15))
    store.outbox.failed(letter.key, AT, "450", AT + timedelta(hours=1), left=[B], taken=[A])
    assert store.outbox.get(letter.key).handed == (AT,)
    # The first address sends it back while the second one is tried.
    store.outbox.begin(letter.key, AT + timedelta(hours=1), until=AT + timedelta(hours=2))
    assert store.outbox.bounced(letter.key, AT + timedelta(hours=1), f"{A}: 550 no", A)
    assert store.outbox.get(letter.key).handed == ()
    store.outbox.sent(letter.key, AT + timedelta(hours=2), taken=[B])
    found = store.outbox.get(letter.key)
    assert (found.state, found.refused, found.handed) == (DeliveryState.SENT, (f"{A}: 550 no",), (AT + timedelta(hours=2),))
    assert store.outbox.bounced(letter.key, AT + timedelta(hours=3), f"{B}: 550 no", B)
    found = store.outbox.get(letter.key)
    assert (found.state, found.handed) == (DeliveryState.BOUNCED, ())


async def test_a_letter_that_came_back_and_was_refused_was_sent_to_nobody(store):
    letter = notice(to=(A, B))
    store.outbox.put([letter])
    store.outbox.failed(letter.key, AT, "450", AT + timedelta(hours=1), left=[B], taken=[A])
    store.outbox.bounced(letter.key, AT, f"{A}: 550 no", A)
    store.outbox.sent(letter.key, AT + timedelta(hours=1), refused=[f"{B}: 550 no"])
    assert (store.outbox.get(letter.key).state, store.outbox.get(letter.key).handed) == (DeliveryState.BOUNCED, ())


async def test_what_is_not_of_us_or_not_of_that_address_changes_nothing(tmp_path, store, clock):
    letter = notice(to=(A,))
    parts = await sent(tmp_path, store, clock, letter)
    strange = [
        postfix(letter, "c@x.example"),
        postfix(letter, A, ident="<abc@khanhhoa.example>"),
        postfix(letter, A, action="delayed"),
    ]
    found = take_bounces(parts, store, strange)
    assert (found.marked, found.others) == ((), 3)
    assert store.outbox.get(letter.key).refused == ()
    store.outbox.put([notice("call", to=(A,), channel=Channel.WEBHOOK)])
    assert take_bounces(parts, store, [postfix(notice("call"), A)]).marked == ()


async def test_letters_that_wait_for_a_day_are_a_problem_where_their_channel_is_set_up(tmp_path, store, clock):
    parts = parts_of(tmp_path, mail_settings(1), clock)
    store.outbox.put([notice(to=(A,)), notice("later", created_at=AT + timedelta(hours=5))])
    clock.move(hours=23)
    keys = lambda: {problem.key for problem in health(parts, store).problems}  # noqa: E731 - asked again and again
    assert health(parts, store).queue.open == 2
    assert health(parts, store).queue.oldest.notice.key == notice().key
    assert "service.letters_stuck" not in keys()
    clock.move(hours=2)
    assert "service.letters_stuck" in keys()
    (tmp_path / "off").mkdir()
    assert "service.letters_stuck" not in {p.key for p in health(parts_of(tmp_path / "off", "", clock), store).problems}


async def test_the_command_reads_its_input_and_the_lists_show_what_came_back(tmp_path, store, clock):
    letter = notice(to=(A,))
    parts = await sent(tmp_path, store, clock, letter, notice("other", to=(B,)))
    words = ("--data", parts.data)
    file = tmp_path / "bounce.eml"
    file.write_bytes(postfix(letter, A))
    done = auditor("alerts", "bounced", file, "--json", *words)
    assert (done.code, [one["state"] for one in done.json["bounced"]], done.json["others"]) == (0, ["bounced"], 0)
    done = auditor("alerts", "bounced", file, "--json", *words)
    assert (done.code, done.json) == (0, {"bounced": [], "known": 1, "others": 0})
    assert "1 thư báo lại điều đã ghi nhận từ trước" in auditor("alerts", "bounced", file, *words).out
    # As the alias of a mail server hands it over.
    piped = await anyio.run_process(
        [sys.executable, "-m", "auditor", "alerts", "bounced", "--data", str(parts.data)],
        input=postfix(notice("other", to=(B,)), B),
        env=environment(),
    )
    assert "1 thư bị trả lại đã được ghi nhận" in piped.stdout.decode()
    assert auditor("alerts", "list", "--json", *words).json["undelivered"][0]["refused"][0].startswith(A)
    assert "bị trả lại" in auditor("alerts", "list", *words).out
    told = auditor("status", "--json", *words).json["service"]["notices"]
    assert (told["open"], told["states"]["bounced"], told["oldest"]) == (0, 2, None)
    assert "bị trả lại 2" in auditor("status", *words).out
