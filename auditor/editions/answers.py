"""Reads one declared value as an agency writes it: ``có``, ``0,85``, ``85%``, ``12``, a word of the list."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches

from auditor.model.reading import Kind, Measure, Value, fits
from auditor.model.web import web_address
from auditor.sdk.text import fold

__all__ = ["Refused", "folded", "near", "read_answer", "wrong_link"]

_TRUE = frozenset({"co", "true", "yes"})
_FALSE = frozenset({"khong", "false", "no"})
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"([+-]?\d{1,15}(?:[.,]\d{1,30})?)\s*(%?)", re.ASCII)
_WANTED = {
    Kind.BOOLEAN: 'hãy ghi "có" hoặc "không"',
    Kind.COUNT: "hãy ghi một số nguyên từ 0 trở lên, viết liền, không có dấu chấm hay dấu phẩy",
    Kind.DAYS: "hãy ghi số ngày là một số nguyên",
    Kind.SHARE: "hãy ghi tỷ lệ từ 0 đến 1 (0,85) hoặc phần trăm từ 0% đến 100% (85%)",
    Kind.SECONDS: "hãy ghi số giây từ 0 trở lên (2,5)",
}


class Refused(ValueError):  # noqa: N818 - what happened to the value
    """A text that is no value of its measure; says in Vietnamese what to write."""


def read_answer(text: str, measure: Measure, labels: Mapping[str, str] | None = None) -> Value:
    """Give the value that a text means for a measure; ``labels`` are its words as people were shown them.

    Raises:
        Refused: it means none.
    """
    said = labels or {word: word for word in measure.words}
    words = {folded(word): word for word in measure.words} | {folded(label): word for word, label in said.items()}
    value: Value | None = words.get(folded(text))
    if value is None and measure.kind is not Kind.WORD:
        value = _number(text, measure.kind)
    if value is None or fits(measure, value) is not None:
        raise Refused(f'"{text}" không dùng được: {_wanted(measure.kind, said)}{near(text, said.values())}')
    return value


def _number(text: str, kind: Kind) -> Value | None:
    if kind is Kind.BOOLEAN:
        return True if folded(text) in _TRUE else False if folded(text) in _FALSE else None
    if kind in {Kind.COUNT, Kind.DAYS}:
        # "12.000" may mean twelve or twelve thousand: a whole number is written without marks.
        return int(text) if _WHOLE.fullmatch(text) else None
    found = _NUMBER.fullmatch(text)
    if found is None or (found[2] and kind is not Kind.SHARE):
        return None
    number = Decimal(found[1].replace(",", "."))
    return number / 100 if found[2] else number


def _wanted(kind: Kind, labels: Mapping[str, str]) -> str:
    listed = ", ".join(f'"{label}"' for label in labels.values())
    if kind is Kind.WORD:
        return f"hãy ghi một trong các từ {listed}"
    return _WANTED[kind] + (f", hoặc một trong các từ {listed}" if listed else "")


def folded(text: str) -> str:
    """Give a text as it is compared: without case, marks and doubled spaces."""
    return " ".join(fold(text).split())


def near(word: str, known: Iterable[str]) -> str:
    """Give `` (có phải "x"?)`` when a known word is near, else nothing."""
    by_fold = {folded(name): name for name in known}
    found = get_close_matches(folded(word), by_fold, n=1, cutoff=0.6)
    return f' (có phải "{by_fold[found[0]]}"?)' if found else ""


def wrong_link(link: str) -> str:
    """Say why a text is no web address of a proof; nothing for one that is, or for none."""
    if not link or web_address(link):
        return ""
    return "không phải địa chỉ web: hãy ghi địa chỉ bắt đầu bằng http:// hoặc https://, hoặc để trống"
