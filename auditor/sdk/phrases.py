"""Many phrases looked for in a text at once: folded first, then confirmed on the words as they were written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from auditor.sdk.text import Token, tokens

__all__ = ["Match", "Phrases"]

_SHORT = 2
_STOPS = ("c", "ch", "p", "t")
_MISSPELT = 3
"""In a phrase of so many words one may be misspelt."""


# Named tuples are made five times faster than frozen dataclasses, and a page has thousands of matches.
class Match(NamedTuple):
    """A phrase found: which one of which key, from which word to which, and where in the NFC text."""

    key: str
    phrase: str
    first: int
    last: int
    start: int
    end: int


class _Wanted(NamedTuple):
    """A phrase that ends at a node of the tree; ``order`` is its place among all."""

    order: int
    marked: list[str]
    key: str
    phrase: str


class _Node(dict[str, "_Node"]):
    """A word of the tree of phrases: what follows it, and which phrases end with it."""

    __slots__ = ("ends",)

    def __init__(self) -> None:
        self.ends: tuple[_Wanted, ...] = ()


class Phrases:
    """Many phrases under keys, found in one pass over a text's words, overlaps included."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Prepare phrases by key."""
        root = _Node()
        listed = [(key, phrase) for key, group in phrases.items() for phrase in group]
        for order, (key, phrase) in enumerate(listed):
            node, words = root, tokens(phrase)
            for word in words:
                if word.folded not in node:
                    node[word.folded] = _Node()
                node = node[word.folded]
            if words:
                node.ends = (*node.ends, _Wanted(order, [word.marked for word in words], key, phrase))
        self._begun = root

    def find(self, words: Sequence[Token]) -> list[Match]:
        """Give every phrase in these words, from left to right; those that begin together come in the order they were given."""
        folded = [word[0] for word in words]
        begun = self._begun
        if begun.keys().isdisjoint(folded):
            return []
        marked, size = [word[1] for word in words], len(folded)
        found: list[Match] = []
        for index, first in enumerate(folded):
            if first not in begun:
                continue
            node, end, here = begun[first], index + 1, list[tuple[_Wanted, int]]()
            while True:
                for wanted in node.ends:
                    seen = marked[index:end]
                    if seen == wanted.marked or _agrees(seen, wanted.marked, folded, marked, index):
                        here.append((wanted, end))
                if end >= size or folded[end] not in node:
                    break
                node, end = node[folded[end]], end + 1
            if len(here) > 1:
                here.sort()
            found += [
                Match(wanted.key, wanted.phrase, index, end - 1, words[index].start, words[end - 1].end) for wanted, end in here
            ]
        return found


def _agrees(seen: list[str], wanted: list[str], folded: Sequence[str], marked: Sequence[str], index: int) -> bool:
    """Confirm a folded match, the one that begins at ``index``, that is not written just as wanted.

    Words written with marks must carry the right ones; words written without any may stand for marked ones only when the whole
    passage has no marks. In a phrase of three or more words one may be misspelt ("đấu thấu mua sắm công"), but a word without
    marks among others is another word ("văn bản do huyện ban hành" has no "bản đồ huyện"), unless there is no such word: a
    syllable that ends in a stop has a tone ("thủ tuc hành chính"). In a text that has marks, a short phrase without any is
    another word too (tham, thăm).
    """
    bare = folded[index : index + len(seen)]
    if seen == bare:
        return len(seen) > _SHORT or folded == marked
    if len(wanted) < _MISSPELT:
        return False
    wrong = [(a, c) for a, b, c in zip(seen, wanted, bare, strict=True) if a != b]
    return len(wrong) == 1 and (wrong[0][0] != wrong[0][1] or wrong[0][0].endswith(_STOPS))
