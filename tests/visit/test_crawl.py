"""The crawl over real sockets: what it asks first, where it stops, and what it leaves alone."""

import gzip
import itertools
import re
from urllib.parse import urlsplit

import anyio
import pytest
from browsing import Browser
from crawldoors import HOST, SITE, VOCABULARY, Doors, doors_to, page
from doors import http_door
from knowing import known
from servers import Site as Server
from servers import answer, serve

from auditor.evidence.seen import dump_seen, load_seen
from auditor.model.evidence import Cut
from auditor.model.visit import Cause
from auditor.sdk.limits import CrawlLimits, Limits
from probes.crawl import CrawlSeen
from probes.crawling.crawling import MISSING, look
from probes.portal import assess

pytestmark = pytest.mark.anyio
FIRST = ["/robots.txt", "/", f"/{MISSING}", "/sitemap.xml"]
XML = "Content-Type: application/xml"
HTML = "Content-Type: text/html; charset=utf-8"


def sitemap(*paths, host=HOST):
    locs = "".join(f"<url><loc>http://{host}{path}</loc></url>" for path in paths)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</urlset>'.encode()


class Endless(dict):
    """Routes that also answer any path by a rule, as endless trees do; the rule may pass with None."""

    def __init__(self, routes, rule):
        super().__init__(routes)
        self.rule = rule

    def get(self, path, default=None):
        return super().get(path) or self.rule(path) or answer(b"no", "404 Not Found")


async def crawl(routes, *, others=None, **given):
    """Crawl a site; gives what was seen and every path that the pages took, and those that they took of other hosts."""
    own = Server(routes)
    servers = {HOST: own, **{host: Server(pages) for host, pages in (others or {}).items()}}
    with serve(*servers.values()):
        async with doors_to(servers, **given) as doors:
            seen = await look(SITE, doors)
    return seen, pages_of(own), {host: pages_of(server) for host, server in servers.items() if host != HOST}


def pages_of(server):
    """Give the paths that a server was asked for without those of the extras: by HEAD, or as from a search engine."""
    beyond = [head.startswith("HEAD") or "referer: https://www.google" in head.lower() for head in server.heads]
    return [path for path, extra in zip(server.asked, beyond, strict=True) if not extra]


def opened(seen):
    """Give the paths of the pages in the order in which they were opened."""
    return [urlsplit(page.url).path for page in seen.pages]


# What a browser shows


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        ('<iframe src="https://maps.google.com/maps?q=1&output=embed"></iframe>', ["/"]),
        ('<iframe src="/thoi-tiet"></iframe>', ["/"]),
        ("", ["/"]),
    ],
)
async def test_a_menu_that_scripts_make_is_shown_whatever_frames_stand_beside_it(frame, shown):
    words = "Đàn sẻ ríu rít từ sớm trên mái nhà kho cũ bên bến thuyền. " * 5
    front = answer(
        f"<title>x</title><ul id=menu></ul><p>{words}</p>{frame}<script src=/menu.js></script>".encode(), "200 OK", HTML
    )
    browser = Browser({"/": '<title>x</title><ul><li><a href="/lich">Lịch công tác</a></li></ul>'})
    _, asked, _ = await crawl({"/": front, "/lich": page(), "/thoi-tiet": page()}, browser=browser)
    assert browser.asked[:1] == shown
    assert "/lich" in asked


async def test_a_frameset_is_read_by_its_frames_and_no_browser():
    front = answer(b"<title>x</title><script>1</script><frameset><frame src=/menu><frame src=/giua></frameset>", "200 OK", HTML)
    browser = Browser()
    _, asked, _ = await crawl(
        {"/": front, "/menu": page(("/lich", "Lịch công tác")), "/giua": page(), "/lich": page()}, browser=browser
    )
    assert "/" not in browser.asked
    assert "/lich" in asked


# The order


async def test_the_front_page_a_missing_page_and_the_sitemaps_come_first():
    routes = {
        "/": page("/a", "/b"),
        "/a": page(),
        "/b": page(),
        "/sitemap.xml": answer(sitemap("/c"), "200 OK", XML),
        "/c": page(),
    }
    seen, asked, _ = await crawl(routes)
    assert list(dict.fromkeys(asked))[:4] == FIRST
    assert sorted(asked[-3:]) == ["/a", "/b", "/c"]
    assert seen.missing.final.status == 404
    assert len(seen.sitemaps) == 1
    assert {urlsplit(page.url).path: page.clicks for page in seen.pages} == {"/a": 1, "/b": 1, "/c": None}
    assert next(page.found_on for page in seen.pages if page.url.endswith("/c")) == "sitemap.xml"
    assert (seen.cuts, seen.left, seen.near) == ((), 0, 0)


async def test_what_duties_are_named_by_is_opened_before_the_rest():
    ordinary = [f"/chuyen-{letter}" for letter in "abcdefgh"]
    typed = [("/x1", "Lịch công tác"), ("/x2", "Danh bạ điện thoại"), ("/van-ban-phap-quy", "Bấm vào đây")]
    routes = {path: page() for path in (*ordinary, "/x1", "/x2", "/van-ban-phap-quy", "/sau")}
    routes |= {"/": page(*ordinary, *typed), "/chuyen-a": page(("/sau", "Hỏi đáp"))}
    seen, _, _ = await crawl(routes)
    assert opened(seen)[:3] == ["/x1", "/x2", "/van-ban-phap-quy"]
    assert opened(seen).index("/sau") < opened(seen).index("/chuyen-h")
    assert sorted(opened(seen)) == sorted([*ordinary, "/x1", "/x2", "/van-ban-phap-quy", "/sau"])


async def test_the_first_entries_of_a_list_come_before_ordinary_pages():
    ordinary = [f"/chuyen-{letter}" for letter in "abcdefgh"]
    entries = [(f"/tin/{letter}", f"Bà con vá lưới lần thứ {letter} sau bão") for letter in "abcdef"]
    routes = {path: page() for path in (*ordinary, *(path for path, _ in entries))}
    routes |= {"/": page(*ordinary, ("/tin", "Tin tức")), "/tin": page(*entries)}
    seen, _, _ = await crawl(routes)
    order = opened(seen)
    early = order[: order.index("/chuyen-h")]
    assert [path for path in early if path.startswith("/tin/")] == ["/tin/a", "/tin/b", "/tin/c"]


async def test_two_crawls_of_one_site_are_the_same():
    routes = {f"/{a}{b}": page(f"/{b}{a}", (f"/{a}", "Hỏi đáp")) for a, b in itertools.product("abcdefg", repeat=2)}
    routes |= {f"/{a}": page(*(f"/{a}{b}" for b in "gfedcba")) for a in "abcdefg"} | {"/": page(*(f"/{a}" for a in "gcafbed"))}
    first, _, _ = await crawl(routes, pages=20)
    again, _, _ = await crawl(routes, pages=20)
    assert opened(first) == opened(again)
    assert (first.cuts, first.left, first.near, first.unopened) == (again.cuts, again.left, again.near, again.unopened)
    assert len(opened(first)) >= 19


# Sitemaps


async def test_robots_name_the_sitemaps_and_an_index_is_followed_within_its_bounds():
    index = "".join(f"<sitemap><loc>http://{HOST}/s{n}.xml</loc></sitemap>" for n in range(9))
    robots = f"User-agent: *\nSitemap: http://{HOST}/all.xml\nSitemap: http://elsewhere.test/all.xml\n".encode()
    routes = {f"/s{n}.xml": answer(sitemap(f"/p{n}"), "200 OK", XML) for n in range(9)}
    routes |= {f"/p{n}": page() for n in range(9)} | {
        "/": page(),
        "/robots.txt": answer(robots, "200 OK", "Content-Type: text/plain"),
    }
    routes["/all.xml"] = answer(f"<sitemapindex>{index}</sitemapindex>".encode(), "200 OK", XML)
    seen, asked, others = await crawl(routes, others={"elsewhere.test": {"/all.xml": page()}})
    assert [urlsplit(chain.final.url).path for chain in seen.sitemaps] == ["/all.xml", "/s0.xml", "/s1.xml", "/s2.xml", "/s3.xml"]
    assert opened(seen) == ["/p0", "/p1", "/p2", "/p3"]
    assert "/sitemap.xml" not in asked
    assert others == {"elsewhere.test": []}


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(sitemap("/p")),
        sitemap("/p").replace(b"http://so.test/p", b"<![CDATA[ http://so.test/p ]]>"),
        b"\xef\xbb\xbf" + sitemap("/p", "/p", "http:///", "/p#a"),
    ],
    ids=["packed", "cdata", "twice"],
)
async def test_a_packed_marked_or_repeating_sitemap_is_read(body):
    seen, _, _ = await crawl({"/": page(), "/sitemap.xml": answer(body, "200 OK", XML), "/p": page()})
    assert opened(seen) == ["/p"]


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"x" * 100_000_000)[:5_000],
        gzip.compress(sitemap("/p"))[:10] + b"\xff" * 50,
        b'<!DOCTYPE u [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
        b"<html><body>no map</body></html>",
        sitemap("/p", host="elsewhere.test"),
        b"",
    ],
    ids=["cut-off", "broken", "entities", "page", "of-another-site", "nothing"],
)
async def test_a_sitemap_that_holds_nothing_for_us_changes_nothing(body):
    seen, _, others = await crawl(
        {"/": page("/a"), "/sitemap.xml": answer(body, "200 OK", XML), "/a": page()}, others={"elsewhere.test": {}}
    )
    assert opened(seen) == ["/a"]
    assert others == {"elsewhere.test": []}


# Traps


def months(path):
    found = re.fullmatch(r"/lich\?thang=(\d+)", path)
    return (
        page(f"/lich?thang={int(found[1]) + 1}", f"/lich?thang={int(found[1]) - 1}", text=f"Tháng {found[1]}") if found else None
    )


async def test_an_endless_calendar_is_left():
    seen, asked, _ = await crawl(Endless({"/": page("/lich?thang=500", "/a"), "/a": page()}, months), depth=500)
    assert 5 < len([path for path in asked if path.startswith("/lich")]) <= 40
    assert Cut.TRAP in seen.cuts
    assert "/a" in opened(seen)


async def test_an_old_portal_that_has_all_its_pages_under_one_address_is_read():
    front = [(f"/Default.aspx?tabid={n}", label) for n, label in enumerate(["Giới thiệu", *(f"Chuyện {n}" for n in range(60))])]
    inner = {500: "Đặc điểm tự nhiên", 501: "Bản đồ hành chính", 502: "Hỏi đáp", 503: "Công khai ngân sách"}
    routes = {path: page(text=label) for path, label in front} | {f"/Default.aspx?tabid={n}": page() for n in inner}
    routes |= {"/": page(*front), "/Default.aspx?tabid=0": page(*((f"/Default.aspx?tabid={n}", inner[n]) for n in inner))}
    seen, asked, _ = await crawl(routes)
    assert {f"/Default.aspx?tabid={n}" for n in inner} <= set(asked)
    assert seen.cuts == ()


async def test_an_endless_calendar_in_the_path_is_left():
    def days(path):
        found = re.fullmatch(r"/ngay/(\d+)", path)
        return page(f"/ngay/{int(found[1]) + 1}", text=f"Ngày {found[1]}") if found else None

    seen, asked, _ = await crawl(Endless({"/": page("/ngay/1")}, days), depth=500)
    assert len([path for path in asked if path.startswith("/ngay")]) <= 40
    assert Cut.TRAP in seen.cuts


async def test_a_path_that_grows_by_itself_is_left():
    def deeper(path):
        return page("tiep/", text=path) if path.startswith("/kho/") else None

    seen, asked, _ = await crawl(Endless({"/": page("/kho/")}, deeper), depth=100)
    assert max(path.count("/tiep") for path in asked) == 2
    assert Cut.TRAP in seen.cuts


async def test_the_orders_of_a_query_are_one_address():
    orders = ["/loc?" + "&".join(f"{key}=1" for key in keys) for keys in itertools.permutations("abcde")]
    seen, asked, _ = await crawl({"/": page(*orders), **{path: page(text=path) for path in orders}})
    assert len(orders) == 120
    assert len([path for path in asked if path.startswith("/loc")]) == 1
    assert seen.cuts == ()


async def test_the_filters_of_a_list_are_not_all_asked():
    filters = [
        "/loc?" + "&".join(f"{key}=1" for key in keys) for size in range(1, 6) for keys in itertools.combinations("abcde", size)
    ]
    routes = {"/": page("/loc"), "/loc": page(*filters), **{path: page(text=path) for path in filters}}
    seen, asked, _ = await crawl(routes)
    assert len(filters) == 31
    assert len([path for path in asked if path.startswith("/loc?")]) <= 12
    assert Cut.TRAP in seen.cuts


async def test_a_calendar_has_months_without_end_and_few_are_opened():
    def month(path):
        found = re.fullmatch(r"/lich-cong-tac/(\d+)", path)
        number = int(found[1]) if found else 0
        return (
            page(
                *((f"/lich-cong-tac/{number + step}", f"Tháng {number + step}") for step in range(1, 30)), text=f"Tháng {number}"
            )
            if found
            else None
        )

    seen, asked, _ = await crawl(Endless({"/": page(("/lich-cong-tac/1", "Lịch công tác"))}, month))
    assert len([path for path in asked if path.startswith("/lich-cong-tac")]) <= 12
    assert Cut.TRAP in seen.cuts


async def test_what_robots_are_asked_not_to_follow_is_left_alone_and_no_duty_is_missing_for_it():
    front = '<ul><li><a rel="nofollow" href="/lich-cong-tac">Lịch công tác</a><li><a href="/tin-tuc">Tin tức</a></ul><h1>Bến</h1>'
    html = ("200 OK", "Content-Type: text/html; charset=utf-8")
    routes = {"/": answer(front.encode(), *html), "/tin-tuc": page(), "/lich-cong-tac": page()}
    seen, asked, _ = await crawl(routes)
    assert "/lich-cong-tac" not in asked
    assert seen.unfollowed == (f"http://{HOST}/lich-cong-tac",)
    found = {reading.measure: reading for reading in assess(seen, known(site=SITE, vocabulary=VOCABULARY))}
    assert found["content.calendar"].cause is Cause.ROBOTS


async def test_a_front_page_that_asks_robots_to_follow_nothing_says_nothing_of_what_lacks():
    front = '<meta name="robots" content="noindex, nofollow"><ul><li><a href="/tin-tuc">Tin tức</a></ul><h1>Bến thuyền</h1>'
    seen, asked, _ = await crawl(
        {"/": answer(front.encode(), "200 OK", "Content-Type: text/html; charset=utf-8"), "/tin-tuc": page()}
    )
    assert "/tin-tuc" not in asked
    found = {reading.measure: reading for reading in assess(seen, known(site=SITE, vocabulary=VOCABULARY))}
    assert {found["content.news"].cause, found["content.budget"].cause} == {Cause.ROBOTS}


async def test_one_page_under_many_spellings_is_asked_once():
    links = [
        "/Trang%20A",
        "/Trang A",
        f"http://{HOST}:80/Trang%20A",
        "HTTP://SO.TEST/Trang%20A#x",
        "/Trang%20A#y",
        "//so.test/Trang%20A",
    ]
    _, asked, _ = await crawl({"/": page(*links), "/Trang%20A": page()})
    assert [path for path in asked if "Trang" in path] == ["/Trang%20A"]


# Limits


WIDE = {"/": page(*(f"/chuyen-{a}{b}" for a in "abcde" for b in "abcde"), ("/lich", "Lịch công tác"))} | {
    f"/chuyen-{a}{b}": page(f"/sau-{a}{b}") for a in "abcde" for b in "abcde"
}


async def test_the_limit_of_pages_is_said_with_what_was_left():
    seen, _, _ = await crawl(WIDE | {"/lich": page()}, pages=5)
    assert seen.cuts == (Cut.PAGES,)
    assert opened(seen)[0] == "/lich"
    assert 4 <= len(seen.pages) <= 5
    assert seen.near == 26 - len(seen.pages)
    assert seen.left >= seen.near


async def test_pages_that_cannot_be_read_do_not_count_as_pages_but_as_requests():
    dead = {"/": page(*(f"/chet-{a}{b}" for a in "abcde" for b in "abcde"))}
    seen, _, _ = await crawl(dead, pages=5)
    assert (seen.cuts, len(seen.pages), seen.left) == ((), 25, 0)
    seen, _, _ = await crawl(dead, requests=12)
    assert seen.cuts == (Cut.REQUESTS,)
    assert seen.left == 25 - len(seen.pages)
    assert len(seen.pages) <= 10


async def test_requests_on_the_way_count():
    routes = {"/": page(*(f"/di-{letter}" for letter in "abcdefgh")), "/den": page()}
    routes |= {f"/di-{letter}": answer(b"", "302 Found", "Location: /den") for letter in "abcdefgh"}
    seen, asked, _ = await crawl(routes, requests=10)
    assert seen.cuts == (Cut.REQUESTS,)
    assert len([path for path in asked if path.startswith(("/di", "/den"))]) <= 10


async def test_the_limit_of_seconds_is_said():
    seen, _, _ = await crawl(WIDE, seconds=30.0, tick=10.0)
    assert seen.cuts == (Cut.SECONDS,)
    assert 0 < len(seen.pages) < 10
    assert seen.left > 0


async def test_pages_too_deep_are_left_and_said():
    routes = {"/": page("/b1"), **{f"/{'b' * n}{n}": page(f"/{'b' * (n + 1)}{n + 1}") for n in range(1, 9)}}
    seen, _, _ = await crawl(routes, depth=3)
    assert opened(seen) == ["/b1", "/bb2", "/bbb3"]
    assert seen.cuts == (Cut.DEPTH,)


async def test_what_duties_named_and_was_not_opened_is_listed():
    links = [
        (f"/x{n}", label)
        for n, label in enumerate(["Lịch công tác", "Danh bạ", "Hỏi đáp", "Quy hoạch", "Văn bản", "Khen thưởng"])
    ]
    seen, _, _ = await crawl({"/": page(*links), **{path: page() for path, _ in links}}, pages=3)
    assert opened(seen) == ["/x0", "/x1"]
    assert [urlsplit(url).path for url in seen.unopened] == ["/x2", "/x3", "/x4", "/x5"]


# Guests


async def test_what_robots_forbid_is_never_asked_and_the_refusal_is_kept():
    robots = answer(b"User-agent: *\nDisallow: /cam\n", "200 OK", "Content-Type: text/plain")
    routes = {"/": page("/cam/1", ("/cam/2", "Lịch công tác"), "/duoc"), "/robots.txt": robots, "/cam/1": page(), "/duoc": page()}
    seen, asked, _ = await crawl(routes)
    assert not [path for path in asked if path.startswith("/cam")]
    causes = {urlsplit(page.url).path: page.chain.cause for page in seen.pages}
    assert causes == {"/cam/1": Cause.ROBOTS, "/cam/2": Cause.ROBOTS, "/duoc": None}


async def test_a_site_closed_by_robots_is_asked_for_them_alone():
    robots = answer(b"User-agent: auditor\nDisallow: /\n", "200 OK", "Content-Type: text/plain")
    seen, asked, _ = await crawl({"/": page("/a"), "/robots.txt": robots, "/a": page()})
    assert set(asked) == {"/robots.txt"}
    assert seen.front.cause is Cause.ROBOTS
    assert (seen.pages, seen.missing, seen.sitemaps) == ((), None, ())


@pytest.mark.parametrize("status", ["403 Forbidden", "429 Too Many Requests", "500 Internal Server Error"])
async def test_behind_a_front_page_that_is_refused_nothing_is_asked(status):
    seen, asked, _ = await crawl({"/": answer(b"<a href='/a'>a</a>", status), "/a": page()})
    assert set(asked) == {"/robots.txt", "/"}
    assert seen.pages == ()
    assert seen.front.final.status == int(status[:3])


async def test_only_the_sites_own_pages_and_a_duty_in_the_registry_are_opened():
    away = {"/lich": page("/lich/tuan", ("/danh-ba", "Danh bạ")), "/lich/tuan": page(), "/danh-ba": page(), "/goc": page()}
    links = [
        ("http://ubnd.test/lich", "Lịch công tác"),
        ("http://ubnd.test/lich", "Lịch làm việc"),
        ("http://ubnd.test/goc", "Góc nhỏ"),
        ("http://la.test/lich", "Lịch công tác"),
        "/a",
    ]
    routes = {"/": page(*links), "/a": page(*links)}
    seen, asked, others = await crawl(routes, others={"ubnd.test": away, "la.test": dict(away)}, registry=["ubnd.test"])
    assert [path for path in others["ubnd.test"] if path != "/robots.txt"] == ["/lich"]
    assert set(others["la.test"]) <= {"/robots.txt"}
    assert asked.count("/a") == 1
    assert [page.url for page in seen.pages] == ["http://ubnd.test/lich", f"http://{HOST}/a"]


async def test_a_page_that_leads_off_the_site_is_kept_and_its_links_are_not_followed():
    routes = {"/": page("/di"), "/di": answer(b"", "302 Found", "Location: http://la.test/den")}
    seen, _, others = await crawl(routes, others={"la.test": {"/den": page("/nua"), "/nua": page()}})
    assert [path for path in others["la.test"] if path != "/robots.txt"] == ["/den"]
    assert seen.pages[0].chain.final.url == "http://la.test/den"
    assert len(seen.pages) == 1


async def test_files_are_opened_only_where_a_duty_names_them():
    pdf = answer(b"%PDF-1.7 " + b"x" * 300, "200 OK", "Content-Type: application/pdf")
    links = [("/f/bao-cao.pdf", "Tải về tệp này"), ("/f/to-chuc.pdf", "Sơ đồ tổ chức"), "/anh.jpg"]
    seen, asked, _ = await crawl({"/": page(*links), "/f/bao-cao.pdf": pdf, "/f/to-chuc.pdf": pdf, "/anh.jpg": pdf})
    assert opened(seen) == ["/f/to-chuc.pdf"]
    assert "/anh.jpg" not in asked


async def test_services_of_a_list_are_opened_early_so_that_their_level_can_be_held_against_them():
    ordinary = [f"/chuyen-{letter}" for letter in "abcdefgh"]
    entries = [(f"/dv/{n}", f"Cấp giấy cho thuyền nan loại {n}") for n in "abcdefghijklmnopqrstuvwxyz"]
    routes = {path: page() for path in (*ordinary, *(path for path, _ in entries))}
    routes |= {"/": page(*ordinary, ("/dv", "Dịch vụ công trực tuyến")), "/dv": page(*entries)}
    seen, _, _ = await crawl(routes)
    early = opened(seen)[: opened(seen).index("/chuyen-h")]
    assert [path for path in early if path.startswith("/dv/")] == [path for path, _ in entries[:20]]


async def test_the_way_that_a_page_refreshes_to_is_followed():
    body = b"<!doctype html><head><meta http-equiv='refresh' content='0; url=/vao'></head><body></body>"
    routes = {"/": answer(body, "200 OK", "Content-Type: text/html"), "/vao": page("/trong"), "/trong": page()}
    seen, _, _ = await crawl(routes)
    assert opened(seen) == ["/vao", "/trong"]


async def test_what_was_seen_is_kept_and_read_back_whole():
    seen, _, _ = await crawl({"/": page("/a", "/cam"), "/a": page(), "/robots.txt": answer(b"User-agent: *\nDisallow: /cam\n")})
    bodies = {exchange.digest: exchange.body for page in seen.pages for exchange in page.chain.exchanges}
    bodies |= {e.digest: e.body for chain in (seen.front, seen.missing, *seen.sitemaps) for e in chain.exchanges}
    assert b"Chuy\xe1\xbb\x87n" not in dump_seen(seen)
    assert load_seen(CrawlSeen, dump_seen(seen), bodies.__getitem__) == seen


async def silence(writer):
    await anyio.sleep(30)


async def test_a_page_that_fails_twice_while_the_site_answers_is_broken_whoever_else_answers():
    routes = {"/": page(("/im", "Lịch công tác"), "/khac"), "/im": silence, "/khac": page()}
    own = Server(routes)
    with serve(own):
        async with http_door(connect_to={f"{HOST}:80": f"127.0.0.1:{own.port}"}) as http:
            limits = CrawlLimits(page=Limits(seconds=0.5))
            seen = await look(SITE, Doors(http, limits, frozenset({HOST}), 0.0))
    failed = next(found for found in seen.pages if found.url.endswith("/im"))
    assert (failed.chain.cause, failed.chain.final.cause) == (Cause.AMBIGUOUS, Cause.TIMEOUT)
    assert seen.again.final.status == 200
    readings = {reading.measure: reading for reading in assess(seen, known(site=SITE, vocabulary=VOCABULARY))}
    assert readings["content.calendar"].value == "broken"
    assert readings["content.calendar"].because.facts["cause"] == "timeout"


async def test_a_page_that_fails_with_its_whole_site_is_nobodys_fault_to_tell():
    alive = [True]

    async def once(writer):
        if alive:
            alive.pop()
            writer.write(page(("/im", "Lịch công tác")))
            await writer.drain()
        else:
            await silence(writer)

    own = Server({"/": once, "*": silence})
    with serve(own):
        async with http_door(connect_to={f"{HOST}:80": f"127.0.0.1:{own.port}"}) as http:
            limits = CrawlLimits(page=Limits(seconds=0.3))
            seen = await look(SITE, Doors(http, limits, frozenset({HOST}), 0.0))
    readings = {reading.measure: reading for reading in assess(seen, known(site=SITE, vocabulary=VOCABULARY))}
    assert readings["content.calendar"].cause is Cause.AMBIGUOUS
