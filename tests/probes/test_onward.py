"""A front page that does nothing but send its visitors on."""

import pytest
from servers import Site, answer, serve
from visits import desk

from auditor.model.reading import Measured
from probes import crawl, portal, uptime

pytestmark = pytest.mark.anyio
HTML = "Content-Type: text/html; charset=utf-8"
HOME = "<!doctype html><title>Sở</title><body><h1>Sở Nội vụ</h1><p>Tin tức</p><a href=/gioi-thieu>Giới thiệu</a>".encode()
ABOUT = (
    "<!doctype html><title>Giới thiệu</title><h1>Giới thiệu</h1><p>".encode()
    + "Sở Nội vụ được thành lập năm 1989. ".encode() * 30
)
META = answer(b'<meta http-equiv="refresh" content="0; url=/trang-chu">', "200 OK", HTML)
HEADER = answer(b"", "200 OK", HTML, "Refresh: 0; url=/trang-chu")
GONE = answer(b"", "404 Not Found")


async def looked(path, routes, probe, *derived):
    with serve(Site({"/robots.txt": GONE, **routes})) as site:
        network = {"connect_to": {"so.test:80": f"127.0.0.1:{site.port}"}}
        async with desk(path, network=network, browser={"pages_per_run": 0}) as made:
            done = await made.visit(probe, "http://so.test/", *derived)
    return [one.reading for one in done.readings], site.asked


@pytest.mark.parametrize("front", [META, HEADER])
async def test_it_is_up_when_the_page_that_it_leads_to_is(tmp_path, front):
    (now, *_), asked = await looked(tmp_path, {"/": front, "/trang-chu": answer(HOME, "200 OK", HTML)}, uptime.PROBE)
    assert (now.value, now.because.key, now.facts["url"], now.facts["hops"]) == (1, "uptime.up", "http://so.test/trang-chu", 2)
    assert asked == ["/", "/trang-chu"]


@pytest.mark.parametrize("front", [META, HEADER])
async def test_it_is_down_when_that_page_is(tmp_path, front):
    (now, *_), _ = await looked(tmp_path, {"/": front}, uptime.PROBE)
    assert isinstance(now, Measured)
    assert (now.value, now.facts["cause"]) == (0, "http_4xx")


LEFT = {
    "a page that loads itself anew": answer(HOME + b"<meta http-equiv=refresh content=300>", "200 OK", HTML),
    "a page that shows others later": answer(HOME + b"<meta http-equiv=refresh content='60;url=/x'>", "200 OK", HTML),
    "a page for visitors without scripts": answer(
        HOME + b"<noscript><meta http-equiv=refresh content='0;url=/x'></noscript>", "200 OK", HTML
    ),
    "a page that leads to itself": answer(HOME + b"<meta http-equiv=refresh content='0;url=/'>", "200 OK", HTML),
}


@pytest.mark.parametrize("name", LEFT)
async def test_a_page_that_visitors_read_is_left_at_that(tmp_path, name):
    (now, *_), asked = await looked(tmp_path, {"/": LEFT[name]}, uptime.PROBE)
    assert (now.value, asked) == (1, ["/"])


async def test_an_empty_page_that_leads_to_itself_is_empty_and_pages_in_a_round_end(tmp_path):
    here = answer(b'<meta http-equiv="refresh" content="0">', "200 OK", HTML)
    (now, *_), _ = await looked(tmp_path, {"/": here}, uptime.PROBE)
    assert (now.value, now.because.key) == (0, "uptime.empty")
    there = answer(b'<meta http-equiv="refresh" content="0;url=/">', "200 OK", HTML)
    (now, *_), asked = await looked(tmp_path / "b", {"/": META, "/trang-chu": there}, uptime.PROBE)
    assert (now.value, asked) == (0, ["/", "/trang-chu"])


async def test_a_page_that_gives_a_cookie_first_is_asked_with_it(tmp_path):
    first = [answer(b'<meta http-equiv="refresh" content="1">', "200 OK", HTML, "Set-Cookie: co=1")]

    async def front(writer):
        writer.write(first.pop() if first else answer(HOME, "200 OK", HTML))
        await writer.drain()

    (now, *_), asked = await looked(tmp_path, {"/": front}, uptime.PROBE)
    assert (now.value, asked) == (1, ["/", "/"])


@pytest.mark.parametrize("front", [META, HEADER])
async def test_its_content_is_that_of_the_page_that_it_leads_to(tmp_path, front):
    routes = {"/": front, "/trang-chu": answer(HOME, "200 OK", HTML), "/gioi-thieu": answer(ABOUT, "200 OK", HTML)}
    found, _ = await looked(tmp_path, routes, crawl.PROBE, portal.PROBE)
    assert {one.measure: getattr(one, "value", None) for one in found}["content.introduction"] == "present"
