"""Vietnamese text as it really comes: composed or not, either tone placement, with or without marks, in labels and in addresses.

Folding keeps offsets: a folded string has one character for each character of the NFC text it came from. A language has few
words and a site says the same ones on every page, so what is worked out of a word is remembered.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

__all__ = [
    "Token",
    "clean",
    "count_words",
    "fold",
    "has_digit",
    "nfc",
    "slug_forms",
    "slug_segments",
    "spellings",
    "tokens",
    "words_of",
]

_TONES = {"\u0300": "1", "\u0301": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_STAND_INS = {"Ƣ": "Ư", "ƣ": "ư", "Ð": "Đ", "ð": "đ", "\u00a0": " ", "\u200b": " ", "\u00ad": ""}
_LOOKALIKES = str.maketrans(_STAND_INS)
_TOKEN = re.compile(r"[^\W_]+", re.UNICODE)
_EITHER = re.compile(r"(?:[hklmst]|qu)i")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDING = re.compile(r"\.(?:html?|aspx?|php|jsp|vnp?|cpx|xhtml)$", re.IGNORECASE)
_REMEMBERED = 200
"""Texts up to so many characters are remembered; longer ones hardly come twice and would fill the memory."""
_LONGEST_WORD = 40


def nfc(text: str) -> str:
    """Compose, and mend letters that stand in for others in Vietnamese text (Ƣ for Ư, Ð for Đ, no-break spaces)."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text)
    for letter in _STAND_INS:
        if letter in composed:
            return unicodedata.normalize("NFC", composed.translate(_LOOKALIKES))
    return composed


def clean(text: str) -> str:
    """Compose and put one space between words."""
    return _cleaned(text) if len(text) <= _REMEMBERED else _spaced(text)


def _spaced(text: str) -> str:
    composed = nfc(text)
    if composed.isprintable() and "  " not in composed:  # the only white space that can be printed is the space itself
        return composed.strip(" ")
    return " ".join(composed.split())


_cleaned = lru_cache(maxsize=16384)(_spaced)


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if char in "đĐ":
        return "d"
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char


def fold(text: str) -> str:
    """Drop case and marks: ``Đấu thầu`` gives ``dau thau``. Offsets stay those of ``nfc(text)``."""
    return text.lower() if text.isascii() else "".join(map(_fold_char, nfc(text)))


def _spell(word: str) -> tuple[str, str]:
    """Give a word folded, and its letters with its tone last, so that hoà and hòa are one; no tone gives the letters alone.

    Where i and y are one sound, y stands for both (``qui hoạch``, ``kĩ thuật``).
    """
    tones, letters = "", ""
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in _TONES:
            tones += _TONES[char]
        else:
            letters += char
    folded = "".join(map(_fold_char, word))
    if _EITHER.fullmatch(letters):
        folded, letters = f"{folded[:-1]}y", f"{letters[:-1]}y"
    return folded, unicodedata.normalize("NFC", letters) + tones


_spelled = lru_cache(maxsize=65536)(_spell)


class Token(NamedTuple):
    """A word of a text: folded, with its marks, and where it stands in the NFC text."""

    # A named tuple is made four times faster than a frozen dataclass, and a page has thousands of words.
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
    return _tokens(text) if len(text) <= _REMEMBERED else _parted(text)


def _parted(text: str) -> tuple[Token, ...]:
    found = []
    new = tuple.__new__  # what Token(…) comes to, without a call in between
    for match in _TOKEN.finditer(nfc(text)):
        word, (start, end) = match[0], match.span()
        folded, marked = _spelled(word) if end - start <= _LONGEST_WORD else _spell(word)
        found.append(new(Token, (folded, marked, start, end)))
    return tuple(found)


_tokens = lru_cache(maxsize=8192)(_parted)


def words_of(text: str) -> list[str]:
    """Give the words of a text as written, where nothing else of them is asked: as many as ``tokens`` gives."""
    return _TOKEN.findall(nfc(text))


def spellings(text: str) -> list[tuple[str, str]]:
    """Give each word of a text folded and with its marks, where its place is not asked."""
    return [_spelled(word) if len(word) <= _LONGEST_WORD else _spell(word) for word in _TOKEN.findall(nfc(text))]


def count_words(text: str) -> int:
    """Say how many words ``tokens`` would give."""
    chunks = nfc(text).split()
    joined = list(filterfalse(str.isalnum, chunks))
    return len(chunks) - len(joined) + sum(map(len, map(_TOKEN.findall, joined)))


def has_digit(text: str) -> bool:
    """Tell whether a text has any of the digits 0 to 9."""
    for digit in "0123456789":  # noqa: SIM110 - ten searches in C; a generator would take ten times as long
        if digit in text:
            return True
    return False


@lru_cache(maxsize=8192)
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


@lru_cache(maxsize=16384)
def _slug(segment: str) -> str:
    text = _ENDING.sub("", nfc(unquote(segment)))
    words = [token.folded for token in tokens(_CAMEL.sub("-", text))]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    return "-".join(words)
