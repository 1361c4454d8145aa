"""Is the portal's name in good order: on IPv6, signed with DNSSEC, on several name servers, bound to its CAs?"""

import re
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from auditor.model.agency import Site
from auditor.model.evidence import Proof
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json, Note
from auditor.model.reading import Kind, Measure, Measured, Reading, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer, Doors
from auditor.sdk.probe import Known, Probe

__all__ = ["PROBE", "DnsSeen", "NameServer"]

_MAX_CLIMB = 10
_MAX_SERVERS = 13
_IPV4_NETWORK, _IPV6_NETWORK = 24, 48
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SETTLED = {"NOERROR", "NXDOMAIN"}
_ISSUE = re.compile(r'\d+ issue "?', re.IGNORECASE)

UNAVAILABLE = Note(key="dns.unavailable", text="The {type} records of {name} could not be had: {detail}")
NO_SUCH_NAME = Note(key="dns.no_such_name", text="The name {name} does not exist.")
NO_NAME = Note(key="dns.no_name", text="The site has no name, only the address {name}, so there is nothing in DNS to look at.")

IPV6 = Note(key="dns.ipv6.yes", text="{name} has an IPv6 address: {addresses}.")
NO_IPV6 = Note(key="dns.ipv6.no", text="{name} has no IPv6 address (no AAAA record).")
PRIVATE_IPV6 = Note(key="dns.ipv6.private", text="{name} has only IPv6 addresses that nobody outside can reach: {addresses}.")

SECURE = Note(key="dns.dnssec.secure", text="The addresses of {name} are signed with DNSSEC, and the signatures hold.")
UNSIGNED = Note(key="dns.dnssec.unsigned", text="The addresses of {name} are not signed with DNSSEC: {detail}.")
BOGUS = Note(key="dns.dnssec.bogus", text="The DNSSEC signatures of {name} do not hold; checking resolvers refuse it: {detail}.")
NOT_CHECKED = Note(key="dns.dnssec.open", text="DNSSEC could not be checked from here: {detail}.")

NAME_SERVERS = Note(
    key="dns.nameservers.count", text="{count} name servers of {zone} have an address, in {networks} networks: {servers}."
)
FEW_SERVERS = Note(key="dns.nameservers.few", text="{zone} has fewer than two name servers with an address: {servers}.")
NO_SERVERS = Note(key="dns.nameservers.none", text="No name servers were found for {name} or any name above it.")

CAA = Note(key="dns.caa.yes", text="CAA records of {zone} say which authorities may issue certificates: {records}.")
NO_CAA = Note(key="dns.caa.no", text="No CAA record above {name} limits which authorities may issue certificates.")
OPEN_CAA = Note(key="dns.caa.open", text="The CAA records of {zone} name no issuer, so any authority may issue: {records}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameServer:
    """One name server with its addresses, as far as they were asked for."""

    name: str
    answers: tuple[DnsAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSeen:
    """All that was asked. ``delegations`` and ``caa`` climb from the host upwards until something was found or failed.

    A site without a name has no answers at all.
    """

    host: str
    ipv4: DnsAnswer | None = None
    ipv6: DnsAnswer | None = None
    delegations: tuple[DnsAnswer, ...] = ()
    servers: tuple[NameServer, ...] = ()
    caa: tuple[DnsAnswer, ...] = ()


async def look(site: Site, doors: Doors) -> DnsSeen:
    """Ask for the host's addresses with validation, then for its zone's name servers and its CAA records."""
    host = (urlsplit(site.url).hostname or "").lower().rstrip(".")
    if _is_address(host):
        return DnsSeen(host=host)
    ipv4 = await doors.dns.query(host, "A", validate=True)
    ipv6 = await doors.dns.query(host, "AAAA", validate=True)
    if _failure(ipv4) and _failure(ipv6):
        return DnsSeen(host=host, ipv4=ipv4, ipv6=ipv6)
    delegations = await _climb(host, "NS", doors)
    names = delegations[-1].records[:_MAX_SERVERS] if delegations and _own(delegations[-1]) else ()
    servers = []
    for name in names:
        answers = [await doors.dns.query(name.rstrip("."), kind) for kind in ("A", "AAAA")]
        servers.append(NameServer(name=name.rstrip(".").lower(), answers=tuple(answers)))
    caa = await _climb(host, "CAA", doors)
    return DnsSeen(host=host, ipv4=ipv4, ipv6=ipv6, delegations=delegations, servers=tuple(servers), caa=caa)


async def _climb(host: str, kind: str, doors: Doors) -> tuple[DnsAnswer, ...]:
    """Ask for a name and every name above it, up to the top level, until one has such records or the answer fails."""
    answers: list[DnsAnswer] = []
    labels = host.split(".")
    for start in range(min(len(labels), _MAX_CLIMB)):
        answers.append(await doors.dns.query(".".join(labels[start:]), kind))
        found = _own(answers[-1]) if kind == "NS" else bool(answers[-1].records)
        if found or _failure(answers[-1]):
            break
    return tuple(answers)


def assess(seen: DnsSeen, known: Known) -> list[Reading]:  # noqa: ARG001 - every assess has both
    """Judge each answer by itself; what could not be had says why."""
    if seen.ipv4 is None or seen.ipv6 is None:
        return _nameless(seen.host)
    if seen.ipv4.rcode == "NXDOMAIN" and not seen.ipv6.records:
        evidence = _proofs(seen.ipv4, seen.ipv6)
        note = NO_SUCH_NAME(name=seen.host)
        return [Unavailable(measure=m.id, because=note, cause=Cause.DNS, evidence=evidence) for m in MEASURES]
    return [_ipv6(seen.ipv6), _dnssec(seen.ipv4, seen.ipv6), _name_servers(seen, seen.ipv4), _caa(seen, seen.ipv4)]


def _nameless(host: str) -> list[Reading]:
    """A site by its bare address owes DNS all the same, and has none of it."""
    note = NO_NAME(name=host)
    return [
        Measured(measure=_IPV6, value=":" in host, because=note),
        Measured(measure=_DNSSEC, value="unsigned", because=note),
        Measured(measure=_NAME_SERVERS, value=0, because=note),
        Measured(measure=_CAA, value=False, because=note),
    ]


def _ipv6(answer: DnsAnswer) -> Reading:
    if cause := _failure(answer):
        return _unavailable(_IPV6, answer, cause)
    addresses: list[Json] = [*answer.records]
    public = [text for text in answer.records if _public(text)]
    note = IPV6(name=answer.name, addresses=[*public]) if public else NO_IPV6(name=answer.name)
    if addresses and not public:
        note = PRIVATE_IPV6(name=answer.name, addresses=addresses)
    evidence = _proofs(answer, passage=f"{answer.name} AAAA {public[0]}" if public else None)
    return Measured(measure=_IPV6, value=bool(public), because=note, evidence=evidence, facts={"addresses": addresses})


def _dnssec(*answers: DnsAnswer) -> Reading:
    """Give the worst of the host's addresses; a failure to ask or to check says nothing of the zone."""
    evidence = _proofs(*answers)
    for wanted, value, note in (("bogus", "bogus", BOGUS), ("insecure", "unsigned", UNSIGNED)):
        found = next((a for a in answers if a.security == wanted), None)
        if found is not None:
            facts: dict[str, Json] = {"detail": found.security_detail, "asked": found.type}
            because = note(name=found.name, detail=found.security_detail)
            return Measured(measure=_DNSSEC, value=value, because=because, evidence=evidence, facts=facts)
    for answer in answers:
        if cause := _failure(answer):
            return _unavailable(_DNSSEC, answer, cause)
        if answer.security != "secure":
            note = NOT_CHECKED(detail=answer.security_detail)
            return Unavailable(measure=_DNSSEC, because=note, cause=Cause.CAPABILITY, evidence=evidence)
    details: list[Json] = [answer.security_detail for answer in answers]
    return Measured(
        measure=_DNSSEC, value="secure", because=SECURE(name=answers[0].name), evidence=evidence, facts={"details": details}
    )


def _name_servers(seen: DnsSeen, ipv4: DnsAnswer) -> Reading:
    """Count the zone's name servers that have an address; their networks show whether one cut takes all of them."""
    last = seen.delegations[-1] if seen.delegations else ipv4
    if not seen.delegations or not _own(last):
        if cause := _failure(last):
            return _unavailable(_NAME_SERVERS, last, cause)
        note = NO_SERVERS(name=seen.host)
        return Unavailable(measure=_NAME_SERVERS, because=note, cause=Cause.AMBIGUOUS, evidence=_proofs(*seen.delegations))
    found = {server.name: [text for answer in server.answers for text in answer.records] for server in seen.servers}
    reachable = {name: addresses for name, addresses in found.items() if addresses}
    lost = [a for server in seen.servers if server.name not in reachable for a in server.answers if _failure(a)]
    ours = next((a for a in lost if _failure(a) is not Cause.DNS), None)
    if ours is not None:
        return _unavailable(_NAME_SERVERS, ours, _failure(ours) or Cause.AMBIGUOUS)
    networks: list[Json] = [*sorted({_network(text) for addresses in reachable.values() for text in addresses})]
    servers: list[Json] = [*sorted(reachable)]
    facts: dict[str, Json] = {
        "zone": last.name,
        "servers": servers,
        "networks": networks,
        "silent": [*sorted(set(found) - set(reachable))],
    }
    enough = len(reachable) > 1
    note = NAME_SERVERS(count=len(reachable), zone=last.name, networks=len(networks), servers=servers)
    evidence = _proofs(last, *(answer for server in seen.servers for answer in server.answers))
    because = note if enough else FEW_SERVERS(zone=last.name, servers=servers)
    return Measured(measure=_NAME_SERVERS, value=len(reachable), because=because, evidence=evidence, facts=facts)


def _caa(seen: DnsSeen, ipv4: DnsAnswer) -> Reading:
    """Take the nearest CAA records above the name (RFC 8659, section 3); they limit only if they name an issuer."""
    last = seen.caa[-1] if seen.caa else ipv4
    if (cause := _failure(last)) or not seen.caa:
        return _unavailable(_CAA, last, cause or Cause.NOT_RUN)
    evidence = _proofs(*seen.caa, passage=last.records[0] if last.records else None)
    records: list[Json] = [*last.records[:10]]
    if not records:
        return Measured(measure=_CAA, value=False, because=NO_CAA(name=seen.host), evidence=evidence)
    limits = any(_ISSUE.match(record) for record in last.records)
    note = (CAA if limits else OPEN_CAA)(zone=last.name, records=records)
    return Measured(measure=_CAA, value=limits, because=note, evidence=evidence, facts={"zone": last.name, "records": records})


def _failure(answer: DnsAnswer) -> Cause | None:
    """Say why an answer is none; a name that does not exist is an answer."""
    return answer.cause or (None if answer.rcode in _SETTLED else Cause.DNS)


def _own(answer: DnsAnswer) -> bool:
    """Tell whether the records stand at the name itself, not behind an alias that leads elsewhere."""
    same = answer.canonical.lower().rstrip(".") in {"", answer.name.lower().rstrip(".")}
    return bool(answer.records) and same


def _unavailable(measure: MeasureId, answer: DnsAnswer, cause: Cause) -> Unavailable:
    detail = answer.detail or answer.rcode
    note = UNAVAILABLE(type=answer.type, name=answer.name, detail=detail)
    return Unavailable(measure=measure, because=note, cause=cause, evidence=_proofs(answer), facts={"rcode": answer.rcode})


def _proofs(*answers: DnsAnswer, passage: str | None = None) -> tuple[Proof, ...]:
    proofs = [answer.proof for answer in answers if answer.proof is not None]
    if proofs and passage is not None:
        proofs[-1] = replace(proofs[-1], passage=passage)
    return tuple(proofs)


def _is_address(host: str) -> bool:
    return _address(host) is not None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _public(text: str) -> bool:
    address = _address(text)
    return isinstance(address, IPv6Address) and address in _GLOBAL_UNICAST


def _network(text: str) -> str:
    address = _address(text)
    size = _IPV4_NETWORK if isinstance(address, IPv4Address) else _IPV6_NETWORK
    return str(ip_network(f"{text}/{size}", strict=False)) if address is not None else text


_IPV6, _DNSSEC = MeasureId("dns.ipv6"), MeasureId("dns.dnssec")
_NAME_SERVERS, _CAA = MeasureId("dns.nameservers"), MeasureId("dns.caa")

MEASURES = (
    Measure(id=_IPV6, kind=Kind.BOOLEAN, meaning="Whether the portal's name has a public IPv6 address."),
    Measure(
        id=_DNSSEC,
        kind=Kind.WORD,
        words=("bogus", "unsigned", "secure"),
        meaning="Whether the name's addresses are signed with DNSSEC, as we validate it ourselves from the anchor.",
    ),
    Measure(id=_NAME_SERVERS, kind=Kind.COUNT, meaning="How many of the zone's name servers have an address."),
    Measure(id=_CAA, kind=Kind.BOOLEAN, meaning="Whether CAA records say which authorities may issue certificates."),
)

PROBE = Probe(id=ProbeId("dns"), version=1, look=look, assess=assess, seen=DnsSeen, measures=MEASURES)
