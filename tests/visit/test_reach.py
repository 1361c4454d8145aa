"""Single addresses of a host, over real sockets on loopback: reached, refused, silent, and whose fault that is."""

import socket

import pytest
from servers import listening
from tls import Kept

from auditor.clock import SystemClock
from auditor.model.visit import Cause
from auditor.visit.doors import reach
from auditor.visit.doors.dns.door import Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.reach import ReachLinks, ReachVisit

pytestmark = pytest.mark.anyio
HOST, ADDRESS, OTHER = "so.test", "2001:dc8::80", "2001:dc8::81"


def _has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


with_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="no IPv6 loopback here")


@pytest.fixture
def six():
    """Give a port of ::1 at which somebody takes connections, and one at which nobody does."""
    with socket.socket(socket.AF_INET6) as taking, socket.socket(socket.AF_INET6) as closed:
        for one in (taking, closed):
            one.bind(("::1", 0))
        taking.listen(50)
        yield taking.getsockname()[1], closed.getsockname()[1]


def door(places, **given):
    clock = SystemClock()
    guard = Guard.of((), places)
    resolver = Resolver(servers=(), clock=clock, guard=guard)
    return ReachVisit(ReachLinks(resolver=resolver, guard=guard, clock=clock, retry_pause=0.0, seconds=0.5, **given), Kept())


@with_ipv6
async def test_an_address_that_takes_a_connection_is_reached(six):
    found = await door({f"{HOST}:443": f"[::1]:{six[0]}"}).connect(HOST, ADDRESS, 443)
    assert (found.cause, found.place) == (None, f"[::1]:{six[0]}")
    assert found.proof is not None


@with_ipv6
async def test_each_address_may_be_led_elsewhere_and_a_refusal_is_theirs_only_while_another_host_answers(six):
    places = {f"[{ADDRESS}]:443": f"[::1]:{six[1]}", "khac.test:443": f"[::1]:{six[0]}"}
    asking = door(places)
    assert (await asking.connect(HOST, ADDRESS, 443)).cause is Cause.AMBIGUOUS
    assert (await asking.connect("khac.test", OTHER, 443)).cause is None
    assert (await asking.connect(HOST, ADDRESS, 443)).cause is Cause.CONNECT
    assert (await door(places, controls=("https://khac.test/",)).connect(HOST, ADDRESS, 443)).cause is Cause.CONNECT


@with_ipv6
async def test_what_answers_over_ipv4_proves_nothing_of_our_ipv6(six):
    with listening() as place:
        asking = door({f"[{ADDRESS}]:443": f"[::1]:{six[1]}", "khac.test:443": f"{place[0]}:{place[1]}"})
        assert (await asking.connect("khac.test", "203.113.1.1", 443)).cause is None
        assert (await asking.connect(HOST, ADDRESS, 443)).cause is Cause.AMBIGUOUS


async def test_without_a_way_out_over_ipv6_nothing_is_said_of_anybody(monkeypatch):
    monkeypatch.setattr(reach, "has_route", lambda address: ":" not in address)
    assert (await door({}).connect(HOST, ADDRESS, 443)).cause is Cause.CAPABILITY


@pytest.mark.parametrize("address", ["::1", "fe80::1", "::ffff:127.0.0.1", "fd00::1", "no address"])
async def test_no_address_inside_is_connected_to(address):
    assert (await door({}).connect(HOST, address, 443)).cause is Cause.REDIRECTS
