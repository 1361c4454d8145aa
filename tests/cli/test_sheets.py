"""The council's sheets and a preview, as a person asks for them."""

import hashlib
import re
from decimal import Decimal
from pathlib import Path

import pytest
from browser import chromium
from commands import auditor
from equations import checked, percent_of
from openpyxl import load_workbook

from auditor.app.parts import shipped_config

CODES = 14
EDITION = shipped_config() / "editions" / "qd-3061-2018.toml"


def fingerprint(folder):
    """Give every file's digest; a database that was only read may have touched its side files."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock")))
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def draft(folder, change):
    path = folder / "du-thao.toml"
    path.write_text(change(EDITION.read_text("utf-8")), "utf-8")
    return path


def renamed(text):
    """Give the edition with another criterion in place of 5.9, worth the same, so that its sums still hold."""
    assert text.count('id = "5.9"\n') == 1
    return text.replace('id = "5.9"\n', 'id = "5.99"\n')


def test_the_workbooks_show_what_json_tells(data):
    done = auditor("report", "--format", "xlsx", "--data", data, offline=True)
    assert done.code == 0, done.err
    path = Path(done.out.strip())
    sheets = sorted((path.parent / "co-quan").glob("*.xlsx"))
    assert (path.name, len(sheets)) == ("xep-hang.xlsx", CODES)
    document = auditor("rank", "--json", "--data", data).json
    book = load_workbook(path)
    shown = {row[1].value: row for sheet in book.worksheets[::2] for row in sheet.iter_rows() if row[1].value}
    for group in document["groups"]:
        for told in (*group["rows"], *group["unranked"]):
            row = shown[told["agency"]]
            assert [Decimal(str(row[at].value)) for at in (3, 4, 5)] == [
                Decimal(told[key]) for key in ("points", "possible", "pending")
            ]
            assert row[0].value == (told["rank"] if told["rank"] is not None else "–")


def test_the_documents_are_printed_without_a_network(data):
    chromium()
    done = auditor("report", "--format", "pdf", "--data", data, timeout=600)
    assert done.code == 0, done.err
    path = Path(done.out.strip())
    sheets = sorted((path.parent / "co-quan").glob("*.pdf"))
    assert (path.name, len(sheets)) == ("xep-hang.pdf", CODES)
    assert all(found.read_bytes().startswith(b"%PDF") for found in (path, *sheets))


def test_a_preview_of_the_same_edition_moves_nobody_and_writes_nothing(data):
    before = fingerprint(data)
    done = auditor("preview", "qd-3061-2018", "--data", data, offline=True)
    assert (done.code, done.err) == (0, "")
    assert "KHÔNG CƠ QUAN NÀO CÓ TỶ LỆ KHÁC" in done.out
    assert fingerprint(data) == before


def test_a_draft_is_read_from_its_path_and_compared(data, tmp_path):
    path = draft(tmp_path, lambda text: renamed(text).replace('id = "qd-3061-2018"', 'id = "du-thao"', 1))
    before = fingerprint(data)
    done = auditor("preview", path, "--json", "--data", data, offline=True)
    assert (done.code, done.err) == (0, "")
    assert {one["criterion"]: one["change"] for one in done.json["criteria"]}["5.9"] == "removed"
    assert {one["change"] for one in done.json["criteria"]} == {"added", "removed", "same"}
    assert (done.json["edition"]["edition"], done.json["against"]["edition"]) == ("du-thao", "qd-3061-2018")
    assert done.json["carried"] > 100
    assert fingerprint(data) == before
    text = auditor("preview", path, "--data", data).out
    assert "Tiêu chí bỏ: 5.9 Lịch công tác của lãnh đạo." in text
    assert "Tiêu chí thêm: 5.99 Lịch công tác của lãnh đạo." in text


def test_the_other_side_of_a_preview_may_be_named_too(data, tmp_path):
    path = draft(tmp_path, renamed)
    done = auditor("preview", "qd-3061-2018", "--against", path, "--json", "--data", data)
    assert {one["criterion"]: one["change"] for one in done.json["criteria"]}["5.9"] == "added"


def test_a_wrong_draft_is_refused_with_its_own_name_and_every_problem(data, tmp_path):
    path = draft(tmp_path, lambda text: text.replace('measure = "tls.days_left"', 'measure = "tls.day_left"'))
    done = auditor("preview", path, "--data", data)
    assert (done.code, done.out) == (2, "")
    assert f"{path}: criterion" in done.err
    assert 'no measure "tls.day_left" (did you mean "tls.days_left"?)' in done.err


@pytest.mark.parametrize("code", ["so-mau-y-te", "ban-mau-du-an"])
def test_an_explanation_of_the_demonstration_can_be_done_again(demonstrated, code):
    data, _ = demonstrated
    text = auditor("explain", code, "--data", data, offline=True).out
    told = auditor("explain", code, "--json", "--data", data).json["standing"]
    assert checked(text) > 30
    assert f"{percent_of(text):.10f}".startswith(told["percent"][:4])
    fixes = auditor("explain", code, "--fixes", "--data", data).out
    assert len(re.findall(r"^  \+", fixes, re.MULTILINE)) == len(told["fixes"])
