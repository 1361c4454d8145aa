"""The province's time: wherever a rule counts days, they are Vietnam's."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

__all__ = ["VIETNAM", "end_of", "local_date"]

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def local_date(moment: datetime) -> date:
    """Give the day that it is in Vietnam at an instant."""
    return moment.astimezone(VIETNAM).date()


def end_of(day: date) -> datetime:
    """Give a day's last instant in Vietnam, in UTC."""
    return datetime.combine(day, time.max, VIETNAM).astimezone(UTC)
