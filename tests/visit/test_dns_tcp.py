"""Answers over TCP: what is long is kept as it came, and what is cut there too is no answer."""

import struct

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
import pytest
from dnssec import SignedZone
from dnstcp import serve_long
from servers import serve_dns

from auditor.clock import SystemClock
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.visit import Cause
from auditor.visit.doors.dns.door import DnsVisit, Resolver, Trust, read_anchors
from auditor.visit.doors.guard import Guard
from probes.mailing.dmarc import judge_dmarc
from probes.mailing.spf import judge_spf

pytestmark = pytest.mark.anyio


class Kept:
    def __init__(self):
        self.bodies = []

    def __call__(self, body, media_type, url):
        self.bodies.append(body)
        return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)


def door_to(*ports, trust=None):
    clock = SystemClock()
    servers = tuple(("127.0.0.1", port) for port in ports)
    kept = Kept()
    door = DnsVisit(Resolver(servers=servers, clock=clock, guard=Guard.of((), {})), kept, trust)
    door.kept, door.resolver = kept, door._resolver
    return door


def compressed(query):
    """Answer with 2,000 SRV records whose targets are pointers to one long name: spelt out they need more than 64 KB."""
    head = struct.pack("!HHHHHH", query.id, dns.flags.QR | dns.flags.RA, 1, 2000, 0, 0)
    wire = head + query.question[0].name.to_wire() + struct.pack("!HH", query.question[0].rdtype, 1)
    first = len(wire) + 12 + 6
    for number in range(2000):
        target = (b"\x3c" + b"a" * 60) * 3 + b"\0" if not number else struct.pack("!H", 0xC000 | first)
        wire += b"\xc0\x0c" + struct.pack("!HHIHHHH", dns.rdatatype.SRV, 1, 60, 6 + len(target), 0, number, 443) + target
    return wire


async def test_a_long_answer_is_kept_as_the_bytes_that_came():
    came = []

    def answer(query):
        came.append(compressed(query))
        return came[-1]

    with serve_long(answer) as port:
        door = door_to(port)
        found = await door.query("so.test", "SRV")
    assert (found.cause, found.rcode, len(found.records)) == (None, "NOERROR", 2000)
    assert door.kept.bodies == came[:1] == came[-1:]
    assert found.proof.size == len(came[0]) > 36_000


async def test_a_long_link_of_the_chain_breaks_no_validation(tmp_path):
    path = tmp_path / "anchor"
    path.write_text(SignedZone(".").anchor)
    with serve_long(compressed) as port:
        door = door_to(port, trust=Trust(read_anchors(path), SystemClock()))
        found = await door.query("so.test", "SRV", validate=True)
    assert (found.cause, found.security) == (None, "")


def cut_off(query):
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.TC
    return reply.to_wire()


async def test_an_answer_that_is_cut_over_tcp_too_accuses_nobody_of_having_no_record():
    with serve_long(cut_off) as port:
        door = door_to(port)
        spf = await door.query("so.test", "TXT")
        dmarc = await door.query("_dmarc.so.test", "TXT")
        for _ in range(3):
            await door.query("khac.test", "TXT")
        turn = [door.resolver._rests(server) for server in door.resolver.servers]
    assert (spf.rcode, spf.records, spf.cause) == ("", (), Cause.AMBIGUOUS)
    assert "cut off" in spf.detail
    assert judge_spf("so.test", {"so.test": spf}).cause is Cause.AMBIGUOUS
    assert judge_dmarc((dmarc,)).cause is Cause.AMBIGUOUS
    assert turn == [False]  # who answers so is not silent: other names are asked of it as before


async def test_what_one_resolver_cuts_off_is_asked_of_the_next():
    with serve_long(cut_off) as port, serve_dns({("so.test", "TXT"): ['"v=spf1 -all"']}) as other:
        found = await door_to(port, other.port).query("so.test", "TXT")
    assert (found.records, found.cause) == (('"v=spf1 -all"',), None)


@pytest.mark.parametrize("name", ["\\097" * 20 + ".vn", "\\097" * 63 + ".vn", "a\\.b.vn", "cổng.vn", "\\000.vn"])
async def test_a_name_with_escapes_is_asked_for_as_it_is_read(name):
    with serve_dns({}) as server:
        found = await door_to(server.port).query(name, "TXT")
    assert (found.rcode, found.cause) == ("NXDOMAIN", None)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "name", ["\\097" * 64 + ".vn", "\\256.vn", "\\", "a..vn", "\ud800.vn", "b" * 64 + ".vn", "ổ" * 60 + ".vn", "a." * 128]
)
async def test_a_name_that_is_none_is_asked_of_nobody(name):
    with serve_dns({}) as server:
        found = await door_to(server.port).query(name, "TXT")
    assert (found.rcode, found.cause) == ("", Cause.DNS)
    assert server.asked == []
