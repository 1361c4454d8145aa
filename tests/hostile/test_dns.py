"""Name servers that break every rule: each question ends as an outcome within its bounds, and blames nobody for our resolver."""

import socket
import struct
import threading
import time
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from bounds import bounded
from tls import Kept, serving

from auditor.clock import SystemClock
from auditor.model.visit import Cause
from auditor.visit.doors.dns.door import Authorities, DnsVisit, NoAddress, Resolver
from auditor.visit.doors.guard import Guard

pytestmark = pytest.mark.anyio
SECONDS = 0.5
"""What one question may take here, twice that with its second go over TCP."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("auditor.visit.doors.dns.wire._SECONDS", SECONDS)


def reply(data, *records, truncated=False, rcode=dns.rcode.NOERROR):
    """Give an answer to a question with these records, as ``owner type text``; ``@`` is the name that was asked."""
    query = dns.message.from_wire(data)
    answer = dns.message.make_response(query)
    answer.set_rcode(rcode)
    if truncated:
        answer.flags |= dns.flags.TC
    for record in records:
        owner, kind, text = record.split(" ", 2)
        asked = query.question[0].name.to_text()
        answer.answer.append(dns.rrset.from_text(owner.replace("@", asked), 60, "IN", kind, text.replace("@", asked)))
    return answer.to_wire(max_size=65_535)


def head(data, *, answers):
    """Give the question back with a count of answers that is not theirs."""
    return struct.pack("!HHHHHH", *struct.unpack("!H", data[:2]), 0x8180, 1, answers, 0, 0) + question(data)


def question(data):
    end = data.index(b"\0", 12) + 5
    return data[12:end]


GIANT = " ".join(f'"{"a" * 255}"' for _ in range(240))
"""61 KB of text, as much as one answer can hold."""


def cut(data):
    return [reply(data, truncated=True)]


def whole(data):
    """Over TCP: its length, then the answer."""
    wire = reply(data, f"@ TXT {GIANT}")
    return struct.pack("!H", len(wire)) + wire


def closing(connection, data):
    connection.close()


def giving(connection, data):
    connection.sendall(whole(data))


def dripping(connection, data):
    for char in whole(data):
        connection.sendall(bytes([char]))
        time.sleep(0.05)


def half(connection, data):
    connection.sendall(whole(data)[:1000])


def cut_again(connection, data):
    wire = reply(data, truncated=True)
    connection.sendall(struct.pack("!H", len(wire)) + wire)


def endless(connection, data):
    while True:
        connection.sendall(b"\xff\xff" + bytes(65_535))


@contextmanager
def name_server(over_udp, over_tcp=closing):
    """Run a name server: ``over_udp`` gives the datagrams that answer one, ``over_tcp`` does what it likes."""

    def talk(connection, server):
        size = struct.unpack("!H", connection.recv(2))[0]
        over_tcp(connection, connection.recv(size))

    with serving(talk) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", server.port))
        server.asked = 0

        def answer():
            while True:
                data, place = listening.recvfrom(5000)
                if not data:
                    return
                server.asked += 1
                for datagram in over_udp(data):
                    listening.sendto(datagram, place)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.sendto(b"", ("127.0.0.1", server.port))
            thread.join(5)


def others(data):
    """Answer with the same number, but to what nobody asked."""
    other = dns.message.make_query("khac.test", "A")
    other.id = dns.message.from_wire(data).id
    return [reply(other.to_wire(), "@ A 192.0.2.1")]


UNREAD = object()
"""Nothing that can be read comes: of this name only, it is theirs; of every name, our resolver does not serve us."""
FAULTS = {
    "cname-loop": (lambda data: [reply(data, "@ CNAME b.test.", "b.test. CNAME @")], closing, Cause.DNS),
    "cname-to-itself": (lambda data: [reply(data, "@ CNAME @")], closing, Cause.DNS),
    "long-cname-chain": (lambda data: [reply(data, "@ CNAME a0.test.", *(f"a{n}.test. CNAME a{n + 1}.test." for n in range(400)))], closing, Cause.DNS),
    "giant-txt": (cut, giving, None),
    "giant-txt-over-udp": (lambda data: [whole(data)[2:][:60_000]], giving, UNREAD),
    "cut-then-closed": (cut, closing, UNREAD),
    "cut-then-dripping": (cut, dripping, UNREAD),
    "cut-then-half": (cut, half, UNREAD),
    "cut-again": (cut, cut_again, Cause.AMBIGUOUS),
    "cut-then-endless": (cut, endless, UNREAD),
    "lame": (lambda data: [reply(data, rcode=dns.rcode.REFUSED)], closing, Cause.CAPABILITY),
    "lame-by-failure": (lambda data: [reply(data, rcode=dns.rcode.SERVFAIL)], closing, Cause.DNS),
    "half-an-answer": (lambda data: [reply(data, "@ TXT x")[:-3]], closing, UNREAD),
    "65535-answers-promised": (lambda data: [head(data, answers=65_535)], closing, UNREAD),
    "a-pointer-to-itself": (lambda data: [head(data, answers=1) + b"\xc0" + bytes([12 + len(question(data))]) + b"\0\x10\0\1\0\0\0\0\0\0"], closing, UNREAD),
    "another-question": (others, closing, UNREAD),
    "another-id": (lambda data: [b"\0\0" + reply(data, "@ TXT x")[2:]], closing, UNREAD),
    "noise": (lambda data: [b"\xff" * 500], closing, UNREAD),
    "empty": (lambda data: [b""], closing, UNREAD),
    "a-thousand-datagrams": (lambda data: [b"\xff" * 500] * 1000, closing, UNREAD),
    "a-thousand-records": (lambda data: [reply(data, *(f"@ TXT t{n}" for n in range(1000)))], closing, None),
}  # fmt: skip


def resolver(*servers, allow=()):
    places = tuple(("127.0.0.1", server.port) for server in servers)
    return Resolver(servers=places, clock=SystemClock(), guard=Guard.of(allow, {}), remember_seconds=0.0)


async def theirs(host, cause):
    return cause


@pytest.mark.parametrize("of", ["every name", "this name"])
@pytest.mark.parametrize("name", FAULTS)
async def test_whatever_a_name_server_answers_a_question_ends_as_an_outcome_within_its_bounds(name, of):
    over_udp, over_tcp, cause = FAULTS[name]

    def choosy(data):
        return over_udp(data) if of == "every name" or b"so\x04test" in data else [reply(data)]

    with name_server(choosy, over_tcp) as server, bounded(4 * SECONDS, 4, asked=lambda: server.asked):
        answer = await DnsVisit(resolver(server), Kept(), blame=theirs).query("so.test", "TXT")
    unread = Cause.CAPABILITY if of == "every name" else Cause.DNS
    causes = {unread if one is UNREAD else one for one in (cause if isinstance(cause, set) else {cause})}
    assert answer.cause in causes
    assert not answer.records or answer.cause is None
    assert len(str(answer.records)) < 70_000


@pytest.mark.parametrize("name", sorted(FAULTS))
async def test_a_page_whose_name_is_answered_so_is_not_fetched_and_nothing_inside_is_reached(name):
    over_udp, over_tcp, _ = FAULTS[name]
    with (
        name_server(over_udp, over_tcp) as server,
        bounded(6 * SECONDS, 8, asked=lambda: server.asked),
        pytest.raises(NoAddress) as caught,
    ):
        await resolver(server).addresses("so.test")
    assert caught.value.cause in {Cause.DNS, Cause.CAPABILITY, Cause.AMBIGUOUS}


def authority(data):
    """Answer as a zone's own name server does."""
    answer = dns.message.from_wire(reply(data, "@ SOA ns.test. host.test. 1 1 1 1 1"))
    answer.flags |= dns.flags.AA
    return [answer.to_wire()]


def asking(**servers):
    guard = Guard.of((), {f"{name}.test:53": f"127.0.0.1:{server.port}" for name, server in servers.items()})
    clock = SystemClock()
    return DnsVisit(Resolver(servers=(), clock=clock, guard=guard), Kept(), authorities=Authorities(clock, guard, 0.0))


@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize("name", FAULTS)
async def test_a_name_server_asked_itself_is_at_fault_only_while_another_speaks_with_authority(name, control):
    over_udp, over_tcp, _ = FAULTS[name]
    with (
        name_server(over_udp, over_tcp) as broken,
        name_server(authority) as right,
        bounded(5 * SECONDS, 2, asked=lambda: broken.asked),
    ):
        door = asking(ns1=right, ns2=broken)
        if control:
            assert (await door.ask("ns1.test", "203.113.1.1", "so.test", "SOA")).cause is None
        answer = await door.ask("ns2.test", "203.113.1.2", "so.test", "TXT")
    theirs = {Cause.AMBIGUOUS} if name == "cut-again" else {Cause.TIMEOUT, Cause.CONNECT, Cause.PROTOCOL, Cause.DNS}
    assert answer.cause in (theirs if control else {Cause.AMBIGUOUS})
    assert len(str(answer.records)) < 70_000


async def test_a_name_server_that_is_silent_of_one_zone_is_asked_of_another_all_the_same():
    def choosy(data):
        return [] if b"im\x04test" in data else authority(data)

    with name_server(choosy) as one, name_server(authority) as right:
        door = asking(ns1=right, ns2=one)
        assert (await door.ask("ns1.test", "203.113.1.1", "so.test", "SOA")).cause is None
        silent = await door.ask("ns2.test", "203.113.1.2", "im.test", "SOA")
        speaking = await door.ask("ns2.test", "203.113.1.2", "noi.test", "SOA")
    assert (silent.cause, speaking.cause, speaking.authoritative) == (Cause.TIMEOUT, None, True)


async def test_when_our_link_dies_many_dead_name_servers_are_asked_about_once():
    with name_server(lambda data: []) as dead, name_server(authority) as right:
        door = asking(ns1=right, **{f"n{number}": dead for number in range(9)})
        assert (await door.ask("ns1.test", "203.113.1.1", "so.test", "SOA")).cause is None
    with name_server(lambda data: []) as dead, bounded(8 * SECONDS, 2, asked=lambda: dead.asked):
        door._authorities.guard.connect_to.update({f"n{number}.test:53": f"127.0.0.1:{dead.port}" for number in range(9)})
        found = [await door.ask(f"n{number}.test", "203.113.1.2", "so.test", "SOA") for number in range(9)]
    assert {answer.cause for answer in found} == {Cause.AMBIGUOUS}


def speaking(data):
    return [reply(data, '@ TXT "v=spf1 -all"')]


@pytest.mark.parametrize("name", [name for name, (_, _, cause) in FAULTS.items() if cause in (UNREAD, Cause.CAPABILITY)])
async def test_one_broken_name_server_does_not_hide_a_good_one(name):
    over_udp, over_tcp, _ = FAULTS[name]
    with (
        name_server(over_udp, over_tcp) as broken,
        name_server(speaking) as right,
        bounded(4 * SECONDS, 1, asked=lambda: right.asked),
    ):
        answer = await DnsVisit(resolver(broken, right), Kept(), blame=theirs).query("so.test", "TXT")
    assert (answer.cause, answer.records) == (None, ('"v=spf1 -all"',))
