"""Pages of our own printed as PDF by the same Chromium that visits use: no script, no network, no file but the page itself."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import anyio

from auditor.clock import Clock
from auditor.errors import NotDone
from auditor.model.zone import VIETNAM
from auditor.visit.doors.browser.chromium import Chromium, Lacking

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Route

__all__ = ["ChromiumPrinter", "dated"]

_PAGE_SECONDS = 60.0
_BATCH = 20
"""So many pages are held at once, written or not."""
_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}[+-]\d\d'\d\d'\)")
_FONTS = "a serif font with Vietnamese letters makes it look right (Debian: fonts-liberation)"


class ChromiumPrinter:
    """Prints with the Chromium that settings name, or the system's."""

    def __init__(self, executable: str, clock: Clock) -> None:
        """Print with this executable, or the system's where it is empty."""
        self._executable, self._clock = executable, clock

    def printed(self, pages: Mapping[str, bytes], made_at: datetime) -> Iterator[tuple[str, bytes]]:
        """Give each page's name and its PDF, in the pages' order.

        Raises:
            NotDone: no Chromium is here, it cannot be started, or a page did not come out in time.
        """
        names = list(pages)
        for first in range(0, len(names), _BATCH):
            batch = {name: pages[name] for name in names[first : first + _BATCH]}
            yield from anyio.run(self._batch, batch, made_at).items()

    async def _batch(self, pages: Mapping[str, bytes], made_at: datetime) -> dict[str, bytes]:
        with TemporaryDirectory(prefix="auditor-print-") as folder:
            async with self._context() as context:
                found = {}
                for number, (name, body) in enumerate(pages.items()):
                    file = Path(folder) / f"{number}.html"
                    await anyio.Path(file).write_bytes(body)
                    found[name] = dated(await _print(context, file, name), made_at)
                return found

    @asynccontextmanager
    async def _context(self) -> AsyncIterator["BrowserContext"]:
        chromium = Chromium(self._executable, "", self._clock)
        try:
            browser = await chromium.launch()
        except Lacking as exc:
            await chromium.aclose()
            raise NotDone(f"no PDF can be made: {exc}; {_FONTS}") from exc
        try:
            yield await browser.new_context(
                java_script_enabled=False,
                offline=True,
                accept_downloads=False,
                service_workers="block",
                locale="vi-VN",
                timezone_id=str(VIETNAM),
            )
        finally:
            await chromium.aclose()


async def _print(context: "BrowserContext", file: Path, name: str) -> bytes:
    from playwright.async_api import Error

    page: Page | None = None
    try:
        with anyio.fail_after(_PAGE_SECONDS):
            page = await context.new_page()
            await page.route("**/*", _only(file.as_uri()))
            await page.goto(file.as_uri(), wait_until="load")
            return await page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    except (Error, TimeoutError) as exc:
        raise NotDone(f"{name} could not be printed: {str(exc).splitlines()[0] if str(exc) else 'it took too long'}") from exc
    finally:
        if page is not None:
            with anyio.move_on_after(_PAGE_SECONDS, shield=True):
                await page.close()


def _only(address: str) -> "Callable[[Route], Awaitable[None]]":
    """Let the browser read the page itself and nothing that it names."""

    async def guard(route: "Route") -> None:
        await (route.continue_() if route.request.url == address else route.abort())

    return guard


def dated(pdf: bytes, made_at: datetime) -> bytes:
    """Put our moment in place of the printer's own, as long as it, so that nothing in the file moves."""
    moment = f"{made_at.astimezone(UTC):%Y%m%d%H%M%S}+00'00'".encode()
    return _DATE.sub(lambda found: b"/%s (D:%s)" % (found[1], moment), pdf)
