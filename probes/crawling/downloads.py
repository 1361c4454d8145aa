"""Do the forms of services really download? Their first bytes are asked for; nothing is ever sent."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from auditor.model.evidence import Chain
from auditor.sdk.doors import Doors
from auditor.sdk.limits import KIB, MIB, Limits
from auditor.sdk.urls import same_site

__all__ = ["ask_forms"]

_FORM = Limits(seconds=20.0, wire=256 * KIB, decoded=MIB, hops=5)
"""A server that sends all of a form though its first bytes were asked for is cut off."""
_FIRST = {"Range": "bytes=0-2047"}


async def ask_forms(
    urls: Iterable[str], doors: Doors, base: str, may_ask: Callable[[], bool], count: Callable[[Chain], None]
) -> list[tuple[str, Chain]]:
    """Ask for the first bytes of each form on this site or one of the registry, while ``may_ask``; ``count`` takes each."""
    found = []
    for url in urls:
        if not may_ask():
            break
        if same_site(url, base) or (urlsplit(url).hostname or "") in doors.registry_hosts:
            chain = await doors.http.get(url, why="a service's form", limits=_FORM, headers=_FIRST)
            count(chain)
            found.append((url, chain))
    return found
