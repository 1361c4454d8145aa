"""APScheduler's door: it is the clock, and nothing but the clock. Who does what when it strikes is none of its business.

Its triggers say at which instants a cron line strikes in a zone. The daemon asks for them by its own clock, so that a missed
instant, a clock that jumps and a rehearsal are the daemon's to see; APScheduler's own scheduler would run jobs by the machine's.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from auditor.settings.cron import cron_numbers

__all__ = ["Ticker"]

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_TICK = timedelta(microseconds=1)
_FIELDS = ("minute", "hour", "day", "month", "day_of_week")


class Ticker:
    """The instants of one cron line."""

    def __init__(self, line: str, zone: str) -> None:
        """Take a line that ``check_cron`` accepts, and the zone in which its hours count.

        A line that names both days and weekdays strikes on either, as cron does; APScheduler alone would want both, and would
        count weekdays from Monday.
        """
        numbers = cron_numbers(line)
        fields = {name: ",".join(map(str, found)) for name, found in zip(_FIELDS, numbers, strict=True) if found is not None}
        if "day_of_week" in fields:
            weekdays = dict.fromkeys(_WEEKDAYS[number % 7] for number in numbers[-1] or ())
            fields["day_of_week"] = ",".join(weekdays)
        ways = [fields]
        if {"day", "day_of_week"} <= fields.keys():
            ways = [{name: text for name, text in fields.items() if name != left} for left in ("day", "day_of_week")]
        # What is left out would be "any" only below the least field that is named.
        blank = dict.fromkeys(_FIELDS, "*")
        self._trigger = OrTrigger([CronTrigger(**(blank | way), timezone=ZoneInfo(zone)) for way in ways])

    def next(self, after: datetime) -> datetime | None:
        """Give the first instant later than this one; None for a line that never strikes (31 February)."""
        found: datetime | None = self._trigger.get_next_fire_time(None, after + _TICK)
        return found.astimezone(UTC) if found is not None else None

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Give each instant later than the one and not later than the other."""
        found = self.next(after)
        while found is not None and found <= until:
            yield found
            found = self.next(found)
