"""TLS servers that hang up now and then: chance changes no protocol, and is asked about only so often."""

import random
import socket

import pytest
from tls import context_of, over, resetting, serving
from tlsscan import HOST, scan

from auditor.model.visit import Cause

pytestmark = pytest.mark.anyio


def unsteady(shake, is_cut):
    """Reset the connections that ``is_cut`` says, counted from 1; shake hands on all others."""

    def talk(connection, server):
        if is_cut(server.connections):
            resetting(connection, server)
        else:
            shake(connection, server)

    return talk


async def test_a_reset_now_and_then_changes_no_protocol_and_is_no_lack_of_ours(authority):
    shake = over(context_of(authority.issue_cert(HOST)))
    with serving(unsteady(shake, lambda number: number % 5 == 1)) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert (endpoint.protocols, endpoint.trusted, endpoint.unsettled) == (("tls1.2", "tls1.3"), True, ())
    assert endpoint.cause in {None, Cause.AMBIGUOUS}


async def test_a_server_that_cuts_off_most_connections_is_asked_until_it_answers(authority):
    shake = over(context_of(authority.issue_cert(HOST)))
    draw = random.Random(11)
    with serving(unsteady(shake, lambda number: draw.random() < 0.6)) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert {"tls1.2", "tls1.3"} <= {*endpoint.protocols, *endpoint.unsettled}
    assert endpoint.cause in {None, Cause.AMBIGUOUS}
    assert endpoint.chain


async def test_a_server_that_closes_on_old_protocols_refuses_them_and_is_not_asked_for_ever(authority):
    context = context_of(authority.issue_cert(HOST))

    def closing(connection, server):
        hello = connection.recv(5_000, socket.MSG_PEEK)
        if b"\x03\x03" in hello[9:11] or b"\x00\x2b" in hello:
            over(context)(connection, server)

    with serving(closing) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert (endpoint.protocols, endpoint.unsettled) == (("tls1.2", "tls1.3"), ())
