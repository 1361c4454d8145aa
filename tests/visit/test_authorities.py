"""Name servers asked by themselves: a real one (NSD), lame ones, silent ones, and who is blamed when nobody can tell."""

import socket
import time
from contextlib import contextmanager

import pytest
from nsd import RealZone, build, nsd, with_nsd
from servers import closed_port, serve_dns
from tls import Kept

from auditor.clock import SystemClock
from auditor.model.visit import Cause
from auditor.visit.doors.dns.door import Authorities, DnsVisit, Resolver
from auditor.visit.doors.guard import Guard

pytestmark = pytest.mark.anyio
ZONE = "khanhhoa.test"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("auditor.visit.doors.dns.wire._SECONDS", 0.3)


def door(allow=(), **ports):
    """Open a door for which each named server is at a port of this machine."""
    clock = SystemClock()
    guard = Guard.of(allow, {f"{name}.test:53": f"127.0.0.1:{port}" for name, port in ports.items()})
    authorities = Authorities(clock, guard, 0.0)
    return DnsVisit(Resolver(servers=(), clock=clock, guard=guard), Kept(), authorities=authorities)


@contextmanager
def silent():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hearing:
        hearing.bind(("127.0.0.1", 0))
        yield hearing.getsockname()[1]


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nsd")
    files = build(
        folder / "zones",
        RealZone(f"{ZONE}.", "so A 203.113.1.80\nxa NS ns1.khac.test.\nxa NS ns2.khac.test.\n", signed=False, serial=2026030101),
    )
    with nsd(folder / "run", files) as port:
        yield port


async def ask(asking, server, name=ZONE, kind="SOA"):
    return await asking.ask(f"{server}.test", "203.113.1.2", name, kind)


@with_nsd
async def test_a_real_name_server_speaks_with_authority_of_what_is_there_and_what_is_not(real):
    asking = door(ns1=real)
    soa, there, gone = (
        await ask(asking, "ns1"),
        await ask(asking, "ns1", f"so.{ZONE}", "A"),
        await ask(asking, "ns1", f"x.{ZONE}", "A"),
    )
    assert (soa.cause, soa.authoritative, soa.records[0].split()[2]) == (None, True, "2026030101")
    assert (there.records, there.server, gone.rcode, gone.cause) == (("203.113.1.80",), "203.113.1.2", "NXDOMAIN", None)
    assert soa.proof is not None


@with_nsd
async def test_a_server_of_the_zone_above_says_to_whom_it_leaves_a_name(real):
    asking = door(ns1=real)

    async def left_to(name, **given):
        return await asking.ask("ns1.test", "203.113.1.2", name, "NS", **given)

    below, own = await left_to(f"xa.{ZONE}", delegation=True), await left_to(ZONE, delegation=True)
    assert (below.cause, below.authoritative, below.records) == (None, False, ("ns1.khac.test.", "ns2.khac.test."))
    assert (own.cause, own.authoritative) == (None, True)
    assert (await left_to(f"xa.{ZONE}")).detail == "does not speak with authority"
    assert (await left_to(f"a.xa.{ZONE}", delegation=True)).cause is not None


@with_nsd
@pytest.mark.parametrize("control", [True, False])
async def test_a_lame_delegation_is_theirs_only_while_another_server_speaks_with_authority(real, control):
    asking = door(ns1=real, ns2=real)
    with serve_dns({("khac.test", "SOA"): ["ns. host. 1 1 1 1 1"]}) as other:
        asking = door(ns1=real, ns2=real, ns3=other.port)
        if control:
            assert (await ask(asking, "ns1")).cause is None
        lame, unsure = await ask(asking, "ns2", "khac.test"), await ask(asking, "ns3", "khac.test")
    assert (lame.rcode, lame.detail) == ("REFUSED", "answers REFUSED")
    assert (unsure.rcode, unsure.authoritative, unsure.detail) == ("NOERROR", False, "does not speak with authority")
    assert unsure.cause is (Cause.DNS if control else Cause.AMBIGUOUS)


@with_nsd
async def test_silence_is_theirs_only_when_another_server_speaks_after_it(real):
    with silent() as port:
        asking = door(ns1=real, ns2=port)
        assert (await ask(asking, "ns2")).cause is Cause.AMBIGUOUS
        assert (await ask(asking, "ns1")).cause is None
        found = await ask(asking, "ns2")
    assert (found.cause, found.detail) == (Cause.TIMEOUT, "has not answered and is not asked again yet")


@with_nsd
async def test_a_server_that_spoke_before_and_is_dead_now_proves_nothing(tmp_path):
    files = build(tmp_path / "zones", RealZone(f"{ZONE}.", signed=False))
    with silent() as port:
        with nsd(tmp_path / "run", files) as alive:
            asking = door(ns1=alive, ns2=port)
            assert (await ask(asking, "ns1")).cause is None
        assert (await ask(asking, "ns2")).cause is Cause.AMBIGUOUS


@with_nsd
async def test_a_closed_port_refuses_and_an_address_inside_is_never_asked(real):
    asking = door(ns1=real, ns2=closed_port())
    assert (await ask(asking, "ns1")).cause is None
    assert (await ask(asking, "ns2")).cause in {Cause.CONNECT, Cause.TIMEOUT}
    inside = await asking.ask("ns3.test", "127.0.0.1", ZONE, "SOA")
    assert (inside.cause, inside.rcode) == (Cause.REDIRECTS, "")


@pytest.mark.parametrize("name", ["a..b", "x" * 70])
async def test_what_is_no_name_is_asked_of_nobody(name):
    assert (await ask(door(ns1=closed_port()), "ns1", name)).cause is Cause.DNS


@with_nsd
async def test_asked_later_a_server_is_asked_after_the_pause(real):
    asking = door(ns1=real)
    asking._authorities.retry_pause = 0.2
    began = time.monotonic()
    answer = await asking.ask("ns1.test", "203.113.1.2", ZONE, "SOA", later=True)
    assert answer.cause is None
    assert time.monotonic() - began >= 0.2
