"""Vietnamese text as it really comes: composed or not, either tone placement, with or without marks, in labels and in addresses.

Folding keeps offsets: a folded string has one character for each character of the NFC text it came from.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

__all__ = ["Match", "Phrases", "Token", "agrees", "fold", "nfc", "slug_forms", "slug_segments", "tokens"]

_TONES = {"\u0300": "1", "\u0301": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_LOOKALIKES = str.maketrans({"Ƣ": "Ư", "ƣ": "ư", "Ð": "Đ", "ð": "đ", "\u00a0": " ", "\u200b": " ", "\u00ad": ""})
_TOKEN = re.compile(r"[^\W_]+", re.UNICODE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def nfc(text: str) -> str:
    """Compose, and mend letters that stand in for others in Vietnamese text (Ƣ for Ư, Ð for Đ, no-break spaces)."""
    return unicodedata.normalize("NFC", text).translate(_LOOKALIKES)


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if char in "đĐ":
        return "d"
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char


def fold(text: str) -> str:
    """Drop case and marks: ``Đấu thầu`` gives ``dau thau``. Offsets stay those of ``nfc(text)``."""
    return "".join(map(_fold_char, nfc(text)))


@lru_cache(maxsize=65536)
def _marked(token: str) -> str:
    """Give a token's letters with its tone last, so that hoà and hòa are one; no tone gives the letters alone."""
    tones, letters = "", ""
    for char in unicodedata.normalize("NFD", token.lower()):
        if char in _TONES:
            tones += _TONES[char]
        else:
            letters += char
    return unicodedata.normalize("NFC", letters) + tones


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: folded, with its marks, and where it stands in the NFC text."""

    folded: str
    marked: str
    start: int
    end: int

    @property
    def bare(self) -> bool:
        """Tell whether it was written without any mark."""
        return self.folded == self.marked


def tokens(text: str) -> tuple[Token, ...]:
    """Give the words of a text. Underscores part words, as they do in addresses."""
    composed = nfc(text)
    folded = fold(composed)
    return tuple(
        Token(folded[m.start() : m.end()], _marked(composed[m.start() : m.end()]), m.start(), m.end())
        for m in _TOKEN.finditer(composed)
    )


def agrees(seen: Sequence[Token], wanted: Sequence[Token]) -> bool:
    """Confirm a folded match on the original.

    Words written with marks must carry the right ones; words written without any may stand for marked ones only when the whole
    passage has no marks. In a phrase of three or more words one may be misspelt ("đấu thấu mua sắm công").
    """
    if all(token.bare for token in seen):
        return True
    wrong = sum(a.marked != b.marked for a, b in zip(seen, wanted, strict=True))
    return wrong == 0 or (wrong == 1 and len(wanted) >= 3)  # noqa: PLR2004 - the docstring's three


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: which one of which key, from which word to which, and where in the NFC text."""

    key: str
    phrase: str
    first: int
    last: int
    start: int
    end: int


class Phrases:
    """Many phrases under keys, found in one pass over a text's words, overlaps included."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Prepare phrases by key."""
        self._by_first: dict[str, list[tuple[tuple[Token, ...], str, str]]] = {}
        for key, group in phrases.items():
            for phrase in group:
                words = tokens(phrase)
                if words:
                    self._by_first.setdefault(words[0].folded, []).append((words, key, phrase))

    def find(self, words: Sequence[Token]) -> list[Match]:
        """Give every phrase in these words, from left to right."""
        found = []
        for index, word in enumerate(words):
            for wanted, key, phrase in self._by_first.get(word.folded, ()):
                seen = words[index : index + len(wanted)]
                if (
                    len(seen) == len(wanted)
                    and all(a.folded == b.folded for a, b in zip(seen, wanted, strict=True))
                    and agrees(seen, wanted)
                ):
                    found.append(Match(key, phrase, index, index + len(wanted) - 1, seen[0].start, seen[-1].end))
        return found


def slug_forms(phrase: str) -> frozenset[str]:
    """Give how addresses spell a phrase, words parted by ``-``: with đ as d, and with đ lost (``hoi-ap``)."""
    with_d = "-".join(token.folded for token in tokens(phrase))
    lost = "-".join(token.folded for token in tokens(re.sub("[đĐ]", "", nfc(phrase))))
    return frozenset(form for form in (with_d, lost) if form)


def slug_segments(url: str) -> tuple[str, ...]:
    """Give an address's path segments and query values as slugs: ``/Pages/CoCauToChuc.aspx`` gives ``pages``, ``co-cau-to-chuc``.

    Percent-encoding is undone, Unicode composed, marks folded, CamelCase parted, file endings and numbers at the end left out.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    raw = [segment for segment in parts.path.split("/") if segment]
    raw += [value for pair in parts.query.split("&") if (value := pair.partition("=")[2])]
    return tuple(slug for segment in raw if (slug := _slug(segment)))


@lru_cache(maxsize=65536)
def _slug(segment: str) -> str:
    text = re.sub(r"\.(?:html?|aspx?|php|jsp|vnp?|cpx|xhtml)$", "", nfc(unquote(segment)), flags=re.IGNORECASE)
    words = [token.folded for token in tokens(_CAMEL.sub("-", text))]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    return "-".join(words)
