"""The daemon's nights: when one is due, what was missed, and when a failed one is tried again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from threading import Event

import anyio
from anyio.to_thread import run_sync

from auditor.app.edge import TaskEdge
from auditor.app.gating import nights_of, room
from auditor.app.jobs import Jobs
from auditor.app.pace import Pace
from auditor.app.parts import Parts
from auditor.app.waits import Waits
from auditor.errors import NotDone
from auditor.model.run import Run, RunState
from auditor.schedule.journal import Journal
from auditor.schedule.ticker import Ticker
from auditor.store import Store

__all__ = ["Nights", "missed"]

_RETRY = timedelta(minutes=1)
_RETRY_MOST = timedelta(hours=1)
_DOUBLINGS = 10
_LATE = timedelta(hours=1)
_NEVER = timedelta(days=366)
_MOST_MISSED = 1_000


def missed(nights: Sequence[Run], ticker: Ticker, *, since: datetime, now: datetime) -> tuple[datetime, ...]:
    """Give the instants at which a night should have begun, and none did, since the last one began (or since there is a daemon).

    A night that began after ``now``, by a clock that has gone back since, counts for nothing.
    """
    last = max([since, *(night.started_at for night in nights if night.started_at <= now)])
    return tuple(islice(ticker.between(last, now), _MOST_MISSED))


@dataclass(kw_only=True)
class Nights:
    """The nights of one life of the daemon."""

    parts: Parts
    store: Store
    jobs: Jobs
    ticker: Ticker
    journal: Journal
    waits: Waits
    stop: Event
    working: bool = False
    """Whether a night is being made just now."""
    alone: anyio.Lock = field(default_factory=anyio.Lock)
    """Held while a night is made, and by what may not be done beside one."""
    _retry_at: datetime | None = None

    async def go(self) -> None:
        """Make each night when it is due, for ever. First what a killed daemon had published and not told is told."""
        await self._tell(None)
        while True:
            due = self.parts.clock.now() + _RETRY
            with TaskEdge(journal=self.journal, clock=self.parts.clock, task="plan", stopping=self.stop.is_set):
                due = await run_sync(self.due)
            self.journal.note("night", replace(self.journal.task("night"), next_at=due))
            if await self.waits.until(due) and self.parts.clock.now() >= due and not self.stop.is_set():
                async with self.alone:
                    self.working = True
                    await self._one()
                    self.working = False

    def due(self) -> datetime:
        """Say when the next night begins: at once where one was cut off or missed, but after a failure not before its pause."""
        now, first = self.parts.clock.now(), self.journal.diary.first_at
        nights = nights_of(self.store)
        late = missed(nights, self.ticker, since=first, now=now)
        cut = any(night.state is RunState.OPEN for night in nights)
        due = now if cut else late[0] if late else self.ticker.next(now) or now + _NEVER
        # Not later than a pause from now: the clock may have gone back since the failure.
        return max(due, min(self._retry_at, now + _RETRY_MOST)) if self._retry_at else due

    async def _one(self) -> None:
        """Make one night and tell of it; a failure is noted, and the night tried again after a pause that doubles."""
        clock, now = self.parts.clock, self.parts.clock.now()
        failures = self.journal.task("night").failures
        self._retry_at = now + min(_RETRY * 2 ** min(failures, _DOUBLINGS), _RETRY_MOST)
        with TaskEdge(journal=self.journal, clock=clock, task="night", stopping=self.stop.is_set):
            await run_sync(self._say_missed, now)
            found = room(self.parts)
            if found.free_mb < found.need_mb:
                raise NotDone(f"the disk has {found.free_mb} MB left, and {found.need_mb} MB are needed: no night is begun")
            settings = self.parts.settings.schedule
            pauses = (settings.retry_minutes * 60,) * settings.retries
            pace = Pace(hours=settings.night_hours, pauses=pauses, stop=self.stop)
            run = await run_sync(self.jobs.night, pace)
            self._retry_at = None
            if run.held_because:
                self.journal.say(clock.now(), f"{run.id} was held back, and the last ranking stands: {run.held_because}")
            else:
                self.journal.say(clock.now(), f"{run.id} was published", wrong=False)
                await self._tell(run)

    async def _tell(self, run: Run | None) -> None:
        """Turn a published night into letters, the last one by default; it changes nothing to do so again."""
        if self.jobs.tell is not None:
            with TaskEdge(journal=self.journal, clock=self.parts.clock, task="letters", stopping=self.stop.is_set):
                last = run or await run_sync(self.store.runs.last_published)
                if last is not None:
                    await run_sync(self.jobs.tell, last)

    def _say_missed(self, now: datetime) -> None:
        nights = nights_of(self.store)
        if any(night.state is RunState.OPEN for night in nights):
            self.journal.say(now, "a night that was cut off goes on")
            return
        late = missed(nights, self.ticker, since=self.journal.diary.first_at, now=now)
        if len(late) > 1 or (late and now - late[0] > _LATE):
            ends = " to ".join(f"{at:%Y-%m-%d %H:%M}Z" for at in dict.fromkeys((late[0], late[-1])))
            self.journal.say(
                now, f"nights that did not begin when they should have: {len(late)} ({ends}); one begins now for all"
            )
