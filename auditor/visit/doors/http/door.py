"""The HTTP door: one request after another, each paced, guarded, bounded and recorded; blame is found before it is given."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Self

import anyio
import httpcore
import httpx

from auditor.model.evidence import Chain, Cut, Exchange
from auditor.model.visit import Cause
from auditor.sdk.limits import Limits
from auditor.sdk.locations import located
from auditor.visit.doors.dns.door import NoAddress
from auditor.visit.doors.guard import Refusal, Target
from auditor.visit.doors.http.aside import aside
from auditor.visit.doors.http.asking import Ask, Left, headers_of, origin_of, place_of
from auditor.visit.doors.http.away import Away
from auditor.visit.doors.http.connect import NEWEST_FIRST, PLAIN_FIRST
from auditor.visit.doors.http.cookies import Cookies
from auditor.visit.doors.http.links import HttpSettings, Links
from auditor.visit.doors.http.partial import Partial
from auditor.visit.doors.http.recorder import Recorder
from auditor.visit.doors.http.remembered import Memory, Remembered, expected
from auditor.visit.doors.http.request import Request, request_of
from auditor.visit.doors.http.robots import Robots
from auditor.visit.doors.http.verified import verified_first
from auditor.visit.doors.http.wire import Wire
from auditor.visit.doors.lacks import lost

__all__ = ["Http", "HttpSettings", "Links"]

METHODS = ("GET", "HEAD", "OPTIONS")
_REDIRECTS = {301, 302, 303, 307, 308}
_DOUBTFUL = {Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.TIMEOUT, Cause.PROTOCOL}
"""Causes that a second try, over a fresh connection, must confirm before anybody is blamed."""
_LEAST_SECONDS = 0.05
_MAX_ERRORS = 20
_MAX_SILENT = 3


class Http:
    """One visit's HTTP door. Use it as an async context manager; its connections end with the visit."""

    def __init__(self, links: Links, recorder: Recorder, limits: Limits, memory: Memory | None = None) -> None:
        """Open a door that records into ``recorder``; ``limits`` bound requests without their own, ``memory`` is of before."""
        self._links, self._recorder, self._limits = links, recorder, limits
        self._wires: dict[tuple[str, str, int, bool, bool], Wire] = {}
        self._cookies = Cookies()
        self._weak: dict[tuple[str, int], str] = {}
        self._dead: dict[tuple[str, int], tuple[Cause, str]] = {}
        self._gone: set[str] = set()
        self._away = Away(links.gates)
        self._silent: Counter[tuple[str, int]] = Counter()
        self._spoken: set[tuple[str, int]] = set()
        self._errors = 0
        self._retired: list[Wire] = []
        self._robots = Robots(self._fetch_robots, links.threads)
        self._remembered = Remembered(memory, links.threads)
        self._keeping = anyio.Lock(fast_acquire=True)

    async def __aenter__(self) -> Self:
        """Give the door."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close every connection."""
        await self._close()

    async def get(
        self,
        url: str,
        *,
        why: str,
        limits: Limits | None = None,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
        robots: bool = True,
        revalidate: bool = False,
        newest: bool = False,
    ) -> Chain:
        """Ask for a URL; see ``auditor.sdk.doors.HttpDoor``.

        Raises:
            ValueError: the method would change something.
        """
        if method not in METHODS:
            raise ValueError(f"a visit never sends {method}")
        ask = Ask(
            why=why,
            method=method,
            headers=dict(headers or {}),
            follow=follow,
            robots=robots,
            limits=limits or self._limits,
            revalidate=revalidate,
            newest=newest,
        )
        return await self._confirmed(url, ask)

    async def _confirmed(self, url: str, ask: Ask) -> Chain:
        """Follow a request, and once more where that failed: only what fails twice has a blame."""
        hops = await self._follow(url, ask)
        last, place = hops[-1], place_of(hops[-1].url)
        gone = last.cause is Cause.DNS and place[0] in self._gone
        if not self._in_doubt(last) or gone or place in self._dead or self._is_away(place[0], hops):
            return Chain(hops=hops, cause=last.cause)
        self._retire()
        await anyio.sleep(self._links.settings.retry_pause)
        newest = ask.newest and last.cause is None  # what only HTTP/2 fails by is there for all others; a 503 is no such failure
        again = await self._follow(url, replace(ask, newest=newest))
        if again[-1].cause not in _DOUBTFUL:
            self._remembered.stop()  # it may have been our validators that the first try failed by
            return Chain(hops=hops, confirmed=again, cause=again[-1].cause)
        cause = await self._links.blame(place[0], again[-1].cause or Cause.AMBIGUOUS)
        if again[-1].status is None:
            self._bury(place_of(again[-1].url), cause, again[-1])
        return Chain(hops=hops, confirmed=again, cause=cause)

    def _in_doubt(self, exchange: Exchange) -> bool:
        """Tell whether a failure needs a second try: every lost connection, and the first few errors of a server."""
        if exchange.cause is None and (exchange.status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._errors += 1
            return self._errors <= _MAX_ERRORS
        return exchange.cause in _DOUBTFUL

    def _bury(self, place: tuple[str, int], cause: Cause, last: Exchange) -> None:
        """Ask a place no more in this visit: at once when nobody is there, after a few silent pages when somebody is."""
        self._silent[place] += 1
        if last.cause not in {Cause.TIMEOUT, Cause.PROTOCOL} or place not in self._spoken or self._silent[place] >= _MAX_SILENT:
            self._dead[place] = (cause, last.detail)

    async def _follow(self, url: str, ask: Ask) -> tuple[Exchange, ...]:
        hops: list[Exchange] = []
        been: set[tuple[str, str]] = set()
        left = Left(ask.limits.seconds)
        while True:
            been.add((url, self._cookies.of(url)))
            exchange = await self._hop(url, ask, left)
            location = exchange.header("location") if exchange.status in _REDIRECTS else None
            if exchange.cause or not ask.follow or not location:
                hops.append(exchange)
                return tuple(hops)
            hops.append(exchange)
            url = located(exchange.url, location)
            if (url, self._cookies.of(url)) in been or len(hops) > ask.limits.hops:
                what = "the redirects come back to where they began" if len(hops) <= ask.limits.hops else "too many redirects"
                cut = None if len(hops) <= ask.limits.hops else Cut.HOPS
                hops[-1] = replace(hops[-1], cause=Cause.REDIRECTS, detail=what, cut=cut)
                return tuple(hops)

    async def _hop(self, url: str, ask: Ask, left: Left) -> Exchange:
        """Make one request, or say why it is not made."""
        try:
            target = self._links.guard.target(url)
        except Refusal as exc:
            return self._unasked(url, ask, Cause.REDIRECTS, str(exc))
        place, origin = (target.host, target.port), origin_of(target)
        if place in self._dead:
            cause, detail = self._dead[place]
            return self._unasked(url, ask, cause, f"not asked again in this visit: {detail}")
        if (word := self._away.word(url, target.host, ask)) or (word := await self._refused(url, origin, ask)):
            return self._unasked(url, ask, *word)
        gate = self._links.gates.of(target.host)
        gate.slow_to(self._robots.delay(origin))
        asked, page = await self._remembered.asking(url, ask, self._headers(url, ask))
        async with gate.enter(closed_too=self._away.may_check(url, target.host, ask)):
            if word := self._away.word(url, target.host, ask):
                return self._unasked(url, ask, *word)
            base = Exchange(url=url, method=ask.method, at=self._links.clock.now(), why=ask.why)
            exchange = expected(await self._timed(base, target, asked, left))
        self._away.heard(target.host, exchange)
        if exchange.status is None:
            return exchange
        self._heard(exchange, target)
        same = await self._remembered.confirmed(exchange, page, ask.limits.decoded) if page else None
        kept = await self._keep(exchange, same)
        return kept if same or not page or self._remembered.believes(kept) else await self._hop(url, ask, left)

    def _heard(self, exchange: Exchange, target: Target) -> None:
        """Remember that a place answered. Who fell silent within his answer proves nothing of our link."""
        place = (target.host, target.port)
        if exchange.address and exchange.cause not in _DOUBTFUL:
            port = target.mapped[1] if target.mapped else target.port
            self._links.answers.heard(target.host, (exchange.address, port))
        self._spoken.add(place)
        self._silent[place] = 0
        self._cookies.take(exchange)

    async def _keep(self, exchange: Exchange, same: Exchange | None) -> Exchange:
        async with self._keeping:
            if same is not None:
                return self._recorder.unchanged(exchange, same)
            return await aside(partial(self._recorder.exchange, exchange), len(exchange.body), threads=self._links.threads)

    async def _refused(self, url: str, origin: str, ask: Ask) -> tuple[Cause, str] | None:
        return await self._robots.refusal(url, origin) if ask.robots else None

    def _is_away(self, host: str, hops: tuple[Exchange, ...]) -> bool:
        """Tell whether a host wants nobody to come back soon, as its last answer may have said."""
        self._away.led(host, hops)
        return self._away.wants(host) is not None

    def _unasked(self, url: str, ask: Ask, cause: Cause, detail: str) -> Exchange:
        written = url.encode("utf-8", "backslashreplace").decode()
        return Exchange(url=written, method=ask.method, at=self._links.clock.now(), why=ask.why, cause=cause, detail=detail)

    async def _timed(self, base: Exchange, target: Target, ask: Ask, left: Left) -> Exchange:
        """Make the request, and once more without verification: a bad certificate or protocol leaves the content readable."""
        return await verified_first(partial(self._once, base, target, ask, left), (target.host, target.port), self._weak)

    async def _once(self, base: Exchange, target: Target, ask: Ask, left: Left, *, verify: bool) -> Exchange:
        wire, seconds = self._wire(target, verify=verify, newest=ask.newest), max(left.seconds, _LEAST_SECONDS)
        started = self._links.clock.monotonic()
        so_far, stood = Partial(base), wire.stood
        try:
            with anyio.move_on_after(seconds) as scope:
                # No step has a clock of its own: this scope's stands above them all.
                request = request_of(ask.method, base.url, self._headers(base.url, ask))
                so_far.sent(request.headers)
                await self._exchange(wire, request, so_far, ask.limits, started)
            if scope.cancelled_caught:
                so_far.fail(Cause.TIMEOUT, f"no end after {seconds:.1f} s", cut=Cut.SECONDS)
                so_far.stood(wire.stood if wire.stood is not stood else None)
        except NoAddress as exc:
            self._gone |= {target.host} if exc.gone else set()
            so_far.fail(exc.cause, exc.detail)
        except (httpcore.TimeoutException, TimeoutError) as exc:
            so_far.fail(Cause.TIMEOUT, _words(exc))
        except (httpcore.NetworkError, OSError) as exc:
            so_far.fail(lost(exc), _words(exc))
        except (httpcore.ProtocolError, httpx.InvalidURL, ValueError) as exc:
            so_far.fail(Cause.PROTOCOL, _words(exc))
        took = self._links.clock.monotonic() - started
        left.seconds -= took
        return await so_far.exchange(ask.limits, f"{took:.3f}", self._links.threads)

    async def _exchange(self, wire: Wire, request: Request, so_far: Partial, limits: Limits, started: float) -> None:
        answer = await wire.ask(request)
        try:
            so_far.head(answer, seconds=f"{self._links.clock.monotonic() - started:.3f}")
            async for piece in answer.pieces():
                so_far.raw += piece
                if len(so_far.raw) > limits.wire:
                    so_far.fail(Cause.TOO_LARGE, f"more than {limits.wire} bytes on the wire", cut=Cut.WIRE)
                    break
        finally:
            await wire.done(answer)

    def _headers(self, url: str, ask: Ask) -> dict[str, str]:
        return headers_of(ask, self._links.settings.user_agent, self._cookies.of(url, ask.headers.get("Cookie", "")))

    def _wire(self, target: Target, *, verify: bool, newest: bool) -> Wire:
        """Give the host's few connections. No client stands above them: we follow redirects and carry cookies ourselves."""
        key = (target.scheme, target.host, target.port, verify, newest)
        if key not in self._wires:
            contexts = partial(self._links.context, verify=verify) if target.scheme == "https" else None
            offers = NEWEST_FIRST if newest else PLAIN_FIRST
            pause = self._links.settings.retry_pause
            self._wires[key] = Wire(self._links.resolver, self._links.guard, contexts, offers, pause=pause)
        return self._wires[key]

    def _retire(self) -> None:
        """Let every new request make a fresh connection; those under way elsewhere in this visit end in peace."""
        self._retired += self._wires.values()
        self._wires = {}

    async def _close(self) -> None:
        self._retire()
        wires, self._retired = self._retired, []
        with anyio.CancelScope(shield=True):
            for wire in wires:
                await wire.aclose()

    async def _fetch_robots(self, origin: str) -> Exchange:
        """Ask for robots.txt, and once more after a server's error, which closes the whole site to us."""
        ask = Ask(why="robots.txt", method="GET", headers={}, follow=True, robots=False, limits=replace(self._limits, hops=5))
        hops = await self._follow(f"{origin}/robots.txt", ask)
        failed = hops[-1].cause is None and (hops[-1].status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
        if failed and not self._is_away(place_of(hops[-1].url)[0], hops):
            await anyio.sleep(self._links.settings.retry_pause)
            hops = await self._follow(f"{origin}/robots.txt", ask)
        return hops[-1]


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
