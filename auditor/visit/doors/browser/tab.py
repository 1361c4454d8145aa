"""One page in the browser: opened, let be until it stands still, written down, and closed, whatever it does."""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

import anyio

from auditor.clock import Clock
from auditor.sdk.urls import same_site
from auditor.visit.doors.browser.chromium import WIDTH
from auditor.visit.doors.browser.passing import METHODS, PIXEL, said_of
from auditor.visit.doors.browser.supply import Supply

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Frame, Page, Request, Route, WebSocketRoute

__all__ = ["Stood", "Tab", "fence"]

_UNREAD = frozenset({"font", "manifest", "media", "object", "texttrack"})
_STILL = 0.5
"""Seconds without a request, and between two looks that must see the same."""
_POLL = 0.2
_LOOK_SECONDS, _WRITE_SECONDS, _PICTURE_SECONDS, _STOP_SECONDS, _CLOSE_SECONDS = 2.0, 4.0, 6.0, 1.0, 5.0
_TALLEST = 4_000
_LARGEST_PICTURE = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """How a page stood in the end. ``address`` is its own word for where it is, ``document`` the last address that was loaded.

    ``html`` is None when nothing could be written down. ``error`` is what the browser said when it could not go there;
    ``still`` is false when the time ended first; ``cut`` when the document was too long. ``crashed`` is the page's own end, or
    the browser's.
    """

    address: str = ""
    document: str = ""
    html: str | None = None
    picture: bytes = b""
    error: str = ""
    still: bool = False
    cut: bool = False
    crashed: bool = False


class Tab:
    """A page of a visit's context. Close it."""

    def __init__(self, page: "Page", session: "CDPSession", supply: Supply, clock: Clock, *, most: int) -> None:
        """Take a new page and a line to it; write down at most so many characters."""
        self._page, self._session, self._supply, self._clock, self._most = page, session, supply, clock, most
        self._document = ""
        self._crashed = False
        self._stopped = False
        page.on("framenavigated", self._navigated)
        page.on("crash", lambda _: self._end())
        page.on("close", lambda _: self._end())

    @classmethod
    async def of(cls, context: "BrowserContext", supply: Supply, clock: Clock, *, most: int) -> "Tab":
        """Open one."""
        page = await context.new_page()
        return cls(page, await context.new_cdp_session(page), supply, clock, most=most)

    async def visit(self, url: str, *, seconds: float) -> Stood:
        """Go to an address, wait until it stands still or the time is over, and write down what is there."""
        end = self._clock.monotonic() + seconds
        error = await self._go(url, seconds)
        still = not error and await self._settle(end)
        if error or self._crashed:
            return Stood(document=self._document, error=error, crashed=self._crashed)
        if not still:
            await self._stop()
        found = await self._evaluate("document.js", self._most, _WRITE_SECONDS)
        if not isinstance(found, dict):
            await self._stop()
            found = await self._evaluate("document.js", self._most, _WRITE_SECONDS)
        if not isinstance(found, dict):
            return Stood(document=self._document, crashed=self._crashed, still=still)
        return Stood(
            address=str(found["url"]),
            document=self._document,
            html=str(found["html"]),
            picture=await self._picture(min(max(int(found["height"]), 1), _TALLEST)),
            still=still and not self._stopped,
            cut=bool(found["cut"]),
        )

    async def close(self) -> bool:
        """Close it; tell whether it let itself be closed."""
        from playwright.async_api import Error

        with anyio.CancelScope(shield=True), anyio.move_on_after(_CLOSE_SECONDS):
            try:
                await self._page.close()
            except Error:
                return False
            return True
        return False

    async def _go(self, url: str, seconds: float) -> str:
        """Open an address; give what the browser says if it could not."""
        from playwright.async_api import Error

        try:
            await self._page.goto(url, wait_until="commit", timeout=seconds * 1000)
        except Error as exc:
            return exc.message.splitlines()[0][:300] or "nothing"
        return ""

    async def _settle(self, end: float) -> bool:
        """Wait until no request is under way and two looks in a row see the same; tell whether that came before the end."""
        before: object = None
        while self._clock.monotonic() < end and not self._crashed:
            if self._supply.quiet < _STILL:
                before = None
                await anyio.sleep(_POLL)
                continue
            now = await self._evaluate("look.js", None, min(_LOOK_SECONDS, max(end - self._clock.monotonic(), _POLL)))
            if now is not None and now == before and self._supply.quiet >= _STILL and now[0] >= 0:
                return True
            before = now
            await anyio.sleep(_STILL)
        return False

    async def _stop(self) -> None:
        """End the page's scripts, also one that never ends by itself: these two commands reach a page that is busy."""
        self._stopped = True
        self._supply.finish()
        for method, parameters in (("Emulation.setScriptExecutionDisabled", {"value": True}), ("Runtime.terminateExecution", {})):
            await self._command(method, parameters, _STOP_SECONDS)

    async def _picture(self, height: int) -> bytes:
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        parameters = {"format": "png", "clip": clip, "captureBeyondViewport": True}
        found = await self._command("Page.captureScreenshot", parameters, _PICTURE_SECONDS)
        try:
            picture = b64decode(str((found or {}).get("data", "")), validate=True)
        except NotBase64:
            return b""
        return picture if len(picture) <= _LARGEST_PICTURE else b""

    async def _evaluate(self, name: str, argument: object, seconds: float) -> Any:  # noqa: ANN401 - what a script gives
        """Run a script of ours in a world of its own, which the page's scripts cannot change; None when it does not answer."""
        tree = await self._command("Page.getFrameTree", {}, seconds)
        frame = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "auditor"} if tree else {}
        world = await self._command("Page.createIsolatedWorld", frame, seconds) if tree else None
        if not world:
            return None
        parameters = {
            "expression": f"({_script(name)})({json.dumps(argument)})",
            "contextId": world["executionContextId"],
            "returnByValue": True,
        }
        found = await self._command("Runtime.evaluate", parameters, seconds)
        return (found or {}).get("result", {}).get("value")

    async def _command(self, method: str, parameters: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """Send a command of the DevTools protocol; None when it failed or was not answered in time."""
        from playwright.async_api import Error

        if self._crashed:
            return None
        with anyio.move_on_after(seconds):
            try:
                return dict(await self._session.send(method, parameters) or {})
            except Error:
                return None
        return None

    def _navigated(self, frame: "Frame") -> None:
        """Follow the main frame; a change of address without a load is none."""
        if frame.parent_frame is None:
            address = urldefrag(frame.url)[0]
            if self._supply.end_of(address) is not None or not frame.url.startswith(("http:", "https:")):
                self._document = address

    def _end(self) -> None:
        self._crashed = True


async def fence(context: "BrowserContext", supply: Supply) -> None:
    """Keep what must not go out from leaving the browser at all. The proxy behind it would refuse it too."""

    async def request(route: "Route", asked: "Request") -> None:
        from playwright.async_api import Error

        supply.stir()
        try:
            if asked.method not in METHODS:
                supply.block(said_of(asked.method, asked.url))
                await route.abort("aborted")
            elif asked.resource_type == "image":
                await route.fulfill(status=200, content_type="image/gif", body=PIXEL)
            elif asked.resource_type in _UNREAD or _is_foreign_frame(asked):
                await route.abort("aborted")
            else:
                await route.continue_()
        except Error:
            return  # the page has gone meanwhile, and the request with it

    async def socket(asked: "WebSocketRoute") -> None:
        supply.block(said_of("WEBSOCKET", asked.url))
        await asked.close(code=1008)

    await context.route("**/*", request)
    await context.route_web_socket("**/*", socket)


def _is_foreign_frame(asked: "Request") -> bool:
    from playwright.async_api import Error

    if not asked.is_navigation_request():
        return False
    try:
        frame = asked.frame
        return frame.parent_frame is not None and not same_site(asked.url, frame.page.url)
    except Error:
        return False


@cache
def _script(name: str) -> str:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("//"))
