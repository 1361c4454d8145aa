"""Can the site's articles be printed or saved, and do they carry data of themselves? Looked at on its newest articles.

NĐ 43/2011/NĐ-CP, articles 14 and 15; NĐ 42/2022/NĐ-CP, article 7 (print and save on every article); TT 24/2011/TT-BTTTT.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from auditor.model.note import Json, Note
from auditor.model.visit import Cause
from auditor.sdk.outcome import GONE
from auditor.sdk.text import tokens
from auditor.sdk.urls import canonical, is_document, same_site
from probes.content.labels import Grade
from probes.content.page import Candidate, Page
from probes.content.site import CrawledSite
from probes.site import notes
from probes.site.markup import controls, fields
from probes.site.said import Said, proofs_of, short_of

__all__ = ["Articles"]

_SAMPLE = 8
_BY_LABEL = frozenset({"label", "picture"})
_LEAST = 3
_LABEL_WORDS = 4
_TEXT_WORDS, _FEW_WORDS = 20, 8
_MENUS = frozenset({"nav", "header", "footer", "crumb"})
_MAX_LISTS = 6
_PARENTS = 3
_HALF = 2
_SHORT = 6
_PRINTS = re.compile(r"\bprint\w*+\s*+\(|\bin(?:trang|bai|tin|noidung)\w*+\s*+\(", re.IGNORECASE)
_PRINT_ADDRESS = re.compile(
    r"(?:^|[/?&=_.-])(?:print|printview|print-view|inbaiviet|in-bai-viet|ban-in|banin|in-tin|intin|in-trang)(?:$|[/?&=_.-])",
    re.IGNORECASE,
)
_PRINT_MARK = re.compile(r"(?:^|[\s_-])(?:print|printer|printbutton)(?:$|[\s_-])", re.IGNORECASE)
_PRINT_FILE = re.compile(
    r"(?:^|[/_-])(?:icon[_-]?)?print(?:er|button|[_-]?icon)?[\w-]{0,12}\.(?:png|gif|jpe?g|svg|webp)$", re.IGNORECASE
)
_DESCRIPTIONS = ("description", "dc.description", "dcterms.description", "og:description", "ld:description")
_OTHERS = {
    "author": ("author", "article:author", "dc.creator", "dcterms.creator", "creator", "dc.author", "ld:author"),
    "publisher": ("publisher", "article:publisher", "dc.publisher", "dcterms.publisher", "ld:publisher"),
    "date": (
        *(
            "article:published_time",
            "article:modified_time",
            "og:updated_time",
            "datepublished",
            "datemodified",
            "date",
            "pubdate",
        ),
        *(
            "dc.date",
            "dc.date.created",
            "dc.date.issued",
            "dc.date.modified",
            "dcterms.created",
            "dcterms.issued",
            "dcterms.modified",
        ),
        *("dcterms.date", "publish-date", "publish_date", "last-modified", "revised", "created", "modified", "ld:date"),
    ),
    "keywords": ("keywords", "news_keywords", "article:tag", "dc.subject", "dcterms.subject", "ld:keywords"),
}

Fields = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class _Listed:
    """The articles that the site's lists lead to: those that were read, how many there may be, and why others were not read."""

    read: list[Page]
    known: int
    failed: Counter[Cause]


class Articles:
    """A sample of one site's articles, and what is said of them."""

    def __init__(self, site: CrawledSite) -> None:
        """Take the articles of this site."""
        self.site = site
        self._print = site.known.vocabulary.finder("print", "save")

    @cached_property
    def listed(self) -> _Listed:
        """Give the newest articles: those of the news lists, else those that the front page names, else any."""
        news = self._news
        groups = (news, [self.site.home], self.site.readable[:_SAMPLE])
        found = _Listed([], 0, Counter())
        for group in groups:
            found = self._of_lists(group, dated=group is not news)
            if found.read:
                break
        return found

    @cached_property
    def _news(self) -> list[Page]:
        """Give the pages that may list news, those that a label names first; an article's address may name news too."""
        named = [one for one in self.site.candidates.get("news", ()) if one.grade >= Grade.ACCEPTED]
        return self._readable(*sorted(named, key=lambda one: one.how not in _BY_LABEL))[:_MAX_LISTS]

    @cached_property
    def _lists(self) -> set[Page]:
        """Give the pages that a label names as a section's, so no articles."""
        named = (one for group in self.site.candidates.values() for one in group if one.grade >= Grade.ACCEPTED)
        return {self.site.home, *self._readable(*(one for one in named if one.how in _BY_LABEL))}

    def _readable(self, *named: Candidate) -> list[Page]:
        pages = (self.site.pages.get(canonical(one.url)) for one in named)
        readable = set(self.site.readable)
        return [page for page in dict.fromkeys(pages) if page is not None and page in readable]

    def _of_lists(self, lists: list[Page], *, dated: bool) -> _Listed:
        site = self.site
        told = [(page, link) for page in lists for link in page.document.links if len(tokens(link.label)) >= _LABEL_WORDS]
        links = [link for page, link in told if not site.template_of(page).covers_link(link)] or [
            link for _, link in told if link.region not in _MENUS
        ]
        mine = (link for link in links if same_site(link.url, site.base) and not is_document(link.url))
        urls = list(dict.fromkeys(canonical(link.url) for link in mine))
        readable = set(site.readable) - self._lists
        asked = [page for url in urls if (page := site.pages.get(url)) is not None]
        read = [page for page in dict.fromkeys(asked) if page in readable and self._is_article(page, dated=dated)]
        failed = Counter(page.cause for page in asked if page.cause is not None and not self._is_gone(page))
        return _Listed(read[:_SAMPLE], len(read) + len(urls) - len(asked) + failed.total(), failed)

    def _is_gone(self, page: Page) -> bool:
        """Tell an entry that leads nowhere: there is no article to look at."""
        return page.exchange.status in GONE or self.site.is_broken(page)

    def _is_article(self, page: Page, *, dated: bool) -> bool:
        """Tell a page that tells something; ``dated`` asks for a date of its own, where no news list has named it."""
        held = self.site.substance(page)
        has_date = bool(held.bylines or held.dates)
        return not held.login and (has_date or not dated) and held.words >= (_FEW_WORDS if has_date else _TEXT_WORDS)

    def judge_print(self) -> Said:
        """Most of the sampled articles offer to be printed or saved. A style sheet for print alone is no offer."""
        found = [(page, self._control(page)) for page in self.listed.read]
        return self._judge(found, notes.PRINTS, notes.NO_PRINT)

    def judge_metadata(self) -> Said:
        """Most of the sampled articles carry a description and an author, a publisher, a date or keywords of their own."""
        said = [(page, fields(page.document.parse())) for page in self.listed.read]
        stock = _stock(fields(self.site.home.document.parse()), [one for _, one in said])
        found = [(page, _described(one, stock)) for page, one in said]
        return self._judge(found, notes.DESCRIBED, notes.NOT_DESCRIBED)

    def _judge(self, found: list[tuple[Page, str]], able: Note, unable: Note) -> Said:
        listed, site = self.listed, self.site
        with_it = [page for page, how in found if how]
        facts: dict[str, Json] = {"articles": [{"url": page.exchange.url, "found": how} for page, how in found]}
        if len(found) < min(_LEAST, listed.known) or not found:
            return self._too_few(facts)
        good = len(with_it) * _HALF > len(found)
        shown = with_it if good else [page for page, how in found if not how]
        hows = {id(page): how for page, how in found}
        proofs = proofs_of(page.exchange.proof(hows[id(page)] or page.document.title[:100] or None) for page in shown)
        because = (able if good else unable)(able=len(with_it), sampled=len(found))
        return Said(because=because, value=good, proofs=proofs or proofs_of([site.home.exchange.proof()]), facts=facts)

    def _too_few(self, facts: dict[str, Json]) -> Said:
        """A site that was read to its end and has no article has none to print; else nothing is said."""
        site, listed = self.site, self.listed
        cause = short_of(site) or (Cause.BUDGET if site.seen.left else None)
        if listed.failed:
            cause = listed.failed.most_common(1)[0][0]
        if cause is None and not listed.known:
            return Said(because=notes.NO_ARTICLES, value=False, facts=facts)
        cause = cause or Cause.AMBIGUOUS
        return Said(because=notes.FEW_ARTICLES(cause=str(cause)), cause=cause, facts=facts)

    def _control(self, page: Page) -> str:
        """Give the words or script by which a page offers to be printed or saved; empty when nothing does."""
        for node, label, does in controls(page.document.parse()):
            if _PRINTS.search(does) or self._is_named(node, label, does) or _is_icon(node):
                return label or does[:100] or "print"
        return ""

    def _is_named(self, node: LexborNode, label: str, does: str) -> bool:
        """Tell a control by its whole label, or by an address of a print view under a short label."""
        words = tokens(label)
        whole = any(match.first == 0 and match.last == len(words) - 1 for match in self._print.find(words))
        href = node.attributes.get("href") or ""
        if whole:
            return bool(does) or node.tag in {"a", "button"} or _pressed(node) or _is_marked(node)
        return node.tag == "a" and len(words) <= _SHORT and bool(_PRINT_ADDRESS.search(_last_of(href)))


def _last_of(href: str) -> str:
    """Give the part of an address in which a print view is named: its last folders and its query, without the words of a slug."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    folders = [folder for folder in unquote(parts.path).split("/") if folder.count("-") <= 2]  # noqa: PLR2004 - a slug has more
    return f"/{'/'.join(folders[-3:])}?{parts.query[:300]}"


def _pressed(node: LexborNode) -> bool:
    """Tell whether an element stands in something that can be pressed."""
    current = node.parent
    for _ in range(_PARENTS):
        if current is None:
            return False
        if current.tag in {"a", "button"} or current.attributes.get("onclick"):
            return True
        current = current.parent
    return False


def _is_marked(node: LexborNode) -> bool:
    named = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
    return bool(_PRINT_MARK.search(named))


def _is_icon(node: LexborNode) -> bool:
    """Tell a printer's picture that can be pressed."""
    if node.tag not in {"i", "span", "img"} or not _pressed(node):
        return False
    return _is_marked(node) or bool(_PRINT_FILE.search((node.attributes.get("src") or "")[:300]))


def _values(said: Fields) -> set[tuple[str, str]]:
    return {(name, value) for name, values in said.items() for value in values}


def _stock(front: Fields, articles: list[Fields]) -> set[tuple[str, str]]:
    """Give what the site says of all its pages alike: what its front page says too, and a description that all articles share.

    Articles may well be of one day, by one office and under the same keywords: what stands beside a description of their own is
    nobody's stock for that.
    """
    counts = Counter(value for one in articles for value in _values(one))
    same = {value for value, count in counts.items() if count == len(articles) > 1 and value[0] in _DESCRIPTIONS}
    return _values(front) | same


def _described(said: Fields, stock: set[tuple[str, str]]) -> str:
    """Name what a page says of itself, its stock left out; empty without a description or without anything beside it."""
    own = {name for name, value in _values(said) - stock}
    description = next((name for name in _DESCRIPTIONS if name in own), "")
    beside = [kind for kind, names in _OTHERS.items() if not own.isdisjoint(names)]
    return ", ".join([description, *beside]) if description and beside else ""
