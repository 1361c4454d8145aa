"""The only place that reads the clock; everything else is told the time."""

import time
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

__all__ = ["VIETNAM", "Clock", "SystemClock"]

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


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
