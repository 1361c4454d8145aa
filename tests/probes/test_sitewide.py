"""The site-wide measures, part by part: whatever a site sends is an outcome, and nobody is accused for a word."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from browsing import shown
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from knowing import NOW, chain, exchange, translated
from littlesite import LittleSite, vocabulary

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Exchange
from auditor.model.reading import Measured, fits
from auditor.model.visit import Cause
from auditor.sdk.charset import Decoded
from auditor.sdk.html import Document, parser
from auditor.sdk.probe import Known
from probes.content.labels import Labels
from probes.crawl import CrawledPage, CrawlSeen
from probes.crawling.extras import Asked, Extras, Sampled
from probes.crawling.searching import Way, address_of, find_search
from probes.crawling.units import in_fixed_order, units_of
from probes.site import notes
from probes.site.markup import Hidden, fields
from probes.site.spam import Spam, tree_of_host
from probes.site.unicode import Writing, writing_of
from probes.sitewide import PROBE, assess

URL = "https://so.test/"
HTML = "Content-Type: text/html"


def knowing(**given):
    site = Site(url=URL, roles=(SiteRole.PORTAL,), agencies=("so",))
    return Known(**{"captured_at": NOW, "site": site, "agencies": (), "vocabulary": vocabulary(), "document": parser(), **given})


def document(html):
    return Document(exchange(body=html))


def test_every_sentence_has_its_vietnamese():
    assert translated("sitewide", notes) == []


# Whatever comes


PIECES = [
    b"<a href='https://hi88.test/'>Hi88</a>", b"<form action=/tim><input name=q placeholder='T\xc3\xacm ki\xe1\xba\xbfm'>", b"<div style='display:none'>",
    b"<script>if(document.referrer.indexOf('google'))location.href='http://x.test/'</script>", b"<meta name=description content=x>",
    b"<script type='application/ld+json'>{\"author\":[[[{}]]]}</script>", b"<a href='javascript:print()'>In</a>", b"\xff\xfe", b"\x00", b"<style>.a{",
    b"<a href='https://tinnhiemmang.vn/handle_cert?id=[x'>", b"<a href='http://[::1'>", b"<p>02/11/2026</p>", b"<a href='/tin/1'>Th\xe1\xba\xa3 l\xc6\xb0\xe1\xbb\x9bi m\xc3\xb9a c\xc3\xa1</a>",
    b"<meta http-equiv=refresh content='0;url=//hi88.test'>", b"<table><tr><td>", b"Nh\xc3\xa0 c\xc3\xa1i uy t\xc3\xadn", b"&#x0;&#xD800;",
]  # fmt: skip
BODIES = st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
STATUS = st.sampled_from([200, 200, 200, 404, 403, 500, 302])


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(BODIES, BODIES, BODIES, BODIES, STATUS, st.text(min_size=1, max_size=12))
@example(b"".join(PIECES), b"".join(PIECES), b"".join(PIECES), b"".join(PIECES), 200, "Hi88")
def test_any_bytes_end_as_one_fitting_reading_of_each_measure(front, page, found, referred, status, words):
    home = exchange(HTML, "Location: http://[x", body=front, status=200)
    pages = (
        CrawledPage(
            url=f"{URL}tin/1", chain=chain(exchange(HTML, url=f"{URL}tin/1", body=page, status=status)), clicks=1, found_on=URL
        ),
    )
    answer = chain(exchange(HTML, "Location: //hi88.test", url=f"{URL}tim?q=x", body=found, status=status))
    asked = Asked(page=URL, url=f"{URL}tim?q=x", headline=words, target=f"{URL}tin/1", words=words, chain=answer, bare=answer)
    link = Sampled(url="http://[::1", label=words, found_on=URL, head=answer)
    extras = Extras(
        referred=chain(exchange(HTML, "Location: http://]", body=referred, status=status)), search=asked, links=(link,)
    )
    readings = assess(CrawlSeen(front=chain(home), pages=pages, extras=extras), knowing())
    assert [reading.measure for reading in readings] == [measure.id for measure in PROBE.measures]
    kinds = {measure.id: measure for measure in PROBE.measures}
    assert not [r for r in readings if isinstance(r, Measured) and fits(kinds[r.measure], r.value)]
    json.dumps([dict(reading.facts) for reading in readings])
    assert all(len(json.dumps(dict(reading.facts))) < 100_000 for reading in readings)


@pytest.mark.parametrize(
    "markup",
    [
        "<style>" + ".a," * 60_000,
        "<style>" + "{" * 120_000,
        "<p style='" + "left:-" * 20_000 + "'>x<a href='https://a.test/'>casino</a>",
        "<script>" + "location.href =" * 20_000 + "</script>",
        "<script>" + "document.referrer google " * 10_000 + "</script>",
        "<a href='/" + "print-" * 20_000 + "'>x</a>" + "<a onclick='" + "print" * 20_000 + "'>x</a>",
        "<title>" + "hi88 " * 40_000 + "</title>",
        "<script type='application/ld+json'>" + "[" * 90_000 + "</script>",
        "<script type='application/ld+json'>" + '{"a":' * 30_000 + "</script>",
        "<div>" * 30_000 + "<a href='https://hi88.test/'>x</a>",
        "".join(f"<a href='https://hi88.test/{n}'>nhà cái uy tín {n}</a>" for n in range(4_000)),
    ],
    ids=range(11),
)
@pytest.mark.timeout(20)
def test_no_pattern_runs_away(markup):
    body = f"<!doctype html><body>location print {markup}"
    front = chain(exchange(body=body))
    page = CrawledPage(url=f"{URL}tin", chain=chain(exchange(url=f"{URL}tin", body=body)), clicks=1, found_on=URL)
    readings = assess(CrawlSeen(front=front, pages=(page,), extras=Extras(referred=front)), knowing())
    assert len(readings) == len(PROBE.measures)
    tree = document(body).parse()
    fields(tree)
    Hidden(tree).links(URL)


def test_two_assessments_are_the_same():
    case = {"menu": {"Tin tức": "/tin"}, "pages": {"/": "<a href='https://hi88.test/'>x</a>", "/tin": "<p>Tin</p>"}}
    site = LittleSite(case)
    assert assess(site.seen(), site.known()) == assess(site.seen(), site.known())


def test_every_reading_has_evidence_and_a_fault_has_its_passage():
    around = "".join(f"<a href='/chuyen/{n}'>Góc {n}</a>" for n in "abcde")
    front = f"<p>Chào bạn đến chơi.</p><a href='https://hi88.test/'>Hi88</a><a href='/mat'>Góc cũ</a>{around}"
    site = LittleSite({"pages": {"/": front, "/mat": 404}})
    readings = {reading.measure: reading for reading in assess(site.seen(), site.known())}
    assert all(reading.evidence for reading in readings.values())
    assert readings["portal.injected_links"].evidence[0].passage == "Hi88"
    assert "Góc cũ" in {proof.passage for proof in readings["portal.broken_links"].evidence}
    assert readings["portal.broken_links"].facts["broken_links"] == [
        {
            "url": "https://sothu.khanhhoa.test/mat",
            "label": "Góc cũ",
            "found_on": "https://sothu.khanhhoa.test/",
            "why": "http_404",
        }
    ]


def test_a_page_that_fails_after_which_the_site_answers_again_is_broken():
    front = Chain(hops=(exchange(body="<p>Chào bạn.</p>" + "".join(f"<a href='/{n}'>Góc {n}</a>" for n in range(6))),))
    silent = Exchange(url=f"{URL}0", cause=Cause.TIMEOUT, at=NOW)
    later = [exchange(url=f"{URL}{n}", body=f"<p>Góc {n}</p>", at=NOW + timedelta(seconds=n)) for n in range(1, 6)]
    failed = CrawledPage(
        url=f"{URL}0", chain=Chain(hops=(silent,), confirmed=(silent,), cause=Cause.AMBIGUOUS), clicks=1, found_on=URL
    )
    pages = (failed, *(CrawledPage(url=one.url, chain=chain(one), clicks=1, found_on=URL) for one in later))
    readings = {reading.measure: reading for reading in assess(CrawlSeen(front=front, pages=pages), knowing())}
    assert readings["portal.broken_links"].value == Decimal("0.1667")
    readings = {reading.measure: reading for reading in assess(CrawlSeen(front=front, pages=(failed,)), knowing())}
    assert readings["portal.broken_links"].cause is Cause.AMBIGUOUS


def test_what_a_browser_showed_is_judged_and_its_letters_are_those_that_were_sent():
    sent = exchange(
        HTML, body="<body><div id=app></div><script src=a.js></script>Tr\xecnh b\xe0y \xe0 \xea v\xe0 \xf4".encode("latin-1") * 3
    )
    html = "<p>Chào bạn đến chơi nhà.</p><a href='https://hi88.test/'>Hi88</a>" + "".join(
        f"<a href='/{n}'>Góc {n}</a>" for n in range(9)
    )
    readings = {r.measure: r for r in assess(CrawlSeen(front=chain(sent), rendered=shown(URL, html)), knowing())}
    assert readings["portal.injected_links"].value == 1
    assert readings["portal.unicode"].value is False


# Who is accused


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("hi88.com", True), ("dangnhaphi88.com", True), ("hi88-vip.net", True), ("link-fun88.top", True), ("nhacaiuytin.org", True),
        ("nha-cai-mau-88.example", True), ("tai-xiu-mau.example", True), ("keonhacai5.tv", True), ("m88vn.com", True), ("kubet77.app", True),
        ("phimsexhay.net", True), ("vaytiennhanh24h.vn", True), ("w88.com", True), ("sunwin20.club", True),
        ("khanhhoa.gov.vn", False), ("socialists.org", False), ("specialist.vn", False), ("sunwindows.vn", False), ("thomocviet.vn", False),
        ("xosokhanhhoa.com.vn", False), ("vnexpress.net", False), ("coronacasino.vn", False), ("nohuongtra.vn", False), ("bongda.com", False),
        ("12better.com", False), ("debetter.vn", False), ("cado.vn", False), ("sexologist.edu", False), ("danhbaiviet.vn", False),
    ],
)  # fmt: skip
def test_a_host_is_known_by_its_words_alone(host, found):
    assert bool(Spam(vocabulary(), frozenset()).of_host(host)) is found


@pytest.mark.parametrize(
    ("label", "sells"),
    [
        ("Nhà cái uy tín số 1", True), ("nha cai uy tin", True), ("Hi88", True), ("Soi kèo bóng đá hôm nay", True), ("Game nổ hũ đổi thưởng", True),
        ("Vay tiền nhanh online", True), ("Bắt nhóm cá độ qua nhà cái Hi88", False), ("Cảnh báo nổ hũ đổi thưởng", False),
        ("Phòng chống cờ bạc", False), ("Xổ số kiến thiết", False), ("Quyết định về kinh doanh casino", False), ("Chiến thắng B52", False),
        ("Vay vốn ngân hàng chính sách", False), ("Kết quả bóng đá", False), ("Công an triệt phá đường dây lô đề online", False),
    ],
)  # fmt: skip
def test_a_label_sells_or_tells(label, sells):
    assert bool(Spam(vocabulary(), frozenset()).sells(label)) is sells


@pytest.mark.parametrize(
    ("host", "tree"),
    [
        ("www.a.b.com.vn", "b.com.vn"),
        ("a.khanhhoa.gov.vn", "khanhhoa.gov.vn"),
        ("a.b.vn", "b.vn"),
        ("hi88.com", "hi88.com"),
        ("vn", "vn"),
        ("", ""),
    ],
)
def test_a_host_belongs_to_whoever_registered_it(host, tree):
    assert tree_of_host(host) == tree


@pytest.mark.parametrize(
    ("style", "hides"),
    [
        ("display:none", True), ("position:absolute; left:-9999px", True), ("font-size:0", True), ("font-size: 1px;", True), ("text-indent:-5000px", True),
        ("height:0;overflow:hidden", True), ("opacity:0", True), ("visibility : hidden", True),
        ("font-size:1em", False), ("line-height:1", False), ("opacity:0.8", False), ("height:100px", False), ("margin-left:-15px", False),
        ("border-width:1px", False), ("color:#000", False), ("max-width:100%", False),
    ],
)  # fmt: skip
def test_what_hides_a_link(style, hides):
    by_style = document(f"<div style='{style}'><p><a href='https://a.test/'>x</a></p></div>")
    by_rule = document(
        f"<style>@media all{{p{{}} .k, b{{{style}}} }}</style><div class='u k'><a href='https://a.test/'>x</a></div>"
    )
    for page in (by_style, by_rule):
        assert bool(Hidden(page.parse()).links(URL)) is hides


# The parts


@pytest.mark.parametrize(
    ("given", "plain", "writing"),
    [
        ({"encoding": "utf-8", "declared": "utf-8", "valid": True}, False, Writing.UNICODE),
        ({"encoding": "utf-8", "declared": "cp1252", "valid": False}, False, Writing.UNICODE),
        ({"encoding": "utf-16-le", "declared": "utf-16-le", "valid": True}, False, Writing.UNICODE),
        ({"encoding": "cp1252", "declared": "cp1252", "valid": True}, False, Writing.LEGACY),
        ({"encoding": "cp1258", "declared": None, "valid": False}, False, Writing.LEGACY),
        ({"encoding": "cp1252", "declared": "cp1252", "valid": True}, True, Writing.UNICODE),
        ({"encoding": "cp1252", "declared": "utf-8", "valid": False}, False, Writing.UNTRUE),
        ({"encoding": "utf-8", "declared": "utf-8", "valid": True, "legacy": "vni"}, False, Writing.LEGACY),
        ({"encoding": "utf-8", "declared": "utf-8", "valid": False, "text": "a" * 400 + "\ufffd"}, False, Writing.UNICODE),
        ({"encoding": "utf-8", "declared": "utf-8", "valid": False, "text": "a" * 100 + "\ufffd"}, False, Writing.UNTRUE),
    ],
)
def test_how_a_page_is_written(given, plain, writing):
    assert writing_of(Decoded(**{"text": "Sở", **given}), plain=plain) is writing


def test_a_place_of_the_template_that_leads_elsewhere_from_every_page_is_one_unit():
    def page(folder):
        body = "<div><a href='lien-he'>Liên hệ</a><a href='/tin'>Tin</a><a href='/x?'>Ảnh</a></div>"
        return Document(exchange(url=f"{URL}{folder}/a", body=body))

    units = units_of([page("a"), page("b"), page("c"), page("d")])
    assert [len(unit.places) for unit in units] == [4, 1, 1]
    assert [next(iter(unit.places.values())).label for unit in units] == ["Liên hệ", "Tin", "Ảnh"]


def test_the_order_of_a_sample_hangs_on_the_seed_alone():
    units = units_of([document("".join(f"<a href='/{n}'>Góc {n}</a>" for n in range(30)))])
    first = [unit.key for unit in in_fixed_order(units, "so.test 2026")]
    assert first == [unit.key for unit in in_fixed_order(units[::-1], "so.test 2026")]
    assert first != [unit.key for unit in in_fixed_order(units, "so.test 2027")]


@pytest.mark.parametrize(
    ("forms", "way", "field"),
    [
        ("<form action=/tim><input name=q></form>", Way.SENDS, "q"),
        ("<form method=post><input name=q></form><form action=/tim><input name=tu title='Tìm kiếm'></form>", Way.SENDS, "tu"),
        ("<form action=/loc><input name=a><input name=b title='Tìm kiếm'></form>", Way.SENDS, "b"),
        ("<form style='display:none' action=/an><input name=q></form><form action=/tim><input name=s></form>", Way.SENDS, "s"),
        ("<form action=https://cse.google.com/cse><input name=q></form>", Way.ELSEWHERE, "q"),
        ("<form action=/tim method=dialog><input name=q></form>", Way.SCRIPT, "q"),
        ("<form action=/gui><input name=ten></form>", None, ""),
    ],
)
def test_the_search_that_can_best_be_used_is_found(forms, way, field):
    found = find_search([document(forms)], Labels(vocabulary()), URL)
    assert (found and found.way, found.field if found else "") == (way, field)


@pytest.mark.parametrize(
    ("form", "charset", "address"),
    [
        ("<form action='/tim?a=1#x'><input name=q></form>", "utf-8", "tim?q=c%C3%A1+c%C6%A1m"),
        ("<form><input name=q><input type=hidden name=b value='1&2'></form>", "utf-8", "?q=c%C3%A1+c%C6%A1m&b=1%262"),
        ("<form action=/tim><input name=q></form>", "cp1252", "tim?q=c%E1+c%26%23417%3Bm"),
        ("<form action=/tim accept-charset='UTF-8 x'><input name=q></form>", "cp1252", "tim?q=c%C3%A1+c%C6%A1m"),
        ("<form action=/tim><input name=q></form>", "no such charset", "tim?q=c%C3%A1+c%C6%A1m"),
        ("<form action=/tim><input name=q><button name=go value=1>Tìm</button><button name=no>x</button></form>", "utf-8", "tim?q=c%C3%A1+c%C6%A1m&go=1"),
        ("<form action=/tim><input name=q><button>Tìm</button><button name=no value=1>x</button></form>", "utf-8", "tim?q=c%C3%A1+c%C6%A1m"),
        ("<form action=/tim><input name=q><textarea name=t>a\nb</textarea><input type=radio name=r value=1><input type=radio name=r value=2 checked></form>", "utf-8", "tim?q=c%C3%A1+c%C6%A1m&t=a%0Ab&r=2"),
        ("<form action=/tim><input name=q><select name=s></select><select name=o><option value=''>Tất cả</option></select><input type=file name=f></form>", "utf-8", "tim?q=c%C3%A1+c%C6%A1m&s=&o="),
    ],
)  # fmt: skip
def test_words_go_out_as_a_browser_would_send_them(form, charset, address):
    search = find_search([document(form)], Labels(vocabulary()), URL)
    assert address_of(search, "cá cơm", charset) == f"{URL}{address}"
