"""Little sites on paper: a few pages by path become what a crawl of them would have seen.

A page is a string (what stands between the site's menu and its footer, or a whole page from ``<!doctype`` on), a status, or a table:
``html``, ``status``, ``type``, ``to`` (a redirect), ``cause``, ``twice`` (failed again on the second try), ``headers``, ``title``,
``clicks`` (else counted along the links; nothing leads there: only the XML sitemap names it), ``unopened`` (linked, never asked for),
``shown`` (what a browser showed there, in the same template), ``unshown`` (why none could),
``latin1`` (its bytes are the text in that charset), ``head`` (what stands in the page's head).

``extras`` is what the crawl asked for besides: ``referred`` (the front page as from a search engine; by default as it is, None: not
asked), ``search`` (``words``, ``headline``, ``target``, and pages ``answer`` and ``bare``), ``links`` (pages by address), ``cut``.
``forms`` are what the forms of services answered when they were asked for.
"""

from collections import deque
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urljoin

from browsing import shown
from knowing import guidelines

from auditor.model.agency import Agency, Site, SiteRole
from auditor.model.evidence import Chain, Cut, Exchange, digest_of
from auditor.model.visit import Cause
from auditor.sdk.html import Document, parser
from auditor.sdk.probe import Known
from auditor.sdk.urls import canonical
from auditor.sdk.vocabulary import load_vocabulary
from probes.crawl import CrawledPage, CrawlSeen
from probes.crawling.downloads import AskedForm
from probes.crawling.extras import Asked, Extras, Sampled

BASE = "https://sothu.khanhhoa.test/"
NOW = datetime(2026, 11, 20, 19, tzinfo=UTC)
"""Two in the morning of 21/11/2026 in Việt Nam."""
WORDS = (
    "cây bàng ngoài sân trường đã thay lá, đàn sẻ ríu rít từ sớm",
    "con thuyền gỗ nằm nghiêng trên bãi, lưới phơi dọc hàng phi lao",
    "mùa muối năm ấy nắng gắt, ruộng trắng xoá tới chân đê",
    "quán nhỏ đầu dốc mở cửa khi sương chưa tan, bếp than đỏ hồng",
    "gió chướng về mang theo mùi rong biển và tiếng sóng xa",
)
"""What ordinary pages of the site tell; no duty is in it."""
FOOTER = (
    "Bản quyền thuộc về nhóm làm thử. Trang này dựng lên chỉ để kiểm tra, mọi tên gọi đều do người viết nghĩ ra, "
    "không chép từ nơi nào, và sẽ không bao giờ được đưa lên mạng cho ai khác ngoài những người làm ra nó xem qua."
)


@cache
def vocabulary():
    return load_vocabulary("probes")


class LittleSite:
    """A site as its case describes it."""

    def __init__(self, case):
        self.case = case
        self.base = case.get("base", BASE)
        self.pages = {self.url(path): self.page(page) for path, page in case["pages"].items()}
        if case.get("ordinary", True):
            for number, words in enumerate(WORDS):
                html = f"<h1>Chuyện số {number}</h1><p>{words}; kể lần thứ {number} cho các em nghe trong buổi chiều muộn.</p>"
                self.pages.setdefault(self.url(f"/chuyen/{'abcde'[number]}"), {"html": html, "clicks": 2})

    def url(self, path):
        return urljoin(self.base, path)

    @staticmethod
    def page(given):
        return given if isinstance(given, dict) else {"status": given} if isinstance(given, int) else {"html": given}

    def body(self, page):
        """Give a page's bytes, put into the site's template."""
        html = page.get("html", "")
        if "latin1" in page:
            return page["latin1"].encode("latin-1")
        if html.lower().startswith(("<!doctype", "<?xml")) or page.get("type", "text/html") != "text/html":
            return html.encode()
        if page.get("status", 200) >= 400:
            return b"<html><title>Error</title><body>Error</body></html>"
        menu = "".join(f'<li><a href="{to}">{label}</a></li>' for label, to in self.case.get("menu", {}).items())
        title = page.get("title", self.case.get("title", "Sở Thử"))
        footer = self.case.get("footer", "")
        clock = self.case.get("clock", "")
        return (
            f'<!doctype html><html lang="vi"><head><title>{title}</title>{page.get("head", "")}</head><body>'
            f'<div class="top"><ul>{menu}</ul><p class="clock">{clock}</p></div><div class="main">{html}</div>'
            f'<div class="last">{footer}<p>{FOOTER}</p></div></body></html>'
        ).encode()

    def exchange(self, url, page):
        cause = page.get("cause")
        if cause is not None and "status" not in page:
            return Exchange(url=url, cause=Cause(cause), detail="as the case says", at=NOW)
        body = self.body(page)
        headers = [("Content-Type", page.get("type", "text/html; charset=utf-8")), *map(tuple, page.get("headers", ()))]
        return Exchange(
            url=url,
            status=page.get("status", 200),
            method=page.get("method", "GET"),
            headers=tuple(headers),
            body=body,
            digest=digest_of(body),
            record=f"urn:test:{url}",
            cause=Cause(cause) if cause else None,
            at=NOW,
        )

    def chain(self, url, page):
        if "to" in page:
            target = self.url(page["to"])
            hop = Exchange(url=url, status=302, headers=(("Location", page["to"]),), at=NOW)
            return Chain(hops=(hop, self.exchange(target, self.pages[target])))
        answer = self.exchange(url, page)
        failed = answer.cause
        return Chain(hops=(answer,), confirmed=(answer,) if page.get("twice") else (), cause=failed)

    def rendered(self, url, page):
        """Give what a browser showed of a page, where the case says that one had to."""
        if "unshown" in page:
            return shown(url, "", page["unshown"])
        return shown(url, self.body({**page, "html": page["shown"]}).decode()) if "shown" in page else None

    def clicks(self):
        """Count clicks from the front page along the links, as a crawl does."""
        found, found_on = {self.base: 0}, {self.base: ""}
        queue = deque([self.base])
        by_key = {canonical(url): url for url in self.pages}
        while queue:
            url = queue.popleft()
            page = self.pages[url]
            if "cause" in page or page.get("type", "text/html") != "text/html" or not url.startswith(self.base):
                continue
            told = self.rendered(url, page)
            read = told.page if told is not None and told.page.cause is None else self.chain(url, page).final
            for link in Document(read).links:
                target = by_key.get(canonical(link.url))
                if target is not None and target not in found:
                    found[target], found_on[target] = found[url] + 1, url
                    queue.append(target)
        return found, found_on

    def seen(self):
        """Give what a crawl of the site saw."""
        front = self.chain(self.base, self.pages[self.base])
        told = self.case.get("seen", {})
        clicks, found_on = self.clicks() if front.cause is None else ({}, {})
        pages = [
            CrawledPage(
                url=url,
                chain=self.chain(url, page),
                clicks=page.get("clicks", clicks.get(url)),
                found_on=found_on.get(url, "sitemap.xml"),
                rendered=self.rendered(url, page),
            )
            for url, page in self.pages.items()
            if url != self.base and not page.get("unopened")
        ]
        missing = self.case.get("missing", 404)
        return CrawlSeen(
            front=front,
            rendered=self.rendered(self.base, self.pages[self.base]),
            pages=tuple(pages),
            missing=self.chain(self.url("/khong-ai-co"), self.page(missing)),
            cuts=tuple(map(Cut, told.get("cuts", ()))),
            left=told.get("left", 0),
            near=told.get("near", 0),
            extras=self.extras(front),
            forms=tuple(
                AskedForm(url=self.url(path), chain=self.chain(self.url(path), self.page(page)))
                for path, page in self.case.get("forms", {}).items()
            ),
        )

    def extras(self, front):
        """Give what the crawl asked for beyond the pages."""
        told = self.case.get("extras", {})
        referred = told.get("referred", front)
        if isinstance(referred, dict | str | int):  # as a page is written
            referred = self.chain(self.base, self.page(referred))
        links = {self.url(path): self.page(page) for path, page in told.get("links", {}).items()}
        return Extras(
            referred=referred,
            search=self.asked(told["search"]) if "search" in told else None,
            links=tuple(
                Sampled(url=url, label="Góc nhỏ", found_on=self.base, head=self.chain(url, p)) for url, p in links.items()
            ),
            cut=Cut(told["cut"]) if "cut" in told else None,
        )

    def asked(self, told):
        """Give a search that was sent."""
        url = self.url(told.get("url", "/tim?q=x"))
        bare = self.chain(url.partition("?")[0], self.page(told["bare"])) if "bare" in told else None
        given = {name: told[name] for name in ("words", "headline")}
        chain = self.chain(url, self.page(told["answer"]))
        return Asked(page=self.base, url=url, target=self.url(told["target"]), chain=chain, bare=bare, **given)

    def known(self):
        """Give what an assessment of the site may know."""
        agencies = self.case.get("agencies", {"so-thu": "Sở Thử nghiệm"})
        roles = tuple(SiteRole(role) for role in self.case.get("roles", ["portal"]))
        return Known(
            captured_at=NOW,
            site=Site(url=self.base, roles=roles, agencies=tuple(agencies)),
            agencies=tuple(Agency(code=code, name=name, name_en=code, group="1") for code, name in agencies.items()),
            registry_hosts=frozenset({"sothu.khanhhoa.test", *self.case.get("registry", ())}),
            vocabulary=vocabulary(),
            guidelines=guidelines(),
            document=parser(),
        )


def said(readings):
    """Give readings as a case writes them: a value, ``unavailable: cause``; of an agency as ``measure @agency``."""
    found = {}
    for reading in readings:
        value = getattr(reading, "value", "not applicable")
        value = f"unavailable: {reading.cause}" if hasattr(reading, "cause") else value
        name = reading.measure if reading.agency is None else f"{reading.measure} @{reading.agency}"
        assert name not in found, f"{name} twice"
        found[name] = value if isinstance(value, int | str) else str(value)
    return found
