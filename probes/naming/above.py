"""The name servers that the zone above leaves a zone to, beside those that the zone names itself."""

from collections.abc import Awaitable, Callable, Sequence

from auditor.model.note import Json
from auditor.sdk.doors import DnsAnswer, Doors
from probes.naming.seen import DnsSeen, NameServer, failure_of, is_own

__all__ = ["ask_above", "ask_itself", "facts_of_above"]

_MOST_ASKED = 2
Climb = Callable[[str, str, Doors], Awaitable[tuple[DnsAnswer, ...]]]


async def ask_itself(zone: str, servers: Sequence[NameServer], doors: Doors) -> DnsAnswer | None:
    """Ask the first of a zone's servers that speaks for it which servers it has; None where none speaks."""
    for server in servers:
        for one in server.asked:
            if one.soa.cause is None and one.soa.records:
                return await doors.dns.ask(server.name, one.address, zone, "NS")
    return None


async def ask_above(zone: str, climb: Climb, doors: Doors) -> tuple[DnsAnswer, ...]:
    """Ask a few servers of the zone above, until one of them says to whom it leaves this zone.

    One that serves both zones answers with the lower one's own word, which says nothing of the upper one.
    """
    parent = zone.partition(".")[2]
    above = await climb(parent, "NS", doors) if parent else ()
    if not above or not is_own(above[-1]):
        return ()
    found: list[DnsAnswer] = []
    for name in above[-1].records[:_MOST_ASKED]:
        server = name.rstrip(".").lower()
        for address in (await doors.dns.query(server, "A")).records[:1]:
            found.append(await doors.dns.ask(server, address, zone, "NS", delegation=True))
            if _is_delegation(found[-1]):
                return tuple(found)
    return tuple(found)


def _is_delegation(answer: DnsAnswer) -> bool:
    return failure_of(answer) is None and not answer.authoritative and bool(answer.records)


def facts_of_above(seen: DnsSeen) -> dict[str, Json]:
    """Tell where the two differ; nothing where one of them is not known."""
    last = seen.above[-1] if seen.above else None
    if last is None or seen.own is None or not _is_delegation(last) or failure_of(seen.own) or not is_own(seen.own):
        return {}
    above, own = _names(last), _names(seen.own)
    return {
        "delegated": [*above],
        "own_servers": [*own],
        "only_delegated": [name for name in above if name not in own],
        "only_own": [name for name in own if name not in above],
    }


def _names(answer: DnsAnswer) -> list[str]:
    return sorted({name.rstrip(".").lower() for name in answer.records})
