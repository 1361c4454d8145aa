"""A page as a person sees it: its title, links, forms and blocks of text, whatever its make and however broken."""

import codecs
from collections.abc import Callable
from functools import cached_property, lru_cache
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.model.evidence import Exchange
from auditor.sdk.charset import Decoded, decode
from auditor.sdk.elements import Region
from auditor.sdk.forms import Form, loose_inputs, read_forms
from auditor.sdk.nesting import bounded
from auditor.sdk.parts import Block, Link
from auditor.sdk.refresh import refreshed
from auditor.sdk.tables import Table, read_tables
from auditor.sdk.text import clean
from auditor.sdk.urls import Base
from auditor.sdk.walk import Walk

__all__ = ["Block", "Document", "Form", "Link", "Region", "page_of", "parser"]

_MAX_CHARS = 4_000_000
_MAX_FRAMES = 20
_MAX_TITLE = 500
_MAX_SCRIPTS = 200
_MAX_SCRIPT = 50_000
_MAX_WEIGHT, _MAX_REMEMBERED = 48 * 1024 * 1024, 1_000
"""Bytes of pages that stay in memory, roughly, and pages: those of a portal's crawl."""
_PART_BYTES = 400
"""What a block or a link takes."""


class Document:
    """One parsed page. Nothing a site sends makes it raise; what is too long or too deep is left out."""

    def __init__(self, exchange: Exchange) -> None:
        """Read a page's kept body."""
        self.url = exchange.url
        self.digest = exchange.digest
        self._exchange = exchange
        markup = _markup(exchange.body, self.decoded)
        lowered = markup.lower()
        # The nodes take ten times the page's own size: they are read at once and let go, and made again for what is rarely asked.
        tree = LexborHTMLParser(markup)
        self._base = Base(_base_url(tree, self.url) if b"<base" in lowered else self.url)
        self._join = self._base.join
        title = tree.css_first("title")
        self._title = clean(title.text(deep=True)[:_MAX_TITLE])[:_MAX_TITLE] if title else ""
        walk = Walk(self._base)
        body = tree.body or tree.root
        if body is not None:
            walk.run(body)
        self._blocks, self._links, self._images = walk.blocks, walk.links, walk.images
        self._tables = read_tables(tree, self._join) if b"<table" in lowered else ()
        self._has_password = b"password" in lowered and tree.css_first("input[type=password i]") is not None

    @property
    def decoded(self) -> Decoded:
        """Give the page's text and how it was decoded."""
        return decode(self._exchange.body, self._exchange.header("content-type"))

    @property
    def title(self) -> str:
        """Give the title element's text."""
        return self._title

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Give the visible headings in order."""
        return tuple(block.text for block in self.blocks if block.kind == "heading")

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Give the text, run by run, in the page's order."""
        return self._blocks

    @property
    def links(self) -> tuple[Link, ...]:
        """Give the links in the page's order: anchors, areas, onclick targets, options that hold addresses."""
        return self._links

    @property
    def images(self) -> tuple[tuple[str, str], ...]:
        """Give the images as pairs of absolute source and path, hidden ones left out."""
        return self._images

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Give the forms in the page's order."""
        return read_forms(self._tree, self._join, self.url)

    @cached_property
    def loose_inputs(self) -> tuple[str, ...]:
        """Give the hints of text inputs outside any form, as scripts use them."""
        return loose_inputs(self._tree)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Give the page's innermost tables."""
        return self._tables

    @cached_property
    def frames(self) -> tuple[str, ...]:
        """Give the addresses of the frames and embedded files that make up the page, in their order."""
        if not self._holds(b"frame", b"<embed", b"<object"):
            return ()
        nodes = self._tree.css("frame[src], iframe[src], embed[src], object[data]")[:_MAX_FRAMES]
        sources = (node.attributes.get("src") or node.attributes.get("data") for node in nodes)
        return tuple(dict.fromkeys(url for source in sources if (url := self._join(source))))

    @cached_property
    def scripts(self) -> tuple[tuple[str, str], ...]:
        """Give the scripts that run: the address of each that is loaded, or the text of each that stands in the page."""
        if not self._holds(b"<script"):
            return ()
        found = []
        for node in self._tree.css("script")[:_MAX_SCRIPTS]:
            kind = (node.attributes.get("type") or "").lower()
            source, text = node.attributes.get("src"), node.text(deep=True)
            if ("javascript" in kind or kind in {"", "module"}) and (source or text.strip()):
                found.append(((self._join(source) or source) if source else "", text[:_MAX_SCRIPT]))
        return tuple(found)

    @cached_property
    def nofollow(self) -> frozenset[str]:
        """Give the addresses that the page asks robots not to follow; ``*`` where it says so of all (robots meta element)."""
        if not self._holds(b"nofollow"):
            return frozenset()
        metas = self._tree.css("meta[name=robots i], meta[name=auditor i]")
        if any("nofollow" in (node.attributes.get("content") or "").lower() for node in metas[:5]):
            return frozenset("*")
        nodes = self._tree.css("a[rel~=nofollow i]")
        return frozenset(url for node in nodes if (url := self._join(node.attributes.get("href"))))

    @property
    def has_password(self) -> bool:
        """Tell whether the page asks for a password: every page that is judged is asked that, so it is known from the start."""
        return self._has_password

    @cached_property
    def feeds(self) -> tuple[str, ...]:
        """Give the addresses of RSS and Atom feeds that the head names."""
        nodes = self._tree.css("link[rel=alternate]")[:50]
        found = (self._join(node.attributes.get("href")) for node in nodes if "xml" in (node.attributes.get("type") or ""))
        return tuple(url for url in found if url)

    @cached_property
    def language(self) -> str:
        """Give the declared language, lower case, empty if none."""
        node = self._tree.css_first("html")
        return ((node.attributes.get("lang") if node else "") or "").strip().lower()

    @cached_property
    def refresh(self) -> str | None:
        """Give where a refresh leads, by the answer's header or a meta element, also one for visitors without scripts."""
        found = self._refreshes(bare=True)
        return found[1] or None if found else None

    @cached_property
    def sends_on(self) -> tuple[float, str] | None:
        """Give after how many seconds a visitor with scripts is sent on, and where to; None where he stays."""
        found = self._refreshes(bare=False)
        return (found[0], found[1] or self.url) if found else None

    def _refreshes(self, *, bare: bool) -> tuple[float, str] | None:
        """Give the first refresh that counts, the header's if there is one; ``bare``: noscript elements count too.

        An empty address is the page's own.
        """
        contents = [*self._exchange.header_all("refresh")]
        if self._holds(b"refresh"):
            metas = self._tree.css("meta[http-equiv=refresh i]")[:100]
            contents += [node.attributes.get("content") or "" for node in metas if bare or not _is_for_the_bare(node)]
        found = next(filter(None, map(refreshed, contents)), None)
        url = self._join(found[1]) if found and found[1] else ""
        return (found[0], url) if found and url is not None else None

    def text(self) -> str:
        """Give all visible text, a block a line."""
        return "\n".join(block.text for block in self.blocks if block.kind != "hidden")

    def parse(self) -> LexborHTMLParser:
        """Parse the page again, for what is not kept of it; the tree is the caller's own, to cut and change."""
        return LexborHTMLParser(_markup(self._exchange.body, self.decoded))

    def _holds(self, *words: bytes) -> bool:
        """Tell whether one of these stands in the markup, whatever its case: a page with such elements has it."""
        lowered = _lowered(_markup(self._exchange.body, self.decoded))
        return any(word in lowered for word in words)

    @property
    def _tree(self) -> LexborHTMLParser:
        return _parsed(_markup(self._exchange.body, self.decoded))


_REMEMBERED: dict[tuple[str, str, str | None, str | None], tuple[Document, int]] = {}
"""The pages that were parsed last and what they weigh: what a crawl reads to find its way is judged soon after.

Threads share it without a lock: each step is whole in itself, and a page that is lost between two is parsed once more.
"""


def page_of(exchange: Exchange) -> Document:
    """Give a kept answer's page; one that was parsed a while ago is not parsed again."""
    if exchange.digest is None:
        return Document(exchange)
    key = (exchange.digest, exchange.url, exchange.header("content-type"), exchange.header("refresh"))
    found = _REMEMBERED.get(key)
    if found is not None:
        return found[0]
    document = Document(exchange)
    _REMEMBERED[key] = document, len(exchange.body) + _PART_BYTES * (len(document.blocks) + len(document.links))
    weights = [(old, weight) for old, (_, weight) in list(_REMEMBERED.items())]
    surplus, many = sum(weight for _, weight in weights) - _MAX_WEIGHT, len(weights) - _MAX_REMEMBERED
    for old, weight in weights:
        if surplus <= 0 and many <= 0:
            break
        _REMEMBERED.pop(old, None)
        surplus, many = surplus - weight, many - 1
    return document


def parser() -> Callable[[Exchange], Document]:
    """Give a function that parses each kept body once, to be shared by the assessments of a run."""
    parsed: dict[tuple[str | None, str, str | None], Document] = {}

    def document(exchange: Exchange) -> Document:
        key = (exchange.digest, exchange.url, exchange.header("refresh"))
        if exchange.digest is None:
            return Document(exchange)
        if key not in parsed:
            parsed[key] = page_of(exchange)
        return parsed[key]

    return document


def _markup(body: bytes, decoded: Decoded) -> bytes:
    """Give what to parse, in UTF-8, which a sound body mostly is already; cut off where a parser would never end."""
    plain = decoded.valid and not decoded.legacy and decoded.encoding == "utf-8" and len(body) <= _MAX_CHARS
    if plain and b"\0" not in body and not body.startswith(codecs.BOM_UTF8):
        return bounded(body)
    return bounded(decoded.text[:_MAX_CHARS].replace("\x00", "").encode("utf-8", "replace"))


_lowered = lru_cache(maxsize=2)(bytes.lower)


@lru_cache(maxsize=2)
def _parsed(markup: bytes) -> LexborHTMLParser:
    return LexborHTMLParser(markup)


def _is_for_the_bare(node: LexborNode | None) -> bool:
    """Tell whether an element is for visitors without scripts."""
    while node is not None:
        if node.tag == "noscript":
            return True
        node = node.parent
    return False


def _base_url(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base")
    href = (node.attributes.get("href") or "").strip() if node else ""
    try:
        return urljoin(url, href) if href else url
    except ValueError:
        return url
