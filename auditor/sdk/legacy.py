"""Vietnamese text from before Unicode: TCVN3 (ABC) and VNI letters, which only their own fonts show as what they mean.

TCVN 5712:1993 (VN3) has one byte a letter; VNI writes a vowel and then the sign that belongs on it. Pages of both kinds come as
Western text (``Giíi thiÖu``, ``Giôùi thieäu``), in bytes, in entities, or pasted so into a page of UTF-8. QĐ 72/2002/QĐ-TTg has
asked for Unicode (TCVN 6909:2001) since 2003.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from html import unescape

__all__ = ["from_legacy"]

_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậè", 0xCE: "ẻẽéẹềểễếệìỉ", 0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ",
}  # fmt: skip
_FROM_TCVN3 = {first + index: letter for first, letters in _TCVN3.items() for index, letter in enumerate(letters)}

_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_PAIRS = {
    **{vowel + sign: vowel + tone for vowel in "aeouyôö" for sign, tone in _TONES.items()},
    **{vowel + sign: vowel + "\u0302" + tone for vowel in "aeo" for sign, tone in _CIRCUMFLEX.items()},
    **{"a" + sign: "a\u0306" + tone for sign, tone in _BREVE.items()},
}
_VNI = re.compile("|".join([*map(re.escape, _PAIRS), *_SINGLE]), re.IGNORECASE)

_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_RIME = (
    r"(?:a(?:ch|nh|ng|[cimnoptuy])?|ă(?:ng|[cmnpt])|â(?:ng|[cmnptuy])|e(?:ng|[cmnopt])?|ê(?:ch|nh|ng|[mnptu])?|"
    r"i(?:a|ch|nh|[mnptu]|ê(?:ng|[cmnptu]))?|o(?:ong|oc|ng|[cimnpt]|a(?:ch|nh|ng|[cimnoty])?|ă(?:ng|[cmnt])|e[not]?)?|"
    r"ô(?:ng|[cimnpt])?|ơ[imnpt]?|u(?:a|ng|[cimnpt]|â(?:ng|[nty])|ê(?:ch|nh)?|ô(?:ng|[cimnt])|ơ|y(?:a|ch|nh|[tu]|ê[nt])?)?|"
    r"ư(?:a|ng|[cimntu]|ơ(?:ng|[cimnptu]))?|y(?:nh|ê(?:ng|[mntu]))?)"
)
_SYLLABLE = re.compile(_ONSET + _RIME)
_WORD = re.compile(r"[^\W\d_]+(?:[\u00a1-\u00bf\u00d7\u00f7][^\W\d_]*)*|[\u00a1-\u00bf\u00d7\u00f7][^\W\d_]+")
"""A word, also where its letters are signs in Western text (``c¸c``, ``®Êt``)."""
_SEGMENT = re.compile(r">([^<>]++)")
_ATTRIBUTE = re.compile(r"""(\b(?:alt|title|value|placeholder|aria-label)\s{0,9}=\s{0,9}["'])([^"'<>]++)""", re.IGNORECASE)
"""What people read of a page beside its text: a button's words, a picture's."""
_VIETNAMESE = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u0300-\u0323\u1ea0-\u1ef9]")
"""Letters that Western text does not have: text with one of them is Unicode already."""
_SIGNS = frozenset(
    chr(code)
    for first, last in (
        *((0xA1, 0xAC), (0xAE, 0xBF), (0xC4, 0xC7), (0xCB, 0xCB), (0xCE, 0xD1), (0xD6, 0xD8), (0xDC, 0xDC), (0xDE, 0xDF)),
        *((0xE4, 0xE7), (0xEB, 0xEB), (0xEE, 0xF1), (0xF6, 0xF8), (0xFB, 0xFC), (0xFE, 0xFE)),
    )
    for code in range(first, last + 1)
)
"""Western letters that Vietnamese does without; «, ¸ and others are letters in TCVN3."""
_LETTERS = "\u00b5\u00b8\u00ae\u00ad\u00f8\u00ef\u00f1\u00f6"
"""One of these stands in any text of either kind, as it is or as an entity."""
_ENTITY = re.compile(r"&(?:#(?:1[6-9]\d|2[0-4]\d|25[0-5])|[A-Za-z]{2,6}\d{0,2});")
_LEAST_SIGNS = 6
_LEAST_WORDS = 6
_MOSTLY = 0.7
_MOST_SEGMENTS = 20_000
_SAMPLE = 50_000


def from_legacy(markup: str) -> tuple[str, str]:
    """Give a page's markup with legacy letters made Unicode, and which they were: ``tcvn3``, ``vni``, or empty for none.

    Each run of text is judged by itself, by whether its words are Vietnamese syllables before or after: a page may hold both.
    """
    if _count_signs(markup) < _LEAST_SIGNS:
        return markup, ""
    segments = (_plain(found) if "&" in found else found for found in _SEGMENT.findall(markup)[:_MOST_SEGMENTS])
    kind = _kind("\n".join(text for text in segments if not text.isascii() and not _VIETNAMESE.search(text))[:_SAMPLE])
    if not kind:
        return markup, ""
    convert = _CONVERT[kind]
    markup = _SEGMENT.sub(lambda found: f">{_converted(found[1], convert)}", markup)
    return _ATTRIBUTE.sub(lambda found: f"{found[1]}{_converted(found[2], convert)}", markup), kind


def _count_signs(markup: str) -> int:
    """Count the letters that neither Vietnamese nor markup has, as they are and as entities; those of spaces are none."""
    told = any(letter in markup for letter in _LETTERS)
    plain = sum(markup.count(sign) for sign in _SIGNS if sign in markup) if told else 0
    if "&" not in markup:
        return plain
    written = Counter(_ENTITY.findall(markup))
    return plain + sum(count for entity, count in written.items() if unescape(entity) in _SIGNS)


def _plain(segment: str) -> str:
    """Undo the entities of Western letters; those of markup's own signs stay."""
    return _ENTITY.sub(lambda found: letter if len(letter := unescape(found[0])) == 1 and letter > "\xa0" else found[0], segment)


def _kind(text: str) -> str:
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if len(words) < _LEAST_WORDS:
        return ""
    sound = {
        kind: sum(_is_syllable(word) for word in _WORD.findall(convert(" ".join(words)))) for kind, convert in _CONVERT.items()
    }
    best = max(sound, key=lambda kind: sound[kind])
    as_it_is = sum(map(_is_syllable, words))
    return best if sound[best] >= _MOSTLY * len(words) and sound[best] > as_it_is + _LEAST_WORDS // 2 else ""


def _converted(segment: str, convert: Callable[[str], str]) -> str:
    text = _plain(segment)
    if text.isascii() or _VIETNAMESE.search(text):
        return segment
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if not words:
        return segment
    changed = convert(text)
    sound = sum(_is_syllable(word) for word in _WORD.findall(convert(" ".join(words))))
    return changed if sound > sum(map(_is_syllable, words)) else segment


@lru_cache(maxsize=4096)
def _is_syllable(word: str) -> bool:
    """Tell whether a word is made like a Vietnamese syllable, at most one tone on it."""
    parts = unicodedata.normalize("NFD", word.lower())
    letters = "".join(char for char in parts if char not in "\u0300\u0301\u0303\u0309\u0323")
    return len(parts) - len(letters) <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", letters)) is not None


def _of_tcvn3(text: str) -> str:
    return text.translate(_FROM_TCVN3)


def _of_vni(text: str) -> str:
    return unicodedata.normalize("NFC", _VNI.sub(_vni_letter, text))


def _vni_letter(found: re.Match[str]) -> str:
    pair = found[0].lower()
    if pair in _SINGLE:
        letter = _SINGLE[pair]
    else:
        letter = _PAIRS[pair]
        letter = _SINGLE.get(letter[0], letter[0]) + letter[1:]
    return letter.upper() if found[0][0].isupper() else letter


_CONVERT: dict[str, Callable[[str], str]] = {"tcvn3": _of_tcvn3, "vni": _of_vni}
