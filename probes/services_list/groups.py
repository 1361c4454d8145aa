"""What a whole group of rows is said to be: by the heading above them, the tab that is open, the page's own title or address."""

import re
from collections.abc import Container, Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from selectolax.lexbor import LexborNode

from auditor.sdk.text import clean, fold
from probes.services_list.levels import Level, level_of, level_of_group, names_only_level
from probes.services_list.tree import Tree

__all__ = ["group_levels", "page_level"]

_MAX_NODES = 60_000
_MAX_MARK = 160
_RANKS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "caption": 7, "legend": 7}
_LEAST_RANK = 8
_WITHIN_TEXT = {"b", "strong", "span", "font", "i", "em", "u", "a", "label", "small"}
_CHOICES = {"a", "option", "label", "button", "select"}
_ACTIVE = re.compile(r"(?:^|[\s_-])(?:active|selected|current|chon|on)(?:$|[\s_-])", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*(?:[IVX]{1,5}|[A-Ea-e]|\d{1,2}(?:\.\d{1,2})?)\s?[.)\-/:]\s*")
_ANNEX = re.compile(r"\((?:\s?\d+[^()]{0,30})\)|[:\-–]\s*\d+\s*(?:dich vu|thu tuc|dvc|tthc)[^\d]{0,20}$", re.IGNORECASE)
_PARTS = re.compile(r"\s[-–—|»>]\s|\s*[|»]\s*")
_KEY = re.compile(r"muc_?-?(?:do)?(?:id)?|level|loaidvc|loai_?dvc", re.IGNORECASE)
_ADDRESS = re.compile(r"\bmuc[-_]?(?:do)?[-_]?([1-4])(?:[-/.]|$)")
_LEVELS = {"1": Level.ONE, "2": Level.TWO, "3": Level.THREE, "4": Level.FOUR}
_Mark = tuple[Level | None, LexborNode, bool, int]
"""The level that a text names alone, its element, whether it is one of several to choose from, and its rank as a heading."""
_Group = tuple[Level | None, int]
_NO_GROUP: _Group = (None, _LEAST_RANK)


def group_levels(tree: Tree, rows: Mapping[int, int]) -> dict[int, Level]:
    """Give the level of the group that each row stands in. ``rows`` are rows' nodes, each with the list that holds it.

    A heading holds for the list that follows it, and for more lists only where lesser headings part them.
    """
    if tree.body is None:
        return {}
    found = _panels(tree, rows)
    marks: list[_Mark] = []
    group = _NO_GROUP
    holder: int | None = None
    for node, inside in _walk(tree.body, rows):
        if inside is not None:
            if marks:
                group, marks, holder = _chosen(marks, group), [], rows[inside]
            if group[0] is not None and rows[inside] == holder:
                found.setdefault(inside, group[0])
        elif node.tag == "-text":
            marks += _mark(node)
    return found


def _mark(node: LexborNode) -> list[_Mark]:
    """Give the mark that a text is; a heading without a level may end a group."""
    text = clean((node.text_content or "")[:_MAX_MARK])
    parent = node.parent
    if not text or parent is None:
        return []
    plain = _ANNEX.sub("", _NUMBERED.sub("", text)).strip()
    heading = _within(parent, _RANKS.keys())
    level = names_only_level(plain)
    if level is None and heading is not None:
        level = level_of_group(plain)
    if heading is None and _is_value(parent):
        return []
    choice = _within(parent, _CHOICES) is not None
    if level is None and (heading is None or choice):
        return []
    return [(level, parent, choice, _RANKS[heading.tag or ""] if heading is not None else _LEAST_RANK)]


def _is_value(node: LexborNode) -> bool:
    """Tell the value of a field (Mức độ | Toàn trình) from words that head a list: it stands in a cell by itself."""
    current: LexborNode | None = node
    while current is not None and current.tag in _WITHIN_TEXT:
        current = current.parent
    return current is not None and current.tag in {"td", "dd"}


def _chosen(marks: list[_Mark], group: _Group) -> _Group:
    """Give the group that the marks since the last row leave: the last heading's, else the open one of several to choose from."""
    named = False
    for level, _, choice, rank in marks:
        if choice:
            continue
        if level is not None:
            group, named = (level, rank), True
        elif rank <= group[1]:
            group = _NO_GROUP
    choices = [(level, node) for level, node, choice, _ in marks if choice]
    if named or not choices:
        return group
    open_ones = {level for level, node in choices if _is_active(node)}
    if len(open_ones) == 1:
        return open_ones.pop(), _LEAST_RANK
    levels = {level for level, _ in choices}
    stays = all(_stays(node) for _, node in choices)
    return (levels.pop(), _LEAST_RANK) if len(levels) == 1 and stays else group


def _is_active(node: LexborNode) -> bool:
    current: LexborNode | None = node
    for _ in range(4):
        if current is None or current.tag in {"ul", "ol", "nav", "body", "form"}:
            return False
        attributes = current.attributes
        if _ACTIVE.search(attributes.get("class") or "") or attributes.get("aria-selected") == "true":
            return True
        if "selected" in attributes or "checked" in attributes or attributes.get("aria-current"):
            return True
        current = current.parent
    return False


def _stays(node: LexborNode) -> bool:
    """Tell a choice that opens what stands on this page from one that leads to another."""
    link = _within(node, {"a"})
    href = (link.attributes.get("href") or "").strip() if link is not None else ""
    return not href or href.startswith(("#", "javascript:"))


def _within(node: LexborNode, tags: Container[str]) -> LexborNode | None:
    current: LexborNode | None = node
    for _ in range(6):
        if current is None:
            return None
        if current.tag in tags:
            return current
        current = current.parent
    return None


def _panels(tree: Tree, rows: Mapping[int, int]) -> dict[int, Level]:
    """Give the level of rows in a panel that a tab of that level opens."""
    named: dict[str, Level] = {}
    for tab in tree.parser.css("a[href^='#'], [data-target], [data-bs-target], [aria-controls]")[:500]:
        level = names_only_level(_ANNEX.sub("", clean(tab.text(deep=True)[:_MAX_MARK])))
        if level is None:
            continue
        for name in ("href", "data-target", "data-bs-target", "aria-controls"):
            target = (tab.attributes.get(name) or "").strip().removeprefix("#")
            if target:
                named.setdefault(target, level)
    found: dict[int, Level] = {}
    if not named:
        return found
    for panel in tree.parser.css("[id]")[:5_000]:
        level = named.get(panel.attributes.get("id") or "")
        if level is not None:
            inside_of = [panel.mem_id] if panel.mem_id in rows else [row for _, row in _walk(panel, rows) if row is not None]
            found |= dict.fromkeys(inside_of, level)
    return found


def _walk(root: LexborNode, rows: Mapping[int, int]) -> Iterator[tuple[LexborNode, int | None]]:
    """Give every node in the page's order; a row once, as a whole, with its number."""
    under_way: list[LexborNode | None] = [root.first_child]
    steps = 0
    while under_way and steps < _MAX_NODES:
        node = under_way.pop()
        if node is None:
            continue
        steps += 1
        under_way.append(node.next)
        if node.mem_id in rows:
            yield node, node.mem_id
            continue
        yield node, None
        if len(under_way) < 200:  # noqa: PLR2004 - as deep as a page is read
            under_way.append(node.first_child)


def page_level(url: str, title: str, headings: tuple[str, ...]) -> Level | None:
    """Give the level that a page as a whole is for: by its title, its only heading, or the address that filters it."""
    texts = [*_PARTS.split(title)[:3], *(headings if len(headings) == 1 else ())]
    told = {level for text in texts if (level := names_only_level(_ANNEX.sub("", _NUMBERED.sub("", text))))}
    if len(told) == 1:
        return told.pop()
    try:
        pairs = parse_qsl(urlsplit(url).query, max_num_fields=50)
    except ValueError:
        pairs = []
    for key, value in pairs:
        if _KEY.fullmatch(key.rpartition("_")[2] or key):
            return _LEVELS.get(value) or (level_of(value) if not value.isdigit() else None)
    path = fold(unquote(url.partition("?")[0]))[-200:]
    found = _ADDRESS.search(path)
    return _LEVELS[found[1]] if found else None
