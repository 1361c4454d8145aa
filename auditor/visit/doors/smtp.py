"""The SMTP door: greet a mail server, ask for STARTTLS, shake hands and leave. No mail is ever begun.

Many networks let nobody out to port 25, which looks like a dead server. So silence is theirs only when another mail server, which
answered us in this process, takes a connection after it.
"""

import re
import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream
from anyio.streams.tls import TLSAttribute, TLSStream

from auditor.clock import Clock
from auditor.model.evidence import Proof
from auditor.model.visit import Cause
from auditor.sdk.doors import SmtpTalk
from auditor.visit.doors.answers import Answers, Place
from auditor.visit.doors.dns.door import NoAddress, Resolver
from auditor.visit.doors.guard import Guard, Refusal
from auditor.visit.doors.lacks import is_lack
from auditor.visit.doors.sent import sent_by

__all__ = ["SmtpLinks", "SmtpVisit"]

_MAX_LINE = 2048
_MAX_LINES = 60
_MAX_ADDRESSES = 2
_READY, _DONE = "220", "250"
_NO_TLS, _UNKNOWN = "454", ("500", "502")
"""The "not now" that is about TLS (RFC 3207 section 4); and what a server of before EHLO says to it (RFC 5321 section 3.2)."""
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*", re.IGNORECASE)
"""Where a name must stand an address is no server's: it is looked up as a name, and there is none (RFC 1035 section 3.3.9)."""
_BROKEN = "the handshake failed"

Blame = Callable[[str, Cause], Awaitable[Cause]]
Keep = Callable[[bytes, str, str | None], Proof]


@dataclass(kw_only=True)
class SmtpLinks:
    """What all visits of a process share: contexts, and which mail servers have answered.

    ``blame`` says whose fault a silence is when port 25 is open for us (``Links.blame`` of the HTTP door); ``name`` is what we
    call ourselves in EHLO.
    """

    resolver: Resolver
    guard: Guard
    clock: Clock
    retry_pause: float
    blame: Blame
    trust: tuple[Path, ...] = ()
    name: str = "auditor.invalid"
    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        """Know no mail server yet."""
        self.answers = Answers(self.clock)

    @cached_property
    def strict(self) -> ssl.SSLContext:
        """Give the context that verifies, made when it is first needed."""
        return _context(self.trust, verify=True)

    @cached_property
    def lenient(self) -> ssl.SSLContext:
        """Give the context that takes any certificate."""
        return _context((), verify=False)

    async def places(self, host: str, port: int) -> list[Place]:
        """Give the addresses to try, each allowed.

        Raises:
            NoAddress: there is none that may be visited.
        """
        try:
            target = self.guard.target(f"https://[{host}]:{port}/" if ":" in host else f"https://{host}:{port}/")
        except Refusal as exc:
            raise NoAddress(Cause.REDIRECTS, str(exc)) from exc
        if target.mapped:
            return [target.mapped]
        return [(address, port) for address in (await self.resolver.addresses(target.host))[:_MAX_ADDRESSES]]

    async def fault(self, host: str, cause: Cause) -> Cause:
        """Say whose fault a confirmed failure is."""
        if not await self.answers.again(besides=host):
            return Cause.AMBIGUOUS
        return await self.blame(host, cause)


class SmtpVisit:
    """One visit's SMTP door; see ``auditor.sdk.doors.SmtpDoor``."""

    def __init__(self, links: SmtpLinks, keep: Keep) -> None:
        """Talk with what is shared, keep each talk as this visit's evidence."""
        self._links, self._keep = links, keep

    async def talk(self, host: str, *, port: int = 25, seconds: float = 15.0) -> SmtpTalk:
        """Talk with a mail server; never raises for what it does."""
        base = SmtpTalk(host=host, port=port, starttls=None, at=self._links.clock.now())
        if _ADDRESS.fullmatch(host):
            return self._kept(replace(base, cause=Cause.DNS, detail="a mail server has to be a name, and this is an address"))
        try:
            places = await self._links.places(host, port)
        except NoAddress as exc:
            doubtful = exc.cause is Cause.DNS and not exc.gone
            cause = await self._links.blame(host, exc.cause) if doubtful else exc.cause
            return self._kept(replace(base, cause=cause, detail=exc.detail))
        found = await self._try(base, places, seconds, self._links.strict)
        if found.cause in {Cause.CONNECT, Cause.TIMEOUT, Cause.PROTOCOL} or _hung_up(found) or _put_off(found):
            await anyio.sleep(self._links.retry_pause)
            found = await self._try(base, places, seconds, self._links.strict)
            if _hung_up(found):  # a handshake that breaks off twice is theirs only while our own link is up
                cause = await self._links.fault(host, Cause.TLS)
                found = found if cause is Cause.TLS else replace(found, starttls=None, cause=cause)
            if found.cause is not None and not found.transcript:
                found = replace(found, cause=await self._links.fault(host, found.cause))
        if found.starttls and found.tls_verified is False:
            found = await self._unverified(found, base, places, seconds)
        return self._kept(found)

    async def _unverified(self, found: SmtpTalk, base: SmtpTalk, places: list[Place], seconds: float) -> SmtpTalk:
        """Talk once more, or twice, without verifying: the first talk proves that the server takes TLS, whatever comes of it."""
        lines = found.transcript
        for wait in (0.0, self._links.retry_pause):
            await anyio.sleep(wait)
            seen = await self._try(base, places, seconds, self._links.lenient)
            lines = (*lines, "-- again, without verifying --", *seen.transcript)
            if seen.tls_version:
                break
        version, sent = seen.tls_version, seen.certificates
        return replace(found, tls_version=version, certificates=sent, transcript=lines, detail=found.detail or seen.detail)

    async def _try(self, base: SmtpTalk, places: list[Place], seconds: float, context: ssl.SSLContext) -> SmtpTalk:
        """Talk with the first address that takes a connection; the deadline is for all of it."""
        lines: list[str] = []
        found, place = base, None
        try:
            with anyio.fail_after(seconds):
                stream = await _connect(places)
                place = stream.extra(SocketAttribute.remote_address)  # noqa: S610 - anyio's word, no database
                try:
                    found = await _Talk(stream, lines, base).whole(self._links.name, context)
                finally:
                    await anyio.aclose_forcefully(stream)
        except TimeoutError:
            found = replace(base, cause=Cause.TIMEOUT, detail=f"no end after {seconds:.0f} s")
        except NoAddress as exc:
            found = replace(base, cause=exc.cause, detail=exc.detail[:200])
        except (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError, anyio.DelimiterNotFound) as exc:
            found = replace(base, cause=Cause.PROTOCOL, detail=f"the talk broke off: {type(exc).__name__}")
        except OSError as exc:
            found = replace(base, cause=Cause.CONNECT, detail=str(exc)[:200])
        if place is not None and any(line.startswith("S: ") for line in lines):
            self._links.answers.heard(base.host, (str(place[0]), int(place[1])))
        return replace(found, transcript=tuple(lines))

    def _kept(self, talk: SmtpTalk) -> SmtpTalk:
        body = "\n".join(
            (*talk.transcript, f"-- {talk.cause or 'done'} {talk.tls_version} {talk.tls_detail} {talk.detail}".rstrip())
        )
        return replace(talk, proof=self._keep(body.encode(), "text/plain", f"smtp://{talk.host}:{talk.port}"))


class _Talk:
    """One connection's talk."""

    def __init__(self, stream: ByteStream, lines: list[str], base: SmtpTalk) -> None:
        self._stream, self._lines, self._base = stream, lines, base
        self._reader = BufferedByteReceiveStream(stream)

    async def whole(self, name: str, context: ssl.SSLContext) -> SmtpTalk:
        """Go from greeting to QUIT."""
        greeting = await self._answer()
        if not greeting[-1].startswith(_READY):
            return replace(self._base, cause=_refusal(greeting[-1]), detail=greeting[-1][:200])
        hello = await self._ask(f"EHLO {name}")
        if hello[-1].startswith(_UNKNOWN):
            hello = [(await self._ask(f"HELO {name}"))[-1]]
        if not hello[-1].startswith(_DONE):
            await self._leave()
            return replace(self._base, cause=_refusal(hello[-1]), detail=hello[-1][:200])
        if not any(line[4:].strip().upper().split(" ")[0] == "STARTTLS" for line in hello[1:]):
            await self._leave()
            return replace(self._base, starttls=False)
        ready = await self._ask("STARTTLS")
        if not ready[-1].startswith(_READY):
            await self._leave()
            later = _refusal(ready[-1]) is Cause.RATE_LIMITED  # 4xx is "not now": nobody knows whether it takes TLS
            cause = None if not later else Cause.TLS if ready[-1].startswith(_NO_TLS) else Cause.RATE_LIMITED
            detail = f"STARTTLS was refused: {ready[-1]}"[:200]
            return replace(self._base, starttls=None if later else True, cause=cause, detail=detail)
        return await self._shake(context)

    async def _shake(self, context: ssl.SSLContext) -> SmtpTalk:
        verifying = context.verify_mode is not ssl.CERT_NONE
        try:
            wrapped = await TLSStream.wrap(
                self._stream, server_side=False, hostname=self._base.host, ssl_context=context, standard_compatible=False
            )
        except ssl.SSLCertVerificationError as exc:
            return replace(self._base, starttls=True, tls_verified=False, tls_detail=exc.verify_message[:200])
        except (ssl.SSLError, anyio.EndOfStream, anyio.BrokenResourceError) as exc:
            return replace(self._base, starttls=True, detail=f"{_BROKEN}: {str(exc) or type(exc).__name__}"[:200])
        version = wrapped.extra(TLSAttribute.tls_version)  # noqa: S610 - anyio's word, no database
        sent = sent_by(wrapped.extra(TLSAttribute.ssl_object))  # noqa: S610
        self._lines.append(f"-- {version} --")
        self._stream, self._reader = wrapped, BufferedByteReceiveStream(wrapped)
        await self._leave()
        verified = True if verifying else None
        return replace(self._base, starttls=True, tls_version=version, tls_verified=verified, certificates=sent)

    async def _ask(self, words: str) -> list[str]:
        self._lines.append(f"C: {words}")
        await self._stream.send(f"{words}\r\n".encode("ascii"))
        return await self._answer()

    async def _answer(self) -> list[str]:
        """Read one answer, which may have several lines (RFC 5321 section 4.2.1); their number and length are bounded.

        Raises:
            DelimiterNotFound: a line or the answer does not end.
        """
        answer: list[str] = []
        while len(answer) < _MAX_LINES:
            line = (await self._reader.receive_until(b"\n", _MAX_LINE)).decode("utf-8", "replace").rstrip("\r")
            self._lines.append(f"S: {line}")
            answer.append(line)
            if line[3:4] != "-" or not line[:3].isdigit():  # SSH-2.0-… is no first line of several
                return answer
        raise anyio.DelimiterNotFound(_MAX_LINES)

    async def _leave(self) -> None:
        """Say goodbye; a server that does not answer it has said all we need."""
        try:
            await self._ask("QUIT")
        except (
            OSError,
            anyio.EndOfStream,
            anyio.IncompleteRead,
            anyio.BrokenResourceError,
            anyio.DelimiterNotFound,
            ssl.SSLError,
        ):
            self._lines.append("-- closed without a goodbye --")


async def _connect(places: list[Place]) -> SocketStream:
    """Connect to the first place that takes a connection.

    Raises:
        OSError: none does.
        NoAddress: this machine has no way to any of them.
    """
    theirs: OSError | None = None
    ours = NoAddress(Cause.DNS, "no address")
    for place in places:
        try:
            return await anyio.connect_tcp(*place)
        except OSError as exc:
            if is_lack(exc, place[0]):
                ours = NoAddress(Cause.CAPABILITY, f"no way to {place[0]} from here: {exc}")
            else:
                theirs = exc
    raise theirs or ours


def _hung_up(talk: SmtpTalk) -> bool:
    """Tell a talk that offered TLS, went on to it, and had no handshake, for no reason of the certificate's."""
    return bool(talk.starttls) and not talk.tls_version and talk.tls_verified is None and talk.detail.startswith(_BROKEN)


def _put_off(talk: SmtpTalk) -> bool:
    """Tell a talk whose STARTTLS was answered with "not now"."""
    return talk.cause in {Cause.RATE_LIMITED, Cause.TLS} and "C: STARTTLS" in talk.transcript


def _refusal(line: str) -> Cause:
    """Read a reply that sends us away: 4xx is "not now", 5xx is "not you", anything else is no SMTP."""
    return {"4": Cause.RATE_LIMITED, "5": Cause.BLOCKED}.get(line[:1] if line[:3].isdigit() else "", Cause.PROTOCOL)


def _context(trust: Iterable[Path], *, verify: bool) -> ssl.SSLContext:
    """Give a context that takes any protocol, so that only the certificate decides whether it verifies."""
    context = ssl.create_default_context()
    for path in trust:
        context.load_verify_locations(cafile=path)
    context.hostname_checks_common_name = False
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    return context
