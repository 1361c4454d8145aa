"""Vietnamese text from before Unicode."""

import time
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.evidence import Exchange
from auditor.sdk.charset import decode
from auditor.sdk.html import Document
from auditor.sdk.legacy import from_legacy

TCVN3 = "Giíi thiÖu chung vÒ Së - C¬ cÊu tæ chøc - §­êng d©y nãng - Th«ng tin c¸c ho¹t ®éng cña ngµnh"
VNI = "Giôùi thieäu chung veà Sôû - Cô caáu toå chöùc - Ñöôøng daây noùng - Thoâng tin caùc hoaït ñoäng cuûa ngaønh"
MEANT = "Giới thiệu chung về Sở - Cơ cấu tổ chức - Đường dây nóng - Thông tin các hoạt động của ngành"


@pytest.mark.parametrize(("written", "kind"), [(TCVN3, "tcvn3"), (VNI, "vni")])
@pytest.mark.parametrize(
    "header", ["text/html", "text/html; charset=iso-8859-1", "text/html; charset=utf-8", "text/html; charset=windows-1252"]
)
def test_legacy_letters_in_bytes_become_unicode_whatever_is_declared(written, kind, header):
    decoded = decode(f"<html><body><p>{written}</p></body></html>".encode("cp1252"), header)
    assert MEANT in decoded.text
    assert decoded.legacy == kind
    assert decoded.valid is ("utf-8" not in header and "charset" in header)


@pytest.mark.parametrize(("written", "kind"), [(TCVN3, "tcvn3"), (VNI, "vni")])
def test_legacy_letters_pasted_into_a_page_of_utf8_become_unicode_and_the_rest_stays(written, kind):
    page = f"<h1>Trang thông tin điện tử</h1><p>Thông tin</p><p>{written}</p><p>Chào bạn, kính chào</p>"
    decoded = decode(page.encode(), "text/html; charset=utf-8")
    assert decoded.text == page.replace(written, MEANT)
    assert decoded.legacy == kind


@pytest.mark.parametrize(("written", "kind"), [(TCVN3, "tcvn3"), (VNI, "vni")])
def test_legacy_letters_in_entities_become_unicode(written, kind):
    entities = "".join(char if char.isascii() else f"&#{ord(char)};" for char in written)
    text, found = from_legacy(f"<p>{entities}</p>")
    assert (text, found) == (f"<p>{MEANT}</p>", kind)


def test_a_page_reads_legacy_letters_in_its_title_links_and_blocks():
    body = f"<title>C¬ cÊu tæ chøc</title><ul><li><a href='/a'>§­êng d©y nãng</a></ul><p>{TCVN3}</p>".encode("cp1252")
    page = Document(Exchange(url="https://a.test/", status=200, body=body, at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert (page.title, page.links[0].label) == ("Cơ cấu tổ chức", "Đường dây nóng")
    assert MEANT in page.text()


@pytest.mark.parametrize(
    "page",
    [
        "<p>L'été à la française : où l'œuvre déçoit, naïve, garçon, forêt, Noël, façade, élève, maïs, Ça, sûreté, ambiguë</p>",
        "<p>Grüße aus Österreich: schöne Übung, größere Straße, Mädchen, König, Bär, für, Tür, Öl, süß, Fußgänger, Äpfel</p>",
        "<p>El niño español comió piña, año, mañana, señor, cigüeña, pingüino, ¿qué?, ¡así!, corazón, canción, también</p>",
        "<p>Chào mừng «quý khách» đến với trang của chúng tôi ® © ™ ½ ¼ ¾ µm ±5° ×2 ÷3</p>" * 3,
        "<p>Thông báo: nhà hàng, bánh mì, phòng, công, trong, không, làm, là, và, bà, cô, chú, hè, lá, mà, ô tô, xà phòng</p>"
        * 3,
    ],
)
def test_other_languages_and_unicode_stay_as_they_are(page):
    assert from_legacy(page) == (page, "")


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=400))
def test_any_western_text_is_read_without_harm_to_its_markup(text):
    found, _ = from_legacy(f"<p title=a>{escape(text)}</p><br>")
    assert found.startswith("<p title=a>")
    assert found.endswith("</p><br>")


@pytest.mark.parametrize(
    "hostile", [">" * 300_000, "&#184;" * 100_000, ">" + "µ" * 300_000, ">a&b" * 100_000, "><" + "¸x" * 200_000]
)
def test_no_text_is_slow_to_judge(hostile):
    begun = time.process_time()
    from_legacy(hostile)
    assert time.process_time() - begun < 5


def test_the_words_of_buttons_and_pictures_become_unicode_and_other_attributes_stay():
    page = f"<p>{TCVN3}</p><form action='/t\u00d7m'><input type=submit value='T\u00d7m kiÕm'><img alt=\"S¬ ®å tæ chøc\" src='/t\u00d7m.gif'></form>"
    text = decode(page.encode(), "text/html; charset=utf-8").text
    assert "value='Tìm kiếm'" in text
    assert 'alt="Sơ đồ tổ chức"' in text
    assert text.count("t\u00d7m") == 2
