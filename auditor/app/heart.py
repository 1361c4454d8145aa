"""The daemon's heart: signs of life, and an eye on the clock, the disk and the lock."""

from collections.abc import Callable
from dataclasses import dataclass

import anyio
from anyio.to_thread import run_sync

from auditor.app.gating import room
from auditor.app.parts import Parts
from auditor.app.systemd import notify
from auditor.app.waits import Waits
from auditor.schedule.journal import Journal

__all__ = ["Heart"]

_POLL = 0.5
_JUMP = 5.0
"""Seconds by which the clock may differ from the machine's own count between two looks; above it somebody set it."""
_BEAT, _LOOK = 10, 60
"""Every so many looks a sign of life is written down, and the disk and the lock are looked at."""


@dataclass(kw_only=True)
class Heart:
    """Beats while the daemon lives. ``lost`` tells that the database's lock is ours no more."""

    parts: Parts
    journal: Journal
    waits: Waits
    holds: Callable[[], bool]
    lost: bool = False
    _short: bool = False

    def begin(self) -> None:
        """Say that a life begins, and how the former one ended if it did not say so itself."""
        now, former = self.parts.clock.now(), self.journal.former
        if former is not None and former.ended_at is None:
            self.journal.say(
                now,
                f"the former auditor schedule ended without a word (killed, or a power cut); last sign of life "
                f"{former.beat_at:%Y-%m-%d %H:%M:%S}Z",
            )
        self.journal.beat(now)  # before it is said: whoever reads that we started may look into the file at once
        self.journal.say(now, "started", wrong=False)
        self.journal.beat(now)

    async def watch(self) -> None:
        """Look again and again, for ever."""
        before, looks = self._ahead(), 0
        while True:
            await anyio.sleep(_POLL)
            looks += 1
            now = self._ahead()
            if abs(now - before) > _JUMP:
                what = f"the clock jumped by {now - before:+.0f} seconds (or the machine slept); everything is planned anew"
                self.journal.say(self.parts.clock.now(), what)
                self.waits.jumped()
                looks = 0
            before = now
            if looks % _LOOK == 0:
                await run_sync(self._look)
            if looks % _BEAT == 0:
                notify("WATCHDOG=1")
                await run_sync(self.journal.beat, self.parts.clock.now())

    def _ahead(self) -> float:
        """Give the seconds by which the wall's clock is ahead of the machine's count, but for our own leaps."""
        clock = self.parts.clock
        return (clock.now() - self.waits.leapt).timestamp() - clock.monotonic()

    def _look(self) -> None:
        found = room(self.parts)
        short = found.free_mb < found.need_mb
        if short != self._short:
            verb = "has only" if short else "has room again:"
            self.journal.say(
                self.parts.clock.now(), f"the disk {verb} {found.free_mb} MB; {found.need_mb} MB are needed", wrong=short
            )
        self._short, self.lost = short, self.lost or not self.holds()
