"""Connections pinned to the address that was checked; names come from the dns door and no other way."""

import asyncio
import errno
import select
import socket
import ssl
from collections.abc import Iterable
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import httpcore

from auditor.model.evidence import Phases
from auditor.model.visit import Cause
from auditor.visit.doors.dns.door import NoAddress, Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.lacks import is_lack

__all__ = ["NEWEST_FIRST", "PLAIN_ALONE", "PLAIN_FIRST", "HandshakeError", "Line", "connect", "is_cut_off", "tls_context"]

_CHUNK = 64 * 1024
_BUFFER = 256 * 1024
"""What a server may send ahead of our reading; twice as much makes it wait."""
_RESET, _ENDED = "the SSL handshake was reset", "the server ended the SSL handshake"
_CUT_OFF = (_RESET, _ENDED, "UNEXPECTED_EOF_WHILE_READING")
_SUITES = (
    *(
        f"ECDHE-{key}-{code}"
        for code in ("AES128-GCM-SHA256", "CHACHA20-POLY1305", "AES256-GCM-SHA384")
        for key in ("ECDSA", "RSA")
    ),
    *(f"ECDHE-{key}-{code}-SHA" for code in ("AES128", "AES256") for key in ("ECDSA", "RSA")),
    *("AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA"),
)
"""What browsers offer below TLS 1.3 (Chromium and Firefox of 2025): old ones too, but neither DHE nor 3DES nor SHA-2 with CBC."""
_LEGACY_SERVER = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on: servers without secure renegotiation (RFC 5746)."""
PLAIN_FIRST, NEWEST_FIRST, PLAIN_ALONE = ("http/1.1", "h2"), ("h2", "http/1.1"), ("http/1.1",)
"""What we offer in the handshake, first what we like best."""


class HandshakeError(httpcore.ConnectError):
    """A server took the connection and ended the handshake, by an alert or by leaving; ``place`` is where."""

    def __init__(self, words: str, place: tuple[str, int]) -> None:
        """Say how, and where."""
        super().__init__(words)
        self.place = place


class _Reader(asyncio.StreamReader):
    """A reader that counts what has come."""

    come = 0

    def feed_data(self, data: bytes) -> None:  # type: ignore[override] # bytes are what a transport gives
        self.come += len(data)
        super().feed_data(data)


class Line:
    """One connection: the address it goes to, and whether HTTP/2 was agreed on; ``protocol`` is that of TLS, empty without."""

    def __init__(self, reader: _Reader, writer: asyncio.StreamWriter, address: str, phases: Phases) -> None:
        """Take a connection that stands; ``phases`` say how long that took."""
        self._reader, self._writer, self._read, self.address, self.phases = reader, writer, 0, address, phases
        secure = writer.get_extra_info("ssl_object")
        self.is_http2 = secure is not None and secure.selected_alpn_protocol() == "h2"
        self.protocol = secure.version() if secure is not None else ""
        self.place: tuple[str, int] = (writer.get_extra_info("peername") or (address, 0))[:2]
        self._is_secure = secure is not None

    async def read(self, most: int = _CHUNK) -> bytes:
        """Give what comes next, empty at the end.

        Raises:
            OSError: the connection was lost.
        """
        data = await self._reader.read(most)
        self._read += len(data)
        return data

    def write(self, data: bytes) -> None:
        """Send something small."""
        self._writer.write(data)

    async def drained(self) -> None:
        """Wait until the server has taken enough of it.

        Raises:
            OSError: the connection was lost.
        """
        await self._writer.drain()

    @property
    def come(self) -> int:
        """Give how many bytes have come so far."""
        return self._reader.come

    @property
    def is_open(self) -> bool:
        """Tell whether both ends are."""
        return not (self._reader.at_eof() or self._writer.is_closing())

    @property
    def is_quiet(self) -> bool:
        """Tell whether it stands and nothing came that nobody asked for: then it can be asked again."""
        if not self.is_open or self._reader.come != self._read:
            return False
        poll = select.poll()
        poll.register(self._writer.get_extra_info("socket").fileno(), select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        """Let go of it; nobody waits for a server's own farewell."""
        if self._is_secure:
            self._writer.transport.abort()
        else:
            self._writer.close()


async def connect(host: str, port: int, context: ssl.SSLContext | None, *, resolver: Resolver, guard: Guard) -> Line:
    """Connect to a name's checked addresses, one after the other; with a context, greet by TLS and verify the name.

    Raises:
        NoAddress: the name has none, or we have no way to it.
        httpcore.ConnectError: nobody is there, or TLS failed.
    """
    mapped, now = guard.mapped(host, port), asyncio.get_running_loop().time
    started = now()
    places = [mapped] if mapped else [(address, port) for address in await resolver.addresses(host)]
    found = now()
    theirs: Exception | None = None
    ours: Exception = NoAddress(Cause.DNS, "no address")
    for address, number in places:
        try:
            plain = await _socket(address, number)
        except OSError as exc:
            if is_lack(exc, address):
                ours = NoAddress(Cause.CAPABILITY, f"no way to {address} from here: {exc}")
            else:
                # A reset ends a connection that stood, though so fast that connecting itself trips over it.
                ended = context is not None and exc.errno == errno.ECONNRESET
                theirs = httpcore.ConnectError(f"{_RESET}: {exc}" if ended else str(exc))
                theirs.__cause__ = exc
            continue
        return await _line(plain, (address, number), host, context, (started, found, now()))
    raise theirs or ours


async def _socket(address: str, port: int) -> socket.socket:
    plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    with ExitStack() as undo:
        undo.callback(plain.close)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, (address, port))
        undo.pop_all()
    return plain


async def _line(
    plain: socket.socket, place: tuple[str, int], host: str, context: ssl.SSLContext | None, times: tuple[float, float, float]
) -> Line:
    """Make a line of a socket that is connected; ``times`` are its beginning, when an address was found, and when it stood."""
    loop = asyncio.get_running_loop()
    reader = _Reader(limit=_BUFFER, loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    name = host if context is not None else None
    try:
        transport, _ = await loop.create_connection(lambda: protocol, sock=plain, ssl=context, server_hostname=name)
    except ConnectionResetError as exc:
        # There was a connection, so both are the handshake's end; hanging up is told from a reset by being no system's error.
        how = _ENDED if exc.errno is None else f"{_RESET}: {exc}"
        raise HandshakeError(how, place) from exc
    except (OSError, ssl.CertificateError) as exc:
        if isinstance(exc, ssl.SSLError) and "_ALERT_" in (exc.reason or ""):
            raise HandshakeError(str(exc), place) from exc
        raise httpcore.ConnectError(str(exc)) from exc
    started, found, stood = times
    phases = Phases(
        resolve=f"{found - started:.4f}",
        connect=f"{stood - found:.4f}",
        tls=None if context is None else f"{loop.time() - stood:.4f}",
    )
    return Line(reader, asyncio.StreamWriter(transport, protocol, reader, loop), place[0], phases)


def is_cut_off(detail: str) -> bool:
    """Tell whether a handshake was reset or left without a word, as an exchange's detail has it."""
    return any(words in detail for words in _CUT_OFF)


def tls_context(trust: Iterable[Path], *, verify: bool, offers: tuple[str, ...] = PLAIN_FIRST) -> ssl.SSLContext:
    """Give the one TLS context of all visits, made anew only when a file of roots has changed: reading them takes a while.

    It has the system's roots and ours, and offers what browsers do; without verification it takes also what is older and weak.

    The second reads a portal's content although its certificate or protocol is bad, which other measures judge. Of the versions
    of HTTP, HTTP/1.1 is offered first, which is less work for the pages of a crawl; ``NEWEST_FIRST`` offers HTTP/2 first, as
    browsers do: servers that take the client's order show only so that they have it. ``PLAIN_ALONE`` is for those that agree to
    HTTP/2 and do not answer in it.
    """
    paths = (*trust,)
    system = ssl.get_default_verify_paths()
    files = [*(Path(path) for path in (system.cafile, system.capath) if path), *paths]
    return _tls_context(paths, tuple(_stamp(path) for path in files), verify=verify, offers=offers)


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


@lru_cache(maxsize=12)
def _tls_context(trust: tuple[Path, ...], _stamps: tuple[int, ...], *, verify: bool, offers: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    for path in trust:
        context.load_verify_locations(cafile=path)
    context.hostname_checks_common_name = False  # browsers look at the alternative names alone (RFC 9525 section 6.3)
    context.set_alpn_protocols(offers)
    context.set_ciphers(":".join(_SUITES))
    context.options |= _LEGACY_SERVER
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context
