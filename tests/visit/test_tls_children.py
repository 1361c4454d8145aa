"""Scans in child processes: shared, killed at their deadline, ended with their parent; and addresses that none is made of."""

import json
import os
import time

import anyio
import pytest
from servers import serve_dns
from tls import Kept, context_of, over, plain, scanner, serving, silent
from tlsscan import HOST

from auditor.model.visit import Cause
from auditor.visit.doors.tls.batch import Children, Failure, Order, Said
from auditor.visit.doors.tls.door import TlsVisit

pytestmark = pytest.mark.anyio


def test_the_child_ends_with_its_parent():
    import subprocess

    from auditor.visit.doors.tls import batch as tls_batch

    with serving(silent) as server:
        child = subprocess.Popen(
            tls_batch._COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=tls_batch._environment()
        )
        target = {"id": 0, "host": HOST, "address": "127.0.0.1", "port": server.port, "protocols": ["tls1.2"], "checks": []}
        child.stdin.write(json.dumps({"targets": [target]}).encode() + b"\n")
        child.stdin.flush()
        while not server.connections:
            time.sleep(0.02)
        child.stdin.close()
        assert child.wait(3) == 0


async def test_private_addresses_and_odd_names_are_never_scanned():
    with serving(plain) as server, serve_dns({(HOST, "A"): ["127.0.0.1"], (HOST, "AAAA"): []}) as dns:
        door = TlsVisit(scanner({}, servers=[("127.0.0.1", dns.port)]), Kept())
        private = await door.scan(HOST, port=server.port)
        literal = await door.scan("127.0.0.1", port=server.port)
        odd = await door.scan("0x7f.1", port=server.port)
        gone = await door.scan("khong-co.test", port=server.port)
    assert [one.cause for one in (private, literal, odd, gone)] == [Cause.REDIRECTS, Cause.REDIRECTS, Cause.REDIRECTS, Cause.DNS]
    assert server.connections == 1 - 1
    assert all(len(one.proofs) == 1 for one in (private, literal, odd, gone))


async def test_every_allowed_address_of_a_name_is_scanned(authority):
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        zone = {(HOST, "A"): ["127.0.0.1", "127.0.0.2"], (HOST, "AAAA"): []}
        with serve_dns(zone) as dns:
            shared = scanner({}, allow=["127.0.0.0/8"], servers=[("127.0.0.1", dns.port)], trust=[authority.path])
            found = await TlsVisit(shared, Kept()).scan(HOST, port=server.port)
    one, other = found.endpoints
    assert (one.address, one.handshake) == ("127.0.0.1", True)
    assert (other.address, other.connected, other.cause) == ("127.0.0.2", False, Cause.CONNECT)


async def test_scans_that_begin_together_share_a_child(authority, monkeypatch):
    started = []
    whole = anyio.open_process

    async def counted(*given, **more):
        started.append(given)
        return await whole(*given, **more)

    monkeypatch.setattr(anyio, "open_process", counted)
    hosts = [f"so-{number}.test" for number in range(5)]
    with serving(over(context_of(authority.issue_cert(*hosts)))) as server:
        shared = scanner({f"{host}:443": f"127.0.0.1:{server.port}" for host in hosts}, trust=[authority.path])
        found = {}

        async def one(host):
            found[host] = await TlsVisit(shared, Kept()).scan(host)

        async with anyio.create_task_group() as group:
            for host in hosts:
                group.start_soon(one, host)
    assert [found[host].endpoints[0].hostname_matches for host in hosts] == [True] * 5
    assert len(started) <= 2


async def test_a_child_is_killed_at_its_deadline_and_nothing_is_left(monkeypatch):
    children = []
    whole = anyio.open_process

    async def watched(*given, **more):
        children.append(await whole(*given, **more))
        return children[-1]

    monkeypatch.setattr(anyio, "open_process", watched)
    with serving(silent) as server:
        from auditor.clock import SystemClock

        order = Order(host=HOST, address="127.0.0.1", port=server.port, protocols=("tls1.2",), checks=())
        answer = await Children(SystemClock()).scan(order, seconds=1.0)
    assert answer == Failure(cause=Cause.BUDGET, detail="the scan was not done after 1 s")
    assert children[0].returncode == -9
    with pytest.raises(ProcessLookupError):
        os.killpg(children[0].pid, 0)


async def test_a_crashed_child_is_our_fault_and_the_next_scan_starts_another(authority, monkeypatch):
    from auditor.clock import SystemClock
    from auditor.visit.doors.tls import batch as tls_batch

    good = tls_batch._COMMAND
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        children = Children(SystemClock())
        order = Order(host=HOST, address="127.0.0.1", port=server.port, protocols=("tls1.3",), checks=())
        monkeypatch.setattr(tls_batch, "_COMMAND", (good[0], "-c", "import sys; sys.exit('hỏng rồi')"))
        crashed = await children.scan(order, seconds=10)
        monkeypatch.setattr(tls_batch, "_COMMAND", (good[0], "-c", "print('x' * 9_000_000, flush=True); input()"))
        chatty = await children.scan(order, seconds=10)
        monkeypatch.setattr(tls_batch, "_COMMAND", good)
        fine = await children.scan(order, seconds=30)
    assert crashed == Failure(cause=Cause.CRASHED, detail="the scan ended with 1: hỏng rồi")
    assert isinstance(chatty, Failure)
    assert chatty.cause is Cause.CRASHED
    assert isinstance(fine, Said)
    assert fine.ok


async def test_a_cancelled_scan_leaves_its_companions_to_finish(authority):
    from auditor.clock import SystemClock

    answers = []
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        children = Children(SystemClock())
        order = Order(host=HOST, address="127.0.0.1", port=server.port, protocols=("tls1.3",), checks=())

        async def leader():
            with anyio.move_on_after(0.4):
                await children.scan(order, seconds=30)

        async def follower():
            answers.append(await children.scan(order, seconds=30))

        async with anyio.create_task_group() as group:
            group.start_soon(leader)
            await anyio.sleep(0.05)
            group.start_soon(follower)
    [answer] = answers
    assert isinstance(answer, Said)
