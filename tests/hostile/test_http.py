"""Servers that break every rule: each ends as an outcome, within its bounds."""

import asyncio
import gzip
import zlib

import brotli
import pytest
import zstandard
from doors import http_door
from servers import Site, answer, serve

from auditor.model.evidence import Cut
from auditor.model.visit import Cause
from auditor.sdk.limits import KIB, MIB, Limits

pytestmark = pytest.mark.anyio
ZEROS = bytes(64 * MIB)
LIMITS = Limits(seconds=2.0, wire=1 * MIB, decoded=256 * KIB, hops=4)


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
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_an_outcome_within_its_bounds(name):
    behaviour, cause = FAULTS[name]
    with serve(Site({"/": behaviour})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"], limits=LIMITS) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause in (cause if isinstance(cause, set) else {cause})
    assert all(exchange.wire_bytes <= LIMITS.wire + 256 * KIB for exchange in chain.exchanges)
    assert all(len(exchange.body) <= LIMITS.decoded for exchange in chain.exchanges)


@pytest.mark.parametrize("encoding", BOMBS)
async def test_a_bomb_ends_at_the_limit(encoding):
    with serve(Site({"/": answer(BOMBS[encoding], "200 OK", f"Content-Encoding: {encoding}")})) as site:
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

    with serve(Site(Growing())) as site:
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
