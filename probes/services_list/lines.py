"""What stands among others like it on a page: how a list goes on that only some lines of are told by a link."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from probes.services_list.tree import Tree

__all__ = ["Lines", "above"]

_TOP = {"body", "html", "main", "form"}
_MAX_DEPTH = 60
_MAX_NODES = 5_000
_LINES = {"li", "tr"}
_TURNS = re.compile(r"\d+|\b(?:odd|even|first|last|alt|active|chan|le)\b")
"""What the classes of one list's lines differ by."""


class Lines:
    """The elements of a page that stand among others like them: lines of a list, cards."""

    def __init__(self, tree: Tree) -> None:
        """Look through this page; each kind is looked for once."""
        self._tree = tree
        self._kinds: dict[tuple[str, str | None], list[LexborNode]] = {}

    def place(self, node: LexborNode) -> tuple[object, LexborNode]:
        """Give what those like the one that holds this name are known by (their list, or their class), and that one."""
        for outer in above(node):
            names, holder = _names(outer), outer.parent
            if outer.tag in _LINES and not names and holder is not None:
                kind = _kind(holder)  # one key for all lists that are made alike: they are looked through once
                return (outer.tag, holder.tag, kind) if kind else holder.mem_id, outer
            if names and (outer.tag in _LINES or len(self._of(outer.tag or "", names)) > 1):
                return (outer.tag, names), outer
        return None, node

    def like(self, one: LexborNode) -> list[LexborNode]:
        """Give those like one of them, itself among them: in its list, and in others of the page made as its own is."""
        names, holder = _names(one), one.parent
        if names:
            return self._of(one.tag or "", names)
        if holder is None:
            return []
        kind = _kind(holder)
        lists = [other for other in self._of(holder.tag or "", None) if kind and _kind(other) == kind] or [holder]
        return [line for each in lists for line in each.iter() if line.tag == one.tag][:_MAX_NODES]

    def _of(self, tag: str, names: str | None) -> list[LexborNode]:
        if (tag, names) not in self._kinds:
            nodes = self._tree.parser.css(tag)[:_MAX_NODES]
            self._kinds[tag, names] = [node for node in nodes if names is None or _names(node) == names]
        return self._kinds[tag, names]


def _names(node: LexborNode) -> str:
    """Give an element's classes without what parts one line of a list from the next (``row0``, ``css-s12``, ``odd``)."""
    return " ".join(_TURNS.sub("", node.attributes.get("class") or "").split())


def _kind(holder: LexborNode) -> str:
    return _names(holder) or (_names(holder.parent) if holder.parent is not None else "")


def above(node: LexborNode) -> Iterator[LexborNode]:
    """Give what a node stands in, from the inside, up to the page itself or a form around everything."""
    current = node.parent
    for _ in range(_MAX_DEPTH):
        if current is None or current.tag in _TOP:
            return
        yield current
        current = current.parent
