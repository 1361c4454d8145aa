"""A TLS handshake's first half by hand: one hello a protocol, read until the server has said who it is.

The deep scan's library refuses some servers that others still talk to, and needs hundreds of connections. These few tell what
no library can hide: whether the port is open, whether it speaks TLS at all, which protocols it takes, the chain as sent and what
is stapled to it, and the size of a Diffie-Hellman group too small for any library. What TLS 1.3 enciphers is read by ``modern``.
"""

import asyncio
import errno
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from auditor.visit.doors.lacks import is_lack
from auditor.visit.doors.tls.certificate import is_address
from auditor.visit.doors.tls.greeting import HANDSHAKE, MAX_BYTES, VERSIONS, Greeting, Reply, is_finished, read_greeting
from auditor.visit.doors.tls.modern import FIRST_GROUPS, Opening
from auditor.visit.doors.tls.suites import TLS12_SUITES, TLS13_SUITES

__all__ = ["ECDSA", "EVERY_GROUP", "GROUPS", "RSA", "Hello", "client_hello", "greet"]

_PADDED = 512
"""Old F5 devices hang on a hello of 256 to 511 bytes: RFC 7685 pads it out of that range."""

_SCSV = 0x00FF
GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x0100, 0x0101)
EVERY_GROUP = (*GROUPS, 0x001E, 0x0102, 0x0103, 0x0104, *range(0x001A, 0x001D), 0x001F, 0x0020, 0x0021, *range(0x0001, 0x0017))
"""Every group that was ever given a number for which a server might wait: brainpool's, those of the first years, X448."""
_SIGNATURES = (
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601,
    0x0203, 0x0201, 0x0402, 0x0202, 0x0101,
)  # fmt: skip
RSA = (0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601, 0x0201)
ECDSA = (0x0403, 0x0503, 0x0603, 0x0203)
"""Signatures that a server can give only with a key of this kind."""
_PIECE = 16 * 1024
_PLAIN, _LAST_VERSION, _STATUS_REQUEST = 0x0301, 0x0303, b"\x01\x00\x00\x00\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What a hello asks for: one protocol, all its suites and signatures unless some are named.

    ``compress`` offers compression too, which TLS 1.3 forbids and old devices may stumble over: only who asks for it sends it.
    ``least`` is how many bytes it has at least.
    """

    host: str
    version: str
    suites: Sequence[int] | None = None
    signatures: Sequence[int] | None = None
    groups: Sequence[int] = GROUPS
    compress: bool = False
    least: int = 0

    @property
    def modern(self) -> bool:
        """Tell whether it is one of TLS 1.3."""
        return self.version == "tls1.3"


async def greet(hello: Hello, place: tuple[str, int], *, seconds: float) -> Greeting:
    """Say one hello to an address; never raises for what a server does.

    The time limit is asyncio's own, as the socket is: a visit makes half a dozen of these, and anyio's scope costs twice as much.
    """
    connected = False
    received, opening = bytearray(), Opening()
    try:
        async with asyncio.timeout(seconds):
            with socket.socket(socket.AF_INET6 if ":" in place[0] else socket.AF_INET) as wire:
                wire.setblocking(False)
                await asyncio.get_running_loop().sock_connect(wire, place)
                connected = True
                await _talk(wire, received, hello, opening)
    except TimeoutError as exc:
        if connected and exc.errno is None:
            return replace(_read(bytes(received), opening, ended=False), unfinished=True)
        if not connected:
            return Greeting(reply=Reply.UNREACHED, detail=f"no connection after {seconds:.0f} s")
    except OSError as exc:
        # It may be reset so fast that connecting itself trips over it.
        if not connected and exc.errno not in {errno.ECONNRESET, errno.ENOTCONN, errno.EPIPE}:
            return Greeting(reply=Reply.NO_ROUTE if is_lack(exc, place[0]) else Reply.REFUSED, detail=str(exc)[:200])
    return _read(bytes(received), opening, ended=True)


async def _talk(wire: socket.socket, received: bytearray, hello: Hello, opening: Opening) -> None:
    """Say it, and read until the server has finished its own, has refused, or has said too much.

    A plain socket, since a visit makes half a dozen of these connections for a few hundred bytes each.
    """
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(wire, client_hello(hello, opening))
    while len(received) < MAX_BYTES:
        piece = await loop.sock_recv(wire, _PIECE)
        received += piece
        if not piece:
            return
        if hello.modern and (retry := opening.retry(bytes(received))) is not None:
            await loop.sock_sendall(wire, client_hello(hello, opening, groups=(retry.group,), cookie=retry.cookie))
        elif is_finished(bytes(received)) and not (hello.modern and opening.is_open(bytes(received))):
            return


def _read(received: bytes, opening: Opening, *, ended: bool) -> Greeting:
    found = read_greeting(received, ended=ended)
    if found.reply is not Reply.HELLO or found.version != "tls1.3":
        return found
    chain, staple = opening.certificates(received)
    asks = opening.asks(received)
    return replace(found, chain=chain, staple=staple, asks=asks, oversized=not chain and len(received) >= MAX_BYTES)


def client_hello(
    hello: Hello, opening: Opening | None = None, *, groups: Sequence[int] = FIRST_GROUPS, cookie: bytes = b""
) -> bytes:
    """Give the bytes of a hello; ``opening`` remembers it, with the keys that it brings for these groups."""
    opening = opening or Opening()
    number = VERSIONS[hello.version]
    offered = tuple(hello.suites or (TLS13_SUITES if hello.modern else TLS12_SUITES))
    listed = _numbers(*offered, _SCSV)
    head = struct.pack("!H", min(number, _LAST_VERSION)) + opening.random
    head += _short(opening.session if hello.modern else b"") + _long(listed)
    head += _short(b"\x01\x00" if hello.compress and not hello.modern else b"\x00")
    if hello.version != "ssl3":
        told = _told(hello.host, tuple(hello.signatures or _SIGNATURES), tuple(hello.groups))
        told += _told_modern(opening.shares(*groups), cookie) if hello.modern else b""
        head += _padded(told, so_far=len(head), least=max(_PADDED, hello.least))
    message = b"\x01" + len(head).to_bytes(3, "big") + head
    opening.said.append(message)
    return struct.pack("!BHH", HANDSHAKE, min(number, _PLAIN), len(message)) + message


@lru_cache(maxsize=256)
def _told(host: str, signatures: tuple[int, ...], groups: tuple[int, ...]) -> bytes:
    """Give the extensions of every hello; a visit says the same ones in each protocol."""
    named = b"" if is_address(host) else host.encode("idna") if not host.isascii() else host.encode()
    return (
        (_extension(0, _long(b"\x00" + _long(named))) if named else b"")
        + _extension(5, _STATUS_REQUEST)
        + _extension(10, _long(_numbers(*groups)))
        + _extension(11, _short(b"\x00"))
        + _extension(13, _long(_numbers(*signatures)))
    )


def _told_modern(shares: bytes, cookie: bytes) -> bytes:
    told = _extension(43, _short(struct.pack("!H", VERSIONS["tls1.3"]))) + _extension(45, _short(b"\x01"))
    return told + _extension(51, _long(shares)) + (_extension(44, cookie) if cookie else b"")


def _extension(kind: int, content: bytes) -> bytes:
    return struct.pack("!HH", kind, len(content)) + content


def _padded(told: bytes, *, so_far: int, least: int) -> bytes:
    missing = least - (so_far + 2 + len(told) + 4 + 4)
    return _long(told + _extension(21, bytes(missing)) if missing > 0 else told)


@lru_cache(maxsize=64)
def _numbers(*given: int) -> bytes:
    return struct.pack(f"!{len(given)}H", *given)


def _short(content: bytes) -> bytes:
    return struct.pack("!B", len(content)) + content


def _long(content: bytes) -> bytes:
    return struct.pack("!H", len(content)) + content
