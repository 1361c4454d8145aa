"""A TLS handshake's first half by hand: one hello a protocol, read until the server has said who it is.

The deep scan's library refuses some servers that others still talk to, and needs hundreds of connections. These few tell what
no library can hide: whether the port is open, whether it speaks TLS at all, which protocols it takes, the chain as sent up to
TLS 1.2, and the size of a Diffie-Hellman group too small for any library.
"""

import errno
import ipaddress
import secrets
import struct
from collections.abc import Sequence

import anyio
from anyio.abc import ByteStream

from auditor.visit.doors.lacks import is_lack
from auditor.visit.doors.tls.greeting import HANDSHAKE, MAX_BYTES, VERSIONS, Greeting, Reply, is_finished, read_greeting
from auditor.visit.doors.tls.suites import TLS12_SUITES, TLS13_SUITES

__all__ = ["client_hello", "greet"]

_PADDED = 512
"""Old F5 devices hang on a hello of 256 to 511 bytes: RFC 7685 pads it out of that range."""

_SCSV = 0x00FF
_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x0100, 0x0101)
_SIGNATURES = (
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601,
    0x0203, 0x0201, 0x0402, 0x0202, 0x0101,
)  # fmt: skip


async def greet(
    host: str,
    place: tuple[str, int],
    version: str,
    *,
    seconds: float,
    suites: Sequence[int] | None = None,
    compress: bool = False,
) -> Greeting:
    """Say one hello to an address, for this host, offering one protocol; never raises for what a server does."""
    connected = False
    received = bytearray()
    try:
        with anyio.fail_after(seconds):
            stream = await anyio.connect_tcp(*place)
            connected = True
            async with stream:
                await stream.send(client_hello(host, version, suites=suites, compress=compress))
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
        while len(received) < MAX_BYTES:
            received += await stream.receive()
            if is_finished(bytes(received)):
                return
    except anyio.EndOfStream:
        return


def client_hello(host: str, version: str, *, suites: Sequence[int] | None = None, compress: bool = False) -> bytes:
    """Give the bytes of a hello that offers one protocol, and all its suites unless some are named.

    ``compress`` offers compression too, which TLS 1.3 forbids and old devices may stumble over: only who asks for it sends it.
    """
    number = VERSIONS[version]
    modern = version == "tls1.3"
    offered = tuple(suites or (TLS13_SUITES if modern else TLS12_SUITES))
    listed = b"".join(struct.pack("!H", suite) for suite in (*offered, _SCSV))
    session = secrets.token_bytes(32) if modern else b""
    legacy = min(number, VERSIONS["tls1.2"])
    head = struct.pack("!H", legacy) + secrets.token_bytes(32) + _short(session) + _long(listed)
    head += _short(b"\x01\x00" if compress and not modern else b"\x00")
    if version != "ssl3":
        head += _extensions(host, modern=modern, so_far=len(head))
    message = b"\x01" + len(head).to_bytes(3, "big") + head
    return struct.pack("!BHH", HANDSHAKE, min(number, VERSIONS["tls1.0"]), len(message)) + message


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
