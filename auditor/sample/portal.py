"""One site of the sample: its pages by address, and what it answers to whoever asks."""

import itertools
from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import anyio

from auditor.clock import Clock
from auditor.model.zone import VIETNAM
from auditor.sample import defects
from auditor.sample.families import WEEKDAYS
from auditor.sample.page import Block, Entry, Frame, Link, Page, Picture
from auditor.sample.plan import SectionPlan, SitePlan
from auditor.sample.render import encoded, rendered
from auditor.sample.services import service_pages
from auditor.sample.web import Answer, Asked
from auditor.sample.writer import Writer
from auditor.sdk.text import fold

__all__ = ["Portal"]

_SEARCH = "/tim-kiem"
_ELSEWHERE = (
    ("Cổng thông tin điện tử Chính phủ", "https://chinhphu.example/"),
    ("Cổng thông tin tỉnh Mẫu", "https://tinh-mau.example/"),
    ("Báo Mẫu điện tử", "https://bao-mau.example/"),
    ("Mạng nội bộ cũ", "http://cu.tinh-mau.example:8080/"),
)


class Portal:
    """Answers for one site. Pages are written when first asked for; the clock and the counters differ each time."""

    def __init__(self, site: SitePlan, start: date, clock: Clock) -> None:
        """Lay out the site's pages, their dates counted from ``start``."""
        self.site, self._clock = site, clock
        self._writer = Writer(site, start)
        self._frame = self._framed()
        self._pages = {page.path: page for page in self._laid_out()}
        self._files = set(self._writer.files())
        self._written: dict[str, str] = {}
        self._visits = itertools.count(48_211)
        self._special = self._specials()

    @property
    def pages(self) -> Mapping[str, Page]:
        """Give the site's pages by address."""
        return self._pages

    async def answer(self, asked: Asked) -> Answer:
        """Answer one request."""
        if self.site.delay:
            await anyio.sleep(self.site.delay)
        if not asked.secure and self.site.plain == "redirect":
            location = ("Location", f"https://{self.site.host}{asked.target}")
            return Answer(status=HTTPStatus.MOVED_PERMANENTLY, headers=(*self._headers(), location))
        parts = urlsplit(asked.target)
        if asked.method not in {"GET", "HEAD"}:
            return Answer(status=HTTPStatus.METHOD_NOT_ALLOWED, headers=(*self._headers(), ("Allow", "GET, HEAD")))
        if parts.path == "/robots.txt":
            refused = "User-agent: *\nDisallow: /\n" if self.site.whole == "robots" else "User-agent: *\nDisallow:\n"
            return self._bytes(refused.encode(), "text/plain; charset=utf-8")
        if self.site.whole == "challenge":
            return self._bytes(defects.CHALLENGE.encode(), "text/html; charset=utf-8")
        return self._content(asked.target, parts.path, parts.query)

    def _content(self, target: str, path: str, query: str) -> Answer:
        if path in self._special:
            return self._special[path]
        if target in self._pages or (path == "/nop-ho-so" and path in self._pages):
            return self._page(self._pages.get(target) or self._pages[path])
        if target in self._files:
            return self._bytes(defects.PDF, "application/pdf")
        if path == "/rss.xml" and self.site.feed:
            return self._bytes(self._rss().encode(), "application/rss+xml; charset=utf-8")
        if path == _SEARCH and self.site.search:
            return self._page(self._found((parse_qs(query).get("q") or [""])[0]))
        if path.startswith(("/images/", "/uploads/logo", "/Portals/0/banner", "/So-mau-theme/", "/Style")):
            return self._bytes(defects.PIXEL, "image/gif")
        grown = defects.grown(self.site, path, query)
        return self._page(grown) if grown else self._page(self._missing(soft=self.site.soft_404))

    def _bytes(self, body: bytes, media_type: str) -> Answer:
        return Answer(headers=self._headers(), body=body, media_type=media_type, packed=self.site.compressed)

    def _headers(self) -> tuple[tuple[str, str], ...]:
        own = {"Server": self._writer.family.server, **self.site.headers}
        return (*own.items(), *(("Set-Cookie", cookie) for cookie in self.site.cookies))

    def _page(self, page: Page) -> Answer:
        now = self._clock.now().astimezone(VIETNAM)
        count = next(self._visits)
        text = self._text(page)
        for mark, word in (
            ("CLOCK", _told(now)),
            ("COUNT", f"{count:,}".replace(",", ".")),
            ("ONLINE", str(count % 37)),
        ):
            text = text.replace(mark, word)
        return Answer(
            status=page.status,
            headers=self._headers(),
            media_type=f"text/html; charset={page.charset}",
            body=encoded(text, page.charset),
            packed=self.site.compressed,
        )

    def _text(self, page: Page) -> str:
        """Give a page's markup; what is not laid out (a search, an endless tree) is written each time."""
        if self._pages.get(page.path) is not page:
            return rendered(page, self._frame, self.site.family)
        if page.path not in self._written:
            self._written[page.path] = rendered(page, self._frame, self.site.family)
        return self._written[page.path]

    def _laid_out(self) -> list[Page]:
        site = self.site
        pages = [page for section in site.sections for page in self._writer.pages(section)]
        for section in site.sections:
            if section.state in {"404", "410"}:
                status = HTTPStatus.GONE if section.state == "410" else HTTPStatus.NOT_FOUND
                pages.append(self._missing(soft=False, path=self._writer.href(section), status=status))
            elif section.state == "soft_404":
                pages.append(self._missing(soft=True, path=self._writer.href(section)))
        pages += service_pages(site, self._writer)
        blocks = tuple(self._writer.front(section) for section in site.sections if section.front)
        greeting = Block(texts=(f"Kính chào quý khách đến với {site.title}.",))
        return [Page(path="/", title=site.title, blocks=(greeting, *blocks)), *pages]

    def _missing(self, *, soft: bool, path: str = "", status: int = HTTPStatus.NOT_FOUND) -> Page:
        words = ("Không tìm thấy trang bạn yêu cầu. Trang này có thể đã được chuyển đi hoặc xóa bỏ.",)
        block = Block(texts=words)
        if soft:
            return Page(path=path, title="Không tìm thấy trang", blocks=(block,))
        return Page(path=path, title=f"{int(status)} {HTTPStatus(status).phrase}", blocks=(block,), status=status, bare=True)

    def _framed(self) -> Frame:
        site = self.site
        at: dict[str, list[SectionPlan]] = {}
        for section in site.sections:
            at.setdefault("nowhere" if section.under else section.at, []).append(section)
        news = [section for section in site.sections if section.id == "news" and not section.state]
        return Frame(
            title=site.title,
            menu=tuple(self._writer.link(section) for section in at.get("menu", ())),
            side=(
                *(self._writer.link(section) for section in at.get("side", ())),
                *(self._writer.link(section, opened=True) for section in at.get("opened", ())),
                *(Link(label=label, href=href) for label, href in defects.links(site)),
            ),
            pictures=tuple(self._picture(section) for section in at.get("picture", ())),
            top=tuple(self._writer.link(section) for section in at.get("top", ())),
            popular=tuple(self._popular(news[0])) if news and "popular" in site.extras else (),
            links=tuple(Link(label=label, href=href) for label, href in _ELSEWHERE) if site.links else (),
            footer=tuple(self._writer.fill(line) for line in site.footer),
            search=_SEARCH if site.search else "",
            feed="/rss.xml" if site.feed else "",
            hidden=defects.GAMBLING if "gambling" in site.extras else (),
            insecure=defects.INSECURE if "mixed_content" in site.extras else (),
        )

    def _picture(self, section: SectionPlan) -> Picture:
        name = section.slug or "bieu-ngu"
        return Picture(src=f"/images/{name}.png", alt=section.alt, href=self._writer.href(section))

    def _popular(self, news: SectionPlan) -> list[Link]:
        return [Link(label=entry.title, href=entry.href) for entry in self._writer.front(news).entries[-3:]]

    def _entries(self) -> list[Entry]:
        return [entry for page in self._pages.values() if page.path != "/" for block in page.blocks for entry in block.entries]

    def _found(self, words: str) -> Page:
        """Give the page that answers a search."""
        wanted = fold(words).strip()
        hits = tuple(Entry(title=e.title, href=e.href, day=e.day) for e in self._entries() if wanted and wanted in fold(e.title))
        blocks = (Block(texts=(f"Tìm thấy {len(hits)} kết quả cho từ khóa đã nhập.",), entries=hits),)
        return Page(path="", title="Kết quả tìm kiếm", blocks=blocks)

    def _rss(self) -> str:
        base = self.site.url.rstrip("/")
        entries = "".join(
            f"<item><title>{_escaped(e.title)}</title><link>{base}{_escaped(e.href)}</link></item>" for e in self._entries()[:10]
        )
        head = f"<title>{_escaped(self.site.title)}</title><link>{self.site.url}</link><description>Tin mới</description>"
        return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{entries}</channel></rss>'

    def _specials(self) -> dict[str, Answer]:
        """Give what is no page: what drips without end, what is too big, what unpacks without measure."""
        headers = self._headers()
        found = {
            self._writer.href(s): Answer(headers=headers, parts=defects.endless)
            for s in self.site.sections
            if s.state == "endless"
        }
        if "big" in self.site.extras:
            found[defects.BIG] = Answer(headers=headers, parts=defects.big)
        if "bomb" in self.site.extras:
            found[defects.BOMB] = defects.bomb(headers)
        return found


def _told(now: datetime) -> str:
    return f"{WEEKDAYS[now.weekday()]}, {now:%d/%m/%Y} - {now:%H:%M:%S}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
