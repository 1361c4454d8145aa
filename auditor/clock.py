"""The only place that reads the clock; everything else is told the time."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

__all__ = ["Clock", "RehearsalClock", "SystemClock"]


class Clock(Protocol):
    """Tells the time. ``now`` is aware, in UTC, whole microseconds; ``monotonic`` counts seconds and never goes back."""

    def now(self) -> datetime:
        """Give the present instant."""
        ...

    def monotonic(self) -> float:
        """Give seconds for measuring spans."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present instant in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Give the machine's monotonic seconds."""
        return time.monotonic()


class RehearsalClock:
    """The machine's clock, ahead by the seconds that a file holds: whoever reads or writes that file shares its time.

    Spans are the machine's own: work takes as long as it takes, only waits are leapt over.
    """

    def __init__(self, file: Path) -> None:
        """Take the file; one that is not there is a clock that is not ahead."""
        self._file = file

    @property
    def ahead(self) -> timedelta:
        """Give by how much it is ahead."""
        try:
            return timedelta(seconds=float(self._file.read_text("ascii") or 0))
        except FileNotFoundError:
            return timedelta()

    def now(self) -> datetime:
        """Give the rehearsed instant in UTC."""
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        """Give the machine's monotonic seconds."""
        return time.monotonic()

    def leap(self, to: datetime) -> timedelta:
        """Make it that instant, if it is still to come, and say by how much that was; the file is replaced whole."""
        before, ahead = self.ahead, to - datetime.now(UTC)
        if ahead > before:
            part = self._file.with_name(f"{self._file.name}.part")
            part.write_text(f"{ahead.total_seconds():.6f}", "ascii")
            part.replace(self._file)
        return max(ahead - before, timedelta())
