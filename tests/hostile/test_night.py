"""A night goes on: beside a site that does its worst in every way, the others are visited, and every visit comes to its end."""

import asyncio
import ssl
from dataclasses import dataclass

import pytest
import trustme
from bounds import GRACE, bounded
from servers import Site, answer, listening, serve, serve_dns
from tls import serving
from visits import RUN, desk

from auditor.engines.embedded import visit_all
from auditor.model.reading import Kind, Measure
from auditor.model.visit import Cause, Ending
from auditor.sdk.probe import Probe
from auditor.visit.doors.smtp import SmtpVisit
from probes import crawl, dns, mail, portal, tls, transport, uptime

pytestmark = pytest.mark.anyio
HTML = "Content-Type: text/html; charset=utf-8"
PROBES = ((uptime.PROBE,), (crawl.PROBE, portal.PROBE), (transport.PROBE,), (tls.PROBE,), (dns.PROBE,), (mail.PROBE,))
LIMITS = {
    "crawl": {"seconds": 1.0, "page_seconds": 0.5, "page_bytes": 1 << 20},
    "browser": {"page_seconds": 1.0, "pages_per_run": 4},
    "schedule": {"sites_at_once": 2},
}
VISIT = 1.0 + 6 * 0.5 + 2 * 1.0
GOOD = answer("<!doctype html><title>Sở</title><h1>Sở Nội vụ</h1><p>Cổng của Sở.</p>".encode(), "200 OK", HTML)


class Maze(Site):
    """Leads from every page to a hundred others, some of which drip, are bombs, break off, or loop in a browser for ever."""

    async def handle(self, reader, writer):
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode("latin-1")
                self.asked.append(path)
                await self.one(path, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def one(self, path, writer):
        kind = len(self.asked) % 4 if len(path) > 1 else 0
        if kind == 1:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n")
            for _ in range(200):
                writer.write(b"<p>")
                await writer.drain()
                await asyncio.sleep(0.05)
        elif kind == 2:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(2_000):
                writer.write(b"1000\r\n" + b"<p>x" * 1024 + b"\r\n")
                await writer.drain()
        elif kind == 3:
            raise ConnectionError
        links = "".join(f"<a href='{path.rstrip('/')}/{n}'>Giới thiệu {n}</a>" for n in range(100))
        writer.write(answer(f"<title>x</title>{links}<script>for (;;) {{}}</script>".encode(), "200 OK", HTML))
        await writer.drain()


def endless_mail(connection, server):
    while not server.closing:
        connection.sendall(b"220-on and on\r\n")


def zone(*names):
    return {
        (f"{name}.test", kind): records
        for name in names
        for kind, records in {
            "A": ["192.0.2.1"],
            "NS": [f"ns.{name}.test."],
            "MX": [f"10 mx.{name}.test."],
            "TXT": [f'"v=spf1 include:{name}.test -all"'],
        }.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """What a probe that waits for ever would see."""


async def stuck(site, doors):
    """A probe that asks for the front page and then waits for ever."""
    await doors.http.get(site.url, why="front page", robots=False)
    await asyncio.get_running_loop().create_future()


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Give the settings under which ``tot.test`` is a plain good site, and ``xau.test`` the worst."""
    monkeypatch.setattr("auditor.visit.doors.dns.wire._SECONDS", 0.3)
    monkeypatch.setitem(SmtpVisit.talk.__kwdefaults__, "seconds", 1.0)
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("tot.test", "xau.test").configure_cert(context)
    with (
        serve(Site({"/": GOOD}, context), Site({"/": GOOD}), Maze({}, context), Maze({})) as (good, open_good, maze, plain),
        serving(endless_mail) as mailer,
        serve_dns(zone("tot", "xau")) as resolver,
        listening() as (_, other),
    ):
        yield {
            "connect_to": {
                "tot.test:443": f"127.0.0.1:{good.port}",
                "tot.test:80": f"127.0.0.1:{open_good.port}",
                "xau.test:443": f"127.0.0.1:{maze.port}",
                "xau.test:80": f"127.0.0.1:{plain.port}",
                "mx.xau.test:25": f"127.0.0.1:{mailer.port}",
                "mx.tot.test:25": f"127.0.0.1:{other}",
            },
            "nameservers": [f"127.0.0.1:{resolver.port}"],
            "trust": [tmp_path / "ca.pem"],
        }


STUCK = Probe(
    id="stuck",
    version=1,
    measures=(Measure(id="stuck.seen", kind=Kind.BOOLEAN, meaning="x"),),
    assess=lambda seen, known: [],
    seen=Stuck,
    look=stuck,
)


async def test_a_run_over_a_good_and_a_hostile_site_ends_for_both(world, tmp_path):
    sites = [f"https://{name}.test/" for name in ("tot", "xau")]
    told = []
    with bounded(VISIT * 2):
        async with desk(tmp_path, network=world, hosts=("tot.test", "xau.test"), peers=sites, **LIMITS) as made:
            made.runner.network._scanner.hello_seconds = 0.5
            made.runner.network._scanner.patient_seconds = 0.5
            due = [made.due(probe, url, *derived) for url in sites for probe, *derived in PROBES]
            due.append(made.due(STUCK, sites[1]))
            await visit_all(made.runner, due, done=(), at_once=2, told=told.append)
            done = made.store.visits.done(RUN)
    records = {(one.record.visit.site, one.record.visit.probe): one.record for one in told}
    assert done == {one.visit.key for one in due}
    assert not [key for key, record in records.items() if record.cause is Cause.CRASHED]
    assert all(float(record.seconds) <= VISIT + GRACE for record in records.values())
    assert {record.ending for (site, _), record in records.items() if site == sites[0]} == {Ending.DONE}
    assert records[sites[1], "stuck"].cause is Cause.BUDGET
    assert records[sites[1], "crawl"].requests <= 900
