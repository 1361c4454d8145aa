"""What browsers take is verified: old suites behind a good certificate, and servers that break a handshake now and then."""

import socket
import ssl
from itertools import count

import pytest
import trustme
from servers import Site, answer, serve
from tls import context_of, over, resetting, serving
from visits import desk

from auditor.model.reading import Measured
from auditor.model.visit import Cause
from probes import uptime
from reports.words import vietnamese

pytestmark = pytest.mark.anyio
PAGE = answer(b"<html><p>Trang tin</p></html>", "200 OK", "Content-Type: text/html", "Connection: close")
OLD = {"newest": ssl.TLSVersion.TLSv1_2}


async def look(path, talk, *, trust):
    """Give what uptime says of a server whose connections are talked to so; a second site proves our link."""
    with serving(talk) as server, serve(Site({"*": PAGE})) as other:
        network = {
            "connect_to": {"so.test:443": f"127.0.0.1:{server.port}", "khac.test:80": f"127.0.0.1:{other.port}"},
            "trust": [str(trust)],
        }
        async with desk(path, network=network, peers=("http://khac.test/",)) as made:
            done = await made.visit(uptime.PROBE, "https://so.test/")
    return done.readings[0].reading


def rsa(ca):
    return ca.issue_cert("so.test", key_type=trustme.KeyType.RSA)


@pytest.mark.parametrize(
    "ciphers",
    ["ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "AES128-SHA", "AES256-SHA", "AES128-GCM-SHA256", "AES256-GCM-SHA384"],
)
async def test_a_sound_certificate_behind_suites_that_browsers_take_is_up(authority, tmp_path, ciphers):
    found = await look(tmp_path, over(context_of(rsa(authority), ciphers=ciphers, **OLD), PAGE), trust=authority.path)
    assert isinstance(found, Measured), str(found.because)
    assert (found.value, found.because.key, found.facts["unverified"]) == (1, "uptime.up", "")


@pytest.mark.parametrize("ciphers", ["ECDHE-RSA-AES128-SHA", "AES128-SHA"])
async def test_a_bad_certificate_behind_them_is_found(authority, tmp_path, ciphers):
    alone = trustme.CA().issue_cert("so.test", key_type=trustme.KeyType.RSA)
    found = await look(tmp_path, over(context_of(alone, chain=None, ciphers=ciphers, **OLD), PAGE), trust=authority.path)
    assert "certificate verify failed" in found.facts["unverified"]


@pytest.mark.parametrize(
    "ciphers", ["DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA384"]
)
async def test_what_no_browser_takes_is_not_up(authority, tmp_path, ciphers):
    found = await look(tmp_path, over(context_of(rsa(authority), ciphers=ciphers, **OLD), PAGE), trust=authority.path)
    assert not (isinstance(found, Measured) and found.value)


@pytest.mark.parametrize("broken", [{0}, {0, 2}, {0, 1, 2}, {0, 1}])
async def test_a_handshake_that_is_reset_now_and_then_proves_nothing_of_the_certificate(authority, tmp_path, broken):
    """The first connections fail verified; then one that is not, and one that is once more."""
    numbers, sound = count(), over(context_of(authority.issue_cert("so.test")), PAGE)

    def talk(connection, server):
        (resetting if next(numbers) in broken else sound)(connection, server)

    found = await look(tmp_path, talk, trust=authority.path)
    assert isinstance(found, Measured), str(found.because)
    assert (found.value, found.facts["unverified"]) == (1, "")


def offers_weak(hello):
    """Tell a hello of who verifies nothing: it offers DHE (0x009E), which no browser and no verified hello of ours does."""
    begin = 46 + hello[43]
    suites = hello[begin:][: int.from_bytes(hello[begin - 2 : begin], "big")]
    return any(suites[place : place + 2] == b"\x00\x9e" for place in range(0, len(suites), 2))


async def test_who_resets_what_is_verified_and_lets_in_what_is_not_is_told_as_that(authority, tmp_path):
    sound = over(context_of(authority.issue_cert("so.test"), **OLD), PAGE)

    def talk(connection, server):
        (sound if offers_weak(connection.recv(4096, socket.MSG_PEEK)) else resetting)(connection, server)

    found = await look(tmp_path, talk, trust=authority.path)
    assert found.cause is Cause.AMBIGUOUS
    assert found.because.key == "uptime.broken_off"
    assert "chứng chỉ" not in vietnamese().say(found.because)
