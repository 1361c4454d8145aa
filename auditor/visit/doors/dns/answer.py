"""What is asked of a resolver and what its message says, aliases followed as far as it holds them."""

from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from auditor.model.evidence import Proof
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer

__all__ = ["MEDIA_TYPE", "Keep", "answer_of", "delegated", "question"]

MEDIA_TYPE = "application/dns-message"
Keep = Callable[[bytes, str, str | None], Proof]
_MAX_CNAMES = 12


def question(name: str, type: str) -> tuple[dns.name.Name, dns.rdatatype.RdataType] | str:  # noqa: A002 - DNS's own word
    """Give what to ask for, or why it cannot be asked."""
    try:
        wanted = dns.name.from_text(name.encode("idna").decode() if not name.isascii() else name)
        return wanted, dns.rdatatype.from_text(type)
    except (dns.exception.DNSException, UnicodeError, ValueError) as exc:
        return f"no name to ask for: {exc}"


def answer_of(message: dns.message.Message, server: str, keep: Keep | None, base: DnsAnswer) -> DnsAnswer:
    """Read a resolver's message as the answer to the question in ``base``, and keep the bytes that came."""
    wanted = question(base.name, base.type)
    assert not isinstance(wanted, str)  # it was asked
    records, canonical, looped = _records(*wanted, message)
    return DnsAnswer(
        name=base.name,
        type=base.type,
        rcode=dns.rcode.to_text(message.rcode()),
        records=records,
        canonical=canonical,
        cause=Cause.DNS if looped else None,
        detail="the CNAMEs never end" if looped else "",
        server=server,
        authoritative=bool(message.flags & dns.flags.AA),
        at=base.at,
        proof=keep(message.wire or b"", MEDIA_TYPE, f"dns:{base.name}?type={base.type}") if keep else None,
    )


def delegated(name: dns.name.Name, message: dns.message.Message) -> tuple[str, ...]:
    """Give the name servers to which a server leaves a name that is not its own; nothing where it says none."""
    found = message.get_rrset(message.authority, name, dns.rdataclass.IN, dns.rdatatype.NS)
    return tuple(sorted(record.to_text() for record in found)) if found is not None else ()


def _records(
    name: dns.name.Name, rdtype: dns.rdatatype.RdataType, message: dns.message.Message
) -> tuple[tuple[str, ...], str, bool]:
    """Follow the answer's CNAMEs, as far as it holds them, to the records asked for."""
    for _ in range(_MAX_CNAMES):
        found = message.get_rrset(message.answer, name, dns.rdataclass.IN, rdtype)
        if found is not None:
            return tuple(sorted(record.to_text() for record in found)), name.to_text(omit_final_dot=True), False
        alias = message.get_rrset(message.answer, name, dns.rdataclass.IN, dns.rdatatype.CNAME)
        if alias is None:
            return (), name.to_text(omit_final_dot=True), False
        name = alias[0].target
    return (), name.to_text(omit_final_dot=True), True
