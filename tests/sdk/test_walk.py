"""What a list gave on one page is remembered for the next, and never shown where it would be wrong."""

from datetime import UTC, datetime

from auditor.model.evidence import Exchange, digest_of
from auditor.sdk.html import Document

AT = datetime(2026, 1, 5, tzinfo=UTC)
MENU = "<ul class=menu><li><a href=/gioi-thieu>Giới thiệu</a><li><a href={href}>{label}</a><li><img src=/anh.png alt=Ảnh></ul>"


def document(html, url="https://so.test/"):
    body = html.encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Document(Exchange(url=url, at=AT, status=200, headers=headers, body=body, digest=digest_of(body)))


def links(page):
    return [(link.url, link.label) for link in page.links]


def test_a_menu_that_comes_again_gives_the_same_links_blocks_and_images():
    menu = MENU.format(href="/tin-tuc", label="Tin tức")
    first, second = document(f"{menu}<p>một", "https://so.test/a/1"), document(f"{menu}<p>hai", "https://so.test/b/2")
    assert links(first) == links(second) == [("https://so.test/gioi-thieu", "Giới thiệu"), ("https://so.test/tin-tuc", "Tin tức")]
    assert second.blocks[:-1] == first.blocks[:-1]
    assert [block.text for block in second.blocks] == ["Giới thiệu", "Tin tức", "hai"]
    assert first.images == second.images == (("https://so.test/anh.png", "/body/ul.menu/li"),)


def test_a_menu_with_relative_links_leads_elsewhere_from_another_folder():
    menu = MENU.format(href="tin.html", label="Tin")
    for folder in ("a", "b", "a"):
        assert links(document(menu, f"https://so.test/{folder}/1.html"))[1] == (f"https://so.test/{folder}/tin.html", "Tin")


def test_a_menu_leads_to_the_site_it_stands_on():
    menu = MENU.format(href="//chung.test/x", label="Chung")
    for host in ("so-a.test", "so-b.test"):
        page = document(menu, f"https://{host}/")
        assert links(page) == [(f"https://{host}/gioi-thieu", "Giới thiệu"), ("https://chung.test/x", "Chung")]


def test_a_list_inside_a_list_keeps_what_the_outer_one_rests_on():
    menu = "<ul><li><a href=tin.html>Tin</a><ul><li><a href=/chung>Chung</a></ul></ul>"
    for folder in ("a", "b", "a", "b"):
        page = document(menu, f"https://so.test/{folder}/")
        assert [url for url, _ in links(page)] == [f"https://so.test/{folder}/tin.html", "https://so.test/chung"]


def test_the_same_list_elsewhere_on_a_page_has_its_own_place():
    menu = MENU.format(href="/x", label="X").replace(" class=menu", "")
    page = document(f"<div id=header>{menu}</div><div class=main>{menu}</div><div hidden>{menu}</div>")
    assert [(block.region, block.kind) for block in page.blocks[::2]] == [("header", "text"), ("", "text"), ("", "hidden")]
    assert len({block.path for block in page.blocks}) == 2
    assert len(page.images) == 2


def test_a_list_within_a_link_belongs_to_the_link():
    menu = MENU.format(href="/x", label="X")
    assert links(document(menu))[0] == ("https://so.test/gioi-thieu", "Giới thiệu")
    menu += "<ul><li>Chữ<li><img src=/anh.png></ul>"
    for _ in range(2):
        page = document(f"<div onclick=\"location.href='/khung'\">{menu}</div>")
        assert [url for url, _ in links(page)] == ["https://so.test/khung", "https://so.test/gioi-thieu", "https://so.test/x"]
        assert (page.links[0].label, page.links[0].image) == ("Chữ", True)


def test_rows_are_numbered_through_the_whole_page():
    table = "<ul><li><table><tr><td>a<td>b<tr><td>c<td>d</table></ul>"
    page = document(table + table)
    assert [block.row for block in page.blocks] == [1, 1, 2, 2, 3, 3, 4, 4]


def test_text_before_a_hidden_element_is_seen():
    page = document("<div>thấy<p hidden>giấu</p>cũng thấy</div>")
    assert [(block.text, block.kind) for block in page.blocks] == [("thấy", "text"), ("giấu", "hidden"), ("cũng thấy", "text")]


def test_a_page_of_many_nodes_is_read_as_far_as_the_limit_even_when_its_lists_are_known():
    known, unknown = "<ul>" + "<li>x" * 1_000 + "</ul>", "<div>" + "<p>x" * 1_000 + "</div>"
    document(known)
    blocks = len(document(known * 40).blocks)
    assert blocks == len(document(unknown * 40).blocks) < 30_000


def test_what_a_page_is_rarely_asked_for_is_read_again_from_its_markup():
    html = (
        "<html lang=VI><meta http-equiv=Refresh content='0; url=/moi'><link rel=alternate type=application/rss+xml href=/rss>"
        "<base href=/goc/><form action=tim><input name=q placeholder=Tìm></form><input title=lẻ><input type=password>"
    )
    page = document(html)
    assert (page.language, page.refresh, page.feeds) == ("vi", "https://so.test/moi", ("https://so.test/rss",))
    assert [(form.action, form.fields) for form in page.forms] == [("https://so.test/goc/tim", ("q",))]
    assert page.has_password
    assert page.loose_inputs == ("lẻ",)
