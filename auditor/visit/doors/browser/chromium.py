"""One Chromium a run: launched when it is first needed, launched again after a crash, and surely ended."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import anyio

from auditor.clock import Clock
from auditor.model.zone import VIETNAM
from auditor.visit.doors.browser.executable import ADVICE, bounded, find_executable
from auditor.visit.doors.browser.throwaway import Throwaway, throwaway

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

__all__ = ["WIDTH", "Chromium", "Lacking", "Way"]

WIDTH, _HEIGHT = 1280, 800
_MOST_LAUNCHES = 5
"""After so many in one run, the browser is called unfit for this machine or for what it meets."""
_LAUNCH_SECONDS = 45.0
_END_SECONDS = 8.0
_NOWHERE = "http://127.0.0.1:9"
"""The way out of whatever in the browser belongs to no visit: a port where nobody takes connections (discard, RFC 863)."""
_FLAGS = (
    f"--proxy-server={_NOWHERE}",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # it looks up no name, whatever asks for one
    "--dns-prefetch-disable",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--block-new-web-contents",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--no-pings",
    "--mute-audio",
    "--disable-gpu",
    "--js-flags=--max-old-space-size=512",
    "--disk-cache-size=33554432",
)
_LET_GO = ["--disable-popup-blocking", "--disable-ipc-flooding-protection"]
"""Flags of playwright's own that would open what Chromium keeps shut."""


class Lacking(Exception):  # noqa: N818 - it is the outcome's name
    """No browser can be had here; its text says what is missing."""


class Way:
    """The proxy that a visit's browser goes through, and the name and word that let it."""

    def __init__(self, port: int, user: str, token: str) -> None:
        """Name it."""
        self.port, self.user, self.token = port, user, token


class Chromium:
    """A run's browser. One owner closes it; what belongs to a visit is that visit's context alone."""

    def __init__(self, executable: str, user_agent: str, clock: Clock) -> None:
        """Drive this executable, or the system's where it is empty. ``user_agent`` is added to what Chromium calls itself."""
        self._asked, self._user_agent, self._clock = executable, user_agent, clock
        self._browser: Browser | None = None
        self._playwright: Playwright | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._throwaway: Throwaway | None = None
        self._launching = anyio.Lock()
        self._launches = 0

    @property
    def throwaway(self) -> Throwaway:
        """Give the certificate that this browser trusts; there is one once it has been launched."""
        assert self._throwaway is not None
        return self._throwaway

    @property
    def pid(self) -> int | None:
        """Give the number of the browser's first process, where it is known."""
        if self._folder is None:
            return None
        try:
            return int((Path(self._folder.name) / "pid").read_text("ascii"))
        except (OSError, ValueError):
            return None

    @property
    def ready(self) -> bool:
        """Tell whether it runs."""
        return self._browser is not None and self._browser.is_connected()

    async def launch(self) -> "Browser":
        """Give the browser, launched if it does not run.

        Raises:
            Lacking: it cannot be.
        """
        async with self._launching:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            executable = find_executable(self._asked)
            if not executable:
                raise Lacking(f"{self._asked} cannot be run" if self._asked else ADVICE)
            if self._launches >= _MOST_LAUNCHES:
                raise Lacking(f"the browser has ended by itself {self._launches} times in this run")
            self._launches += 1
            with anyio.CancelScope(shield=True):  # a launch that is cut off would leave processes behind
                await self._end()
                browser = self._browser = await self._launch(executable)
            return browser

    async def context(self, browser: "Browser", way: Way) -> "BrowserContext":
        """Open a visit's own corner of the browser: its cookies, its storage, its way out."""
        version = browser.version.split(".")[0]
        system = "Macintosh; Intel Mac OS X 10_15_7" if sys.platform == "darwin" else "X11; Linux x86_64"
        return await browser.new_context(
            proxy={
                "server": f"http://127.0.0.1:{way.port}",
                "bypass": "<-loopback>",
                "username": way.user,
                "password": way.token,
            },
            user_agent=f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36 "
            f"{self._user_agent}",
            viewport={"width": WIDTH, "height": _HEIGHT},
            locale="vi-VN",
            timezone_id=str(VIETNAM),
            accept_downloads=False,
            service_workers="block",
            reduced_motion="reduce",
        )

    async def end(self, browser: "Browser") -> None:
        """End a browser that does not do as it is told, unless another one runs already."""
        async with self._launching:
            if self._browser is browser:
                await self._end()

    async def aclose(self) -> None:
        """End the browser and everything that belongs to it, also when the run is being cancelled."""
        with anyio.CancelScope(shield=True):
            async with self._launching:
                self._launches = _MOST_LAUNCHES
                await self._end()

    async def _launch(self, executable: str) -> "Browser":
        from playwright.async_api import Error, async_playwright

        self._folder = TemporaryDirectory(prefix="auditor-browser-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        self._throwaway = throwaway(folder, self._clock.now())
        try:
            with anyio.fail_after(_LAUNCH_SECONDS):
                self._playwright = await async_playwright().start()
                return await self._playwright.chromium.launch(
                    executable_path=bounded(executable, folder),
                    args=[*_FLAGS, f"--ignore-certificate-errors-spki-list={self._throwaway.key_digest}"],
                    ignore_default_args=_LET_GO,
                    chromium_sandbox=os.geteuid() != 0,
                    env={"HOME": str(folder), "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                    timeout=_LAUNCH_SECONDS * 1000,
                )
        except (Error, OSError, TimeoutError) as exc:
            await self._end()
            raise Lacking(f"{executable} could not be started: {_line(exc)}") from exc

    async def _end(self) -> None:
        """End what runs: politely, and then by the number of its first process."""
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        with anyio.move_on_after(_END_SECONDS), suppress(Exception):  # whatever it says, it ends below
            if browser is not None:
                await browser.close()
        if (pid := self.pid) is not None:
            with suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        with anyio.move_on_after(_END_SECONDS), suppress(Exception):  # the same
            if playwright is not None:
                await playwright.stop()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _line(error: BaseException) -> str:
    """Give what an error says, without the pages that playwright adds to it."""
    lines = [line.strip(" ║╔╗╚╝═-") for line in str(error).splitlines()]
    told = [line for line in lines if line and not line.startswith(("Call log", "<launching>"))]
    return " ".join(told[:4])[:400] or type(error).__name__
