"""A visit's cookies, by host: some portals send a visitor without one in circles."""

from urllib.parse import urlsplit

from auditor.model.evidence import Exchange

__all__ = ["Cookies"]

_MAX_COOKIES = 50
_MOST_OF_ONE = 4_096
"""Characters of a name and its value together; browsers keep no longer one (RFC 6265 section 6.1 asks for as many)."""
_MOST_OF_ALL = 16 * 1024
"""Characters of a whole Cookie header: what servers answer with 400 or 431 above that would be held against them."""


class Cookies:
    """Keeps what a host asks to be told again, for as long as the visit lasts, and never tells it to another host."""

    def __init__(self) -> None:
        """Begin without any."""
        self._jars: dict[str, dict[str, str]] = {}

    def of(self, url: str, besides: str = "") -> str:
        """Give the header's value for a request, empty if there is nothing to tell.

        ``besides`` is what a browser would say: what its scripts have set counts too, what the host has set comes first.
        """
        jar = self._jars.get(_host(url)) if self._jars else None
        if besides:
            pairs = (pair.strip().partition("=") for pair in besides.split(";")[:_MAX_COOKIES])
            said = {name: value for name, mark, value in pairs if mark and _can_be_told(name, value)}
            jar = _bounded({**said, **(jar or {})})
        return "; ".join(f"{name}={value}" for name, value in jar.items()) if jar else ""

    def take(self, exchange: Exchange) -> None:
        """Keep what an answer sets; the oldest make room."""
        for header in exchange.header_all("set-cookie"):
            jar = self._jars.setdefault(_host(exchange.url), {})
            name, _, value = (part.strip() for part in header.partition(";")[0].partition("="))
            if _can_be_told(name, value):
                jar[name] = value
                _bounded(jar)


def _can_be_told(name: str, value: str) -> bool:
    written = name + value
    return len(written) <= _MOST_OF_ONE and written.isascii() and written.isprintable()


def _bounded(jar: dict[str, str]) -> dict[str, str]:
    """Let the oldest go until the rest is few and short enough, and give it."""
    length = sum(len(name) + len(value) + len("=; ") for name, value in jar.items())
    while len(jar) > _MAX_COOKIES or length > _MOST_OF_ALL:
        oldest = next(iter(jar))
        length -= len(oldest) + len(jar.pop(oldest)) + len("=; ")
    return jar


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""
