"""The newest version of HTTP that a server has, whatever it prefers."""

import socket
from itertools import chain, repeat

import h2.config
import h2.connection
import h2.events
import pytest
from doors import http_door
from front import Doors, judged
from knowing import NOW, PAGE, SITE, by_id, known
from servers import answer, certificates, closed_port
from tls import serving

from auditor.model.reading import Unavailable
from probes.transport import PROBE


@pytest.mark.parametrize(("sent", "word"), [("HTTP/1.0", "1.0"), ("HTTP/1.1", "1.1"), ("HTTP/2", "2"), ("HTTP/2.0", "2")])
def test_the_version_is_a_word(sent, word):
    assert judged("http.version", http_version=sent).value == word


def test_an_unknown_version_is_no_guess():
    assert isinstance(judged("http.version", http_version="ICY"), Unavailable)


def in_the_clients_order(context, *, broken=False, first="200"):
    """Serve the first version of HTTP that the client's hello names; ``broken`` HTTP/2 ends without an answer, else the first is this."""
    statuses = chain([first], repeat("200"))

    def talk(connection, server):
        hello = connection.recv(4096, socket.MSG_PEEK)
        newest = b"\x02h2\x08http/1.1" in hello
        assert newest or b"\x08http/1.1\x02h2" in hello or (broken and b"\x02h2" not in hello)
        context.set_alpn_protocols(["h2" if newest else "http/1.1"])
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.settimeout(3)
            if newest and not broken:
                serve_http2(wrapped, statuses)
            elif wrapped.recv(4096) and not newest:
                wrapped.sendall(answer(PAGE.encode(), "200 OK", "Content-Type: text/html", "Connection: close"))

    return talk


def serve_http2(wrapped, statuses):
    state = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=False))
    state.initiate_connection()
    wrapped.sendall(state.data_to_send())
    while data := wrapped.recv(4096):
        for event in state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                state.send_headers(event.stream_id, [(":status", next(statuses)), ("content-type", "text/html")])
                state.send_data(event.stream_id, PAGE.encode(), end_stream=True)
        wrapped.sendall(state.data_to_send())


@pytest.mark.anyio
@pytest.mark.parametrize(("given", "version"), [({}, "2"), ({"broken": True}, "1.1"), ({"first": "503"}, "2")])
async def test_a_server_that_takes_the_clients_order_shows_its_newest_version_to_this_probe_alone(tmp_path, given, version):
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serving(in_the_clients_order(context, **given)) as server:
        mapped = {"so.test:443": f"127.0.0.1:{server.port}", "so.test:80": f"127.0.0.1:{closed_port()}"}
        async with http_door(connect_to=mapped, trust=[tmp_path / "ca.pem"]) as http:
            seen = await PROBE.look(SITE, Doors(http))
            crawled = await http.get("https://so.test/", why="crawl", robots=False)
    found = by_id(PROBE.assess(seen, known(captured_at=NOW)))
    assert found["http.version"].value == version
    assert crawled.final.http_version == "HTTP/1.1"
