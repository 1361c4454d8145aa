"""A small HTTP server for the sample: answers what it is told to, whole, dripping or without end, and survives any visitor."""

import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import anyio
from anyio.abc import ByteStream, Listener
from anyio.streams.buffered import BufferedByteReceiveStream
from anyio.streams.tls import TLSListener

__all__ = ["GONE_AWAY", "Answer", "Asked", "Handler", "QuietTls", "serve_http"]

_MAX_HEAD = 32 * 1024
_IDLE_SECONDS = 30.0
_WORTH_PACKING = 500
GONE_AWAY = (
    anyio.EndOfStream,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.DelimiterNotFound,
    anyio.IncompleteRead,
    ssl.SSLError,
    OSError,
    TimeoutError,
)
"""What a visitor does who hangs up, speaks something else or says nothing: never an error of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: ``target`` is the path with its query, as sent."""

    method: str
    target: str
    host: str
    secure: bool
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to say: a body, or ``parts`` that come one by one until the connection ends."""

    status: int = HTTPStatus.OK
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "text/html; charset=utf-8"
    body: bytes = b""
    parts: Callable[[], AsyncIterator[bytes]] | None = None
    packed: bool = field(default=True)
    """Whether the body may be compressed for a visitor who can read that."""


Handler = Callable[[Asked], Awaitable[Answer]]


class QuietTls(TLSListener):
    """A TLS listener to which a failed handshake is a visitor's business, not a line in our log."""

    @staticmethod
    async def handle_handshake_error(exc: BaseException, stream: object) -> None:
        """Hang up; only our own end is passed on."""
        if isinstance(stream, ByteStream):
            await anyio.aclose_forcefully(stream)
        if not isinstance(exc, Exception):
            raise exc


async def serve_http(listener: Listener[ByteStream], handler: Handler, *, context: ssl.SSLContext | None) -> None:
    """Answer every visitor until cancelled."""

    async def talk(stream: ByteStream) -> None:
        async with stream:
            try:
                await _talk(stream, handler, secure=context is not None)
            except GONE_AWAY:
                return

    if context is not None:
        await QuietTls(listener, context, standard_compatible=False, handshake_timeout=_IDLE_SECONDS).serve(talk)
    else:
        await listener.serve(talk)


async def _talk(stream: ByteStream, handler: Handler, *, secure: bool) -> None:
    reader = BufferedByteReceiveStream(stream)
    while True:
        with anyio.fail_after(_IDLE_SECONDS):
            head = await reader.receive_until(b"\r\n\r\n", _MAX_HEAD)
        asked = _read(head, secure=secure)
        if asked is None:
            await stream.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        answer = await handler(asked)
        await _send(stream, asked, answer)
        if answer.parts is not None or asked.headers.get("connection", "").lower() == "close":
            return


def _read(head: bytes, *, secure: bool) -> Asked | None:
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):  # noqa: PLR2004 - a request line has three words
        return None
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Asked(method=words[0], target=words[1], host=headers.get("host", ""), secure=secure, headers=headers)


async def _send(stream: ByteStream, asked: Asked, answer: Answer) -> None:
    body, headers = answer.body, list(answer.headers)
    if answer.packed and len(body) > _WORTH_PACKING and "gzip" in asked.headers.get("accept-encoding", ""):
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Type", answer.media_type))
    headers.append(("Connection", "close") if answer.parts else ("Content-Length", str(len(body))))
    lines = [f"HTTP/1.1 {int(answer.status)} {HTTPStatus(answer.status).phrase}", *(f"{k}: {v}" for k, v in headers), "", ""]
    await stream.send("\r\n".join(lines).encode("latin-1") + (b"" if asked.method == "HEAD" else body))
    if answer.parts is not None and asked.method != "HEAD":
        async for part in answer.parts():
            await stream.send(part)
