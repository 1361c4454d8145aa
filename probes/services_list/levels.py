"""The level of a public service, in the scheme of 2018 (1 to 4) and of 2022 (một phần, toàn trình), as sites write it.

NĐ 43/2011/NĐ-CP article 3 and TT 32/2017/TT-BTTTT give the four levels; NĐ 42/2022/NĐ-CP article 11 the two kinds.
"""

import re
from enum import StrEnum
from functools import lru_cache, partial

from auditor.sdk.remembering import remembering
from auditor.sdk.text import clean, fold

__all__ = ["Level", "heads_group", "level_beside", "level_of", "level_of_group", "names_only_level", "without_level"]


class Level(StrEnum):
    """What a service says of itself."""

    ONE = "level_1"
    TWO = "level_2"
    THREE = "level_3"
    FOUR = "level_4"
    PARTIAL = "partial"
    FULL = "full"
    INFORMATION = "information"

    @property
    def online(self) -> bool:
        """Tell whether a file can be handed in online at this level."""
        return self in {Level.THREE, Level.FOUR, Level.PARTIAL, Level.FULL}

    @property
    def owes_forms(self) -> bool:
        """Tell whether the service's forms must be there to download: from level 2 on (TT 32/2017/TT-BTTTT)."""
        return self is Level.TWO or self.online

    @property
    def scheme(self) -> int:
        """Give the year of the scheme that the level belongs to."""
        return 2018 if self in {Level.ONE, Level.TWO, Level.THREE, Level.FOUR} else 2022


_NUMBERS = {
    "1": Level.ONE, "i": Level.ONE, "mot": Level.ONE,
    "2": Level.TWO, "ii": Level.TWO, "hai": Level.TWO,
    "3": Level.THREE, "iii": Level.THREE, "ba": Level.THREE,
    "4": Level.FOUR, "iv": Level.FOUR, "bon": Level.FOUR,
}  # fmt: skip
_ONE_OF_FOUR = (
    r"([1-4]|iii|ii|iv|i|mot|hai|ba|bon)\b(?!\s?(?:phan|trieu|ngay|cua))(?![.,]\d)"
    r"(?!\s?(?:,|/|-|&|va|hoac|den)\s?(?:muc\s?)?(?:do\s?)?(?:[1-4]|iii|ii|iv|i)\b(?![.\d]))"
)
"""One number, and no choice of several (``mức độ 3, 4``)."""
_LEVEL = re.compile(rf"\b(?:muc ?do|muc|dvctt|dvc)(?: ?[:.\-])? ?(?:do ?|so ?)?{_ONE_OF_FOUR}")
_SHORT_LEVEL = re.compile(rf"\b(?:md|m|cap do|cap|level|lv)(?: ?[:.\-])? ?{_ONE_OF_FOUR}")
"""Ways that mean a level only where nothing else can be meant: ``m3`` in a name is a cubic metre."""
_FULL = re.compile(r"\btoan ?trinh\b")
_PARTIAL = re.compile(r"\bmot ?phan\b")
_INFORMATION = re.compile(r"\bchi cung cap(?: thong tin)?\b|\bcung cap thong tin\b|\bcon lai\b|\btra cuu thong tin\b")
_SHORT = {"tt": Level.FULL, "dvctt tt": Level.FULL, "mp": Level.PARTIAL, "dvctt mp": Level.PARTIAL, "cctt": Level.INFORMATION}
_IDLE = re.compile(
    r"\b(?:cac|danh sach|danh muc|nhom|thu tuc hanh chinh|thu tuc|tthc|dich vu(?: hanh chinh)?(?: cong)?|dvctt|dvc|cong|"
    r"truc tuyen|cung cap|loai|hinh thuc|muc do|muc|o|la|dat|thuc hien|nop ho so|tren mang|qua mang|bac|cap tinh|cap huyen|"
    r"cap xa|cap so|cua so)\b"
)
"""What a level may bring along: dịch vụ công trực tuyến mức độ 3."""
_BARE = re.compile(r"\W*([1-4]|i{1,3}|iv)\W*")
_OWN_SCALE = re.compile(
    r"\b(?:dat|chuan|tieu chuan|quoc gia|pho cap|mu chu|kiem dinh|canh bao|nguy co|nguy hiem|an toan|chat luong|trinh|rui ro|"
    r"phu hop|hoan thanh|o|tai|len|xuong|theo)$"
)
"""What stands before a degree of something else: trường đạt chuẩn quốc gia mức độ 2."""
_OTHER_SCALE = re.compile(
    r"\b(?:dat (?:chuan|tieu chuan)|tieu chuan|chuan quoc gia|pho cap|mu chu|kiem dinh|canh bao|nguy co|rui ro|chay rung)\b"
)
"""What makes a degree one of its own, however far before it: công nhận xã đạt chuẩn phổ cập giáo dục mức độ 3."""
_MARKS = "-–—|:;·•([{/,»>"
_NEAR = 40
_LONGEST_HEADING = 200
_NUMBERED = re.compile(r"^\s*(?:[IVX]{1,5}|[A-Ea-e]|\d{1,2}(?:\.\d{1,2})?)\s?[.)\-/:]\s*")
_MAX_NAME = 600
_REMEMBERED = 200
"""Texts up to so many characters are remembered: a list says the same few levels on every row."""


def _spaced(text: str) -> tuple[str, str]:
    """Give a text with single spaces, and the same folded; both have the same length."""
    return _folded(text) if len(text) <= _REMEMBERED else _fold(text[:_MAX_NAME])


def _fold(text: str) -> tuple[str, str]:
    words = clean(text)
    return words, fold(words)


_folded = lru_cache(maxsize=8192)(_fold)


_remembering = partial(remembering, longest=_REMEMBERED)


def level_of(text: str, *, column: bool = False) -> Level | None:
    """Give the level that a text names; ``column`` is a cell of a level column, where a bare number is one."""
    return _of_cell(text) if column else _of_text(text)


@_remembering
def _of_cell(text: str) -> Level | None:
    return _named(text, column=True)


@_remembering
def _of_text(text: str) -> Level | None:
    return _named(text, column=False)


def _named(text: str, *, column: bool) -> Level | None:
    _, words = _spaced(text)
    if column and (bare := _BARE.fullmatch(words)):
        return _NUMBERS[bare[1]]
    if column and (short := _SHORT.get(words.strip(" ()[].-"))):
        return short
    if _FULL.search(words):
        return Level.FULL
    if _PARTIAL.search(words):
        return Level.PARTIAL
    if found := _LEVEL.search(words) or (_SHORT_LEVEL.search(words) if column else None):
        return _NUMBERS[found[1]]
    return Level.INFORMATION if column and _INFORMATION.search(words) else None


@_remembering
def names_only_level(text: str) -> Level | None:
    """Give the level of a text that says nothing else: a badge, a tab, the heading of a group (Dịch vụ công mức độ 3)."""
    level = level_of(text, column=True)
    if level is None or len(text) > _MAX_NAME or (_BARE.fullmatch(fold(clean(text))) and not text.strip().isupper()):
        return None
    rest = _without(_spaced(text)[1])
    return None if len(re.findall(r"[^\W\d_]+", _IDLE.sub(" ", rest))) > 0 else level


@_remembering
def level_of_group(text: str) -> Level | None:
    """Give the level of a group's heading, which may go on with whose services they are, or in which field.

    ``Danh mục dịch vụ công mức độ 3 thuộc thẩm quyền của Sở`` has one; words before the level that say more are a name's own.
    """
    words = _spaced(text)[1]
    if len(text) > _LONGEST_HEADING:
        return None
    for pattern in (_LEVEL, _FULL, _PARTIAL, _INFORMATION):
        found = pattern.search(words)
        if found is not None:
            begun = words[: found.start()]
            named = bool(begun.strip()) or pattern is _LEVEL or not _says_more(words[found.end() :])
            return level_of(found[0], column=True) if named and not _says_more(begun) else None
    return None


@_remembering
def heads_group(text: str) -> bool:
    """Tell the heading of a group of services (``A. Danh mục dịch vụ công mức độ 3 của Sở``) from a service with its level."""
    plain = _NUMBERED.sub("", text)
    found = _LEVEL.search(_spaced(plain)[1])
    begun = _spaced(plain)[1][: found.start()] if found else ""
    return bool(re.search(r"\bd(?:ich )?v(?:u )?c|\btthc\b|\bthu tuc\b", begun)) and level_of_group(plain) is not None


@_remembering
def level_beside(text: str) -> Level | None:
    """Give the level that stands before or behind a name, or in brackets; within it the same words are the name's own.

    ``Một phần - Cấp phép bến`` has one, ``Chuyển nhượng một phần rừng`` has none.
    """
    whole, words = _spaced(text)
    for pattern in (_FULL, _PARTIAL, _LEVEL):
        for found in pattern.finditer(words):
            before, after = words[: found.start()].rstrip(), words[found.end() :].lstrip()
            if _stands_apart(whole, words, found.start(), found.end(), before, after, exact=pattern is _LEVEL):
                return level_of(found[0], column=True)
    told = _INFORMATION.search(words)
    if told is not None and not _says_more(words[: told.start()]):  # within a name the same words are what the service gives
        after = words[told.end() :].lstrip()
        if (after[:1] in _MARKS and after[:1] != ",") or whole[len(words) - len(after) :][:1].isupper():
            return Level.INFORMATION
    return None


def _stands_apart(whole: str, words: str, start: int, end: int, before: str, after: str, *, exact: bool) -> bool:
    """Tell a level from a name's own words by what stands on either side of it."""
    if before[-1:] in {"(", "["} and after[:1] in {")", "]"}:
        return True
    if not _says_more(before):
        parted = after[:1] in _MARKS or after[:1] in {"]", ")", "."}
        begins = whole[len(words) - len(after) :][:1]
        return not after or parted or exact or begins.isupper() or not _says_more(after) or begins.isdigit()
    if _says_more(after):
        return False
    bare = _IDLE_END.sub("", before[-_NEAR:]).rstrip()
    if before[-1:] in _MARKS or (bare and bare[-1:] in _MARKS) or whole[start - 1 : start] in _MARKS:
        return True
    if not exact:
        if whole[start].isupper() and whole[start + 1].islower() and before[-1:].isalnum():
            return True  # làng nghề Một phần: a badge behind the name
        return len(bare) < len(before[-_NEAR:].rstrip())  # dịch vụ công trực tuyến một phần
    return words[start:end].strip() != "" and not _OWN_SCALE.search(bare) and not _OTHER_SCALE.search(before)


_IDLE_END = re.compile(r"(?:\b(?:dich vu cong|dvctt|dvc|truc tuyen)\s?){1,4}$")


def _says_more(text: str) -> bool:
    return re.search(r"[^\W_]", _IDLE.sub(" ", text)) is not None


@_remembering
def without_level(text: str) -> str:
    """Give a text without the words of its level, folded: what is left is the service's own name."""
    level, words = level_beside(text), _spaced(text)[1]
    if level is not None:
        words = _without(words, told=level)
    return " ".join(re.sub(r"[\W_]+", " ", words).split())


def _without(words: str, *, told: Level = Level.INFORMATION) -> str:
    """Leave out words of levels; beside another level, ``cung cấp thông tin`` is what the service gives."""
    for pattern in (_FULL, _PARTIAL, _LEVEL, *([_INFORMATION] if told is Level.INFORMATION else [])):
        words = pattern.sub(" ", words)
    return words
