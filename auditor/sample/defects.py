"""Planted defects that are no pages: refusals, floods, traps and what intruders leave behind."""

import re
import zlib
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache
from urllib.parse import parse_qs

import anyio

from auditor.sample.page import Block, Link, Page
from auditor.sample.plan import SitePlan
from auditor.sample.web import Answer

__all__ = ["BIG", "BOMB", "CHALLENGE", "GAMBLING", "INSECURE", "PDF", "PIXEL", "big", "bomb", "endless", "grown", "links"]

BIG, BOMB = "/tai-lieu/anh-tu-lieu", "/tai-lieu/ban-so-hoa"
_MONTHS, _FOLDERS = "/theo-thang", "/duyet/"
_BIG_BYTES = 30 * 1024 * 1024
_BOMB_BLOCKS = 64
_BLOCK = 1024 * 1024
_PART = 64 * 1024
_DRIP_SECONDS = 0.5

PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
GAMBLING = (
    Link(label="nổ hũ đổi thưởng nhà cái mẫu 88", href="https://nha-cai-mau-88.example/"),
    Link(label="soi cầu xổ số tài xỉu online", href="https://tai-xiu-mau.example/dang-ky"),
)
INSECURE = (
    "http://anh.tinh-mau.example/bieu-tuong-1.png",
    "http://anh.tinh-mau.example/bieu-tuong-2.png",
    "http://dem.tinh-mau.example/dem.js",
)
CHALLENGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow"></head>
<body><div class="main-wrapper"><h1>Checking your browser</h1><noscript>Enable JavaScript and cookies to continue</noscript></div>
<script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};var a=document.createElement('script');
a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1';document.head.appendChild(a);})();</script></body></html>
"""


def links(site: SitePlan) -> Iterable[tuple[str, str]]:
    """Give the labels and addresses by which a visitor comes upon a site's floods and traps."""
    known = {
        "big": ("Tải trọn bộ ảnh tư liệu", BIG),
        "bomb": ("Xem bản số hóa toàn văn", BOMB),
        "calendar_trap": ("Xem theo từng tháng", f"{_MONTHS}?nam=2026&thang=1"),
        "path_trap": ("Duyệt theo thư mục", _FOLDERS),
    }
    return [known[name] for name in site.extras if name in known]


def grown(site: SitePlan, path: str, query: str) -> Page | None:
    """Give a page of an endless tree, where the site has one: months without end, or folders within themselves."""
    if path == _MONTHS and "calendar_trap" in site.extras:
        asked = parse_qs(query)
        year, month = (int(_digits(asked.get(name, [""])[0])) for name in ("nam", "thang"))
        after, before = (year + month // 12, month % 12 + 1), (year - (month < 2), (month - 2) % 12 + 1)  # noqa: PLR2004
        days = tuple(f"Ngày {day} của tháng {month} năm {year}: chưa ghi gì vào sổ." for day in (1, 8, 15, 22))
        turns = tuple(Link(label=label, href=f"{_MONTHS}?nam={y}&thang={m}") for label, (y, m) in (("«", before), ("»", after)))
        return Page(path=f"{path}?{query}", title=f"Sổ ngày tháng {month}/{year}", blocks=(Block(texts=days), Block(links=turns)))
    if path.startswith(_FOLDERS) and "path_trap" in site.extras and re.fullmatch(r"(?:/duyet|/muc-con)+/", path):
        inside = tuple(Link(label=f"Thư mục {name}", href=f"{name}/") for name in ("duyet", "muc-con"))
        return Page(path=path, title=f"Thư mục cấp {path.count('/') - 1}", blocks=(Block(links=inside),))
    return None


def _digits(text: str) -> str:
    return text[:4] if text[:4].isascii() and text[:4].isdigit() else "1"


async def endless() -> AsyncIterator[bytes]:
    """Begin a page and never end it."""
    yield b"<html><head><title>"
    while True:
        await anyio.sleep(_DRIP_SECONDS)
        yield b" "


async def big() -> AsyncIterator[bytes]:
    """Give a page of thirty megabytes, part by part."""
    yield b"<html><head><title>Kho</title></head><body>"
    part = b"<p>0123456789 abcdefghij</p>".ljust(64) * (_PART // 64)
    for _ in range(_BIG_BYTES // len(part)):
        yield part


def bomb(headers: tuple[tuple[str, str], ...]) -> Answer:
    """Give an answer of some kilobytes that unpacks to many megabytes."""
    return Answer(headers=(*headers, ("Content-Encoding", "gzip")), body=_bomb(), packed=False)


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    """Pack one block of spaces and repeat it: every full flush gives the same bytes, so that this costs little."""
    block, crc = b" " * _BLOCK, 0
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packer.flush()
    for _ in range(_BOMB_BLOCKS):
        crc = zlib.crc32(block, crc)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    size = _BOMB_BLOCKS * _BLOCK
    return first + again * (_BOMB_BLOCKS - 1) + end + crc.to_bytes(4, "little") + size.to_bytes(4, "little")
