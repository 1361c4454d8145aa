"""Pages, their templates, their encodings, and what is no page at all."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.evidence import Exchange, digest_of
from auditor.model.visit import Cause
from auditor.sdk.boilerplate import Template
from auditor.sdk.charset import decode
from auditor.sdk.html import Document, page_of, parser
from auditor.sdk.outcome import cause_of
from auditor.sdk.urls import canonical, is_trap, same_site

AT = datetime(2026, 1, 5, tzinfo=UTC)


def page(html, url="https://so.test/", status=200, headers=(("Content-Type", "text/html; charset=utf-8"),)):
    body = html if isinstance(html, bytes) else html.encode()
    return Exchange(url=url, at=AT, status=status, headers=headers, body=body, digest=digest_of(body))


def test_links_are_found_however_they_are_made():
    document = Document(
        page(
            "<body><a href=/hoi-ap.html?a=1&amp;b=2>Hỏi đáp</a><a href='/lanh-ao-so.html'><img alt='' src='/i/ld.png'></a>"
            "<div onclick=\"window.open('/lich.html')\">Lịch</div><p onclick=\"mo('so-do.aspx?id=1')\">Sơ đồ</p>"
            "<b onclick=\"doi('/anh/1.jpg')\">đổi ảnh</b><b onclick=\"chon('gio', 3)\">chọn</b><b onclick=\"BinhChon('/binhchon.aspx?id=3')\">bỏ phiếu</b><a href='#'>không</a><a href='javascript:void(0)'>x</a>"
            "<select><option value='https://lien-ket.test/'>Bạn</option></select></body>"
        )
    )
    assert [(link.url, link.label) for link in document.links] == [
        ("https://so.test/hoi-ap.html?a=1&b=2", "Hỏi đáp"),
        ("https://so.test/lanh-ao-so.html", ""),
        ("https://so.test/lich.html", "Lịch"),
        ("https://so.test/so-do.aspx?id=1", "Sơ đồ"),
        ("https://lien-ket.test/", "Bạn"),
    ]
    assert document.links[1].file == "https://so.test/i/ld.png"


@pytest.mark.parametrize(
    ("inside", "label"),
    [
        ("<span>Lịch</span> <span>tiếp dân</span>", "Lịch tiếp dân"),
        ("<div>Lịch</div><div>công tác</div>", "Lịch công tác"),
        ("\n <i></i>\n Tin <b>tức</b>\n", "Tin tức"),
        ("Góp<br>ý", "Góp ý"),
        ("<b>H</b>ỏi đáp", "Hỏi đáp"),
    ],
)
def test_a_label_has_the_words_that_a_person_reads(inside, label):
    assert [link.label for link in Document(page(f"<body><a href=/x>{inside}</a></body>")).links] == [label]


def test_hidden_text_is_known_as_hidden():
    document = Document(page("<p>thấy</p><div style='display: none'><p>giấu</p></div>"))
    assert [(block.text, block.kind) for block in document.blocks] == [("thấy", "text"), ("giấu", "hidden")]


@given(st.binary(max_size=400))
def test_no_bytes_make_a_page_raise(body):
    document = Document(page(b"<html><body><table><tr><td>" + body))
    assert document.blocks is document.blocks
    assert document.title == document.title.strip()


def test_a_page_is_parsed_once():
    document = parser()
    assert document(page("<p>a")) is document(page("<p>a"))


def test_what_repeats_is_the_template_and_a_clock_is_no_entry():
    clock = "<div class=gio>Thứ Hai, 05/01/2026 {time}</div><ul><li><a href=/menu>Trang chủ</a></ul><p>{text}</p><footer>Địa chỉ: 1 Trần Phú</footer>"
    documents = [
        Document(
            page(clock.format(time=f"0{n}:30", text=f"Bài viết riêng số {n} ngày 0{n}/12/2025"), f"https://so.test/{n}.html")
        )
        for n in range(1, 7)
    ]
    template = Template(documents)
    assert [block.text for block in template.own(documents[2])] == ["Bài viết riêng số 3 ngày 03/12/2025"]
    assert template.own_links(documents[2]) == []


@pytest.mark.parametrize("day", ["{} Tháng Một, 2026", "Ngày {} tháng 1 năm 2026", "{}/01/2026"])
def test_the_days_of_lists_made_alike_are_no_template(day):
    pages = [
        Document(
            page(
                f"<body><main><h2>Mục {n}</h2><div>Bài số {n}</div><p>{day.format(n + 1)}</p></main></body>",
                f"https://so.test/m{n}.html",
            )
        )
        for n in range(12)
    ]
    assert day.format(4) in [block.text for block in Template(pages).own(pages[3])]


def test_pages_of_one_endless_shape_do_not_become_the_template():
    documents = [Document(page(f"<p>Trang {n}</p><p>riêng {n}</p>", f"https://so.test/{chr(97 + n)}.html")) for n in range(8)]
    documents += [Document(page(f"<p>Lịch công tác tuần này</p><p>{n}</p>", f"https://so.test/lich?tuan={n}")) for n in range(60)]
    assert "Lịch công tác tuần này" in [block.text for block in Template(documents).own(documents[-1])]


@pytest.mark.parametrize(
    ("body", "content_type", "text", "valid"),
    [
        ("Cổng thông tin".encode(), "text/html; charset=utf-8", "Cổng thông tin", True),
        ("<meta charset=utf-8>Cổng".encode(), None, "<meta charset=utf-8>Cổng", True),
        ("Sở Y tế".encode("utf-16"), None, "Sở Y tế", True),
        ("Sở Y tế".encode(), "text/html; charset=windows-1252", "Sở Y tế", False),
    ],
)
def test_bytes_become_text_by_what_the_page_says(body, content_type, text, valid):
    decoded = decode(body, content_type)
    assert (decoded.text, decoded.valid) == (text, valid)


def test_utf8_that_is_declared_and_not_true_is_said():
    decoded = decode("Sở Thông tin".encode("cp1258", errors="ignore") + b"\xff\xfe\xe0\xe1", "text/html; charset=utf-8")
    assert not decoded.valid
    assert decoded.declared == "utf-8"


@pytest.mark.parametrize(
    ("status", "html", "cause"),
    [
        (200, "<title>Trang chủ</title><p>Tin tức", None),
        (404, "không có", Cause.HTTP_4XX),
        (403, "Forbidden", Cause.BLOCKED),
        (401, "", Cause.BLOCKED),
        (429, "", Cause.RATE_LIMITED),
        (502, "", Cause.HTTP_5XX),
        (200, "<title>Just a moment...</title>", Cause.CHALLENGE),
        (403, "<script src=/cdn-cgi/challenge-platform/x.js></script>", Cause.CHALLENGE),
        (200, "<h1>Hệ thống đang được bảo trì, mời quay lại sau</h1>", Cause.HTTP_5XX),
        (200, "<p>Thông báo: website sẽ tạm dừng để bảo trì</p>" + "<a href=/x>Tin</a>" * 20, None),
    ],
)
def test_an_answer_is_classified_before_it_is_read(status, html, cause):
    assert cause_of(page(html, status=status)) == cause


def test_addresses_have_one_spelling():
    assert canonical("HTTPS://So.Test:443/a%7Eb#x") == canonical("https://so.test/a~b")
    assert canonical("https://so.test/x?p=1&a=2#noi-dung") == canonical("https://so.test/x?a=2&p=1")
    assert same_site("http://www.so.test/a", "https://so.test/b")
    assert not same_site("https://so.test/", "https://soo.test/")


def test_an_endless_tree_is_known_by_its_address():
    assert is_trap("https://so.test/en/vi/en/vi/en/vi/")
    assert not is_trap("https://so.test/web/guest/tin-tuc/-/view_content/12-bai")


def kept(body, number, kind="text/html; charset=utf-8"):
    url = f"https://so.test/{number}"
    return Exchange(url=url, status=200, headers=(("Content-Type", kind),), body=body, digest=digest_of(body), at=AT)


def test_a_page_is_parsed_once_for_those_who_ask_soon():
    exchange = kept(b"<p>once</p>", 1)
    assert page_of(exchange) is page_of(exchange)
    assert page_of(kept(b"<p>once</p>", 2)).url == "https://so.test/2"


def test_the_same_bytes_under_another_charset_are_another_page():
    body = "<p>đúng</p>".encode()
    found = [page_of(kept(body, 3, f"text/html; charset={name}")).decoded.declared for name in ("utf-8", "windows-1258")]
    assert found == ["utf-8", "cp1258"]


def test_pages_that_were_parsed_do_not_fill_the_memory():
    first = kept(b"<p>first</p>", 4)
    before = page_of(first)
    heavy = b"<p>x</p>" + b" " * 1024 * 1024
    for number in range(60):
        page_of(kept(heavy + b"%d" % number, 100 + number))
    assert page_of(first) is not before


def test_more_pages_than_a_crawl_has_are_forgotten():
    first = kept(b"<p>first of many</p>", 5)
    before = page_of(first)
    for number in range(1_100):
        page_of(kept(b"<p>%d</p>" % number, 1_000 + number))
    assert page_of(first) is not before


def test_a_template_that_learns_page_by_page_is_the_one_learnt_at_once():
    pages = [
        Document(page(f"<ul><li><a href=/a>Menu</a></ul><p>{n % 7}</p><p>chung {n % 2}</p>", f"https://so.test/{n}"))
        for n in range(12)
    ]
    growing = Template()
    for number, one in enumerate(pages):
        growing.own(pages[0])
        growing.learn(one)
        whole = Template(pages[: number + 1])
        assert [growing.own(p) for p in pages] == [whole.own(p) for p in pages]
        assert [growing.own_links(p) for p in pages] == [whole.own_links(p) for p in pages]


def test_the_same_bytes_are_judged_with_their_own_status_and_headers():
    html = "<title>x</title><p>Some words"
    assert cause_of(page(html)) is None
    assert cause_of(page(html, status=404)) is Cause.HTTP_4XX
    assert cause_of(page(html, headers=(("CF-Mitigated", "challenge"),))) is Cause.CHALLENGE
    assert cause_of(page(html)) is None
