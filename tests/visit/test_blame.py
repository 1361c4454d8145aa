"""Whose fault a failure is: nobody is blamed for a dead link, a lying resolver or a lack of ours. Real sockets throughout."""

import asyncio
import errno
from contextlib import ExitStack, contextmanager

import anyio
import dns.message
import dns.rcode
import pytest
from doors import http_door, known
from lacking import NOWHERE, no_more_files
from servers import Dns, Loop, Site, answer, closed_port, listening, serve, serve_dns
from tls import Kept, hanging_up, plain, refusing_suites, resetting, scanner, serving, silent

from auditor.clock import SystemClock
from auditor.model.visit import Blame, Cause
from auditor.sdk.limits import Limits
from auditor.visit.doors.answers import Answers
from auditor.visit.doors.dns.door import DnsVisit, NoAddress, Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.http.asking import Ask
from auditor.visit.doors.lacks import is_lack
from auditor.visit.doors.tls.door import TlsVisit
from auditor.visit.doors.tls.greeting import Reply
from auditor.visit.doors.tls.hello import Hello, greet

pytestmark = pytest.mark.anyio
PAGE = answer(b"<title>trang</title>", "200 OK", "Content-Type: text/html")
HERE = {("so.test", "A"): ["127.0.0.1"], ("so.test", "AAAA"): []}
ELSE = {("khac.test", "A"): ["127.0.0.1"]}
NOBODY = ("127.0.0.1", 9)


# Our own link is proven after a failure, not before it


async def test_a_link_that_died_since_somebody_answered_is_not_proven():
    dead = closed_port()
    with ExitStack() as running:
        site = running.enter_context(serve(Site({"*": answer(b"x", "200 OK", "Connection: close")})))
        mapped = {"tot.test:80": f"127.0.0.1:{site.port}", "so.test:80": f"127.0.0.1:{dead}", "sau.test:80": f"127.0.0.1:{dead}"}
        async with http_door(connect_to=mapped) as door:
            good = await door.get("http://tot.test/", why="test", robots=False)
            alive = await door.get("http://so.test/", why="test", robots=False)
            running.close()
            after = await door.get("http://sau.test/", why="test", robots=False)
    assert (good.cause, alive.cause, after.cause) == (None, Cause.CONNECT, Cause.AMBIGUOUS)
    assert site.asked == ["/"]  # nothing was asked of the witness: it took a connection, and that was enough


async def test_another_site_that_answers_by_itself_after_the_failure_proves_the_link():
    async def somebody(answers):
        await anyio.sleep(0.15)
        answers.heard("khac.test", NOBODY)

    mapped = {"so.test:80": f"127.0.0.1:{closed_port()}"}
    async with http_door(connect_to=mapped, patience=20) as door, anyio.create_task_group() as group:
        group.start_soon(somebody, door.links.answers)
        chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause is Cause.CONNECT


async def test_a_site_of_the_run_that_nobody_has_visited_yet_proves_the_link():
    with listening() as (address, port):
        mapped = {"so.test:443": f"127.0.0.1:{closed_port()}", "khac.test:443": f"{address}:{port}"}
        mapped["chet.test:443"] = mapped["so.test:443"]
        peers = ["https://chet.test/", "https://khac.test/", "https://so.test/"]
        async with http_door(connect_to=mapped, peers=peers) as door:
            chain = await door.get("https://so.test/", why="test", robots=False)
    assert chain.cause is Cause.CONNECT
    assert door.links.answers.hosts == {"khac.test"}


async def test_sites_of_the_run_that_do_not_answer_either_prove_nothing():
    mapped = {f"{host}.test:443": f"127.0.0.1:{closed_port()}" for host in ("so", "khac", "sau")}
    async with http_door(connect_to=mapped, peers=["https://khac.test/", "https://so.test/", "https://sau.test/"]) as door:
        chain = await door.get("https://so.test/", why="test", robots=False)
    assert chain.cause is Cause.AMBIGUOUS


async def test_a_host_proves_nothing_about_itself():
    async with http_door(connect_to={"so.test:80": f"127.0.0.1:{closed_port()}"}, answered=["so.test"]) as door:
        chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause is Cause.AMBIGUOUS


async def test_a_server_that_falls_silent_in_its_answer_proves_nothing():
    async def half(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
        await writer.drain()
        await asyncio.sleep(5)

    with serve(Site({"*": half})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            await door._follow("http://so.test/", _ask(seconds=0.2))
    assert door.links.answers.hosts == frozenset()


def _ask(*, seconds):
    return Ask(why="test", method="GET", headers={}, follow=True, robots=False, limits=Limits(seconds=seconds))


async def test_many_failures_at_once_ask_for_one_proof():
    class Clients(Site):
        async def handle(self, reader, writer):
            self.connections += 1
            await reader.read()
            writer.close()

    answers = Answers(SystemClock())
    found = []
    with serve(Clients({})) as site:
        answers.heard("khac.test", ("127.0.0.1", site.port))

        async def one(number):
            found.append(await answers.again(besides=f"so-{number}.test"))

        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(one, number)
        await anyio.sleep(0.1)
        connections = site.connections
    assert found == [True] * 20
    assert connections == 1


async def test_a_dead_witness_does_not_hide_one_who_is_alive():
    answers = Answers(SystemClock())
    with known(answers, ["song.test"]):
        for number in range(3):
            answers.heard(f"chet-{number}.test", ("127.0.0.1", closed_port()))
        assert await answers.again(besides="so.test")
    assert not await answers.again(besides="so.test")


def test_no_more_witnesses_are_remembered_than_a_thousand():
    answers = Answers(SystemClock())
    for number in range(1_500):
        answers.heard(f"so-{number}.test", NOBODY)
    assert len(answers.hosts) == 1_000
    assert "so-1499.test" in answers.hosts


# Names


class Saying(Dns):
    """A DNS server that answers every question with one code, or with nothing at all."""

    def __init__(self, rcode):
        super().__init__({})
        self.rcode = rcode

    def datagram_received(self, data, address):
        query = dns.message.from_wire(data)
        self.asked.append(query.question[0].name.to_text())
        if self.rcode is not None:
            reply = dns.message.make_response(query)
            reply.set_rcode(self.rcode)
            self.transport.sendto(reply.to_wire(), address)


@contextmanager
def saying(rcode):
    with Loop() as loop:

        async def start():
            server = Saying(rcode)
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
            server.port = server.transport.get_extra_info("sockname")[1]
            return server

        server = loop.run(start())
        try:
            yield server
        finally:
            loop.loop.call_soon_threadsafe(server.transport.close)


def at(*servers):
    return [("127.0.0.1", server.port) for server in servers]


def resolver(*servers):
    return Resolver(servers=tuple(at(*servers)), clock=SystemClock(), guard=Guard.of(["127.0.0.0/8"], {}), remember_seconds=0.0)


async def test_a_name_that_one_resolver_denies_is_asked_of_the_next():
    with serve(Site({"/": PAGE})) as site, serve_dns(ELSE) as lying, serve_dns(HERE) as good:
        async with http_door(allow=["127.0.0.0/8"], servers=at(lying, good)) as door:
            chain = await door.get(f"http://so.test:{site.port}/", why="test", robots=False)
    assert (chain.cause, chain.final.status) == (None, 200)


async def test_an_empty_answer_of_one_resolver_is_asked_of_the_next():
    with serve_dns({("so.test", "TXT"): []}) as empty, serve_dns({("so.test", "TXT"): ['"v=spf1 -all"']}) as full:
        found = await resolver(empty, full).query("so.test", "TXT")
    assert found.records == ('"v=spf1 -all"',)


async def test_a_name_that_two_resolvers_deny_is_theirs_at_once():
    with serve_dns(ELSE) as one, serve_dns(ELSE) as other, serve_dns(HERE) as third:
        async with http_door(servers=at(one, other, third)) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
        asked = [server.asked for server in (one, other, third)]
    assert (chain.cause, chain.confirmed) == (Cause.DNS, ())
    assert asked == [[("so.test", "A")], [("so.test", "A")], []]


async def test_a_name_that_exists_without_an_address_is_asked_for_twice():
    with serve_dns({("so.test", "TXT"): ['"x"']}) as one:
        async with http_door(servers=at(one), answered=["khac.test"]) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause is Cause.DNS
    assert len(chain.confirmed) == 1


async def test_a_host_whose_own_words_are_those_of_a_missing_name_is_asked_twice():
    """Nothing that a server says may pass for a resolver's word."""

    async def words(writer):
        writer.write(b"the name does not exist\r\n\r\n")
        await writer.drain()

    with serve(Site({"/": words})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.cause, len(chain.confirmed)) == (Cause.AMBIGUOUS, 1)


@pytest.mark.parametrize("rcode", [dns.rcode.REFUSED, dns.rcode.NOTIMP, dns.rcode.FORMERR])
async def test_a_resolver_that_does_not_serve_us_is_our_lack(rcode):
    with saying(rcode) as server:
        async with http_door(servers=at(server), answered=["khac.test"]) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
        answered = await DnsVisit(resolver(server), lambda *_: None).query("so.test", "A")
    assert (chain.cause, chain.cause.blame) == (Cause.CAPABILITY, Blame.OURS)
    assert (answered.cause, answered.rcode) == (Cause.CAPABILITY, dns.rcode.to_text(rcode))


async def test_the_next_resolver_is_asked_when_one_refuses():
    with saying(dns.rcode.REFUSED) as refusing, serve_dns(HERE) as good:
        assert await resolver(refusing, good).addresses("so.test") == ("127.0.0.1",)


async def test_a_failure_of_the_names_own_servers_is_theirs_though_another_resolver_refuses_us():
    with saying(dns.rcode.SERVFAIL) as failing, saying(dns.rcode.REFUSED) as refusing:
        for servers in ((failing, refusing), (refusing, failing)):
            with pytest.raises(NoAddress) as caught:
                await resolver(*servers).addresses("so.test")
            assert (caught.value.cause, caught.value.gone) == (Cause.DNS, False)


async def test_a_resolver_that_died_since_it_answered_is_our_fault(monkeypatch):
    monkeypatch.setattr("auditor.visit.doors.dns.wire._SECONDS", 0.2)
    with serve_dns(HERE) as server:
        shared = resolver(server)
        await shared.addresses("so.test")
    with pytest.raises(NoAddress) as caught:
        await shared.addresses("khac.test")
    assert caught.value.cause is Cause.CAPABILITY


async def test_a_resolver_that_is_silent_about_one_name_alone_says_something_of_that_name(monkeypatch):
    class Choosy(Saying):
        def datagram_received(self, data, address):
            self.rcode = None if b"khac" in data else dns.rcode.NOERROR
            super().datagram_received(data, address)

    monkeypatch.setattr("auditor.visit.doors.dns.wire._SECONDS", 0.2)
    monkeypatch.setitem(globals(), "Saying", Choosy)
    with saying(None) as server:
        found = await resolver(server).query("khac.test", "A")
    assert (found.rcode, found.cause) == ("", Cause.DNS)


async def test_a_silent_resolver_is_asked_last_until_it_has_rested(monkeypatch):
    monkeypatch.setattr("auditor.visit.doors.dns.wire._SECONDS", 0.2)
    with saying(None) as silent, serve_dns(HERE) as good:
        shared = resolver(silent, good)
        for _ in range(5):
            await shared.addresses("so.test")
        assert len(silent.asked) == 1


# What is wrong on the port of HTTPS


def banner(connection, server):
    connection.sendall(b"SSH-2.0-OpenSSH_7.4\r\n")
    silent(connection, server)


def resetting_the_hello(connection, server):
    connection.recv(4096)
    resetting(connection, server)


@pytest.mark.parametrize(
    ("talk", "cause"),
    [
        (resetting, Cause.TLS),
        (resetting_the_hello, Cause.TLS),
        (hanging_up, Cause.TLS),
        (plain, Cause.PROTOCOL),
        (banner, Cause.PROTOCOL),
    ],
)
async def test_both_doors_say_the_same_of_a_port_where_tls_does_not_come_about(talk, cause):
    with serving(talk) as server:
        mapped = {"so.test:443": f"127.0.0.1:{server.port}"}
        async with http_door(connect_to=mapped, answered=["khac.test"]) as door:
            chain = await door.get("https://so.test/", why="test", robots=False)
        scan = await TlsVisit(scanner(mapped), Kept()).scan("so.test", seconds=20)
    assert (chain.cause, scan.endpoints[0].cause) == (cause, cause)


async def test_a_server_that_agrees_on_no_suite_with_anybody_has_refused_them_all_itself():
    with serving(refusing_suites) as server:
        mapped = {"so.test:443": f"127.0.0.1:{server.port}"}
        async with http_door(connect_to=mapped, answered=["khac.test"]) as door:
            chain = await door.get("https://so.test/", why="test", robots=False)
        [seen] = (await TlsVisit(scanner(mapped), Kept()).scan("so.test", seconds=20)).endpoints
    assert (chain.cause, seen.cause, seen.spoke, seen.opened, seen.handshake) == (Cause.TLS, Cause.TLS, True, False, False)


# Lacks of ours


async def test_a_process_without_file_descriptors_blames_nobody():
    with serve(Site({"*": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"]) as door:
            with no_more_files():
                chain = await door.get("http://so.test/", why="test", robots=False)
            later = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.cause, chain.cause.blame) == (Cause.CAPABILITY, Blame.OURS)
    assert later.cause is None


async def test_a_question_that_we_could_not_send_says_nothing_of_the_name():
    with serve_dns(HERE) as server:
        shared = resolver(server)
        with no_more_files():
            found = await shared.query("so.test", "A")
        later = await shared.query("so.test", "A")
    assert found.cause is Cause.CAPABILITY
    assert later.records == ("127.0.0.1",)


async def test_a_hello_that_we_could_not_send_was_not_refused():
    with listening() as place, no_more_files():
        found = await greet(Hello(host="so.test", version="tls1.2"), place, seconds=1)
    assert found.reply is Reply.NO_ROUTE


async def test_a_site_to_which_we_have_no_route_is_not_down():
    with serve_dns({("so.test", "A"): [NOWHERE], ("so.test", "AAAA"): []}) as server:
        async with http_door(allow=[f"{NOWHERE}/32"], servers=at(server), answered=["khac.test"]) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.cause, chain.final.detail[:10]) == (Cause.CAPABILITY, "no way to ")


async def test_a_site_that_refuses_at_one_address_is_down_though_we_have_no_route_to_the_other():
    for addresses in (["127.0.0.1", NOWHERE], [NOWHERE, "127.0.0.1"]):
        with serve_dns({("so.test", "A"): addresses, ("so.test", "AAAA"): []}) as server:
            allow = ["127.0.0.0/8", f"{NOWHERE}/32"]
            async with http_door(allow=allow, servers=at(server), answered=["khac.test"]) as door:
                chain = await door.get(f"http://so.test:{closed_port()}/", why="test", robots=False)
        assert chain.cause is Cause.CONNECT


def test_no_route_to_a_host_is_ours_only_without_any_route():
    unreachable = OSError(errno.EHOSTUNREACH, "No route to host")
    assert not is_lack(unreachable, "127.0.0.1")
    assert not is_lack(unreachable)
    assert is_lack(unreachable, "no address at all")


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EACCES])
def test_a_lack_is_found_however_deep_it_is_wrapped(number):
    wrapped = ConnectionError("shallow")
    wrapped.__cause__ = ExceptionGroup("many", [ConnectionRefusedError(errno.ECONNREFUSED, "no"), OSError(number, "deep")])
    assert is_lack(wrapped)
    assert not is_lack(ConnectionRefusedError(errno.ECONNREFUSED, "no"))
