"""HTTP/1.1 over one connection: httptools reads what the server sends, and what it reads is bounded here."""

from collections.abc import AsyncIterator

import httpcore
import httptools

from auditor.model.evidence import Phases
from auditor.visit.doors.http.connect import Line
from auditor.visit.doors.http.core import CoreAnswer, read_again
from auditor.visit.doors.http.lenient import MOST_HEAD
from auditor.visit.doors.http.request import Request

__all__ = ["PlainAnswer", "ask_plainly"]

_MOST_FRAMING = MOST_HEAD
"""Bytes of heads, or between two pieces of a body, after which a server says nothing any more."""
_LEAST_STATUS, _LEAST_FINAL = 100, 200
_SHOWN = 40


class _Reading:
    """What httptools has found so far of one answer; ``fault`` says what is wrong with the rest."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        # Portals send both lengths, and line ends of their own. What servers read in different ways harms no one who only reads.
        self.parser.set_dangerous_leniencies(
            lenient_chunked_length=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self.status, self.reason, self.fault = 0, b"", ""
        self.headers: list[tuple[bytes, bytes]] = []
        self.pieces: list[bytes] = []
        self.has_head = self.is_whole = self.has_more = self.stays = self.is_endless = False
        self._framing = 0

    def feed(self, data: bytes) -> None:
        """Read on. What comes behind a whole answer is only noted."""
        before = len(self.pieces)
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as exc:
            self.has_more, self.fault = True, "" if self.is_whole else str(exc) or "no HTTP"
        self._framing = 0 if len(self.pieces) > before else self._framing + len(data)
        if self._framing > _MOST_FRAMING and not self.is_whole:
            self.is_endless, self.fault = True, f"more than {_MOST_FRAMING} bytes, and no end of a head or frame"

    def on_message_begin(self) -> None:
        self.has_more = self.is_whole

    def on_status(self, text: bytes) -> None:
        if not self.has_head:
            self.reason += text

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.has_head:  # what comes behind a body is no header
            self.headers.append((name, value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        if self.has_head:
            return
        self.status = self.parser.get_status_code()
        if _LEAST_STATUS <= self.status < _LEAST_FINAL:
            self.reason, self.headers = b"", []
        else:
            self.has_head = True

    def on_body(self, piece: bytes) -> None:
        if not self.is_whole:
            self.pieces.append(piece)

    def on_message_complete(self) -> None:
        if self.has_head and not self.is_whole:
            self.is_whole, self.stays = True, self.parser.should_keep_alive()

    @property
    def coding(self) -> bytes:
        """Give the transfer encoding, empty for none."""
        return b", ".join(value for name, value in self.headers if name.lower() == b"transfer-encoding").lower()

    @property
    def is_framed(self) -> bool:
        """Tell whether the body's end is said, and not only the connection's."""
        return self.coding == b"chunked" or any(name.lower() == b"content-length" for name, _ in self.headers)


class PlainAnswer:
    """An answer whose head is here and whose body is to come."""

    def __init__(self, line: Line, reading: _Reading, *, bodiless: bool) -> None:
        """Take an answer at the end of its head."""
        self.line, self._reading, self._bodiless = line, reading, bodiless
        self.phases: Phases | None = None
        self.unkept = ""
        self.status, self.reason, self.headers, self.address = reading.status, reading.reason, reading.headers, line.address
        self.version = b"HTTP/" + reading.parser.get_http_version().encode("ascii")

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the body as it is on the wire, without transfer encoding, piece by piece.

        Raises:
            httpcore.RemoteProtocolError: it is broken, or ends too early.
        """
        reading = self._reading
        while not self._bodiless:
            pieces, reading.pieces = reading.pieces, []
            for piece in pieces:
                yield piece
            if reading.is_whole:
                return
            if reading.fault:
                raise httpcore.RemoteProtocolError(reading.fault)
            if not (data := await self.line.read()):
                if reading.is_framed:
                    raise httpcore.RemoteProtocolError("peer closed connection without sending complete message body")
                return
            reading.feed(data)

    @property
    def can_stay(self) -> bool:
        """Tell whether the connection may be asked again: the whole answer was read, and nothing came behind it."""
        reading = self._reading
        stays = reading.parser.should_keep_alive() if self._bodiless else reading.is_whole and reading.stays
        return stays and not reading.has_more and not reading.pieces


async def ask_plainly(line: Line, request: Request) -> PlainAnswer | CoreAnswer:
    """Send a request and wait for the answer's head.

    Raises:
        ValueError: the request cannot be written.
        httpcore.RemoteProtocolError: what came is no HTTP.
    """
    line.write(request.head() + request.body)
    if request.body:
        await line.drained()
    reading, come = _Reading(), b""
    while not reading.has_head:
        data = await line.read()
        if not data:
            raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
        come += data
        reading.feed(data)
        if reading.is_endless:
            raise httpcore.RemoteProtocolError(reading.fault)
        if reading.fault and not reading.has_head:
            if not come.lstrip(b"\r\n").startswith(b"HTTP/"):
                # Who greets by himself, as SSH and mail servers do, then waits for us: nobody needs to wait with him.
                raise httpcore.RemoteProtocolError(f"no HTTP: {come[:_SHOWN]!r}")
            return await read_again(line, request, come)
    if reading.status < _LEAST_STATUS or reading.coding not in {b"", b"chunked", b"identity"}:
        raise httpcore.RemoteProtocolError(f"status {reading.status}, transfer encoding {reading.coding[:60]!r}")
    return PlainAnswer(line, reading, bodiless=request.method == "HEAD")
