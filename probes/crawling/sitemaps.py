"""The XML sitemaps of a site: those that robots.txt names, else the usual one, and the first few of an index."""

import gzip
import io
import re
import zlib
from collections.abc import Iterable
from urllib.parse import urljoin

from auditor.model.evidence import Chain, Exchange
from auditor.model.visit import Cause
from auditor.sdk.charset import decode
from auditor.sdk.doors import Doors
from auditor.sdk.urls import same_site

__all__ = ["listed", "sitemaps"]

_MAX_SITEMAPS = 5
_UNPACKED = 8 * 1024 * 1024
_LOC = re.compile(r"<loc>\s*+(?:<!\[CDATA\[)?\s*+([^<\]\s]++)", re.IGNORECASE)


async def sitemaps(base: str, doors: Doors) -> tuple[Chain, ...]:
    """Ask for the sitemaps of the site whose front page is ``base``."""
    robots = await doors.http.get(
        urljoin(base, "/robots.txt"), why="sitemaps in robots.txt", limits=doors.limits.page, robots=False
    )
    text = decode(robots.final.body, robots.final.header("content-type")).text if robots.final.status == 200 else ""  # noqa: PLR2004
    named = [line.partition(":")[2].strip() for line in text.splitlines() if line.lower().startswith("sitemap:")]
    queue = [url for url in named if same_site(url, base)] or [urljoin(base, "/sitemap.xml")]
    chains: list[Chain] = []
    while queue and len(chains) < _MAX_SITEMAPS:
        chain = await doors.http.get(queue.pop(0), why="sitemap", limits=doors.limits.page, revalidate=True)
        chains.append(chain)
        text = _xml(chain.final)
        if "<sitemapindex" in text:
            queue += [url for url in _LOC.findall(text) if same_site(url, base)]
    return tuple(chains)


def listed(chains: Iterable[Chain]) -> set[str]:
    """Give the addresses that sitemaps list."""
    texts = (_xml(chain.final) for chain in chains)
    return {url.replace("&amp;", "&") for text in texts if "<urlset" in text for url in _LOC.findall(text)}


def _xml(exchange: Exchange) -> str:
    """Give a sitemap's text; a packed one is unpacked within its limit, entities are never expanded."""
    if exchange.status != 200 or exchange.cause not in {None, Cause.TOO_LARGE}:  # noqa: PLR2004
        return ""
    body = exchange.body
    if body[:2] == b"\x1f\x8b":
        try:
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(_UNPACKED)
        except (OSError, EOFError, zlib.error):
            return ""
    text = decode(body, None).text
    return text if "<urlset" in text or "<sitemapindex" in text else ""
