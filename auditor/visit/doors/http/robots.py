"""robots.txt (RFC 9309): asked once a host and visit, kept as evidence, obeyed."""

from collections.abc import Awaitable, Callable
from functools import partial

import anyio
from protego import Protego

from auditor.model.evidence import Exchange
from auditor.sdk.charset import decode
from auditor.visit.doors.http.aside import aside

__all__ = ["TOKEN", "Robots"]

TOKEN = "auditor"  # noqa: S105 - the name by which robots.txt may speak to us
_MOST_BYTES = 500 * 1024
_LONGEST_DELAY = 60.0


class Robots:
    """One visit's robots files by origin.

    4xx: everything is allowed. 5xx: nothing is (RFC 9309 section 2.3.1.4). A host that does not answer at all is not judged
    here: the page itself will say so.
    """

    def __init__(self, fetch: Callable[[str], Awaitable[Exchange]], threads: anyio.CapacityLimiter) -> None:
        """Take the function that fetches an origin's robots.txt, and the threads in which a large one is read."""
        self._fetch, self._threads = fetch, threads
        self._rules: dict[str, Protego | bool] = {}

    async def allows(self, url: str, origin: str) -> bool:
        """Tell whether an address may be asked for."""
        if origin not in self._rules:
            found = await self._fetch(origin)
            self._rules[origin] = await aside(partial(_read, found), len(found.body), threads=self._threads)
        rules = self._rules[origin]
        return rules if isinstance(rules, bool) else bool(rules.can_fetch(url, TOKEN))

    def delay(self, origin: str) -> float:
        """Give the pause a host asks for, in seconds."""
        rules = self._rules.get(origin)
        delay = None if rules is None or isinstance(rules, bool) else rules.crawl_delay(TOKEN)
        return min(float(delay), _LONGEST_DELAY) if delay else 0.0

    def sitemaps(self, origin: str) -> tuple[str, ...]:
        """Give the sitemaps it names."""
        rules = self._rules.get(origin)
        return () if rules is None or isinstance(rules, bool) else tuple(rules.sitemaps)[:20]


def _read(exchange: Exchange) -> Protego | bool:
    if exchange.status is None:
        return True
    if exchange.status >= 500:  # noqa: PLR2004 - the RFC's own class of codes
        return False
    if exchange.status >= 300 or "html" in exchange.media_type:  # noqa: PLR2004
        return True
    return Protego.parse(decode(exchange.body[:_MOST_BYTES], exchange.header("content-type")).text)
