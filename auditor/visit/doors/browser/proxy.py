"""Our own loopback proxy: the browser's only way out. It takes every request itself, also those inside TLS.

``CONNECT`` is answered here and never opens a connection: whatever the browser then says, in TLS under a throw-away certificate,
is read as HTTP (by h11) and answered by ``Supply``. What is not HTTP goes nowhere. Who has not the visit's token is refused, so
that no other program on this machine finds a way out here.
"""

import secrets
import ssl
from base64 import b64encode
from contextlib import suppress

import anyio
import h11
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.buffered import BufferedByteStream
from anyio.streams.tls import TLSStream

from auditor.visit.doors.browser.passing import METHODS, Asked, Given, refusal, said_of
from auditor.visit.doors.browser.supply import Supply

__all__ = ["Proxy"]

USER = "visit"
_MAX_HEAD = 64 * 1024
_MAX_BODY = 64 * 1024
_CHUNK = 64 * 1024
_MOST_CONNECTIONS = 64
_IDLE = 30.0
"""Seconds in which a connection must say something."""
_TLS_HANDSHAKE = b"\x16"
_BODILESS = (204, 304)
_FORBIDDEN, _MUST_SAY_WHO, _BAD_REQUEST = 403, 407, 400
_LOST = (
    *(anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, anyio.BusyResourceError),
    *(ssl.SSLError, OSError, h11.ProtocolError, TimeoutError),
)


class Proxy:
    """One visit's proxy. It listens from ``open`` to ``aclose`` and answers while ``serve`` runs."""

    def __init__(self, supply: Supply, context: ssl.SSLContext) -> None:
        """Answer from ``supply``; ``context`` speaks TLS for every host."""
        self._supply, self._context = supply, context
        self.token = secrets.token_urlsafe(24)
        self._welcome = b"Basic " + b64encode(f"{USER}:{self.token}".encode())
        self._connections = 0
        self.port = 0

    async def open(self) -> None:
        """Take a port of loopback.

        Raises:
            OSError: there is none to be had.
        """
        self._listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
        self.port = int(self._listener.extra(SocketAttribute.local_port))  # noqa: S610 - anyio's word, not Django's

    async def serve(self) -> None:
        """Answer until cancelled."""
        await self._listener.serve(self._talk)

    async def aclose(self) -> None:
        """Listen no more."""
        await self._listener.aclose()

    async def _talk(self, stream: SocketStream) -> None:
        self._connections += 1
        try:
            async with stream:
                if self._connections <= _MOST_CONNECTIONS:
                    with suppress(*_LOST):
                        await self._plain(_Line(stream))
        finally:
            self._connections -= 1

    async def _plain(self, line: "_Line") -> None:
        """Answer what comes to the proxy itself: requests for http addresses, and ``CONNECT``."""
        while (request := await line.request()) is not None:
            headers = _headers_of(request)
            if not secrets.compare_digest(headers.get("proxy-authorization", "").encode(), self._welcome):
                await line.send(_WHO, close=request.method not in {b"CONNECT", *map(str.encode, METHODS)})
            elif request.method == b"CONNECT":
                await self._tunnel(line, request.target.decode("latin-1"))
                return
            elif not request.target.startswith(b"http://"):
                await line.send(refusal(_BAD_REQUEST, "this is a proxy"), close=True)
            else:
                await self._answer(line, request, request.target.decode("latin-1"), headers)

    async def _tunnel(self, line: "_Line", authority: str) -> None:
        """Be the site: the browser says its request in TLS to us. Anything but TLS is a way out that we do not give."""
        stream = await line.switched()
        with anyio.fail_after(_IDLE):
            first = await stream.receive()
        stream.feed_data(first)
        if not first.startswith(_TLS_HANDSHAKE):
            self._supply.block(said_of("CONNECT", authority))
            return
        with anyio.fail_after(_IDLE):
            inner = await TLSStream.wrap(stream, server_side=True, ssl_context=self._context, standard_compatible=False)
        origin = f"https://{authority.removesuffix(':443')}"
        async with inner:
            within = _Line(inner)
            while (request := await within.request()) is not None:
                target = request.target.decode("latin-1")
                if not target.startswith("/") and target != "*":
                    await within.send(refusal(_BAD_REQUEST, "no proxy in a proxy"), close=True)
                    return
                await self._answer(within, request, origin + target, _headers_of(request))

    async def _answer(self, line: "_Line", request: h11.Request, url: str, headers: dict[str, str]) -> None:
        asked = Asked(method=request.method.decode("latin-1"), url=url, headers=headers)
        if asked.is_harmless and not await line.whole():
            self._supply.block(asked.named)
            await line.send(refusal(_FORBIDDEN, "a visit sends no body"), close=True)
            return
        await line.send(await self._supply.answer(asked), close=not asked.is_harmless, head_only=asked.method == "HEAD")


_WHO = Given(status=_MUST_SAY_WHO, headers=(("Proxy-Authenticate", 'Basic realm="auditor"'),))


class _Line:
    """A connection as HTTP: requests come, answers go."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)

    async def request(self) -> h11.Request | None:
        """Give the next request's head; None when there is no other."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        if self._http.our_state is not h11.IDLE:
            return None
        with anyio.fail_after(_IDLE):
            event = await self._event()
        return event if isinstance(event, h11.Request) else None

    async def whole(self) -> bool:
        """Read the request to its end; tell whether nothing came after its head."""
        size = 0
        while size <= _MAX_BODY:
            with anyio.fail_after(_IDLE):
                event = await self._event()
            if isinstance(event, h11.EndOfMessage):
                return size == 0
            if not isinstance(event, h11.Data):
                return False
            size += len(event.data)
        return False

    async def send(self, given: Given, *, close: bool = False, head_only: bool = False) -> None:
        """Send an answer whole."""
        body = b"" if head_only else given.body
        bodiless = given.status in _BODILESS
        own = [] if bodiless else [(b"Content-Length", str(len(given.body)).encode())]
        own += [(b"Connection", b"close")] if close else []
        try:
            theirs = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in given.headers]
            response = h11.Response(status_code=given.status, headers=[*theirs, *own])
        except h11.LocalProtocolError:  # a header that nobody may repeat
            response = h11.Response(status_code=given.status, headers=own)
        out = self._http.send(response) or b""
        out += (self._http.send(h11.Data(data=body)) or b"") if body and not bodiless else b""
        out += self._http.send(h11.EndOfMessage()) or b""
        await self._stream.send(out)

    async def switched(self) -> BufferedByteStream:
        """Say that the way is free; give the stream, on which HTTP has ended."""
        await self._stream.send(self._http.send(h11.Response(status_code=200, headers=[])) or b"")
        stream = BufferedByteStream(self._stream)
        stream.feed_data(self._http.trailing_data[0])
        return stream

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            try:
                self._http.receive_data(await self._stream.receive(_CHUNK))
            except anyio.EndOfStream:
                self._http.receive_data(b"")
        return event


def _headers_of(request: h11.Request) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}
