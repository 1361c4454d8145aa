"""What was seen of a name, and how its answers are read."""

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from auditor.model.evidence import Proof
from auditor.model.ids import MeasureId
from auditor.model.reading import Unavailable
from auditor.model.visit import Cause
from auditor.sdk.details import told
from auditor.sdk.doors import DnsAnswer, Reached
from probes.naming.notes import UNAVAILABLE

__all__ = [
    "MOST_REACHED",
    "MOST_SERVERS",
    "Asked",
    "DnsSeen",
    "NameServer",
    "address_of",
    "failure_of",
    "is_own",
    "is_public",
    "proofs_of",
    "unavailable",
]

MOST_SERVERS = 13
MOST_REACHED = 8
"""How many of a zone's name servers, and of a name's IPv6 addresses, are tried; what is left out is told."""
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SETTLED = {"NOERROR", "NXDOMAIN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a name server said itself, at one of its addresses: of the zone, and of the host if it knows the zone."""

    address: str
    soa: DnsAnswer
    hosts: tuple[DnsAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameServer:
    """One name server with its addresses, as far as they were asked for, and what it said itself at each of them."""

    name: str
    answers: tuple[DnsAnswer, ...]
    asked: tuple[Asked, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Give its addresses, IPv4 first."""
        return tuple(text for answer in self.answers for text in answer.records if address_of(text))

    @property
    def unasked(self) -> tuple[str, ...]:
        """Give the addresses that nobody got to, where some were asked."""
        known = {one.address for one in self.asked}
        return tuple(text for text in self.addresses if self.asked and text not in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSeen:
    """All that was asked. ``delegations`` and ``caa`` climb from the host upwards until something was found or failed.

    ``above`` are the answers of servers of the zone above to whom they leave the zone, the last one the one that counts,
    and ``own`` what the zone itself says of its servers. ``beside`` are the addresses of a name that nobody has given out,
    beside the host or below it; ``reached`` is what came of a connection to each of the host's IPv6 addresses. A site
    without a name has no answers at all.
    """

    host: str
    ipv4: DnsAnswer | None = None
    ipv6: DnsAnswer | None = None
    delegations: tuple[DnsAnswer, ...] = ()
    servers: tuple[NameServer, ...] = ()
    above: tuple[DnsAnswer, ...] = ()
    own: DnsAnswer | None = None
    caa: tuple[DnsAnswer, ...] = ()
    beside: tuple[DnsAnswer, ...] = ()
    reached: tuple[Reached, ...] = ()


def failure_of(answer: DnsAnswer) -> Cause | None:
    """Say why an answer is none; a name that does not exist is an answer."""
    return answer.cause or (None if answer.rcode in _SETTLED else Cause.DNS)


def is_own(answer: DnsAnswer) -> bool:
    """Tell whether the records stand at the name itself, not behind an alias that leads elsewhere."""
    same = answer.canonical.lower().rstrip(".") in {"", answer.name.lower().rstrip(".")}
    return bool(answer.records) and same


def unavailable(measure: MeasureId, answer: DnsAnswer, cause: Cause) -> Unavailable:
    """Give the reading of a measure whose answer is none."""
    note = UNAVAILABLE(type=answer.type, name=answer.name, detail=told(answer.detail or answer.rcode))
    return Unavailable(measure=measure, because=note, cause=cause, evidence=proofs_of(answer), facts={"rcode": answer.rcode})


def proofs_of(*answers: DnsAnswer | Reached, passage: str | None = None) -> tuple[Proof, ...]:
    """Give what was kept of these; the passage stands in the last."""
    proofs = [answer.proof for answer in answers if answer.proof is not None]
    if proofs and passage is not None:
        proofs[-1] = replace(proofs[-1], passage=passage)
    return tuple(proofs)


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; None if it is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_public(text: str) -> bool:
    """Tell whether an IPv6 address is one that somebody outside can reach."""
    address = address_of(text)
    return isinstance(address, IPv6Address) and address in _GLOBAL_UNICAST and address.is_global
