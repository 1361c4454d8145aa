"""The level of a public service, in the scheme of 2018 (1 to 4) and of 2022 (một phần, toàn trình), as sites write it.

NĐ 43/2011/NĐ-CP article 3 and TT 32/2017/TT-BTTTT give the four levels; NĐ 42/2022/NĐ-CP article 11 the two kinds.
"""

import re
from enum import StrEnum

from auditor.sdk.text import fold

__all__ = ["Level", "level_beside", "level_of", "without_level"]


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


_NUMBERS = {
    "1": Level.ONE, "i": Level.ONE, "mot": Level.ONE,
    "2": Level.TWO, "ii": Level.TWO, "hai": Level.TWO,
    "3": Level.THREE, "iii": Level.THREE, "ba": Level.THREE,
    "4": Level.FOUR, "iv": Level.FOUR, "bon": Level.FOUR,
}  # fmt: skip
_LEVEL = re.compile(
    r"\b(?:muc\s*(?:do)?|dvctt|dvc|md|m)\s*[:.\-]?\s*(?:do\s*)?([1-4]|iii|ii|iv|i|mot|hai|ba|bon)\b(?!\s*(?:phan|trieu|ngay))"
)
_FULL = re.compile(r"\btoan\s*trinh\b")
_PARTIAL = re.compile(r"\b(?:truc tuyen )?mot\s*phan\b")
_INFORMATION = re.compile(r"\bcung cap thong tin\b|\bchi cung cap\b")
_IDLE = re.compile(r"\b(?:dich vu(?: cong)?|dvctt|dvc|truc tuyen|cung cap|loai|o)\b")
"""What a level may bring along: dịch vụ công trực tuyến mức độ 3."""
_BARE = re.compile(r"\W*([1-4]|i{1,3}|iv)\W*")


def level_of(text: str, *, column: bool = False) -> Level | None:
    """Give the level that a text names; ``column`` is a cell of a level column, where a bare number is one."""
    words = " ".join(fold(text).split())
    if column and (bare := _BARE.fullmatch(words)):
        return _NUMBERS[bare[1]]
    if _FULL.search(words):
        return Level.FULL
    if _PARTIAL.search(words):
        return Level.PARTIAL
    if found := _LEVEL.search(words):
        return _NUMBERS[found[1]]
    return Level.INFORMATION if column and _INFORMATION.search(words) else None


def level_beside(text: str) -> Level | None:
    """Give the level that stands before or behind a name, or in brackets; within it the same words are the name's own.

    ``Một phần - Cấp phép bến`` has one, ``Chuyển nhượng một phần rừng`` has none.
    """
    words = " ".join(fold(text).split())
    for pattern in (_FULL, _PARTIAL, _LEVEL):
        for found in pattern.finditer(words):
            before, after = words[: found.start()], words[found.end() :]
            if not _says_more(before) or not _says_more(after) or before.rstrip()[-1:] in {"(", "["}:
                return level_of(found[0])
    return None


def _says_more(text: str) -> bool:
    return re.search(r"[^\W_]", _IDLE.sub(" ", text)) is not None


def without_level(text: str) -> str:
    """Give a text without the words of its level, folded: what is left is the service's own name."""
    words = " ".join(fold(text).split())
    for pattern in (_FULL, _PARTIAL, _LEVEL):
        words = pattern.sub(" ", words)
    return " ".join(re.sub(r"[\W_]+", " ", words).split())
