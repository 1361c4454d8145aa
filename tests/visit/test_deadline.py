"""No visit goes on for ever: one whose doors never end is ended, by our limit and not by the site's fault, and what it kept stays."""

import asyncio
import time
from dataclasses import dataclass

import dns.message
import pytest
from servers import Dns, Loop, answer, listening, serve
from servers import Site as Server
from visits import RUN, VOCABULARY, desk

from auditor.clock import SystemClock
from auditor.model.evidence import Chain
from auditor.model.note import Note
from auditor.model.reading import Kind, Measure, Measured, Unavailable
from auditor.model.visit import Blame, Cause, Ending
from auditor.sdk.probe import Probe
from auditor.settings import Settings
from auditor.visit.network import Network

pytestmark = pytest.mark.anyio
SHORT = {
    "crawl": {"seconds": 0.4, "page_seconds": 0.1},
    "browser": {"page_seconds": 0.1},
    "schedule": {"sites_at_once": 1},
}
"""Limits by which a visit may take 0.4 + 6 × 0.1 + 1 × 0.1 seconds."""
SECONDS = 1.1
SEEN = Note(key="test.seen", text="seen")
MEASURE = Measure(id="test.seen", kind=Kind.BOOLEAN, meaning="x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the probes here see."""

    front: Chain


def assess(seen, known):
    return [Measured(measure=MEASURE.id, value=True, because=SEEN())]


def probe(look):
    return Probe(id="test", version=1, measures=(MEASURE,), assess=assess, seen=Seen, look=look)


READER = Probe(
    id="test-reader",
    version=1,
    measures=(Measure(id="test.read", kind=Kind.BOOLEAN, meaning="x"),),
    assess=assess,
    seen=Seen,
    reads=("test",),
)


async def pages(site, doors):
    while True:
        await doors.http.get(site.url, why="again", robots=False)


async def names(site, doors):
    await doors.http.get(site.url, why="first", robots=False)
    while True:
        await doors.dns.query("so.test", "TXT")


async def mails(site, doors):
    await doors.http.get(site.url, why="first", robots=False)
    while True:
        await doors.smtp.talk("mx.so.test", seconds=60.0)


async def scans(site, doors):
    await doors.http.get(site.url, why="first", robots=False)
    while True:
        await doors.tls.scan("so.test", seconds=60.0)


async def renders(site, doors):
    await doors.http.get(site.url, why="first", robots=False)
    while True:
        await doors.browser.render(site.url, why="again")


class Silent(Dns):
    def datagram_received(self, data, address):
        self.asked.append(dns.message.from_wire(data).question[0].name)


def silent_resolver(loop):
    async def start():
        server = Silent({})
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
        return server

    return loop.run(start())


@pytest.mark.parametrize("look", [pages, names, mails, scans, renders])
async def test_a_visit_whose_doors_never_end_is_ended_by_our_limit_and_keeps_what_it_had(look, tmp_path):
    with serve(Server({"*": answer(b"<title>x</title>")})) as server, listening() as (_, mute), Loop() as loop:
        resolver = silent_resolver(loop)
        network = {
            "connect_to": {
                "so.test:80": f"127.0.0.1:{server.port}",
                "so.test:443": f"127.0.0.1:{mute}",
                "mx.so.test:25": f"127.0.0.1:{mute}",
            },
            "nameservers": [f"127.0.0.1:{resolver.transport.get_extra_info('sockname')[1]}"],
        }
        async with desk(tmp_path, network=network, **SHORT) as made:
            began = time.monotonic()
            visited = await made.visit(probe(look), "http://so.test/", READER)
            took = time.monotonic() - began
            bodies = [made.archive.body(place.digest) for place in made.kept()]
            done = made.store.visits.done(RUN)
        loop.loop.call_soon_threadsafe(resolver.transport.close)
    assert SECONDS <= took < SECONDS + 2
    record = visited.record
    assert (record.ending, record.cause, record.cause.blame, record.seen) == (Ending.FAILED, Cause.BUDGET, Blame.OURS, None)
    readings = [kept.reading for kept in visited.readings]
    assert [type(reading) for reading in readings] == [Unavailable, Unavailable]
    assert {reading.cause for reading in readings} == {Cause.BUDGET}
    assert {reading.because.key for reading in readings} == {"visit.over_time"}
    assert record.requests >= 1
    assert bodies
    assert not list(tmp_path.rglob("*.part"))
    assert done == {record.visit.key}


async def test_a_probe_that_fails_when_it_is_ended_has_not_crashed(tmp_path):
    async def look(site, doors):
        try:
            await pages(site, doors)
        finally:
            raise ValueError("what was left half done")

    with serve(Server({"*": answer(b"x")})) as server:
        async with desk(tmp_path, network={"connect_to": {"so.test:80": f"127.0.0.1:{server.port}"}}, **SHORT) as made:
            visited = await made.visit(probe(look), "http://so.test/")
    assert visited.record.cause is Cause.BUDGET


async def test_a_probe_that_fails_in_time_has_crashed(tmp_path):
    async def look(site, doors):
        raise ValueError("wrong")

    async with desk(tmp_path, **SHORT) as made:
        visited = await made.visit(probe(look), "http://so.test/")
    assert (visited.record.cause, visited.readings[0].reading.cause) == (Cause.CRASHED, Cause.CRASHED)


async def test_what_was_seen_at_the_last_moment_is_judged(tmp_path):
    async def look(site, doors):
        front = await doors.http.get(site.url, why="front", robots=False)
        return Seen(front=front)

    with serve(Server({"*": answer(b"x")})) as server:
        async with desk(tmp_path, network={"connect_to": {"so.test:80": f"127.0.0.1:{server.port}"}}, **SHORT) as made:
            visited = await made.visit(probe(look), "http://so.test/")
    assert (visited.record.ending, visited.readings[0].reading.value) == (Ending.DONE, True)


def test_the_limit_leaves_a_crawl_its_own_time_its_last_pages_and_its_turn_at_the_browser():
    async def made():
        return Network(Settings(), SystemClock(), VOCABULARY, frozenset(), patience=0).visit_seconds

    assert asyncio.run(made()) == 900 + 6 * 20 + 16 * 45
