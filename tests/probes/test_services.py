"""Lists of services: levels in every spelling, rows of any make, paging, names of agencies; nothing raises, nothing counts twice."""

import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from littlesite import LittleSite

from auditor.model.agency import Agency
from auditor.model.evidence import Chain, Exchange, digest_of
from auditor.model.visit import Cause
from auditor.sdk.html import Document
from auditor.sdk.vocabulary import load_vocabulary
from probes.content.site import CrawledSite
from probes.services_list.agencies import Names
from probes.services_list.collection import Collection
from probes.services_list.controls import controls_of
from probes.services_list.detail import DetailReader
from probes.services_list.levels import Level, level_beside, level_of, names_only_level, without_level
from probes.services_list.pager import is_rearranged, pager_of, stated_total, turns_between
from probes.services_list.proving import downloads
from probes.services_list.rows import RowReader
from probes.services_list.sample import SAMPLE, SAMPLE_SHARED, draw, seed_of

VOCABULARY = load_vocabulary("probes")
READER = RowReader(VOCABULARY)
NOW = datetime(2026, 11, 20, 19, tzinfo=UTC)
URL = "https://so.test/dv"
NEXT = VOCABULARY.phrases["next_turn"]
NAMES = ("Cấp phép dựng rạp cưới ven đường", "Đổi giấy đăng ký thuyền nan", "Xin mượn sân đình làm hội", "Chuộc lại trâu đi lạc")


def document(html, url=URL):
    body = html if isinstance(html, bytes) else html.encode("utf-8", "replace")
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Document(Exchange(url=url, status=200, headers=headers, body=body, digest=digest_of(body), at=NOW))


def rows(html, url=URL, **least):
    page = document(html, url)
    return READER.rows(page, page.blocks, **least)


def levels(html):
    return [row.level for row in rows(html)]


# Levels


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Mức độ 3", Level.THREE), ("MỨC ĐỘ 4", Level.FOUR), ("mức độ: 2", Level.TWO), ("Mức 1", Level.ONE), ("DVC mức độ IV", Level.FOUR),
        ("Mức độ ba", Level.THREE), ("DVCTT mức 3", Level.THREE), ("3", Level.THREE), ("(II)", Level.TWO), ("TT", Level.FULL),
        ("Toàn trình", Level.FULL), ("DVC trực tuyến toàn trình", Level.FULL), ("TOÀN  TRÌNH", Level.FULL), ("Một phần", Level.PARTIAL),
        ("Dịch vụ công trực tuyến một phần", Level.PARTIAL), ("Còn lại", Level.INFORMATION), ("Cung cấp thông tin", Level.INFORMATION),
        ("", None), ("-", None), ("5", None), ("Mức độ", None), ("Mức độ 3, 4", None), ("mức 100.000 đồng", None), ("Cao", None),
    ],
)  # fmt: skip
def test_a_cell_of_a_level_column_is_read_in_every_spelling(text, level):
    assert level_of(text, column=True) is level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Một phần  Cấp lại giấy phép", Level.PARTIAL), ("[Toàn trình] Cấp giấy phép", Level.FULL), ("Cấp giấy phép (mức độ 4)", Level.FOUR),
        ("Cấp giấy phép - Mức độ 3", Level.THREE), ("Mức độ 3 - Cấp giấy phép", Level.THREE), ("Cấp giấy phép Toàn trình", Level.FULL),
        ("Cấp giấy phép | DVC trực tuyến một phần", Level.PARTIAL), ("MỨC ĐỘ 4: CẤP GIẤY PHÉP", Level.FOUR),
        ("Cấp giấy phép mức độ 3", Level.THREE), ("Chuyển nhượng một phần dự án", None), ("Thu hồi giấy phép toàn bộ hoặc một phần", None),
        ("Công nhận trường mầm non đạt chuẩn quốc gia mức độ 2", None), ("Khai thác nước dưới đất dưới 50 m3", None),
        ("Công nhận xã đạt chuẩn phổ cập giáo dục mức độ 3", None), ("Một phần đường ven biển đã thông xe", None), ("Cấp giấy phép", None),
        ("Mức độ 3, 4 của dịch vụ", None),
    ],
)  # fmt: skip
def test_a_level_beside_a_name_is_told_from_the_names_own_words(text, level):
    assert level_beside(text) is level


def test_a_name_is_the_same_with_its_level_and_without():
    assert without_level("Một phần  Cấp lại giấy phép") == without_level("Cấp lại giấy phép (Toàn trình)") == "cap lai giay phep"
    assert without_level("Chuyển nhượng một phần dự án") == "chuyen nhuong mot phan du an"


def test_only_a_text_that_says_nothing_else_is_a_badge():
    assert names_only_level("Dịch vụ công trực tuyến mức độ 3") is Level.THREE
    assert names_only_level("Mức độ 3 nguy hiểm của bão") is None
    assert names_only_level("3") is None
    assert names_only_level("Chỉ cung cấp thông tin") is Level.INFORMATION


# Rows


def test_a_table_is_read_though_its_cells_span_rows_and_columns():
    html = (
        "<table><tr><th>STT</th><th>Lĩnh vực</th><th>Tên thủ tục</th><th>Mức độ</th></tr>"
        f"<tr><td>1</td><td rowspan='2'>Bến</td><td>{NAMES[0]}</td><td>Mức độ 3</td></tr>"
        f"<tr><td>2</td><td>{NAMES[1]}</td><td>Mức độ 4</td></tr></table>"
    )
    assert [(row.name, row.level) for row in rows(html)] == [(NAMES[0], Level.THREE), (NAMES[1], Level.FOUR)]


def test_what_several_may_be_chosen_is_no_heading_unless_one_is_open():
    tabs = "<ul><li {}><a href='?m=3'>Mức độ 3</a></li><li {}><a href='?m=4'>Mức độ 4</a></li></ul>"
    table = f"<table><tr><th>Tên thủ tục</th><th>Cơ quan thực hiện</th></tr><tr><td>{NAMES[0]}</td><td>Sở A</td></tr><tr><td>{NAMES[1]}</td><td>Sở A</td></tr></table>"
    assert levels(tabs.format("", "") + table) == [None, None]
    assert levels(tabs.format("", "class='active'") + table) == [Level.FOUR, Level.FOUR]


def test_a_group_with_lesser_headings_inside_keeps_its_level():
    html = (
        f"<h2>Dịch vụ công mức độ 3</h2><h3>Bến bãi</h3><ul><li><a href='1'>{NAMES[0]}</a></li></ul>"
        f"<h3>Đình chùa</h3><ul><li><a href='2'>{NAMES[1]}</a></li></ul><h2>Liên kết trang ngoài</h2><ul><li><a href='3'>{NAMES[2]}</a></li></ul>"
    )
    assert [(row.name, row.level) for row in rows(html)] == [(NAMES[0], Level.THREE), (NAMES[1], Level.THREE)]


def test_a_page_filtered_by_its_address_tells_the_level_of_its_rows():
    table = f"<table><tr><th>Mã TTHC</th><th>Tên thủ tục</th></tr><tr><td>1.000111</td><td>{NAMES[0]}</td></tr><tr><td>1.000112</td><td>{NAMES[1]}</td></tr></table>"
    assert {row.level for row in rows(table, "https://so.test/dv?_x_mucDo=4")} == {Level.FOUR}
    assert {row.level for row in rows(table, "https://so.test/dich-vu-cong-muc-do-3")} == {Level.THREE}
    assert {row.level for row in rows(table)} == {None}


CELL = st.sampled_from(
    [*NAMES, "Mức độ 3", "mức độ 2", "Toàn trình", "Một phần", "1.000111.H32", "Sở Bến Bãi", "", "x", "Nộp hồ sơ"]
)
TAG = st.sampled_from(["table", "tr", "td", "th", "ul", "li", "div", "p", "h2", "h3", "a href='/1'", "a href='/2'", "dl", "dt", "dd", "span class='muc4'", "img src='/muc3.png'", "select", "option", "td colspan='99'", "td rowspan='9999'", "form", "button"])  # fmt: skip
HTML = st.lists(st.one_of(CELL, TAG.map(lambda tag: f"<{tag}>"), TAG.map(lambda tag: f"</{tag.split()[0]}>")), max_size=60).map(
    "".join
)


@given(HTML)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_markup_makes_reading_rows_raise(html):
    page = document(html)
    found = READER.rows(page, page.blocks, least=1)
    assert all(row.name and row.page == URL for row in found)
    pager = pager_of(page, [url for row in found for url in row.links], NEXT)
    assert len(turns_between(pager.turns)) <= 1000 * max(len({turn.group for turn in pager.turns}), 1)
    DetailReader(VOCABULARY, frozenset()).read(page, NAMES[0], page.blocks)
    stated_total(page, 1)


@given(st.binary(max_size=3000))
@settings(max_examples=100, deadline=None)
def test_no_bytes_make_reading_rows_raise(body):
    page = document(body)
    rows = READER.rows(page, page.blocks, least=1)
    assert all(row.name for row in rows)
    assert len({(row.key, row.executing, row.url) for row in rows}) <= len(rows)
    controls_of(page)


LISTED = st.lists(
    st.tuples(st.sampled_from(["", "1.000111", "1.000112", "1.000113"]), st.sampled_from(NAMES), st.sampled_from(["Mức độ 2", "Mức độ 4", ""])),
    min_size=2,
    max_size=12,
)  # fmt: skip


@given(st.lists(LISTED, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_no_service_counts_twice_however_often_it_is_listed(lists):
    def table(listed):
        lines = "".join(f"<tr><td>{code}</td><td>{name}</td><td>{level}</td></tr>" for code, name, level in listed)
        return f"<table><tr><th>Mã TTHC</th><th>Tên thủ tục</th><th>Mức độ</th></tr>{lines}</table>"

    links = "".join(f"<a href='/dv{n}'>Dịch vụ công {n}</a>" for n in range(len(lists)))
    pages = {"/": f"<p>Chào.</p>{links}", **{f"/dv{n}": table(listed) for n, listed in enumerate(lists)}}
    site = LittleSite({"pages": pages})
    found = Collection(CrawledSite(site.seen(), site.known())).rows
    coded = Counter(row.code for row in found if row.code)
    plain = Counter(row.key for row in found if not row.code)
    assert not [code for code, times in coded.items() if times > 1]
    assert not [name for name, times in plain.items() if times > 1]


# Paging


@pytest.mark.parametrize(
    ("html", "url", "count", "last"),
    [
        ("<a href='?page=2'>2</a><a href='?page=3'>3</a> … <a href='?page=92'>92</a>", URL, 91, f"{URL}?page=92"),
        ("<a href='?trang=2'>»</a>", URL, 1, f"{URL}?trang=2"),
        ("<a href='?start=20'>2</a><a href='?start=40'>3</a><a href='?start=1820'>92</a>", URL, 91, f"{URL}?start=1820"),
        ("<a href='/dv/trang-2.html'>Trang sau</a>", URL, 1, f"{URL}/trang-2.html"),
        ("<a href='/dv/page/2'>2</a><a href='/dv/page/5'>5</a>", f"{URL}/page/1", 4, f"{URL}/page/5"),
        ("<span>1</span> <a href='/dv/page/2/'>2</a>", f"{URL}/", 1, f"{URL}/page/2/"),
        ("<a href='?_x_WAR_cur=2&_x_WAR_delta=20'>Tiếp</a>", URL, 1, f"{URL}?_x_WAR_cur=2&_x_WAR_delta=20"),
        ("<a href='?Paged=TRUE&amp;p_ID=15'><img src='/next.gif' alt='Trang sau'></a>", URL, 1, f"{URL}?Paged=TRUE&p_ID=15"),
        (
            "<a href='#' onclick='javascript:RefreshPageTo(event, \"/dv.aspx?Paged=TRUE\\u0026p_ID=10\");'><img src='/n.gif' alt='Tiếp'></a>",
            URL, 1, f"{URL}.aspx?Paged=TRUE&p_ID=10",
        ),
        ("<a href='?Paged=TRUE&amp;PagedPrev=TRUE&amp;p_ID=15'>‹</a>", URL, 0, None),
        ("<a href='?tin=7'>Bà con vá lưới</a><a href='/lien-he'>Liên hệ</a>", URL, 0, None),
        ("<a href='?page=1'>« Trước</a>", f"{URL}?page=2", 0, None),
        ("<a href='https://khac.test/dv?page=2'>2</a>", URL, 0, None),
    ],
)  # fmt: skip
def test_a_pager_is_known_in_every_spelling(html, url, count, last):
    turns = turns_between(pager_of(document(html, url), (), NEXT).turns)
    assert (len(turns), turns[-1].url if turns else None) == (count, last)


def test_a_pager_that_only_a_script_turns_is_said_to_be_one():
    html = "<ul><li><a href='#'>1</a></li><li><a href='javascript:t(2)'>2</a></li><li><a onclick='t(3)'>3</a></li></ul>"
    assert pager_of(document(html), (), NEXT).scripted
    assert not pager_of(document("<a href='#'>5</a><a href='?page=2'>2</a>"), (), NEXT).scripted


@pytest.mark.parametrize(
    "html",
    [
        "<form><input type='hidden' name='l' value='3'><button name='PageIndex' value='2'>2</button></form>",
        "<form action='/dv'><select name='trang'><option>1</option><option>2</option><option>3</option></select></form>",
    ],
)
def test_a_pager_that_is_a_form_is_not_sent_and_is_said_to_be_one(html):
    pager = pager_of(document(html), (), NEXT)
    assert (pager.turns, pager.scripted) == ((), True)
    assert not pager_of(document("<form><input name='q'><button>Tìm</button></form>"), (), NEXT).scripted


def test_another_order_or_size_of_a_list_is_told_from_its_pages():
    assert is_rearranged(f"{URL}?sort=ten", [URL])
    assert is_rearranged(f"{URL}?page=2&pageSize=50", [f"{URL}?page=2"])
    assert not is_rearranged(f"{URL}?page=2", [URL])
    assert not is_rearranged("https://so.test/tin?sort=ten", [URL])


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Tổng số: 1.830 bản ghi", 1830), ("Hiển thị 1 - 20 / 1830 bản ghi", 1830), ("Tìm thấy 1830 kết quả", 1830),
        ("Tổng số dịch vụ công: 77", 77), ("Trang 1/92 - Tổng số: 1830", 1830), ("Tổng số truy cập: 123456", None),
        ("Tổng số: 1.234.567", None), ("Có 3 thủ tục", None), ("Thời hạn 1830 ngày", None),
    ],
)  # fmt: skip
def test_how_many_a_list_says_it_has_is_told_from_other_numbers(text, total):
    assert stated_total(document(f"<p>{text}</p>"), 20) == total


# Agencies


AGENCIES = {
    "vhtt": "Sở Văn hóa và Thể thao", "dl": "Sở Du lịch", "tttt": "Sở Thông tin và Truyền thông", "nn": "Sở Nông nghiệp và Phát triển nông thôn",
    "ld": "Sở Lao động - Thương binh và Xã hội", "vn": "Ủy ban nhân dân huyện Vạn Ninh", "bql": "Ban Quản lý Khu kinh tế Vân Phong",
    "nv": "Sở Nội vụ", "vp": "Văn phòng Ủy ban nhân dân tỉnh", "ub": "Ủy ban nhân dân tỉnh",
}  # fmt: skip
KNOWN = Names([Agency(code=code, name=name, name_en="", group="1") for code, name in AGENCIES.items()], VOCABULARY)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Sở Văn hóa, Thể thao và Du lịch - tỉnh Gia Lai, Sở Văn hóa và Thể thao", ["vhtt"]), ("Sở VHTT", ["vhtt"]), ("Sở VH&TT", ["vhtt"]),
        ("Sở TT&TT", ["tttt"]), ("STTTT", ["tttt"]), ("Sở Thông tin và Truyền thông tỉnh Khánh Hòa", ["tttt"]), ("Sở NN&PTNT", ["nn"]),
        ("Sở Nông nghiệp và PTNT", ["nn"]), ("Chi cục Thú y - Sở NN và PTNT", ["nn"]), ("Sở LĐ-TB&XH", ["ld"]), ("UBND huyện Vạn Ninh", ["vn"]),
        ("BQL KKT Vân Phong", ["bql"]), ("Ban QL Khu kinh tế Vân Phong", ["bql"]), ("SỞ NỘI VỤ", ["nv"]), ("Văn phòng UBND tỉnh", ["vp"]),
        ("Sở Du lịch, Sở Nội vụ", ["dl", "nv"]), ("Sở Du lịch; Sở TT&TT", ["dl", "tttt"]), ("Công an tỉnh", []), ("Sở VHTTDL", []), ("", []),
        ("UBND cấp huyện", []),
    ],
)  # fmt: skip
def test_an_agency_is_known_by_any_of_its_names(text, codes):
    assert KNOWN.named(text) == codes


# The sample, and forms


def listed(count, agency=lambda number: ""):
    lines = "".join(
        f"<tr><td><a href='/dv/{n}'>Cấp giấy cho bến thứ {n}</a></td><td>Mức độ 3</td><td>{agency(n)}</td></tr>"
        for n in range(count)
    )
    return rows(f"<table><tr><th>Tên thủ tục</th><th>Mức độ</th><th>Cơ quan</th></tr>{lines}</table>")


def test_the_sample_is_the_same_for_a_site_and_year_whatever_the_order_and_moves_little_with_the_list():
    many, seed = listed(300), seed_of("https://so.test/", 2026)
    first = {row.url for row in draw(many, seed)}
    assert len(first) == SAMPLE
    assert {row.url for row in draw(reversed(many), seed)} == first
    assert len(first & {row.url for row in draw(many[:-3], seed)}) >= SAMPLE - 3
    assert {row.url for row in draw(many, seed_of("https://so.test/", 2027))} != first


def test_each_agency_of_a_shared_list_has_its_part_of_the_sample():
    drawn = draw(listed(300, lambda n: "Sở Bến" if n % 30 == 0 else "Sở Bãi"), "seed")
    assert len(drawn) == SAMPLE_SHARED
    assert sum(row.executing == "Sở Bến" for row in drawn) == 10


def answered(body=b"x" * 99, status=200, kind="application/msword", cause=None):
    exchange = Exchange(
        url=URL, status=status, headers=(("Content-Type", kind),), body=body, digest=digest_of(body), at=NOW, cause=cause
    )
    return Chain(hops=(exchange,), cause=cause)


def test_a_form_downloads_when_it_is_a_file_with_something_in_it():
    assert downloads(answered()) is True
    assert downloads(answered(status=206)) is True
    assert downloads(answered(cause=Cause.TOO_LARGE)) is True
    assert downloads(answered(kind="text/html; charset=utf-8")) is False
    assert downloads(answered(b"<html>no</html>" * 9, kind="application/octet-stream")) is False
    assert downloads(answered(b"")) is False
    assert downloads(answered(status=404)) is False
    assert downloads(answered(status=403)) is None
    assert downloads(answered(cause=Cause.ROBOTS, status=None)) is None
    assert downloads(None) is None


# Worst cases


@pytest.mark.parametrize(
    "text",
    [
        "mức độ " * 30_000, "dịch vụ công trực tuyến " * 9_000, "(" * 60_000, "1.000111" * 9_000, "tổng số " * 9_000, "tổng số: 1" + "1." * 30_000,
        "A" + " & A" * 30_000, "sở " * 30_000, "Sở " + "T&" * 40_000, "- " * 60_000, "trang 1" + " " * 60_000 + "x", "đăng nhập " * 9_000,
        "<p>" * 30_000, "&lt;" * 30_000, "I. " * 30_000, "một phần " * 30_000, "a:" * 60_000, "sở a tỉnh " * 20_000,
    ],
)  # fmt: skip
def test_text_written_to_be_slow_is_read_as_fast_as_any(text):
    begun = time.process_time()
    level_of(text, column=True), level_beside(text), names_only_level(text), without_level(text), KNOWN.named(text)
    html = f"<h2>Dịch vụ công mức độ 3</h2><table><tr><th>Tên thủ tục</th><th>Mức độ</th></tr><tr><td>{text}</td><td>{text}</td></tr></table><a href='/?{text[:300]}'>{text}</a>"
    page = document(html)
    READER.rows(page, page.blocks, least=1)
    pager_of(page, (), NEXT)
    stated_total(page, 1)
    DetailReader(VOCABULARY, frozenset()).read(page, NAMES[0], page.blocks)
    assert time.process_time() - begun < 5


def test_a_list_of_thousands_of_rows_and_links_is_read_in_time_that_grows_with_it():
    def seconds(count):
        begun = time.process_time()
        entries = "".join(f"<li><a href='/dv/{n}'>Cấp giấy cho bến thuyền thứ {n}</a> <b>Mức độ 3</b></li>" for n in range(count))
        assert len(rows(f"<ul>{entries}</ul>")) == count
        return time.process_time() - begun

    seconds(10)
    assert seconds(2_000) < 16 * max(seconds(250), 0.05)


def test_a_page_of_thousands_of_lists_made_alike_is_read_in_time_that_grows_with_it():
    """Each list was once looked through for each link of all the others: two thousand took more than a minute."""
    line = "<ul class='x'><li><a href='/d/{0}'>Cấp giấy phép số {0} cho bến thuyền mức độ 3</a></li><li>Thủ tục bến số {0} mức độ 4</li></ul>"
    page = document("<h1>Dịch vụ công mức độ 3</h1>" + "".join(line.format(number) for number in range(2_000)), URL)
    begun = time.monotonic()
    assert len(RowReader(VOCABULARY).rows(page, page.blocks)) == 4_000
    assert time.monotonic() - begun < 20
