"""A site to measure on: a few hundred pages like a portal's, made from a seed, served by a process of its own."""

import asyncio
import random
import sys

PAGES = 240
WORDS = [
    "thông",
    "tin",
    "điện",
    "tử",
    "công",
    "khai",
    "báo",
    "cáo",
    "kế",
    "hoạch",
    "chỉ",
    "đạo",
    "điều",
    "hành",
    "văn",
    "bản",
    "thủ",
    "tục",
    "hành",
    "chính",
    "người",
    "dân",
    "doanh",
    "nghiệp",
    "cơ",
    "quan",
]
MENU = (
    "Giới thiệu", "Cơ cấu tổ chức", "Chức năng nhiệm vụ", "Lãnh đạo", "Danh bạ điện thoại", "Tin tức sự kiện", "Chỉ đạo điều hành",
    "Khen thưởng, xử phạt", "Lịch công tác", "Lịch tiếp công dân", "Phổ biến pháp luật", "Chiến lược, quy hoạch", "Văn bản pháp quy",
    "Dự án đầu tư", "Lấy ý kiến dự thảo", "Đề tài khoa học", "Thống kê", "Hỏi đáp", "Góp ý", "Thủ tục hành chính", "Đường dây nóng",
    "Người phát ngôn", "Công khai ngân sách", "Dịch vụ công", "Liên hệ", "Sơ đồ cổng",
)  # fmt: skip


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


def addresses():
    """Give every page's path, the lists first."""
    return ["/", *(f"/muc-{i}.html" for i in range(len(MENU))), *(f"/tin-{i}.html" for i in range(PAGES - len(MENU)))]


async def serve():
    bodies = {path: page(number) for number, path in enumerate(addresses())}
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nnot found"
    answers = {
        path: b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        for path, body in bodies.items()
    }

    async def talk(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(answers.get(head.split(b" ", 2)[1].decode("latin-1"), missing))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
