"""What comes over one connection, right or odd, and when a connection is asked again."""

import asyncio

import h2.config
import h2.connection
import h2.events
import pytest
from doors import http_door
from servers import Site, answer, certificates, serve

from auditor.model.visit import Cause
from auditor.sdk.limits import Limits
from auditor.visit.doors.http.request import request_of

pytestmark = pytest.mark.anyio
ALLOW = ("127.0.0.0/8",)
LOOSE = Limits(seconds=3)


def closing(raw):
    async def talk(writer):
        writer.write(raw)
        await writer.drain()

    return talk


def waiting(raw):
    """Speak, then wait for the other side, as servers of other protocols do."""

    async def talk(writer):
        await closing(raw)(writer)
        await asyncio.sleep(10)

    return talk


ODD = {
    "one length, said twice": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a folded line": b"HTTP/1.1 200 OK\r\nX-Long: a\r\n  b\r\nContent-Length: 3\r\n\r\nabc",
    "a control character in a value": b"HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 3\r\n\r\nabc",
    "both lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "line feeds alone": b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc",
    "letters beyond ASCII": "HTTP/1.1 200 Được\r\nX: đây\r\nContent-Length: 3\r\n\r\nabc".encode(),
    "hints before the answer": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    "an offer to upgrade": b"HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 3\r\n\r\nabc",
    "chunks with extensions and a trailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
    "an end by closing": closing(b"HTTP/1.1 200 OK\r\n\r\nabc"),
    "HTTP/1.0": closing(b"HTTP/1.0 200 OK\r\n\r\nabc"),
}


@pytest.mark.parametrize("name", ODD)
async def test_what_browsers_read_is_read(name):
    with serve(Site({"/": ODD[name]})) as server:
        async with http_door(allow=ALLOW, limits=LOOSE) as door:
            chain = await door.get(f"http://127.0.0.1:{server.port}/", why="test", robots=False)
    assert (chain.cause, chain.final.status, chain.final.body) == (None, 200, b"abc")
    assert "X-T" not in dict(chain.final.headers)
    assert "Link" not in dict(chain.final.headers)


BROKEN = {
    "chunks that end too early": closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30\r\nabc"),
    "a coding that nobody asked for": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "heads without end": b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
    "a trailer without end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n" + b"X: y\r\n" * 60_000,
    "an extension without end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;" + b"a" * 300_000,
    "another protocol": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nabc",
    "status 0": b"HTTP/1.1 000 OK\r\nContent-Length: 3\r\n\r\nabc",
    "a banner of SSH": waiting(b"SSH-2.0-OpenSSH_7.4\r\n"),
    "a banner of a mail server": waiting(b"220 mail.so.test ESMTP\r\n"),
    "a page without a head": waiting(b"<html>no head"),
    "half a head": closing(b"HTTP/1.1 200 OK\r\nConte"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_no_http_ends_at_once(name):
    with serve(Site({"/": BROKEN[name]})) as server:
        async with http_door(allow=ALLOW, limits=LOOSE, answered={"other"}) as door:
            chain = await door.get(f"http://127.0.0.1:{server.port}/", why="test", robots=False)
    assert {exchange.cause for exchange in chain.exchanges} == {Cause.PROTOCOL}
    assert all(float(exchange.seconds) < LOOSE.seconds for exchange in chain.exchanges)


async def test_one_connection_serves_many_requests():
    with serve(Site({"/": answer(b"x"), "/kopf": answer(b"", length=False) + b"\r\n"})) as server:
        async with http_door(allow=ALLOW) as door:
            for _ in range(5):
                await door.get(f"http://127.0.0.1:{server.port}/", why="test", robots=False)
        assert server.connections == 1


async def test_an_answer_behind_an_answer_is_nobodys():
    stray = answer(b"mine") + answer(b"not asked for")
    with serve(Site({"/a": stray, "/b": answer(b"yours")})) as server:
        async with http_door(allow=ALLOW) as door:
            bodies = [
                (await door.get(f"http://127.0.0.1:{server.port}/{path}", why="test", robots=False)).final.body for path in "abab"
            ]
    assert bodies == [b"mine", b"yours"] * 2


async def test_an_answer_that_comes_late_is_not_the_next_ones():
    async def late(writer):
        writer.write(answer(b"mine"))
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(answer(b"not asked for"))
        await writer.drain()
        await asyncio.sleep(1)

    with serve(Site({"/a": late, "/b": answer(b"yours")})) as server:
        async with http_door(allow=ALLOW) as door:
            first = await door.get(f"http://127.0.0.1:{server.port}/a", why="test", robots=False)
            await asyncio.sleep(0.2)
            second = await door.get(f"http://127.0.0.1:{server.port}/b", why="test", robots=False)
    assert (first.final.body, second.final.body) == (b"mine", b"yours")


async def test_a_connection_that_the_server_has_closed_is_not_asked_again():
    with serve(Site({"/": closing(answer(b"x"))})) as server:
        async with http_door(allow=ALLOW) as door:
            for _ in range(3):
                chain = await door.get(f"http://127.0.0.1:{server.port}/", why="test", robots=False)
                await asyncio.sleep(0.05)
                assert not chain.confirmed
        assert server.connections == 3


async def test_a_server_that_hangs_up_as_it_is_asked_is_asked_over_another_connection():
    class Hasty(Site):
        async def handle(self, reader, writer):
            self.connections += 1
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(b"x"))
            await reader.readuntil(b"\r\n\r\n")
            self.asked.append("in vain")
            writer.transport.abort()

    with serve(Hasty({})) as server:
        async with http_door(allow=ALLOW) as door:
            chains = [await door.get(f"http://127.0.0.1:{server.port}/{n}", why="test", robots=False) for n in range(3)]
    assert [(chain.cause, chain.final.body, chain.confirmed) for chain in chains] == [(None, b"x", ())] * 3
    assert (server.connections, server.asked) == (3, ["in vain"] * 2)


class Http2:
    """A server of HTTP/2: answers each request with its own path, `part` bytes a frame."""

    def __init__(self, context):
        self.context, self.streams, self.writers = context, [], []
        context.set_alpn_protocols(["h2"])

    async def start(self):
        self.server = await asyncio.start_server(self.talk, "127.0.0.1", 0, ssl=self.context)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()

    async def talk(self, reader, writer):
        self.writers.append(writer)
        state = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        writer.write(state.data_to_send())
        while data := await reader.read(65536):
            for event in state.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    asked = dict(event.headers)
                    self.streams.append(event.stream_id)
                    state.send_headers(event.stream_id, [(":status", "200"), ("content-type", "text/plain")])
                    state.send_data(event.stream_id, asked[b":authority"].split(b":")[0] + asked[b":path"], end_stream=True)
            writer.write(state.data_to_send())
            await writer.drain()
        writer.close()


async def test_http2_is_spoken_where_it_is_offered_over_one_connection(tmp_path):
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serve(Http2(context)) as server:
        places = {"so.test:443": f"127.0.0.1:{server.port}"}
        async with http_door(connect_to=places, trust=[tmp_path / "ca.pem"]) as door:
            chains = [await door.get(f"https://so.test/trang-{n}?a=b", why="test", robots=False) for n in range(3)]
    assert [chain.final.body for chain in chains] == [f"so.test/trang-{n}?a=b".encode() for n in range(3)]
    assert {chain.final.http_version for chain in chains} == {"HTTP/2"}
    assert {chain.final.address for chain in chains} == {"127.0.0.1"}
    assert server.streams == [1, 3, 5]


@pytest.mark.parametrize(
    ("url", "place", "target"),
    [
        ("http://so.test", b"so.test", b"/"),
        ("http://so.test:80/a;b=c!$&'()*+,=:@~-._?x=/?", b"so.test", b"/a;b=c!$&'()*+,=:@~-._?x=/?"),
        ("http://so.test:8080/%c3%a1?%41", b"so.test:8080", b"/%c3%a1?%41"),
        ("https://SO.test/a/./b/../c", b"so.test", b"/a/c"),
        ("http://so.test/đ?q=đ", b"so.test", b"/%C4%91?q=%C4%91"),
        ("http://[::1]:81/", b"[::1]:81", b"/"),
    ],
)
def test_an_address_is_asked_for_as_browsers_write_it(url, place, target):
    request = request_of("GET", url, {"Accept": "*/*"})
    assert (request.headers[0], request.target) == ((b"Host", place), target)


def test_a_header_never_becomes_two():
    request = request_of("GET", "http://so.test/", {"If-None-Match": '"a"\r\nX: y'})
    with pytest.raises(ValueError, match="the end of a line"):
        request.head()
