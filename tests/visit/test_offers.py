"""What a server agrees to in the handshake and does not keep: HTTP/2 that it cannot speak, a visitor's certificate that it demands."""

import socket
import ssl
import struct

import h2.config
import h2.connection
import h2.errors
import h2.events
import pytest
from doors import http_door
from knowing import known
from servers import answer, certificates
from tls import serving

from auditor.model.visit import Cause
from auditor.sdk.limits import KIB, Limits
from probes import uptime
from probes.front.headers import judge_version
from reports.words import vietnamese

pytestmark = pytest.mark.anyio
PAGE = answer(b"<html>page</html>", "200 OK", "Content-Type: text/html")
LIMITS = Limits(seconds=5)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def plainly(wrapped):
    """Talk HTTP/1.1, whatever was agreed on: a page for who asks in it, 400 for all else."""
    while data := wrapped.recv(65_536):
        while b"\r\n\r\n" not in data and not data.startswith(b"PRI"):
            data += wrapped.recv(65_536)
        wrapped.sendall(PAGE if data.startswith(b"GET") else answer(b"bad", "400 Bad Request", "Connection: close"))
        if not data.startswith(b"GET"):
            return


def page_then_reset(wrapped):
    """Hang up on the preface of HTTP/2; give a page to who asks in HTTP/1.1."""
    if wrapped.recv(65_536).startswith(b"PRI"):
        reset(wrapped)
    else:
        wrapped.sendall(PAGE)


def goaway(error, *, after=0):
    """Speak HTTP/2 and send whoever asks away with this error, ``after`` so many good answers; page for HTTP/1.1."""

    def talk(wrapped):
        first = wrapped.recv(65_536)
        if not first.startswith(b"PRI"):
            wrapped.sendall(PAGE)
            return
        state = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        left, data = after, first
        while data:
            for event in state.receive_data(data):
                if not isinstance(event, h2.events.RequestReceived):
                    continue
                if left:
                    left -= 1
                    state.send_headers(event.stream_id, [(":status", "200")])
                    state.send_data(event.stream_id, b"two", end_stream=True)
                elif after:
                    state.reset_stream(event.stream_id, error)
                else:
                    state.close_connection(error, last_stream_id=0)
            wrapped.sendall(state.data_to_send())
            data = b"" if state.state_machine.state is h2.connection.ConnectionState.CLOSED else wrapped.recv(65_536)

    return talk


def giant(wrapped):
    """Send 160 KB of headers by HTTP/2."""
    state = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=False))
    state.initiate_connection()
    data = wrapped.recv(65_536)
    if not data.startswith(b"PRI"):
        wrapped.sendall(answer(b"one", "200 OK", *(f"X{n}: {'a' * 1000}" for n in range(160))))
        return
    while data:
        for event in state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                state.send_headers(event.stream_id, [(":status", "200"), *((f"x{n}", "a" * 1000) for n in range(160))])
                state.send_data(event.stream_id, b"two", end_stream=True)
        wrapped.sendall(state.data_to_send())
        data = wrapped.recv(65_536)


@pytest.fixture
def desk(tmp_path):
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    return context, tmp_path / "ca.pem"


async def asked(desk, talk, *, alpn=("h2",), times=1, alone=False):
    """Ask a server that agrees to ``alpn``; ``alone`` lets nobody in who does not offer that. Gives the chains and the server."""
    context, trust = desk
    context.set_alpn_protocols([*alpn])
    seen = []

    def one(connection, server):
        hello = connection.recv(16_384, socket.MSG_PEEK)
        seen.append(b"\x02h2" in hello)
        if alone and not seen[-1]:
            connection.sendall(bytes([21, 3, 3, 0, 2, 2, 120]))  # no_application_protocol
            return
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.settimeout(5)
            talk(wrapped)

    with serving(one) as server:
        mapped = {"so.test:443": f"127.0.0.1:{server.port}"}
        async with http_door(connect_to=mapped, trust=[trust], answered=["khac.test"], limits=LIMITS) as door:
            chains = [await door.get(f"https://so.test/{n}", why="test", robots=False) for n in range(times)]
    return chains, seen


AGAIN = {
    "it talks HTTP/1.1 all the same": plainly,
    "it resets the connection": page_then_reset,
    "it goes away and requires HTTP/1.1": goaway(h2.errors.ErrorCodes.HTTP_1_1_REQUIRED),
    "it goes away for another reason": goaway(h2.errors.ErrorCodes.INTERNAL_ERROR),
    "its headers are larger than our HTTP/2 takes": giant,
}


FAILS = {
    "it talks HTTP/1.1 all the same": ("it answers in HTTP/1.1", "it hangs up"),  # as fast as it is gone again
    "it resets the connection": ("it hangs up",),
    "it goes away for another reason": ("GOAWAY INTERNAL_ERROR", "it hangs up"),
}
"""What browsers fail by too: not a wish for HTTP/1.1, which they heed, nor what only we do not take."""


@pytest.mark.parametrize("name", AGAIN)
async def test_who_agrees_to_http2_and_does_not_answer_in_it_is_asked_in_http1_before_anybody_is_blamed(desk, name):
    (first, second), seen = await asked(desk, AGAIN[name], times=2)
    assert [(one.cause, one.final.status, one.final.http_version) for one in (first, second)] == [(None, 200, "HTTP/1.1")] * 2
    assert first.confirmed == ()
    fails = FAILS.get(name, ())
    assert seen.count(True) == (2 if fails else 1), "HTTP/2 is offered once more where the server fails in it, and never again"
    said = [f"HTTP/2 was agreed on in the handshake and is not spoken: {how}" for how in fails] or [""]
    assert first.final.detail == second.final.detail
    assert first.final.detail in said


async def test_a_failure_of_http2_that_does_not_come_again_is_not_told(desk):
    talks = [goaway(h2.errors.ErrorCodes.INTERNAL_ERROR), plainly, goaway(h2.errors.ErrorCodes.INTERNAL_ERROR, after=1)]

    def in_turn(wrapped):
        talks.pop(0)(wrapped)

    (first,), _ = await asked(desk, in_turn)
    assert (first.cause, first.final.status, first.final.detail) == (None, 200, "")
    assert talks == []


@pytest.mark.parametrize("talk", [plainly, page_then_reset, goaway(h2.errors.ErrorCodes.PROTOCOL_ERROR)])
async def test_who_fails_browsers_by_http2_is_down_and_transport_says_so(desk, talk):
    (chain,), _ = await asked(desk, talk)
    found = uptime.assess(uptime.UptimeSeen(chain=chain), known())[0]
    assert (found.value, found.because.key, found.facts["cause"]) == (0, "uptime.http2", "protocol")
    version = judge_version(chain.final)
    assert (version.value, version.because.key) == ("1.1", "transport.version.unkept")
    assert "trình duyệt sẽ báo lỗi" in vietnamese().say(version.because)


async def test_one_page_that_requires_http1_is_asked_for_in_it_and_others_go_on(desk):
    chains, _ = await asked(desk, goaway(h2.errors.ErrorCodes.HTTP_1_1_REQUIRED, after=1), times=2)
    assert [(one.cause, one.final.http_version) for one in chains] == [(None, "HTTP/2"), (None, "HTTP/1.1")]


@pytest.mark.parametrize("alone", [False, True])
async def test_who_has_nothing_but_a_broken_http2_breaks_the_protocol(desk, alone):
    def talk(wrapped):
        asked_in_two = wrapped.recv(65_536).startswith(b"PRI")
        wrapped.sendall(b"HTTP/1.1 400 Bad\r\n\r\n" if asked_in_two else b"no HTTP at all, whoever asks")

    (chain,), _ = await asked(desk, talk, alone=alone)
    assert chain.cause is Cause.PROTOCOL


async def test_who_resets_everything_is_no_liar_about_http2(desk):
    (chain,), _ = await asked(desk, lambda wrapped: (wrapped.recv(65_536), reset(wrapped)))
    assert chain.cause is Cause.CONNECT


def demanding(desk, *, newest, at_the_end=reset, mode=ssl.CERT_OPTIONAL):
    context, trust = desk
    context.verify_mode = mode
    context.load_verify_locations(cafile=trust)
    context.maximum_version = newest

    def talk(wrapped):
        wrapped.recv(4 * KIB)
        at_the_end(wrapped)

    return talk


V = ssl.TLSVersion


@pytest.mark.parametrize("newest", [V.TLSv1_2, V.TLSv1_3])
@pytest.mark.parametrize("end", [reset, lambda wrapped: wrapped.close()], ids=["reset", "closed"])
@pytest.mark.parametrize("mode", [ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED])
@pytest.mark.parametrize("alpn", [("http/1.1",), ("h2", "http/1.1")], ids=["plain", "h2"])
async def test_who_asks_for_a_visitors_certificate_and_ends_the_connection_refuses_us(desk, newest, end, mode, alpn):
    (chain,), _ = await asked(desk, demanding(desk, newest=newest, at_the_end=end, mode=mode), alpn=alpn)
    assert chain.cause is Cause.BLOCKED
    assert "asks its visitors for a certificate" in chain.final.detail


async def test_who_asks_for_a_visitors_certificate_and_does_without_is_read(desk):
    talk = demanding(desk, newest=V.TLSv1_3, at_the_end=lambda wrapped: wrapped.sendall(PAGE))
    (chain,), _ = await asked(desk, talk, alpn=("http/1.1",))
    assert (chain.cause, chain.final.status) == (None, 200)
