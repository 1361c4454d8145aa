"""Servers that break every rule: each ends as an outcome, within its bounds."""

import asyncio
import gzip
import zlib

import brotli
import pytest
import zstandard
from bounds import bounded
from doors import http_door
from servers import Site, answer, serve

from auditor.model.evidence import Cut
from auditor.model.visit import Cause
from auditor.sdk.limits import KIB, MIB, Limits

pytestmark = pytest.mark.anyio
ZEROS = bytes(64 * MIB)
LIMITS = Limits(seconds=2.0, wire=1 * MIB, decoded=256 * KIB, hops=4)
TRIES = 2
"""A failure that may pass is tried once more, each time within its own seconds."""
DEADLINE = TRIES * LIMITS.seconds
REQUESTS = TRIES * (LIMITS.hops + 1)


def raw_deflate(body):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def wide_zstd(log):
    """Pack a little so that its reader must set aside a window of this size."""
    settings = zstandard.ZstdCompressionParameters.from_level(3, window_log=log, write_content_size=False)
    packer = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    return packer.compress(bytes(1000)) + packer.flush()


BOMBS = {
    "gzip": gzip.compress(ZEROS),
    "deflate": zlib.compress(ZEROS),
    "br": brotli.compress(ZEROS, quality=5),
    "zstd": zstandard.compress(ZEROS),
    "gzip, gzip": gzip.compress(gzip.compress(ZEROS)),
}


async def drip_head(writer):
    for char in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1000:
        writer.write(bytes([char]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_body(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\nabc")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless_chunks(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
        await writer.drain()


async def reset(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
    await writer.drain()
    writer.transport.abort()


async def half_close(writer):
    writer.write_eof()
    await asyncio.sleep(0.2)


def to(location):
    """Lead elsewhere; PORT is the canary's."""
    raw = location if isinstance(location, bytes) else location.encode()
    return b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + raw + b"\r\n\r\n"


def sized(length):
    return f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nabc".encode()


PROTOCOL, REDIRECTS = Cause.PROTOCOL, Cause.REDIRECTS
FAULTS = {
    "drip-head": (drip_head, Cause.TIMEOUT),
    "drip-body": (drip_body, Cause.TIMEOUT),
    "endless-chunks": (endless_chunks, Cause.TOO_LARGE),
    "body-over-the-wire-limit": (answer(bytes(2 * MIB)), Cause.TOO_LARGE),
    "reset-in-the-body": (reset, {Cause.CONNECT, Cause.PROTOCOL}),
    "half-closed": (half_close, Cause.PROTOCOL),
    "length-too-long": (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\nabc", {Cause.PROTOCOL, Cause.TIMEOUT}),
    "length-twice": (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", Cause.PROTOCOL),
    "bad-chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", Cause.PROTOCOL),
    "http-0.9": (b"<html>no head at all</html>\r\n\r\n", Cause.PROTOCOL),
    "giant-header": (b"HTTP/1.1 200 OK\r\nX: " + b"a" * (2 * MIB) + b"\r\n\r\n", Cause.PROTOCOL),
    "nul-in-a-header": (b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 1\r\n\r\na", Cause.PROTOCOL),
    "undecodable": (answer(b"not gzip at all", "200 OK", "Content-Encoding: gzip"), Cause.PROTOCOL),
    "unknown-encoding": (answer(b"x", "200 OK", "Content-Encoding: rot13"), Cause.PROTOCOL),
    "nine-encodings": (answer(b"x", "200 OK", "Content-Encoding: " + ", ".join(["gzip"] * 9)), Cause.PROTOCOL),
    "cut-gzip": (answer(gzip.compress(b"abc" * 9999)[:50], "200 OK", "Content-Encoding: gzip"), Cause.PROTOCOL),
    "cut-deflate": (answer(raw_deflate(b"abc" * 9999)[:30], "200 OK", "Content-Encoding: deflate"), Cause.PROTOCOL),
    "cut-br": (answer(brotli.compress(b"abc" * 9999)[:-3], "200 OK", "Content-Encoding: br"), Cause.PROTOCOL),
    "cut-zstd": (answer(zstandard.compress(bytes(range(256)) * 99)[:-3], "200 OK", "Content-Encoding: zstd"), Cause.PROTOCOL),
    "cut-second-zstd": (answer(zstandard.compress(b"a") + zstandard.compress(b"b")[:-1], "200 OK", "Content-Encoding: zstd"), Cause.PROTOCOL),
    "wide-zstd": (answer(wide_zstd(24), "200 OK", "Content-Encoding: zstd"), Cause.PROTOCOL),
    "widest-zstd-allowed": (answer(wide_zstd(23), "200 OK", "Content-Encoding: zstd"), None),
    "many-gzip-members": (answer(gzip.compress(b"a") * 1_001, "200 OK", "Content-Encoding: gzip"), Cause.TOO_LARGE),
    "to-file": (answer(b"", "302 Found", "Location: file:///etc/passwd"), Cause.REDIRECTS),
    "to-script": (answer(b"", "302 Found", "Location: javascript:alert(1)"), Cause.REDIRECTS),
    "to-decimal": (answer(b"", "302 Found", "Location: http://2130706433/"), Cause.REDIRECTS),
    "to-mapped-ipv6": (answer(b"", "302 Found", "Location: http://[::ffff:10.0.0.1]/"), Cause.REDIRECTS),
    "to-nowhere": (answer(b"", "302 Found", "Location: http://[oops/"), Cause.REDIRECTS),
    "status-999": (answer(b"x", "999 Odd"), {None, Cause.PROTOCOL}),
    "length-negative": (sized("-3"), PROTOCOL),
    "length-with-a-plus": (sized("+3"), PROTOCOL),
    "length-of-20-digits": (sized("9" * 20), {Cause.TOO_LARGE, Cause.TIMEOUT}),
    "length-listed": (sized("3, 3"), None),
    "length-in-words": (sized("ba"), PROTOCOL),
    "length-in-other-digits": (b"HTTP/1.1 200 OK\r\nContent-Length: " + "٣".encode() + b"\r\n\r\nabc", PROTOCOL),
    "length-too-short": (sized("2"), None),
    "7000-headers": (answer(b"x", "200 OK", *(f"X{n}: y" for n in range(7_000))), None),
    "nul-in-a-name": (b"HTTP/1.1 200 OK\r\nX\0Y: a\r\nContent-Length: 1\r\n\r\na", PROTOCOL),
    "space-in-a-name": (b"HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 1\r\n\r\na", None),
    "nul-in-a-line-without-a-colon": (b"HTTP/1.1 200 OK\r\nX\0Y\r\nContent-Length: 1\r\n\r\na", PROTOCOL),
    "no-end-of-a-head-without-a-colon": (b"HTTP/1.1 200 OK\r\n" + b"a\r\n" * (1 * MIB), PROTOCOL),
    "cut-head-without-a-colon": (b"HTTP/1.1 200 OK\r\na\r\n", {PROTOCOL, Cause.TIMEOUT}),
    "bare-cr": (b"HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\r\nContent-Length: 1\r\n\r\na", PROTOCOL),
    "status-20": (b"HTTP/1.1 20 OK\r\n\r\n", PROTOCOL),
    "http-9.9": (b"HTTP/9.9 200 OK\r\nContent-Length: 1\r\n\r\na", None),
    "chunk-of-20-digits": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 20 + b"\r\nabc", PROTOCOL),
    "chunk-negative": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc", PROTOCOL),
    "to-a-control-character": (to("/a\x01b"), None),
    "to-a-bare-cr": (to("/a\rX: b"), PROTOCOL),
    "to-a-nul": (to("/a\0b"), PROTOCOL),
    "to-escaped-lines": (to("/a%0d%0aX: b"), None),
    "to-bytes": (to(b"/\xff\xfe\xc4\x91"), None),
    "to-60000-characters": (to("/" + "a" * 60_000), None),
    "to-loopback": (to("http://127.0.0.1:PORT/"), REDIRECTS),
    "to-another-loopback": (to("http://127.0.0.2:PORT/"), REDIRECTS),
    "to-loopback-ipv6": (to("http://[::1]:PORT/"), REDIRECTS),
    "to-loopback-mapped": (to("http://[::ffff:127.0.0.1]:PORT/"), REDIRECTS),
    "to-loopback-decimal": (to("http://2130706433:PORT/"), REDIRECTS),
    "to-loopback-octal": (to("http://0177.0.0.1:PORT/"), REDIRECTS),
    "to-loopback-hexadecimal": (to("http://0x7f000001:PORT/"), REDIRECTS),
    "to-loopback-short": (to("http://127.1:PORT/"), REDIRECTS),
    "to-loopback-circled": (to("http://①②⑦.⓪.⓪.①:PORT/"), REDIRECTS),
    "to-loopback-all-zeros": (to("http://0:PORT/"), REDIRECTS),
    "to-loopback-full-stops": (to("http://127。0。0。1:PORT/"), REDIRECTS),
    "to-localhost": (to("http://localhost:PORT/"), {REDIRECTS, Cause.DNS, Cause.CAPABILITY}),
    "to-loopback-by-userinfo": (to("http://so.test@127.0.0.1:PORT/"), REDIRECTS),
    "to-loopback-by-a-password": (to("http://so.test:80@127.0.0.1:PORT/"), REDIRECTS),
    "to-loopback-by-a-backslash": (to("http://127.0.0.1:PORT\\@so.test/"), REDIRECTS),
    "to-loopback-by-a-fragment": (to("http://127.0.0.1:PORT#@so.test/"), REDIRECTS),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_an_outcome_within_its_bounds(name):
    behaviour, cause = FAULTS[name]
    site = Site({"/": behaviour})
    with bounded(DEADLINE, REQUESTS, asked=lambda: len(site.asked)) as canary, serve(site):
        if isinstance(behaviour, bytes):
            site.routes["/"] = behaviour.replace(b"PORT", str(canary.port).encode())
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"], limits=LIMITS) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause in (cause if isinstance(cause, set) else {cause})
    assert all(exchange.wire_bytes <= LIMITS.wire + 256 * KIB for exchange in chain.exchanges)
    assert all(len(exchange.body) <= LIMITS.decoded for exchange in chain.exchanges)


@pytest.mark.parametrize("encoding", BOMBS)
async def test_a_bomb_ends_at_the_limit(encoding):
    site = Site({"/": answer(BOMBS[encoding], "200 OK", f"Content-Encoding: {encoding}")})
    with bounded(DEADLINE, 1, asked=lambda: len(site.asked)), serve(site):
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, limits=LIMITS) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.cause, chain.final.cut) == (Cause.TOO_LARGE, Cut.DECODED)
    assert len(chain.final.body) <= LIMITS.decoded


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity", "x-gzip"])
async def test_every_encoding_that_we_offer_is_undone(encoding):
    body = "Cổng thông tin điện tử".encode() * 500
    packed = {
        "gzip": gzip.compress,
        "x-gzip": gzip.compress,
        "deflate": raw_deflate,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }
    wire = packed.get(encoding, bytes)(body)
    with serve(Site({"/": answer(wire, "200 OK", f"Content-Encoding: {encoding}")})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.cause, chain.final.body) == (None, body)


@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        ("gzip", gzip.compress(b"a") * 1_000),
        ("zstd", zstandard.compress(b"a") * 1_000),
        ("zstd", zstandard.compress(b"a" * 999) + b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zstandard.compress(b"a")),
    ],
    ids=["gzip", "zstd", "zstd with a frame to skip"],
)
async def test_every_member_of_a_packed_body_is_read(encoding, wire):
    with serve(Site({"/": answer(wire, "200 OK", f"Content-Encoding: {encoding}")})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.cause, chain.final.body) == (None, b"a" * 1_000)


async def test_a_body_of_too_many_members_says_what_was_too_much():
    wire = gzip.compress(b"a") * 1_001
    with serve(Site({"/": answer(wire, "200 OK", "Content-Encoding: gzip")})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.final.cut, chain.final.detail) == (Cut.DECODED, "more than a thousand packed parts decoded")
    assert chain.final.body == b"a" * 1_000


async def test_redirects_that_grow_end_at_the_limit():
    class Growing(dict):
        def get(self, path, default=None):
            return answer(b"", "302 Found", f"Location: {path}x")

    site = Site(Growing())
    with bounded(DEADLINE, LIMITS.hops + 1, asked=lambda: len(site.asked)), serve(site):
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, limits=LIMITS) as door:
            chain = await door.get("http://so.test/a", why="test", robots=False)
    assert (chain.cause, chain.final.cut, len(chain.hops)) == (Cause.REDIRECTS, Cut.HOPS, LIMITS.hops + 1)


async def told(*cookies, besides=""):
    """Give what a host that set these cookies is told by the next request, and the answer that set them."""
    headers = [f"Set-Cookie: {cookie}" for cookie in cookies]
    with serve(Site({"/": answer(b"x", "200 OK", *headers), "/b": answer(b"x")})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"], limits=LIMITS) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
            await door.get("http://so.test/b", why="test", robots=False, headers={"Cookie": besides} if besides else None)
    lines = [line for line in site.heads[-1].split("\r\n") if line.startswith("Cookie: ")]
    return [pair.partition("=")[0] for pair in lines[0].removeprefix("Cookie: ").split("; ")] if lines else [], chain, site


async def test_a_thousand_cookies_do_not_fill_us():
    names, chain, site = await told(*(f"k{n}={'v' * 50}" for n in range(1000)))
    assert len(chain.final.headers) <= 200
    assert len(names) == 50
    assert len(site.heads[-1]) < 8 * KIB


async def test_a_hundred_thousand_cookies_in_one_answer_are_an_outcome():
    names, chain, _ = await told(*(f"k{n}={'v' * 50}" for n in range(100_000)))
    assert (chain.cause, names) == (Cause.PROTOCOL, [])
    assert all(exchange.wire_bytes <= LIMITS.wire for exchange in chain.exchanges)


async def test_no_request_grows_so_long_that_its_server_refuses_it():
    names, _, site = await told(*(f"k{n}={'v' * 1900}" for n in range(40)))
    assert names == [f"k{n}" for n in range(32, 40)]
    assert len(site.heads[-1]) < 17 * KIB


async def test_what_scripts_have_set_is_bounded_too_and_the_hosts_own_comes_first():
    besides = "; ".join(["a=Cổng", *(f"s{n}={'v' * 1900}" for n in range(40))])
    names, _, _ = await told(*(f"k{n}={'v' * 1900}" for n in range(3)), besides=besides)
    assert names == [*(f"s{n}" for n in range(35, 40)), "k0", "k1", "k2"]


@pytest.mark.parametrize(("length", "kept"), [(4_095, True), (4_096, False)])
async def test_one_cookie_may_be_as_long_as_browsers_keep_it(length, kept):
    names, _, _ = await told("b=1", "a=" + "v" * length)
    assert names == (["b", "a"] if kept else ["b"])


async def test_a_cookie_that_is_too_long_leaves_the_one_before_it():
    names, _, site = await told("a=1", "a=" + "v" * 5_000)
    assert names == ["a"]
    assert "Cookie: a=1\r\n" in site.heads[-1]


@pytest.mark.parametrize("many", [1_000, 100_000])
async def test_a_hundred_thousand_cookies_do_not_fill_us(many):
    cookies = [f"Set-Cookie: k{n}={'v' * 50}" for n in range(many)]
    site = Site({"/": answer(b"x", "200 OK", *cookies), "/b": answer(b"x")})
    with bounded(2 * DEADLINE, 4, asked=lambda: len(site.asked)), serve(site):
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"], limits=LIMITS) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
            later = await door.get("http://so.test/b", why="test", robots=False)
    assert chain.cause in {None, Cause.PROTOCOL}
    assert len(chain.final.headers) <= 200
    assert later.cause == chain.cause
    assert len(site.heads[-1]) < 8 * KIB


async def test_a_hundred_thousand_cookies_of_many_answers_do_not_fill_us():
    class Baker(dict):
        def get(self, path, default=None):
            start = int(path.strip("/*") or 0) * 150
            return answer(b"x", "200 OK", *(f"Set-Cookie: k{n}={'v' * 50}" for n in range(start, start + 150)))

    site = Site(Baker())
    with bounded(20.0, 670, asked=lambda: len(site.asked)), serve(site):
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, limits=LIMITS) as door:
            for number in range(670):
                chain = await door.get(f"http://so.test/{number}", why="test", robots=False)
                assert chain.cause is None
    assert max(map(len, site.heads)) < 16 * KIB


class Eager(Site):
    """Answers before it is asked, so many times a connection, and then what it is asked for."""

    def __init__(self, times):
        super().__init__({"*": answer(b"asked for")})
        self.times = times

    async def handle(self, reader, writer):
        writer.write(answer(f"early {self.connections}".encode()) * self.times)
        await writer.drain()
        await super().handle(reader, writer)


@pytest.mark.parametrize("times", [1, 2, 500])
async def test_of_answers_to_what_nobody_asked_none_but_the_first_of_a_connection_is_taken_for_a_page(times):
    site = Eager(times)
    with bounded(4 * DEADLINE, 4 * REQUESTS, asked=lambda: len(site.asked)), serve(site):
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"], limits=LIMITS) as door:
            chains = [await door.get(f"http://so.test/{number}", why="test", robots=False) for number in range(4)]
    early = [chain.final.body for chain in chains if chain.final.body.startswith(b"early")]
    assert {chain.cause for chain in chains} == {None}
    assert len(early) == len(set(early)) <= site.connections
