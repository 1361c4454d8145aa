"""How long we wait as guests, and that nobody pays for it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Thread

import anyio
import pytest
from doors import http_door
from servers import Site, answer, serve

from auditor.clock import SystemClock
from auditor.model.visit import Cause
from auditor.sdk.limits import Limits
from auditor.visit.doors.http.politeness import Gates, Pacing

pytestmark = pytest.mark.anyio
PAGE = answer(b"<title>trang</title>", "200 OK", "Content-Type: text/html")
TEXT = "Content-Type: text/plain"


def after(seconds, body):
    async def slow(writer):
        await asyncio.sleep(seconds)
        writer.write(body)
        await writer.drain()

    return slow


async def test_the_pause_that_a_host_asks_for_is_not_charged_to_it():
    routes = {
        "/robots.txt": answer(b"User-agent: *\nCrawl-delay: 0.7\n", "200 OK", TEXT),
        "/": answer(b"", "302 Found", "Location: /a"),
        "/a": answer(b"", "302 Found", "Location: /b"),
        "/b": after(0.2, PAGE),
    }
    with serve(Site(routes)) as site:
        async with http_door(
            connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"], limits=Limits(seconds=0.8)
        ) as door:
            begun = anyio.current_time()
            chain = await door.get("http://so.test/", why="test")
    assert [hop.status for hop in chain.exchanges] == [302, 302, 200]
    assert chain.cause is None
    assert anyio.current_time() - begun > 1.4


async def test_redirects_share_the_seconds_that_their_exchanges_take():
    routes = {
        "/": after(1.0, answer(b"", "302 Found", "Location: /a")),
        "/a": after(1.0, answer(b"", "302 Found", "Location: /b")),
        "/b": after(1.0, PAGE),
    }
    with serve(Site(routes)) as site:
        async with http_door(
            connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"], limits=Limits(seconds=2.7)
        ) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause is Cause.TIMEOUT
    assert [hop.status for hop in chain.hops] == [302, 302, None]


@pytest.mark.parametrize(("status", "cause"), [("429 Too Many", Cause.RATE_LIMITED), ("503 Service Unavailable", Cause.HTTP_5XX)])
async def test_a_host_that_wants_us_gone_for_long_is_left_alone_for_the_visit(status, cause):
    with serve(Site({"/": answer(b"x", status, "Retry-After: 3600"), "*": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            first = await door.get("http://so.test/", why="test", robots=False)
            with anyio.fail_after(2):
                later = [await door.get(f"http://so.test/{n}", why="test") for n in range(5)]
            closed = door.links.gates.of("so.test").closed
    assert (first.final.status, first.confirmed) == (int(status[:3]), ())
    assert {chain.cause for chain in later} == {cause}
    assert site.asked == ["/"]
    assert 3590 < closed <= 3600


async def test_a_visit_does_not_come_back_to_such_a_host_when_its_time_is_over():
    with serve(Site({"/": answer(b"x", "429 Too Many", "Retry-After: 3600"), "*": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            await door.get("http://so.test/", why="test", robots=False)
            refused = await door.get("http://so.test/a", why="test", robots=False)
            door.links.gates.of("so.test")._closed_until = 0.0
            again = await door.get("http://so.test/b", why="test", robots=False)
    assert (refused.cause, again.cause) == (Cause.RATE_LIMITED, Cause.RATE_LIMITED)
    assert site.asked == ["/"]


async def test_who_stands_in_line_when_the_gate_closes_goes_home():
    with serve(Site({"/": after(0.3, answer(b"x", "429 Too Many", "Retry-After: 3600")), "*": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, per_second=0.7) as door:
            found = {}

            async def ask(path):
                found[path] = (await door.get(f"http://so.test{path}", why="test", robots=False)).cause

            async with anyio.create_task_group() as group:
                group.start_soon(ask, "/")
                await anyio.sleep(0.1)
                group.start_soon(ask, "/a")
    assert found == {"/": None, "/a": Cause.RATE_LIMITED}
    assert site.asked == ["/"]


async def test_a_short_absence_is_waited_for_by_those_in_line_too():
    gate = Gates(SystemClock(), per_second=5, connections=2).of("so.test")
    entered = []

    async def enter():
        async with gate.enter():
            entered.append(anyio.current_time())

    begun = anyio.current_time()
    async with anyio.create_task_group() as group:
        group.start_soon(enter)
        await anyio.sleep(0.05)
        group.start_soon(enter)
        await anyio.sleep(0.05)
        gate.answered(429, "1", datetime.now(UTC))
    assert entered[1] - begun > 0.95
    assert gate.closed == 0


def test_ways_out_in_other_threads_keep_one_pace_and_one_number_of_connections_together():
    pacing, begun, inside, most = Pacing(), [], [], []

    def way_out():
        gate = Gates(SystemClock(), per_second=20, connections=2, pacing=pacing).of("so.test")

        async def ask():
            async with gate.enter():
                begun.append(time.monotonic())
                inside.append(1)
                most.append(len(inside))
                await anyio.sleep(0.12)
                inside.pop()

        async def all_of_them():
            async with anyio.create_task_group() as group:
                for _ in range(4):
                    group.start_soon(ask)

        anyio.run(all_of_them)

    threads = [Thread(target=way_out) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 12
    assert max(most) == 2
    # A turn's moment is noted a little after it was taken, so single gaps may be short; all together they are not.
    assert max(begun) - min(begun) >= 0.05 * 11 - 0.02


def test_who_wants_to_be_left_alone_is_left_alone_by_every_way_out_and_what_slowed_one_is_forgotten_in_time():
    clock = Ahead()
    pacing = Pacing()
    night, check = (Gates(clock, per_second=1, connections=2, pacing=pacing).of("so.test") for _ in range(2))
    night.answered(429, "3600", datetime.now(UTC))
    assert check.closed == 3600
    assert check.pause == 2.0
    clock.seconds += 3 * 3600
    later = Gates(clock, per_second=1, connections=2, pacing=pacing).of("so.test")
    assert (later.closed, later.pause) == (0, 2.0)
    clock.seconds += 4 * 3600
    assert Gates(clock, per_second=1, connections=2, pacing=pacing).of("so.test").pause == 1.0


class Ahead(SystemClock):
    """A clock whose seconds a test moves."""

    def __init__(self):
        self.seconds = 100_000.0

    def monotonic(self):
        return self.seconds


@pytest.mark.parametrize(
    ("said", "closed"),
    [
        ("120", False),
        ("121", True),
        ("99999999999999999999999", True),
        pytest.param(format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=False), True, id="a date"),
        ("Wed, 21 Oct 99999999999999999999 07:28:00 GMT", False),
        ("soon", False),
        ("-5", False),
        ("", False),
        (None, False),
    ],
)
def test_a_retry_after_is_read_as_the_rfc_says_and_nonsense_asks_for_nothing(said, closed):
    gate = Gates(SystemClock(), per_second=0, connections=2).of("so.test")
    gate.answered(503, said, datetime.now(UTC))
    assert (gate.closed > 0) is closed
    assert gate.closed <= 86_400
