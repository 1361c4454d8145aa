"""``auditor schedule``: the service that runs by itself. It waits, begins, notes, and begins again; the work is others'."""

import os
import platform
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Timer

import anyio
from anyio.to_thread import run_sync

from auditor.app.edge import TaskEdge
from auditor.app.heart import Heart
from auditor.app.jobs import Jobs, jobs
from auditor.app.metrics import serve_metrics
from auditor.app.nights import Nights
from auditor.app.parts import Parts
from auditor.app.systemd import notify
from auditor.app.waits import Waits
from auditor.clock import RehearsalClock
from auditor.errors import ConfigError, NotDone, Problem
from auditor.log import get_logger
from auditor.model.agency import Site
from auditor.model.zone import local_date
from auditor.schedule.journal import Journal
from auditor.schedule.spread import due_checks, next_check
from auditor.schedule.ticker import Ticker
from auditor.store import Store
from auditor.store.holding import hold

__all__ = ["in_time", "schedule"]

_SOON, _FAR, _DAY = timedelta(seconds=5), timedelta(hours=1), timedelta(days=1)
_POLL = 0.05
_LAST_SECONDS = 8.0
"""After we are told to stop: then the process ends, whatever still works. What is finished is kept already."""
_log = get_logger("schedule")


def in_time(parts: Parts) -> Parts:
    """Give the parts by the rehearsal's clock where the settings name one."""
    file = parts.settings.rehearsal.clock
    return replace(parts, clock=RehearsalClock(parts.config / file)) if file else parts


def schedule(parts: Parts) -> None:
    """Work until somebody says stop (SIGTERM, Ctrl-C), or a rehearsal is over.

    Raises:
        ConfigError: the nightly line never strikes, or other config is wrong.
        NotDone: another daemon works on this database, or its lock was lost.
    """
    parts = in_time(parts)
    settings = parts.settings
    ticker = Ticker(settings.schedule.nightly, settings.schedule.timezone)
    if ticker.next(parts.clock.now()) is None:
        what = f'"{settings.schedule.nightly}" never strikes'
        raise ConfigError([Problem(file="auditor.toml", place="schedule.nightly", what=what)])
    parts.edition()  # wrong config is told now, and not at one in the morning
    until = settings.rehearsal.leap_until
    with parts.store() as store, hold(store.engine) as holds:
        journal = Journal(parts.data, now=parts.clock.now(), pid=os.getpid(), host=platform.node())
        waits = Waits(parts.clock, datetime.fromisoformat(until) if until else None)
        stop, work = Event(), jobs(parts, store)
        nights = Nights(parts=parts, store=store, jobs=work, ticker=ticker, journal=journal, waits=waits, stop=stop)
        heart = Heart(parts=parts, journal=journal, waits=waits, holds=holds)
        daemon = _Daemon(parts=parts, store=store, jobs=work, journal=journal, waits=waits, stop=stop, nights=nights, heart=heart)
        anyio.run(daemon.live)
        if heart.lost:
            raise NotDone("the lock on the database was lost: its server ended our session")


@dataclass(kw_only=True)
class _Daemon:
    """One life of the service."""

    parts: Parts
    store: Store
    jobs: Jobs
    journal: Journal
    waits: Waits
    stop: Event
    nights: Nights
    heart: Heart
    _checking: set[str] = field(default_factory=set)

    async def live(self) -> None:
        """Do everything, each at its time, until it shall stop."""
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as received:
            await self._live(received)

    async def _live(self, received: AsyncIterator[signal.Signals]) -> None:
        self.heart.begin()
        tasks = [self.nights.go]
        tasks += [self._checks] if self.jobs.check else []
        tasks += [self._posts] if self.jobs.send else []
        tasks += [self._tidy] if self.jobs.prune else []
        async with anyio.create_task_group() as group:
            with ExitStack() as counted:
                for _ in tasks:
                    counted.enter_context(self.waits.task())
                for task in tasks:
                    group.start_soon(task)
                group.start_soon(self.heart.watch)
                if self.parts.settings.schedule.metrics:
                    await group.start(serve_metrics, self.parts, self.store)
                await self._until_told(received)
                await self._end()
            group.cancel_scope.cancel()
        now = self.parts.clock.now()
        self.journal.say(now, "stopped in order", wrong=False)
        self.journal.beat(now, ended=True)

    async def _until_told(self, received: AsyncIterator[signal.Signals]) -> None:
        """Wait for a signal, for the end of a rehearsal, or for the loss of our lock."""
        notify("READY=1")
        async with anyio.create_task_group() as group:

            async def reasons() -> None:
                while not (self.waits.over or self.heart.lost):  # noqa: ASYNC110 - the time is a file's, and not a task's
                    await anyio.sleep(_POLL)
                group.cancel_scope.cancel()

            group.start_soon(reasons)
            async for number in received:
                _log.info("schedule", what=f"told to stop ({number.name})")
                group.cancel_scope.cancel()

    async def _end(self) -> None:
        """Stop what works, and see to it that the process ends even if something does not listen."""
        notify("STOPPING=1")
        self.stop.set()
        last = Timer(_LAST_SECONDS, self._leave)
        last.daemon = True
        last.start()
        while self.nights.working:  # noqa: ASYNC110 - the night is in a thread of its own
            await anyio.sleep(_POLL)

    def _leave(self) -> None:
        """End the process at once: as good as a kill, which loses nothing that is finished."""
        now = self.parts.clock.now()
        self.journal.say(now, "stopped while something still worked; what was finished is kept, the rest goes on next time")
        self.journal.beat(now, ended=True)
        os._exit(0)

    async def _checks(self) -> None:
        """Check each site when its turn comes, a slow one beside the others and never twice at once."""
        clock, period = self.parts.clock, self.parts.settings.schedule.uptime_seconds
        since = clock.now()
        sites: dict[str, Site] = {}
        day = None
        async with anyio.create_task_group() as group:
            while True:
                if day != (day := local_date(since)):
                    sites = self._sites()
                at = next_check(list(sites), period, after=since) or since + _FAR
                went_on = await self.waits.until(at)
                now = clock.now()
                if went_on:
                    chosen = [sites[url] for url in due_checks(sites, period, since=since, until=now)]
                    work = ExitStack()
                    work.enter_context(self.waits.work())
                    group.start_soon(self._check, chosen, work)
                since = now

    def _sites(self) -> dict[str, Site]:
        return {site.url: site for site in self.jobs.sites()}

    async def _check(self, sites: Sequence[Site], work: ExitStack) -> None:
        assert self.jobs.check is not None
        free = [site for site in sites if site.url not in self._checking]
        urls = {site.url for site in free}
        self._checking |= urls
        with work, TaskEdge(journal=self.journal, clock=self.parts.clock, task="uptime", stopping=self.stop.is_set):
            if free:
                await self.jobs.check(free)
        self._checking -= urls

    async def _tidy(self) -> None:
        """Let go of what is old, once a day; what failed is tried again soon."""
        assert self.jobs.prune is not None
        while True:
            async with self.nights.alone:  # no night may begin to rest on what is let go of just now
                with TaskEdge(journal=self.journal, clock=self.parts.clock, task="prune", stopping=self.stop.is_set):
                    await run_sync(self.jobs.prune)
            failed = self.journal.task("prune").failures > 0
            await self.waits.until(self.parts.clock.now() + (_SOON if failed else _DAY))

    async def _posts(self) -> None:
        """Send what is due, again and again."""
        assert self.jobs.send is not None
        while True:
            with TaskEdge(journal=self.journal, clock=self.parts.clock, task="post", stopping=self.stop.is_set):
                await self.jobs.send()
            await self.waits.until(self.parts.clock.now() + self.jobs.send_every)
