"""A visit's cookies, by host: some portals send a visitor without one in circles."""

from urllib.parse import urlsplit

from auditor.model.evidence import Exchange

__all__ = ["Cookies"]

_MAX_COOKIES = 50


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
            jar = {**{name: value for name, mark, value in pairs if mark}, **(jar or {})}
        return "; ".join(f"{name}={value}" for name, value in jar.items()) if jar else ""

    def take(self, exchange: Exchange) -> None:
        """Keep what an answer sets; the oldest make room."""
        for header in exchange.header_all("set-cookie"):
            jar = self._jars.setdefault(_host(exchange.url), {})
            name, _, value = header.partition(";")[0].partition("=")
            if name.strip().isprintable() and value.isprintable() and name.strip().isascii() and value.isascii():
                jar[name.strip()] = value.strip()
            while len(jar) > _MAX_COOKIES:
                jar.pop(next(iter(jar)))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""
