"""Slow TLS servers are waited for, as browsers do; of one that our own end cuts off nothing is said."""

import contextlib
import ssl
import time

import pytest
from tls import context_of, over, serving, silent
from tlsscan import HOST, scan

from auditor.model.visit import Cause

pytestmark = pytest.mark.anyio


def slowly(context, seconds, *, piece=None):
    """Shake hands after so many seconds; with ``piece``, send the first flight in pieces of that size over them."""

    def talk(connection, server):
        if piece is None:
            time.sleep(seconds)
            over(context)(connection, server)
            return
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        secure = context.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(connection.recv(16_384))
        with contextlib.suppress(ssl.SSLError):
            secure.do_handshake()
        flight = outgoing.read()
        pieces = [flight[at : at + piece] for at in range(0, len(flight), piece)]
        for one in pieces:
            connection.sendall(one)
            time.sleep(seconds / len(pieces))
        connection.recv(16_384)

    return talk


async def test_a_slow_handshake_is_waited_for(authority):
    context = context_of(authority.issue_cert(HOST))
    with serving(slowly(context, 0.6)) as server:
        endpoint, _ = await scan(server, trust=[authority.path], hello_seconds=0.2, patient_seconds=5, seconds=8)
    assert (endpoint.spoke, endpoint.handshake, endpoint.trusted, endpoint.hostname_matches) == (True, True, True, True)
    assert {"tls1.2", "tls1.3"} <= set(endpoint.protocols)
    assert not endpoint.unfinished


async def test_a_first_flight_that_comes_drop_by_drop_is_waited_for(authority):
    context = context_of(authority.issue_cert(HOST), newest=ssl.TLSVersion.TLSv1_2)
    with serving(slowly(context, 0.6, piece=100)) as server:
        endpoint, _ = await scan(server, trust=[authority.path], hello_seconds=0.2, patient_seconds=5, seconds=8)
    assert (endpoint.spoke, endpoint.handshake, endpoint.trusted) == (True, True, True)


async def test_a_slow_handshake_that_our_own_end_cuts_off_is_a_timeout_and_said_to_be_unfinished(authority):
    context = context_of(authority.issue_cert(HOST), newest=ssl.TLSVersion.TLSv1_2)
    with serving(slowly(context, 8.0)) as server:
        endpoint, _ = await scan(server, hello_seconds=0.3, patient_seconds=20, seconds=1.5)
    assert (endpoint.connected, endpoint.handshake, endpoint.spoke) == (True, False, False)
    assert (endpoint.cause, endpoint.unfinished) == (Cause.TIMEOUT, True)


async def test_of_a_first_flight_that_our_own_end_cuts_off_nothing_is_said_but_that_it_began(authority):
    context = context_of(authority.issue_cert(HOST), newest=ssl.TLSVersion.TLSv1_2)
    with serving(slowly(context, 8.0, piece=100)) as server:
        endpoint, _ = await scan(server, hello_seconds=0.3, patient_seconds=20, seconds=1.5)
    assert (endpoint.connected, endpoint.spoke, endpoint.chain, endpoint.trusted) == (True, True, (), None)
    assert endpoint.cause is not None


async def test_who_is_silent_for_longer_than_browsers_wait_has_been_waited_for():
    with serving(silent) as server:
        endpoint, _ = await scan(server, hello_seconds=0.3, patient_seconds=0.6)
    assert (endpoint.cause, endpoint.unfinished) == (Cause.TIMEOUT, False)
