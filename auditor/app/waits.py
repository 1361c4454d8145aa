"""How the daemon's tasks wait: by the wall's clock, so that a jump is noticed, or leaping over every wait in a rehearsal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import anyio

from auditor.clock import Clock, RehearsalClock

__all__ = ["Waits"]

_POLL = 1.0
_LEAPING_POLL = 0.002


class Waits:
    """The waits of all tasks of one daemon.

    In a rehearsal that leaps, the clock is put forward to the first instant that a task waits for as soon as nobody works any
    more: every wait is over in its order, and nothing is left out. Work takes its own time.
    """

    def __init__(self, clock: Clock, leap_until: datetime | None) -> None:
        """Wait by a clock; ``leap_until`` is None where waits take their time."""
        self._clock = clock
        self._leap_until = leap_until if isinstance(clock, RehearsalClock) else None
        self._tasks, self._working = 0, 0
        self._waiting: dict[object, datetime] = {}
        self._jumps = 0
        self.leapt = timedelta()

    @contextmanager
    def task(self) -> Iterator[None]:
        """Count one more task that works whenever it does not wait."""
        self._tasks += 1
        try:
            yield
        finally:
            self._tasks -= 1

    @contextmanager
    def work(self) -> Iterator[None]:
        """Count work that goes on beside its task's waiting."""
        self._working += 1
        try:
            yield
        finally:
            self._working -= 1

    def jumped(self) -> None:
        """End every wait early: the clock is another one now, and each task must think again."""
        self._jumps += 1

    @property
    def over(self) -> bool:
        """Tell whether a rehearsal has come to its end."""
        return self._leap_until is not None and self._clock.now() >= self._leap_until

    async def until(self, at: datetime) -> bool:
        """Wait until an instant; False when the clock jumped meanwhile."""
        jumps, mine = self._jumps, object()
        self._waiting[mine] = at
        try:
            while (left := (at - self._clock.now()).total_seconds()) > 0:
                if self._jumps != jumps:
                    return False
                if self._leap_until is not None and at == min(self._waiting.values()) and self._idle():
                    assert isinstance(self._clock, RehearsalClock)
                    self.leapt += self._clock.leap(min(at, self._leap_until))
                await anyio.sleep(min(left, _POLL if self._leap_until is None else _LEAPING_POLL))
        finally:
            del self._waiting[mine]
        return True

    def _idle(self) -> bool:
        return self._working == 0 and len(self._waiting) == self._tasks
