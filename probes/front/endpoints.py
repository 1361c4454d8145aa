"""The four ways to a site's front page: over HTTP and HTTPS, with www. before its name and without."""

from itertools import pairwise

from auditor.model.evidence import Chain, Exchange
from auditor.model.note import Json
from auditor.sdk.urls import is_address
from probes.front.forced import answered, downgrades, way_of
from probes.front.greeting import speaks_tls
from probes.front.hsts import read_hsts
from probes.front.names import domain_of

__all__ = ["endpoint", "twin_of"]

_WWW = "www."
_DEEPEST = 1
"""So many names may stand before the domain that somebody has registered; who would type www. before more?"""
_MAX_SHOWN = 10
_MAX_URL = 300


def twin_of(host: str) -> str | None:
    """Give the name with www. taken from it or put before it; None where nobody expects one."""
    bare = host.lower().rstrip(".").removeprefix(_WWW)
    domain = None if is_address(bare) else domain_of(bare)
    if domain is None or bare.count(".") - domain.count(".") > _DEEPEST:
        return None
    return bare if host.lower().startswith(_WWW) else _WWW + bare


def endpoint(chain: Chain) -> dict[str, Json]:
    """Say what one of the four does: whether it is there, where it leads hop by hop, and what it has browsers keep to."""
    hops = way_of(chain)
    first, final = hops[0], hops[-1]
    secure, cause = first.url.startswith("https:"), final.cause or chain.cause
    way: list[Json] = [f"{hop.status} → {after.url[:_MAX_URL]}" for hop, after in pairwise(hops)]
    facts: dict[str, Json] = {
        "url": first.url,
        "live": first.status is not None or speaks_tls(first),
        "status": first.status,
        "cause": None if cause is None else cause.value,
        "redirects": way[:_MAX_SHOWN],
    }
    if not secure:
        return {**facts, "forced": None if first.status is None else final.url.startswith("https:")}
    return {**facts, "downgrades": bool(downgrades(hops)), "hsts": _hsts(first)}


def _hsts(exchange: Exchange) -> Json:
    """Give what browsers would keep of it, None if nothing."""
    header = exchange.header("strict-transport-security")
    if header is None or exchange.unverified or not answered(exchange, "https:"):
        return None
    found = read_hsts(header)
    if isinstance(found, str):
        return None
    return {"max_age": found.max_age, "include_subdomains": found.subdomains, "preload": found.preload}
