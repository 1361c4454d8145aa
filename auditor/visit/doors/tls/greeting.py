"""What a server's answer to one hello means: its first flight read from the bytes, whatever they are."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from auditor.visit.doors.tls.suites import DHE_SUITES, NAMES

__all__ = [
    "CERTIFICATE_REQUEST",
    "HANDSHAKE",
    "MAX_BYTES",
    "VERSIONS",
    "Greeting",
    "Reply",
    "extensions",
    "hello_extensions",
    "is_finished",
    "messages",
    "read_greeting",
    "records",
]

VERSIONS = {"ssl3": 0x0300, "tls1.0": 0x0301, "tls1.1": 0x0302, "tls1.2": 0x0303, "tls1.3": 0x0304}
"""The protocols, oldest first, and their numbers on the wire."""
HANDSHAKE = 22
MAX_BYTES = 96 * 1024
"""What is read of one answer. A chain that does not fit is more than any client is made for."""
_MAX_CERTIFICATES = 20
_ALERT = 21
_HEAD = 5
_SERVER_HELLO, _CERTIFICATE, _KEY_EXCHANGE, _DONE, _STATUS = 2, 11, 12, 14, 22
CERTIFICATE_REQUEST = 13
_WARNING, _CLOSE_NOTIFY = 1, 0
_VERSIONS_EXTENSION, _SHARE_EXTENSION, _RENEGOTIATION_EXTENSION = 43, 51, 0xFF01
_NAMED_CURVE = 3


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
    """A server's answer to one hello. ``version`` is the protocol it chose, which need not be the one that was offered.

    ``group`` is the curve or group of the exchange of keys, and ``signature`` how it was signed, where they are to be seen.
    ``renegotiation`` and ``compression`` tell whether its hello promises safe renegotiation (RFC 5746) and takes the compression
    that was offered; ``asks`` whether it asks for a visitor's certificate, ``oversized`` that its certificates are more than is
    read. ``staple`` is the answer about revocation that it sends with its certificate, as sent. ``unfinished``: our time ended
    before the server's words or the connection did.
    """

    reply: Reply
    version: str = ""
    suite: int | None = None
    chain: tuple[bytes, ...] = ()
    dh_bits: int | None = None
    group: int | None = None
    signature: int | None = None
    alert: int | None = None
    renegotiation: bool = False
    compression: bool = False
    asks: bool = False
    oversized: bool = False
    detail: str = ""
    staple: bytes = b""
    unfinished: bool = False

    @property
    def connected(self) -> bool:
        """Tell whether there was a TCP connection."""
        return self.reply not in {Reply.REFUSED, Reply.UNREACHED, Reply.NO_ROUTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hello:
    version: str
    suite: int
    compression: bool
    renegotiation: bool
    group: int | None = None


@dataclass
class _Flight:
    hello: _Hello | None = None
    chain: tuple[bytes, ...] = ()
    dh_bits: int | None = None
    group: int | None = None
    signature: int | None = None
    staple: bytes = b""
    asks: bool = False


def read_greeting(received: bytes, *, ended: bool) -> Greeting:
    """Say what a server's bytes mean; ``ended`` tells that it closed the connection, else it fell silent or was done."""
    if not received:
        return Greeting(reply=Reply.CLOSED if ended else Reply.SILENT, detail="closed without a word" if ended else "no word")
    if received[0] not in {_ALERT, HANDSHAKE} or (len(received) > 1 and received[1] != 3):  # noqa: PLR2004 - SSL 3's family
        return Greeting(reply=Reply.NOISE, detail=f"not TLS: {received[:40]!r}")
    alert, flight = _alert(received), _flight(received)
    hello = flight.hello
    if hello is None or not hello.version:
        detail = f"alert {alert}" if alert is not None else "a record without a hello"
        return Greeting(reply=Reply.ALERT if alert is not None else Reply.NOISE, alert=alert, detail=detail)
    return Greeting(
        reply=Reply.HELLO,
        version=hello.version,
        suite=hello.suite,
        chain=flight.chain,
        dh_bits=flight.dh_bits,
        group=hello.group or flight.group,
        signature=flight.signature,
        alert=alert,
        renegotiation=hello.renegotiation,
        compression=hello.compression,
        asks=flight.asks,
        oversized=not flight.chain and len(received) >= MAX_BYTES,
        staple=flight.staple,
    )


def _flight(received: bytes) -> _Flight:
    """Read the messages in plain text, as far as they can be read."""
    flight = _Flight()
    for kind, body in messages(received):
        flight.asks |= kind == CERTIFICATE_REQUEST
        try:
            if kind == _SERVER_HELLO:
                flight.hello = _server_hello(body)
            elif kind == _CERTIFICATE:
                flight.chain = _certificates(body)
            elif kind == _STATUS:
                flight.staple = body[4:]
            elif kind == _KEY_EXCHANGE and flight.hello is not None and flight.hello.suite in DHE_SUITES:
                flight.dh_bits = int.from_bytes(body[2 : 2 + int.from_bytes(body[:2], "big")], "big").bit_length()
            elif kind == _KEY_EXCHANGE and body[0] == _NAMED_CURVE:
                flight.group, flight.signature = _exchange(body, flight.hello)
        except (struct.error, IndexError):
            break
    return flight


def _alert(received: bytes) -> int | None:
    """Give the alert that ended it; a warning, after which a server goes on, only when there is nothing else."""
    alerts = [(body[0], body[1]) for kind, body in records(received) if kind == _ALERT and len(body) > 1]
    return next((code for level, code in alerts if level != _WARNING), alerts[0][1] if alerts else None)


def is_finished(received: bytes) -> bool:
    """Tell whether there is nothing more to wait for: it has said who it is, has refused, or speaks something else."""
    if received[0] not in {_ALERT, HANDSHAKE}:
        return True
    if len(received) < _HEAD + int.from_bytes(received[3:_HEAD], "big"):
        return False
    if any(kind != HANDSHAKE and not _is_warning(kind, body) for kind, body in records(received)):
        return True
    return any(kind == _DONE or (kind == _SERVER_HELLO and _is_modern(body)) for kind, body in messages(received))


def _is_warning(kind: int, body: bytes) -> bool:
    """Tell a warning, as that of a name it does not know, from a refusal: the hello still comes (RFC 5246 section 7.2)."""
    return kind == _ALERT and len(body) > 1 and body[0] == _WARNING and body[1] != _CLOSE_NOTIFY


def _is_modern(body: bytes) -> bool:
    try:
        return _server_hello(body).version == "tls1.3"
    except (struct.error, IndexError):
        return False


@lru_cache(maxsize=16)
def records(received: bytes) -> tuple[tuple[int, bytes], ...]:
    """Give the whole records: kind and content. The same answer is asked for several times, while it comes and once it has."""
    place, found = 0, list[tuple[int, bytes]]()
    while place + 5 <= len(received):
        kind, _, length = struct.unpack_from("!BHH", received, place)
        if place + 5 + length > len(received):
            break
        found.append((kind, received[place + 5 : place + 5 + length]))
        place += 5 + length
    return tuple(found)


def messages(received: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the whole handshake messages that came in plain text, which may run over several records."""
    stream = b"".join(body for kind, body in records(received) if kind == HANDSHAKE)
    place = 0
    while place + 4 <= len(stream):
        length = int.from_bytes(stream[place + 1 : place + 4], "big")
        if place + 4 + length > len(stream):
            return
        yield stream[place], stream[place + 4 : place + 4 + length]
        place += 4 + length


def hello_extensions(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the extensions of a server's hello.

    Raises:
        IndexError: it is too short for one.
    """
    return extensions(body[35 + body[34] + 5 :])


def extensions(listed: bytes) -> Iterator[tuple[int, bytes]]:
    """Give kind and content of each extension of a list, the last one as far as it goes."""
    place = 0
    while place + 4 <= len(listed):
        kind, length = struct.unpack_from("!HH", listed, place)
        yield kind, listed[place + 4 : place + 4 + length]
        place += 4 + length


def _server_hello(body: bytes) -> _Hello:
    """Read a server's hello; TLS 1.3 hides its number in an extension (RFC 8446 section 4.2.1)."""
    (number,) = struct.unpack_from("!H", body)
    place = 35 + body[34]
    (suite,) = struct.unpack_from("!H", body, place)
    compression, renegotiation, group = body[place + 2] != 0, False, None
    for kind, content in hello_extensions(body):
        if kind == _VERSIONS_EXTENSION and len(content) == 2:  # noqa: PLR2004 - a number
            (number,) = struct.unpack("!H", content)
        if kind == _SHARE_EXTENSION:
            (group,) = struct.unpack_from("!H", content)
        renegotiation |= kind == _RENEGOTIATION_EXTENSION
    version = next((name for name, known in VERSIONS.items() if known == number), "")
    return _Hello(version=version, suite=suite, compression=compression, renegotiation=renegotiation, group=group)


def _exchange(body: bytes, hello: _Hello | None) -> tuple[int, int | None]:
    """Read the curve of an exchange, and in TLS 1.2 how it was signed (RFC 8422 section 5.4)."""
    group, length = struct.unpack_from("!HB", body, 1)
    signed = hello is not None and hello.version == "tls1.2" and "_anon_" not in NAMES.get(hello.suite, "_anon_")
    return group, struct.unpack_from("!H", body, 4 + length)[0] if signed else None


def _certificates(body: bytes) -> tuple[bytes, ...]:
    found: list[bytes] = []
    place = 3
    while place + 3 <= len(body) and len(found) < _MAX_CERTIFICATES:
        length = int.from_bytes(body[place : place + 3], "big")
        found.append(body[place + 3 : place + 3 + length])
        place += 3 + length
    return tuple(found)
