"""Answers the browser through the visit's own HTTP door: each address once a visit, so many a page, and nothing that changes."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import anyio

from auditor.clock import Clock
from auditor.model.evidence import Chain, Exchange
from auditor.model.visit import Cause
from auditor.sdk.doors import HttpDoor
from auditor.sdk.limits import MIB
from auditor.visit.doors.browser.passing import EMPTY, Asked, Given, ending_of, given_of, refusal

__all__ = ["Supply"]

_MEMORY = 32 * MIB
_MOST_KEPT = 1_000
_MOST_BLOCKED = 50
_MOST_DOCUMENTS = 40
"""So many documents, frames and reloads among them, does one page get; then it stays as it stands."""
_FORBIDDEN = 403

Key = tuple[str, str, str]


class Supply:
    """One visit's answers. Between ``begin`` and the next one they are for one page.

    ``requests`` went out to sites for the page; ``blocked`` names what did not.
    """

    def __init__(self, http: HttpDoor, clock: Clock, *, most: int) -> None:
        """Ask through this door, at most so many times a page."""
        self._http, self._clock, self._most = http, clock, most
        self._kept: OrderedDict[Key, Chain] = OrderedDict()
        self._bytes = 0
        self.begin("")

    def begin(self, why: str) -> None:
        """Begin with another page, for this reason. What is known of the site stays."""
        self._why = why
        self._left = self._most
        self._under_way = 0
        self._over = False
        self._documents = 0
        self._moved = self._clock.monotonic()
        self._ends: OrderedDict[str, Exchange] = OrderedDict()
        self._asking: dict[Key, anyio.Lock] = {}
        self.requests = 0
        self.blocked: list[str] = []

    @property
    def under_way(self) -> int:
        """Give how many requests are not answered yet."""
        return self._under_way

    @property
    def quiet(self) -> float:
        """Give for how many seconds nothing has been asked or answered; 0 while something is under way."""
        return 0.0 if self._under_way else self._clock.monotonic() - self._moved

    def end_of(self, url: str) -> Exchange | None:
        """Give how it ended when this page asked for an address: the exchange without its body, its cause the final one."""
        return self._ends.get(url)

    def stir(self) -> None:
        """Note that the browser is about to ask for something."""
        self._moved = self._clock.monotonic()

    def finish(self) -> None:
        """Give no more documents for this page: what stands there shall not go away any more."""
        self._over = True

    def block(self, what: str) -> None:
        """Note a request that is not let out."""
        if what not in self.blocked and len(self.blocked) < _MOST_BLOCKED:
            self.blocked.append(what)

    async def answer(self, asked: Asked) -> Given:
        """Answer a request."""
        if not asked.is_harmless:
            self.block(asked.named)
            return EMPTY[False] if asked.is_document else refusal(_FORBIDDEN, f"a visit never sends {asked.named}")
        self._documents += asked.is_document
        if not asked.is_read or (asked.is_document and (self._over or self._documents > _MOST_DOCUMENTS)):
            return EMPTY[asked.kind == "image"]
        with self._moving():
            chain = await self._once(asked)
        ending = ending_of(chain)
        self._end(asked.url, replace(ending, body=b""))
        if not any(exchange.record for exchange in chain.exchanges):
            self.block(asked.named)
        return given_of(ending)

    async def _once(self, asked: Asked) -> Chain:
        """Give what is known, or ask. A document is another one for who carries other cookies."""
        key = (asked.method, asked.url, asked.headers.get("cookie", "") if asked.is_document else "")
        async with self._asking.setdefault(key, anyio.Lock()):
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            if self._left <= 0:
                return self._refused(asked)
            self._left -= 1
            why = f"{self._why} (in the browser: {asked.kind[:20]})"
            chain = await self._http.get(asked.url, why=why, method=asked.method, headers=asked.onward, follow=False)
            self.requests += sum(exchange.record is not None for exchange in chain.exchanges)
            self._keep(key, chain)
            return chain

    def _refused(self, asked: Asked) -> Chain:
        detail = f"more than {self._most} requests for one page"
        last = Exchange(url=asked.url, method=asked.method, at=self._clock.now(), cause=Cause.BUDGET, detail=detail)
        return Chain(hops=(last,), cause=Cause.BUDGET)

    def _keep(self, key: Key, chain: Chain) -> None:
        """Remember an answer; the oldest make room."""
        slim = Chain(hops=(chain.final,), cause=chain.cause)
        self._kept[key] = slim
        self._bytes += len(slim.final.body)
        while len(self._kept) > _MOST_KEPT or (self._bytes > _MEMORY and len(self._kept) > 1):
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.final.body)

    def _end(self, url: str, exchange: Exchange) -> None:
        self._ends[url] = exchange
        while len(self._ends) > _MOST_KEPT:
            self._ends.popitem(last=False)

    @contextmanager
    def _moving(self) -> Iterator[None]:
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._moved = self._clock.monotonic()
