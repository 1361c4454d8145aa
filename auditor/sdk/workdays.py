"""Working days of Việt Nam: Monday to Friday without the public holidays, which are given as data."""

from collections.abc import Collection
from datetime import date, timedelta

__all__ = ["working_days"]

_WEEK = 7
_WORKDAYS = 5


def working_days(since: date, until: date, holidays: Collection[date]) -> int:
    """Count the working days after ``since`` up to and with ``until``; 0 where ``until`` is not later.

    The first day itself does not count: what is issued on a Friday and posted on the Monday was posted after one working day.
    """
    if until <= since:
        return 0
    weeks, rest = divmod((until - since).days, _WEEK)
    days = weeks * _WORKDAYS
    days += sum((until - timedelta(days=back)).weekday() < _WORKDAYS for back in range(rest))
    return days - sum(since < day <= until and day.weekday() < _WORKDAYS for day in holidays)
