"""Names of charsets, hosts and paths that libraries stumble over: each is an outcome, and so is the page behind it."""

import pytest
from doors import http_door
from servers import Site, answer, serve

from auditor.model.visit import Cause

pytestmark = pytest.mark.anyio
PAGE = answer(b"<title>trang</title>", "200 OK", "Content-Type: text/html")
RULES = b"User-agent: *\nDisallow: /kin\nDisallow: /\\ud800\nDisallow: /%ED%A0%80\nDisallow: /\xed\xa0\x80\nCrawl-delay: 0\n"
NUMBERS = b"User-agent: *\nDisallow: /kin\nCrawl-delay: %s\nRequest-rate: %s/1s\nVisit-time: 2599-9999\n" % (
    b"9" * 5000,
    b"9" * 5000,
)


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("text/plain; charset=undefined", RULES),
        ("text/plain; charset=idna", RULES + b"\n" + b"." * 300),
        ("text/plain; charset=punycode", RULES),
        ("text/plain; charset=unicode_escape", RULES),
        ("text/plain; charset=raw_unicode_escape", RULES),
        ("text/plain; charset=utf-7", RULES + b"\nDisallow: /+2AA-"),
        ("text/plain; charset=utf-16", RULES),
        ("text/plain", NUMBERS.replace(b"9" * 5000, b"0" * 5000, 1)),
        ("text/plain", b"\xff\xfe" + RULES.decode("latin-1").encode("utf-16-le")),
    ],
)
async def test_a_robots_file_in_any_charset_is_obeyed_and_breaks_nothing(kind, rules):
    with serve(Site({"/robots.txt": answer(rules, "200 OK", f"Content-Type: {kind}"), "/": PAGE, "/kin": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test")
            kept_away = await door.get("http://so.test/kin", why="test")
    assert (chain.cause, chain.final.status) == (None, 200)
    assert kept_away.cause is (Cause.ROBOTS if "utf-16" not in kind else None)


@pytest.mark.parametrize(
    "url", ["http://so.test/\ud800", "http://so.test/?q=\udcff", "http://\ud800.test/", "http://[v1.abc:x]/"]
)
async def test_an_address_that_cannot_be_written_is_not_asked_for(url):
    with serve(Site({"/": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get(url, why="test")
    assert chain.cause is Cause.REDIRECTS
    assert chain.final.url.encode()
    assert site.asked == []
