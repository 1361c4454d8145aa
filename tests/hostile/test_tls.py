"""Servers that break TLS in every way: a page and a scan end as outcomes, within their bounds."""

import os
import struct
import time

import pytest
from bounds import bounded
from doors import http_door
from tls import Kept, scanner, serving, silent

from auditor.model.visit import Cause
from auditor.sdk.limits import KIB, MIB, Limits
from auditor.visit.doors.tls.door import TlsVisit

pytestmark = pytest.mark.anyio
HOST = "so.test"
LIMITS = Limits(seconds=1.5, wire=1 * MIB, decoded=256 * KIB, hops=4)
SCAN_SECONDS = 5.0
HANDSHAKE, ALERT = 22, 21


def record(kind, body, *, claims=None):
    """Give TLS records that hold these bytes; ``claims`` is a length that is not theirs."""
    if claims is not None:
        return struct.pack("!BHH", kind, 0x0303, claims) + body
    pieces = [body[start : start + 16_000] for start in range(0, len(body), 16_000)]
    return b"".join(struct.pack("!BHH", kind, 0x0303, len(piece)) + piece for piece in pieces)


def message(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


RENEGOTIATION_INFO = b"\x00\x05\xff\x01\x00\x01\x00"
SERVER_HELLO = message(2, b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2f" + b"\x00" + RENEGOTIATION_INFO)
"""TLS 1.2 with a suite that everybody offers (ECDHE-RSA-AES128-GCM-SHA256)."""
DONE = message(14, b"")
RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def retry(cookie):
    """Wish for another hello of TLS 1.3, with a key of P-384 and this cookie."""
    versions, share = b"\x00\x2b\x00\x02\x03\x04", b"\x00\x33\x00\x02\x00\x18"
    extensions = versions + share + struct.pack("!HH", 44, len(cookie)) + cookie
    told = struct.pack("!H", min(len(extensions), 0xFFFF)) + extensions
    return record(HANDSHAKE, message(2, b"\x03\x03" + RETRY_RANDOM + b"\x00\x13\x01\x00" + told))


def certificates(*ders):
    listed = b"".join(len(der).to_bytes(3, "big") + der for der in ders)
    return message(11, len(listed).to_bytes(3, "big") + listed)


def saying(*pieces):
    """Hear the hello, say this, and then nothing until the other end leaves."""

    def talk(connection, server):
        connection.recv(5000)
        for piece in pieces:
            connection.sendall(piece)
        while not server.closing and connection.recv(5000):
            pass

    return talk


def drip(connection, server):
    """A record that says it is long, and comes byte by byte."""
    connection.recv(5000)
    for char in record(HANDSHAKE, b"\x02\x00\x3f\xf0" + bytes(15_000)):
        if server.closing:
            return
        connection.sendall(bytes([char]))
        time.sleep(0.05)


def endless(piece):
    def talk(connection, server):
        connection.recv(5000)
        while not server.closing:
            connection.sendall(piece)

    return talk


TIMEOUT, TLS, PROTOCOL = Cause.TIMEOUT, Cause.TLS, Cause.PROTOCOL
ANY = frozenset(Cause)
"""Which cause it is, is for the doors' own tests to say; here it only ends."""
HUGE = b"\x30\x83\x04\x00\x00" + bytes(0x40000)
BROKEN = {
    "silent": (silent, {TIMEOUT}, {TIMEOUT}),
    "drip-in-a-record": (drip, {TIMEOUT}, {TIMEOUT, PROTOCOL}),
    "a-hello-and-nothing": (saying(record(HANDSHAKE, SERVER_HELLO)), {TIMEOUT}, ANY),
    "half-a-record": (saying(record(HANDSHAKE, SERVER_HELLO[:20], claims=16_000)), {TIMEOUT}, {TIMEOUT, PROTOCOL}),
    # Alerts are TLS: who sends nothing else speaks it, and agrees on nothing with us.
    "warnings-without-end": (endless(record(ALERT, b"\x01\x5a") * 100), {TLS}, {TLS, PROTOCOL, Cause.CAPABILITY}),
    "empty-records-without-end": (endless(record(HANDSHAKE, b"", claims=0) * 100), {TLS}, {TLS, PROTOCOL}),
    "hello-requests-without-end": (endless(record(HANDSHAKE, message(0, b"")) * 100), {TIMEOUT}, {TLS, PROTOCOL}),
    "a-record-too-long": (endless(record(HANDSHAKE, bytes(60_000), claims=0xFFFF)), {TLS}, {TLS, PROTOCOL}),
    "huge-certificates": (saying(record(HANDSHAKE, SERVER_HELLO + certificates(*[HUGE] * 20) + DONE)), ANY, ANY),
    "10000-certificates": (saying(record(HANDSHAKE, SERVER_HELLO + certificates(*[b"\x30\x00"] * 10_000) + DONE)), ANY, ANY),
    "malformed-asn1": (saying(record(HANDSHAKE, SERVER_HELLO + certificates(b"\x30\x82\x03\xff" + os.urandom(1000)) + DONE)), ANY, ANY),
    "asn1-nested-deep": (saying(record(HANDSHAKE, SERVER_HELLO + certificates(b"\x30\x80" * 7_000) + DONE)), ANY, ANY),
    "an-empty-certificate": (saying(record(HANDSHAKE, SERVER_HELLO + certificates(b"") + DONE)), ANY, ANY),
    "no-certificate": (saying(record(HANDSHAKE, SERVER_HELLO + certificates() + DONE)), ANY, ANY),
    "another-version": (saying(record(HANDSHAKE, message(2, b"\x09\x09" + SERVER_HELLO[6:]))), {TLS}, {TLS, PROTOCOL}),
    "finished-at-once": (saying(record(HANDSHAKE, SERVER_HELLO + message(20, bytes(12)))), {TLS}, ANY),
    "a-cookie-of-64-kib": (saying(retry(bytes(0xFFFF))), {TLS}, ANY),
    "a-cookie-of-32-kib": (saying(retry(bytes(0x8000))), ANY, ANY),
    "a-cookie-of-8-kib": (saying(retry(bytes(0x2000))), ANY, ANY),
    "retries-without-end": (endless(retry(b"again")), {TLS, TIMEOUT}, ANY),
    "noise": (endless(os.urandom(5000)), {TLS, PROTOCOL}, {PROTOCOL}),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
async def test_a_page_behind_broken_tls_is_an_outcome_within_its_bounds(name):
    talk, causes, _ = BROKEN[name]
    with serving(talk) as server, bounded(2 * LIMITS.seconds, 4, asked=lambda: server.connections):
        async with http_door(
            connect_to={f"{HOST}:443": f"127.0.0.1:{server.port}"}, answered=["khac.test"], limits=LIMITS
        ) as door:
            chain = await door.get(f"https://{HOST}/", why="test", robots=False)
    assert chain.cause in causes
    assert (chain.final.status, chain.final.body) == (None, b"")


@pytest.mark.parametrize("name", BROKEN)
async def test_a_scan_of_broken_tls_is_an_outcome_within_its_bounds(name):
    talk, _, causes = BROKEN[name]
    with serving(talk) as server, bounded(SCAN_SECONDS, 24, asked=lambda: server.connections):
        visit = TlsVisit(scanner({f"{HOST}:443": f"127.0.0.1:{server.port}"}, hello_seconds=1.0), Kept())
        (endpoint,) = (await visit.scan(HOST, seconds=SCAN_SECONDS)).endpoints
    assert endpoint.cause in causes
    assert (endpoint.connected, endpoint.chain) == (True, ())
    assert endpoint.trusted is not True
