"""A page's nodes, for the lists of services that text and links alone do not show: which badge stands in which row."""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from auditor.sdk.html import Document
from auditor.sdk.text import clean, fold
from auditor.sdk.urls import Base, opened_by
from probes.services_list.levels import Level, level_of

__all__ = ["Tree", "is_scripted", "level_by_hints", "links_in", "pieces_of", "text_of"]

_MAX_TEXT = 2_000
_MAX_HINTS = 12
_MAX_PIECE = 300
_MAX_DEPTH = 60
_MAX_STEPS = 2_000
"""An entry of a list has fewer nodes; more are half a page."""
_MAX_LINKS = 12
_SILENT = "script, style, template, noscript, iframe, object"
_PARTS_OF_TEXT = "h2, h3, h4, h5, h6, summary, dt, li, td, p, div, button"
_GLUED = re.compile(r"(?<![a-z])(?:muc|mucdo|dvc|dvctt)[-_ ]{0,2}(?:do)?[-_ ]{0,2}([1-4])(?![0-9])")
_FILE = re.compile(r"(?<![a-z])(?:level|lv|md|m|cap)[-_ ]{0,2}([1-4])(?![0-9])")
_KINDS = (
    (re.compile(r"toan[-_ ]?trinh"), Level.FULL),
    (re.compile(r"mot[-_ ]?phan"), Level.PARTIAL),
    (re.compile(r"cung[-_ ]?cap[-_ ]?thong[-_ ]?tin"), Level.INFORMATION),
)
_LEVELS = {"1": Level.ONE, "2": Level.TWO, "3": Level.THREE, "4": Level.FOUR}


class Tree:
    """One page's nodes, without what nobody reads."""

    def __init__(self, document: Document) -> None:
        """Parse a page once more."""
        self.parser = document.parse()
        for silent in self.parser.css(_SILENT):
            silent.decompose()
        base = self.parser.css_first("base[href]")
        self._base = Base(_joined(document.url, (base.attributes.get("href") or "") if base else ""))

    @cached_property
    def _holders(self) -> frozenset[int]:
        """Name the elements that hold titles, lists or blocks of their own: looked for once, upwards from each of these."""
        holders: set[int] = set()
        for node in self.parser.css(_PARTS_OF_TEXT):
            around = node.parent
            while around is not None and around.mem_id not in holders:
                holders.add(around.mem_id)
                around = around.parent
        return frozenset(holders)

    def is_single(self, node: LexborNode) -> bool:
        """Tell whether an element's text may be one name: it holds no titles, lists or blocks of its own."""
        return node.mem_id not in self._holders

    @property
    def body(self) -> LexborNode | None:
        """Give the node that holds what is seen."""
        return self.parser.body or self.parser.root

    def join(self, reference: str | None) -> str | None:
        """Give the absolute address of a reference, None for what leads nowhere."""
        return self._base.join(reference)

    def target(self, node: LexborNode) -> str | None:
        """Give where a link or a button leads: by its address, or by the script that opens one."""
        attributes = node.attributes
        url = self.join(attributes.get("href"))
        if url is None and (opened := opened_by(attributes.get("onclick") or attributes.get("href") or "")):
            url = self.join(opened)
        return url


def text_of(node: LexborNode, limit: int = _MAX_TEXT) -> str:
    """Give what a person reads in a node; a picture by what stands for it."""
    said = clean(node.text(deep=True, separator=" ")[:limit])
    if said:
        return said
    pictures = node.css("img")[:3]
    return clean(" ".join((img.attributes.get("alt") or img.attributes.get("title") or "") for img in pictures)[:limit])


def links_in(tree: Tree, node: LexborNode) -> Iterator[tuple[str, str]]:
    """Give a node's first links as pairs of label and absolute address."""
    for link in node.css("a")[:_MAX_LINKS]:
        url = tree.target(link)
        if url:
            yield text_of(link, 500) or clean(link.attributes.get("title") or ""), url


def pieces_of(box: LexborNode, name: LexborNode | None = None) -> Iterator[str]:
    """Give the texts in an element, one a node, but for those of the element that holds a ``name``."""
    left_out = name.mem_id if name is not None else None
    if box.tag == "-text":
        yield clean((box.text_content or "")[:_MAX_PIECE])
        return
    if box.mem_id == left_out:
        return
    under_way: list[LexborNode | None] = [box.first_child]
    steps = 0
    while under_way and steps < _MAX_STEPS:
        node = under_way.pop()
        if node is None:
            continue
        steps += 1
        under_way.append(node.next)
        if node.mem_id == left_out:
            continue
        if node.tag == "-text":
            if text := clean((node.text_content or "")[:_MAX_PIECE]):
                yield text
        elif len(under_way) < _MAX_DEPTH:
            under_way.append(node.first_child)


def is_scripted(tree: Tree, node: LexborNode) -> bool:
    """Tell whether a node holds a link or button that leads somewhere by a script alone."""
    for control in node.css("a, button, [onclick]")[:_MAX_LINKS]:
        told = control.attributes.get("onclick") or (control.attributes.get("href") or "").lower().startswith("javascript:")
        if (told or control.tag == "button") and tree.target(control) is None:
            return True
    return False


def level_by_hints(node: LexborNode) -> Level | None:
    """Give the level that pictures and class names inside a node tell: by alt, title, file name or class."""
    pictures = [node] if node.tag == "img" else node.css("img")[:_MAX_HINTS]
    for image in pictures:
        for name in ("alt", "title"):
            if level := level_of(image.attributes.get(name) or "", column=True):
                return level
        source = image.attributes.get("src") or image.attributes.get("data-src") or ""
        if level := _of_name(unquote(source[:500]).rpartition("/")[2], file=True):
            return level
    for marked in [node, *node.css("[class]")[:_MAX_HINTS]]:
        if marked.tag not in {"table", "body", "ul", "ol"} and (level := _of_name((marked.attributes.get("class") or "")[:200])):
            return level
    titled = (
        marked.attributes.get("title") or marked.attributes.get("aria-label") or "" for marked in node.css("span, i, em, b")
    )
    return next((level for said in titled if said and (level := level_of(said[:200], column=True))), None)


@lru_cache(maxsize=4096)
def _of_name(name: str, *, file: bool = False) -> Level | None:
    folded = fold(name)
    if found := _GLUED.search(folded) or (_FILE.search(folded) if file else None):
        return _LEVELS[found[1]]
    return next((level for pattern, level in _KINDS if pattern.search(folded)), None)


def _joined(url: str, reference: str) -> str:
    try:
        joined = urljoin(url, reference.strip()) if reference else url
        urlsplit(joined)
    except ValueError:
        return url
    return joined
