"""Mail servers that break every rule: each talk ends as an outcome within its bounds."""

import time

import pytest
import trustme
from bounds import bounded
from servers import listening
from tls import Kept, blame_them, context_of, serving, silent

from auditor.clock import SystemClock
from auditor.model.visit import Cause
from auditor.visit.doors.dns.door import Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.smtp import SmtpLinks, SmtpVisit

pytestmark = pytest.mark.anyio
HOST = "mx.so.test"
SECONDS = 1.0
EHLO = b"250-mx\r\n250 STARTTLS\r\n"


def endless(piece):
    def talk(connection, server):
        while not server.closing:
            connection.sendall(piece)

    return talk


def dripping(connection, server):
    for char in b"220 " + b"x" * 1000:
        if server.closing:
            return
        connection.sendall(bytes([char]))
        time.sleep(0.05)


def greeting(then):
    """Greet, hear EHLO, and go on as told."""

    def talk(connection, server):
        connection.sendall(b"220 mx\r\n")
        connection.recv(1000)
        then(connection, server)

    return talk


def saying(piece):
    def then(connection, server):
        connection.sendall(piece)
        while not server.closing and connection.recv(1000):
            pass

    return greeting(then)


def offering(then):
    """Offer STARTTLS, hear it, and go on as told."""

    def talk(connection, server):
        connection.sendall(EHLO)
        connection.recv(1000)
        then(connection, server)

    return greeting(talk)


def shaking(connection, server):
    context = context_of(trustme.CA().issue_cert(HOST))
    with context.wrap_socket(connection, server_side=True) as wrapped:
        wrapped.recv(100)
        wrapped.sendall(b"221 bye, said in secret\r\n")


def injecting(connection, server):
    """Answer STARTTLS with more than one answer in the clear, then shake hands: RFC 3207 lets nothing of it count."""
    connection.sendall(b"220 go\r\n221 bye, for all to hear\r\n")
    shaking(connection, server)


def honest(connection, server):
    connection.sendall(b"220 go\r\n")
    context = context_of(trustme.CA().issue_cert(HOST))
    with context.wrap_socket(connection, server_side=True) as wrapped:
        wrapped.recv(100)
        while not server.closing:
            wrapped.sendall(b"221-and on\r\n")


def closed_in_the_handshake(connection, server):
    connection.sendall(b"220 go\r\n")
    connection.recv(1000)


def never_shaking(connection, server):
    connection.sendall(b"220 go\r\n")
    silent(connection, server)


def noise(connection, server):
    connection.sendall(b"220 go\r\n")
    endless(b"\xff" * 5000)(connection, server)


def first_only(then):
    """Do it with the first connection alone, and be silent with every other."""
    return lambda connection, server: (then if server.connections == 1 else silent)(connection, server)


TIMEOUT, PROTOCOL = Cause.TIMEOUT, Cause.PROTOCOL
TALKS = {
    "silent": (silent, TIMEOUT),
    "endless-banner": (endless(b"220-on and on\r\n"), PROTOCOL),
    "endless-line": (endless(b"220 " + b"x" * 5000), PROTOCOL),
    "endless-nothing": (endless(b"\r\n" * 1000), PROTOCOL),
    "drip": (dripping, TIMEOUT),
    "nul": (lambda connection, server: connection.sendall(b"220 a\0b\r\n"), PROTOCOL),
    "bytes": (lambda connection, server: connection.sendall(b"\xff\xfe\x80 \r\n" * 3), PROTOCOL),
    "huge-ehlo": (saying(b"".join(b"250-X%d\r\n" % n for n in range(100_000)) + b"250 STARTTLS\r\n"), PROTOCOL),
    "long-ehlo-line": (saying(b"250 " + b"x" * 1_000_000 + b"\r\n"), PROTOCOL),
    "drip-after-ehlo": (greeting(dripping), TIMEOUT),
    "ehlo-refused": (saying(b"502 what\r\n"), TIMEOUT),
    "injection": (offering(injecting), None),
    "endless-in-tls": (offering(honest), None),
    "silent-after-a-bad-certificate": (first_only(offering(honest)), None),
    "closed-in-the-handshake": (offering(closed_in_the_handshake), None),
    "never-shaking": (offering(never_shaking), TIMEOUT),
    "noise-for-a-handshake": (offering(noise), None),
}  # fmt: skip


def door(server):
    clock = SystemClock()
    guard = Guard.of([], {f"{HOST}:25": f"127.0.0.1:{server.port}"})
    resolver = Resolver(servers=(), clock=clock, guard=guard)
    return SmtpVisit(SmtpLinks(resolver=resolver, guard=guard, clock=clock, retry_pause=0.0, blame=blame_them), Kept())


@pytest.mark.parametrize("name", TALKS)
async def test_whatever_a_mail_server_says_the_talk_ends_as_an_outcome_within_its_bounds(name):
    conduct, cause = TALKS[name]
    with serving(conduct) as server, listening() as place, bounded(3 * SECONDS, 3, asked=lambda: server.connections):
        visit = door(server)
        visit._links.answers.heard("mx.khac.test", place)
        talk = await visit.talk(HOST, seconds=SECONDS)
    assert talk.cause is cause
    assert talk.tls_verified is not True
    assert len(str(talk.transcript)) < 8_000
    assert "for all to hear" not in str(talk.transcript)
