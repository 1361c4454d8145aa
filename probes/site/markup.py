"""What only the markup of a page tells: its metadata, its controls, and what it hides from those who look at it."""

import json
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.sdk.text import clean
from auditor.sdk.urls import Base

__all__ = ["Hidden", "controls", "fields", "inline_scripts"]

_MAX_NODES = 6_000
_MAX_METAS = 300
_MAX_VALUE = 500
_MAX_JSON = 200_000
_MAX_STEPS = 2_000
_MAX_PARENTS = 200
_MAX_RULES = 3_000
_LABEL = 80
_SIMPLE = re.compile(r"[.#][A-Za-z_][\w-]*")
_HIDES = re.compile(
    r"display\s*+:\s*+none|visibility\s*+:\s*+hidden|(?<![-\w])opacity\s*+:\s*+0(?:\.0++)?\s*+(?:;|!|$)|"
    r"font-size\s*+:\s*+(?:0(?:px|pt|r?em|%)?|1p[xt])\s*+(?:;|!|$)|(?:left|top|right|bottom|text-indent)\s*+:\s*+-\d{3}|"
    r"(?<!-)(?:max-)?(?:height|width)\s*+:\s*+(?:0(?:px)?|1px)\s*+(?:;|!|$)|clip\s*+:\s*+rect\(\s*+[01]",
    re.IGNORECASE,
)
_JSON_KEYS = {
    "description": "description",
    "author": "author",
    "creator": "author",
    "publisher": "publisher",
    "datepublished": "date",
    "datemodified": "date",
    "datecreated": "date",
    "keywords": "keywords",
}


def fields(tree: LexborHTMLParser) -> dict[str, set[str]]:
    """Give a page's metadata: lower-case names of meta and microdata, and those of JSON-LD, each with what it says."""
    found: dict[str, set[str]] = {}
    for node in tree.css("meta, [itemprop=datePublished], [itemprop=dateModified], [itemprop=author]")[:_MAX_METAS]:
        attributes = node.attributes
        said = attributes.get("content") or attributes.get("datetime") or ("" if node.tag == "meta" else node.text(deep=True))
        for name in (attributes.get("name"), attributes.get("property"), attributes.get("itemprop")):
            if name and said and (value := clean(said)[:_MAX_VALUE]):
                found.setdefault(name.strip().lower(), set()).add(value)
    for key, value in _linked_data(tree):
        found.setdefault(f"ld:{key}", set()).add(value)
    return found


def _linked_data(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for node in tree.css('script[type="application/ld+json"]')[:20]:
        try:
            waiting = [json.loads((node.text(deep=True) or "")[:_MAX_JSON])]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MAX_STEPS):
            if not waiting:
                break
            one = waiting.pop()
            if isinstance(one, list):
                waiting += one[:_MAX_STEPS]
            elif isinstance(one, dict):
                for key, value in one.items():
                    named = _JSON_KEYS.get(key.lower())
                    if named is not None and (said := _said(value)):
                        yield named, said
                    elif isinstance(value, dict | list):
                        waiting.append(value)


def _said(value: object) -> str:
    """Give the words of a JSON-LD value: itself, or the name of what it is."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@id") or ""
    return clean(value)[:_MAX_VALUE] if isinstance(value, str) else ""


def controls(tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, str, str]]:
    """Give what can be pressed: the element, what it is called, and what it does (its script or address)."""
    for node in tree.css("a, button, input, [onclick], i, img, span")[:_MAX_NODES]:
        attributes = node.attributes
        does = f"{attributes.get('onclick') or ''} {attributes.get('href') or ''}".strip()[:_MAX_VALUE]
        text = clean((node.text(deep=True) or "")[:_MAX_VALUE])
        if not text:
            hints = (attributes.get(name) for name in ("value", "title", "alt", "aria-label"))
            text = next((said for hint in hints if hint and (said := clean(hint[:_MAX_VALUE]))), "")
        yield node, text[:_LABEL], does


def inline_scripts(tree: LexborHTMLParser) -> str:
    """Give the scripts that stand in the page itself."""
    return "\n".join((node.text(deep=True) or "")[:_MAX_JSON] for node in tree.css("script:not([src])")[:200])


class Hidden:
    """What a page hides from those who look at it: by its elements' own style, or by a rule of the page's style sheet."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        """Read the rules of a page."""
        self._tree = tree
        self._names = {name for sheet in tree.css("style")[:50] for name in _hiding((sheet.text(deep=True) or "")[:_MAX_JSON])}

    def links(self, base: str) -> set[str]:
        """Give the addresses of the hidden links."""
        join = Base(base).join
        found = set()
        for node in self._tree.css("a[href]")[:_MAX_NODES]:
            url = join(node.attributes.get("href"))
            if url is not None and self._is_hidden(node):
                found.add(url)
        return found

    def _is_hidden(self, node: LexborNode) -> bool:
        current: LexborNode | None = node
        for _ in range(_MAX_PARENTS):
            if current is None:
                return False
            if self._hides(current):
                return True
            current = current.parent
        return False

    def _hides(self, node: LexborNode) -> bool:
        attributes = node.attributes
        if not attributes:
            return False
        if "hidden" in attributes or node.tag == "noscript" or _HIDES.search((attributes.get("style") or "")[:_MAX_VALUE]):
            return True
        if node.tag in {"marquee", "font"} and {attributes.get("height"), attributes.get("width"), attributes.get("size")} & {
            "0",
            "1",
        }:
            return True
        names = {f".{name}" for name in (attributes.get("class") or "").split()} | {f"#{attributes.get('id')}"}
        return not self._names.isdisjoint(names)


def _hiding(sheet: str) -> Iterator[str]:
    """Give the classes and ids that a style sheet's simple rules hide."""
    for rule in sheet.split("}")[:_MAX_RULES]:
        selectors, _, declared = rule.rpartition("{")
        if selectors and _HIDES.search(declared[:_MAX_VALUE]):
            for selector in selectors[-_MAX_VALUE:].rpartition("{")[2].split(","):
                if _SIMPLE.fullmatch(selector.strip()):
                    yield selector.strip()
