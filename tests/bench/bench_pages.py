"""What is measured on: a real portal's pages where they are at hand, else a few hundred made from a seed.

The real ones are data only: they are unpacked beside the project and never become a part of it. Which of them are asked for is
what the crawl asks for, recorded beforehand, so that every contender does the same work.
"""

import json
import mimetypes
import os
import random
import tarfile
from functools import cache
from pathlib import Path
from urllib.parse import unquote

__all__ = ["ASKED", "FOLDER", "SHARED", "answers", "asked", "html", "unpack"]

SHARED = Path(__file__).parents[3] / "shared" / "portals" / "sotttt-hanoi.tar.xz"
FOLDER = "AUDITOR_BENCH_PAGES"
"""The variable that names the folder of the unpacked pages; not set where they are made."""
ASKED = "asked.json"
_ROOT = "sotttt-hanoi"
PAGES = 240
WORDS = (
    "thông", "tin", "điện", "tử", "công", "khai", "báo", "cáo", "kế", "hoạch", "chỉ", "đạo", "điều", "hành", "văn", "bản", "thủ",
    "tục", "hành", "chính", "người", "dân", "doanh", "nghiệp", "cơ", "quan",
)  # fmt: skip
MENU = (
    "Giới thiệu", "Cơ cấu tổ chức", "Chức năng nhiệm vụ", "Lãnh đạo", "Danh bạ điện thoại", "Tin tức sự kiện", "Chỉ đạo điều hành",
    "Khen thưởng, xử phạt", "Lịch công tác", "Lịch tiếp công dân", "Phổ biến pháp luật", "Chiến lược, quy hoạch", "Văn bản pháp quy",
    "Dự án đầu tư", "Lấy ý kiến dự thảo", "Đề tài khoa học", "Thống kê", "Hỏi đáp", "Góp ý", "Thủ tục hành chính", "Đường dây nóng",
    "Người phát ngôn", "Công khai ngân sách", "Dịch vụ công", "Liên hệ", "Sơ đồ cổng",
)  # fmt: skip


def unpack(folder):
    """Unpack the real pages into a temporary folder."""
    with tarfile.open(SHARED) as packed:
        packed.extractall(folder, filter="data")


@cache
def answers():
    """Give the body and type of every address that the site has."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return {path: (page(number), "text/html; charset=utf-8") for number, path in enumerate(_made())}
    root = Path(folder) / _ROOT
    found = {}
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        path, kind = f"/{file.relative_to(root).as_posix()}", mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        found[path] = file.read_bytes(), kind
        if file.name == "index.html":
            found[path.removesuffix("index.html")] = found[path]
    return found


@cache
def asked():
    """Give the paths that the crawl asks for, in its order: also those that a real portal's copy has lost."""
    folder = os.environ.get(FOLDER)
    return json.loads((Path(folder) / ASKED).read_text()) if folder else _made()


def body_of(path):
    """Give the page at a path; None where there is none."""
    body, kind = answers().get(unquote(path.partition("?")[0]), (b"", ""))
    return body if kind.startswith("text/html") else None


def html():
    """Give path and body of every page among those asked for."""
    return [(path, body) for path in asked() if (body := body_of(path)) is not None]


def _made():
    """Give the made pages' paths, the lists first."""
    return ["/", *(f"/muc-{i}.html" for i in range(len(MENU))), *(f"/tin-{i}.html" for i in range(PAGES - len(MENU)))]


def page(number):
    """Give one page: menu, side column, footer, and a list or a text of its own."""
    chance = random.Random(number)
    menu = "".join(f'<li><a href="/muc-{i}.html">{name}</a></li>' for i, name in enumerate(MENU))
    side = "".join(
        f'<li><a href="/lien-ket-{i}.html" title="Liên kết {i}"><img src="/i/{i}.png" alt=""></a></li>' for i in range(20)
    )
    if number < len(MENU):
        rows = "".join(
            f'<div class="tin"><a href="/tin-{(number * 7 + i) % PAGES}.html">{sentence(chance, 14)}</a>'
            f"<span>{1 + i % 28:02d}/{1 + number % 12:02d}/2025</span></div>"
            for i in range(20)
        )
        title = MENU[number]
    else:
        rows = "".join(f"<p>{sentence(chance, 60)}.</p>" for _ in range(12))
        title = sentence(chance, 10).capitalize()
    body = (
        f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>{title}</title></head><body>"
        f'<div id="header"><ul class="menu">{menu}</ul></div><div class="main"><h1>{title}</h1>{rows}</div>'
        f'<div class="side"><h3>Liên kết website</h3><ul>{side}</ul></div>'
        '<div class="footer"><p>Địa chỉ: 01 Đường Mẫu. Điện thoại: (0258) 3822 000. Email: mau@khanhhoa.test</p></div></body></html>'
    )
    return body.encode()


def sentence(chance, words):
    return " ".join(chance.choice(WORDS) for _ in range(words))
