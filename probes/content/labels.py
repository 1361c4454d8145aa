"""Which duty a label, an address or a title names, and how surely: exact, accepted, ambiguous."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from auditor.sdk.parts import Link
from auditor.sdk.phrases import Match, Phrases
from auditor.sdk.text import Token, tokens
from auditor.sdk.vocabulary import Vocabulary
from probes.content.abbreviations import Abbreviations
from probes.content.addresses import Addresses
from probes.content.hit import Grade, Hit, best
from probes.content.spelled import phrases_of

__all__ = ["Grade", "Hit", "Labels"]

_LONGEST, _MOST = 25, 300
"""So many words may a label have, and so many of its characters are read."""
_REMEMBERED = 16384
_NO_NAMES = Phrases({})
_MOSTLY = 0.6
_HALF = 0.4
_FEW = 9
_MENU = 13
_COUNT_DIGITS = 3
_ORDINALS = {
    *("quy", "thang", "tuan", "ky", "cap", "do", "doan", "nam", "so", "khoa", "lan", "dot", "dieu", "khu", "muc", "phan", "tap"),
    *("chuong", "loai", "hang", "nhom", "lop", "ngay", "va", "den", "thu", "id"),
}
"""What a number follows that counts nothing (``tuần 23``, ``mức độ 3``)."""
_SPANS_OF = {"nam", "thang", "cap", "quy", "thuong", "va", "den"}
"""What follows such a number (``kế hoạch 5 năm``)."""
_JOINTS = {"va", "hoac"}
_HEAD_WORDS = 3
"""A phrase of so many words that a menu's label begins with is what the label is of: the head stands first in Vietnamese."""
_PARTS = re.compile(r"\s+[-–—|»·:>]+\s+|\s*[|»>]\s*")
_TO_RECEIVE = "tiep"
"""The one verb with which a duty begins: who receives citizens does so in the news, unless a schedule says it."""
_EACH = {"hang", "nam", "lan", "moi"}
"""What says that it happens again and again (``ngày 15 hàng tháng``), or for a whole year: a schedule."""
_JOINED = re.compile(r"\s+[-–—|/]\s+|\s*[|;]\s*|,\s+|\s+&\s+|\s+và\s+", re.IGNORECASE)


class Labels:
    """Grades labels and addresses by a vocabulary. ``names`` are the agencies' own names, which add nothing to a label."""

    def __init__(self, vocabulary: Vocabulary, names: Iterable[str] = ()) -> None:
        """Prepare the phrases."""
        self._grader = vocabulary.once("grader", lambda: _Grader(vocabulary))
        self._addresses = vocabulary.once("addresses", lambda: Addresses(vocabulary))
        self._names = Phrases({"names": names})
        self._labels: dict[str, tuple[Hit, ...]] = {}
        self._menus: dict[str, tuple[Hit, ...]] = {}

    def of_label(self, label: str, *, menu: bool = False) -> tuple[Hit, ...]:
        """Give the duties that a label names, each once, with its best grade.

        In a ``menu`` a label that begins with words that lead a duty is that duty, narrowed (``Thống kê giao thông``).
        """
        graded = self._menus if menu else self._labels
        hits = graded.get(label)
        if hits is None:
            hits = graded[label] = self._grader.hits(label, self._names, menu=menu)
        return hits

    def of_link(self, link: Link, *, menu: bool = False) -> tuple[Hit, ...]:
        """Give the duties that a link's text names, or, where that names none for sure, what else is said of it."""
        hits = self.of_label(link.label, menu=menu)
        if not link.said or any(hit.grade >= Grade.ACCEPTED for hit in hits):
            return hits
        return best((*hits, *self.of_label(link.said, menu=menu)))

    def of_title(self, title: str) -> tuple[Hit, ...]:
        """Give the duties that a title names exactly in one of its parts (``Chỉ đạo điều hành - Sở A``)."""
        hits = [hit for part in _PARTS.split(title) for hit in self.of_label(part) if hit.grade is Grade.EXACT]
        return best(hits)

    def of_url(self, url: str) -> tuple[Hit, ...]:
        """Give the duties that an address names: by its last telling segment or a value of its query."""
        return self._addresses.of_url(url)

    def of_host(self, url: str) -> tuple[Hit, ...]:
        """Give the duties that a host's first label names (``dichvucong.example.gov.vn``)."""
        return self._addresses.of_host(url)


class _Grader:
    """Grades labels by a vocabulary; one for all sites of a run, whose menus are much alike."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._in_full = Abbreviations(vocabulary.abbreviations)
        self._phrases = phrases_of(vocabulary, self._in_full)
        self._predicates, self._neutral = vocabulary.finder("predicates"), vocabulary.finder("neutral")
        self._posts = vocabulary.finder("posts")
        self._without_names = lru_cache(maxsize=_REMEMBERED)(self._graded)

    def hits(self, label: str, names: Phrases, *, menu: bool) -> tuple[Hit, ...]:
        """Give the duties that a label names, in which an agency's own names may stand."""
        full = self._in_full(label[:_MOST])
        words = tokens(full)
        if len(words) > _LONGEST:
            return ()
        return self._of_words(full, words, names, menu=menu) if names.find(words) else self._without_names(full, menu)

    def _graded(self, full: str, menu: bool) -> tuple[Hit, ...]:
        return self._of_words(full, tokens(full), _NO_NAMES, menu=menu)

    def _of_words(self, label: str, words: Sequence[Token], names: Phrases, *, menu: bool) -> tuple[Hit, ...]:
        """Grade a label as a whole; in a menu, what one of its parts names exactly is named too (``Thủ tục - Dịch vụ công``)."""
        hits = self._grade(words, names, menu=menu)
        parts = _JOINED.split(label) if menu and len(words) <= _MENU else ()
        if len(parts) > 1:
            denied = {match.key.removeprefix("not ") for match in self._phrases.find(words) if match.key.startswith("not ")}
            exact = (hit for part in parts for hit in self._grade(tokens(part), names, menu=False) if hit.grade is Grade.EXACT)
            exact = (hit for hit in exact if hit.section not in denied)  # Bộ Tài nguyên và Môi trường
            hits = best((*hits, *(replace(hit, grade=Grade.ACCEPTED) for hit in exact)))
        return hits

    def _grade(self, words: Sequence[Token], names: Phrases, *, menu: bool) -> tuple[Hit, ...]:
        found = self._phrases.find(words)
        if not found:
            return ()
        adding_nothing = (*self._neutral.find(words), *names.find(words))
        idle = {index for match in adding_nothing for index in range(match.first, match.last + 1)}
        idle |= {index for index, word in enumerate(words) if word.folded.isdigit()}
        named: dict[str, list[tuple[str, Match]]] = {}
        for match in found:
            kind, section = match.key.split(" ", 1)
            if kind != "not" and not _overruled(match, section, found):
                named.setdefault(section, []).append((kind, match))
        begins = next((index for index in range(len(words)) if index not in idle), 0)
        for section in {
            match.key.removeprefix("not ") for match in found if match.key.startswith("not ") and match.first in {0, begins}
        }:
            if not any(kind == "exact" and match.first in {0, begins} for kind, match in named.get(section, ())):
                named.pop(section, None)
        said = [match.first for match in self._predicates.find(words)] + _counts(words)
        if self._is_reported(found, words):
            named.pop("citizen_reception", None)
        hits = [
            hit for section, matches in named.items() if (hit := _hit(section, matches, words, idle, begins, said, menu=menu))
        ]
        return best(hit for hit, match in hits if match.key.startswith("anywhere") or not _modifies(match, hits, words, idle))

    def _is_reported(self, found: Sequence[Match], words: Sequence[Token]) -> bool:
        """Tell a headline that says who did it and when (``Giám đốc Sở tiếp công dân định kỳ tháng 8``): no schedule."""
        done = next((match for match in found if words[match.first].folded == _TO_RECEIVE and match.first), None)
        behind = [word.folded for word in words[done.last + 1 :]] if done is not None else []
        if done is None or not any(map(str.isdigit, behind)) or _EACH & set(behind):
            return False
        return any(match.first == 0 and match.last < done.first for match in self._posts.find(words))


def _counts(words: Sequence[Token]) -> list[int]:
    """Give where a label counts something, as headlines do (``Khen thưởng 12 hộ``): not its own years, weeks or levels."""
    return [
        index
        for index, word in enumerate(words[1:-1], 1)
        if word.folded.isdigit() and len(word.folded) <= _COUNT_DIGITS
        if words[index - 1].folded not in _ORDINALS and words[index + 1].folded not in _SPANS_OF
    ]


def _overruled(match: Match, section: str, found: Sequence[Match]) -> bool:
    """A longer phrase that looks alike and is something else takes the words away."""
    return any(other.key == f"not {section}" and other.first <= match.first and match.last <= other.last for other in found)


def _hit(
    section: str,
    matches: Sequence[tuple[str, Match]],
    words: Sequence[Token],
    idle: set[int],
    begins: int,
    said: Sequence[int],
    *,
    menu: bool,
) -> tuple[Hit, Match] | None:
    """Give the surest hit of one duty, and its phrase.

    It is sure by how much of a label its phrases are, or by the phrase that the label begins with; ``begins`` is where its
    telling words begin, ``said`` where predicates stand: what follows a head with one is a headline.
    """
    hits: list[tuple[Hit, Match]] = []
    covered: set[int] = set()
    for kind, match in matches:
        covered.update(range(match.first, match.last + 1))
        if kind in {"exact", "accepted"}:
            grade = _coverage(match, words, idle, exact=kind == "exact")
            heads = match.last - match.first + 1 >= _HEAD_WORDS
        elif kind == "parts":
            continue
        elif kind == "perhaps":
            if _coverage(match, words, idle, exact=True) is Grade.EXACT:
                return Hit(section, Grade.AMBIGUOUS, match.phrase), match
            continue
        else:
            grade = Grade.ACCEPTED if kind == "anywhere" and len(words) <= _FEW else None
            heads = kind == "leads"
        headline = any(first > match.last for first in said)
        if menu and heads and match.first in {0, begins} and len(words) <= _MENU and not headline:
            grade = max(Grade.ACCEPTED, grade or Grade.ACCEPTED)
        if grade is not None:
            hits.append((Hit(section, grade, match.phrase), match))
    several = len({match.first for _, match in matches}) > 1 and len({match.last for _, match in matches}) > 1
    if several and all(index in covered or index in idle for index in range(len(words))):
        hits.append((Hit(section, Grade.ACCEPTED, matches[0][1].phrase), matches[0][1]))
    return max(hits, key=lambda hit: hit[0].grade, default=None)


def _modifies(match: Match, hits: Sequence[tuple[Hit, Match]], words: Sequence[Token], idle: set[int]) -> bool:
    """Tell a phrase that only narrows another duty's: one that is part of its words, or that follows them without a joint.

    ``Lịch tuần của Ban Giám đốc`` is a calendar; ``Chiến lược, dự án`` are two duties.
    """
    for _, other in hits:
        if other.key.split(" ", 1)[1] == match.key.split(" ", 1)[1]:
            continue
        if other.first <= match.first and match.last <= other.last and other.last - other.first > match.last - match.first:
            return True
        between = range(other.last + 1, match.first)
        if other.last < match.first and all(index in idle and words[index].folded not in _JOINTS for index in between):
            gap = words[match.first].start - words[other.last].end - sum(words[i].end - words[i].start + 1 for i in between)
            if gap == 1:
                return True
    return False


def _coverage(match: Match, words: Sequence[Token], idle: set[int], *, exact: bool) -> Grade | None:
    """Grade by how much of the label the phrase is; words that add nothing do not count."""
    inside = match.last - match.first + 1
    outside = sum(not (match.first <= index <= match.last) and index not in idle for index in range(len(words)))
    share = inside / (inside + outside)
    if share == 1:
        return Grade.EXACT if exact else Grade.ACCEPTED
    if share >= _MOSTLY and len(words) <= _FEW:
        return Grade.ACCEPTED if inside >= _HEAD_WORDS else Grade.AMBIGUOUS
    return Grade.AMBIGUOUS if share >= _HALF else None
