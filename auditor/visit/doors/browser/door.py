"""The browser's door: what a run shares of it, and the door that a visit is given."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urldefrag

import anyio

from auditor.clock import Clock
from auditor.model.evidence import Cut, Exchange, Proof
from auditor.model.visit import Cause
from auditor.sdk.doors import HttpDoor, Rendered
from auditor.visit.doors.browser.chromium import Chromium, Lacking, Way
from auditor.visit.doors.browser.proxy import USER, Proxy
from auditor.visit.doors.browser.supply import Supply
from auditor.visit.doors.browser.tab import Stood, Tab, fence
from auditor.visit.doors.http.aside import aside

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

__all__ = ["BrowserBounds", "BrowserVisit", "Browsers"]

_AT_ONCE = 2
_TRIES = 2
"""A page whose browser went away under it, perhaps through another's fault, is opened once more."""
_GRACE = 20.0
"""Seconds after a page's own in which it is stopped, written down, pictured and closed."""
_LAST_REQUESTS, _CLOSE_SECONDS, _POLL = 2.0, 5.0, 0.05
_HTML = "text/html; charset=utf-8"
_REDIRECTS = (
    "ERR_TOO_MANY_REDIRECTS",
    "ERR_UNSAFE_REDIRECT",
    "ERR_INVALID_REDIRECT",
    "ERR_UNKNOWN_URL_SCHEME",
    "ERR_INVALID_URL",
)
_MOVED = range(300, 400)
_NO_PAGE = ("ERR_ABORTED", "Download is starting")

_BARE = "ERR_HTTP_RESPONSE_CODE_FAILURE"
"""An error of the server with nothing in it, for which Chromium has words of its own: an answer all the same, and empty."""

Keep = Callable[[bytes, str, str | None], Proof]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserBounds:
    """How many pages a run may open, and what one of them may take: seconds, requests, bytes of its document."""

    pages: int
    seconds: float
    requests: int
    document: int


class Browsers:
    """What all visits of a run share: one Chromium, the pages that are left, and two turns."""

    def __init__(
        self, executable: str, bounds: BrowserBounds, user_agent: str, clock: Clock, threads: anyio.CapacityLimiter
    ) -> None:
        """Set the bounds; nothing is launched yet. ``threads`` bounds what is written beside the event loop."""
        self.bounds, self.clock, self.threads = bounds, clock, threads
        self.chromium = Chromium(executable, user_agent, clock)
        self._left = bounds.pages
        self._turns = anyio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until a page may be opened."""
        async with self._turns:
            yield

    def take(self) -> bool:
        """Take one of the run's pages; false when they are used up."""
        self._left -= 1
        return self._left >= 0

    async def aclose(self) -> None:
        """End the browser."""
        await self.chromium.aclose()


@dataclass(slots=True)
class _Corner:
    """A visit's part of the browser, made when its first page is opened."""

    browser: "Browser"
    context: "BrowserContext"
    proxy: Proxy
    fenced: bool = False


class BrowserVisit:
    """One visit's browser; see ``auditor.sdk.doors.BrowserDoor``. Use it as an async context manager.

    Its pages are opened one after the other. Pictures, sound, fonts, plug-ins and frames of other sites are not fetched: we
    are guests, and read text. So the screenshot shows a page without its pictures. Everything else that a page asks for by
    GET goes out through the visit's own HTTP door.
    """

    def __init__(self, shared: Browsers, http: HttpDoor, keep: Keep) -> None:
        """Open a door; what a page becomes is kept by ``keep``."""
        self._shared, self._keep = shared, keep
        self._supply = Supply(http, shared.clock, most=shared.bounds.requests)
        self._turn = anyio.Lock()
        self._corner: _Corner | None = None

    async def __aenter__(self) -> Self:
        """Give the door."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the browser, which forgets the visit."""
        await self._leave()

    @property
    def proxy(self) -> Proxy | None:
        """Give the visit's proxy, once a page has been opened."""
        return self._corner.proxy if self._corner else None

    async def render(self, url: str, *, why: str) -> Rendered:
        """Open a page; see ``auditor.sdk.doors.BrowserDoor``."""
        async with self._turn, self._shared.turn():
            base = Exchange(url=url, at=self._shared.clock.now(), why=why)
            if not url.startswith(("http://", "https://")):
                return _failed(base, Cause.REDIRECTS, "the address is not one of http or https")
            if not self._shared.take():
                return _failed(base, Cause.BUDGET, f"the run's {self._shared.bounds.pages} pages are used up")
            for _ in range(_TRIES):
                try:
                    corner = await self._enter()
                except Lacking as exc:
                    return _failed(base, Cause.CAPABILITY, str(exc))
                stood = await self._open(corner, base)
                if corner.browser.is_connected():
                    return await self._rendered(base, stood)
                await self._leave()
            return _failed(base, Cause.CRASHED, "the browser ended while the page was open")

    async def _enter(self) -> _Corner:
        """Give the visit's part of the browser; another one when the browser is not the same any more.

        Raises:
            Lacking: there is no browser to be had.
        """
        from playwright.async_api import Error

        browser = await self._shared.chromium.launch()
        if self._corner is not None and self._corner.browser is browser:
            return self._corner
        await self._leave()
        proxy = Proxy(self._supply, self._shared.chromium.throwaway.context)
        try:
            await proxy.open()
            context = await self._shared.chromium.context(browser, Way(proxy.port, USER, proxy.token))
        except (Error, OSError) as exc:
            await proxy.aclose()
            raise Lacking(f"the browser gives no context: {str(exc)[:200]}") from exc
        self._corner = _Corner(browser, context, proxy)
        return self._corner

    async def _open(self, corner: _Corner, base: Exchange) -> Stood:
        """Let the proxy answer while a page is open, and not a moment longer."""
        bounds = self._shared.bounds
        self._supply.begin(base.why)
        stood = Stood()
        async with anyio.create_task_group() as group:
            group.start_soon(corner.proxy.serve)
            with anyio.move_on_after(bounds.seconds + _GRACE):
                stood = await self._stand(corner, base.url)
            with anyio.move_on_after(_LAST_REQUESTS):  # what went out shall be kept, also when nobody waits for it any more
                while self._supply.under_way:  # noqa: ASYNC110 - it is polled for two seconds at most
                    await anyio.sleep(_POLL)
            group.cancel_scope.cancel()
        return stood

    async def _stand(self, corner: _Corner, url: str) -> Stood:
        from playwright.async_api import Error

        bounds = self._shared.bounds
        try:
            if not corner.fenced:
                await fence(corner.context, self._supply)
                corner.fenced = True
            tab = await Tab.of(corner.context, self._supply, self._shared.clock, most=bounds.document)
        except Error:
            return Stood()
        corner.context.on("page", _close)
        try:
            return await tab.visit(url, seconds=bounds.seconds)
        except Error:
            return Stood()
        finally:
            corner.context.remove_listener("page", _close)
            if not await tab.close():
                await self._leave()

    async def _leave(self) -> None:
        """Close the visit's part of the browser. A browser that does not let go of it is ended."""
        corner, self._corner = self._corner, None
        if corner is None:
            return
        with anyio.CancelScope(shield=True):
            await corner.proxy.aclose()
            closed = False
            with anyio.move_on_after(_CLOSE_SECONDS), suppress(Exception):  # whatever it says, it is ended below
                await corner.context.close()
                closed = True
            if not closed and corner.browser.is_connected():
                await self._shared.chromium.end(corner.browser)

    async def _rendered(self, base: Exchange, stood: Stood) -> Rendered:
        """Say how it ended, and keep what the page became."""
        bounds, supply = self._shared.bounds, self._supply
        took = self._shared.clock.now() - base.at
        page = replace(base, url=stood.document or base.url, seconds=f"{took.total_seconds():.3f}")
        main = supply.end_of(stood.document or urldefrag(base.url)[0])
        picture = None
        if main is not None:
            page = replace(page, status=main.status, address=main.address, unverified=main.unverified)
        if (failure := _failure(main, stood, bounds)) is not None:
            cause, detail, cut = failure
            page = replace(page, cause=cause, detail=detail, cut=cut)
        else:
            body = (stood.html or "").encode("utf-8", "replace")
            long = stood.cut or len(body) > bounds.document
            body = body[: bounds.document]
            page = replace(
                page,
                url=stood.address or page.url,
                headers=(("content-type", _HTML),),
                body=body,
                digest=(await self._kept(body, _HTML, page.url)).digest,
                cut=Cut.DECODED if long else None if stood.still or stood.error else Cut.SECONDS,
            )
            picture = await self._kept(stood.picture, "image/png", page.url) if stood.picture else None
        return Rendered(page=page, screenshot=picture, requests=supply.requests, blocked=tuple(supply.blocked))

    async def _kept(self, body: bytes, media_type: str, url: str) -> Proof:
        return await aside(partial(self._keep, body, media_type, url), len(body), threads=self._shared.threads)


def _failure(main: Exchange | None, stood: Stood, bounds: BrowserBounds) -> tuple[Cause, str, Cut | None] | None:
    """Say why there is no page, if there is none: first what became of the document itself, then what the browser says."""
    if main is not None and main.cause is not None:
        return main.cause, main.detail, main.cut
    if any(word in stood.error for word in _REDIRECTS) or (stood.error and main is not None and main.status in _MOVED):
        return Cause.REDIRECTS, stood.error, None
    if stood.crashed:
        return Cause.CRASHED, "the page took more memory than it may, or ended the browser's process in another way", None
    if any(word in stood.error for word in _NO_PAGE):
        return Cause.CAPABILITY, "what the address gives is no page that a browser shows", None
    if main is None and (stood.html is None or not stood.document):
        return Cause.BUDGET, f"no document within the page's {bounds.seconds:g} s; {stood.error}".rstrip("; "), Cut.SECONDS
    if main is None:
        return Cause.REDIRECTS, f"the page led to {stood.document[:200]}", None
    if stood.html is None and _BARE not in stood.error:
        return Cause.CRASHED, f"the page did not let itself be read; {stood.error}".rstrip("; "), None
    return None


def _failed(base: Exchange, cause: Cause, detail: str) -> Rendered:
    return Rendered(page=replace(base, cause=cause, detail=detail))


async def _close(page: "Page") -> None:
    """Close a window that a page has opened."""
    from playwright.async_api import Error

    with suppress(Error):
        await page.close()
