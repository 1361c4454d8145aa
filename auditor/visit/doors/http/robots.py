"""robots.txt (RFC 9309): asked once a host and visit, kept as evidence, obeyed."""

from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

import anyio
from protego import Protego

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk.charset import decode
from auditor.sdk.outcome import cause_of
from auditor.sdk.unreached import robots_down
from auditor.visit.doors.http.aside import aside

__all__ = ["TOKEN", "Robots"]

TOKEN = "auditor"  # noqa: S105 - the name by which robots.txt may speak to us
_MOST_BYTES = 500 * 1024
_LONGEST_DELAY = 60.0


class Robots:
    """One visit's robots files by origin.

    4xx: everything is allowed. 5xx: nothing is (RFC 9309 section 2.3.1.4), and that is said of the server, not of its wishes. A
    host that does not answer at all is not judged here: the page itself will say so.
    """

    def __init__(self, fetch: Callable[[str], Awaitable[Exchange]], threads: anyio.CapacityLimiter) -> None:
        """Take the function that fetches an origin's robots.txt, and the threads in which a large one is read."""
        self._fetch, self._threads = fetch, threads
        self._rules: dict[str, Protego | None] = {}
        self._down: dict[str, tuple[Cause, str]] = {}

    async def refusal(self, url: str, origin: str) -> tuple[Cause, str] | None:
        """Give why an address may not be asked for, None if it may be."""
        if origin not in self._rules:
            found = await self._fetch(origin)
            if (found.status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self._down[origin] = (cause_of(found) or Cause.HTTP_5XX, robots_down(found.url, found.status or 0))
            self._rules[origin] = await aside(partial(_read, found), len(found.body), threads=self._threads)
        if origin in self._down:
            return self._down[origin]
        rules = self._rules[origin]
        return None if rules is None or rules.can_fetch(url, TOKEN) else (Cause.ROBOTS, "robots.txt asks us not to")

    def delay(self, origin: str) -> float:
        """Give the pause a host asks for, in seconds."""
        rules = self._rules.get(origin)
        delay = rules.crawl_delay(TOKEN) if rules is not None else None
        return min(float(delay), _LONGEST_DELAY) if delay else 0.0

    def sitemaps(self, origin: str) -> tuple[str, ...]:
        """Give the sitemaps it names."""
        rules = self._rules.get(origin)
        return tuple(rules.sitemaps)[:20] if rules is not None else ()


def _read(exchange: Exchange) -> Protego | None:
    status = exchange.status
    if status is None or status >= HTTPStatus.MULTIPLE_CHOICES or "html" in exchange.media_type:
        return None
    return Protego.parse(decode(exchange.body[:_MOST_BYTES], exchange.header("content-type")).text)
