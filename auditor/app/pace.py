"""How a night is made: how long it is spread, and whether somebody wants it to stop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

import anyio

from auditor.clock import Clock
from auditor.errors import NotDone
from auditor.schedule.spread import share_of

__all__ = ["AT_ONCE", "Pace"]

_POLL = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``hours`` are those over which the hosts' turns are spread, counted from the run's start also when it goes on later.

    ``pauses`` are the seconds before what failed for a passing cause is tried again, each once all else is done. ``stop`` is set,
    by whatever thread, when the run shall end as soon as it can; None is never.
    """

    hours: float = 0.0
    pauses: tuple[float, ...] = ()
    stop: Event | None = field(default=None)

    def go_on(self) -> None:
        """Let work go on unless it shall stop.

        Raises:
            NotDone: it shall.
        """
        if self.stop is not None and self.stop.is_set():
            raise NotDone("stopped before it was over; every finished visit is kept, and the next run goes on")

    async def until_stopped(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do some work, cut short when it shall stop: what is under way is given up, what is being written down is not."""
        async with anyio.create_task_group() as group:
            if self.stop is not None:
                group.start_soon(self._watch, self.stop, group.cancel_scope)
            await work()
            group.cancel_scope.cancel()

    async def _watch(self, stop: Event, scope: anyio.CancelScope) -> None:
        while not stop.is_set():  # noqa: ASYNC110 - it is set from another thread
            await anyio.sleep(_POLL)
        scope.cancel()

    def waiting(self, clock: Clock, since: datetime | None) -> Callable[[str], Awaitable[None]]:
        """Give what waits for a host's turn in a run that began then."""

        async def wait(host: str) -> None:
            if since is not None and self.hours:
                left = share_of(host) * self.hours * 3600 - (clock.now() - since).total_seconds()
                # A clock that went back must not make a night longer than it was to be.
                await anyio.sleep(min(max(left, 0), self.hours * 3600))

        return wait


AT_ONCE = Pace()
"""Everything at once, and to the end."""
