"""A few connections to one host, kept for the visit: HTTP/2 where the server offers it, HTTP/1.1 else."""

import asyncio
import ssl
from contextlib import AsyncExitStack, ExitStack
from typing import Protocol

import httpcore

from auditor.model.evidence import Phases
from auditor.model.visit import Cause
from auditor.visit.doors.dns.door import NoAddress, Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.http.connect import PLAIN_ALONE, PLAIN_FIRST, HandshakeError, Line, connect
from auditor.visit.doors.http.core import HANGS_UP, CoreAnswer, Shared, wants_http1
from auditor.visit.doors.http.http1 import PlainAnswer, ask_plainly
from auditor.visit.doors.http.request import Request
from auditor.visit.doors.lacks import DEMAND, lost
from auditor.visit.doors.tls.hello import Hello, greet

__all__ = ["UNKEPT", "Answer", "Contexts", "Wire"]

_HELLO_SECONDS = 5.0
_MOST_PAUSE = 1.0
UNKEPT = "HTTP/2 was agreed on in the handshake and is not spoken"
_NO_ANSWER = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ConnectionNotAvailable, OSError)
_KEPT_SECONDS = 30.0
"""Servers hang up on a connection that is idle for longer; a request that crosses this is lost."""

Answer = PlainAnswer | CoreAnswer
"""An answer whose head is here: ``status``, ``reason``, ``version``, ``headers``, ``address``, the ``pieces`` of its body, and
the ``phases`` of a connection that was made for it, and how the server failed (``unkept``) when it was asked in HTTP/2."""


class Contexts(Protocol):
    """Gives the TLS context of connections that offer these versions of HTTP."""

    def __call__(self, *, offers: tuple[str, ...]) -> ssl.SSLContext:
        """Give it; it is made when it is first needed."""
        ...


class Wire:
    """One visit's connections to one host and port. How many requests go at once is for the host's gate to say."""

    def __init__(
        self,
        resolver: Resolver,
        guard: Guard,
        contexts: Contexts | None,
        offers: tuple[str, ...] = PLAIN_FIRST,
        *,
        pause: float = 0.0,
    ) -> None:
        """Connect when first asked; with contexts over TLS, where these versions of HTTP are offered until one has failed.

        ``pause`` stands before HTTP/2 is tried again.
        """
        self._resolver, self._guard, self._contexts, self._offers = resolver, guard, contexts, offers
        self._pause, self._unkept = min(pause, _MOST_PAUSE), ""
        self._idle: list[tuple[float, Line]] = []
        self._busy: set[Line] = set()
        self._shared: list[Shared] = []
        self.stood: Phases | None = None
        """How long the newest connection took to stand: known also where nothing is said over it."""

    async def ask(self, request: Request) -> Answer:
        """Send a request and wait for the answer's head. Let go of the answer by ``done``, however it goes on.

        Raises:
            httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError: there was no answer.
        """
        answer = await self._answer(request)
        answer.unkept = self._unkept
        return answer

    async def _answer(self, request: Request) -> Answer:
        for shared in self._shared:
            if shared.is_there:
                try:
                    return await shared.ask(request)
                except httpcore.ConnectionNotAvailable:
                    continue
                except httpcore.RemoteProtocolError as exc:
                    if not wants_http1(exc):
                        raise
                    return await self._without_http2(request, exc)
        while (line := self._take()) is not None:
            before = line.come
            try:
                return await self._ask(line, request)
            except (httpcore.RemoteProtocolError, OSError):
                if line.come > before:
                    raise
                # It hung up just when it was asked: nobody heard the question (RFC 9112 section 9.3.1).
        return await self._afresh(request)

    async def _afresh(self, request: Request) -> Answer:
        context = self._contexts(offers=self._offers) if self._contexts is not None else None
        try:
            line = await connect(request.host, request.port, context, resolver=self._resolver, guard=self._guard)
        except HandshakeError as exc:
            await _check_demand(exc.place, "tls1.2", request, exc)
            raise
        self.stood = line.phases
        answer: Answer
        if line.is_http2:
            self._shared.append(shared := Shared(line, request))
            try:
                answer = await shared.ask(request)
            except _NO_ANSWER as exc:
                shared.is_broken = True
                if self._offers == PLAIN_ALONE:  # nobody offered it
                    raise httpcore.RemoteProtocolError(f"{UNKEPT}: {exc}") from exc
                return await self._instead(request, exc, shared.fault(exc))
        else:
            try:
                answer = await self._ask(line, request)
            except (httpcore.RemoteProtocolError, OSError) as exc:
                if line.protocol and not line.come:
                    await _check_demand(line.place, "tls1.3" if line.protocol == "TLSv1.3" else "tls1.2", request, exc)
                raise
        answer.phases = line.phases
        return answer

    async def _instead(self, request: Request, error: Exception, fault: str) -> Answer:
        """Ask in HTTP/1.1 what failed in HTTP/2. Where that is answered, and HTTP/2 fails once more, it is noted.

        Raises:
            httpcore.NetworkError, httpcore.ProtocolError, OSError: there is no answer in HTTP/1.1 either.
        """
        offered = self._offers
        answer = await self._without_http2(request, error)
        if fault:
            await asyncio.sleep(self._pause)
            again = await self._fault_of(request, offered)
            self._unkept = again and (again if fault == HANGS_UP else fault)  # who hangs up may have said more, and we read none
        return answer

    async def _fault_of(self, request: Request, offers: tuple[str, ...]) -> str:
        """Give how a fresh connection fails in HTTP/2, empty where it does not, or where nothing is proven by it."""
        context = self._contexts(offers=offers) if self._contexts is not None else None
        try:
            line = await connect(request.host, request.port, context, resolver=self._resolver, guard=self._guard)
        except (httpcore.NetworkError, NoAddress, OSError):
            return ""
        with ExitStack() as undo:
            undo.callback(line.close)
            if not line.is_http2:
                return ""
            shared = Shared(line, request)
            try:
                await (await shared.ask(request)).aclose()
            except _NO_ANSWER as exc:
                return shared.fault(exc)
        return ""

    async def _without_http2(self, request: Request, error: Exception) -> Answer:
        """Ask in HTTP/1.1, and offer nothing else from now on: what only HTTP/2 fails by is there for all others.

        Raises:
            httpcore.NetworkError, httpcore.ProtocolError, OSError: there is no answer in HTTP/1.1 either.
        """
        self._offers = PLAIN_ALONE
        try:
            return await self._afresh(request)
        except (httpcore.NetworkError, OSError) as exc:
            cause = lost(exc)
            if cause is Cause.BLOCKED:  # it asks for a visitor's certificate, in whatever version of HTTP
                raise
            if cause is Cause.TLS or isinstance(error, httpcore.ProtocolError):  # it has HTTP/2 alone, or broke it first
                raise httpcore.RemoteProtocolError(f"{UNKEPT}: {error}") from error
            raise

    async def _ask(self, line: Line, request: Request) -> Answer:
        self._busy.add(line)
        with ExitStack() as undo:
            undo.callback(self._drop, line)
            answer = await ask_plainly(line, request)
            undo.pop_all()
        return answer

    async def done(self, answer: Answer) -> None:
        """Let go of an answer, read or not: its connection is kept if nothing of it is still to come."""
        if isinstance(answer, CoreAnswer):
            await answer.aclose()
            if answer.line is not None:
                self._drop(answer.line)
        elif answer.can_stay and answer.line in self._busy:
            self._busy.discard(answer.line)
            self._idle.append((_now(), answer.line))
        else:
            self._drop(answer.line)

    async def aclose(self) -> None:
        """Close every connection; each is closed when this ends."""
        for line in (*self._busy, *(line for _, line in self._idle)):
            line.close()
        self._busy, self._idle = set(), []
        async with AsyncExitStack() as ending:
            for shared in self._shared:
                ending.push_async_callback(shared.aclose)
            self._shared = []
        await asyncio.sleep(0)  # a transport lets go of its socket in the loop's next turn

    def _take(self) -> Line | None:
        """Give a connection that was asked before and can be asked again."""
        while self._idle:
            since, line = self._idle.pop()
            if _now() - since <= _KEPT_SECONDS and line.is_quiet:
                return line
            line.close()
        return None

    def _drop(self, line: Line) -> None:
        self._busy.discard(line)
        line.close()


async def _check_demand(place: tuple[str, int], version: str, request: Request, error: Exception) -> None:
    """Find out why a server ended a handshake, or shook hands and left without a word: it may ask for what no visitor has.

    Before TLS 1.3 the handshake itself fails (RFC 5246 section 7.4.6), and the demand stands in plain text in its first words.

    Raises:
        httpcore.ConnectError: it asks its visitors for a certificate.
    """
    if (await greet(Hello(host=request.host, version=version), place, seconds=_HELLO_SECONDS)).asks:
        raise httpcore.ConnectError(f"SSL: the server {DEMAND}: {error}") from error


def _now() -> float:
    return asyncio.get_running_loop().time()
