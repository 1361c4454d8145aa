"""What a page has browsers load or send by itself, after the HTML, SVG and CSS standards: each address, and whether it acts."""

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["loads_of", "runs", "said", "sends_of"]

_MAX_NODES = 5_000
_MAX_CANDIDATES = 100
_ACTIVE = (("frame", "src"), ("embed", "src"), ("object", "data"))
_PASSIVE = (
    *(("img", "src"), ("audio", "src"), ("video", "src"), ("video", "poster"), ("track", "src")),
    *(("audio > source", "src"), ("video > source", "src"), ("input[type=image i]", "src")),
    *((tag, "background") for tag in ("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th")),
)
_BUTTONS = "form button[formaction], form input[formaction], button[form][formaction], input[form][formaction]"
_DRAWN = (("image", False), ("feImage", False), ("use", True), ("script", True))
_LOADING = {"stylesheet", "preload", "modulepreload", "manifest", "icon", "apple-touch-icon", "prefetch"}
_ACTING_LINKS = {"stylesheet", "modulepreload", "manifest"}
_ACTING_PRELOADS = {"script", "style", "worker", "document"}
_SCRIPT_TYPES = {
    "application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
    "text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
    "text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
    "text/x-ecmascript", "text/x-javascript",
}  # fmt: skip
"""The types of JavaScript (MIME Sniffing Standard, section 4.6): a block of any other type is data and loads nothing."""
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_NAMESPACE = re.compile(r"@namespace[^;]*;?", re.IGNORECASE)
_CSS_URL = re.compile(
    r"""(?:(@import\s+(?:url\(\s*)?)|url\(\s*)['"]?(http://[^'")\s]+)|@import\s*['"](http://[^'"]+)""", re.IGNORECASE
)
_CANDIDATE = re.compile(r"[\s,]*([^\s]+)")
_DESCRIPTORS = re.compile(r"(?:\([^)]*\)?|[^,(])*")


def loads_of(tree: LexborHTMLParser) -> Iterator[tuple[str, bool]]:
    """Give each address that browsers load by themselves, and whether what it gives runs or styles the page."""
    for pairs, acts in ((_ACTIVE, True), (_PASSIVE, False)):
        for selector, attribute in pairs:
            yield from ((said(node, attribute), acts) for node in _all(tree, f"{selector}[{attribute}]"))
    yield from ((said(node, "src"), True) for node in _all(tree, "script[src]") if runs(node))
    yield from ((said(node, "src"), True) for node in _all(tree, "iframe[src]") if "srcdoc" not in node.attributes)
    yield from _links(tree)
    for node in _all(tree, "img[srcset], picture > source[srcset]"):
        yield from ((address, False) for address in _candidates(said(node, "srcset")))
    yield from _drawn(tree)
    for text in _styles(tree):
        for imports, address, imported in _CSS_URL.findall(_NAMESPACE.sub(" ", _COMMENT.sub(" ", text))):
            yield address or imported, bool(imports or imported)


def sends_of(tree: LexborHTMLParser) -> Iterator[str]:
    """Give each address to which a form sends what a visitor types; browsers warn of it too (Mixed Content, section 5)."""
    yield from (said(node, "action") for node in _all(tree, "form[action]") if said(node, "method").lower() != "dialog")
    yield from (said(node, "formaction") for node in _all(tree, _BUTTONS) if _sends(node))


def runs(script: LexborNode) -> bool:
    """Tell whether browsers of today run a script element, or only keep its text (HTML Standard, section 4.12.1)."""
    kind, language = said(script, "type").lower(), said(script, "language").lower()
    if kind == "module":
        return True
    if "type" not in script.attributes and language:
        kind = f"text/{language}"
    return (kind in _SCRIPT_TYPES or not kind) and "nomodule" not in script.attributes


def said(node: LexborNode, key: str) -> str:
    """Give an attribute's text, empty where it lacks."""
    return (node.attributes.get(key) or "").strip()


def _all(tree: LexborHTMLParser, selector: str) -> Iterable[LexborNode]:
    return tree.css(selector)[:_MAX_NODES]


def _links(tree: LexborHTMLParser) -> Iterator[tuple[str, bool]]:
    for node in _all(tree, "link"):
        rel, kind = set(said(node, "rel").lower().split()), said(node, "type").lower()
        if "stylesheet" in rel and ("disabled" in node.attributes or kind not in {"", "text/css"}):
            rel.discard("stylesheet")
        if not rel & _LOADING:
            continue
        acts = bool(rel & _ACTING_LINKS) or ("preload" in rel and said(node, "as").lower() in _ACTING_PRELOADS)
        if said(node, "href"):
            yield said(node, "href"), acts
        if "preload" in rel:
            yield from ((address, acts) for address in _candidates(said(node, "imagesrcset")))


def _sends(button: LexborNode) -> bool:
    """Tell whether a press on a button sends its form."""
    kind = said(button, "type").lower()
    if button.tag == "button":
        return kind not in {"reset", "button"}  # a type that nobody knows sends too (HTML Standard, section 4.10.8)
    return kind in {"submit", "image"}


def _drawn(tree: LexborHTMLParser) -> Iterator[tuple[str, bool]]:
    """Give what SVG loads by ``href``, or as before SVG 2 by ``xlink:href``."""
    for name, acts in _DRAWN:
        for node in _all(tree, f"svg {name}"):
            if name != "script" or runs(node):
                yield said(node, "href") or said(node, "xlink:href"), acts


def _candidates(text: str) -> list[str]:
    """Give the addresses of a ``srcset`` (HTML Standard, section 4.8.4.2.2): a comma may stand in an address too."""
    found: list[str] = []
    place = 0
    while len(found) < _MAX_CANDIDATES and (next_one := _CANDIDATE.match(text, place)):
        address, place = next_one[1], next_one.end()
        found.append(address.rstrip(","))
        if not address.endswith(",") and (rest := _DESCRIPTORS.match(text, place)):
            place = rest.end()
    return [address for address in found if address]


def _styles(tree: LexborHTMLParser) -> Iterator[str]:
    yield from (node.text(deep=True) or "" for node in _all(tree, "style") if said(node, "type").lower() in {"", "text/css"})
    yield from (said(node, "style") for node in _all(tree, "[style]"))
