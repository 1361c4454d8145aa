"""Lists of public services over real sockets: through their paging to the end, attributed on a shared portal, never submitting."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest
from browser import opened
from doors import http_door
from knowing import known
from servers import Site as Server
from servers import answer, serve

from auditor.model.agency import Agency, Site, SiteRole
from auditor.model.evidence import Cut
from auditor.model.reading import Measured, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.html import parser
from auditor.sdk.limits import CrawlLimits, Limits
from auditor.sdk.vocabulary import load_vocabulary
from probes.crawling.crawling import look
from probes.services import PROBE

pytestmark = pytest.mark.anyio
HOST = "dichvucong.test"
VOCABULARY = load_vocabulary("probes")
HTML = "Content-Type: text/html; charset=utf-8"
LEVELS = ("Mức độ 1", "mức độ 2", "Mức Độ 3", "MỨC ĐỘ 4")
TOTAL, PER_PAGE = 1830, 20
LAST = 92
AGENCIES = {
    "so-vhtt": "Sở Văn hóa và Thể thao",
    "so-tttt": "Sở Thông tin và Truyền thông",
    "huyen-van-ninh": "Ủy ban nhân dân huyện Vạn Ninh",
}
WRITTEN = (
    ("so-vhtt", "Sở Văn hóa và Thể thao - tỉnh Khánh Hòa"),
    ("so-vhtt", "Sở VHTT"),
    ("so-tttt", "Sở TT&TT"),
    ("huyen-van-ninh", "UBND huyện Vạn Ninh"),
    (None, "Sở Văn hóa và Thể thao, Sở Thông tin và Truyền thông"),
    (None, "Công an tỉnh"),
)


def html(body, title="Cổng dịch vụ công"):
    menu = "<div><ul><li><a href='/'>Trang chủ</a></li><li><a href='/dv'>Danh sách dịch vụ công trực tuyến</a></li></ul></div>"
    page = f"<!doctype html><html lang='vi'><head><title>{title}</title></head><body>{menu}{body}</body></html>"
    return answer(page.encode(), "200 OK", HTML)


def row(number, cells=""):
    level = LEVELS[number % 4]
    return (
        f"<tr><td>{number}</td><td><a href='/dv/chi-tiet?ma={number}'>Cấp giấy phép cho bến thuyền thứ {number}</a></td>"
        f"<td>{level}</td>{cells}</tr>"
    )


def table(numbers, head="", cells=lambda number: ""):
    rows = "".join(row(number, cells(number)) for number in numbers)
    return f"<table><tr><td>STT</td><td>Tên dịch vụ công</td><td>Mức độ</td>{head}</tr>{rows}</table>"


def turner(number, last, write):
    """Give a pager as portals have it: the first three, the neighbours, the last, and on."""
    shown = sorted({1, 2, 3, number - 1, number, number + 1, last} & set(range(1, last + 1)))
    links = "".join(f"<a href='{write(n)}'>{n}</a> … " for n in shown if n != number)
    onwards = f"<a href='{write(number + 1)}'>Trang sau »</a>" if number < last else ""
    more = write(number) + ("&amp;" if "?" in write(number) else "?")
    sorts = f"<a href='{more}sort=ten&amp;dir=asc'>Tên</a> <a href='{more}pageSize=50'>50</a>"
    return f"<div class='pager'>{links}{onwards}{sorts}</div>"


def detail(number):
    level = number % 4
    form = f"<p><a href='/mau/{number}.docx'>Tải mẫu đơn</a></p>" if level else ""
    submit = f"<p><a href='/nop?ma={number}'>Nộp hồ sơ trực tuyến</a></p>" if level >= 2 else ""
    return html(
        f"<h1>Cấp giấy phép cho bến thuyền thứ {number}</h1><p>Trình tự thực hiện: chuẩn bị giấy tờ rồi chờ phiếu hẹn số {number}.</p>"
        f"<p>Thời hạn giải quyết: {number} ngày làm việc</p><p>Thành phần hồ sơ: đơn và bản sao</p>{form}{submit}"
    )


class Portal(dict):
    """A portal that answers by a rule, page by page."""

    def __init__(self, lists, *, forms=True):
        super().__init__()
        self.lists, self.forms = lists, forms

    def get(self, path, default=None):
        if path in {"/", ""}:
            return html("<p>Chào bà con.</p><a href='/lich-cong-tac'>Lịch công tác</a>")
        if found := re.fullmatch(r"/dv/chi-tiet\?ma=(\d+)", path):
            return detail(int(found[1]))
        if re.fullmatch(r"/mau/\d+\.docx", path) and self.forms:
            return answer(b"PK\x03\x04" + b"x" * 400, "200 OK", "Content-Type: application/msword")
        if path == "/lich-cong-tac":
            return html("<h1>Lịch công tác</h1><p>Thứ hai họp giao ban, thứ ba đi bến.</p>")
        return self.lists(path) or answer(b"<title>404</title>no", "404 Not Found", HTML)


@dataclass
class Doors:
    http: object
    browser: object
    limits: CrawlLimits
    registry_hosts: frozenset = frozenset({HOST})
    vocabulary: object = VOCABULARY

    def monotonic(self):
        return 0.0


async def audit(routes, *, agencies=None, **limits):
    """Crawl a portal and judge its services; gives the readings by measure and agency, what was seen, and what was asked."""
    agencies = agencies or {"so-vhtt": "Sở Văn hóa và Thể thao"}
    site = Site(url=f"http://{HOST}/", roles=(SiteRole.SERVICES,), agencies=tuple(agencies))
    server = Server(routes)
    with serve(server):
        async with http_door(connect_to={f"{HOST}:80": f"127.0.0.1:{server.port}"}, answered={"another.test"}) as door:
            bounds = CrawlLimits(**{"pages": 300, "requests": 900, "page": Limits(seconds=10), **limits})
            seen = await look(site, Doors(door, None, bounds))
    served = tuple(Agency(code=code, name=name, name_en="", group="1") for code, name in agencies.items())
    judged = PROBE.assess(seen, known(site=site, agencies=served, vocabulary=VOCABULARY, document=parser()))
    readings = {(reading.measure.removeprefix("services."), reading.agency): reading for reading in judged}
    assert len(readings) == len(judged)
    return readings, seen, [urlsplit(path).path + ("?" + urlsplit(path).query if "?" in path else "") for path in server.asked]


def long_list(write, pattern, last=LAST, total=TOTAL, **given):
    """Give a rule that answers a long list's pages; beyond the last one it shows the last again, as many portals do."""

    def rule(path):
        found = re.match(pattern, path)
        if found is None and path != "/dv":
            return None
        number = min(int(found[1]), last) if found else 1
        numbers = range((number - 1) * PER_PAGE + 1, min(number * PER_PAGE, total) + 1)
        return html(table(numbers, **given) + turner(number, last, write))

    return rule


@pytest.mark.parametrize(
    ("write", "pattern"),
    [
        (lambda n: f"/dv?page={n}", r"/dv\?page=(\d+)"),
        (lambda n: f"/dv?p_p_id=x_WAR_y&amp;_x_WAR_y_delta=20&amp;_x_WAR_y_cur={n}", r"/dv\?p_p_id.*_cur=(\d+)"),
        (lambda n: f"/dv/trang-{n}", r"/dv/trang-(\d+)$"),
    ],
    ids=["page", "liferay", "path"],
)
async def test_a_list_of_1830_services_on_92_pages_is_read_to_its_end(write, pattern):
    readings, seen, asked = await audit(Portal(long_list(write, pattern)))
    assert readings["total", None].value == TOTAL
    counts = [readings[f"level_{level}", None].value for level in (1, 2, 3, 4)]
    assert sum(counts) == TOTAL
    assert max(counts) - min(counts) <= 1
    assert readings["online_share", None].value == pytest.approx(0.5, abs=0.001)
    assert readings["contradictions", None].value == 0
    assert readings["forms", None].value == 1
    assert readings["clicks", None].value == 2
    assert "/lich-cong-tac" in asked
    assert asked.index("/lich-cong-tac") < asked.index(urlsplit(write(5).replace("&amp;", "&"))._replace().geturl())
    assert not [path for path in asked if "sort=" in path or "pageSize=" in path or path.startswith("/nop")]
    lists = [path for path in asked if path.startswith("/dv") and "chi-tiet" not in path]
    assert len(lists) <= LAST + 2
    assert len([path for path in asked if "chi-tiet" in path]) == 20
    assert Cut.PAGES not in seen.cuts


async def test_a_list_that_only_leads_to_the_next_page_is_read_to_its_end():
    def rule(path):
        found = re.fullmatch(r"/dv\?start=(\d+)", path)
        if found is None and path != "/dv":
            return None
        start = int(found[1]) if found else 0
        onwards = f"<a href='/dv?start={start + 20}'>Tiếp</a>" if start + 20 < 600 else ""
        return html(table(range(start + 1, min(start + 20, 590) + 1)) + onwards)

    readings, _, _ = await audit(Portal(rule))
    assert readings["total", None].value == 590


async def test_a_pager_that_never_ends_is_left_at_the_first_page_that_repeats():
    def rule(path):
        found = re.fullmatch(r"/dv\?p=(\d+)", path)
        if found is None and path != "/dv":
            return None
        number = int(found[1]) if found else 1
        place = min(number, 5)
        return html(table(range(place * 20 - 19, place * 20 + 1)) + f"<a href='/dv?p={number + 1}'>&raquo;</a>")

    readings, _, asked = await audit(Portal(rule))
    assert readings["total", None].value == 100
    assert len([path for path in asked if path.startswith("/dv?p=")]) <= 6


async def test_what_the_limits_cut_off_is_never_said_to_be_the_whole():
    readings, seen, asked = await audit(Portal(long_list(lambda n: f"/dv?page={n}", r"/dv\?page=(\d+)")), pages=40)
    assert Cut.PAGES in seen.cuts
    for name in ("total", "level_3", "online_share"):
        assert isinstance(readings[name, None], Unavailable)
        assert readings[name, None].cause is Cause.BUDGET
    assert isinstance(readings["contradictions", None], Measured)
    assert len([path for path in asked if "chi-tiet" in path]) > 5


async def test_a_list_that_states_its_total_has_it_though_the_limits_cut_it_off():
    rule = long_list(lambda n: f"/dv?page={n}", r"/dv\?page=(\d+)")
    stated = Portal(
        lambda path: (found := rule(path)) and found.replace(b"<table>", "<p>Tổng số: 1.830 dịch vụ</p><table>".encode())
    )
    readings, _, _ = await audit(Lengthened(stated), pages=40)
    assert readings["total", None].value == TOTAL
    assert readings["level_3", None].cause is Cause.BUDGET
    assert readings["online_share", None].cause is Cause.BUDGET


class Lengthened(dict):
    """Routes whose answers were changed behind their length: it is stated anew."""

    def __init__(self, routes):
        super().__init__()
        self.routes = routes

    def get(self, path, default=None):
        raw = self.routes.get(path)
        head, _, body = raw.partition(b"\r\n\r\n")
        return re.sub(rb"(?i)content-length: \d+", b"Content-Length: %d" % len(body), head) + b"\r\n\r\n" + body


async def test_a_shared_portal_gives_each_agency_its_own_rows():
    rule = long_list(
        lambda n: f"/dv?trang={n}",
        r"/dv\?trang=(\d+)",
        last=15,
        total=300,
        head="<td>Cơ quan thực hiện</td>",
        cells=lambda number: f"<td>{WRITTEN[number % 6][1]}</td>",
    )
    readings, _, asked = await audit(Portal(rule), agencies=AGENCIES)
    wanted = {code: sum(WRITTEN[n % 6][0] == code for n in range(1, 301)) for code in AGENCIES}
    assert {code: readings["total", code].value for code in AGENCIES} == wanted
    assert {readings["total", code].facts["unattributed"] for code in AGENCIES} == {100}
    assert "Công an tỉnh" in " ".join(readings["total", "so-vhtt"].facts["unattributed_rows"])
    assert all(readings["contradictions", code].facts["opened"] >= 5 for code in AGENCIES)
    assert len([path for path in asked if "chi-tiet" in path]) == 60


async def test_forms_that_do_not_download_are_found_out_and_nothing_is_submitted():
    rule = long_list(lambda n: f"/dv?page={n}", r"/dv\?page=(\d+)", last=2, total=40)
    readings, _, asked = await audit(Portal(rule, forms=False))
    assert readings["forms", None].value == 0
    assert readings["contradictions", None].value > 0
    assert {entry["how"] for entry in readings["contradictions", None].facts["contradicted"]} == {"no_form"}
    assert not [path for path in asked if path.startswith("/nop")]


async def test_the_same_site_and_year_open_the_same_services():
    rule = long_list(lambda n: f"/dv?page={n}", r"/dv\?page=(\d+)", last=10, total=200)
    one, two = [(await audit(Portal(rule)))[2] for _ in range(2)]
    assert sorted(path for path in one if "chi-tiet" in path) == sorted(path for path in two if "chi-tiet" in path)


BUTTON = "<script>document.body.insertAdjacentHTML('beforeend', '<a href=/nop>Nộp hồ sơ trực tuyến</a>')</script>"
IDLE = "<script>document.body.insertAdjacentHTML('beforeend', '<p>Hôm nay biển lặng</p>')</script>"


@pytest.mark.parametrize(("script", "contradicted"), [(BUTTON, 0), (IDLE, 20)], ids=["brings", "does not"])
async def test_a_browser_looks_for_the_way_in_before_a_level_is_contradicted(script, contradicted):
    def rule(path):
        return html(table(range(3, 83, 4))) if path == "/dv" else None

    class Scripted(Portal):
        def get(self, path, default=None):
            if found := re.fullmatch(r"/dv/chi-tiet\?ma=(\d+)", path):
                words = "Trình tự thực hiện: chuẩn bị giấy tờ, đến bến lấy phiếu rồi chờ ngày hẹn đã ghi trên phiếu"
                return html(f"<h1>Cấp giấy phép cho bến thuyền thứ {found[1]}</h1><p>{words}</p>{script}")
            return super().get(path, default)

    server = Server(Scripted(rule))
    site = Site(url=f"http://{HOST}/", roles=(SiteRole.SERVICES,), agencies=("so-vhtt",))
    served = (Agency(code="so-vhtt", name="Sở Văn hóa và Thể thao", name_en="", group="1"),)
    with serve(server):
        async with opened({f"{HOST}:80": f"127.0.0.1:{server.port}"}, pages=40) as visit:
            seen = await look(site, Doors(visit.door, visit, CrawlLimits(pages=60, requests=300, page=Limits(seconds=10))))
    without = replace(seen, pages=tuple(replace(page, rendered=None) for page in seen.pages))
    for whole, expected in ((seen, contradicted), (without, 0)):
        judged = PROBE.assess(whole, known(site=site, agencies=served, vocabulary=VOCABULARY, document=parser()))
        counts = {reading.measure: reading for reading in judged}
        assert counts["services.contradictions"].value == expected, counts["services.contradictions"]
    assert "/nop" not in server.asked
