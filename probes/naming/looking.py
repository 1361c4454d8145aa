"""Looks at a name: its addresses, its zone's servers, each by itself, a name beside it, and its IPv6 addresses."""

from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlsplit

import anyio

from auditor.model.agency import Site
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer, Doors, Reached
from probes.front.names import domain_of
from probes.naming.above import ask_above, ask_itself
from probes.naming.seen import MOST_REACHED, MOST_SERVERS, Asked, DnsSeen, NameServer, address_of, failure_of, is_own, is_public
from probes.naming.servers import differing

__all__ = ["look"]

_MAX_CLIMB = 10
_MAX_ADDRESSES = 4
"""Addresses asked of one name server while it speaks at none: one of each family suffices otherwise."""
_PORTS = {"http": 80, "https": 443}


async def look(site: Site, doors: Doors) -> DnsSeen:
    """Ask for the host's addresses with validation, its zone's name servers, each by itself, its CAA records, and try IPv6."""
    parts = urlsplit(site.url)
    host = (parts.hostname or "").lower().rstrip(".")
    if address_of(host) is not None:
        return DnsSeen(host=host)
    ipv4 = await doors.dns.query(host, "A", validate=True)
    ipv6 = await doors.dns.query(host, "AAAA", validate=True)
    if failure_of(ipv4) and failure_of(ipv6):
        return DnsSeen(host=host, ipv4=ipv4, ipv6=ipv6)
    delegations = await _climb(host, "NS", doors)
    known = bool(delegations) and is_own(delegations[-1])
    servers = await _servers_of(delegations[-1], host, doors) if known else ()
    own = await ask_itself(delegations[-1].name, servers, doors) if servers else None
    return DnsSeen(
        host=host,
        ipv4=ipv4,
        ipv6=ipv6,
        delegations=delegations,
        servers=servers,
        above=await ask_above(delegations[-1].name, _climb, doors) if own is not None else (),
        own=own,
        caa=await _climb(host, "CAA", doors),
        beside=await _addresses_beside(host, doors),
        reached=await _reach_each(host, parts.port or _PORTS.get(parts.scheme, _PORTS["https"]), ipv6, doors),
    )


async def _climb(host: str, kind: str, doors: Doors) -> tuple[DnsAnswer, ...]:
    """Ask for a name and every name above it, up to the top level, until one has such records or the answer fails."""
    answers: list[DnsAnswer] = []
    labels = host.split(".")
    for start in range(min(len(labels), _MAX_CLIMB)):
        answers.append(await doors.dns.query(".".join(labels[start:]), kind))
        found = is_own(answers[-1]) if kind == "NS" else bool(answers[-1].records)
        if found or failure_of(answers[-1]):
            break
    return tuple(answers)


async def _servers_of(zone: DnsAnswer, host: str, doors: Doors) -> tuple[NameServer, ...]:
    """Look each server of a zone up, and ask it itself. What stays open is asked once more when all others have spoken."""
    servers = [await _looked_up(name.rstrip(".").lower(), doors) for name in zone.records[:MOST_SERVERS]]
    found: list[NameServer] = [*servers]

    async def ask(number: int) -> None:
        server = found[number]
        asked: list[Asked] = []
        for turn, address in _chosen(server):
            if turn == 0 or not any(map(_speaks, asked)):
                asked.append(await _asked(server.name, address, zone.name, host, doors))
        found[number] = replace(server, asked=tuple(asked))

    async with anyio.create_task_group() as group:
        for number in range(len(found)):
            group.start_soon(ask, number)
    if any(one.soa.cause is None for server in found for one in server.asked):
        for number, server in enumerate(found):
            again = [
                await _asked(server.name, one.address, zone.name, host, doors) if one.soa.cause is Cause.AMBIGUOUS else one
                for one in server.asked
            ]
            found[number] = replace(server, asked=tuple(again))
    if differing([(server.name, one) for server in found for one in server.asked if _speaks(one)]) is not None:
        return await _once_more(found, zone.name, host, doors)
    return tuple(found)


async def _once_more(servers: list[NameServer], zone: str, host: str, doors: Doors) -> tuple[NameServer, ...]:
    """Ask again, a pause later, all that spoke: a zone that is being changed differs from server to server for a moment."""
    found = [*servers]

    async def ask(number: int) -> None:
        server = found[number]
        asked = [await _again(server.name, one, zone, host, doors) if _speaks(one) else one for one in server.asked]
        found[number] = replace(server, asked=tuple(asked))

    async with anyio.create_task_group() as group:
        for number in range(len(found)):
            group.start_soon(ask, number)
    return tuple(found)


async def _again(server: str, one: Asked, zone: str, host: str, doors: Doors) -> Asked:
    """Ask an address that spoke once more; where it says nothing now, nobody knows what it says of the host."""
    again = await _asked(server, one.address, zone, host, doors, later=True)
    return again if again.soa.cause is None else replace(one, hosts=(again.soa,))


async def _looked_up(name: str, doors: Doors) -> NameServer:
    return NameServer(name=name, answers=tuple([await doors.dns.query(name, kind) for kind in ("A", "AAAA")]))


def _chosen(server: NameServer) -> list[tuple[int, str]]:
    """Give the addresses to ask, each with its turn: the first of both families, then the second of both."""
    four = [text for text in server.addresses if ":" not in text]
    six = [text for text in server.addresses if ":" in text]
    return sorted([*enumerate(four), *enumerate(six)], key=lambda pair: pair[0])[:_MAX_ADDRESSES]


def _speaks(one: Asked) -> bool:
    return one.soa.cause is None and bool(one.soa.records)


async def _asked(server: str, address: str, zone: str, host: str, doors: Doors, *, later: bool = False) -> Asked:
    soa = await doors.dns.ask(server, address, zone, "SOA", later=later)
    if soa.cause is not None or not soa.records:
        return Asked(address=address, soa=soa)
    hosts = [await doors.dns.ask(server, address, host, kind) for kind in ("A", "AAAA")]
    return Asked(address=address, soa=soa, hosts=tuple(hosts))


async def _addresses_beside(host: str, doors: Doors) -> tuple[DnsAnswer, ...]:
    """Ask for the addresses of a name that nobody has given out: beside the host, or below it where beside it are strangers."""
    label = f"x{sha256(f'{host} {doors.now()}'.encode()).hexdigest()[:16]}"
    parent = host.partition(".")[2]
    above = host if domain_of(host) in {host, None} else parent
    return tuple([await doors.dns.query(f"{label}.{above}", kind) for kind in ("A", "AAAA")])


async def _reach_each(host: str, port: int, answer: DnsAnswer, doors: Doors) -> tuple[Reached, ...]:
    """Connect to each of a name's IPv6 addresses that anybody can reach."""
    public = [text for text in answer.records if is_public(text)][:MOST_REACHED]
    return tuple([await doors.reach.connect(host, address, port) for address in public])
