"""The browser's door with a real Chromium and real servers: what scripts make of a page, by which way, and what is kept of it."""

import socket
import ssl
from base64 import b64encode

import anyio
import pytest
from browser import HTML, JSON, alive, browsers, methods, opened, running, visiting
from evidencefolder import Folder
from servers import Site, answer, certificates, closed_port, serve

from auditor.clock import SystemClock
from auditor.evidence.writer import VisitWriter
from auditor.model.evidence import Cut, ProofKind, digest_of
from auditor.model.visit import Cause
from auditor.sdk.vocabulary import Vocabulary
from auditor.settings import Settings
from auditor.visit.doors.browser.executable import find_executable
from auditor.visit.network import Network

pytestmark = pytest.mark.anyio
FILLED = """<!DOCTYPE html><title>Sở Thử</title><div id="tin">đang tải</div>
<script>fetch("/api/tin").then(r => r.json()).then(d => {
  document.getElementById("tin").innerHTML = d.map(x => `<a href="/tin/${x.id}">${x.ten}</a>`).join("");
})</script>"""
NEWS = '[{"id": 1, "ten": "Thông báo tuyển dụng"}, {"id": 2, "ten": "Lịch tiếp dân"}]'.encode()


def page(body, *headers):
    return answer(body.encode(), "200 OK", HTML, *headers)


def to(site, *names, port=80):
    return {f"{name}:{port}": f"127.0.0.1:{site.port}" for name in names or ("so.test",)}


def text(rendered):
    return rendered.page.body.decode()


async def test_a_page_that_is_filled_from_json_is_read_as_a_visitor_reads_it():
    with serve(Site({"/": page(FILLED), "/api/tin": answer(NEWS, "200 OK", JSON)})) as site:
        async with opened(to(site)) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
    assert (seen.page.status, seen.page.cause, seen.page.cut, seen.page.url) == (200, None, None, "http://so.test/")
    assert '<a href="/tin/1">Thông báo tuyển dụng</a><a href="/tin/2">Lịch tiếp dân</a>' in text(seen)
    assert (seen.page.media_type, seen.page.why, seen.page.record) == ("text/html", "trang chủ", None)
    assert visit.kept[seen.page.digest] == seen.page.body
    assert seen.page.proof().kind is ProofKind.BLOB
    assert visit.kept[seen.screenshot.digest].startswith(b"\x89PNG")
    assert seen.requests == 2
    assert seen.blocked == ()


async def test_a_page_of_utf_8_that_does_not_say_so_is_read_as_what_it_is():
    words = "Điện thoại nóng: 0258.3867.113"
    body = f"<p id=a></p><script>document.getElementById('a').textContent='{words}'</script>"
    with serve(Site({"/": answer(body.encode(), "200 OK", "Content-Type: text/html")})) as site:
        async with opened(to(site)) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
    assert f'<p id="a">{words}</p>' in text(seen)


async def test_the_door_s_own_rules_hold_for_whatever_the_browser_asks():
    """Robots, our name, recorded evidence: the site cannot tell a page's requests from a crawl's, and its robots.txt counts."""
    routes = {
        "/robots.txt": answer(b"User-agent: auditor\nDisallow: /api/\n", "200 OK", "Content-Type: text/plain"),
        "/": page(FILLED),
        "/api/tin": answer(NEWS, "200 OK", JSON),
    }
    with serve(Site(routes)) as site:
        async with opened(to(site)) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
            kept = [exchange.url for exchange in visit.door.kept.exchanges]
    assert site.asked == ["/robots.txt", "/"]
    assert kept == ["http://so.test/robots.txt", "http://so.test/"]
    assert all("User-Agent: auditor/test (+mailto:test@example.test)" in head for head in site.heads)
    assert "đang tải" in text(seen)
    assert (seen.requests, seen.blocked) == (1, ("GET http://so.test/api/tin",))


async def test_a_menu_that_a_script_makes_shadows_and_frames_are_part_of_the_document():
    menu = """<title>x</title><nav></nav><the-thong-tin><b slot="ten">trong khe</b>ngoài khe</the-thong-tin><iframe src="/khung/a"></iframe>
    <noscript>Hãy bật JavaScript</noscript><template><p>khuôn</p></template>
    <script>for (const ten of ["Giới thiệu", "Tin tức"]) {
      const a = document.createElement("a"); a.href = "/" + encodeURIComponent(ten); a.textContent = ten + " < & >";
      document.querySelector("nav").append(a);
    }
    document.querySelector("the-thong-tin").attachShadow({mode: "open"}).innerHTML =
      '<a href="/bong">Liên hệ</a><slot name="ten"></slot><slot name="khong">mặc định</slot>';
    Element.prototype.getAttribute = document.createElement = () => "giả";
    </script>"""
    frame = '<p>trong khung</p><a href="b">tiếp</a>'
    with serve(Site({"/": page(menu), "/khung/a": page(frame)})) as site:
        async with opened(to(site)) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
    body = text(seen)
    assert 'Giới thiệu &lt; &amp; &gt;</a><a href="/Tin%20t%E1%BB%A9c">Tin tức' in body
    assert '<a href="/bong">Liên hệ</a><b slot="ten">trong khe</b>mặc định' in body
    assert (
        '</iframe><div data-frame="http://so.test/khung/a"><p>trong khung</p><a href="http://so.test/khung/b">tiếp</a></div>'
        in body
    )
    assert not [word for word in ("ngoài khe", "JavaScript", "khuôn") if word in body]


async def test_pictures_fonts_and_frames_of_other_sites_are_left_where_they_are():
    whole = """<title>x</title><link rel="stylesheet" href="/x.css"><img src="/a.png" onload="document.title='vẽ'"><video src="/v.mp4"></video>
    <object data="/o.pdf"></object><embed src="/e.swf"><iframe src="http://khac.test/"></iframe><link rel="prefetch" href="/sau">
    <script>new FontFace("x", "url(/f.woff2)").load(); new EventSource("/dong")</script>"""
    css = answer(b"body{background:url(/nen.jpg)}", "200 OK", "Content-Type: text/css")
    for scheme, port in (("http", 80), ("https", 443)):
        _, context = certificates("so.test")
        with serve(Site({"/": page(whole), "/x.css": css}, context if port == 443 else None), Site({"/": page("khác")})) as (
            site,
            other,
        ):
            async with opened({**to(site, port=port), **to(other, "khac.test")}) as visit:
                seen = await visit.render(f"{scheme}://so.test/", why="trang chủ")
        asked = [path for path in site.asked if path != "/o.pdf"]  # over http a whole Chromium asks for it like for a frame
        assert asked == ["/robots.txt", "/", "/x.css"], scheme
        assert other.asked == []
        assert "<title>vẽ</title>" in text(seen)


async def test_nothing_that_could_change_something_reaches_a_site():
    sends = """<title>x</title><form method="post" action="/gui"><input name="a" value="1"></form><iframe name="k"></iframe><a ping="/ping" href="#">x</a>
    <script>
    fetch("/gui", {method: "POST", body: "x"}).catch(() => {});
    fetch("/gui", {method: "PUT", body: "x", keepalive: true}).catch(() => {});
    fetch("http://api.test/json", {method: "POST", body: "{}", headers: {"Content-Type": "application/json"}}).catch(() => {});
    navigator.sendBeacon("/beacon", "x");
    new WebSocket("ws://so.test/ws"); new WebSocket("wss://so.test/wss");
    const x = new XMLHttpRequest(); x.open("DELETE", "/xoa"); x.send();
    document.querySelector("a").click();
    const f = document.querySelector("form"); f.target = "k"; f.submit();
    const w = new Worker(URL.createObjectURL(new Blob([`new WebSocket("ws://so.test/tho"); fetch("http://so.test/tho", {method: "POST", body: "x"})`])));
    addEventListener("pagehide", () => navigator.sendBeacon("/roi", "x"));
    </script>"""
    with serve(
        Site({"*": page(sends)}), Site({"*": page("{}", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: *")})
    ) as (
        site,
        api,
    ):
        async with opened({**to(site), **to(site, port=443), **to(api, "api.test")}) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
            again = await visit.render("http://so.test/nua", why="trang khác")
    assert methods(site) == {"GET"}
    assert not [head for head in site.heads if "upgrade:" in head.lower()]
    assert set(site.asked) == {"/robots.txt", "/", "/nua"}
    assert methods(api) <= {"GET"}
    assert seen.page.status == again.page.status == 200
    told = {line.split(" ", 1)[0] for line in seen.blocked}
    assert told >= {"POST", "PUT", "DELETE", "WEBSOCKET"}
    assert "POST http://so.test/gui" in seen.blocked


async def test_a_form_that_submits_itself_by_post_leaves_the_page_as_it_was():
    with serve(
        Site({"*": page("<p>đây</p><form method=post action=/gui></form><script>document.forms[0].submit()</script>")})
    ) as site:
        async with opened(to(site)) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
    assert methods(site) == {"GET"}
    assert "<p>đây</p>" in text(seen)
    assert seen.blocked == ("POST http://so.test/gui",)


async def test_the_operator_s_map_and_the_certificate_s_verdict_hold_over_https(tmp_path):
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    routes = {"/": page(FILLED), "/api/tin": answer(NEWS, "200 OK", JSON)}
    for trust in ((tmp_path / "ca.pem",), ()):
        with serve(Site(routes, context)) as site:
            async with opened(to(site, port=443), door={"trust": trust}) as visit:
                seen = await visit.render("https://so.test/", why="trang chủ")
        assert seen.page.url == "https://so.test/"
        assert "Lịch tiếp dân" in text(seen)
        assert bool(seen.page.unverified) is (not trust)


async def test_a_redirect_is_the_browser_s_to_follow_and_the_page_is_where_it_ends():
    routes = {
        "/": answer(b"", "302 Found", "Location: /moi"),
        "/moi": page("<script>location.replace('/cuoi')</script>"),
        "/cuoi": page("<p>cuối</p><script>history.pushState(0, '', '/dep')</script>"),
    }
    with serve(Site(routes)) as site:
        async with opened(to(site)) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
    assert site.asked == ["/robots.txt", "/", "/moi", "/cuoi"]
    assert (seen.page.url, seen.page.status, seen.requests) == ("http://so.test/dep", 200, 3)
    assert "<p>cuối</p>" in text(seen)


@pytest.mark.parametrize(
    ("url", "routes", "cause"),
    [
        ("http://chet.test/", {}, Cause.CONNECT),
        ("http://127.0.0.1/", {}, Cause.REDIRECTS),
        ("file:///etc/passwd", {}, Cause.REDIRECTS),
        (
            "http://so.test/",
            {"/robots.txt": answer(b"User-agent: *\nDisallow: /", "200 OK", "Content-Type: text/plain")},
            Cause.ROBOTS,
        ),
        ("http://so.test/", {"/": b"rubbish\r\n\r\n"}, Cause.PROTOCOL),
        ("http://so.test/", {"/": answer(bytes(5 << 20), "200 OK", HTML)}, Cause.TOO_LARGE),
        ("http://so.test/", {"/": answer(b"%PDF", "200 OK", "Content-Type: application/octet-stream")}, Cause.CAPABILITY),
        ("http://so.test/", {"/": answer(b"", "204 No Content")}, Cause.CAPABILITY),
        ("http://so.test/", {"/": answer(b"", "302 Found", "Location: /")}, Cause.REDIRECTS),
    ],
)
async def test_a_document_that_cannot_be_had_is_its_own_cause(url, routes, cause):
    with serve(Site(routes)) as site:
        async with opened(
            {**to(site), "chet.test:80": f"127.0.0.1:{closed_port()}"}, seconds=8.0, door={"answered": ["khac.test"]}
        ) as visit:
            seen = await visit.render(url, why="trang chủ")
    assert (seen.page.cause, seen.page.body, seen.screenshot) == (cause, b"", None)
    assert seen.page.digest is None
    assert visit.kept == {}


async def test_a_page_that_is_not_there_is_an_answer_as_everywhere():
    with serve(Site({})) as site:
        async with opened(to(site)) as visit:
            seen = await visit.render("http://so.test/mat", why="trang khác")
    assert (seen.page.status, seen.page.cause) == (404, None)
    assert "not here" in text(seen)


async def test_an_error_without_a_word_is_an_answer_too_and_the_browser_s_own_words_are_not_taken_for_it():
    with serve(Site({"/robots.txt": answer(b"", "404 No"), "/": answer(b"", "404 Not Found")})) as site:
        async with opened(to(site)) as visit:
            seen = await visit.render("http://so.test/", why="trang khác")
    assert (seen.page.status, seen.page.cause) == (404, None)
    assert text(seen).removeprefix("<!DOCTYPE html>\n") in {"", "<html><head></head><body></body></html>"}


async def test_an_address_is_asked_for_once_a_visit():
    shell = '<script src="/app.js"></script>'
    script = answer(b'document.title = "x"; fetch("/api/tin"); fetch("/api/tin")', "200 OK", "Content-Type: text/javascript")
    routes = {
        "/a": page(shell),
        "/b": page(shell),
        "/app.js": script,
        "/api/tin": answer(NEWS, "200 OK", JSON, "Cache-Control: no-store"),
    }
    with serve(Site(routes)) as site:
        async with opened(to(site)) as visit:
            first = await visit.render("http://so.test/a", why="một")
            second = await visit.render("http://so.test/b", why="hai")
    assert site.asked == ["/robots.txt", "/a", "/app.js", "/api/tin", "/b"]
    assert (first.requests, second.requests) == (3, 1)


async def test_two_visits_at_once_share_neither_cookies_nor_storage():
    shown = """<title>x</title><p></p><script>
    document.querySelector("p").textContent = `${document.cookie}|${localStorage.ai}`; localStorage.ai = location.pathname;
    document.cookie = "script=1"; </script>"""
    routes = {f"/{name}": page(shown, f"Set-Cookie: ai={name}") for name in ("mot", "hai")} | {"/sau": page(shown)}
    with serve(Site(routes)) as site:
        async with (
            running() as shared,
            visiting(shared, to(site)) as one,
            visiting(shared, to(site)) as two,
            anyio.create_task_group() as group,
        ):
            group.start_soon(lambda: one.render("http://so.test/mot", why="một"))
            group.start_soon(lambda: two.render("http://so.test/hai", why="hai"))
            await anyio.sleep(0.01)  # both wait for their first page; what follows queues behind
            found = [await visit.render("http://so.test/sau", why="sau") for visit in (one, two)]
    assert "<p>ai=mot; script=1|/mot</p>" in text(found[0])
    assert "<p>ai=hai; script=1|/hai</p>" in text(found[1])
    told = [head.split("Cookie: ")[1].split("\r\n")[0] for head in site.heads if head.startswith("GET /sau")]
    assert sorted(told) == ["ai=hai; script=1", "ai=mot; script=1"]


async def test_a_stranger_finds_no_way_out_in_our_proxy():
    routes = {"/": page("<p>đây</p><script>setTimeout(() => fetch('/lau'), 100)</script>"), "/lau": page("x")}
    said = {}

    async def strange(visit):
        while visit.proxy is None or not visit.door.kept.exchanges:  # noqa: ASYNC110
            await anyio.sleep(0.02)
        wrong = b64encode(b"visit:wrong").decode()
        for request in (
            "GET http://so.test/la HTTP/1.1\r\nHost: so.test\r\n\r\n",
            "CONNECT so.test:443 HTTP/1.1\r\nHost: so.test\r\n\r\n",
            f"GET http://so.test/la HTTP/1.1\r\nHost: so.test\r\nProxy-Authorization: Basic {wrong}\r\n\r\n",
            "POST http://so.test/la HTTP/1.1\r\nHost: so.test\r\nContent-Length: 3\r\n\r\nabc",
            "GET /la HTTP/1.1\r\nHost: so.test\r\n\r\n",
            "SSH-2.0-hello\r\n\r\n",
        ):
            stream = await anyio.connect_tcp("127.0.0.1", visit.proxy.port)
            async with stream:
                await stream.send(request.encode())
                with anyio.move_on_after(3):
                    try:
                        said[request] = (await stream.receive())[:12]
                    except anyio.EndOfStream:
                        said[request] = b""

    with serve(Site(routes)) as site:
        async with opened(to(site)) as visit, anyio.create_task_group() as group:
            group.start_soon(strange, visit)
            await visit.render("http://so.test/", why="trang chủ")
            port = visit.proxy.port
    assert list(said.values()) == [*[b"HTTP/1.1 407"] * 5, b""]
    assert "/la" not in site.asked
    with socket.socket() as after, pytest.raises(ConnectionRefusedError):
        after.connect(("127.0.0.1", port))


async def test_what_was_rendered_is_evidence_that_proves_itself_and_its_requests_are_in_the_warc(tmp_path):
    folder = Folder(tmp_path)
    with serve(Site({"/": page(FILLED), "/api/tin": answer(NEWS, "200 OK", JSON)})) as site:
        table = {"network": {"requests_per_second": 0, "connect_to": to(site)}, "browser": {"page_seconds": 15}}
        writer = VisitWriter(folder.path, "r1/a", SystemClock(), folder.places.get)
        vocabulary = Vocabulary(sections={}, phrases={})
        browsers()  # skips where there is none
        network = Network(Settings.model_validate(table), SystemClock(), vocabulary, frozenset(), patience=0)
        async with network, network.doors(writer) as doors:
            seen = await doors.browser.render("http://so.test/", why="trang chủ")
    for place in writer.seal():
        folder.places.setdefault(place.digest, place)
        folder.places.setdefault(place.record, place)
        folder.files += [writer.path, place.path]
    folder.seal("r1")
    report = folder.verify()
    assert report.ok, report.faults
    assert folder.archive.body(seen.page.digest) == seen.page.body
    assert folder.archive.body(seen.screenshot.digest).startswith(b"\x89PNG")
    assert folder.archive.body(digest_of(NEWS)) == NEWS
    assert [place.url for place in folder.places.values() if place.record] != []
    assert writer.requests == 3


async def test_the_run_s_pages_are_counted_over_all_visits():
    with serve(Site({"*": page("<p>đây</p>")})) as site:
        async with running(pages=2) as shared:
            causes = []
            for number in range(3):
                async with visiting(shared, to(site)) as visit:
                    causes.append((await visit.render(f"http://so.test/{number}", why="trang")).page.cause)
    assert causes == [None, None, Cause.BUDGET]
    assert "/2" not in site.asked


async def test_a_page_may_ask_only_so_often():
    many = "<title>x</title><script>for (let i = 0; i < 50; i++) fetch('/n' + i).catch(() => 0)</script>"
    with serve(Site({"*": page(many)})) as site:
        async with opened(to(site), requests=10) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
    assert len(site.asked) == 11  # with robots.txt
    assert seen.requests == 10
    assert len(seen.blocked) == 41
    assert seen.page.cause is None


async def test_a_document_that_grows_too_long_is_cut_and_says_so():
    with serve(Site({"/": page("<p>đ</p><script>document.body.append('ă'.repeat(1e6))</script>")})) as site:
        async with opened(to(site), document=10_000) as visit:
            seen = await visit.render("http://so.test/", why="trang chủ")
    assert (seen.page.cut, len(seen.page.body)) == (Cut.DECODED, 10_000)


@pytest.mark.parametrize("executable", ["/no/such/chromium", "/bin/false"])
async def test_without_a_chromium_every_page_says_what_is_missing(executable):
    async with opened({}, executable=executable) as visit:
        seen = await visit.render("http://so.test/", why="trang chủ")
    assert seen.page.cause is Cause.CAPABILITY
    assert executable in seen.page.detail
    assert (seen.page.status, seen.requests) == (None, 0)


def test_the_headless_shell_is_preferred_and_none_is_said_to_be_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_executable("", places=()) == ""
    for name in ("google-chrome", "chromium", "chromium-headless-shell"):
        (tmp_path / name).write_text("#!/bin/sh\n", "utf-8")
        (tmp_path / name).chmod(0o755)
        assert find_executable("", places=()) == str(tmp_path / name)
    assert find_executable(str(tmp_path / "nothing")) == ""


async def test_no_browser_is_started_before_the_first_page_and_one_serves_the_whole_run():
    with serve(Site({"*": page("<p>đây</p>")})) as site:
        async with running() as shared:
            async with visiting(shared, to(site)):
                assert shared.chromium.pid is None
            pids = set()
            for _ in range(2):
                async with visiting(shared, to(site)) as visit:
                    await visit.render("http://so.test/", why="trang")
                    pids.add(shared.chromium.pid)
    assert len(pids) == 1


async def test_a_cancelled_run_leaves_no_process_behind():
    with serve(Site({"*": page("<script>setInterval(() => fetch('/' + Math.random()), 50)</script>")})) as site:
        async with anyio.create_task_group() as group:
            pid = []

            async def run():
                async with running() as shared, visiting(shared, to(site)) as visit, anyio.create_task_group() as inner:
                    inner.start_soon(lambda: visit.render("http://so.test/", why="trang"))
                    while len(site.asked) < 5:  # noqa: ASYNC110
                        await anyio.sleep(0.02)
                    pid.append(shared.chromium.pid)
                    group.cancel_scope.cancel()

            group.start_soon(run)
    assert pid[0] is not None
    assert alive(pid[0]) == []


async def test_the_throwaway_certificate_never_meets_a_site():
    """What our proxy shows its browser is ours; the site's handshake is the HTTP door's, with the name and the roots of a visitor."""
    _, context = certificates("so.test")
    names = []
    context.sni_callback = lambda _, name, __: names.append(name)
    assert isinstance(context, ssl.SSLContext)
    with serve(Site({"*": page("<p>đây</p>")}, context)) as site:
        async with opened(to(site, port=443)) as visit:
            await visit.render("https://so.test/", why="trang")
    assert set(names) == {"so.test"}
