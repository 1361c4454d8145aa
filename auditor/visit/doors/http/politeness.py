"""We are guests: one gate a host, its pace, and its wishes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime

import anyio

from auditor.clock import Clock

__all__ = ["Gate", "Gates"]

_MOST_PATIENCE = 120.0
"""A Retry-After longer than this many seconds is answered by going away, not by waiting."""
_LONGEST_CLOSED = 86_400.0
"""A host that asks to be left alone for longer than a day is asked again the day after."""
_MOST_PAUSE = 60.0
_FIRST_PAUSE = 1.0


class Gate:
    """One host's gate. Its pause only ever grows: an error never makes us faster."""

    def __init__(self, clock: Clock, *, pause: float, connections: int) -> None:
        """Set the pace: seconds between two requests' starts, and how many may be open at once."""
        self._clock = clock
        self._pause = pause
        self._open = anyio.Semaphore(connections, fast_acquire=True)
        self._turn = anyio.Lock(fast_acquire=True)
        self._next = 0.0
        self._closed_until = 0.0

    @property
    def pause(self) -> float:
        """Give the present seconds between two requests."""
        return self._pause

    @property
    def closed(self) -> float:
        """Give for how many seconds more the host wants nobody to come; 0 when we may."""
        return max(self._closed_until - self._clock.monotonic(), 0.0)

    def slow_to(self, seconds: float) -> None:
        """Take at least this pause from now on (Crawl-delay)."""
        self._pause = max(self._pause, min(seconds, _MOST_PAUSE))

    def answered(self, status: int | None, retry_after: str | None, now: datetime) -> None:
        """Heed an answer: 429 and 503 halve the pace; a short Retry-After is waited for, a long one closes the gate."""
        if status not in {429, 503}:
            return
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE if self._pause else 0.0), _MOST_PAUSE)
        wait = _seconds(retry_after, now)
        if wait > _MOST_PATIENCE:
            self._closed_until = max(self._closed_until, self._clock.monotonic() + min(wait, _LONGEST_CLOSED))
        else:
            self._next = max(self._next, self._clock.monotonic() + wait)

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """Wait for a turn and hold one of the host's connections. See whether it is ``closed`` again after that."""
        async with self._open:
            async with self._turn:
                while (delay := self._next - self._clock.monotonic()) > 0 and not self.closed:  # noqa: ASYNC110 - it may grow
                    await anyio.sleep(delay)
                self._next = max(self._next, self._clock.monotonic()) + self._pause
            yield


class Gates:
    """The gates of all hosts, shared by every visit of the process."""

    def __init__(self, clock: Clock, *, per_second: float, connections: int) -> None:
        """Set the pace for hosts that ask for nothing; ``per_second=0`` is no pause."""
        self._clock, self._connections = clock, connections
        self._pause = 1.0 / per_second if per_second else 0.0
        self._gates: dict[str, Gate] = {}

    def of(self, host: str) -> Gate:
        """Give a host's gate."""
        if host not in self._gates:
            self._gates[host] = Gate(self._clock, pause=self._pause, connections=self._connections)
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
