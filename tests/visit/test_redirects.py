"""Redirects as servers write them, followed as browsers follow them."""

import pytest
from doors import http_door
from servers import Site, answer, serve

from auditor.model.visit import Cause
from auditor.sdk.limits import Limits

pytestmark = pytest.mark.anyio
PAGE = answer(b"<title>trang</title>", "200 OK", "Content-Type: text/html")


def leading(location):
    return b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("/trang-chủ?a=ạ".encode(), "/trang-ch%E1%BB%A7?a=%E1%BA%A1"),
        ("/tệp".encode("utf-16-le").replace(b"\0", b"")[:2] + b"\xe9", "/t%E9"),
        (b"/tin tuc", "/tin%20tuc"),
        (b"tin\\moi", "/tin/moi"),
        (b"http:\\\\so.test\\tin", "/tin"),
    ],
)
async def test_a_location_that_browsers_mend_is_followed(location, asked):
    with serve(Site({"/": leading(location), asked: PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, limits=Limits(seconds=5)) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.cause, chain.final.status, chain.final.url) == (None, 200, f"http://so.test{asked}")
    assert site.asked == ["/", asked]


@pytest.mark.parametrize(
    "location",
    [
        b"http:\\\\127.0.0.1:1\\a",
        b"\\\\127.0.0.1:1\\a",
        "http://１２７。0。0。1:1/".encode(),
        b"http://%31%32%37.0.0.1:1/",
        b"//a@so.test/",
    ],
)
async def test_what_is_mended_is_what_the_guard_judges(location):
    with serve(Site({"/": leading(location)})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, limits=Limits(seconds=5)) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert [hop.status for hop in chain.hops] == [302, None]
    assert chain.cause is Cause.REDIRECTS
    assert chain.confirmed == ()
