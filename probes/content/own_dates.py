"""Which dates of a page are its entries' own, and which speak of terms, spans and other days."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from auditor.sdk.dates import dates
from auditor.sdk.html import Block, Document
from auditor.sdk.text import has_digit, words_of

__all__ = ["OwnDates", "is_weather", "own_dates", "terms_of"]

_BYLINE_WORDS = 6
_LIMIT = re.compile(
    r"(?:(?:(?<!tính )đến|tới|trước|(?<!tính đến )hết|sau)"
    r"(?:\s+(?:lúc\s+)?\d{1,2}\s*(?:[hg:]\s*\d{0,2}|giờ)(?:\s*\d{1,2}\s*phút)?,?)?(?:\s+(?:hết\s+)?ngày)?|"
    r"\b(?:có\s+)?hiệu\s+lực(?:\s+(?:thi\s+hành|kể\s+từ|từ))*(?:\s+ngày)?\s*:?|\b(?:kết\s+thúc|đóng)(?:\s+[^\W\d]+){0,4}\s*:?|"
    r"(?<!gia )\bhạn(?:\s+[^\W\d]+){0,5}\s*:?|\blast\s+visit(?:ed)?\s*:?|\btruy\s+cập\s+(?:gần\s+nhất|lần\s+cuối|cuối)\s*:?)$",
    re.IGNORECASE,
)
"""What stands before the end of a term or before a visitor's own day, not before the day of an entry."""
_RANGE = re.compile(r"\d[/.\-]\d{1,2}(?:[/.\-]\d{4})?\)?\s*[-–—→]$")
"""What stands before the second day of a span."""
_TERM = re.compile(r"\bhạn\b|kết thúc|hiệu lực|đến ngày", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<![\w:])(?:ngày|vào|năm|lúc|sáng|chiều|tối|kỷ niệm|từ|của)$", re.IGNORECASE)
"""What stands before a day that a sentence speaks of."""
_ISSUED = re.compile(r"\b(?:ban hành|đăng|ký|công bố|phát hành)\s+ngày$", re.IGNORECASE)
"""What stands before a day that a title names."""
_POSTED = re.compile(
    r"\b(?:ngày\s+(?:đăng(?:\s+(?:tải|tin|bài))?|cập\s+nhật|xuất\s+bản|ban\s+hành|gửi|hỏi|trả\s+lời)|"
    r"(?:đăng|cập\s+nhật|xuất\s+bản)(?:\s+(?:tải|tin|bài))?(?:\s+(?:ngày|lúc))?)\s*:$|"
    r"\(\s*(?:đăng|cập\s+nhật|xuất\s+bản)(?:\s+(?:tải|tin|bài))?(?:\s+(?:ngày|lúc))?$",
    re.IGNORECASE,
)
"""What names the day of an entry, whatever follows."""
_CLOSING = re.compile(
    r"\(\s*(?:ngày\s*)?$|(?<!được )(?<!đã )\b(?:đăng|cập\s+nhật)(?:\s+(?:tải|tin|bài))?\s+(?:ngày|lúc)\s*$|"
    r"\btính\s+đến\s+(?:hết\s+)?ngày\s*$",
    re.IGNORECASE,
)
"""What stands before the day that an entry ends with (``… mất kết nối (ngày 31/5/2021)``, ``… đăng ngày 21/10/2019``)."""
_BEGINNING = re.compile(r"(?:[\W\d]|ngày|đăng|cập nhật|ban hành|lúc|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)*", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:lúc\s*)?\d{1,2}\s*[:hg]\s*\d{0,2}(?::\d\d)?\s*(?:[AP]M|SA|CH)?\s*(?:[\[(]?(?:GMT|UTC)[^\])]{0,8}[\])]?)?", re.IGNORECASE
)
_AFTER_CLOCK = re.compile(r",?\s*\d{1,2}\s*[:hg]\s*\d{0,2}(?::\d\d)?\s*(?:[AP]M|SA|CH)?\s*", re.IGNORECASE)
_TITLE_WORDS = 3
_TITLED = 5
"""So many words before a date that they name are a title (``Kế hoạch năm – ban hành ngày 09/01/2026``), though they are few."""
_MAX_BEGINNING = 200
_LIMIT_CHARS = 60
"""More than the longest such words have; what stands further before a date is not looked at."""
_MOST = 20_000
"""So many characters of a text are looked at."""
_REMEMBERED = 600
"""Texts up to so many characters are remembered: a line of a list is read wherever the list stands."""
_NOT_WORDS = re.compile(r"[\d\W]+")


_WEATHER = re.compile(r"\d\s*°|°\s*[CF]\b|\bđộ ẩm\b|\bnhiệt độ\b|\btầm nhìn\b[^\d]{0,12}\d+ ?k?m\b|\bkm/h\b", re.IGNORECASE)
_NEAR = 20
"""So near behind the first day of a span stands its last."""
_READING = 120
"""No longer is what a box says of the weather."""


def is_weather(text: str) -> bool:
    """Tell what a box says of the weather: its day is no entry's."""
    return len(text) <= _READING and _WEATHER.search(text) is not None


class OwnDates(NamedTuple):
    """A page's own dates: those that stand apart, those of them that stand alone, those named in a text, and spans' last days.

    A span is ``từ 05/06/2026 đến 09/06/2026``.
    """

    apart: tuple[date, ...]
    alone: tuple[date, ...]
    named: tuple[date, ...]
    ends: tuple[date, ...]


_NO_DATES = OwnDates((), (), (), ())


def own_dates(blocks: Iterable[Block], terms: frozenset[str]) -> OwnDates:
    """Give a page's own dates.

    ``terms`` are cells of columns that hold ends of terms. A date that comes after words of a term is none of an entry's.
    """
    apart: list[date] = []
    alone: list[date] = []
    named: list[date] = []
    ends: list[date] = []
    for block in blocks:
        text = block.text
        if not has_digit(text) or (block.kind == "cell" and text in terms):
            continue
        found = _known(text) if len(text) <= _REMEMBERED else _dates_of(text[:_MOST])
        apart += found.apart
        alone += found.alone
        named += found.named
        ends += found.ends
    return OwnDates(tuple(apart), tuple(alone), tuple(named), tuple(ends))


def _dates_of(text: str) -> OwnDates:
    """Give the dates of one text."""
    apart: list[date] = []
    alone: list[date] = []
    named: list[date] = []
    ends: list[date] = []
    spans = dates(text)
    if not spans or is_weather(text):
        return _NO_DATES
    words, begun = _letters(text), -_NEAR
    for span in spans:
        before, after = text[: span.start].rstrip(), text[span.end :].strip()
        follows, begun = span.start - begun <= _NEAR, span.end
        if _RANGE.search(before[-_LIMIT_CHARS:]) or _LIMIT.search(before[-_LIMIT_CHARS:]):
            ends += [span.day] if follows else []
            continue
        single = words - _letters(text[span.start : span.end]) <= _BYLINE_WORDS
        if single:
            alone.append(span.day)
        machine = text[span.start : span.start + 5].endswith("-")  # 2026-02-01, as a page says it to machines
        titled = len(words_of(before)) >= _TITLED and _ISSUED.search(before[-_LIMIT_CHARS:]) is not None
        (apart if (single and not titled) or machine or _stands_apart(before, after) else named).append(span.day)
    return OwnDates(tuple(apart), tuple(alone), tuple(named), tuple(ends))


_known = lru_cache(maxsize=8192)(_dates_of)


def _letters(text: str) -> int:
    """Count a text's words without its numbers."""
    return len(words_of(_NOT_WORDS.sub(" ", text)))


def terms_of(document: Document) -> frozenset[str]:
    """Give the cells under a header that speaks of the end of a term, or of when something takes effect."""
    found: set[str] = set()
    for table in document.tables:
        columns = [index for index, cell in enumerate(table.head) if _TERM.search(cell.text)]
        found.update(row[index].text for row in table.rows for index in columns if index < len(row))
    return frozenset(found)


def _stands_apart(before: str, after: str) -> bool:
    """Tell a date that an entry begins or ends with from one within its sentence (``họp ngày 01/02/2026``)."""
    if _POSTED.search(before[-_LIMIT_CHARS:]):
        return True
    rest = after.strip("()[]|.,; \u2013-")
    if not rest or _CLOCK.fullmatch(rest) is not None:
        return not _SENTENCE.search(before[-_LIMIT_CHARS:]) or _CLOSING.search(before[-_LIMIT_CHARS:]) is not None
    if len(before) > _MAX_BEGINNING or (after[:1].isalpha() and not after[0].isupper()):
        return False
    return _BEGINNING.fullmatch(before) is not None or _is_between(before, after)


def _is_between(before: str, after: str) -> bool:
    """Tell a date between an entry's title and its text, with its time or without: no sentence goes through it."""
    told = _AFTER_CLOCK.sub("", after, count=1)
    ends = before[-1:].isalnum() or before[-1:] in ')”"!?|–-(['
    begins = told[:1].isupper() or told[:1] in '“"|(–-)]'
    return ends and begins and len(words_of(before)) >= _TITLE_WORDS and not _SENTENCE.search(before[-_LIMIT_CHARS:])
