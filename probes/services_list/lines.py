"""What stands among others like it on a page: how a list goes on that only some lines of are told by a link."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from probes.services_list.tree import Tree

__all__ = ["Lines", "above"]

_TOP = {"body", "html", "main", "form"}
_MAX_DEPTH = 60
_MAX_NODES = 5_000


class Lines:
    """The elements of a page that stand among others like them: lines of a list, cards."""

    def __init__(self, tree: Tree) -> None:
        """Look through this page; each kind is looked for once."""
        self._tree = tree
        self._kinds: dict[tuple[str, str], list[LexborNode]] = {}

    def place(self, node: LexborNode) -> tuple[object, LexborNode]:
        """Give what those like the one that holds this name are known by (their list, or their class), and that one."""
        for outer in above(node):
            names, holder = outer.attributes.get("class") or "", outer.parent
            if outer.tag == "li" and not names and holder is not None:
                return holder.mem_id, outer
            if names and (outer.tag == "li" or len(self._of(outer.tag or "", names)) > 1):
                return (outer.tag, names), outer
        return None, node

    def like(self, one: LexborNode) -> list[LexborNode]:
        """Give those like one of them, itself among them."""
        names = one.attributes.get("class") or ""
        if names:
            return self._of(one.tag or "", names)
        return [other for other in one.parent.iter() if other.tag == one.tag] if one.parent is not None else []

    def _of(self, tag: str, names: str) -> list[LexborNode]:
        if (tag, names) not in self._kinds:
            nodes = self._tree.parser.css(tag)[:_MAX_NODES]
            self._kinds[tag, names] = [node for node in nodes if node.attributes.get("class") == names]
        return self._kinds[tag, names]


def above(node: LexborNode) -> Iterator[LexborNode]:
    """Give what a node stands in, from the inside, up to the page itself or a form around everything."""
    current = node.parent
    for _ in range(_MAX_DEPTH):
        if current is None or current.tag in _TOP:
            return
        yield current
        current = current.parent
