"""The HTTP door: one request after another, each paced, guarded, bounded and recorded; blame is found before it is given."""

import ssl
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urldefrag, urljoin, urlsplit

import anyio
import httpcore
import httpx

from auditor.clock import Clock
from auditor.model.evidence import Chain, Cut, Exchange
from auditor.model.visit import Cause
from auditor.sdk.limits import Limits
from auditor.visit.doors.dns import GONE, NoAddress, Resolver
from auditor.visit.doors.guard import Guard, Refusal, Target
from auditor.visit.doors.inflate import ENCODINGS, inflate
from auditor.visit.doors.politeness import Gates
from auditor.visit.doors.robots import Robots
from auditor.visit.doors.wire import PinnedTransport, tls_context

__all__ = ["Http", "HttpSettings", "Links", "Recorder"]

METHODS = ("GET", "HEAD", "OPTIONS")
_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_HEADERS = 200
_MAX_HEADER = 8_192
_MAX_COOKIES = 50
_DOUBTFUL = {Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.TIMEOUT, Cause.PROTOCOL}
"""Causes that a second try, over a fresh connection, must confirm before anybody is blamed."""
_MAX_ERRORS = 20
_MAX_SILENT = 3
_POLL = 0.1


class Recorder(Protocol):
    """Keeps what came over the wire."""

    def exchange(self, exchange: Exchange) -> Exchange:
        """Keep an exchange; give it with its digest and record set."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """How to go out; made once and shared by every visit."""

    user_agent: str
    retry_pause: float
    connections: int
    trust: tuple[Path, ...] = ()
    controls: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Links:
    """What all visits of a process share: the resolver, the gates, TLS contexts, and who answered us lately."""

    settings: HttpSettings
    clock: Clock
    resolver: Resolver
    guard: Guard
    gates: Gates
    answered: set[str] = field(default_factory=set)
    patience: int = 0
    """How many tenths of a second a run waits for another of its sites to answer before it calls a failure ambiguous."""

    def __post_init__(self) -> None:
        """Make both contexts once: each costs milliseconds."""
        self.strict = tls_context(self.settings.trust, verify=True)
        self.lenient = tls_context(self.settings.trust, verify=False)

    async def blame(self, host: str, cause: Cause) -> Cause:
        """Say whose fault a confirmed failure is: theirs when somebody else answers us, ours when no control does, else open."""
        if self.settings.controls:
            for url in self.settings.controls:
                if await self._answers(url):
                    return cause
            return Cause.OWN_LINK
        for _ in range(self.patience):
            if self.answered - {host}:
                return cause
            await anyio.sleep(_POLL)
        return cause if self.answered - {host} else Cause.AMBIGUOUS

    async def _answers(self, url: str) -> bool:
        try:
            target = self.guard.target(url if "://" in url else f"https://{url}/")
            places = [target.mapped] if target.mapped else [(a, target.port) for a in await self.resolver.addresses(target.host)]
            with anyio.fail_after(5):
                stream = await anyio.connect_tcp(*places[0])
                await stream.aclose()
        except (Refusal, NoAddress, OSError, TimeoutError, anyio.ConnectionFailed):
            return False
        return True


class Http:
    """One visit's HTTP door. Use it as an async context manager; its connections end with the visit."""

    def __init__(self, links: Links, recorder: Recorder, limits: Limits) -> None:
        """Open a door that records into ``recorder``; ``limits`` bound a request that brings none of its own."""
        self._links, self._recorder, self._limits = links, recorder, limits
        self._transports: dict[tuple[str, int, bool], PinnedTransport] = {}
        self._cookies: dict[str, dict[str, str]] = {}
        self._weak: dict[tuple[str, int], str] = {}
        self._dead: dict[tuple[str, int], tuple[Cause, str]] = {}
        self._silent: Counter[tuple[str, int]] = Counter()
        self._spoken: set[tuple[str, int]] = set()
        self._errors = 0
        self._retired: list[PinnedTransport] = []
        self._robots = Robots(self._fetch_robots)

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
    ) -> Chain:
        """Ask for a URL; see ``auditor.sdk.doors.HttpDoor``.

        Raises:
            ValueError: the method would change something.
        """
        if method not in METHODS:
            raise ValueError(f"a visit never sends {method}")
        ask = _Ask(
            why=why, method=method, headers=dict(headers or {}), follow=follow, robots=robots, limits=limits or self._limits
        )
        hops = await self._follow(url, ask)
        last = hops[-1]
        place = _place(last.url)
        if not self._in_doubt(last) or place in self._dead or last.detail.endswith(GONE):
            return Chain(hops=hops, cause=last.cause)
        self._retire()
        await anyio.sleep(self._links.settings.retry_pause)
        again = await self._follow(url, ask)
        if again[-1].cause not in _DOUBTFUL:
            return Chain(hops=hops, confirmed=again, cause=again[-1].cause)
        cause = await self._links.blame(place[0], again[-1].cause or Cause.AMBIGUOUS)
        if again[-1].status is None:
            self._bury(_place(again[-1].url), cause, again[-1])
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

    async def _follow(self, url: str, ask: "_Ask") -> tuple[Exchange, ...]:
        hops: list[Exchange] = []
        been: set[tuple[str, str]] = set()
        deadline = self._links.clock.monotonic() + ask.limits.seconds
        while True:
            been.add((url, self._cookie(url)))
            left = deadline - self._links.clock.monotonic()
            exchange = await self._hop(url, ask, max(left, 0.05))
            location = exchange.header("location") if exchange.status in _REDIRECTS else None
            if exchange.cause or not ask.follow or not location:
                hops.append(exchange)
                return tuple(hops)
            hops.append(exchange)
            try:
                url = urldefrag(urljoin(exchange.url, location.strip()))[0]
            except ValueError:
                url = location
            if (url, self._cookie(url)) in been or len(hops) > ask.limits.hops:
                what = "the redirects come back to where they began" if len(hops) <= ask.limits.hops else "too many redirects"
                cut = None if len(hops) <= ask.limits.hops else Cut.HOPS
                hops[-1] = replace(hops[-1], cause=Cause.REDIRECTS, detail=what, cut=cut)
                return tuple(hops)

    async def _hop(self, url: str, ask: "_Ask", seconds: float) -> Exchange:
        """Make one request, or say why it is not made."""
        base = Exchange(url=url, method=ask.method, at=self._links.clock.now(), why=ask.why)
        try:
            target = self._links.guard.target(url)
        except Refusal as exc:
            return replace(base, cause=Cause.REDIRECTS, detail=str(exc))
        place = (target.host, target.port)
        if place in self._dead:
            cause, detail = self._dead[place]
            return replace(base, cause=cause, detail=f"not asked again in this visit: {detail}")
        if ask.robots and not await self._robots.allows(url, _origin(target)):
            return replace(base, cause=Cause.ROBOTS, detail="robots.txt asks us not to")
        gate = self._links.gates.of(target.host)
        gate.slow_to(self._robots.delay(_origin(target)))
        async with gate.enter():
            base = replace(base, at=self._links.clock.now())
            exchange = await self._timed(base, target, ask, seconds)
        gate.answered(exchange.status, exchange.header("retry-after"), exchange.at)
        if exchange.status is not None:
            self._links.answered.add(target.host)
            self._spoken.add(place)
            self._silent[place] = 0
            self._take_cookies(exchange)
        return self._recorder.exchange(exchange) if exchange.status is not None else exchange

    async def _timed(self, base: Exchange, target: Target, ask: "_Ask", seconds: float) -> Exchange:
        """Make the request, and once more without verification: a bad certificate or protocol leaves the content readable."""
        place = (target.host, target.port)
        exchange = await self._once(base, target, ask, seconds, verify=place not in self._weak)
        if exchange.cause is Cause.TLS and place not in self._weak:
            weak = await self._once(base, target, ask, seconds, verify=False)
            if weak.status is not None:
                self._weak[place] = exchange.detail
                exchange = weak
        return replace(exchange, unverified=self._weak.get(place, "")) if exchange.status is not None else exchange

    async def _once(self, base: Exchange, target: Target, ask: "_Ask", seconds: float, *, verify: bool) -> Exchange:
        transport = self._transport(target, verify=verify)
        started = self._links.clock.monotonic()
        partial = _Partial(base)
        try:
            with anyio.move_on_after(seconds) as scope:
                headers = self._headers(base.url, ask)
                request = httpx.Request(ask.method, base.url, headers=headers, extensions={"timeout": _timeouts(seconds)})
                partial.sent = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in request.headers.raw)
                await self._exchange(transport, request, partial, ask.limits, started)
            if scope.cancelled_caught:
                partial.fail(Cause.TIMEOUT, f"no end after {seconds:.1f} s", cut=Cut.SECONDS)
        except NoAddress as exc:
            partial.fail(exc.cause, exc.detail)
        except (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError) as exc:
            partial.fail(Cause.TIMEOUT, _words(exc))
        except (httpcore.ConnectError, httpx.ConnectError) as exc:
            partial.fail(Cause.TLS if _is_tls(exc) else Cause.CONNECT, _words(exc))
        except (httpcore.NetworkError, httpx.NetworkError, OSError) as exc:
            partial.fail(Cause.TLS if _is_tls(exc) else Cause.CONNECT, _words(exc))
        except (httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as exc:
            partial.fail(Cause.PROTOCOL, _words(exc))
        return partial.exchange(ask.limits, f"{self._links.clock.monotonic() - started:.3f}")

    async def _exchange(
        self, transport: PinnedTransport, request: httpx.Request, partial: "_Partial", limits: Limits, started: float
    ) -> None:
        response = await transport.handle_async_request(request)
        try:
            stream = response.extensions.get("network_stream")
            peer = stream.get_extra_info("server_addr") if stream is not None else None
            partial.head(response, str(peer[0]) if peer else None, f"{self._links.clock.monotonic() - started:.3f}")
            async for chunk in response.aiter_raw():
                partial.raw += chunk
                if len(partial.raw) > limits.wire:
                    partial.fail(Cause.TOO_LARGE, f"more than {limits.wire} bytes on the wire", cut=Cut.WIRE)
                    break
        finally:
            await response.aclose()

    def _headers(self, url: str, ask: "_Ask") -> dict[str, str]:
        own = {
            "User-Agent": self._links.settings.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "vi,en;q=0.5",
            "Accept-Encoding": ", ".join(ENCODINGS),
            **ask.headers,
        }
        cookie = self._cookie(url)
        return {**own, "Cookie": cookie} if cookie else own

    def _transport(self, target: Target, *, verify: bool) -> PinnedTransport:
        """Give the host's small pool. No httpx client stands above it: we follow redirects and carry cookies ourselves."""
        key = (target.host, target.port, verify)
        if key not in self._transports:
            context = self._links.strict if verify else self._links.lenient
            connections = self._links.settings.connections
            self._transports[key] = PinnedTransport(self._links.resolver, self._links.guard, context, connections=connections)
        return self._transports[key]

    def _retire(self) -> None:
        """Let every new request make a fresh connection; those under way elsewhere in this visit end in peace."""
        self._retired += self._transports.values()
        self._transports = {}

    async def _close(self) -> None:
        self._retire()
        transports, self._retired = self._retired, []
        with anyio.CancelScope(shield=True):
            for transport in transports:
                await transport.aclose()

    def _cookie(self, url: str) -> str:
        jar = self._cookies.get(_place(url)[0], {})
        return "; ".join(f"{name}={value}" for name, value in jar.items())

    def _take_cookies(self, exchange: Exchange) -> None:
        """Keep a visit's cookies by host: some portals send a visitor without one in circles."""
        jar = self._cookies.setdefault(_place(exchange.url)[0], {})
        for header in exchange.header_all("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            if name.strip().isprintable() and value.isprintable() and name.strip().isascii() and value.isascii():
                jar[name.strip()] = value.strip()
            while len(jar) > _MAX_COOKIES:
                jar.pop(next(iter(jar)))

    async def _fetch_robots(self, origin: str) -> Exchange:
        ask = _Ask(why="robots.txt", method="GET", headers={}, follow=True, robots=False, limits=replace(self._limits, hops=5))
        return (await self._follow(f"{origin}/robots.txt", ask))[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    why: str
    method: str
    headers: dict[str, str]
    follow: bool
    robots: bool
    limits: Limits


class _Partial:
    """An exchange while it goes on: whatever ends it, what came until then is kept."""

    def __init__(self, base: Exchange) -> None:
        self._exchange = base
        self.sent: tuple[tuple[str, str], ...] = ()
        self.raw = bytearray()

    def head(self, response: httpx.Response, address: str | None, seconds: str) -> None:
        """Take the answer's head, its headers bounded in number and length."""
        pairs = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers.raw[:_MAX_HEADERS]]
        version = response.extensions.get("http_version", b"")
        self._exchange = replace(
            self._exchange,
            status=response.status_code,
            reason=response.extensions.get("reason_phrase", b"").decode("latin-1")[:200],
            http_version=version.decode("ascii", "replace") if isinstance(version, bytes) else str(version),
            headers=tuple((name[:_MAX_HEADER], value[:_MAX_HEADER]) for name, value in pairs),
            address=address,
            first_byte_seconds=seconds,
        )

    def fail(self, cause: Cause, detail: str, *, cut: Cut | None = None) -> None:
        """Note why it ended."""
        self._exchange = replace(self._exchange, cause=cause, detail=detail[:500], cut=cut)

    def exchange(self, limits: Limits, seconds: str) -> Exchange:
        """Give the exchange, its body decoded under the limit."""
        found = replace(self._exchange, seconds=seconds, request_headers=self.sent, wire_bytes=len(self.raw))
        if found.status is None:
            return found
        encoding = ", ".join(found.header_all("content-encoding"))
        result = inflate(bytes(self.raw[: limits.wire]), encoding, limit=limits.decoded, whole=found.cause is None)
        if result.cut and found.cause is None:
            found = replace(found, cause=Cause.TOO_LARGE, cut=Cut.DECODED, detail=f"more than {limits.decoded} bytes decoded")
        elif result.broken and found.cause is None and self.raw:
            found = replace(found, cause=Cause.PROTOCOL, detail=result.broken)
        return replace(found, body=result.body)


def _timeouts(seconds: float) -> dict[str, float]:
    """Give httpcore's own limits on each step; the deadline over the whole stands above them."""
    return dict.fromkeys(("connect", "read", "write", "pool"), seconds)


def _place(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower().rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "", 0


def _origin(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    default = 443 if target.scheme == "https" else 80
    return f"{target.scheme}://{host}" + ("" if target.port == default else f":{target.port}")


def _is_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return "SSL" in str(error) or "CERTIFICATE" in str(error)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
