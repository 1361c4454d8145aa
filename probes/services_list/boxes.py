"""What belongs to a name on a page: the widest element that holds no other name, and what stands beside it."""

from collections import Counter
from collections.abc import Iterable

from selectolax.lexbor import LexborNode

from auditor.sdk.text import clean
from probes.services_list.levels import names_only_level
from probes.services_list.lines import above
from probes.services_list.tree import level_by_hints, text_of

__all__ = ["beside", "box_of", "counts_of", "tells_level"]

_MAX_PIECE = 300
_MAX_BESIDE = 6
_PARTING = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "hr"})
"""What stands between two groups and belongs to no entry beside it."""


def counts_of(nodes: Iterable[LexborNode]) -> Counter[int]:
    """Count, of these nodes, how many each element above one holds."""
    return Counter(outer.mem_id for node in nodes for outer in above(node))


def box_of(node: LexborNode, counts: Counter[int]) -> LexborNode:
    """Give the widest element around a name that holds no other one."""
    box = node
    for outer in above(node):
        if counts[outer.mem_id] != 1:
            break
        box = outer
    return box


def beside(box: LexborNode, counts: Counter[int], places: set[int], *, before: bool) -> list[LexborNode]:
    """Give the elements that follow a name's own (or come before it), up to the next name's."""
    found: list[LexborNode] = []
    current = box.prev if before else box.next
    while current is not None and len(found) < _MAX_BESIDE:
        if counts[current.mem_id] or current.mem_id in places or current.tag in _PARTING:
            break
        is_text = current.tag == "-text" and not before and clean((current.text_content or "")[:_MAX_PIECE])
        if is_text or current.tag not in {"-text", "-comment"}:
            found.append(current)
        current = current.prev if before else current.next
    return found


def tells_level(node: LexborNode) -> bool:
    """Tell a text or an element that names a level and nothing else."""
    if node.tag == "-text":
        return names_only_level((node.text_content or "")[:_MAX_PIECE]) is not None
    return names_only_level(text_of(node, _MAX_PIECE)) is not None or level_by_hints(node) is not None
