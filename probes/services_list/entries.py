"""Services listed outside tables: lists, cards, definition lists, accordions, each entry with its level in it or beside it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from auditor.sdk.text import clean, count_words, tokens
from auditor.sdk.vocabulary import Vocabulary
from probes.services_list.boxes import beside, box_of, counts_of, tells_level
from probes.services_list.columns import CODE
from probes.services_list.levels import Level, heads_group, level_beside, level_of, names_only_level, without_level
from probes.services_list.lines import Lines
from probes.services_list.tree import Tree, is_scripted, level_by_hints, links_in, pieces_of, text_of

__all__ = ["Entry", "Finder"]

_NAME_WORDS = 3
_MOST_WORDS = 90
_MAX_ENTRIES = 5_000
_MAX_PIECES = 60
_MAX_PIECE = 300
_ACTION_REST = 2
_TITLES = "a, h2, h3, h4, h5, h6, summary, dt, button, li, td, p, div, strong, span"
_BADGES = "span, b, strong, i, em, small, label, p, div"
_MAX_BADGE = 60
_NAMING = "span, b, strong, p, div, td, h3, h4, h5, h6"
_HEADS = {"li", "h2", "h3", "h4", "h5", "h6"}
_ALONE = frozenset({"a", "li", "td", "p", "div", "strong", "span"})
"""Elements that hold a name only if nothing but a level stands beside it in them."""
_REMEMBERED = 8192
_FILE_NAME = re.compile(r"\S+\.(?:docx?|xlsx?|pdf|rtf|odt|ods|zip|rar)", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*[\[(]([^\])]{2,40})[\])]")
_GENERIC = re.compile(
    r"(?:cac |danh muc |danh sach |cong |he thong |tra cuu |bo )*(?:dich vu cong|thu tuc hanh chinh|dich vu hanh chinh cong)"
    r"(?: truc tuyen)?(?: (?:cap|tinh|cua) [a-z]+){0,2}[ 1234va]*"
)
"""A label of services in general is no service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that may be a service: its name and address, what its surroundings say of it, and its node."""

    name: str
    url: str
    level: Level | None
    executing: str
    code: str
    passage: str
    links: tuple[tuple[str, str], ...]
    node: int
    parent: int
    scripted: bool


class _Told(NamedTuple):
    """What stands around a name."""

    executing: str
    level: Level | None


class Finder:
    """Finds entries by the vocabulary's words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the phrases."""
        self._actions = vocabulary.finder("service_actions", "submit")
        self._forms = vocabulary.finder("form_label")
        self._fields = vocabulary.finder("service_level", "service_executing", "service_code")
        self._is_name = lru_cache(maxsize=_REMEMBERED)(self._names_something)
        """Tell a label that may be a service's name; ``is_action`` labels and those of groups and levels are none."""

    def entries(self, tree: Tree, own: str) -> Iterator[list[Entry]]:
        """Give what a page may list, each way to read it: by links that name something, titles, the lines of lists, badges.

        ``own`` is its text without the template's.
        """
        own = _bare(own)
        if tree.body is not None:
            yield self._of(tree, self._linked(tree, own))
            yield self._of(tree, self._titled(tree, own, _ALONE))
            yield self._of(tree, self._titled(tree, own, _ALONE - {"li"}))
            yield self._of(tree, self._badged(tree, own))

    def is_action(self, label: str) -> bool:
        """Tell a label that says what to do with a service, and names none."""
        words = tokens(label[:200])
        if any(match.first == 0 for match in self._forms.find(words)):
            return True  # Tải tờ khai số 3
        return any(len(words) - (m.last - m.first + 1) <= _ACTION_REST for m in self._actions.find(words))

    def _linked(self, tree: Tree, own: str) -> list[tuple[LexborNode, str, str]]:
        found: dict[str, tuple[LexborNode, str, str]] = {}
        for node in tree.parser.css("a"):
            label = text_of(node, _MAX_PIECE)
            if not self._is_name(label) or _bare(label) not in own:
                continue
            url = tree.target(node)
            if url and url not in found:
                found[url] = node, label, url
            if len(found) >= _MAX_ENTRIES:
                break
        linked = list(found.values())
        return linked + self._unlinked(tree, linked, own)

    def _unlinked(self, tree: Tree, linked: Sequence[tuple[LexborNode, str, str]], own: str) -> list[tuple[LexborNode, str, str]]:
        """Give the lines without a link in lists whose other lines have one: a service without a page is one all the same."""
        found: list[tuple[LexborNode, str, str]] = []
        lines, done = Lines(tree), set[object]()
        for node, _, _ in linked:
            known, line = lines.place(node)
            if known is None or known in done or len(found) >= _MAX_ENTRIES:
                continue
            done.add(known)
            named = (self._name_in(tree, one, own) for one in lines.like(line) if not self._names_by_link(one))
            found += [(inner, label, "") for inner, label in filter(None, named)]
        return found

    def _names_by_link(self, line: LexborNode) -> bool:
        """Tell whether a link in a line names something; one that only offers to hand in a file names nothing."""
        return any(self._is_name(text_of(link, _MAX_PIECE)) for link in line.css("a")[:_MAX_PIECES])

    def _name_in(self, tree: Tree, line: LexborNode, own: str) -> tuple[LexborNode, str] | None:
        """Give the element of a line that names a service: the line itself, or the first in it that does.

        Any element may, where the line has a level in an element of its own, or says nothing else; so may the only cell of a
        table's line that could be a name; else one that heads something.
        """
        parts = line.css(_NAMING)[:_MAX_PIECES]
        badged = any(names_only_level(text_of(part, _MAX_PIECE)) for part in parts)
        whole = _bare(text_of(line, _MAX_PIECE))
        named = [
            (inner, label)
            for inner in [line, *parts]
            if tree.is_single(inner) and self._is_name(label := text_of(inner, _MAX_PIECE)) and _bare(label) in own
        ]
        cells = [inner.mem_id for inner, _ in named if inner.tag == "td"]
        for inner, label in named:
            if inner.tag == "tr":
                continue
            leaf = inner.mem_id != line.mem_id or next(iter(inner.iter()), None) is None
            alone = leaf and (_bare(label) == whole or cells == [inner.mem_id])
            if badged or alone or inner.tag in _HEADS or level_beside(label) is not None:
                return inner, label
        return None

    def _titled(self, tree: Tree, own: str, alone: frozenset[str]) -> list[tuple[LexborNode, str, str]]:
        found = []
        for node in tree.parser.css(_TITLES)[: 2 * _MAX_ENTRIES]:
            if node.tag in _ALONE and not tree.is_single(node):
                continue
            label = text_of(node, _MAX_PIECE)
            if (
                not self._is_name(label)
                or (node.tag in alone and level_beside(label) is None)
                or (node.tag == "td" and not _is_prefixed(label))
                or (node.tag == "a" and tree.target(node) is not None)  # only what opens a part of this page heads it
                or _bare(label.split(" - ")[0]) not in own
            ):
                continue
            url = next((url for _, url in links_in(tree, node)), "")
            found.append((node, label, url))
        return found

    def _badged(self, tree: Tree, own: str) -> list[tuple[LexborNode, str, str]]:
        """Give what is named beside each badge of a level, in elements of any kind."""
        badges = [
            node
            for node in tree.parser.css(_BADGES)[: 2 * _MAX_ENTRIES]
            if tree.is_single(node) and names_only_level(text_of(node, _MAX_BADGE)) is not None
        ]
        around = counts_of(badges)
        badges = [node for node in badges if not around[node.mem_id]]  # the innermost of those that say no more
        counts = counts_of(badges)
        found: dict[int, tuple[LexborNode, str, str]] = {}
        for badge in badges[:_MAX_ENTRIES]:
            named = self._name_in(tree, box_of(badge, counts), own)
            if named is not None:
                found.setdefault(named[0].mem_id, (*named, next((url for _, url in links_in(tree, named[0])), "")))
        return list(found.values())

    def _names_something(self, label: str) -> bool:
        if (
            not label
            or _FILE_NAME.fullmatch(label)
            or count_words(label) < _NAME_WORDS
            or count_words(label) > _MOST_WORDS
            or self.is_action(label)
        ):
            return False
        if heads_group(label):
            return False
        name = without_level(label)
        return len(name.split()) >= _NAME_WORDS and not _GENERIC.fullmatch(name) and names_only_level(label) is None

    def _of(self, tree: Tree, named: Sequence[tuple[LexborNode, str, str]]) -> list[Entry]:
        counts = counts_of(node for node, _, _ in named)
        places = {node.mem_id for node, _, _ in named}
        boxes = [box_of(node, counts) for node, _, _ in named]
        before = self._badges_stand_before(boxes, counts, places)
        return [
            self._entry(tree, node, label, url, [box, *beside(box, counts, places, before=before)])
            for (node, label, url), box in zip(named, boxes, strict=True)
        ]

    def _badges_stand_before(self, boxes: Sequence[LexborNode], counts: Counter[int], places: set[int]) -> bool:
        """Tell whether loose badges stand before their names: the first has one before it and the last none behind."""
        if not boxes:
            return False
        first, last = beside(boxes[0], counts, places, before=True), beside(boxes[-1], counts, places, before=False)
        return any(map(tells_level, first)) and not any(map(tells_level, last))

    def _entry(self, tree: Tree, node: LexborNode, label: str, url: str, boxes: Sequence[LexborNode]) -> Entry:
        pieces = [piece for box in boxes for piece in pieces_of(box, node)][:_MAX_PIECES]
        pieces += [said for name in ("title", "aria-label") if (said := clean((node.attributes.get(name) or "")[:_MAX_PIECE]))]
        told = self._told(pieces)
        own = (found for piece in pieces_of(node) if (found := names_only_level(piece)))
        level = (
            level_beside(label)
            or told.level
            or next(own, None)
            or next((found for box in boxes if (found := level_by_hints(box))), None)
        )
        whole = " | ".join([label, *pieces])
        code = CODE.search(whole[:2_000])
        parent = boxes[0].parent
        return Entry(
            name=_without_badges(node, label),
            url=url,
            level=level,
            executing=told.executing,
            code=code[0] if code else "",
            passage=whole[:300],
            links=tuple(pair for box in boxes for pair in links_in(tree, box)),
            node=boxes[0].mem_id,
            parent=parent.mem_id if parent is not None else 0,
            scripted=any(is_scripted(tree, box) for box in boxes if box.tag != "-text"),
        )

    def _told(self, pieces: Sequence[str]) -> _Told:
        """Give the level that stands by itself in the pieces around a name, and what is told after a label and a colon."""
        executing, level = "", None
        for index, piece in enumerate(pieces):
            label, colon, value = piece.partition(":")
            named = [m.key for m in self._fields.find(tokens(label[:80])) if m.first == 0] if colon else []
            told = value.strip() or (pieces[index + 1] if index + 1 < len(pieces) else "")
            if "service_executing" in named:
                executing = executing or told[:_MAX_PIECE]
            by_field = level_of(told[:80], column=True) if "service_level" in named else None
            level = level or by_field or names_only_level(piece)
        return _Told(executing, level)


def _bare(text: str) -> str:
    """Give a text without spaces: what stands in elements of its own is parted here and joined there."""
    return text.replace(" ", "").replace("\n", "")


def _without_badges(node: LexborNode, label: str) -> str:
    """Give a name without the pieces of its element that only tell a level."""
    pieces = list(pieces_of(node))
    kept = [piece for piece in pieces if names_only_level(piece) is None]
    return clean(" ".join(kept))[:_MAX_PIECE] if kept and len(kept) < len(pieces) else label


def _is_prefixed(label: str) -> bool:
    """Tell a name behind its level in brackets (``[Toàn trình] Gia hạn giấy phép``)."""
    bracketed = _BRACKETED.match(label)
    return bracketed is not None and names_only_level(bracketed[1]) is not None
