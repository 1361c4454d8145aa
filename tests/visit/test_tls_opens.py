"""The other client: who gets in, who is refused, and what could not be tried; it waits for its turn at the host."""

import anyio
import pytest
import trustme
from servers import closed_port
from tls import Kept, context_of, hanging_up, over, refusing, resetting, scanner, serving

from auditor.visit.doors.tls import second
from auditor.visit.doors.tls.door import TlsVisit
from auditor.visit.doors.tls.second import opens

pytestmark = pytest.mark.anyio
HOST = "so.khanhhoa.test"
CA = trustme.CA()


@pytest.mark.parametrize("talk", [refusing, hanging_up, resetting], ids=["an alert", "hanging up", "a reset"])
async def test_who_takes_the_connection_and_ends_the_handshake_lets_nobody_in(talk):
    with serving(talk) as server:
        assert (await opens(HOST, ("127.0.0.1", server.port), seconds=5)).opened is False


async def test_who_shakes_hands_lets_us_in():
    with serving(over(context_of(CA.issue_cert(HOST)))) as server:
        assert (await opens(HOST, ("127.0.0.1", server.port), seconds=5)).opened is True


async def test_without_a_connection_nobody_knows_who_would_get_in():
    found = await opens(HOST, ("127.0.0.1", closed_port()), seconds=5)
    assert (found.opened, bool(found.detail)) == (None, True)


async def test_a_port_that_closes_between_two_tries_was_not_tried_to_the_end():
    def once(connection, server):
        server.stop_listening()
        refusing(connection, server)

    with serving(once) as server:
        assert (await opens(HOST, ("127.0.0.1", server.port), seconds=5)).opened is None


async def test_a_way_that_is_lost_amid_the_handshake_is_no_refusal(monkeypatch):
    async def lost(*given, **more):
        raise anyio.BrokenResourceError from OSError(113, "No route to host")

    monkeypatch.setattr(second.TLSStream, "wrap", lost)
    with serving(refusing) as server:
        assert (await opens(HOST, ("127.0.0.1", server.port), seconds=5)).opened is None


async def test_the_other_client_and_a_scan_are_never_at_a_host_at_once():
    found = []
    with serving(over(context_of(CA.issue_cert(HOST)))) as server:
        visit = TlsVisit(scanner({f"{HOST}:443": f"127.0.0.1:{server.port}"}), Kept())

        async def scan():
            found.append(await visit.scan(HOST))

        async def other():
            found.append(await visit.opens(HOST, seconds=5))

        async with anyio.create_task_group() as group:
            async with visit._scanner._hosts.setdefault(HOST, anyio.Lock()):
                group.start_soon(other)
                await anyio.sleep(0.3)
                assert (server.connections, found) == (0, [])
            group.start_soon(scan)
    opening, scanned = found
    assert (opening.opened, opening.at <= scanned.at) == (True, True)
