"""A request verified first: a bad certificate leaves the content readable; a handshake that was cut off proves nothing."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Protocol

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.visit.doors.http.connect import is_cut_off

__all__ = ["Once", "verified_first"]

_Place = tuple[str, int]


class Once(Protocol):
    """Makes one request over one connection."""

    async def __call__(self, *, verify: bool) -> Exchange:
        """Make it, with the certificate verified and what browsers offer, or with neither."""
        ...


async def verified_first(once: Once, place: _Place, weak: MutableMapping[_Place, str]) -> Exchange:
    """Make a request, and once more without verification where the certificate or the protocol is bad.

    ``weak`` are the places whose are, and why; one whose handshake was reset or left is asked verified again, before and after,
    and is not among them: what an answer without verification shows then is that visitors have it now and then.
    """
    if place in weak:
        found = await once(verify=False)
        return replace(found, unverified=weak[place]) if found.status is not None else found
    found = await once(verify=True)
    if _is_cut_off(found):
        found = await once(verify=True)
    if found.cause is not Cause.TLS:
        return found
    bare = await once(verify=False)
    if bare.status is None:
        return found
    if not _is_cut_off(found):
        weak[place] = found.detail
    elif (again := await once(verify=True)).status is not None:
        return again
    return replace(bare, unverified=found.detail)


def _is_cut_off(exchange: Exchange) -> bool:
    return exchange.cause is Cause.TLS and exchange.status is None and is_cut_off(exchange.detail)
