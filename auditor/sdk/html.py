"""A page as a person sees it: its title, links, forms and blocks of text, whatever its make and however broken."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.model.evidence import Exchange
from auditor.sdk.charset import Decoded, decode
from auditor.sdk.tables import Table, read_tables
from auditor.sdk.text import nfc

__all__ = ["Block", "Document", "Form", "Link", "Region", "parser"]

_MAX_CHARS = 4_000_000
_MAX_NODES = 60_000
_MAX_DEPTH = 200
_MAX_URL = 2_000
_MAX_LABEL = 500

_SKIP = {"script", "style", "noscript", "template", "iframe", "svg", "object", "head"}
_INLINE = {
    "a",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "span",
    "font",
    "small",
    "big",
    "sub",
    "sup",
    "label",
    "abbr",
    "time",
    "mark",
    "img",
    "br",
    "code",
    "q",
}
_FIELDS = {"select", "option", "button", "textarea", "input", "datalist"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_OPENED = re.compile(
    r"""(?:window\.open|location(?:\.href)?\s*=|location\.(?:assign|replace))\s*\(?\s*['"]([^'"]+)['"]""", re.IGNORECASE
)
_REGION = {
    "nav": re.compile(r"(?:^|[-_ ])(?:nav|navbar|navigation|menu|mainmenu|topmenu|mega)", re.IGNORECASE),
    "header": re.compile(r"(?:^|[-_ ])(?:header|banner|topbar|top-bar)", re.IGNORECASE),
    "footer": re.compile(r"(?:^|[-_ ])(?:footer|bottom|chan-?trang)", re.IGNORECASE),
    "crumb": re.compile(r"breadcrumb|duong-?dan|path-?way|sitemappath", re.IGNORECASE),
}
_WHITE = re.compile(r"\s+")

Region = str
"""``nav``, ``header``, ``footer``, ``crumb``, ``aside`` or empty for the rest: a hint from the markup, never a condition."""


@dataclass(frozen=True, slots=True)
class Link:
    """Something to follow.

    ``url`` is absolute, without fragment; ``label`` what a person reads or hears: the text, else aria-label, title or alt.
    """

    url: str
    label: str
    region: Region
    path: str
    image: bool = False
    file: str = ""
    """The address of the image inside, if there is one: its file name may be all that names the target."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text in one block-level element: ``path`` is its chain of tags and classes, ``kind`` its role for reading."""

    text: str
    path: str
    region: Region
    kind: str
    """``heading``, ``th``, ``field``, ``cell``, ``text`` or ``hidden``."""
    linked: bool
    """Whether all of its text stands in links."""
    row: int = -1


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it goes, how, and the names and hints of its text fields."""

    action: str
    method: str
    fields: tuple[str, ...]
    hints: tuple[str, ...]
    path: str
    hidden: bool


class Document:
    """One parsed page. Nothing a site sends makes it raise; what is too long or too deep is left out."""

    def __init__(self, exchange: Exchange) -> None:
        """Parse a page's kept body."""
        self.url = exchange.url
        self.digest = exchange.digest
        self._decoded = decode(exchange.body, exchange.header("content-type"))
        self._tree = LexborHTMLParser(self._decoded.text[:_MAX_CHARS].replace("\x00", ""))
        self._joined: dict[str, str | None] = {}
        self._base = self._base_url()

    @property
    def decoded(self) -> Decoded:
        """Give the page's text and how it was decoded."""
        return self._decoded

    @cached_property
    def title(self) -> str:
        """Give the title element's text."""
        node = self._tree.css_first("title")
        return clean(node.text(deep=True)) if node else ""

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Give the visible headings in order."""
        return tuple(block.text for block in self.blocks if block.kind == "heading")

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Give the text, run by run, in the page's order."""
        return self._walked[0]

    @property
    def links(self) -> tuple[Link, ...]:
        """Give the links in the page's order: anchors, areas, onclick targets, options that hold addresses."""
        return self._walked[1]

    @property
    def images(self) -> tuple[tuple[str, str], ...]:
        """Give the images as pairs of absolute source and path, hidden ones left out."""
        return self._walked[2]

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Give the forms in the page's order."""
        return tuple(self._form(node) for node in self._tree.css("form")[:200])

    @cached_property
    def loose_inputs(self) -> tuple[str, ...]:
        """Give the hints of text inputs outside any form, as scripts use them."""
        return tuple(_hints(node) for node in self._tree.css("input")[:500] if _is_text(node) and not _within_form(node))

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Give the page's innermost tables."""
        return read_tables(self._tree, self._join)

    @cached_property
    def has_password(self) -> bool:
        """Tell whether the page asks for a password."""
        return self._tree.css_first("input[type=password i]") is not None

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
        """Give where a meta refresh leads, if it does."""
        for node in self._tree.css("meta")[:100]:
            if (node.attributes.get("http-equiv") or "").lower() == "refresh":
                found = re.search(r"url\s*=\s*['\"]?([^'\">]+)", node.attributes.get("content") or "", re.IGNORECASE)
                return self._join(found[1].strip()) if found else None
        return None

    def text(self) -> str:
        """Give all visible text, a block a line."""
        return "\n".join(block.text for block in self.blocks if block.kind != "hidden")

    def _base_url(self) -> str:
        node = self._tree.css_first("base")
        href = (node.attributes.get("href") or "").strip() if node else ""
        try:
            return urljoin(self.url, href) if href else self.url
        except ValueError:
            return self.url

    def _join(self, href: str | None) -> str | None:
        """Give the absolute address of a reference, None for what leads nowhere (``#``, ``javascript:``)."""
        raw = (href or "").strip()
        if not raw or raw.startswith("#") or len(raw) > _MAX_URL:
            return None
        if raw not in self._joined:
            self._joined[raw] = self._resolve(raw)
        return self._joined[raw]

    def _resolve(self, raw: str) -> str | None:
        try:
            url = urldefrag(urljoin(self._base, re.sub(r"[\t\r\n]", "", raw)))[0]
            parts = urlsplit(url)
        except ValueError:
            return None
        return url if parts.scheme in {"http", "https"} and parts.hostname else None

    @cached_property
    def _walked(self) -> tuple[tuple[Block, ...], tuple[Link, ...], tuple[tuple[str, str], ...]]:
        walk = _Walk(self._join)
        body = self._tree.body or self._tree.root
        if body is not None:
            walk.run(body)
        return tuple(walk.blocks), tuple(draft.link() for draft in walk.drafts), tuple(walk.images)

    def _form(self, node: LexborNode) -> Form:
        inputs = [child for child in node.css("input, textarea")[:100] if child.tag == "textarea" or _is_text(child)]
        return Form(
            action=self._join(node.attributes.get("action")) or self.url,
            method=(node.attributes.get("method") or "get").strip().lower(),
            fields=tuple((child.attributes.get("name") or "") for child in inputs),
            hints=tuple(_hints(child) for child in inputs)
            + tuple(_hints(child) for child in node.css("button, input[type=submit], input[type=image]")[:20]),
            path=_signature(node),
            hidden=_is_hidden(node),
        )


class _Draft:
    """A link while its element is being read."""

    def __init__(self, url: str, region: str, path: str) -> None:
        self.url, self.region, self.path = url, region, path
        self.text: list[str] = []
        self.hints: list[str] = []
        self.image = False
        self.file = ""

    def link(self) -> Link:
        """Give the finished link."""
        label = clean("".join(self.text)) or next(filter(None, map(clean, self.hints)), "")
        return Link(self.url, label[:_MAX_LABEL], self.region, self.path, self.image, self.file)


class _Walk:
    """One pass over a page's nodes, without recursion, so that depth costs nothing."""

    def __init__(self, join: Callable[[str | None], str | None]) -> None:
        self.join = join
        self.blocks: list[Block] = []
        self.drafts: list[_Draft] = []
        self.images: list[tuple[str, str]] = []
        self._pieces: list[str] = []
        self._linked: list[bool] = []
        self._rows = 0

    def run(self, body: LexborNode) -> None:
        """Walk; a stack entry is a node with its path, region, kind and open link, or None to end a block."""
        stack: list[tuple[LexborNode | None, str, str, str, int, int, int]] = [(body, "", "", "text", -1, 0, -1)]
        seen = 0
        while stack and seen < _MAX_NODES:
            node, path, region, kind, link, depth, row = stack.pop()
            if node is None:
                self._end(path, region, kind, row)
                continue
            seen += 1
            tag = node.tag or ""
            if tag == "-text":
                self._text(node.text_content or "", link)
            elif tag not in _SKIP and not tag.startswith("-") and tag != "_comment" and depth < _MAX_DEPTH:
                self._element(node, tag, stack, (path, region, kind, link, depth, row))
        self._end("", "", "text", -1)

    def _element(
        self,
        node: LexborNode,
        tag: str,
        stack: list[tuple[LexborNode | None, str, str, str, int, int, int]],
        around: tuple[str, str, str, int, int, int],
    ) -> None:
        path, region, kind, link, depth, row = around
        attributes = node.attributes
        if kind != "hidden" and ("hidden" in attributes or _HIDDEN.search(attributes.get("style") or "")):
            kind = "hidden"
        if tag == "option":
            self._option(attributes, node, region, path)
        if tag in {"a", "area"} or attributes.get("onclick"):
            link = self._open_link(node, attributes, region, path, link)
        if tag == "img":
            self._image(attributes, path, kind, link)
        if tag == "br":
            self._pieces.append(" ")
        inside = _kind(tag, kind)
        block = tag not in _INLINE
        below = path
        if block:
            self._end(path, region, kind, row)
            below = path + "/" + tag + _classes(attributes)
            region = _region(tag, attributes) or region
            if tag == "tr":
                self._rows += 1
                row = self._rows
            stack.append((None, below, region, inside, link, depth, row))
        elif tag == "time" and (moment := attributes.get("datetime")):
            self._pieces.append(f" {moment[:10]} ")
        children: list[tuple[LexborNode | None, str, str, str, int, int, int]] = []
        child = node.first_child
        while child is not None and len(children) < _MAX_NODES:
            children.append((child, below, region, inside, link, depth + 1, row))
            child = child.next
        stack.extend(reversed(children))

    def _text(self, text: str, link: int) -> None:
        self._pieces.append(text)
        if text.strip():
            self._linked.append(link >= 0)
            if link >= 0:
                self.drafts[link].text.append(text)

    def _open_link(self, node: LexborNode, attributes: dict[str, str | None], region: str, path: str, link: int) -> int:
        target = self.join(attributes.get("href"))
        if target is None and (opened := _OPENED.search(attributes.get("onclick") or attributes.get("href") or "")):
            target = self.join(opened[1])
        if target is None:
            return link
        draft = _Draft(target, region, f"{path}/{node.tag}")
        draft.hints += [attributes.get(name) or "" for name in ("aria-label", "title", "alt")]
        self.drafts.append(draft)
        return len(self.drafts) - 1

    def _option(self, attributes: dict[str, str | None], node: LexborNode, region: str, path: str) -> None:
        value = attributes.get("value") or ""
        if value.startswith(("http://", "https://")) and (url := self.join(value)):
            draft = _Draft(url, region, f"{path}/option")
            draft.text.append(node.text(deep=True))
            self.drafts.append(draft)

    def _image(self, attributes: dict[str, str | None], path: str, kind: str, link: int) -> None:
        source = self.join(attributes.get("src") or attributes.get("data-src"))
        if source and kind != "hidden":
            self.images.append((source, path))
        if link >= 0:
            self.drafts[link].image = True
            self.drafts[link].hints += [attributes.get("alt") or "", attributes.get("title") or ""]
            self.drafts[link].file = source or ""

    def _end(self, path: str, region: str, kind: str, row: int) -> None:
        if not self._pieces:
            return
        text = clean("".join(self._pieces))
        if text:
            self.blocks.append(Block(text, path, region, kind, all(self._linked), row))
        self._pieces, self._linked = [], []


def parser() -> Callable[[Exchange], Document]:
    """Give a function that parses each kept body once, to be shared by the assessments of a run."""
    parsed: dict[tuple[str | None, str], Document] = {}

    def document(exchange: Exchange) -> Document:
        key = (exchange.digest, exchange.url)
        if exchange.digest is None:
            return Document(exchange)
        if key not in parsed:
            parsed[key] = Document(exchange)
        return parsed[key]

    return document


def clean(text: str) -> str:
    """Compose and put one space between words."""
    return _WHITE.sub(" ", nfc(text)).strip()


def _kind(tag: str, kind: str) -> str:
    if kind in {"hidden", "field"}:
        return kind
    if tag in _FIELDS or tag == "label":
        return "field"
    if tag in _HEADINGS:
        return "heading"
    if tag in {"th", "thead"}:
        return "th"
    if tag == "td" and kind != "th":
        return "cell"
    return kind


def _region(tag: str, attributes: dict[str, str | None]) -> str:
    if tag in {"nav", "header", "footer", "aside"}:
        return tag
    if tag in {"div", "ul", "ol", "section", "table", "td"}:
        named = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
        if named != " ":
            return next((region for region, pattern in _REGION.items() if pattern.search(named)), "")
    return ""


def _classes(attributes: dict[str, str | None]) -> str:
    names = (attributes.get("class") or "").split()[:3]
    return "." + ".".join(re.sub(r"\d+", "#", name) for name in names) if names else ""


def _signature(node: LexborNode) -> str:
    parts: list[str] = []
    current: LexborNode | None = node
    while current is not None and len(parts) < _MAX_DEPTH:
        parts.append((current.tag or "") + _classes(current.attributes))
        current = current.parent
    return "/".join(reversed(parts))


def _is_hidden(node: LexborNode) -> bool:
    current: LexborNode | None = node
    for _ in range(_MAX_DEPTH):
        if current is None:
            return False
        if "hidden" in current.attributes or _HIDDEN.search(current.attributes.get("style") or ""):
            return True
        current = current.parent
    return False


def _is_text(node: LexborNode) -> bool:
    return (node.attributes.get("type") or "text").strip().lower() in {"text", "search"}


def _within_form(node: LexborNode) -> bool:
    current = node.parent
    for _ in range(_MAX_DEPTH):
        if current is None:
            return False
        if current.tag == "form":
            return True
        current = current.parent
    return False


def _hints(node: LexborNode) -> str:
    names = ("placeholder", "title", "aria-label", "value", "name", "id", "alt")
    return clean(" ".join((node.attributes.get(name) or "") for name in names) + " " + (node.text(deep=True) or ""))[:300]
