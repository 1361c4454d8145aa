"""Do the forms of services really download? Their first bytes are asked for; nothing is ever sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import anyio

from auditor.model.evidence import Chain
from auditor.sdk.doors import Doors
from auditor.sdk.limits import KIB, MIB, Limits
from auditor.sdk.urls import same_site

__all__ = ["AskedForm", "look"]

_FORM = Limits(seconds=20.0, wire=256 * KIB, decoded=MIB, hops=5)
"""A server that sends all of a form though its first bytes were asked for is cut off."""
_FIRST = {"Range": "bytes=0-2047"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedForm:
    """A form that a service's own page offers, and what answered when its first bytes were asked for."""

    url: str
    chain: Chain


async def look(urls: Iterable[str], doors: Doors, base: str, requests: int, seconds: float) -> tuple[AskedForm, ...]:
    """Ask for each form on the site or on one of the registry, with at most so many requests and in so many seconds."""
    found: list[AskedForm] = []
    with anyio.move_on_after(max(seconds, 0)):
        for url in urls:
            if requests <= 0:
                break
            if same_site(url, base) or (urlsplit(url).hostname or "") in doors.registry_hosts:
                chain = await doors.http.get(url, why="a service's form", limits=_FORM, headers=_FIRST)
                requests -= len(chain.exchanges)
                found.append(AskedForm(url=url, chain=chain))
    return tuple(found)
