"""What may stand in the guideline of headers, and as the date of any: each mistake with its place."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from auditor.errors import nearest
from auditor.model.note import Json

__all__ = ["check_date", "check_headers"]

_DAY, _ROUGH = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}(?:-\d\d)?")
_FIRST, _LAST = 1970, 2100
"""No guideline of the web is older, and none is of a day that nobody living sees."""
_REFERRER = (
    "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin",
    "strict-origin-when-cross-origin", "unsafe-url",
)  # fmt: skip
_SAME_SITE = ("strict", "lax", "none")
_WORDED = (("referrer", "sound", _REFERRER), ("referrer", "weak", _REFERRER), ("cookies", "same_site", _SAME_SITE))


def check_date(text: Json, *, whole: bool) -> str:
    """Say what is wrong with a guideline's date, empty if nothing; one that is not ``whole`` may be a year or a month alone."""
    if not isinstance(text, str) or not text:
        return ""  # that it lacks is said elsewhere
    day = text if _DAY.fullmatch(text) else f"{text}-01-01"[:10] if not whole and _ROUGH.fullmatch(text) else ""
    try:
        year = date.fromisoformat(day).year
    except ValueError:
        return f'"{text}" is no day (write it as 2022-11-01)'
    return "" if _FIRST <= year <= _LAST else f"{text} is not between {_FIRST} and {_LAST}"


def check_headers(guide: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Check the guideline of headers: its pattern can be one, and its words are those that browsers know."""
    leaks = guide.get("leaks")
    pattern = leaks.get("version") if isinstance(leaks, dict) else None
    if isinstance(pattern, str) and pattern and (what := _pattern_fault(pattern)):
        yield "leaks.version", what
    for table, key, known in _WORDED:
        within = guide.get(table)
        listed = within.get(key) if isinstance(within, dict) else None
        for word in listed if isinstance(listed, list) else ():
            if isinstance(word, str) and word.strip() and word.lower() not in known:
                near = nearest(word, known) or f" (there are {', '.join(known)})"
                yield f"{table}.{key}", f'no word "{word}"{near}'


def _pattern_fault(pattern: str) -> str:
    try:
        found = re.compile(pattern)
    except re.error as exc:
        return f"is no regular expression: {exc}"
    return "fits every text, for it fits the empty one" if found.search("") else ""
