"""Whether a host was given out at all, or only answers as every name there does, and whether it is parked. Pure."""

from auditor.model.note import Json
from auditor.sdk.doors import DnsAnswer
from probes.naming.seen import DnsSeen, address_of, failure_of

__all__ = ["facts_of", "parked_with"]

_PARKING = (
    *("above.com", "afternic.com", "bodis.com", "cashparking.com", "dan.com", "dsredirection.com", "parkingcrew.net"),
    *("parklogic.com", "sedoparking.com", "uniregistrymarket.link", "voodoo.com", "ztomy.com"),
)
"""Services whose name servers serve nothing but pages of advertisements or of sale, as they say themselves. Name servers that a
registrar uses for its customers' sites too are none, however many parked names they hold."""


def parked_with(seen: DnsSeen) -> str:
    """Give the service that a host is parked with: that of all its zone's name servers, or of the name that it is an alias of."""
    aliases = [answer.canonical for answer in (seen.ipv4, seen.ipv6) if answer is not None and answer.records]
    for name in aliases:
        if name.lower().rstrip(".") != seen.host and (found := _service(name)):
            return found
    found_all = {_service(server.name) for server in seen.servers}
    return found_all.pop() if len(found_all) == 1 else ""


def _service(name: str) -> str:
    name = name.lower().rstrip(".")
    return next((one for one in _PARKING if name == one or name.endswith(f".{one}")), "")


def facts_of(seen: DnsSeen) -> dict[str, Json]:
    """Tell which of the host's addresses nobody outside can reach, and whether a name that nobody has given out has the same.

    Then the host's own say little of the host.
    """
    own = [text for answer in (seen.ipv4, seen.ipv6) if answer is not None for text in answer.records]
    inner: list[Json] = [text for text in own if (address := address_of(text)) is not None and not address.is_global]
    return {**({"not_public": inner} if inner else {}), **_wildcard(seen)}


def _wildcard(seen: DnsSeen) -> dict[str, Json]:
    if not seen.beside or any(map(failure_of, seen.beside)):
        return {}
    pairs = [(asked, own) for asked, own in zip(seen.beside, (seen.ipv4, seen.ipv6), strict=False) if own is not None]
    there = [asked for asked in seen.beside if asked.records]
    alike = bool(there) and all(_same(asked, own) for asked, own in pairs)
    return {"wildcard": {"asked": seen.beside[0].name, "exists": bool(there), "alike": alike}}


def _same(asked: DnsAnswer, own: DnsAnswer) -> bool:
    """Tell whether two names have the same addresses, or lead to the same other name."""
    aliased = own.canonical.lower() != own.name.lower() and asked.canonical.lower() == own.canonical.lower()
    return aliased or asked.records == own.records
