"""What httpcore reads: HTTP/2, and heads that only h11 takes."""

import ssl
from collections.abc import AsyncIterator

import h2.errors
import h2.events
import h2.exceptions
import httpcore

from auditor.model.evidence import Phases
from auditor.visit.doors.http.connect import Line
from auditor.visit.doors.http.lenient import MOST_HEAD, without_strays
from auditor.visit.doors.http.request import Request

__all__ = ["HANGS_UP", "CoreAnswer", "Shared", "read_again", "wants_http1"]

HANGS_UP = "it hangs up"
_KEPT_SECONDS = 30.0
_DIGITS = 3
_SHOWN = 5
_LOST = (httpcore.NetworkError, OSError)
_Codes = h2.errors.ErrorCodes
_EXCUSED = {_Codes.HTTP_1_1_REQUIRED, _Codes.ENHANCE_YOUR_CALM}
"""By these a server says what it wants of us; browsers heed the first, and nobody says the second to a visitor."""
_Event = h2.events.ResponseReceived | h2.events.DataReceived | h2.events.StreamEnded


class _Stream(httpcore.AsyncNetworkStream):
    """A connection as httpcore uses it. No step has a time of its own: one deadline stands above the whole exchange."""

    def __init__(self, line: Line, come: bytes = b"") -> None:
        """Use a connection; ``come`` is what was read from it already, in answer to what was sent already."""
        self._line, self._come, self._is_sent = line, come, bool(come)
        self.begun = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109, ARG002 - httpcore's own signature
        if self._come:
            come, self._come = self._come[:max_bytes], self._come[max_bytes:]
            return come
        try:
            data = await self._line.read(max_bytes)
        except OSError as exc:
            raise httpcore.ReadError(str(exc)) from exc
        self.begun = self.begun or data[:_SHOWN]
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109, ARG002
        if self._is_sent:
            return
        try:
            self._line.write(buffer)
            await self._line.drained()
        except OSError as exc:
            raise httpcore.WriteError(str(exc)) from exc

    async def aclose(self) -> None:
        self._line.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        raise NotImplementedError

    def get_extra_info(self, info: str) -> None:  # noqa: ARG002
        return None


class _Http11(httpcore.AsyncHTTP11Connection):
    """HTTP/1.1 of httpcore's, with heads as large as browsers take them."""

    MAX_INCOMPLETE_EVENT_SIZE = MOST_HEAD


class _Http2(httpcore.AsyncHTTP2Connection):
    """HTTP/2 of httpcore's, which takes an answer without a status for a 200."""

    async def _receive_stream_event(self, request: httpcore.Request, stream_id: int) -> _Event:
        event = await super()._receive_stream_event(request, stream_id)
        if isinstance(event, h2.events.ResponseReceived):
            _check_status([value for name, value in event.headers or () if name == b":status"])
        return event


def _check_status(said: list[bytes]) -> None:
    """Refuse a head that has not one final status (RFC 9113, section 8.3.2).

    Raises:
        httpcore.RemoteProtocolError: there is none, or several, or no number of an answer.
    """
    if not said:
        raise httpcore.RemoteProtocolError("an HTTP/2 answer without :status")
    if len(said) > 1 or len(said[0]) != _DIGITS or not said[0].isdigit() or said[0] < b"200":
        raise httpcore.RemoteProtocolError(f"an HTTP/2 answer with the :status {b', '.join(said)[:40]!r}")


def wants_http1(error: BaseException) -> bool:
    """Tell whether a server says that it wants to be asked in HTTP/1.1 (RFC 9113, section 7: HTTP_1_1_REQUIRED)."""
    said = error.args[0] if error.args else None
    if not isinstance(said, h2.events.StreamReset | h2.events.ConnectionTerminated):
        return False
    return said.error_code == h2.errors.ErrorCodes.HTTP_1_1_REQUIRED


class Shared:
    """One connection that carries several exchanges at once; one that ``is_broken`` takes no more of them."""

    def __init__(self, line: Line, request: Request) -> None:
        """Begin HTTP/2 on a connection that agreed to it."""
        self._line, self._stream, self.is_broken = line, _Stream(line), False
        self._connection = _Http2(origin=_core_request(request).url.origin, stream=self._stream, keepalive_expiry=_KEPT_SECONDS)

    @property
    def is_there(self) -> bool:
        """Tell whether it takes another request."""
        return (
            not self.is_broken and self._line.is_open and self._connection.is_available() and not self._connection.has_expired()
        )

    async def ask(self, request: Request) -> "CoreAnswer":
        """Send a request and wait for the answer's head.

        Raises:
            httpcore.ConnectionNotAvailable: it takes no more.
        """
        return CoreAnswer(await self._connection.handle_async_request(_core_request(request)), self._line.address)

    def fault(self, error: BaseException) -> str:
        """Say how the server failed, where browsers would fail by the same; empty where only we may, or it asks for HTTP/1.1."""
        said = error.args[0] if error.args else None
        if self._stream.begun.startswith(b"HTTP/"):
            return "it answers in HTTP/1.1"
        if isinstance(said, h2.events.StreamReset | h2.events.ConnectionTerminated):
            frame = "RST_STREAM" if isinstance(said, h2.events.StreamReset) else "GOAWAY"
            code = said.error_code
            return "" if code in _EXCUSED else f"{frame} {code.name if isinstance(code, _Codes) else code}"
        if isinstance(error, _LOST) or str(error) == "Server disconnected":
            return HANGS_UP
        return ""

    async def aclose(self) -> None:
        """Close it."""
        await self._connection.aclose()


class CoreAnswer:
    """An answer whose head is here and whose body is to come."""

    def __init__(self, answer: httpcore.Response, address: str, line: Line | None = None) -> None:
        """Take an answer at the end of its head; ``line`` is what it had to itself and nobody can ask again."""
        self._answer, self.line = answer, line
        self.phases: Phases | None = None
        self.unkept = ""
        self.status, self.headers, self.address = answer.status, answer.headers, address
        self.reason: bytes = answer.extensions.get("reason_phrase", b"")
        self.version: bytes = answer.extensions.get("http_version", b"")

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the body piece by piece.

        Raises:
            httpcore.RemoteProtocolError: what comes after the head breaks the protocol.
        """
        try:
            async for piece in self._answer.aiter_stream():
                yield piece
        except h2.exceptions.ProtocolError as exc:  # httpcore translates it in a head only
            raise httpcore.RemoteProtocolError(str(exc)) from exc

    async def aclose(self) -> None:
        """End it, read or not."""
        await self._answer.aclose()


async def read_again(line: Line, request: Request, come: bytes) -> CoreAnswer:
    """Read by h11 what else was no HTTP: it takes the same length said twice, folded lines, control characters in a value.

    Lines of the head that name no header are left out before. The request has been sent, and ``come`` is the beginning of its
    answer. The connection cannot be asked again.

    Raises:
        httpcore.RemoteProtocolError, ValueError: it is none for h11 either.
    """
    asked = _core_request(request)
    come = await without_strays(line, come)
    connection = _Http11(origin=asked.url.origin, stream=_Stream(line, come))
    return CoreAnswer(await connection.handle_async_request(asked), line.address, line)


def _core_request(request: Request) -> httpcore.Request:
    url = httpcore.URL(scheme=request.scheme, host=request.host, port=request.port, target=request.target)
    return httpcore.Request(method=request.method, url=url, headers=request.headers)
