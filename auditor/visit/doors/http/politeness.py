"""We are guests: one gate a host, its pace, and its wishes."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from threading import Lock

import anyio

from auditor.clock import Clock
from auditor.model.visit import Cause

__all__ = ["SLOWING", "Gate", "Gates", "Pacing", "Shut", "Wishes"]

SLOWING = frozenset({429, 503})
"""Statuses by which a host says that we, or everybody, should come later."""

_MOST_PATIENCE = 120.0
"""A Retry-After longer than this many seconds is answered by going away, not by waiting."""
_LONGEST_CLOSED = 86_400.0
"""A host that asks to be left alone for longer than a day is asked again the day after."""
_LONGEST_DOWN = 3600.0
"""One that says so because it is down is asked after an hour: nobody is called down for a day by one answer."""
_FORGOTTEN = 6 * 3600.0
"""After so many seconds a host that slowed us is tried at the usual pace again, by the next run."""
_POLL = 0.05
_MOST_PAUSE = 60.0
_FIRST_PAUSE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Which answer closed a host's gate: its status, what it means, and the addresses that led to it."""

    status: int
    cause: Cause
    urls: frozenset[str]

    def speaks_for(self, url: str) -> bool:
        """Tell whether the answer says something of an address: it is its own, or that of the front page or of robots.txt."""
        paths = {one.partition("://")[2].partition("/")[2] for one in self.urls}
        return url in self.urls or not paths.isdisjoint({"", "robots.txt"})


class Wishes:
    """What one host asked of us, its next turn and how many of us are with it: shared by all threads of the process."""

    def __init__(self, pause: float) -> None:
        """Begin with the pace for hosts that ask for nothing."""
        self._base = self._pause = pause
        self._next = self._closed_until = self._slowed_at = 0.0
        self._inside = 0
        self._shut: Shut | None = None
        self._lock = Lock()

    @property
    def pause(self) -> float:
        """Give the present seconds between two requests."""
        return self._pause

    def closed(self, now: float) -> float:
        """Give for how many seconds more the host wants nobody to come."""
        return max(self._closed_until - now, 0.0)

    def shut(self, now: float) -> Shut | None:
        """Give the answer by which the host said so; None when we may come."""
        return self._shut if self.closed(now) else None

    def led(self, url: str, urls: Iterable[str]) -> None:
        """Note that these addresses lead to the one whose answer it was."""
        with self._lock:
            if self._shut is not None and url in self._shut.urls:
                self._shut = replace(self._shut, urls=self._shut.urls.union(urls))

    def back(self, url: str) -> None:
        """Note that an address is answered for again: a host that was away by it is so no more."""
        with self._lock:
            if self._shut is not None and self._shut.cause is Cause.HTTP_5XX and url in self._shut.urls:
                self._closed_until, self._shut = 0.0, None

    def again(self, now: float) -> None:
        """Begin another round of visits: what slowed the last ones is forgotten after some hours."""
        with self._lock:
            if now - self._slowed_at > _FORGOTTEN:
                self._pause = self._base

    def slow(self, seconds: float, now: float) -> None:
        """Take at least this pause from now on."""
        with self._lock:
            self._pause, self._slowed_at = max(self._pause, min(seconds, _MOST_PAUSE)), now

    def wait(self, seconds: float, now: float, shut: Shut) -> None:
        """Come no more for so many seconds, or go away if that is too long: then this is why."""
        with self._lock:
            if seconds > _MOST_PATIENCE:
                longest = _LONGEST_DOWN if shut.cause is Cause.HTTP_5XX else _LONGEST_CLOSED
                if self._shut is not None and self._closed_until > now and self._shut.cause is shut.cause:
                    shut = replace(shut, urls=shut.urls | self._shut.urls)
                self._closed_until, self._shut = max(self._closed_until, now + min(seconds, longest)), shut
            else:
                self._next = max(self._next, now + seconds)

    def take(self, now: float, connections: int) -> float:
        """Take the turn, if there is one now: 0; else give the seconds after which to ask again."""
        with self._lock:
            if self._inside >= connections:
                return _POLL
            if self._next > now:
                return self._next - now
            self._next = max(self._next, now) + self._pause
            self._inside += 1
            return 0.0

    def leave(self) -> None:
        """Give a connection back."""
        with self._lock:
            self._inside -= 1


class Gate:
    """One host's gate. Its pause only ever grows: an error never makes us faster."""

    def __init__(self, clock: Clock, *, wishes: Wishes, connections: int) -> None:
        """Keep to what the host asked for, and to how many may be open at once."""
        self._clock, self._wishes, self._connections = clock, wishes, connections
        self._open = anyio.Semaphore(connections, fast_acquire=True)
        self._turn = anyio.Lock(fast_acquire=True)

    @property
    def pause(self) -> float:
        """Give the present seconds between two requests."""
        return self._wishes.pause

    @property
    def closed(self) -> float:
        """Give for how many seconds more the host wants nobody to come; 0 when we may."""
        return self._wishes.closed(self._clock.monotonic())

    @property
    def shut(self) -> Shut | None:
        """Give the answer that closed it; None while it is open."""
        return self._wishes.shut(self._clock.monotonic())

    def led(self, url: str, urls: Iterable[str]) -> None:
        """Note that these addresses lead to the one that closed it."""
        self._wishes.led(url, urls)

    def slow_to(self, seconds: float) -> None:
        """Take at least this pause from now on (Crawl-delay)."""
        self._wishes.slow(seconds, self._clock.monotonic())

    def answered(
        self, status: int | None, retry_after: str | None, now: datetime, *, url: str = "", cause: Cause | None = None
    ) -> None:
        """Heed an answer: 429 and 503 halve the pace; a short Retry-After is waited for, a long one closes the gate.

        ``cause`` is what the answer means; by default what its status does.
        """
        if status in SLOWING:
            at = self._clock.monotonic()
            self._wishes.slow(max(self.pause * 2, _FIRST_PAUSE if self.pause else 0.0), at)
            meant = cause or (Cause.RATE_LIMITED if status == min(SLOWING) else Cause.HTTP_5XX)
            self._wishes.wait(_seconds(retry_after, now), at, Shut(status=status or 0, cause=meant, urls=frozenset({url})))
        elif status is not None:
            self._wishes.back(url)

    @asynccontextmanager
    async def enter(self, *, closed_too: bool = False) -> AsyncIterator[None]:
        """Wait for a turn and hold one of the host's connections. See whether it is ``closed`` again after that.

        ``closed_too`` waits for its turn although it is.
        """
        async with self._open:
            async with self._turn:
                left = self._left()
                while left > 0 and (closed_too or not self.closed):
                    await anyio.sleep(left)
                    left = self._left()
            try:
                yield
            finally:
                if left == 0:
                    self._wishes.leave()

    def _left(self) -> float:
        """Take the turn, or give the seconds after which to ask again."""
        return self._wishes.take(self._clock.monotonic(), self._connections)


class Pacing:
    """What hosts asked of this process, whatever it does at them: nights and checks for uptime keep one pace together."""

    def __init__(self) -> None:
        """Begin without any wish."""
        self._hosts: dict[str, Wishes] = {}
        self._lock = Lock()

    def of(self, host: str, pause: float, now: float) -> Wishes:
        """Give a host's wishes; ``pause`` is the pace where it has none."""
        with self._lock:
            found = self._hosts.setdefault(host, Wishes(pause))
        found.again(now)
        return found


class Gates:
    """The gates of all hosts, shared by every visit of a run."""

    def __init__(self, clock: Clock, *, per_second: float, connections: int, pacing: Pacing | None = None) -> None:
        """Set the pace for hosts that ask for nothing; ``per_second=0`` is no pause. Without a pacing they are alone."""
        self._clock, self._connections, self._pacing = clock, connections, pacing or Pacing()
        self._pause = 1.0 / per_second if per_second else 0.0
        self._gates: dict[str, Gate] = {}

    def of(self, host: str) -> Gate:
        """Give a host's gate."""
        if host not in self._gates:
            wishes = self._pacing.of(host, self._pause, self._clock.monotonic())
            self._gates[host] = Gate(self._clock, wishes=wishes, connections=self._connections)
        return self._gates[host]


def _seconds(retry_after: str | None, now: datetime) -> float:
    """Read Retry-After: seconds or a date (RFC 9110 section 10.2.3); nonsense asks for nothing."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:6])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return 0.0
    return max((moment - now).total_seconds(), 0.0) if moment.tzinfo else 0.0
