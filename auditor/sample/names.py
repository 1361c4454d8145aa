"""The sample's name server: it speaks for its one domain, unsigned, and knows nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import anyio
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
from anyio.abc import ByteStream, Listener, UDPSocket
from anyio.streams.buffered import BufferedByteReceiveStream

from auditor.sample.web import GONE_AWAY

__all__ = ["DOMAIN", "Record", "Zone", "serve_tcp", "serve_udp"]

DOMAIN = "khanhhoa.test"
_TTL = 60
_SMALLEST = 512
"""What every datagram may hold (RFC 1035 section 4.2.1)."""
_MOST_QUERIES = 100
_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as a zone file writes it; ``name`` is absolute, without the last dot."""

    name: str
    type: str
    text: str


class Zone:
    """All records of the sample's domain."""

    def __init__(self, records: Iterable[Record]) -> None:
        """Take the records; the domain's own SOA and name servers are added."""
        self._origin = dns.name.from_text(DOMAIN)
        self._zone = dns.zone.Zone(self._origin, relativize=False)
        self._add(Record(name=DOMAIN, type="SOA", text=f"ns1.{DOMAIN}. hostmaster.{DOMAIN}. 1 3600 600 86400 {_TTL}"))
        for server in (f"ns1.{DOMAIN}", f"ns2.{DOMAIN}"):
            self._add(Record(name=DOMAIN, type="NS", text=f"{server}."))
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


async def serve_udp(socket: UDPSocket, zone: Zone) -> None:
    """Answer datagrams until cancelled."""
    async for packet, (host, port) in socket:
        reply = zone.answer(packet, datagram=True)
        if reply is not None:
            await socket.sendto(reply, host, port)


async def serve_tcp(listener: Listener[ByteStream], zone: Zone) -> None:
    """Answer queries over TCP until cancelled."""
    await listener.serve(partial(_talk, zone))


async def _talk(zone: Zone, stream: ByteStream) -> None:
    async with stream:
        reader = BufferedByteReceiveStream(stream)
        try:
            with anyio.move_on_after(_SECONDS):
                for _ in range(_MOST_QUERIES):
                    size = int.from_bytes(await reader.receive_exactly(2), "big")
                    reply = zone.answer(await reader.receive_exactly(size), datagram=False)
                    if reply is None:
                        return
                    await stream.send(len(reply).to_bytes(2, "big") + reply)
        except GONE_AWAY:
            return
