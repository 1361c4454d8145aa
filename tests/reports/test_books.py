"""The council's workbooks: complete, the same numbers as JSON, and no text of a site does anything in them."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from province import declaration
from reported import SCRIPT, make_case, make_source

from auditor.editions.workbook import write_book
from auditor.judge import judge
from auditor.model.letterhead import Letterhead
from reports.agency_book import agency_book
from reports.json import standing_json
from reports.ranking_book import ranking_book
from reports.view import standing_of, standings

HEAD = Letterhead(
    superior="UBND TỈNH THỬ", body="HỘI ĐỒNG", symbol="BC-HĐ", place="Nha Trang", capacity="TM. HỘI ĐỒNG", post="CHỦ TỊCH",
    signer="Nguyễn Văn A", recipients=("Các sở",),
)  # fmt: skip
EVIL = ("javascript:alert(1)", "=HYPERLINK(1)", 'https://x.test/"><script>', "\\\\evil\\share")


def opened(book):
    return load_workbook(io.BytesIO(write_book(book)))


def texts(sheet):
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def rows_of(sheet):
    """Give the rows below the columns' names as texts and numbers, by those names."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(place for place, row in enumerate(rows) if row[0] in {"Hạng", "STT"})
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]


@pytest.fixture(scope="module")
def whole(source):
    return replace(source, letterhead=HEAD)


def test_the_ranking_shows_every_standing_with_the_jsons_numbers(whole):
    sheet = opened(ranking_book(whole))["1. Sở"]
    found = {row["Mã"]: row for row in rows_of(sheet) if row["Mã"]}
    for standing in standings(whole):
        told, row = standing_json(standing), found[standing.agency]
        wanted = {"Điểm đạt": "points", "Tối đa": "possible", "Chưa xác định": "pending", "Tỷ lệ (%)": "percent"}
        wanted |= {"Thấp nhất (%)": "low", "Cao nhất (%)": "high"}
        for column, key in wanted.items():
            assert (row[column] == "–") if told[key] is None else (Decimal(str(row[column])) == Decimal(told[key])), (
                column,
                told[key],
            )
        assert row["Hạng"] == (standing.rank or "–")
        assert row["Xếp loại"] == (standing.class_name or "–")
        if standing.rank is None:
            assert told["reason"].split()[0] in row["Ghi chú"]
    assert "Đồng hạng." in {row["Ghi chú"] for row in found.values()}
    assert any(re.fullmatch(r"\d+–\d+", str(row["Hạng có thể"])) for row in found.values())


def test_an_agencys_sheet_has_three_scores_a_reason_and_proofs_for_every_criterion(whole):
    standing = standing_of(whole, "so-a")
    rows = [
        row
        for row in rows_of(opened(agency_book(whole, standing))["Phiếu kết quả"])
        if re.fullmatch(r"\d+ .*", str(row["Nội dung, tiêu chí"]))
    ]
    assert [row["Nội dung, tiêu chí"].split()[0] for row in rows] == [
        mark.criterion for area in standing.areas for mark in standing.marks if mark.area == area.area
    ]
    assert [int(row["STT"]) for row in rows] == list(range(1, len(standing.marks) + 1))
    by_id = {row["Nội dung, tiêu chí"].split()[0]: row for row in rows}
    second, fourth, seventh = by_id["2"], by_id["4"], by_id["7"]
    assert (second["Điểm tối đa"], second["Điểm tự chấm"], second["Điểm đo được"], second["Điểm thẩm định"]) == (2, 0, 2, 0)
    assert "khác nhau" in second["Ghi chú"]
    assert (fourth["Điểm tự chấm"], fourth["Điểm đo được"], fourth["Điểm thẩm định"]) == (2, "–", 2)
    assert seventh["Điểm thẩm định"] == "không áp dụng"
    assert by_id["5"]["Điểm thẩm định"] == "chưa xác định"
    assert "Có thể từ" in by_id["5"]["Ghi chú"]
    assert all(row["Cách xác định điểm"] and row["Bằng chứng"] for row in rows)


def test_every_document_has_its_head_its_notices_and_its_signature(whole):
    book = opened(ranking_book(whole))
    sheets = [opened(agency_book(whole, standing_of(whole, "so-a")))["Phiếu kết quả"], book["1. Sở"]]
    for sheet in sheets:
        found = texts(sheet)
        assert found[:4] == ["UBND TỈNH THỬ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "HỘI ĐỒNG", "Độc lập - Tự do - Hạnh phúc"]
        assert "Số:        /BC-HĐ" in found
        assert "Nha Trang, ngày      tháng      năm 20……" in found
        assert any("minh họa" in text for text in found[:12])
        assert found[-6:] == ["Nơi nhận:", "TM. HỘI ĐỒNG", "- Các sở;", "CHỦ TỊCH", "- Lưu: VT.", "Nguyễn Văn A"]
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_title_rows


def test_an_ended_edition_says_so_on_the_first_page(ended):
    assert any("hết hiệu lực sau ngày 03/06/2020" in text for text in texts(opened(ranking_book(ended))["1. Sở"])[:14])


def test_no_text_of_a_site_or_an_agency_does_anything(whole):
    hostile = {("so-a", str(n)): replace(declaration(True), evidence_link=link, note="=1+1") for n, link in enumerate(EVIL, 1)}
    book = agency_book(replace(whole, declarations=hostile), standing_of(whole, "so-a"))
    raw = write_book(book)
    with ZipFile(io.BytesIO(raw)) as package:
        for name in package.namelist():
            body = package.read(name)
            assert b"<f>" not in body
            assert b"<f " not in body
            assert not (name.endswith(".rels") and b"javascript:" in body)
            assert not name.startswith(("xl/externalLinks", "xl/vba"))
    for sheet in load_workbook(io.BytesIO(raw)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}
                assert not isinstance(cell.value, str) or "\u202e" not in cell.value
                if cell.hyperlink:
                    assert re.match(r"https?://[^\s\"<>\\]+$", cell.hyperlink.target)
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix
    shown = "\n".join(texts(load_workbook(io.BytesIO(raw))["Phiếu kết quả"]))
    assert "=Sở A <script>" in shown
    assert "javascript:alert(1)" in shown
    assert SCRIPT in shown


def test_the_fixes_and_the_arithmetic_have_tabs_of_their_own(whole):
    book = opened(agency_book(whole, standing_of(whole, "so-b")))
    fixes = rows_of(book["Việc nên làm"])
    assert [Decimal(str(row["Được thêm (điểm)"])) for row in fixes] == [round(fix.points, 2) for fix in whole.fixes["so-b"]]
    assert {row["Xếp loại khi đó"] for row in fixes} <= {"Tốt", "Khá", "Yếu", "–"}
    assert any("Tỷ lệ = " in text for text in texts(book["Phép tính"]))


def test_the_same_ranking_gives_the_same_bytes(whole):
    again = replace(make_source(), letterhead=HEAD)
    assert write_book(ranking_book(whole)) == write_book(ranking_book(again))
    assert write_book(agency_book(whole, standing_of(whole, "so-a"))) == write_book(
        agency_book(again, standing_of(again, "so-a"))
    )


def test_groups_of_one_name_and_of_forbidden_letters_have_tabs(whole):
    asked = make_case()
    group = asked.registry.groups[0]
    title = "Sở [ban]: ngành / và 'các' đơn vị sự nghiệp"
    place = replace(asked.registry, groups=tuple(replace(group, id=found.id, title=title) for found in asked.registry.groups))
    names = opened(ranking_book(replace(whole, registry=place, ranking=judge(replace(asked, registry=place))))).sheetnames
    assert len(set(names)) == 4
    assert all(len(name) <= 31 for name in names)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here (CI installs it)")
def test_libreoffice_opens_and_prints_them_without_a_word(whole, tmp_path):
    (tmp_path / "xep-hang.xlsx").write_bytes(write_book(ranking_book(whole)))
    (tmp_path / "so-a.xlsx").write_bytes(write_book(agency_book(whole, standing_of(whole, "so-a"))))
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "pdf",
        "--outdir",
        tmp_path,
    ]
    done = subprocess.run(
        [*command, tmp_path / "xep-hang.xlsx", tmp_path / "so-a.xlsx"], capture_output=True, text=True, timeout=300, check=True
    )
    said = [
        line for line in done.stderr.splitlines() if "javaldx" not in line
    ]  # LibreOffice's own word for a machine without Java
    assert said == []
    assert (tmp_path / "xep-hang.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "so-a.pdf").read_bytes().startswith(b"%PDF")
