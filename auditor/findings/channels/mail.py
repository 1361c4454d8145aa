"""The only door to aiosmtplib: one letter to the operator's own mail server, over a line that is verified.

That server is named in settings and not by anybody audited, so it may stand inside (``localhost``), and the system looks it up.
"""

import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from auditor.findings.message import compose, mailbox, sender_of
from auditor.model.delivery import Outcome
from auditor.model.notice import Notice

__all__ = ["MailServer", "send_mail"]

_PERMANENT = 500
_CLOSING = 421
_TOO_MANY = 552
"""At RCPT this says "so many recipients I do not take at once", and comes again later (RFC 5321, 4.5.3.1.10)."""
_OURS = {_CLOSING, 530, 534, 535, 538}
"""Not of this letter: the server goes, or wants us to log in."""
_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes our letters, and in whose name.

    ``seconds`` bounds each step, ``answer_seconds`` the wait for its word on a whole letter, ``whole_seconds`` one letter.
    """

    host: str
    port: int
    sender: str
    tls: bool = False
    starttls: bool = True
    username: str = ""
    password: str = field(default="", repr=False)
    trust: tuple[Path, ...] = ()
    seconds: float = 60.0
    answer_seconds: float = 180.0
    whole_seconds: float = 300.0


class _Told:
    """How far a letter has come: what is known when the talk ends, however it ends."""

    def __init__(self, to: Iterable[str]) -> None:
        self.left = list(to)
        self.accepted: list[str] = []
        self.later: dict[str, str] = {}
        self.never: dict[str, str] = {}

    def put_off(self, addresses: Iterable[str], words: str) -> None:
        self.later.update(dict.fromkeys(addresses, words))


async def send_mail(server: MailServer, notice: Notice, to: Sequence[str], *, before: Sequence[str] = ()) -> Outcome:
    """Send a letter to those of its addresses. Never raises for what the server does: that is the outcome.

    ``taken`` are those for whom the server said that it has the letter. When the line was lost after the letter was sent and
    before that word, nobody knows: they are asked again later, under the same Message-ID.
    """
    boxes = {address: mailbox(address) for address in to}
    never = {address: "is no address of mail" for address, box in boxes.items() if box is None}
    good = {box: address for address, box in boxes.items() if box is not None}
    if not good:
        return Outcome(never=never)
    told = _Told(good)
    client = _client(server)
    said, down = "", ""
    try:
        with anyio.fail_after(server.whole_seconds):
            await client.connect()
            said = await _talk(client, server, compose(notice, server.sender, before=before), told)
    except (SMTPException, OSError) as exc:  # TimeoutError and ssl.SSLError are OSErrors
        down = _trouble(exc, told)
    finally:
        client.close()
    taken = () if down or not said else tuple(good[box] for box in told.accepted)
    return Outcome(
        taken=taken,
        never={**never, **_named(good, told.never)},
        later=_named(good, told.later),
        down=down,
        said=said,
    )


async def _talk(client: SMTP, server: MailServer, message: bytes, told: _Told) -> str:
    """Go through one letter's steps; give the server's word when it took it, empty when nobody was accepted.

    Raises:
        SMTPException: the server, or the line, ended it.
        OSError: the line was lost.
    """
    await client.mail(sender_of(server.sender)[1], timeout=server.seconds)
    for box in list(told.left):
        try:
            await client.rcpt(box, timeout=server.seconds)
        except SMTPRecipientRefused as exc:
            if exc.code in _OURS:
                raise
            permanent = exc.code >= _PERMANENT and exc.code != _TOO_MANY
            (told.never if permanent else told.later)[box] = _words(exc)
        else:
            told.accepted.append(box)
        told.left.remove(box)
    if not told.accepted:
        await _leave(client, server)
        return ""
    answer = await client.data(message, timeout=server.answer_seconds)
    await _leave(client, server)
    return _printable(f"{answer.code} {answer.message}")


async def _leave(client: SMTP, server: MailServer) -> None:
    """Say goodbye; what was taken is taken, whatever is said to that."""
    try:
        await client.quit(timeout=server.seconds)
    except (SMTPException, OSError):
        client.close()


def _trouble(exc: Exception, told: _Told) -> str:
    """Say what an end before the end means: for these addresses, or, where the words are not of this letter, for the channel."""
    words = _words(exc)
    open_ = [*told.accepted, *told.left]
    code = exc.code if isinstance(exc, SMTPResponseException) else 0
    if isinstance(exc, SMTPDataError) and code not in _OURS:
        if code >= _PERMANENT:
            told.never.update(dict.fromkeys(told.accepted, words))
        else:
            told.put_off(told.accepted, words)
        return ""
    if isinstance(exc, SMTPSenderRefused) and code < _PERMANENT and code not in _OURS:
        told.put_off(open_, words)
        return ""
    if told.accepted and not code:
        told.put_off(open_, f"{words} before the server said that it has it")
        return ""
    return words


def _client(server: MailServer) -> SMTP:
    return SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username or None,
        password=server.password or None,
        use_tls=server.tls,
        start_tls=server.starttls and not server.tls,
        tls_context=_context(server.trust) if server.tls or server.starttls else None,
        timeout=server.seconds,
    )


def _context(trust: Iterable[Path]) -> ssl.SSLContext:
    """Verify the name, by the system's roots and ours."""
    context = ssl.create_default_context()
    for path in trust:
        context.load_verify_locations(cafile=path)
    return context


def _named(good: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    return {good[box]: words for box, words in found.items()}


def _words(exc: Exception) -> str:
    if isinstance(exc, SMTPResponseException):
        return _printable(f"{exc.code} {exc.message}")
    return _printable(f"{type(exc).__name__}: {exc}".rstrip(": "))


def _printable(text: str) -> str:
    """A server's words on one line, bounded: they go into logs and on screens."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_SHOWN]
