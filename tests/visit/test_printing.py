"""Pages of ours become PDF without a script, a network or another file, and the same page gives the same bytes."""

import re
import shutil
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import chromium

from auditor.clock import SystemClock
from auditor.errors import NotDone
from auditor.visit.doors.browser import chromium as launched
from auditor.visit.doors.browser.printing import ChromiumPrinter, dated

NOW = datetime(2019, 3, 1, 20, 5, 6, tzinfo=UTC)
STYLE = '@page { size: A4 landscape; margin: 20mm; @top-center { content: counter(page) } } @page :first { @top-center { content: "" } }'
pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="no pdftotext here (Debian: apt-get install poppler-utils)"
)


def printer():
    return ChromiumPrinter(chromium(), SystemClock())


def page(body):
    return f'<html lang="vi"><head><meta charset="utf-8"><title>Thử</title><style>{STYLE}</style></head><body>{body}</body></html>'.encode()


def text_of(pdf, folder, *, number):
    (folder / "x.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", "-f", str(number), "-l", str(number), folder / "x.pdf", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pdftotext
def test_pages_are_printed_in_their_order_with_their_letters_and_numbers(tmp_path):
    pages = {"một.pdf": page("Xếp hạng ẵ ễ ợ<p style='break-before:page'>trang hai"), "hai.pdf": page("khác")}
    found = dict(printer().printed(pages, NOW))
    assert list(found) == ["một.pdf", "hai.pdf"]
    first, second = (text_of(found["một.pdf"], tmp_path, number=number) for number in (1, 2))
    assert "Xếp hạng ẵ ễ ợ" in first
    assert (re.findall(r"^\s*\d+\s*$", first, re.MULTILINE), second.split()) == ([], ["2", "trang", "hai"])
    assert text_of(found["hai.pdf"], tmp_path, number=1).split() == ["khác"]
    assert re.search(rb"/MediaBox \[0 0 841\.\d+ 59\d\.\d+\]", found["một.pdf"])


@pdftotext
def test_no_script_runs_and_neither_the_network_nor_another_file_is_asked(tmp_path):
    secret = tmp_path / "secret.html"
    secret.write_text("BÍ MẬT", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        there = f"http://127.0.0.1:{server.getsockname()[1]}/"
        body = (
            f"trước<img src='{there}a.png'><link rel=stylesheet href='{there}b.css'><iframe src='{secret.as_uri()}'></iframe>"
            f"<object data='{secret.as_uri()}'></object><script>document.body.textContent = 'ĐÃ CHẠY'</script>"
            f"<meta http-equiv=refresh content='0;url={there}'>"
        )
        [(_, pdf)] = printer().printed({"x": page(body)}, NOW)
        with pytest.raises(TimeoutError):
            server.accept()
    told = text_of(pdf, tmp_path, number=1)
    assert "trước" in told
    assert "BÍ MẬT" not in told
    assert "ĐÃ CHẠY" not in told


def test_the_same_page_gives_the_same_bytes_and_bears_our_time():
    first, again = (dict(printer().printed({"x": page("như nhau")}, NOW))["x"] for _ in range(2))
    assert first == again
    assert re.findall(rb"/(?:CreationDate|ModDate) \(D:(\d+)", first) == [b"20190301200506"] * 2


def test_a_moment_takes_the_room_of_the_one_that_stood_there():
    before = b"<</CreationDate (D:20261127181528+00'00')\n/ModDate (D:20261127181528+07'00')>>"
    assert len(dated(before, NOW)) == len(before)
    assert b"2026" not in dated(before, NOW)


def test_without_a_chromium_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(launched, "find_executable", lambda _: "")
    with pytest.raises(NotDone, match=r"install chromium-headless-shell or chromium.*fonts-liberation"):
        list(ChromiumPrinter("", SystemClock()).printed({"x": page("")}, NOW))


def test_a_chromium_that_is_none_is_named(tmp_path):
    with pytest.raises(NotDone, match=r"no PDF can be made: .*nowhere cannot be run"):
        list(ChromiumPrinter(str(tmp_path / "nowhere"), SystemClock()).printed({"x": page("")}, NOW))


def test_nothing_of_the_browser_is_left(monkeypatch):
    kept = []
    real = launched.Chromium.launch

    async def launch(self):
        browser = await real(self)
        kept.append(self.pid)
        return browser

    monkeypatch.setattr(launched.Chromium, "launch", launch)
    list(printer().printed({"x": page("hết")}, NOW))
    assert kept[0] is not None
    assert not Path(f"/proc/{kept[0]}").exists() or Path(f"/proc/{kept[0]}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
