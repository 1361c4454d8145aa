"""A notice is sent once: through greylisting, outages, a stop in the middle, a process that dies anywhere."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import anyio
import pytest
from commands import auditor, environment
from hooked import Receiver, receiving
from notices import AT, notice
from outgoing import Moved, hook_settings, mail_settings, parts_of
from postbox import Postbox, postbox

from auditor.app.sending import queue, send_due
from auditor.clock import SystemClock
from auditor.errors import ConfigError
from auditor.findings.message import message_id
from auditor.model.delivery import DeliveryState
from auditor.model.notice import Channel
from auditor.store import open_store

pytestmark = pytest.mark.anyio
TO = ("a@x.example", "b@x.example")


@pytest.fixture
def clock():
    return Moved()


@pytest.fixture
def store(tmp_path):
    with open_store("", tmp_path / "data") as opened:
        yield opened


def ids(box):
    return [line.decode() for _, raw in box.letters for line in raw.split(b"\r\n") if line.startswith(b"Message-ID: ")]


def states(store):
    return {one.notice.key: one.state for one in store.outbox.all()}


async def test_what_is_due_is_sent_once_however_often_it_is_asked_for(tmp_path, store):
    box = Postbox()
    with postbox(box) as port:
        parts = parts_of(tmp_path, mail_settings(port))
        assert queue(parts, store, [notice(), notice("digest/r1/so-nv"), notice("nobody", to=())]) == 2
        first = await send_due(parts, store)
        assert queue(parts, store, [notice()]) == 0
        again = await send_due(parts, store)
    assert first.count(DeliveryState.SENT) == len(box.letters) == 2
    assert again.tried == ()
    assert set(states(store).values()) == {DeliveryState.SENT}


async def test_greylisting_is_got_over_and_nobody_who_has_the_letter_gets_it_again(tmp_path, store, clock):
    said = {TO[1]: "450 4.2.0 Greylisted"}
    box = Postbox(rcpt=said.get)
    with postbox(box) as port:
        parts = parts_of(tmp_path, mail_settings(port), clock)
        queue(parts, store, [notice(to=TO)])
        [one] = (await send_due(parts, store)).tried
        assert (one.state, one.left, one.why) == (DeliveryState.WAITING, TO[1:], f"{TO[1]}: 450 4.2.0 Greylisted")
        clock.move(minutes=1)
        assert (await send_due(parts, store)).tried == ()
        said.clear()
        clock.move(minutes=10)
        [one] = (await send_due(parts, store)).tried
    assert (one.state, one.tries) == (DeliveryState.SENT, 2)
    assert [to for to, _ in box.letters] == [TO[:1], TO[1:]]
    assert len(set(ids(box))) == 1


async def test_a_server_that_is_down_is_asked_once_a_round_and_nothing_is_lost(tmp_path, store, clock):
    calls = []

    def full(address):
        calls.append(address)
        return "421 4.3.2 Shutting down" if len(calls) == 1 else None

    box = Postbox(rcpt=full)
    with postbox(box) as port:
        parts = parts_of(tmp_path, mail_settings(port), clock)
        queue(parts, store, [notice(str(n)) for n in range(5)])
        found = await send_due(parts, store)
        assert dict(found.down) == {Channel.MAIL: "421 4.3.2 Shutting down"}
        assert len(calls) == len(found.tried) == 1
        clock.move(minutes=10)
        found = await send_due(parts, store)
    assert found.count(DeliveryState.SENT) == 5
    assert len(set(ids(box))) == len(box.letters) == 5


async def test_what_is_refused_for_good_is_given_up_with_the_server_s_words(tmp_path, store, clock):
    with postbox(Postbox(rcpt=lambda _: "550 5.1.1 No such user")) as port:
        parts = parts_of(tmp_path, mail_settings(port), clock)
        queue(parts, store, [notice()])
        [one] = (await send_due(parts, store)).tried
        clock.move(days=30)
        assert (await send_due(parts, store)).tried == ()
    assert (one.state, one.why) == (DeliveryState.FAILED, "vanthu@so-tttt.example: 550 5.1.1 No such user")


async def test_a_week_of_greylisting_ends_the_letter(tmp_path, store, clock):
    box = Postbox(rcpt=lambda _: "450 4.2.0 Greylisted")
    with postbox(box) as port:
        parts = parts_of(tmp_path, mail_settings(port), clock)
        queue(parts, store, [notice()])
        for _ in range(24 * 8):
            await send_due(parts, store)
            clock.move(hours=1)
    [one] = store.outbox.all()
    assert one.state is DeliveryState.FAILED
    assert 25 < one.tries < 40


async def test_without_a_server_letters_wait_and_old_ones_are_not_sent_when_it_comes(tmp_path, store, clock):
    parts = parts_of(tmp_path, "", clock)
    queue(parts, store, [notice()])
    clock.move(days=1)
    found = await send_due(parts, store)
    assert (found.tried, dict(found.off)) == ((), {Channel.MAIL: 1})
    clock.move(days=29)
    queue(parts, store, [notice("new", created_at=AT + timedelta(days=29))])
    box = Postbox()
    with postbox(box) as port:
        found = await send_due(parts_of(tmp_path, mail_settings(port), clock), store)
    assert {one.notice.key: one.state for one in found.tried} == {notice().key: DeliveryState.FAILED, "new": DeliveryState.SENT}
    assert len(box.letters) == 1


async def test_a_letter_names_those_of_its_thread_that_were_sent_before(tmp_path, store, clock):
    box = Postbox()
    with postbox(box) as port:
        parts = parts_of(tmp_path, mail_settings(port), clock)
        for key in ("first", "second"):
            queue(parts, store, [notice(key, created_at=clock.now())])
            await send_due(parts, store)
            clock.move(days=1)
    assert b"In-Reply-To" not in box.letters[0][1]
    assert f"In-Reply-To: {message_id('first', 'stttt.example')}".encode() in box.letters[1][1]


async def test_the_webhook_is_told_beside_the_letter_also_of_those_without_an_address(tmp_path, store, clock):
    receiver, box = Receiver((500, {}, b""), (204, {}, b"")), Postbox()
    (tmp_path / "config").mkdir()
    with postbox(box) as port, receiving(receiver) as hook:
        parts = parts_of(tmp_path, mail_settings(port) + hook_settings(hook, tmp_path / "config"), clock)
        assert queue(parts, store, [notice(), notice("nobody", to=())]) == 3
        await send_due(parts, store)
        clock.move(minutes=10)
        await send_due(parts, store)
    assert len(box.letters) == 1
    assert len(receiver.calls) == 3
    assert len({headers["webhook-id"] for _, headers, _ in receiver.calls}) == 2
    assert set(states(store).values()) == {DeliveryState.SENT}


async def test_no_secret_is_in_the_database_the_log_or_what_is_said(tmp_path, store, clock, capfd):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "password").write_text("geheim-password\n")
    with postbox(Postbox()) as port, receiving(Receiver((500, {}, b"no"))) as hook:
        login = 'username = "auditor"\npassword_file = "password"\n'
        settings = mail_settings(port).replace("starttls = false", "starttls = true") + login
        parts = parts_of(tmp_path, settings + hook_settings(hook, tmp_path / "config"), clock)
        queue(parts, store, [notice()])
        found = await send_due(parts, store)
    assert set(found.down) == {Channel.MAIL}  # this server has no STARTTLS, so that it never heard the password
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
    told = "".join(capfd.readouterr()) + repr(found) + repr(parts)
    for secret in ("geheim-password", "/geheim", "TwjUPD8"):
        assert secret.encode() not in kept
        assert secret not in told


@pytest.mark.parametrize("text", ["", "two\nlines\n", "\0", "x" * 5000])
async def test_a_secret_that_is_none_is_a_fault_of_config_that_does_not_show_it(tmp_path, store, text):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "password").write_text(text)
    settings = mail_settings(25).replace("starttls = false", 'username = "auditor"\npassword_file = "password"')
    parts = parts_of(tmp_path, settings)
    queue(parts, store, [notice()])
    with pytest.raises(ConfigError, match="must hold the secret on one line") as raised:
        await send_due(parts, store)
    assert not text.strip("\0\n") or text.strip("\0\n") not in str(raised.value)
    assert states(store) == {notice().key: DeliveryState.WAITING}


async def test_told_to_stop_it_ends_the_letter_under_way_and_begins_no_other(tmp_path, store):
    reached, loop = anyio.Event(), asyncio.get_running_loop()

    def slow(letter):
        loop.call_soon_threadsafe(reached.set)
        time.sleep(0.5)

    box = Postbox(data=slow)
    with postbox(box) as port:
        parts = parts_of(tmp_path, mail_settings(port), SystemClock())
        queue(parts, store, [notice(str(n), created_at=SystemClock().now()) for n in range(3)])
        async with anyio.create_task_group() as group:
            group.start_soon(send_due, parts, store)
            await reached.wait()
            group.cancel_scope.cancel()
    assert len(box.letters) == 1
    assert sorted(states(store).values()) == [DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.WAITING]


async def test_a_server_that_hangs_holds_up_no_stop_for_more_than_ten_seconds(tmp_path, store, monkeypatch):
    monkeypatch.setattr("auditor.app.sending._GRACE", 0.3)
    reached, loop = anyio.Event(), asyncio.get_running_loop()

    def hanging(letter):
        loop.call_soon_threadsafe(reached.set)
        time.sleep(3)

    with postbox(Postbox(data=hanging)) as port:
        parts = parts_of(tmp_path, mail_settings(port), SystemClock())
        queue(parts, store, [notice(created_at=SystemClock().now())])
        async with anyio.create_task_group() as group:
            group.start_soon(send_due, parts, store)
            await reached.wait()
            group.cancel_scope.cancel()
            begun = time.monotonic()
        assert time.monotonic() - begun < 2
    assert states(store) == {notice().key: DeliveryState.SENDING}


DYING = """
import importlib, os, signal, sys
from datetime import timedelta
import auditor.app.sending as sending
sending.LEASE = timedelta(0)  # the next process need not wait until this one is believed dead
place, when = sys.argv[1:3]
del sys.argv[1:3]
module, holder, name = place.split(":")
there = getattr(importlib.import_module(module), holder)
real = getattr(there, name)
def die():
    os.kill(os.getpid(), signal.SIGKILL)
if name in ("begin", "sent"):
    def dying(*given, **named):
        if when == "before": die()
        found = real(*given, **named)
        die()
        return found
else:
    async def dying(*given, **named):
        if when == "before": die()
        found = await real(*given, **named)
        die()
        return found
setattr(there, name, dying)
from auditor.cli import main
main()
"""
BOX = "auditor.store.outbox:Outbox"
WIRE = "aiosmtplib:SMTP"


@pytest.mark.parametrize(
    ("place", "when", "copies"),
    [
        (f"{BOX}:begin", "before", 1),
        (f"{BOX}:begin", "after", 1),
        (f"{WIRE}:connect", "before", 1),
        (f"{WIRE}:mail", "after", 1),
        (f"{WIRE}:rcpt", "after", 1),
        (f"{WIRE}:data", "before", 1),
        (f"{WIRE}:data", "after", 2),
        (f"{BOX}:sent", "before", 2),
        (f"{BOX}:sent", "after", 1),
    ],
)
def test_killed_at_any_point_a_letter_is_sent_once_or_again_under_its_own_name(tmp_path, store, place, when, copies):
    """Between the server's word and our note of it nobody can help: there, and there only, the same bytes go twice."""
    box = Postbox()
    with postbox(box) as port:
        parts = parts_of(tmp_path, mail_settings(port), SystemClock())
        queue(parts, store, [notice(created_at=SystemClock().now())])
        command = ["--config", parts.config, "--data", parts.data, "alerts", "send", "--yes"]
        killed = subprocess.run(
            [sys.executable, "-c", DYING, place, when, *map(str, command)],
            env=environment(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
        assert auditor(*command).code == 0
        assert auditor(*command).code == 0
    assert len(box.letters) == copies
    assert len(set(box.letters)) == 1
    assert states(store) == {notice().key: DeliveryState.SENT}


@pytest.mark.slow
def test_killed_at_random_again_and_again_every_letter_is_sent_and_each_kill_costs_at_most_one_copy(tmp_path, store):
    box, chance, kills = Postbox(data=lambda _: time.sleep(0.1)), random.Random(5), 0
    with postbox(box) as port:
        parts = parts_of(tmp_path, mail_settings(port), SystemClock())
        keys = [f"digest/r1/{n}" for n in range(8)]
        queue(parts, store, [notice(key, created_at=SystemClock().now()) for key in keys])
        arguments = ["--config", parts.config, "--data", parts.data, "alerts", "send", "--yes"]
        code = "import auditor.app.sending as s; from datetime import timedelta; s.LEASE = timedelta(0)\nfrom auditor.cli import main; main()"
        while set(states(store).values()) != {DeliveryState.SENT}:
            before = len(box.letters)
            process = subprocess.Popen(
                [sys.executable, "-c", code, *map(str, arguments)], env=environment(), stdout=subprocess.DEVNULL
            )
            while process.poll() is None and len(box.letters) == before:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.12))
            os.kill(process.pid, signal.SIGKILL)
            kills += process.wait(10) == -signal.SIGKILL
    assert kills >= 2
    assert len(box.letters) <= len(keys) + kills
    assert set(ids(box)) == {f"Message-ID: {message_id(key, 'stttt.example')}" for key in keys}
    assert len(set(box.letters)) == len(keys)
