"""Calls are signed so that their receiver can verify them, go to no address inside unless it is allowed, and say what came of them."""

import base64
import hashlib
import hmac
import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from hooked import Receiver, receiving
from notices import AT, notice
from postbox import contexts, trusted
from servers import serve_dns

from auditor.clock import SystemClock
from auditor.findings.channels.webhook import Hook, call, key_of, origin_of, signature
from auditor.visit.doors.dns.door import Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.http.post import Poster, post_context

SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TO = ("https://hook.example",)
pytestmark = pytest.mark.anyio


def hook(url):
    return Hook(url=url, key=key_of(SECRET), user_agent="auditor/test")


def poster(*, allow=("127.0.0.0/8",), connect_to=None, trust=(), seconds=5.0, servers=()):
    clock = SystemClock()
    guard = Guard.of(allow, connect_to or {})
    return Poster(
        resolver=Resolver(servers=tuple(servers), clock=clock, guard=guard),
        guard=guard,
        context=post_context(trust),
        seconds=seconds,
    )


async def called(*answers, of=None, path="/hook"):
    receiver = Receiver(*answers)
    with receiving(receiver) as port:
        found = await call(hook(f"http://127.0.0.1:{port}{path}"), poster(), of or notice(to=TO), now=AT)
    return found, receiver


def test_a_signature_is_that_of_the_published_scheme():
    """The example of standardwebhooks.com's own libraries."""
    body = b'{"test": 2432232314}'
    assert signature(key_of(f"whsec_{SECRET}"), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


async def test_a_call_is_verified_by_whoever_has_the_key_and_says_what_the_letter_says():
    found, receiver = await called()
    assert (found.taken, found.down) == (TO, "")
    [(path, headers, body)] = receiver.calls
    assert path == "/hook"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(base64.b64decode(SECRET), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert headers["webhook-timestamp"] == str(int(AT.timestamp()))
    assert (headers["content-type"], headers["user-agent"]) == ("application/json", "auditor/test")
    assert json.loads(body) == {
        "type": "digest",
        "timestamp": AT.isoformat(),
        "data": {"agency": "so-tttt", "run": "r1", "findings": [{"criterion": "5.9"}]},
    }


async def test_the_same_notice_has_the_same_name_and_another_signature_at_another_time():
    receiver = Receiver()
    with receiving(receiver) as port:
        for days in (0, 1):
            await call(hook(f"http://127.0.0.1:{port}/"), poster(), notice(to=TO), now=AT + timedelta(days=days))
    (_, one, first), (_, two, second) = receiver.calls
    assert (one["webhook-id"], first) == (two["webhook-id"], second)
    assert one["webhook-signature"] != two["webhook-signature"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, "later"), (429, "later"), (401, "later"), (404, "later"), (302, "later"), (410, "never"), (400, "never")],
)
async def test_an_answer_is_later_or_never(status, kind):
    found, receiver = await called((status, {"Location": "http://127.0.0.1:1/"}, b"no \x1b[31m\nthanks"))
    assert getattr(found, kind) == {TO[0]: f"{status} no  [31m thanks"}
    assert (found.taken, found.down) == ((), "")
    assert len(receiver.calls) == 1  # a redirect is not followed


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("999999", timedelta(days=1)),
        ("9" * 40, timedelta(0)),
        ("-5", timedelta(0)),
        ("soon", timedelta(0)),
    ],
)
async def test_a_server_s_wait_is_kept_within_a_day(said, wait):
    found, _ = await called((503, {"Retry-After": said}, b""))
    assert found.wait == wait


async def test_a_line_that_ends_without_a_word_or_nobody_there_is_down():
    found, receiver = await called(None)
    assert found.down
    assert len(receiver.calls) == 1
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert (await call(hook(f"http://127.0.0.1:{port}/"), poster(), notice(), now=AT)).down


async def test_a_receiver_that_never_answers_is_left_after_its_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        found = await call(hook(f"http://127.0.0.1:{port}/"), poster(seconds=0.3), notice(), now=AT)
    assert found.down == "no answer within 0.3 s"


async def test_an_answer_without_end_is_not_read_to_its_end():
    found, _ = await called((200, {}, b"x" * 5_000_000))
    assert found.taken
    assert len(found.said) <= 200


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/", "http://[::ffff:127.0.0.1]:{}/", "http://inside.test:{}/"])
async def test_an_address_inside_is_not_called_unless_it_is_allowed(url):
    receiver = Receiver()
    with receiving(receiver) as port, serve_dns({("inside.test", "A"): ["127.0.0.1"]}) as dns:
        servers = (("127.0.0.1", dns.port),)
        refused = await call(hook(url.format(port)), poster(allow=(), servers=servers), notice(), now=AT)
        assert receiver.calls == []
        assert "is not a public address" in refused.down
        if "ffff" not in url:
            assert (await call(hook(url.format(port)), poster(servers=servers), notice(), now=AT)).taken


@pytest.mark.parametrize(("name", "known"), [("hook.example", True), ("hook.example", False), ("other.example", True)])
async def test_a_receiver_is_verified_before_it_is_told_anything(name, known):
    context, pem = contexts(name)
    receiver = Receiver()
    with trusted(pem) as ca, receiving(receiver, context) as port:
        way = poster(allow=(), connect_to={"hook.example:443": f"127.0.0.1:{port}"}, trust=(Path(ca),) if known else ())
        found = await call(hook("https://hook.example/x?token=geheim"), way, notice(to=TO), now=AT)
    right = known and name == "hook.example"
    assert bool(found.taken) is right
    assert len(receiver.calls) == right
    assert right or "certificate" in found.down
    assert "geheim" not in repr(found)


async def test_no_address_can_bring_a_header_of_its_own():
    receiver = Receiver()
    with receiving(receiver) as port:
        found = await call(hook(f"http://127.0.0.1:{port}/ HTTP/1.1\r\nX: y\r\n"), poster(), notice(), now=AT)
    assert found.down
    assert receiver.calls == []


@pytest.mark.parametrize("text", ["", "short", "whsec_c2hvcnQ=", "not base64 at all, whatever it is", "é" * 40])
def test_a_key_that_is_none_is_refused_without_being_said(text):
    with pytest.raises(ValueError, match="the key") as raised:
        key_of(text)
    assert not text or text not in str(raised.value)


def test_nothing_secret_is_in_a_repr_or_kept():
    assert "geheim" not in repr(hook("https://hook.example/geheim"))
    assert "TwjUPD8" not in repr(hook("https://hook.example/"))
    assert origin_of("https://hook.example:8443/geheim?geheim") == "https://hook.example:8443"
