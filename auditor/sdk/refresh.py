"""Where a page sends its visitors on by itself, and after how many seconds (HTML Standard, section 4.2.5.3: refresh)."""

import re

__all__ = ["refreshed"]

_SPACE = "\t\n\f\r "
_MOST = 2_000
_TIME = re.compile(r"[\t\n\f\r ]*(?:([0-9]+)|(?=\.))[0-9.]*")
_BETWEEN = re.compile(r"[\t\n\f\r ]*[;,]?[\t\n\f\r ]*")
_URL = re.compile(r"url[\t\n\f\r ]*=[\t\n\f\r ]*", re.IGNORECASE)


def refreshed(content: str) -> tuple[float, str] | None:
    """Give the seconds and the reference, as written; an empty reference is the page itself. None where it says nothing."""
    content = content[:_MOST]
    time = _TIME.match(content)
    if time is None:
        return None
    seconds, rest = float((time[1] or "0")[:9]), content[time.end() :]
    if not rest:
        return seconds, ""
    if rest[0] not in f";,{_SPACE}":
        return None
    between = _BETWEEN.match(rest)
    rest = rest[between.end() :] if between else rest
    named = _URL.match(rest)
    rest = rest[named.end() :] if named else rest
    if rest[:1] in {"'", '"'}:
        rest = rest[1:].partition(rest[0])[0]
    return seconds, rest.strip(_SPACE)
