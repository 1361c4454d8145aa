"""A server that is down, and says for how long: an outage is no refusal, whatever is asked first, and nobody is asked too often."""

from datetime import UTC, datetime

import pytest
from doors import http_door
from servers import Site, answer, certificates, serve
from visits import desk

from auditor.model.reading import Measured
from auditor.model.visit import Cause
from auditor.visit.doors.http.politeness import Gates
from probes import crawl, portal, transport, uptime
from reports.words import vietnamese

pytestmark = pytest.mark.anyio
PAGE = answer(b"<title>trang</title>", "200 OK", "Content-Type: text/html")
GONE = answer(b"", "404 Not Found")
TEXT = "Content-Type: text/plain"
PROBES = {
    "uptime": (uptime.PROBE,),
    "crawl": (crawl.PROBE, portal.PROBE),
    "transport": (transport.PROBE,),
}


def down(*headers):
    return answer(b"loi", "503 Service Unavailable", *headers)


async def visited(path, routes, order):
    """Visit a site with these probes, one after the other; give the readings by probe, and the site."""
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(path / "ca.pem")
    found = {}
    with serve(Site(routes, context), Site(routes)) as (site, plain):
        network = {
            "connect_to": {"so.test:80": f"127.0.0.1:{plain.port}", "so.test:443": f"127.0.0.1:{site.port}"},
            "trust": [str(path / "ca.pem")],
        }
        async with desk(path, network=network, browser={"pages_per_run": 0}) as made:
            for name in order:
                probe, *derived = PROBES[name]
                done = await made.visit(probe, "https://so.test/", *derived)
                found[name] = [one.reading for one in done.readings]
    return found, [*site.asked, *plain.asked]


@pytest.mark.parametrize("header", [(), ("Retry-After: 3600",), ("Retry-After: 86400",)])
@pytest.mark.parametrize(
    "order", [("uptime", "crawl", "transport"), ("transport", "crawl", "uptime"), ("crawl", "uptime", "transport")]
)
async def test_who_is_down_is_down_whatever_is_asked_first(tmp_path, header, order):
    found, asked = await visited(tmp_path, {"*": down(*header)}, order)
    now = found["uptime"][0]
    assert isinstance(now, Measured)
    assert (now.value, now.facts["cause"]) == (0, "http_5xx")
    assert now.evidence
    content = [one for one in found["crawl"] if one.measure.startswith("content.")]
    assert {one.cause for one in content} == {Cause.HTTP_5XX}
    assert {one.cause for one in found["transport"]} == {Cause.HTTP_5XX}
    said = vietnamese().say(content[0].because)
    assert "không cho phép" not in said
    assert "503" in said
    if header:
        assert len(asked) <= 4, "once by each visit, and never again"


async def test_a_robots_file_that_fails_closes_the_site_to_us_and_is_told_as_what_it_is(tmp_path):
    found, asked = await visited(tmp_path, {"/robots.txt": answer(b"", "500 Oops"), "*": PAGE}, ("crawl",))
    because = next(one.because for one in found["crawl"] if one.measure.startswith("content."))
    assert (because.key, dict(because.facts)) == ("unreached.robots_down", {"url": "https://so.test/robots.txt", "status": 500})
    assert set(asked) == {"/robots.txt"}


async def test_a_robots_file_that_failed_once_closes_nothing():
    answers = [answer(b"", "500 Oops"), answer(b"User-agent: *\nDisallow: /x\n", "200 OK", TEXT)]

    async def in_turn(writer):
        writer.write(answers.pop(0))
        await writer.drain()

    with serve(Site({"/robots.txt": in_turn, "*": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            causes = [(await door.get(f"http://so.test/{path}", why="test")).cause for path in ("", "x")]
    assert causes == [None, Cause.ROBOTS]


@pytest.mark.parametrize("status", ["429 Too Many", "503 Service Unavailable"])
async def test_one_page_that_wants_us_gone_says_nothing_of_the_others(status):
    routes = {"/tim": answer(b"", status, "Retry-After: 3600"), "/robots.txt": GONE, "*": PAGE}
    with serve(Site(routes)) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            await door.get("http://so.test/tim", why="test")
            other = await door.get("http://so.test/", why="test")
            check = await door.get("http://so.test/", why="test", robots=False)
    assert other.cause is Cause.RATE_LIMITED
    assert check.cause is (None if status.startswith("503") else Cause.RATE_LIMITED)


async def test_where_redirects_led_to_the_answer_each_address_on_the_way_has_it():
    routes = {"/vao": answer(b"", "302 Found", "Location: /nha"), "/nha": down("Retry-After: 3600"), "/robots.txt": GONE}
    with serve(Site(routes)) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chains = [await door.get("http://so.test/vao", why="test") for _ in range(2)]
    assert chains[0].final.status == 503
    assert chains[1].cause is Cause.HTTP_5XX
    assert site.asked.count("/nha") == 1


class Clock:
    def __init__(self):
        self.at = 0.0

    def monotonic(self):
        return self.at

    def now(self):
        return datetime.now(UTC)


@pytest.mark.parametrize(("status", "hours"), [(503, 1), (429, 24)])
def test_an_outage_is_asked_about_again_after_an_hour_and_a_refusal_after_a_day(status, hours):
    clock = Clock()
    gate = Gates(clock, per_second=0, connections=2).of("so.test")
    gate.answered(status, "200000", clock.now(), url="http://so.test/")
    assert gate.closed == hours * 3600
    clock.at = hours * 3600 + 1
    assert (gate.closed, gate.shut) == (0, None)


def test_a_page_that_answers_again_ends_its_outage():
    clock = Clock()
    gate = Gates(clock, per_second=0, connections=2).of("so.test")
    gate.answered(503, "3600", clock.now(), url="http://so.test/")
    gate.answered(200, None, clock.now(), url="http://so.test/khac")
    assert gate.shut
    gate.answered(200, None, clock.now(), url="http://so.test/")
    assert not gate.shut
