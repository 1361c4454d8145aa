"""What repeats across a site's pages is its template: menu, side columns, footer, clock, counters.

The rest is a page's own. Found by repetition, so that no site's markup matters. With too few pages to compare, the markup's
hints (nav, header, footer) stand in.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from auditor.sdk.dates import dates
from auditor.sdk.html import Block, Document, Link
from auditor.sdk.text import has_digit
from auditor.sdk.urls import canonical, shape

__all__ = ["Template"]

_SHARE = 0.4
_LEAST, _FEWEST = 3, 2
_PLACED = 6
"""On so many pages the same words in the same place are a column of the template, though most pages lack it."""
_PER_SHAPE = 5
"""Pages of one shape (a calendar's endless months) that are compared: more would make their own content look like a template."""
_TIME = re.compile(r"\b[0-9]{1,2}[:h][0-9]{1,2}(?::[0-9]{1,2})?\b")
_DATE = re.compile(r"[0-9]{1,2}\s?[/.\-]\s?[0-9]{1,2}\s?[/.\-]\s?[0-9]{4}")
_DIGITS = re.compile(r"[0-9]+")
_PLACED_MARK, _DATED_MARK = "\0placed", "\0dated"
"""What the keys begin with that name a place: no text or address of a page has this character."""
_REMEMBERED = 1_000
"""Texts up to so many characters are remembered with their keys: those of a template come on every page."""
_HINTED = {"nav", "header", "footer", "crumb", "aside"}


class Template:
    """The template of one site, learnt from its pages."""

    def __init__(self, documents: Iterable[Document] = (), *, few: bool = False, also: "Template | None" = None) -> None:
        """Learn what repeats; pages with the same body or address count once.

        With ``few`` pages two are enough to compare, and only what stands in the same place on both is the template's. What
        ``also`` covers is covered too.
        """
        self._also, self._placed_only, self._least = also, few, _FEWEST if few else _LEAST
        self.compared, self._needed, self._placed = 0, self._least, self._least
        self._bodies: set[object] = set()
        self._shapes: Counter[str] = Counter()
        self._texts: Counter[str] = Counter()
        self._links: Counter[str] = Counter()
        self._images: Counter[str] = Counter()
        self._own: dict[int, tuple[Document, list[Block]]] = {}
        for document in documents:
            self.learn(document)

    def learn(self, document: Document) -> None:
        """Compare one more page: each body once, and a few pages of each shape."""
        name = shape(document.url)
        if document.digest in self._bodies or self._shapes[name] >= _PER_SHAPE:
            return
        self._bodies.add(document.digest)
        self._shapes[name] += 1
        self._texts.update({key for block in document.blocks for key in _keys(block)})
        self._images.update({source for source, _ in document.images})
        self._links.update({key for link in document.links for key in _link_keys(link)})
        self.compared += 1
        self._needed = max(self._least, int(_SHARE * self.compared + 0.999))
        self._placed = min(self._needed, _PLACED)
        self._own = {}

    def has_image(self, source: str) -> bool:
        """Tell whether a picture stands on many pages."""
        return self._images.get(source, 0) >= self._needed or (self._also is not None and self._also.has_image(source))

    def covers_link(self, link: Link) -> bool:
        """Tell whether a link belongs to the template: an entry of a menu, a column or a footer."""
        if self._also is not None and self._also.covers_link(link):
            return True
        if self.compared < self._least:
            return link.region in _HINTED
        return link.region == "crumb" or self._come_often(_link_keys(link), self._links)

    def is_shared(self, link: Link) -> bool:
        """Tell whether a link stands on a few pages: perhaps a column's, in any case no page's alone."""
        shared = any(self._links.get(key, 0) >= _LEAST for key in _link_keys(link))
        return shared or (self._also is not None and self._also.is_shared(link))

    def own(self, document: Document) -> list[Block]:
        """Give the blocks that are this page's own, hidden ones left out."""
        if id(document) not in self._own:
            own = [block for block in document.blocks if block.kind != "hidden" and not self.covers(block)]
            self._own[id(document)] = document, own  # the document is kept, so that its id stays its own
        return self._own[id(document)][1]

    def covers(self, block: Block) -> bool:
        """Tell whether a block belongs to the template."""
        if self._also is not None and self._also.covers(block):
            return True
        if self.compared < self._least:
            return block.region in _HINTED
        return block.region == "crumb" or self._come_often(_keys(block), self._texts)

    def own_links(self, document: Document) -> list[Link]:
        """Give the links that are this page's own."""
        return [link for link in document.links if not self.covers_link(link)]

    def _come_often(self, keys: Iterable[str], counts: Counter[str]) -> bool:
        """Tell whether one of these stands on enough pages.

        A place needs fewer, but not with its dates: a list's come again on many pages without being its template.
        """
        for key in keys:
            count = counts.get(key, 0)
            if count >= self._placed and (key.startswith(_PLACED_MARK) or (count >= self._needed and not self._placed_only)):
                return True
        return False


def _keys(block: Block) -> tuple[str, ...]:
    """Name a block: by its text, and by its place and its text without clock times and counts (but with its dates)."""
    text = block.text
    return _text_keys(text, block.path) if len(text) <= _REMEMBERED else _keys_of(text, block.path)


def _keys_of(text: str, path: str) -> tuple[str, ...]:
    timeless, mark = text, _PLACED_MARK
    if has_digit(text):
        timeless = _TIME.sub("#", text)
        if _DATE.search(timeless) or dates(timeless):
            mark = _DATED_MARK
        else:
            timeless = _DIGITS.sub("#", timeless)
    return (text, f"{mark}\0{path}\0{timeless}") if timeless.strip("# .,:-|") else (text,)


def _link_keys(link: Link) -> tuple[str, ...]:
    """Name a link: by label and target, and by its place as well."""
    return _target_keys(link.label, link.url, link.path)


_text_keys = lru_cache(maxsize=8192)(_keys_of)


@lru_cache(maxsize=8192)
def _target_keys(label: str, url: str, path: str) -> tuple[str, ...]:
    target = f"{label}\0{canonical(url)}"
    return target, f"{_PLACED_MARK}\0{path}\0{target}"
