"""PURE: the part of a body that people need to see, with the passages that decided marked in it.

A passage was taken from a page's parsed text, so it may stand in the source across tags, entities and line ends, composed
otherwise. It is looked for verbatim first, then without all that.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

__all__ = ["Piece", "Span", "excerpt", "find"]

_TOKEN = re.compile(r"<[a-zA-Z/!?][^<>]*>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|\w{1,32});", re.IGNORECASE)
_LOOKALIKES = str.maketrans({"Ƣ": "Ư", "ƣ": "ư", "Đ": "d", "đ": "d", "Ð": "d", "ð": "d"})
_IGNORED = frozenset('\\"\u00ad\u200b\u200c\u200d\ufeff')
_MARKS = "[\u0300-\u036f]*+"
_GAP = r"(?:[\s\\\"\u00ad\u200b-\u200d\ufeff]|<[a-zA-Z/!?][^<>]*+>|&(?:nbsp|quot|shy|#160|#34|#x[aA]0|#x22);)*+"
_SEARCHED, _PATTERN_MOST = 1_000_000, 160
_LONGEST = 4_000
"""A marked passage longer than this is cut where it is shown."""
_LEAST_CONTEXT, _MOST_CONTEXT = 80, 1_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a passage stands: from ``start`` to before ``end``; ``anchor`` is its name in the page."""

    start: int
    end: int
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of an excerpt: plain text, a marked passage with its anchors, or a gap of so many characters left out."""

    text: str = ""
    marked: bool = False
    anchors: tuple[str, ...] = ()
    left_out: int = 0


def find(text: str, passages: Mapping[str, str]) -> tuple[Span, ...]:
    """Find the passages (by anchor) in a text, the first place of each; one that is not there gives no span."""
    spans: list[Span] = []
    missing: dict[str, str] = {}
    for anchor, passage in passages.items():
        wanted = passage.strip()
        at = text.find(wanted) if wanted else -1
        if at >= 0:
            spans.append(Span(start=at, end=at + len(wanted), anchor=anchor))
        elif wanted:
            missing[anchor] = wanted
    spans += _found_otherwise(text[:_SEARCHED], missing)
    return tuple(sorted(spans, key=lambda span: (span.start, span.end, span.anchor)))


def _found_otherwise(text: str, missing: Mapping[str, str]) -> Iterator[Span]:
    """Find passages that the source spells in another way: by a pattern, which is quick, then letter by letter."""
    left: dict[str, str] = {}
    for anchor, passage in missing.items():
        found = _pattern(passage).search(text) if len(passage) <= _PATTERN_MOST else None
        if found:
            yield Span(start=found.start(), end=found.end(), anchor=anchor)
        else:
            left[anchor] = passage
    if left:
        bare = _Bare(text)
        yield from (span for anchor, passage in left.items() if (span := bare.find(passage, anchor)) is not None)


@cache
def _spellings() -> Mapping[str, str]:
    """Give all letters of the Latin alphabets by their bare letter."""
    known: dict[str, str] = {}
    for code in (*range(0x21, 0x250), *range(0x1E00, 0x1F00)):
        bare = _bare(chr(code))
        if len(bare) == 1:
            known[bare] = known.get(bare, "") + chr(code)
    return known


@lru_cache(maxsize=512)
def _pattern(passage: str) -> re.Pattern[str]:
    """Make a pattern that finds a passage in whatever case, with whatever marks, and with tags and white space inside."""
    letters = [f"[{re.escape(_spellings().get(letter, letter))}]{_MARKS}" for letter in "".join(map(_bare, passage))]
    return re.compile(_GAP.join(letters) if letters else r"(?!)")


def excerpt(text: str, spans: Sequence[Span], most: int) -> tuple[Piece, ...]:
    """Give at most so many characters of a text: its beginning, and every marked passage inside its surroundings.

    Only marked passages may go beyond ``most``, and each is cut at 4,000 characters.
    """
    joined = _join(spans)
    windows = _windows(len(text), joined, most)
    pieces: list[Piece] = []
    at = 0
    for start, end in windows:
        if start > at:
            pieces.append(Piece(left_out=start - at))
        pieces += _inside(text, start, end, joined)
        at = end
    if at < len(text):
        pieces.append(Piece(left_out=len(text) - at))
    return tuple(pieces)


_Joined = tuple[int, int, tuple[str, ...]]


def _join(spans: Sequence[Span]) -> list[_Joined]:
    """Make one marked passage of those that overlap, with the anchors of all."""
    joined: list[_Joined] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        end = min(span.end, span.start + _LONGEST)
        if joined and span.start < joined[-1][1]:
            start, before, anchors = joined[-1]
            joined[-1] = (start, max(before, end), (*anchors, span.anchor))
        else:
            joined.append((span.start, end, (span.anchor,)))
    return joined


def _windows(length: int, joined: Sequence[_Joined], most: int) -> list[tuple[int, int]]:
    """Choose what is shown: surroundings of each passage as far as there is room, and the beginning with what is left."""
    if length <= most:
        return [(0, length)]
    marked = sum(end - start for start, end, _ in joined)
    room = max(most - marked, 0)
    context = max(_LEAST_CONTEXT, min(_MOST_CONTEXT, room // (4 * len(joined)))) if joined else 0
    left = max(room - 2 * context * len(joined), 0)
    wanted = [(0, left)] + [(max(start - context, 0), min(end + context, length)) for start, end, _ in joined]
    windows: list[tuple[int, int]] = []
    for start, end in sorted(window for window in wanted if window[1] > window[0]):
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(windows[-1][1], end))
        else:
            windows.append((start, end))
    return windows


def _inside(text: str, start: int, end: int, joined: Sequence[_Joined]) -> Iterator[Piece]:
    at = start
    for first, last, anchors in joined:
        if start <= first < end:
            if first > at:
                yield Piece(text=text[at:first])
            yield Piece(text=text[first:last], marked=True, anchors=anchors)
            at = last
    if at < end:
        yield Piece(text=text[at:end])


class _Bare:
    """A text without tags, white space, case and marks, which knows where each letter came from."""

    def __init__(self, text: str) -> None:
        letters: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end, shown in _letters(text):
            bare = "".join(map(_bare, shown))
            letters.append(bare)
            self._starts += [start] * len(bare)
            self._ends += [end] * len(bare)
        self._text = "".join(letters)
        self._source = text

    def find(self, passage: str, anchor: str) -> Span | None:
        wanted = "".join(map(_bare, passage))
        at = self._text.find(wanted) if wanted else -1
        if at < 0:
            return None
        last = at + len(wanted) - 1
        # Marks that follow their letter belong to it.
        end = self._starts[last + 1] if last + 1 < len(self._starts) else self._ends[last]
        while end > self._ends[last] and not unicodedata.combining(self._source[end - 1]):
            end -= 1
        return Span(start=self._starts[at], end=max(end, self._ends[last]), anchor=anchor)


def _letters(text: str) -> Iterator[tuple[int, int, str]]:
    """Give each character or entity outside tags, with where it stands."""
    at = 0
    for token in _TOKEN.finditer(text):
        for place in range(at, token.start()):
            yield place, place + 1, text[place]
        if token[0][0] == "&":
            yield token.start(), token.end(), html.unescape(token[0])
        at = token.end()
    for place in range(at, len(text)):
        yield place, place + 1, text[place]


@lru_cache(maxsize=16384)
def _bare(char: str) -> str:
    if char.isspace() or char in _IGNORED:
        return ""
    parts = unicodedata.normalize("NFD", char.translate(_LOOKALIKES))
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
