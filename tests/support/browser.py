"""Opens the browser's door the way the program does, over an HTTP door of a test."""

import os
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from doors import http_door

from auditor.clock import SystemClock
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.visit.doors.browser.door import BrowserBounds, Browsers, BrowserVisit
from auditor.visit.doors.browser.executable import find_executable

HTML = "Content-Type: text/html; charset=utf-8"
JSON = "Content-Type: application/json"


def chromium():
    """Give the Chromium of this machine; without one a test is skipped, but never in CI."""
    found = find_executable(os.environ.get("AUDITOR_TEST_CHROMIUM", ""))
    if not found and os.environ.get("CI"):
        pytest.fail("CI has no Chromium: .ci/run installs one")
    if not found:
        pytest.skip("no Chromium on this machine")
    return found


def browsers(*, executable=None, pages=20, seconds=15.0, requests=60, document=1 << 20):
    """Give what a run shares of the browser."""
    bounds = BrowserBounds(pages=pages, seconds=seconds, requests=requests, document=document)
    executable = chromium() if executable is None else executable
    return Browsers(executable, bounds, "auditor/test (+mailto:t@example.test)", SystemClock(), anyio.CapacityLimiter(2))


@asynccontextmanager
async def running(**given):
    """Run what a run shares, and end it; afterwards nothing of it may be alive."""
    shared = browsers(**given)
    try:
        yield shared
    finally:
        pid = shared.chromium.pid
        with anyio.CancelScope(shield=True):
            await shared.aclose()
            for _ in range(100):
                if not alive(pid):
                    break
                await anyio.sleep(0.05)
        assert alive(pid) == []


@asynccontextmanager
async def visiting(shared, connect_to, **given):
    """Give a visit's browser, with its HTTP door as `visit.door` and what it kept as `visit.kept`."""
    kept = {}

    def keep(body, media_type, url=None):
        proof = Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)
        kept[proof.digest] = body
        return proof

    async with http_door(connect_to=connect_to, **given) as door, BrowserVisit(shared, door, keep) as visit:
        visit.door, visit.kept = door, kept
        yield visit


@asynccontextmanager
async def opened(connect_to, *, door=None, **given):
    """Give one visit's browser of a run of its own."""
    async with running(**given) as shared, visiting(shared, connect_to, **(door or {})) as visit:
        visit.shared = shared
        yield visit


def alive(group):
    """Give the processes of a group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat") if group else ():
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            found.append((stat.parent.name, fields[0]))
    return found


def methods(site):
    """Give the methods that came to a site."""
    return {head.split(" ", 1)[0] for head in site.heads}
