"""A few connections to one host, kept for the visit: HTTP/2 where the server offers it, HTTP/1.1 else."""

import asyncio
import ssl
from contextlib import AsyncExitStack, ExitStack

import httpcore

from auditor.visit.doors.dns.door import Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.http.connect import Line, connect
from auditor.visit.doors.http.core import CoreAnswer, Shared
from auditor.visit.doors.http.http1 import PlainAnswer, ask_plainly
from auditor.visit.doors.http.request import Request

__all__ = ["Answer", "Wire"]

_KEPT_SECONDS = 30.0
"""Servers hang up on a connection that is idle for longer; a request that crosses this is lost."""

Answer = PlainAnswer | CoreAnswer
"""An answer whose head is here: ``status``, ``reason``, ``version``, ``headers``, ``address``, the ``pieces`` of its body, and
the ``phases`` of a connection that was made for it."""


class Wire:
    """One visit's connections to one host and port. How many requests go at once is for the host's gate to say."""

    def __init__(self, resolver: Resolver, guard: Guard, context: ssl.SSLContext | None) -> None:
        """Connect when first asked; with a context over TLS."""
        self._resolver, self._guard, self._context = resolver, guard, context
        self._idle: list[tuple[float, Line]] = []
        self._busy: set[Line] = set()
        self._shared: list[Shared] = []

    async def ask(self, request: Request) -> Answer:
        """Send a request and wait for the answer's head. Let go of the answer by ``done``, however it goes on.

        Raises:
            httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError: there was no answer.
        """
        for shared in self._shared:
            if shared.is_there:
                try:
                    return await shared.ask(request)
                except httpcore.ConnectionNotAvailable:
                    continue
        while (line := self._take()) is not None:
            before = line.come
            try:
                return await self._ask(line, request)
            except (httpcore.RemoteProtocolError, OSError):
                if line.come > before:
                    raise
                # It hung up just when it was asked: nobody heard the question (RFC 9112 section 9.3.1).
        line = await connect(request.host, request.port, self._context, resolver=self._resolver, guard=self._guard)
        answer: Answer
        if line.is_http2:
            self._shared.append(Shared(line, request))
            answer = await self._shared[-1].ask(request)
        else:
            answer = await self._ask(line, request)
        answer.phases = line.phases
        return answer

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


def _now() -> float:
    return asyncio.get_running_loop().time()
