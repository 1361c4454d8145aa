"""Pages whose server hangs up before the end that it announced, or says nothing at all."""

import pytest
from servers import Site, answer, serve, serve_dns
from visits import desk

from probes import transport, uptime
from reports.words import vietnamese

pytestmark = pytest.mark.anyio
PAGE = "<!doctype html><html><title>Sở</title><body><h1>Sở Nội vụ</h1><p>Tin tức</p></body></html>\n".encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Content-Type-Options: nosniff\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n"


def closing(data):
    async def talk(writer):
        writer.write(data)
        await writer.drain()

    return talk


async def told(path, front, probe, **network):
    with serve(Site({"/": front}), Site({"*": answer(PAGE)})) as (site, other):
        network.setdefault("connect_to", {"so.test:80": f"127.0.0.1:{site.port}", "so.test:443": "127.0.0.1:1"})
        network["connect_to"]["khac.test:80"] = f"127.0.0.1:{other.port}"
        async with desk(path, network=network, peers=("http://khac.test/",)) as made:
            done = await made.visit(probe, "http://so.test/")
    return {one.reading.measure: one.reading for one in done.readings}


WHOLE = {
    "a length five bytes too long": HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(PAGE) + 5, PAGE),
    "no last chunk": CHUNKED % (len(PAGE), PAGE),
}


@pytest.mark.parametrize("name", WHOLE)
async def test_a_page_that_came_whole_is_a_page_whatever_its_length_says(tmp_path, name):
    up = (await told(tmp_path, closing(WHOLE[name]), uptime.PROBE))["uptime.availability"]
    assert (up.value, up.because.key, up.facts["tries"]) == (1, "uptime.up", 1)
    assert up.facts["detail"].startswith("the page came whole, then the connection failed")
    found = await told(tmp_path / "b", closing(WHOLE[name]), transport.PROBE)
    assert found["headers.nosniff"].value == "sound"


@pytest.mark.parametrize("data", [HEAD + b"Content-Length: 90000\r\n\r\n" + PAGE[:80], CHUNKED % (80, PAGE[:80])])
async def test_a_page_that_breaks_off_is_not_out_of_reach(tmp_path, data):
    up = (await told(tmp_path, closing(data), uptime.PROBE))["uptime.availability"]
    assert (up.value, up.because.key) == (1, "uptime.cut_short")
    said = vietnamese().say(up.because)
    assert "ngắt" in said
    assert "peer closed" not in said


async def test_a_page_that_breaks_off_before_it_begins_is_down(tmp_path):
    up = (await told(tmp_path, closing(HEAD + b"Content-Length: 90000\r\n\r\n"), uptime.PROBE))["uptime.availability"]
    assert up.value == 0


async def test_who_hangs_up_without_a_word_has_spoken_no_other_protocol(tmp_path):
    down = (await told(tmp_path, closing(b""), uptime.PROBE))["uptime.availability"]
    assert (down.value, down.because.key) == (0, "unreached.hung_up")
    assert "không trả lời gì" in vietnamese().say(down.because)


async def test_a_circle_of_aliases_is_no_name_that_does_not_exist(tmp_path):
    zone = {("so.test", "CNAME"): ["a.so.test."], ("a.so.test", "CNAME"): ["so.test."]}
    with serve_dns(zone) as dns:
        down = (await told(tmp_path, closing(b""), uptime.PROBE, nameservers=[f"127.0.0.1:{dns.port}"], connect_to={}))[
            "uptime.availability"
        ]
    assert (down.value, down.because.key) == (0, "unreached.dns_loop")
