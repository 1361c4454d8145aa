"""The pages that are printed: the form of a document, the same numbers as JSON, and no text of a site as markup."""

import re
from dataclasses import replace

import pytest
from province import declaration
from reported import SCRIPT, make_source

from auditor.model.figures import comma
from auditor.model.letterhead import Letterhead
from reports.json import standing_json
from reports.printed import ranking_page, render_pdf, sheet_page
from reports.view import standing_of, standings

HEAD = Letterhead(superior="UBND TỈNH THỬ", body="HỘI ĐỒNG", symbol="BC-HĐ", place="Huế", capacity="TM. HỘI ĐỒNG", post="CHỦ TỊCH", signer="Nguyễn Văn A", recipients=("Các sở",))  # fmt: skip


@pytest.fixture(scope="module")
def whole(source):
    return replace(source, letterhead=HEAD)


def cells(page):
    return [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr.*?</tr>", page.decode(), re.DOTALL)]


def test_every_document_has_the_form_of_one(whole):
    for page in (ranking_page(whole).decode(), sheet_page(whole, standing_of(whole, "so-a")).decode()):
        for text in ("UBND TỈNH THỬ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số:        /BC-HĐ"):
            assert text in page
        assert "Huế, ngày      tháng      năm 20……" in page
        assert "size: A4 landscape; margin: 20mm 15mm 20mm 30mm" in page
        assert page.index("minh họa") < page.index('<table class="grid">')
        tail = page[page.index('<table class="sign"') :]
        assert [text in tail for text in ("Nơi nhận:", "- Các sở;", "TM. HỘI ĐỒNG", "CHỦ TỊCH", "Nguyễn Văn A")] == [True] * 5
        assert all(
            rule in page for rule in ("display: table-header-group", ".grid tr { break-inside: avoid; }", "break-inside: avoid")
        )


def test_an_ended_edition_says_so_before_the_first_table(ended):
    page = ranking_page(ended).decode()
    assert page.index("hết hiệu lực sau ngày 03/06/2020") < page.index('<table class="grid">')


def test_the_ranking_shows_every_standing_with_the_jsons_numbers(whole):
    rows = cells(ranking_page(whole))
    for standing in standings(whole):
        [row] = [row for row in rows if f"({standing.agency})" in row]
        told = standing_json(standing)
        assert all(
            comma(told[key]) in row
            for key in ("points", "possible", "pending", "percent", "low", "high")
            if told[key] is not None
        )
        if standing.rank is None:
            assert comma(told["reason"].rstrip(".")) in row


def test_a_sheet_has_a_line_a_criterion_with_its_scores(whole):
    standing = standing_of(whole, "so-a")
    rows = cells(sheet_page(whole, standing))
    for mark in standing.marks:
        assert [row for row in rows if re.search(rf"\s{mark.criterion} (Tiêu chí|Bảo mật)", row)]
    [second] = [row for row in rows if re.search(r"^\s*\S+\s+2 Tiêu chí 2", row)][:1]
    assert re.search(r"2 Tiêu chí 2\s+2,00\s+0,00\s+2,00\s+0,00", second)


def test_no_text_of_a_site_is_markup_or_a_wrong_link(whole):
    hostile = {("so-a", "1"): replace(declaration(True), evidence_link="javascript:alert(1)", note=SCRIPT)}
    page = sheet_page(replace(whole, declarations=hostile), standing_of(whole, "so-a")).decode()
    assert "<script" not in page
    assert "\u202e" not in page
    assert "javascript:alert(1)" in page
    assert all(re.match(r"https?://", link) for link in re.findall(r'href="([^"]*)"', page))
    assert "default-src 'none'" in page


def test_the_ranking_and_each_agency_have_a_file_and_the_printer_gets_the_rankings_time(whole, tmp_path):
    class Printer:
        def printed(self, pages, made_at):
            assert made_at == whole.ranking.as_of
            return ((name, b"%PDF " + body[:9]) for name, body in pages.items())

    path = render_pdf(whole, tmp_path, Printer(), ranking="xep-hang", sheets="co-quan")
    assert path == tmp_path / "xep-hang.pdf"
    files = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.pdf")}
    assert files == {"xep-hang.pdf", *(f"co-quan/so-{letter}.pdf" for letter in "abcd")}


def test_the_same_ranking_gives_the_same_pages(whole):
    again = replace(make_source(), letterhead=HEAD)
    assert ranking_page(whole) == ranking_page(again)
    assert sheet_page(whole, standing_of(whole, "so-b")) == sheet_page(again, standing_of(again, "so-b"))
