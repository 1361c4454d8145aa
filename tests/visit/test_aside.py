"""A large body is worked on beside the event loop: other visits go on meanwhile."""

import gzip
import threading
import time
from random import Random

import anyio
import pytest
from doors import Kept, http_door
from servers import Site, answer, serve

from auditor.sdk.limits import KIB, MIB, Limits
from auditor.visit.doors.http.aside import BIG, inflated
from auditor.visit.doors.http.inflate import inflate

pytestmark = pytest.mark.anyio
LARGE = bytes(range(256)) * (4 * BIG // 256)


class Watching(Kept):
    """Remembers in which thread each body was kept, and takes its time over the large ones."""

    def __init__(self):
        super().__init__()
        self.threads, self.at_once, self.most = {}, 0, 0

    def exchange(self, exchange):
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.threads[exchange.url] = threading.get_ident()
        if len(exchange.body) > BIG:
            time.sleep(0.4)
        self.at_once -= 1
        return super().exchange(exchange)


async def turns_during(work):
    """Count how often the loop came round to something else while a piece of work was done."""
    turns = []

    async def tick():
        while True:
            await anyio.sleep(0.005)
            turns.append(1)

    async with anyio.create_task_group() as group:
        group.start_soon(tick)
        await work()
        group.cancel_scope.cancel()
    return len(turns)


async def test_a_large_body_is_kept_in_a_thread_and_a_small_one_at_once():
    routes = {"/lon": answer(gzip.compress(LARGE), "200 OK", "Content-Encoding: gzip"), "/nho": answer(b"x")}
    with serve(Site(routes)) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            door._recorder = Watching()

            async def work():
                for path in ("/lon", "/nho"):
                    assert (await door.get(f"http://so.test{path}", why="test", robots=False)).cause is None

            turns = await turns_during(work)
    threads = door._recorder.threads
    assert threads["http://so.test/nho"] == threading.get_ident()
    assert threads["http://so.test/lon"] != threading.get_ident()
    assert turns > 20


async def test_what_a_visit_keeps_is_kept_one_after_the_other():
    """Its evidence is one file: two writers at once would tear it."""
    routes = {f"/{n}": answer(LARGE) for n in range(2)} | {"/nho": answer(b"x")}
    with serve(Site(routes)) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            door._recorder = Watching()
            async with anyio.create_task_group() as group:
                for path in routes:
                    group.start_soon(lambda path=path: door.get(f"http://so.test{path}", why="test", robots=False))
    assert len(door._recorder.exchanges) == 3
    assert door._recorder.most == 1


@pytest.mark.parametrize("limit", [BIG - 1, BIG, BIG + 1, 3 * BIG, 5 * BIG])
@pytest.mark.parametrize("body", [b"", b"x", LARGE[: BIG - 1], LARGE[:BIG], LARGE[: BIG + 1], LARGE])
async def test_a_body_is_unpacked_the_same_wherever_it_is_done(limit, body):
    threads = anyio.CapacityLimiter(1)
    noise = Random(7).randbytes(2 * BIG)
    for raw, encoding, whole in [
        (gzip.compress(body), "gzip", True),
        (gzip.compress(body)[:-9], "gzip", True),
        (gzip.compress(body)[:-9], "gzip", False),
        (gzip.compress(gzip.compress(body)), "gzip, gzip", True),
        (body, "", True),
        (gzip.compress(noise + body), "gzip", True),
        (b"broken", "gzip", True),
    ]:
        expected = inflate(raw, encoding, limit=limit, whole=whole)
        assert await inflated(raw, encoding, limit=limit, whole=whole, threads=threads) == expected


async def test_a_small_bomb_is_defused_beside_the_loop(monkeypatch):
    """Sixty kilobytes that become sixty megabytes."""
    bomb = gzip.compress(bytes(64 * MIB))
    assert len(bomb) < BIG
    done = []

    def watched(raw, encoding, *, limit, whole):
        done.append((threading.get_ident() == threading.main_thread().ident, limit))
        return inflate(raw, encoding, limit=limit, whole=whole)

    monkeypatch.setattr("auditor.visit.doors.http.aside.inflate", watched)
    found = await inflated(bomb, "gzip", limit=64 * MIB, whole=True, threads=anyio.CapacityLimiter(1))
    assert len(found.body) == 64 * MIB
    assert done == [(True, BIG), (False, 64 * MIB)]


async def test_a_large_robots_file_is_read_and_obeyed():
    rules = b"User-agent: *\nDisallow: /kin\n" + b"".join(b"Disallow: /x%d*y\n" % n for n in range(22_000))
    assert BIG < len(rules) < 500 * KIB
    with serve(Site({"/robots.txt": answer(rules, "200 OK", "Content-Type: text/plain"), "*": answer(b"x")})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, limits=Limits(seconds=5)) as door:
            refused = await door.get("http://so.test/kin", why="test")
            allowed = await door.get("http://so.test/mo", why="test")
    assert (refused.cause, allowed.cause) == ("robots", None)
