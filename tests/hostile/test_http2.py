"""Servers that break HTTP/2: floods, bombs and pushes end as outcomes, within their bounds."""

import asyncio
import ssl
import struct

import pytest
from bounds import bounded
from doors import http_door
from servers import Site, certificates, serve

from auditor.model.visit import Blame, Cause
from auditor.sdk.limits import KIB, MIB, Limits

pytestmark = pytest.mark.anyio
LIMITS = Limits(seconds=1.5, wire=1 * MIB, decoded=256 * KIB, hops=4)
DEADLINE = 2 * LIMITS.seconds
DATA, HEADERS, RST, SETTINGS, PUSH, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 9
END_STREAM, END_HEADERS = 1, 4
OK = b"\x88"
"""``:status 200`` as HPACK has it in its table."""
FIRST_NEW = b"\xbe"
"""The header that was put into the table last."""


def frame(kind, flags, stream, body, *, claims=None):
    return (len(body) if claims is None else claims).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack("!I", stream) + body


def header(name, value):
    """A header that goes into the table, both parts as they are."""
    return b"\x40" + bytes([len(name)]) + name + length(len(value)) + value


def length(number):
    if number < 127:
        return bytes([number])
    number, out = number - 127, b"\x7f"
    while number > 127:
        number, out = number >> 7, out + bytes([number & 127 | 128])
    return out + bytes([number])


class Http2(Site):
    """A server that agrees to HTTP/2, says ``first``, then ``again`` for as long as anybody listens."""

    def __init__(self, context, first, again):
        context.set_alpn_protocols(["h2"])
        super().__init__({}, context)
        self.first, self.again = first, again

    async def handle(self, reader, writer):
        self.connections += 1
        try:
            await reader.read(65_536)
            writer.write(frame(SETTINGS, 0, 0, b""))
            await asyncio.sleep(0.1)  # the request comes
            writer.write(self.first)
            while not writer.transport.is_closing():
                writer.write(self.again)
                await writer.drain()
                await asyncio.sleep(0 if self.again else 0.05)
        except (ConnectionError, ssl.SSLError):
            pass


TIMEOUT, PROTOCOL = Cause.TIMEOUT, Cause.PROTOCOL
OPEN = frame(HEADERS, END_HEADERS, 1, OK)
WHOLE = OPEN + frame(DATA, END_STREAM, 1, b"abc")
FAULTS = {
    "silence": (b"", b"", TIMEOUT),
    "continuations": (frame(HEADERS, 0, 1, OK), frame(CONTINUATION, 0, 1, header(b"a", b"b") * 100), PROTOCOL),
    "empty-continuations": (frame(HEADERS, 0, 1, OK), frame(CONTINUATION, 0, 1, b"") * 100, PROTOCOL),
    "early-hints": (b"", frame(HEADERS, END_HEADERS, 1, b"\x48\x03103"), TIMEOUT),
    "pings": (b"", frame(PING, 0, 0, bytes(8)) * 100, TIMEOUT),
    "settings": (b"", frame(SETTINGS, 0, 0, b"\x00\x04\x00\x01\x00\x00") * 100, TIMEOUT),
    "empty-data": (OPEN, frame(DATA, 0, 1, b"") * 100, TIMEOUT),
    "padding": (OPEN, frame(DATA, 8, 1, b"\xff" + bytes(255)) * 100, TIMEOUT),
    "data": (OPEN, frame(DATA, 0, 1, bytes(16_000)), Cause.TOO_LARGE),
    "data-for-nobody": (b"", frame(DATA, 0, 7, bytes(16_000)), PROTOCOL),
    "a-bomb-of-headers": (frame(HEADERS, END_HEADERS, 1, OK + header(b"x", b"a" * 4_000) + FIRST_NEW * 12_000), b"", PROTOCOL),
    "many-headers": (frame(HEADERS, END_HEADERS, 1, OK + header(b"x", b"b") + FIRST_NEW * 16_000) + frame(DATA, 1, 1, b"abc"), b"", PROTOCOL),
    "no-status": (frame(HEADERS, END_HEADERS, 1, header(b"x", b"b")) + frame(DATA, END_STREAM, 1, b"abc"), b"", PROTOCOL),
    "two-statuses": (frame(HEADERS, END_HEADERS, 1, OK + OK) + frame(DATA, END_STREAM, 1, b"abc"), b"", PROTOCOL),
    "status-in-words": (frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x48\x03abc"), b"", PROTOCOL),
    "status-with-a-sign": (frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x48\x04+200"), b"", PROTOCOL),
    "early-hints-and-the-end": (frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x48\x03103"), b"", PROTOCOL),
    "body-for-nobody": (OPEN, frame(DATA, 0, 7, b"abc"), PROTOCOL),
    "no-such-header": (OPEN, frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff\xff\x01"), PROTOCOL),
    "window-overrun": (OPEN, frame(8, 0, 0, struct.pack("!I", 2**31 - 1)), PROTOCOL),
    "a-broken-frame-in-the-body": (OPEN, frame(PING, 0, 0, b"abc"), PROTOCOL),
    "injected-lines": (frame(HEADERS, END_HEADERS, 1, OK + header(b"x", b"a\r\nSet-Cookie: b=c")) + frame(DATA, 1, 1, b"abc"), b"", None),
    "push": (frame(PUSH, END_HEADERS, 1, struct.pack("!I", 2) + b"\x82\x84\x87\x41\x01a"), b"", PROTOCOL),
    "pushes": (b"", frame(PUSH, END_HEADERS, 1, struct.pack("!I", 2) + b"\x82\x84\x87\x41\x01a") * 100, PROTOCOL),
    "a-frame-of-16-megabytes": (frame(DATA, 0, 1, b"", claims=0xFFFFFF), bytes(65_536), PROTOCOL),
    "reset": (frame(RST, 0, 1, struct.pack("!I", 8)), b"", PROTOCOL),
    "reset-in-the-body": (OPEN + frame(DATA, 0, 1, b"abc") + frame(RST, 0, 1, struct.pack("!I", 8)), b"", PROTOCOL),
    "goaway": (frame(GOAWAY, 0, 0, struct.pack("!II", 0, 0)), b"", PROTOCOL),
    "goaway-after-the-answer": (WHOLE + frame(GOAWAY, 0, 0, struct.pack("!II", 1, 0)), b"", None),
    "window-of-nothing": (frame(SETTINGS, 0, 0, b"\x00\x04\x00\x00\x00\x00") + WHOLE, b"", None),
    "another-protocol": (b"HTTP/1.1 200 OK\r\n\r\n", b"", {TIMEOUT, PROTOCOL}),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_of_http2_is_an_outcome_within_its_bounds(name, tmp_path):
    first, again, cause = FAULTS[name]
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = Http2(context, first, again)
    with bounded(DEADLINE, 4, asked=lambda: server.connections), serve(server):
        mapped = {"so.test:443": f"127.0.0.1:{server.port}"}
        async with http_door(connect_to=mapped, trust=[tmp_path / "ca.pem"], answered=["khac.test"], limits=LIMITS) as door:
            chain = await door.get("https://so.test/", why="test", robots=False)
    assert chain.cause is None or chain.cause.blame is Blame.THEIRS
    assert chain.cause in (cause if isinstance(cause, set) else {cause})
    assert all(exchange.wire_bytes <= LIMITS.wire + 256 * KIB for exchange in chain.exchanges)
    assert all(len(exchange.headers) <= 200 for exchange in chain.exchanges)
    assert not any(name.lower() == "set-cookie" for name, _ in chain.final.headers)
