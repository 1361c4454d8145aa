"""A TLS handshake's first half by hand: one hello a protocol, read until the server has said who it is.

The deep scan's library refuses some servers that others still talk to, and needs hundreds of connections. These few tell what
no library can hide: whether the port is open, whether it speaks TLS at all, which protocols it takes, the chain as sent up to
TLS 1.2, and the size of a Diffie-Hellman group too small for any library.
"""

import errno
import ipaddress
import secrets
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import anyio
from anyio.abc import ByteStream

from auditor.visit.doors.lacks import is_lack

__all__ = ["DHE_SUITES", "VERSIONS", "Greeting", "Reply", "client_hello", "greet", "read_greeting"]

VERSIONS = {"ssl3": 0x0300, "tls1.0": 0x0301, "tls1.1": 0x0302, "tls1.2": 0x0303, "tls1.3": 0x0304}
"""The protocols, oldest first, and their numbers on the wire."""

_MAX_BYTES = 96 * 1024
_MAX_CERTIFICATES = 20
_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO, _CERTIFICATE, _KEY_EXCHANGE, _DONE = 2, 11, 12, 14
_PADDED = 512
"""Old F5 devices hang on a hello of 256 to 511 bytes: RFC 7685 pads it out of that range."""

DHE_SUITES = (
    0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0017, 0x0018, 0x0019, 0x001A, 0x001B, 0x0032, 0x0033, 0x0034,
    0x0038, 0x0039, 0x003A, 0x0040, 0x0044, 0x0045, 0x0046, 0x0067, 0x006A, 0x006B, 0x006C, 0x006D, 0x0087, 0x0088,
    0x0089, 0x0099, 0x009A, 0x009B, 0x009E, 0x009F, 0x00A2, 0x00A3, 0x00A6, 0x00A7, 0xC09E, 0xC09F, 0xCCAA,
)  # fmt: skip
"""Suites whose key exchange is an ephemeral finite-field Diffie-Hellman."""
_EC_SUITES = (
    0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9, 0xC009, 0xC00A, 0xC013, 0xC014, 0xC023, 0xC024, 0xC027, 0xC028,
    0xC007, 0xC008, 0xC011, 0xC012, 0xC006, 0xC010, 0xC018, 0xC019,
)  # fmt: skip
_RSA_SUITES = (
    0x009C, 0x009D, 0x002F, 0x0035, 0x003C, 0x003D, 0x0041, 0x0084, 0x0096, 0x0007, 0x000A, 0x0004, 0x0005, 0x0009,
    0x0001, 0x0002, 0x0003, 0x0006, 0x0008, 0x003B,
)  # fmt: skip
_TLS13_SUITES = (0x1301, 0x1302, 0x1303, 0x1304, 0x1305)
_SCSV = 0x00FF
_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x0100, 0x0101)
_SIGNATURES = (
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601,
    0x0203, 0x0201, 0x0402, 0x0202, 0x0101,
)  # fmt: skip


class Reply(StrEnum):
    """How a server answered a hello."""

    HELLO = "hello"
    """It shook hands, as far as we went."""
    ALERT = "alert"
    """It speaks TLS and will not: an alert."""
    NOISE = "noise"
    """It answered with something that is not TLS."""
    CLOSED = "closed"
    """It took the connection and closed or reset it without a word."""
    SILENT = "silent"
    """It took the connection and said nothing in time."""
    REFUSED = "refused"
    """There was no connection."""
    UNREACHED = "unreached"
    """No answer to the connection attempt in time."""
    NO_ROUTE = "no_route"
    """This machine has no way there: no route to an address of that family, no means for one connection more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """A server's answer to one hello. ``version`` is the protocol it chose, which need not be the one that was offered."""

    reply: Reply
    version: str = ""
    suite: int | None = None
    chain: tuple[bytes, ...] = ()
    dh_bits: int | None = None
    alert: int | None = None
    detail: str = ""

    @property
    def connected(self) -> bool:
        """Tell whether there was a TCP connection."""
        return self.reply not in {Reply.REFUSED, Reply.UNREACHED, Reply.NO_ROUTE}


async def greet(
    host: str, place: tuple[str, int], version: str, *, seconds: float, suites: Sequence[int] | None = None
) -> Greeting:
    """Say one hello to an address, for this host, offering one protocol; never raises for what a server does."""
    connected = False
    received = bytearray()
    try:
        with anyio.fail_after(seconds):
            stream = await anyio.connect_tcp(*place)
            connected = True
            async with stream:
                await stream.send(client_hello(host, version, suites=suites))
                await _receive(stream, received)
    except TimeoutError:
        if not connected:
            return Greeting(reply=Reply.UNREACHED, detail=f"no connection after {seconds:.0f} s")
        return read_greeting(bytes(received), ended=False)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError, ConnectionResetError, BrokenPipeError):
        return read_greeting(bytes(received), ended=True)
    except OSError as exc:
        if connected or _is(exc, errno.ECONNRESET, errno.ENOTCONN):  # reset so fast that connecting itself trips over it
            return read_greeting(bytes(received), ended=True)
        return Greeting(reply=Reply.NO_ROUTE if is_lack(exc, place[0]) else Reply.REFUSED, detail=str(exc)[:200])
    return read_greeting(bytes(received), ended=True)


async def _receive(stream: ByteStream, received: bytearray) -> None:
    """Read until the server has finished its hello, has refused, or has said too much."""
    try:
        while len(received) < _MAX_BYTES:
            received += await stream.receive()
            if _finished(bytes(received)):
                return
    except anyio.EndOfStream:
        return


def client_hello(host: str, version: str, *, suites: Sequence[int] | None = None) -> bytes:
    """Give the bytes of a hello that offers one protocol, and all its suites unless some are named."""
    number = VERSIONS[version]
    modern = version == "tls1.3"
    offered = tuple(suites or (_TLS13_SUITES if modern else (*_EC_SUITES, *DHE_SUITES, *_RSA_SUITES)))
    listed = b"".join(struct.pack("!H", suite) for suite in (*offered, _SCSV))
    session = secrets.token_bytes(32) if modern else b""
    legacy = min(number, VERSIONS["tls1.2"])
    head = struct.pack("!H", legacy) + secrets.token_bytes(32) + _short(session) + _long(listed) + b"\x01\x00"
    if version != "ssl3":
        head += _extensions(host, modern=modern, so_far=len(head))
    message = b"\x01" + len(head).to_bytes(3, "big") + head
    return struct.pack("!BHH", _HANDSHAKE, min(number, VERSIONS["tls1.0"]), len(message)) + message


def _extensions(host: str, *, modern: bool, so_far: int) -> bytes:
    parts = []
    if not _is_address(host):
        parts.append((0, _long(b"\x00" + _long(host.encode("idna") if not host.isascii() else host.encode()))))
    parts += [
        (10, _long(b"".join(struct.pack("!H", group) for group in _GROUPS))),
        (11, _short(b"\x00")),
        (13, _long(b"".join(struct.pack("!H", signature) for signature in _SIGNATURES))),
    ]
    if modern:
        parts += [
            (43, _short(struct.pack("!H", VERSIONS["tls1.3"]))),
            (45, _short(b"\x01")),
            (51, _long(struct.pack("!H", _GROUPS[0]) + _long(secrets.token_bytes(32)))),
        ]
    body = b"".join(struct.pack("!H", kind) + _long(content) for kind, content in parts)
    missing = _PADDED - (so_far + 2 + len(body) + 4 + 4)
    if missing > 0:
        body += struct.pack("!H", 21) + _long(bytes(missing))
    return _long(body)


def read_greeting(received: bytes, *, ended: bool) -> Greeting:
    """Say what a server's bytes mean; ``ended`` tells that it closed the connection, else it fell silent or was done."""
    if not received:
        return Greeting(reply=Reply.CLOSED if ended else Reply.SILENT, detail="closed without a word" if ended else "no word")
    if received[0] not in {_ALERT, _HANDSHAKE} or (len(received) > 1 and received[1] != 3):  # noqa: PLR2004 - SSL 3's family
        return Greeting(reply=Reply.NOISE, detail=f"not TLS: {received[:40]!r}")
    alert = next((body[1] for kind, body in _records(received) if kind == _ALERT and len(body) > 1), None)
    version: str = ""
    suite: int | None = None
    chain: tuple[bytes, ...] = ()
    dh_bits: int | None = None
    for kind, body in _messages(received):
        try:
            if kind == _SERVER_HELLO:
                version, suite = _server_hello(body)
            elif kind == _CERTIFICATE:
                chain = _certificates(body)
            elif kind == _KEY_EXCHANGE and suite in DHE_SUITES:
                dh_bits = int.from_bytes(body[2 : 2 + int.from_bytes(body[:2], "big")], "big").bit_length()
        except (struct.error, IndexError):
            break
    if not version:
        detail = f"alert {alert}" if alert is not None else "a record without a hello"
        return Greeting(reply=Reply.ALERT if alert is not None else Reply.NOISE, alert=alert, detail=detail)
    return Greeting(reply=Reply.HELLO, version=version, suite=suite, chain=chain, dh_bits=dh_bits, alert=alert)


def _finished(received: bytes) -> bool:
    if received[0] not in {_ALERT, _HANDSHAKE}:
        return True
    if any(kind != _HANDSHAKE for kind, _ in _records(received)):
        return True
    return any(kind == _DONE or (kind == _SERVER_HELLO and _is_modern(body)) for kind, body in _messages(received))


def _is_modern(body: bytes) -> bool:
    try:
        return _server_hello(body)[0] == "tls1.3"
    except (struct.error, IndexError):
        return False


def _records(received: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the whole records."""
    place = 0
    while place + 5 <= len(received):
        kind, _, length = struct.unpack_from("!BHH", received, place)
        if place + 5 + length > len(received):
            return
        yield kind, received[place + 5 : place + 5 + length]
        place += 5 + length


def _messages(received: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the whole handshake messages, which may run over several records."""
    stream = b"".join(body for kind, body in _records(received) if kind == _HANDSHAKE)
    place = 0
    while place + 4 <= len(stream):
        length = int.from_bytes(stream[place + 1 : place + 4], "big")
        if place + 4 + length > len(stream):
            return
        yield stream[place], stream[place + 4 : place + 4 + length]
        place += 4 + length


def _server_hello(body: bytes) -> tuple[str, int]:
    """Give protocol and suite; TLS 1.3 hides its number in an extension (RFC 8446 section 4.2.1)."""
    (number,) = struct.unpack_from("!H", body)
    place = 35 + body[34]
    (suite,) = struct.unpack_from("!H", body, place)
    place += 5
    while place + 4 <= len(body):
        kind, length = struct.unpack_from("!HH", body, place)
        if kind == 43 and length == 2:  # noqa: PLR2004 - supported_versions
            (number,) = struct.unpack_from("!H", body, place + 4)
        place += 4 + length
    return next((name for name, known in VERSIONS.items() if known == number), ""), suite


def _certificates(body: bytes) -> tuple[bytes, ...]:
    found: list[bytes] = []
    place = 3
    while place + 3 <= len(body) and len(found) < _MAX_CERTIFICATES:
        length = int.from_bytes(body[place : place + 3], "big")
        found.append(body[place + 3 : place + 3 + length])
        place += 3 + length
    return tuple(found)


def _is(error: OSError, *numbers: int) -> bool:
    """Tell what the system said; anyio wraps its error."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in numbers:
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _short(content: bytes) -> bytes:
    return struct.pack("!B", len(content)) + content


def _long(content: bytes) -> bytes:
    return struct.pack("!H", len(content)) + content
