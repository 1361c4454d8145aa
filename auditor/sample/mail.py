"""A mail server for the sample that greets, offers STARTTLS or not, and takes no mail."""

import ssl

import anyio
from anyio.abc import ByteStream, Listener
from anyio.streams.buffered import BufferedByteReceiveStream
from anyio.streams.tls import TLSStream

from auditor.sample.web import GONE_AWAY

__all__ = ["serve_smtp"]

_SECONDS = 30.0
_LONGEST_LINE = 1_000
_MOST_LINES = 50


async def serve_smtp(listener: Listener[ByteStream], host: str, *, context: ssl.SSLContext | None) -> None:
    """Talk with every visitor until cancelled; without a context STARTTLS is not offered."""

    async def talk(stream: ByteStream) -> None:
        async with stream:
            try:
                with anyio.move_on_after(_SECONDS):
                    await stream.send(f"220 {host} ESMTP sample\r\n".encode())
                    if await _commands(stream, host, offered=context is not None) and context is not None:
                        secure = await TLSStream.wrap(stream, server_side=True, ssl_context=context, standard_compatible=False)
                        async with secure:
                            await _commands(secure, host, offered=False)
            except GONE_AWAY:
                return

    await listener.serve(talk)


async def _commands(stream: ByteStream, host: str, *, offered: bool) -> bool:
    """Answer commands until the visitor leaves (False) or asks for TLS that is offered (True)."""
    reader = BufferedByteReceiveStream(stream)
    for _ in range(_MOST_LINES):
        line = (await reader.receive_until(b"\n", _LONGEST_LINE)).decode("latin-1").strip()
        command = line.partition(" ")[0].upper()
        if command == "QUIT":
            await stream.send(b"221 2.0.0 Bye\r\n")
            return False
        if command == "STARTTLS" and offered:
            await stream.send(b"220 2.0.0 Ready to start TLS\r\n")
            return True
        await stream.send(_answer(command, host, offered=offered))
    return False


def _answer(command: str, host: str, *, offered: bool) -> bytes:
    if command == "EHLO":
        more = ["STARTTLS"] if offered else []
        words = [host, "SIZE 10240000", *more, "8BITMIME"]
        return b"".join(f"250{' ' if number == len(words) else '-'}{word}\r\n".encode() for number, word in enumerate(words, 1))
    if command in {"HELO", "NOOP", "RSET"}:
        return f"250 {host}\r\n".encode()
    if command in {"MAIL", "RCPT", "DATA"}:
        return b"550 5.7.1 This server takes no mail\r\n"
    return b"502 5.5.1 Command not implemented\r\n"
