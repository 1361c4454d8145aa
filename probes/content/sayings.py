"""What a page says of itself in a sentence: that it holds nothing, or that it does not exist.

Whole phrases are data; the rest is a small grammar, also of words that are data: a thing (``nội dung``, ``chuyên mục``), and what
is said of it (``đang được biên tập``, ``không tồn tại``), with hardly another word in the same clause. A sentence that tells of
something else (``Công trình đang được xây dựng tại xã An``) has words that the grammar does not know.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from auditor.sdk.phrases import Match, Phrases
from auditor.sdk.text import Token, count_words, tokens
from auditor.sdk.vocabulary import Vocabulary

__all__ = ["Sayings"]

_HEAD = 500
_EMPTY_WORDS, _MISSING_WORDS = 25, 30
_CLAUSES = re.compile(r"[.!?;:,()…]+(?:\s+|$)|\s+[-–—|/]\s+")
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\s+/\s+")
_LONGEST_CLAUSE = 16
_SHARE = 0.75
"""So much of a clause must be the grammar's words."""
_NONE = "nào"
_LACKING = 8


class Sayings:
    """Reads short texts against the phrases and the grammar of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the phrases."""
        self._empty, self._missing = vocabulary.finder("empty"), vocabulary.finder("soft_404")
        self._grammar = vocabulary.once("grammar of sayings", lambda: _grammar(vocabulary.phrases))

    def empty(self, text: str, size: int) -> bool:
        """Tell a short text, of ``size`` words, whose point is that there is nothing (yet)."""
        if size > _EMPTY_WORDS and (len(text) <= _HEAD or count_words(text[:_HEAD]) > _EMPTY_WORDS):
            return False
        words = tokens(text[:_HEAD])
        whole = self._empty.find(words)
        if any((match.last - match.first + 1) * 2 >= len(words) or match.first == 0 for match in whole):
            return True
        if whole:
            begins = tokens(_SENTENCES.split(text[:_HEAD], maxsplit=1)[0])
            if _told(self._empty.find(begins)) * 2 >= len(begins):
                return True
        said = self._grammar.find(words)
        if not any(match.key in {"said_pending", "said_lacking"} for match in said):
            return False
        if _pends(said) and _covers(words, said, {"said_pending", "said_filler"}):
            return True
        return any(self._pending(clause, found) or self._lacking(clause, found) for clause, found in self._clauses(text[:_HEAD]))

    def missing(self, text: str) -> bool:
        """Tell a text one of whose sentences says that the page does not exist."""
        words = tokens(text)
        if not self._missing.find(words) and not any(match.key == "said_gone" for match in self._grammar.find(words)):
            return False  # most short texts of a page tell something else: that is seen in one pass
        return any(map(self._sentence_missing, _SENTENCES.split(text))) or any(
            self._gone(clause, found) for clause, found in self._clauses(text)
        )

    def titled_missing(self, titles: Iterable[str]) -> bool:
        """Tell titles of which one says, within whatever else it says, that the page does not exist."""
        return bool(self._missing.find(tokens(" . ".join(titles)))) or any(map(self.missing, titles))

    def _sentence_missing(self, sentence: str) -> bool:
        words = tokens(sentence)
        if len(words) > _MISSING_WORDS:
            return False
        told = _told(self._missing.find(words))
        return told > 0 and told * 2 >= len(words)

    def _clauses(self, text: str) -> Iterable[tuple[Sequence[Token], list[Match]]]:
        for clause in _CLAUSES.split(text):
            words = tokens(clause)
            if 0 < len(words) <= _LONGEST_CLAUSE and (found := self._grammar.find(words)):
                yield words, found

    def _pending(self, words: Sequence[Token], found: Sequence[Match]) -> bool:
        """``Nội dung đang được biên tập``: of what a page is made of; a project may well be under way."""
        things = any(match.key in {"said_things", "said_pages"} for match in found)
        return things and _pends(found) and _covers(words, found, {"said_things", "said_pages", "said_pending", "said_filler"})

    def _lacking(self, words: Sequence[Token], found: Sequence[Match]) -> bool:
        """``Hiện chưa có gói thầu nào``: what is lacking is a thing that pages list, or ``nào`` says that there is none."""
        lacking = [match for match in found if match.key == "said_lacking"]
        if not lacking:
            return False
        filler = {index for match in found if match.key == "said_filler" for index in range(match.first, match.last + 1)}
        first = lacking[0]
        if any(index not in filler for index in range(first.first)):
            return False
        if words[-1].marked == tokens(_NONE)[0].marked and len(words) - first.last <= _LACKING:
            return True
        things = any(match.first > first.last for match in found if match.key in {"said_things", "said_listed", "said_pages"})
        return things and _covers(words, found, {"said_things", "said_listed", "said_pages", "said_lacking", "said_filler"})

    def _gone(self, words: Sequence[Token], found: Sequence[Match]) -> bool:
        """``Trang quý vị đang tìm không còn tồn tại``, ``Không tìm thấy đường dẫn này``; not ``Không tìm thấy văn bản nào``."""
        gone = [match for match in found if match.key == "said_gone"]
        if not gone or any(word.folded == "nao" for word in words):
            return False
        before = any(match.last < gone[0].first for match in found if match.key in {"said_things", "said_pages"})
        after = any(match.first > gone[0].last for match in found if match.key == "said_pages")
        return (before or after) and _covers(words, found, {"said_things", "said_pages", "said_gone", "said_filler"})


def _grammar(words: Mapping[str, Iterable[str]]) -> Phrases:
    """Prepare the words of the grammar; what is pending is how and what together."""
    kinds = ("said_things", "said_listed", "said_pages", "said_lacking", "said_gone", "said_filler")
    pending = [f"{how} {what}" for how in words.get("said_pending_how", ()) for what in words.get("said_pending_what", ())]
    return Phrases({**{kind: words.get(kind, ()) for kind in kinds}, "said_pending": pending})


def _pends(found: Iterable[Match]) -> bool:
    return any(match.key == "said_pending" for match in found)


def _told(found: Iterable[Match]) -> int:
    return len({index for match in found for index in range(match.first, match.last + 1)})


def _covers(words: Sequence[Token], found: Iterable[Match], kinds: set[str]) -> bool:
    return _told(match for match in found if match.key in kinds) >= _SHARE * len(words)
