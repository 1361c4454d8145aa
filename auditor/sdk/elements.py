"""What an element's tag and attributes say of its content: whether it is read, how, where it stands, and whether it is seen."""

import re
from collections.abc import Mapping
from functools import lru_cache

__all__ = [
    "INLINE",
    "SKIPPED",
    "Attributes",
    "Region",
    "classes",
    "inside",
    "is_hidden",
    "kind_inside",
    "plainly_inside",
    "region_of",
]

_REMEMBERED = 200
"""Class names up to so many characters are remembered: a site's pages are made of the same ones."""

_LONG_PATH = 600

SKIPPED = frozenset({"script", "style", "template", "iframe", "svg", "object", "head", "_comment"})
"""Elements that hold nothing that a person reads."""
INLINE = frozenset(
    {
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
)
_KINDS = {
    **dict.fromkeys(("select", "option", "button", "textarea", "input", "datalist", "label"), "field"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("th", "thead"), "th"),
    "td": "cell",
}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_REGION = {
    "nav": re.compile(r"(?:^|[-_ ])(?:nav|navbar|navigation|menu|mainmenu|topmenu|mega)", re.IGNORECASE),
    "header": re.compile(r"(?:^|[-_ ])(?:header|banner|topbar|top-bar)", re.IGNORECASE),
    "footer": re.compile(r"(?:^|[-_ ])(?:footer|bottom|chan-?trang)", re.IGNORECASE),
    "crumb": re.compile(r"breadcrumb|duong-?dan|path-?way|sitemappath", re.IGNORECASE),
}
_REGION_TAGS = frozenset({"nav", "header", "footer", "aside"})
_NAMED_TAGS = frozenset({"div", "ul", "ol", "section", "table", "td"})
_DIGITS = re.compile(r"\d+")

Region = str
"""``nav``, ``header``, ``footer``, ``crumb``, ``aside`` or empty for the rest: a hint from the markup, never a condition."""

Attributes = Mapping[str, str | None]


def kind_inside(tag: str, kind: str) -> str:
    """Give the kind of the text inside an element that stands in text of a kind."""
    if kind in {"hidden", "field"} or (tag == "td" and kind == "th") or (tag == "button" and kind == "heading"):
        return kind  # the heading of an accordion is a button that opens it
    return _KINDS.get(tag, kind)


def region_of(tag: str, attributes: Attributes) -> Region:
    """Give the region that an element begins, empty if none."""
    if tag in _REGION_TAGS:
        return tag
    identity, names = attributes.get("id"), attributes.get("class")
    if tag not in _NAMED_TAGS or not (identity or names):
        return ""
    named = f"{identity or ''} {names or ''}"
    return _named(named) if len(named) <= _REMEMBERED else _region_named(named)


def inside(path: str, region: Region, kind: str, tag: str, attributes: Attributes) -> tuple[str, Region, str]:
    """Give path, region and kind inside a block-level element that stands in these."""
    names, identity = attributes.get("class") or "", attributes.get("id") or ""
    if len(path) <= _LONG_PATH and len(names) + len(identity) <= _REMEMBERED:
        return _inside_of(path, region, kind, tag, names, identity)
    return f"{path}/{tag}{classes(names)}", region_of(tag, attributes) or region, kind_inside(tag, kind)


def plainly_inside(path: str, region: Region, kind: str, tag: str) -> tuple[str, Region, str]:
    """Give the same for an element without attributes."""
    return _inside_of(path, region, kind, tag, "", "") if len(path) <= _LONG_PATH else inside(path, region, kind, tag, {})


def is_hidden(attributes: Attributes) -> bool:
    """Tell whether an element's own attributes hide it."""
    if "style" not in attributes:
        return "hidden" in attributes
    return "hidden" in attributes or _HIDDEN.search(attributes["style"] or "") is not None


def classes(names: str | None) -> str:
    """Give an element's first class names as they stand in a path, numbers made one."""
    if not names:
        return ""
    return _pathed(names) if len(names) <= _REMEMBERED else _path_of(names)


def _path_of(names: str) -> str:
    return "".join(f".{_DIGITS.sub('#', name)}" for name in names.split()[:3])


def _region_named(named: str) -> Region:
    return next((region for region, pattern in _REGION.items() if pattern.search(named)), "")


@lru_cache(maxsize=8192)
def _inside_of(path: str, region: Region, kind: str, tag: str, names: str, identity: str) -> tuple[str, Region, str]:
    begun = region_of(tag, {"class": names, "id": identity})
    return f"{path}/{tag}{classes(names)}", begun or region, kind_inside(tag, kind)


_pathed = lru_cache(maxsize=4096)(_path_of)
_named = lru_cache(maxsize=4096)(_region_named)
