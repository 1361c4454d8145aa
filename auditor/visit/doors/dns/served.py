"""What a name server answers of one domain: the other side of the door, for servers of our own on loopback."""

from collections.abc import Iterable
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.zone

__all__ = ["Record", "ServedZone"]

_TTL = 60
_SMALLEST = 512
"""What every datagram may hold (RFC 1035 section 4.2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as a zone file writes it; ``name`` is absolute, without the last dot."""

    name: str
    type: str
    text: str


class ServedZone:
    """All records of one domain, unsigned."""

    def __init__(self, domain: str, records: Iterable[Record]) -> None:
        """Take the records; the domain's own SOA and name servers, on loopback, are added."""
        self._origin = dns.name.from_text(domain)
        self._zone = dns.zone.Zone(self._origin, relativize=False)
        self._add(Record(name=domain, type="SOA", text=f"ns1.{domain}. hostmaster.{domain}. 1 3600 600 86400 {_TTL}"))
        for server in (f"ns1.{domain}", f"ns2.{domain}"):
            self._add(Record(name=domain, type="NS", text=f"{server}."))
            self._add(Record(name=server, type="A", text="127.0.0.1"))
        for record in records:
            self._add(record)

    def _add(self, record: Record) -> None:
        rdata = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(record.type), record.text)
        self._zone.find_rdataset(f"{record.name}.", rdata.rdtype, create=True).add(rdata, _TTL)

    def answer(self, wire: bytes, *, datagram: bool) -> bytes | None:
        """Give the answer to a query on the wire, cut if it must fit a datagram; None to what is no query."""
        try:
            query = dns.message.from_wire(wire)
        except (dns.exception.DNSException, ValueError):
            return None
        if query.flags & dns.flags.QR or len(query.question) != 1:
            return None
        reply = dns.message.make_response(query, recursion_available=True)
        self._fill(reply, query.question[0].name, query.question[0].rdtype)
        body = reply.to_wire(max_size=65535)
        most = max(query.payload if query.edns >= 0 else 0, _SMALLEST)
        if not datagram or len(body) <= most:
            return body
        short = dns.message.make_response(query, recursion_available=True)
        short.flags |= dns.flags.TC
        return short.to_wire()

    def _fill(self, reply: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> None:
        if not name.is_subdomain(self._origin):
            reply.set_rcode(dns.rcode.NXDOMAIN)
            return
        reply.flags |= dns.flags.AA
        found = self._zone.get_rdataset(name, rdtype)
        if found is not None:
            reply.answer.append(dns.rrset.from_rdata_list(name, found.ttl, list(found)))
            return
        soa = self._zone.find_rdataset(self._origin, dns.rdatatype.SOA)
        reply.authority.append(dns.rrset.from_rdata_list(self._origin, soa.ttl, list(soa)))
        if not any(known.is_subdomain(name) for known in self._zone.nodes):
            reply.set_rcode(dns.rcode.NXDOMAIN)
