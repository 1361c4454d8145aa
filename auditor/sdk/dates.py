"""Dates as Vietnamese portals write them: always day first, real days only (the forms are those of DOMAIN section 6.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime

from auditor.model.zone import local_date
from auditor.sdk.text import has_digit

__all__ = ["DateSpan", "dates", "iso_date", "local_day", "newest"]

_EARLIEST_YEAR = 1990
"""Portals did not exist before; 1/1/0001 and 01/01/1970 are empty fields of a database."""

_NUMERIC = re.compile(r"(?<![0-9/.])([0-9]{1,2})\s?([/\-.])\s?([0-9]{1,2})\s?\2\s?([0-9]{4})(?![0-9]|[/.][0-9]|/[A-ZĐ])")
_WORDS = re.compile(
    r"(?:ng[àa]y)\s*([0-9]{1,2})\s*,?\s*th[áa]ng\s*([0-9]{1,2})\s*,?\s*n[ăa]m\s*([0-9]{4})(?![0-9])|"
    r"(?<![0-9])([0-9]{1,2})\s+th[áa]ng\s+([0-9]{1,2})\s*(?:,|n[ăa]m)?\s*([0-9]{4})(?![0-9])",
    re.IGNORECASE,
)
_MONTHS = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười một": 11, "mười hai": 12, "chạp": 12,
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_VIETNAMESE = r"th[áa]ng\s+(mười\s+(?:một|hai)|một|giêng|hai|ba|tư|năm|sáu|bảy|tám|chín|mười|chạp)"
_ENGLISH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\.?"
)
_NAMED = re.compile(
    rf"(?<![0-9])([0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_VIETNAMESE}|{_ENGLISH})\s*,?\s*(?:n[ăa]m\s*)?([0-9]{{4}})(?![0-9])|"
    rf"\b(?:{_VIETNAMESE}|{_ENGLISH})\s+([0-9]{{1,2}})(?:st|nd|rd|th)?\s*,\s*([0-9]{{4}})(?![0-9])",
    re.IGNORECASE,
)
"""Months by name: as blogs put them out (``3 Tháng Sáu, 2024``), and in English (``October 9, 2026``)."""
_MONTH = re.compile(r"h[áa]ng|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)
"""What every such date has."""
_ISO = re.compile(r"(?<![0-9/.\-])([0-9]{4})-([0-9]{2})-([0-9]{2})(?=T|\s|$|[^0-9\-/.]|-[^\W\d])")
_BEGINS_WITH_DAY = re.compile(r"\s*([0-9]{4})-([0-9]{2})-([0-9]{2})")


def local_day(moment: datetime) -> date:
    """Give the day of an instant in Việt Nam, from which ages in days count."""
    return local_date(moment)


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
    if moment is not None and moment.tzinfo is not None and _EARLIEST_YEAR <= moment.year < MAXYEAR:
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
    if _MONTH.search(text):
        yield from _named(text)
    for match in _ISO.finditer(text):
        if day := _day(*map(int, match.groups())):
            yield DateSpan(day, match.start(), match.end())


def _named(text: str) -> Iterator[DateSpan]:
    for match in _NAMED.finditer(text):
        first, *names, last, after, year = (match[index] for index in (1, 2, 3, 5, 6, 4, 7, 8))
        month = next(name for name in names if name)
        number = _MONTHS[" ".join(month.lower().split())]
        if day := _day(int(last or year), number, int(first or after)):
            yield DateSpan(day, match.start(), match.end())


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
