"""What the crawl asks for beyond its pages, over real sockets: one search, one visit as from a search engine, a sample of links."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from crawldoors import HOST, SITE, doors_to, page
from servers import Site as Server
from servers import answer, serve

from auditor.model.evidence import Cut
from auditor.model.visit import Cause
from probes.crawling.crawling import look
from probes.crawling.extras import REFERRER, SAMPLED_LINKS, content_limits

pytestmark = pytest.mark.anyio
HTML = "Content-Type: text/html; charset=utf-8"
NEWS = [(f"/tin/{n}", f"Thả lưới mùa cá cơm lần thứ {n}") for n in "abc"]


def with_form(form, *links):
    anchors = "".join(f'<p><a href="{path}">{label}</a></p>' for path, label in links)
    body = f"<!doctype html><html><head><title>Sở</title></head><body><h1>Sở Thử</h1>{form}{anchors}</body></html>"
    return answer(body.encode(), "200 OK", HTML)


def site(form="", *, links=(), **routes):
    pages = {path: page(text=label) for path, label in NEWS}
    given = {f"/{name}": found for name, found in routes.items()}
    return {"/": with_form(form, ("/tin-tuc", "Tin tức"), *links), "/tin-tuc": page(*NEWS, text="Tin tức"), **pages, **given}


async def visit(routes, others=None, **given):
    """Crawl; gives the extras, and the first lines that each host was asked with."""
    servers = {HOST: Server(routes), **{host: Server(pages) for host, pages in (others or {}).items()}}
    with serve(*servers.values()):
        async with doors_to(servers, **given) as doors:
            seen = await look(SITE, doors)
    return seen, {host: server.heads for host, server in servers.items()}


def asked(heads):
    return [tuple(head.split(" ", 2)[:2]) for head in heads]


# The search


FORM = (
    '<form action="/tim?cu=1" method="get"><input type="hidden" name="loai" value="tin"><input name="q" placeholder="Tìm kiếm">'
    '<select name="nam"><option value="0">Mọi năm</option><option value="26" selected>2026</option></select>'
    '<select name="xep"><option>Mới trước</option><option>Cũ trước</option></select><input type="checkbox" name="dung" value="1">'
    '<input type="checkbox" name="chinh" checked><input name="tat" disabled value="x"><input type="submit" name="nut" value="Tìm"></form>'
)


async def test_the_search_is_sent_once_as_a_browser_would_send_it():
    seen, heads = await visit(site(FORM))
    sent = [target for method, target in asked(heads[HOST]) if target.startswith("/tim?")]
    assert len(sent) == 1
    assert parse_qsl(urlsplit(sent[0]).query) == [
        ("loai", "tin"), ("q", "Thả lưới"), ("nam", "26"), ("xep", "Mới trước"), ("chinh", "on"), ("nut", "Tìm"),
    ]  # fmt: skip
    search = seen.extras.search
    assert search.headline == "Thả lưới mùa cá cơm lần thứ a"
    assert (search.target, search.page) == (f"http://{HOST}/tin/a", f"http://{HOST}/")
    assert search.chain.final.status == 404
    assert search.bare is not None
    assert {method for lines in heads.values() for method, _ in asked(lines)} <= {"GET", "HEAD"}


async def test_the_words_go_out_in_the_charset_of_the_page():
    body = (
        '<!doctype html><head><meta charset="windows-1258"><title>So</title></head><body><form action="/tim"><input name="q" title="search">'
        f"</form><p><a href='/tin/a'>Café ven sông đông khách</a></p>{'<p>Quán lá ven sông</p>' * 9}</body>"
    ).encode("cp1258")
    routes = {"/": answer(body, "200 OK", "Content-Type: text/html; charset=windows-1258"), "/tin/a": page()}
    seen, heads = await visit(routes)
    sent = [target for _, target in asked(heads[HOST]) if target.startswith("/tim?")]
    assert sent == ["/tim?q=Caf%E9+ven"]
    assert seen.extras.search.words == "Café ven"


@pytest.mark.parametrize(
    "form",
    [
        '<form action="/tim" method="post"><input name="q" placeholder="Tìm kiếm"></form>',
        '<form action="/tim" onsubmit="return false"><input name="q" placeholder="Tìm kiếm"></form>',
        '<form action="javascript:tim()"><input name="q" placeholder="Tìm kiếm"></form>',
        '<form action="/tim"><input id="q" placeholder="Tìm kiếm"></form>',
        '<form action="http://la.test/tim"><input name="q" placeholder="Tìm kiếm"></form>',
        '<form action="/gui"><input name="ten" placeholder="Họ và tên"><input name="thu" placeholder="Thư điện tử"></form>',
        '<input id="tim" placeholder="Tìm kiếm">',
        "",
    ],
)
async def test_no_other_form_is_ever_sent(form):
    seen, heads = await visit(site(form), {"la.test": {"/tim": page()}})
    assert seen.extras.search is None
    assert not [target for lines in heads.values() for _, target in asked(lines) if "tim" in target or "gui" in target]


async def test_a_search_that_robots_forbid_is_not_sent():
    robots = answer(b"User-agent: *\nDisallow: /tim\n", "200 OK", "Content-Type: text/plain")
    routes = {**site(FORM), "/robots.txt": robots}
    seen, heads = await visit(routes)
    assert seen.extras.search.chain.cause is Cause.ROBOTS
    assert not [target for _, target in asked(heads[HOST]) if target.startswith("/tim?")]


async def test_where_the_crawl_knows_the_search_page_it_is_not_asked_again():
    routes = {**site(FORM, links=[("/tim", "Tìm kiếm")]), "/tim": with_form(FORM)}
    seen, heads = await visit(routes)
    assert seen.extras.search.bare is None
    assert [target for _, target in asked(heads[HOST])].count("/tim") == 1


# The front page, as from a search engine


async def test_the_front_page_is_asked_for_once_more_as_from_a_search_engine():
    seen, heads = await visit(site())
    with_referrer = [head for head in heads[HOST] if "referer:" in head.lower()]
    assert len(with_referrer) == 1
    assert asked(with_referrer) == [("GET", "/")]
    assert f"referer: {REFERRER}" in with_referrer[0].lower()
    assert seen.extras.referred.final.status == 200


async def test_where_it_is_led_away_is_kept_though_nobody_is_there():
    async def cloaked(writer):
        head = servers[HOST].heads[-1].lower()
        away = answer(b"", "302 Found", "Location: http://hi88.test/")
        writer.write(away if "referer" in head else with_form("", ("/tin-tuc", "Tin tức")))
        await writer.drain()

    servers = {HOST: Server({**site(), "/": cloaked}), "hi88.test": Server({"/": page()})}
    with serve(*servers.values()):
        async with doors_to(servers) as doors:
            seen = await look(SITE, doors)
    assert seen.front.final.url == f"http://{HOST}/"
    assert [exchange.url for exchange in seen.extras.referred.hops] == [f"http://{HOST}/", "http://hi88.test/"]


# The links


OUTSIDE = {f"/{n}": answer(b"") for n in range(90)}


async def test_links_off_the_site_and_files_are_asked_for_by_head():
    links = [
        ("http://la.test/1", "Bạn gần"),
        ("/f/bao-cao.pdf", "Tải về"),
        ("/goc", "Góc nhỏ"),
        ("mailto:a@b.test", "Thư"),
        ("#", "Lên"),
    ]
    pdf = answer(b"%PDF-1.7 " + b"x" * 300, "200 OK", "Content-Type: application/pdf")

    async def refuses(writer):
        head = servers[HOST].heads[-1]
        writer.write(answer(b"", "405 Method Not Allowed") if head.startswith("HEAD") else pdf)
        await writer.drain()

    servers = {
        HOST: Server({**site(links=links), "/f/bao-cao.pdf": refuses, "/goc": page()}),
        "la.test": Server({"/1": answer(b"")}),
    }
    with serve(*servers.values()):
        async with doors_to(servers) as doors:
            seen = await look(SITE, doors)
    found = {urlsplit(link.url).path: link for link in seen.extras.links}
    assert set(found) == {"/1", "/f/bao-cao.pdf"}
    assert (found["/1"].head.final.method, found["/1"].get) == ("HEAD", None)
    assert found["/f/bao-cao.pdf"].head.final.status == 405
    assert found["/f/bao-cao.pdf"].answer.final.status == 200
    assert found["/1"].found_on == f"http://{HOST}/"


async def test_what_head_says_is_gone_is_asked_for_once_more():
    links = [("http://la.test/mat", "Bạn cũ"), ("http://la.test/cam", "Bạn kín")]
    seen, heads = await visit(site(links=links), {"la.test": {"/cam": answer(b"", "403 Forbidden")}})
    answers = {urlsplit(link.url).path: (link.answer.final.method, link.answer.final.status) for link in seen.extras.links}
    assert answers == {"/mat": ("GET", 404), "/cam": ("HEAD", 403)}
    assert asked(heads["la.test"]).count(("HEAD", "/cam")) == 1


async def test_what_was_injected_and_what_asks_not_to_be_followed_is_left_alone():
    links = [("http://hi88.test/1", "Hi88"), ("http://la.test/1", "Bạn gần"), ("http://xa.test/1", "Bạn xa")]
    routes = site(links=links[:2])
    routes["/tin-tuc"] = with_form("<a rel=nofollow href='http://xa.test/1'>Bạn xa</a>", *NEWS)
    seen, heads = await visit(routes, {host: {"/1": answer(b"")} for host in ("hi88.test", "la.test", "xa.test")})
    assert [link.url for link in seen.extras.links] == ["http://la.test/1"]
    assert (heads["hi88.test"], heads["xa.test"]) == ([], [])


async def test_robots_of_other_hosts_are_obeyed():
    robots = answer(b"User-agent: *\nDisallow: /\n", "200 OK", "Content-Type: text/plain")
    seen, heads = await visit(site(links=[("http://la.test/1", "Bạn gần")]), {"la.test": {"/robots.txt": robots, "/1": page()}})
    assert asked(heads["la.test"]) == [("GET", "/robots.txt")]
    assert [link.answer.cause for link in seen.extras.links] == [Cause.ROBOTS]


async def test_the_sample_is_bounded_and_the_same_all_year():
    links = [(f"http://la.test/{n}", f"Bạn số {n}") for n in range(90)]
    first, heads = await visit(site(links=links), {"la.test": dict(OUTSIDE)})
    again, _ = await visit(site(links=links[::-1]), {"la.test": dict(OUTSIDE)})
    assert len(first.extras.links) == SAMPLED_LINKS
    assert [method for method, _ in asked(heads["la.test"])].count("HEAD") == SAMPLED_LINKS
    assert [link.url for link in first.extras.links] == [link.url for link in again.extras.links]
    assert sorted(link.url for link in first.extras.links) != sorted(url for url, _ in links[:SAMPLED_LINKS])


async def test_the_extras_take_no_more_than_a_quarter_of_the_requests_and_say_what_was_cut():
    links = [(f"http://la.test/{n}", f"Bạn số {n}") for n in range(90)]
    many = [(f"/chuyen-{a}{b}", "Góc nhỏ") for a in "abcdef" for b in "abcdef"]
    routes = {**site(links=[*links, *many]), **{path: page() for path, _ in many}}
    seen, heads = await visit(routes, {"la.test": dict(OUTSIDE)}, requests=24)
    counted = [target for lines in heads.values() for _, target in asked(lines) if target != "/robots.txt"]
    assert len(counted) <= 24
    assert seen.extras.cut is Cut.REQUESTS
    assert seen.cuts == (Cut.REQUESTS,)
    assert len(seen.pages) >= 12


async def test_without_seconds_left_nothing_more_is_asked():
    seen, heads = await visit(
        site(FORM, links=[("http://la.test/1", "Bạn gần")]), {"la.test": dict(OUTSIDE)}, seconds=40.0, tick=10.0
    )
    assert seen.extras.cut is Cut.SECONDS
    assert heads["la.test"] == []
    assert seen.extras.search is None


async def test_what_is_kept_for_the_extras_is_bounded():
    async with doors_to({}) as doors:
        limits = content_limits(doors.limits)
    assert (limits.requests, limits.pages) == (780, 300)
    assert limits.seconds == 720
