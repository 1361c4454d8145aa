"""Answers that break the rules in ways that every browser puts up with are read as browsers read them."""

import gzip
import zlib

import pytest
from doors import http_door
from servers import Site, answer, serve

from auditor.model.visit import Cause
from auditor.sdk.limits import KIB

pytestmark = pytest.mark.anyio
PAGE = "<html><body>Cổng thông tin điện tử</body></html>".encode()


def raw(*lines, status="HTTP/1.1 200 OK", body=PAGE):
    return b"\r\n".join([status.encode(), *lines, b"Content-Length: %d" % len(body), b"", body])


async def got(reply):
    with serve(Site({"/": reply})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"]) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    return chain


HEADS = {
    "a line without a colon": (raw(b"X-Before: 1", b"Powered by a portal", b"X-After: 2"), {"x-before": "1", "x-after": "2"}),
    "a continued line without a colon": (raw(b"Powered by", b"  a portal: 9", b"X-After: 2"), {"x-after": "2"}),
    "a space before the colon": (raw(b"Content-Type : text/html", b"X-After: 2"), {"content-type": "text/html", "x-after": "2"}),
    "a colon without a name": (raw(b": nobody", b"X-After: 2"), {"x-after": "2"}),
    "a name that is none": (raw(b"X (y): 1", b"X-After: 2"), {"x-after": "2"}),
    "a script's words among the headers": (raw(b"<b>Notice</b> undefined index", b"X-After: 2"), {"x-after": "2"}),
    "lines that end in a line feed alone": (raw(b"no colon", b"X-After: 2").replace(b"\r\n", b"\n", 4), {"x-after": "2"}),
    "early hints before it": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + raw(b"no colon", b"X-After: 2"), {"x-after": "2"}),
    "a malformed head of early hints": (b"HTTP/1.1 103 Early Hints\r\nno colon\r\n\r\n" + raw(b"no colon", b"X-After: 2"), {"x-after": "2"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
async def test_lines_of_a_head_that_say_nothing_are_passed_over(name):
    reply, headers = HEADS[name]
    chain = await got(reply)
    assert (chain.cause, chain.final.status, chain.final.body) == (None, 200, PAGE)
    assert {name: chain.final.header(name) for name in headers} == headers
    assert not any(" " in name or not name for name, _ in chain.final.headers)


async def test_a_length_behind_a_space_is_a_length():
    chain = await got(b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nabcdefghi")
    assert (chain.cause, chain.final.body) == (None, b"abcde")


@pytest.mark.parametrize("size", [160, 250])
@pytest.mark.parametrize("kind", ["one", "many"])
async def test_a_head_may_be_as_large_as_browsers_take_it(size, kind):
    lines = [b"X: " + b"a" * (size * KIB)] if kind == "one" else [b"X%d: " % n + b"a" * 1000 for n in range(size)]
    chain = await got(raw(*lines))
    assert (chain.cause, chain.final.body) == (None, PAGE)


async def test_a_larger_one_is_none():
    assert (await got(raw(b"X: " + b"a" * (400 * KIB)))).cause is Cause.PROTOCOL


def packed(body, how="gzip"):
    return answer(body, "200 OK", f"Content-Encoding: {how}")


WHOLE = gzip.compress(PAGE * 2000)
BODIES = {
    "no trailer": (WHOLE[:-8], PAGE * 2000),
    "half a trailer": (WHOLE[:-3], PAGE * 2000),
    "a wrong sum": (WHOLE[:-8] + b"abcd" + WHOLE[-4:], PAGE * 2000),
    "a wrong length": (WHOLE[:-4] + b"abcd", PAGE * 2000),
    "a name and a comment in its header, and no trailer": (
        WHOLE[:3] + b"\x1e" + WHOLE[4:10] + b"\x02\0ab" + b"page\0" + b"words\0" + b"\0\0" + WHOLE[10:-8],
        PAGE * 2000,
    ),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_packed_page_without_a_good_trailer_is_read_and_said_to_be_incomplete(name):
    wire, body = BODIES[name]
    chain = await got(packed(wire))
    assert (chain.cause, chain.final.body) == (None, body)
    assert "trailer" in chain.final.detail


@pytest.mark.parametrize("wire", [zlib.compress(PAGE * 2000)[:-4], zlib.compress(PAGE * 2000)[:-4] + b"abcd"])
async def test_a_page_in_zlib_without_its_sum_is_read_too(wire):
    chain = await got(packed(wire, "deflate"))
    assert (chain.cause, chain.final.body) == (None, PAGE * 2000)
    assert "trailer" in chain.final.detail


async def test_a_page_that_came_to_its_end_is_read_though_its_packing_did_not():
    packer = zlib.compressobj(wbits=31)
    chain = await got(packed(packer.compress(PAGE + b"\n\n") + packer.flush(zlib.Z_SYNC_FLUSH)))
    assert (chain.cause, chain.final.body) == (None, PAGE + b"\n\n")
    assert "ends too early" in chain.final.detail


async def test_half_a_page_is_none():
    packer = zlib.compressobj(wbits=31)
    chain = await got(packed(packer.compress(PAGE[:-9]) + packer.flush(zlib.Z_SYNC_FLUSH)))
    assert chain.cause is Cause.PROTOCOL


async def test_a_whole_page_says_nothing_of_its_packing():
    chain = await got(packed(WHOLE))
    assert (chain.cause, chain.final.body, chain.final.detail) == (None, PAGE * 2000, "")
