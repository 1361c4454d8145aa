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
        links: Counter[tuple[str, str]] = Counter()
        for page in pages:
            texts.update({key for block in page.blocks for key in _keys(block)})
            links.update({(link.label, canonical(link.url)) for link in page.links})
        self._texts = {key for key, count in texts.items() if count >= needed}
        self._links = {key for key, count in links.items() if count >= needed}

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
        if self.compared < _LEAST:
            return [link for link in document.links if link.region not in _HINTED]
        return [
            link for link in document.links if link.region != "crumb" and (link.label, canonical(link.url)) not in self._links
        ]


def _keys(block: Block) -> Sequence[object]:
    """Name a block: by its text, and by its place and its text without clock times and counts (but with its dates)."""
    timeless = _TIME.sub("#", block.text)
    if not re.search(r"\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}", timeless):
        timeless = re.sub(r"\d+", "#", timeless)
    if timeless.strip("# .,:-|") == "":
        return (block.text,)
    return (block.text, (block.path, timeless))


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
