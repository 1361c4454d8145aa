"""The only door to dnspython: names asked of the configured resolvers, with bounds, and every answer kept."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio
import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from auditor.clock import Clock
from auditor.model.evidence import Proof
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from auditor.visit.doors.guard import Guard, Refusal

__all__ = ["GONE", "NoAddress", "Resolver", "nameservers_of"]

_SECONDS = 4.0
_PAYLOAD = 1232
"""EDNS payload that no path fragments (DNS flag day 2020)."""
_MAX_CNAMES = 12
_MAX_ADDRESSES = 16
GONE = "the name does not exist"
Keep = Callable[[bytes, str, str | None], Proof]


class NoAddress(Exception):  # noqa: N818 - it is the outcome's name
    """A name has no address to visit; ``cause`` says whether they, we or nobody can be blamed."""

    def __init__(self, cause: Cause, detail: str) -> None:
        """Say why."""
        self.cause, self.detail = cause, detail
        super().__init__(detail)


def nameservers_of(texts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Give the configured resolvers, else the system's, as pairs of address and port."""
    if texts:
        pairs = [
            (text, "53") if text.count(":") != 1 and not text.startswith("[") else tuple(text.rsplit(":", 1)) for text in texts
        ]
        return tuple((host.strip("[]"), int(port)) for host, port in pairs)
    try:
        return tuple((str(server), 53) for server in dns.resolver.Resolver().nameservers)
    except dns.exception.DNSException:
        return ()


@dataclass
class Resolver:
    """Asks the resolvers in turn. One for all visits; a name's addresses are remembered for ``remember_seconds``."""

    servers: tuple[tuple[str, int], ...]
    clock: Clock
    guard: Guard
    remember_seconds: float = 60.0
    _known: dict[str, tuple[float, tuple[str, ...]]] = field(default_factory=dict)

    async def query(self, name: str, type: str, *, keep: Keep | None = None) -> DnsAnswer:  # noqa: A002 - DNS's own word
        """Ask for one name and type, of each server until one answers."""
        at = self.clock.now()
        try:
            wanted = dns.name.from_text(name.encode("idna").decode() if not name.isascii() else name)
            rdtype = dns.rdatatype.from_text(type)
        except (dns.exception.DNSException, UnicodeError, ValueError) as exc:
            return DnsAnswer(name=name, type=type, rcode="", cause=Cause.DNS, detail=f"no name to ask for: {exc}", at=at)
        detail = "no resolver is configured"
        for server, port in self.servers:
            try:
                message = await _exchange(wanted, rdtype, server, port)
            except (dns.exception.DNSException, OSError, EOFError, TimeoutError, ValueError) as exc:
                detail = f"{server}: {exc.__class__.__name__}: {exc}"[:300]
                continue
            if (
                message.rcode() in {dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP}
                and (server, port) != self.servers[-1]
            ):
                detail = f"{server}: {dns.rcode.to_text(message.rcode())}"
                continue
            return _answer(message, server, keep, DnsAnswer(name=name, type=type, rcode="", at=at))
        return DnsAnswer(name=name, type=type, rcode="", cause=Cause.DNS, detail=detail, at=at)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Give a name's public addresses, IPv4 first; a literal address is its own.

        Raises:
            NoAddress: there is none, or none that may be visited.
        """
        now = self.clock.monotonic()
        if host not in self._known or now - self._known[host][0] > self.remember_seconds:
            self._known[host] = (now, await self._look_up(host))
        allowed, refused = [], ""
        for address in self._known[host][1]:
            try:
                self.guard.check(address)
                allowed.append(address)
            except Refusal as exc:
                refused = str(exc)
        if not allowed:
            raise NoAddress(Cause.REDIRECTS, f"{host}: {refused}")
        return tuple(allowed)

    async def _look_up(self, host: str) -> tuple[str, ...]:
        if ":" in host or host.replace(".", "").isdigit():
            return (host,)
        found: list[str] = []
        last: DnsAnswer | None = None
        for kind in ("A", "AAAA"):
            last = await self.query(host, kind)
            found += last.records
            if last.rcode == "NXDOMAIN" or (last.cause and not found):
                break
        if found:
            return tuple(found[:_MAX_ADDRESSES])
        rcode = last.rcode if last else ""
        detail = {"NOERROR": "the name has no address", "NXDOMAIN": GONE}.get(rcode, (last.detail if last else "") or rcode)
        raise NoAddress(Cause.DNS, f"{host}: {detail}")


async def _exchange(name: dns.name.Name, rdtype: dns.rdatatype.RdataType, server: str, port: int) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, use_edns=0, payload=_PAYLOAD, want_dnssec=True)
    query.id = secrets.randbits(16)
    with anyio.fail_after(_SECONDS * 2):
        message, _ = await dns.asyncquery.udp_with_fallback(query, server, timeout=_SECONDS, port=port, ignore_unexpected=True)
    return message


def _answer(message: dns.message.Message, server: str, keep: Keep | None, base: DnsAnswer) -> DnsAnswer:
    name, rdtype = dns.name.from_text(base.name.encode("idna").decode()), dns.rdatatype.from_text(base.type)
    records, canonical, looped = _records(name, rdtype, message)
    wire = message.to_wire(max_size=65535) if keep else b""
    return DnsAnswer(
        name=base.name,
        type=base.type,
        rcode=dns.rcode.to_text(message.rcode()),
        records=records,
        canonical=canonical,
        cause=Cause.DNS if looped else None,
        detail="the CNAMEs never end" if looped else "",
        server=server,
        at=base.at,
        proof=keep(wire, "application/dns-message", f"dns:{base.name}?type={base.type}") if keep else None,
    )


def _records(
    name: dns.name.Name, rdtype: dns.rdatatype.RdataType, message: dns.message.Message
) -> tuple[tuple[str, ...], str, bool]:
    """Follow the answer's CNAMEs, as far as it holds them, to the records asked for."""
    for _ in range(_MAX_CNAMES):
        found = message.get_rrset(message.answer, name, dns.rdataclass.IN, rdtype)
        if found is not None:
            return tuple(sorted(item.to_text() for item in found)), name.to_text(omit_final_dot=True), False
        alias = message.get_rrset(message.answer, name, dns.rdataclass.IN, dns.rdatatype.CNAME)
        if alias is None:
            return (), name.to_text(omit_final_dot=True), False
        name = alias[0].target
    return (), name.to_text(omit_final_dot=True), True
