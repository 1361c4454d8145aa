"""The HTTP door with real servers: pinned, guarded, paced, polite, and fair with blame."""

import asyncio
import ssl

import anyio
import pytest
import trustme
from doors import http_door
from servers import Site, answer, certificates, closed_port, serve, serve_dns

from auditor.model.visit import Cause
from auditor.sdk.limits import Limits
from auditor.visit.doors.guard import Guard, Refusal

pytestmark = pytest.mark.anyio
PAGE = answer(b"<title>trang</title>", "200 OK", "Content-Type: text/html")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://10.1.2.3/", "http://169.254.169.254/latest", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[fd00::1]/", "http://0.0.0.0/", "http://100.64.0.1/",
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://224.0.0.1/", "http://192.0.2.1/",
        "http://user@so.test/", "http://so.test\\@127.0.0.1/", "ftp://so.test/", "file:///etc/passwd", "http:///", "http://so..test/",
        "http://so.test:99999/", "http://so.test/a b", "http://-so.test/", "gopher://so.test/",
    ],
)  # fmt: skip
async def test_private_odd_and_foreign_addresses_are_refused_before_any_connection(url):
    async with http_door() as door:
        chain = await door.get(url, why="test", robots=False)
    assert chain.cause in {Cause.REDIRECTS, Cause.DNS}
    assert chain.final.status is None
    assert door.kept.exchanges == []


async def test_a_name_that_resolves_to_a_private_address_is_refused():
    with serve_dns({("so.test", "A"): ["127.0.0.1"]}) as dns:
        async with http_door(servers=[("127.0.0.1", dns.port)]) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause is Cause.REDIRECTS
    assert "not a public address" in chain.final.detail


async def test_a_redirect_to_a_private_address_is_refused():
    with serve(Site({"/": answer(b"", "302 Found", "Location: http://127.0.0.1:1/secret")})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert [hop.status for hop in chain.hops] == [302, None]
    assert chain.cause is Cause.REDIRECTS


async def test_a_name_that_turns_to_a_private_address_is_refused_when_it_does():
    """Rebinding: allowed the first time, private the second; every connection checks the address that it uses."""
    with serve(Site({"*": answer(b"x", "200 OK", "Connection: close")})) as site:
        zone = {("so.test", "A"): [["127.0.0.9"], ["127.0.0.9"], ["10.0.0.1"]], ("so.test", "AAAA"): []}
        with serve_dns(zone) as dns:
            async with http_door(servers=[("127.0.0.1", dns.port)], allow=["127.0.0.9/32"]) as door:
                first = await door.get(f"http://so.test:{closed_port()}/", why="test", robots=False)
                second = await door.get("http://so.test/", why="test", robots=False)
    assert first.cause is Cause.AMBIGUOUS
    assert second.cause is Cause.REDIRECTS
    assert site.asked == []


async def test_an_address_that_the_operator_maps_is_used_for_that_name_only_and_never_looked_up():
    with serve(Site({"/": PAGE})) as site, serve_dns({}) as dns:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, servers=[("127.0.0.1", dns.port)]) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
            other = await door.get("http://khac.test/", why="test", robots=False)
    assert (chain.final.status, chain.final.body, chain.cause) == (200, b"<title>trang</title>", None)
    assert other.cause is Cause.DNS
    assert {name for name, _ in dns.asked} == {"khac.test"}


async def test_redirects_are_followed_hop_by_hop_and_loops_end():
    routes = {
        "/": answer(b"", "301 Moved", "Location: HTTP://so.test/a"),
        "/a": answer(b"", "302 Found", "Location: b?x=1"),
        "/b?x=1": PAGE,
        "/loop": answer(b"", "302 Found", "Location: /loop"),
    }
    with serve(Site(routes)) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
            loop = await door.get("http://so.test/loop", why="test", robots=False)
    assert [hop.status for hop in chain.hops] == [301, 302, 200]
    assert chain.hops[1].url == "http://so.test/a"
    assert (loop.cause, loop.final.status) == (Cause.REDIRECTS, 302)


async def test_a_site_that_wants_its_cookie_back_is_no_loop():
    state = {"n": 0}

    async def first(writer):
        state["n"] += 1
        writer.write(answer(b"", "302 Found", "Set-Cookie: s=1; Path=/", "Location: /") if state["n"] == 1 else PAGE)
        await writer.drain()

    with serve(Site({"/": first})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert (chain.final.status, chain.cause) == (200, None)
    assert "cookie: s=1" in site.heads[1].lower()


async def test_robots_are_obeyed_and_kept():
    robots = answer(b"User-agent: auditor\nDisallow: /kin\nCrawl-delay: 0.01\n", "200 OK", "Content-Type: text/plain")
    with serve(Site({"/robots.txt": robots, "/kin": PAGE, "/mo": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            refused = await door.get("http://so.test/kin", why="test")
            allowed = await door.get("http://so.test/mo", why="test")
    assert (refused.cause, allowed.cause) == (Cause.ROBOTS, None)
    assert site.asked == ["/robots.txt", "/mo"]
    assert door.kept.exchanges[0].url == "http://so.test/robots.txt"
    assert door.links.gates.of("so.test").pause >= 0.01


@pytest.mark.parametrize(("status", "allowed"), [("404 Not Found", True), ("403 Forbidden", True), ("500 Oops", False)])
async def test_what_a_missing_robots_file_means_is_the_rfcs(status, allowed):
    with serve(Site({"/robots.txt": answer(b"x", status), "/": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test")
    assert (chain.cause is None) is allowed


async def test_we_say_who_we_are_and_only_read():
    with serve(Site({"/": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            await door.get("http://so.test/", why="test", robots=False)
            with pytest.raises(ValueError, match="never sends POST"):
                await door.get("http://so.test/", why="test", method="POST")
    assert "User-Agent: auditor/test (+mailto:" in site.heads[0]


async def test_429_and_503_slow_us_down_and_nothing_makes_us_faster():
    with serve(Site({"/": answer(b"", "429 Too Many", "Retry-After: 0"), "/ok": PAGE})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, per_second=100) as door:
            gate = door.links.gates.of("so.test")
            before = gate.pause
            await door.get("http://so.test/", why="test", robots=False)
            slowed = gate.pause
            gate._wishes._pause = min(slowed, 0.05)
            await door.get("http://so.test/ok", why="test", robots=False)
    assert slowed > before
    assert gate.pause == min(slowed, 0.05)


async def test_a_bad_certificate_leaves_the_page_readable_and_says_so(tmp_path):
    ca, context = certificates("khac.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serve(Site({"/": PAGE}, context)) as site:
        async with http_door(connect_to={"so.test:443": f"127.0.0.1:{site.port}"}, trust=[tmp_path / "ca.pem"]) as door:
            chain = await door.get("https://so.test/", why="test", robots=False)
    assert (chain.final.status, chain.cause) == (200, None)
    assert "mismatch" in chain.final.unverified.lower()


async def test_the_common_name_of_a_certificate_is_no_name(tmp_path):
    ca, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("192.0.2.1", common_name="so.test").configure_cert(context)
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serve(Site({"/": PAGE}, context)) as site:
        async with http_door(connect_to={"so.test:443": f"127.0.0.1:{site.port}"}, trust=[tmp_path / "ca.pem"]) as door:
            chain = await door.get("https://so.test/", why="test", robots=False)
    assert "mismatch" in chain.final.unverified.lower()


async def test_a_good_certificate_of_a_trusted_ca_is_verified(tmp_path):
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serve(Site({"/": PAGE}, context)) as site:
        async with http_door(connect_to={"so.test:443": f"127.0.0.1:{site.port}"}, trust=[tmp_path / "ca.pem"]) as door:
            chain = await door.get("https://so.test/", why="test", robots=False)
    assert (chain.final.status, chain.final.unverified) == (200, "")
    assert chain.final.address == "127.0.0.1"


async def test_a_second_try_over_a_fresh_connection_clears_a_site():
    state = {"n": 0}

    async def shaky(writer):
        state["n"] += 1
        if state["n"] > 1:
            writer.write(PAGE)
            await writer.drain()

    with serve(Site({"/": shaky})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.hops[-1].cause is not None
    assert (chain.cause, chain.final.status) == (None, 200)


async def test_blame_needs_somebody_else_who_answers():
    port = closed_port()
    mapped = {"so.test:80": f"127.0.0.1:{port}"}
    with serve(Site({"/": PAGE})) as control:
        mapped["kiem-soat.test:80"] = f"127.0.0.1:{control.port}"
        async with http_door(connect_to=mapped, controls=["http://kiem-soat.test/"]) as door:
            theirs = await door.get("http://so.test/", why="test", robots=False)
    async with http_door(connect_to=mapped, controls=["http://kiem-soat.test/"]) as door:
        ours = await door.get("http://so.test/", why="test", robots=False)
    async with http_door(connect_to=mapped) as door:
        open_ = await door.get("http://so.test/", why="test", robots=False)
    async with http_door(connect_to=mapped, answered=["khac.test"]) as door:
        other_site_answered = await door.get("http://so.test/", why="test", robots=False)
    assert [theirs.cause, ours.cause, open_.cause] == [Cause.CONNECT, Cause.OWN_LINK, Cause.AMBIGUOUS]
    assert other_site_answered.cause is Cause.CONNECT


async def test_a_dead_host_is_not_asked_again_in_the_same_visit():
    async with http_door(connect_to={"so.test:80": f"127.0.0.1:{closed_port()}"}, answered=["khac.test"]) as door:
        first = await door.get("http://so.test/", why="test", robots=False)
        second = await door.get("http://so.test/b", why="test", robots=False)
    assert (first.cause, second.cause) == (Cause.CONNECT, Cause.CONNECT)
    assert (len(first.exchanges), len(second.exchanges)) == (2, 1)


async def test_a_name_that_does_not_exist_is_theirs_at_once():
    with serve_dns({("khac.test", "A"): ["1.1.1.1"]}) as dns:
        async with http_door(servers=[("127.0.0.1", dns.port)]) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause is Cause.DNS
    assert chain.confirmed == ()


async def test_a_silent_server_ends_at_the_deadline():
    async def silent(writer):
        import asyncio

        await asyncio.sleep(30)

    with serve(Site({"/": silent})) as site:
        async with http_door(
            connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered=["khac.test"], limits=Limits(seconds=0.3)
        ) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert chain.cause is Cause.TIMEOUT


def test_the_guard_lets_pass_what_settings_allow():
    guard = Guard.of(["127.0.0.0/8"], {})
    guard.check("127.0.0.1")
    with pytest.raises(Refusal):
        guard.check("10.0.0.1")
    guard.check("8.8.8.8")


async def silence(writer):
    await asyncio.sleep(30)


async def test_one_silent_page_does_not_silence_its_site():
    with serve(Site({"/": PAGE, "/silent": silence, "/next": PAGE}), Site({"/": PAGE})) as (site, other):
        places = {"so.test:80": f"127.0.0.1:{site.port}", "other.test:80": f"127.0.0.1:{other.port}"}
        async with http_door(connect_to=places, limits=Limits(seconds=0.5)) as door:
            await door.get("http://other.test/", why="test", robots=False)
            await door.get("http://so.test/", why="test", robots=False)
            silent = await door.get("http://so.test/silent", why="test", robots=False)
            after = await door.get("http://so.test/next", why="test", robots=False)
    assert silent.cause is Cause.TIMEOUT
    assert len(silent.confirmed) == 1
    assert after.final.status == 200


async def test_a_site_that_stays_silent_page_after_page_is_asked_no_more():
    with serve(Site({"/": PAGE, "*": silence})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, limits=Limits(seconds=0.2)) as door:
            await door.get("http://so.test/", why="test", robots=False)
            chains = [await door.get(f"http://so.test/{n}", why="test", robots=False) for n in range(5)]
    assert [len(chain.confirmed) for chain in chains] == [1, 1, 1, 0, 0]
    assert "not asked again" in chains[-1].final.detail


async def test_a_retry_of_one_page_leaves_another_under_way_alone():
    async def slow(writer):
        await asyncio.sleep(0.6)
        writer.write(PAGE)
        await writer.drain()

    with serve(Site({"/broken": b"nonsense\r\n\r\n", "/slow": slow})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}, answered={"other.test"}) as door:
            found = {}

            async def ask(path):
                found[path] = await door.get(f"http://so.test{path}", why="test", robots=False)

            async with anyio.create_task_group() as group:
                group.start_soon(ask, "/slow")
                group.start_soon(ask, "/broken")
    assert found["/broken"].cause is Cause.PROTOCOL
    assert found["/slow"].cause is None
    assert found["/slow"].confirmed == ()


async def test_a_servers_error_is_asked_for_twice_before_it_is_believed():
    answers = [answer(b"oops", "500 Oops"), PAGE]

    async def first_wrong(writer):
        writer.write(answers.pop(0))
        await writer.drain()

    with serve(Site({"/": first_wrong})) as site:
        async with http_door(connect_to={"so.test:80": f"127.0.0.1:{site.port}"}) as door:
            chain = await door.get("http://so.test/", why="test", robots=False)
    assert [hop.status for hop in chain.exchanges] == [500, 200]
    assert chain.final.status == 200


async def test_a_resolver_that_never_answered_is_our_fault_and_waited_for_only_twice():
    async with http_door(servers=[("127.0.0.1", closed_port())]) as door:
        begun = anyio.current_time()
        chains = [await door.get(f"http://so-{n}.test/", why="test", robots=False) for n in range(6)]
    assert {chain.cause for chain in chains} == {Cause.CAPABILITY}
    assert anyio.current_time() - begun < 30
