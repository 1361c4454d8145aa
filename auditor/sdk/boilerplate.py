"""What repeats across a site's pages is its template: menu, side columns, footer, clock, counters.

The rest is a page's own. Found by repetition, so that no site's markup matters. With too few pages to compare, the markup's
hints (nav, header, footer) stand in.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from auditor.sdk.html import Block, Document, Link
from auditor.sdk.urls import canonical, shape

__all__ = ["Template"]

_SHARE = 0.4
_LEAST = 3
_PLACED = 6
"""On so many pages the same words in the same place are a column of the template, though most pages lack it."""
_PER_SHAPE = 5
"""Pages of one shape (a calendar's endless months) that are compared: more would make their own content look like a template."""
_TIME = re.compile(r"\b\d{1,2}[:h]\d{1,2}(?::\d{1,2})?\b")
_HINTED = {"nav", "header", "footer", "crumb", "aside"}


class Template:
    """The template of one site, learnt from its pages."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Learn what repeats; pages with the same body or address count once."""
        pages = _sample(documents)
        self.compared = len(pages)
        needed = max(_LEAST, int(_SHARE * len(pages) + 0.999))
        texts: Counter[object] = Counter()
        links: Counter[object] = Counter()
        images: Counter[str] = Counter()
        for page in pages:
            texts.update({key for block in page.blocks for key in _keys(block)})
            images.update({source for source, _ in page.images})
            links.update({key for link in page.links for key in _link_keys(link)})
        placed = min(needed, _PLACED)
        self._texts = {key for key, count in texts.items() if count >= (placed if _is_placed(key) else needed)}
        self._images = {source for source, count in images.items() if count >= needed}
        self._shared = {key for key, count in links.items() if count >= _LEAST}
        self._links = {key for key, count in links.items() if count >= (placed if _is_placed(key) else needed)}

    def has_image(self, source: str) -> bool:
        """Tell whether a picture stands on many pages."""
        return source in self._images

    def covers_link(self, link: Link) -> bool:
        """Tell whether a link belongs to the template: an entry of a menu, a column or a footer."""
        if self.compared < _LEAST:
            return link.region in _HINTED
        return link.region == "crumb" or any(key in self._links for key in _link_keys(link))

    def is_shared(self, link: Link) -> bool:
        """Tell whether a link stands on a few pages: perhaps a column's, in any case no page's alone."""
        return any(key in self._shared for key in _link_keys(link))

    def own(self, document: Document) -> list[Block]:
        """Give the blocks that are this page's own, hidden ones left out."""
        return [block for block in document.blocks if block.kind != "hidden" and not self.covers(block)]

    def covers(self, block: Block) -> bool:
        """Tell whether a block belongs to the template."""
        if self.compared < _LEAST:
            return block.region in _HINTED
        return block.region == "crumb" or any(key in self._texts for key in _keys(block))

    def own_links(self, document: Document) -> list[Link]:
        """Give the links that are this page's own."""
        return [link for link in document.links if not self.covers_link(link)]


def _keys(block: Block) -> Sequence[object]:
    """Name a block: by its text, and by its place and its text without clock times and counts (but with its dates)."""
    timeless = _TIME.sub("#", block.text)
    dated = re.search(r"\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}", timeless) is not None
    if not dated:
        timeless = re.sub(r"\d+", "#", timeless)
    if timeless.strip("# .,:-|") == "":
        return (block.text,)
    return (block.text, (block.path, timeless, "dated" if dated else ""))


def _link_keys(link: Link) -> Sequence[object]:
    """Name a link: by label and target, and by its place as well."""
    url = canonical(link.url)
    return ((link.label, url), (link.path, link.label, url))


def _is_placed(key: object) -> bool:
    """Tell a key that names a place, and no date: a list's dates come again on many pages without being its template."""
    return isinstance(key, tuple) and len(key) == 3 and key[2] != "dated"  # noqa: PLR2004 - place, words, mark


def _sample(documents: Iterable[Document]) -> list[Document]:
    """Take each body once, and a few pages of each shape."""
    bodies: set[object] = set()
    shapes: defaultdict[str, int] = defaultdict(int)
    pages = []
    for document in documents:
        name = shape(document.url)
        if document.digest in bodies or shapes[name] >= _PER_SHAPE:
            continue
        bodies.add(document.digest)
        shapes[name] += 1
        pages.append(document)
    return pages
