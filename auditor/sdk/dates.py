"""Dates as Vietnamese portals write them: always day first, real days only (the forms are those of DOMAIN section 6.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from auditor.sdk.text import has_digit

__all__ = ["DateSpan", "dates", "iso_date", "local_day", "newest"]

_EARLIEST_YEAR = 1990
"""Portals did not exist before; 1/1/0001 and 01/01/1970 are empty fields of a database."""

_NUMERIC = re.compile(r"(?<![0-9/.])([0-9]{1,2})\s?([/\-.])\s?([0-9]{1,2})\s?\2\s?([0-9]{4})(?![0-9]|[/.][0-9]|/[A-ZĐ])")
_WORDS = re.compile(
    r"(?:ng[àa]y)\s*([0-9]{1,2})\s*,?\s*th[áa]ng\s*([0-9]{1,2})\s*,?\s*n[ăa]m\s*([0-9]{4})(?![0-9])|"
    r"(?<![0-9])([0-9]{1,2})\s+th[áa]ng\s+([0-9]{1,2})\s*(?:,|n[ăa]m)\s*([0-9]{4})(?![0-9])",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<![0-9/.\-])([0-9]{4})-([0-9]{2})-([0-9]{2})(?=T|\s|$|[^0-9\-/.])")
_BEGINS_WITH_DAY = re.compile(r"\s*([0-9]{4})-([0-9]{2})-([0-9]{2})")
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def local_day(moment: datetime) -> date:
    """Give the day of an instant in Việt Nam, from which ages in days count."""
    return moment.astimezone(_VIETNAM).date()


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A real date in a text, and where it stands."""

    day: date
    start: int
    end: int


def dates(text: str) -> list[DateSpan]:
    """Give every real date of a text, from left to right.

    What cannot be a date is none: 16/72/2020, 01/01/1970, 40/2017/QĐ-UBND.
    """
    found = [span for span in _spans(text) if span.day.year >= _EARLIEST_YEAR]
    return sorted(found, key=lambda span: span.start)


def newest(text: str, *, not_after: date) -> DateSpan | None:
    """Give the newest date of a text that is not in the future."""
    past = [span for span in dates(text) if span.day <= not_after]
    return max(past, key=lambda span: (span.day, -span.start), default=None)


def iso_date(text: str) -> date | None:
    """Give the day in Việt Nam of an RFC 3339 value (a ``datetime`` attribute), None if it has none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None and moment.year >= _EARLIEST_YEAR:
        return local_day(moment)
    found = _BEGINS_WITH_DAY.match(text)
    day = _day(*map(int, found.groups())) if found else None
    return day if day and day.year >= _EARLIEST_YEAR else None


def _spans(text: str) -> Iterator[DateSpan]:
    if not has_digit(text):
        return
    for match in _NUMERIC.finditer(text):
        if day := _day(int(match[4]), int(match[3]), int(match[1])):
            yield DateSpan(day, match.start(), match.end())
    for match in _WORDS.finditer(text):
        d, m, y = (int(part) for part in match.groups() if part)
        if day := _day(y, m, d):
            yield DateSpan(day, match.start(), match.end())
    for match in _ISO.finditer(text):
        if day := _day(*map(int, match.groups())):
            yield DateSpan(day, match.start(), match.end())


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
