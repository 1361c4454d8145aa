"""How numbers are written for people: Vietnamese put a comma before the decimals, programs and English a point."""

import re

__all__ = ["comma", "commas", "is_number"]

_NUMBER = re.compile(r"≈?[+-]?\d+(?:\.\d+)?", re.ASCII)
_POINT = re.compile(r"(?<![\w.])([+-]?\d+)\.(\d+)(?![\w.])", re.ASCII)


def comma(text: str) -> str:
    """Give one number as Vietnamese write it. Thousands are never grouped: a point in them would be read as a decimal one."""
    return text.replace(".", ",")


def commas(text: str) -> str:
    """Give a text of nothing but numbers and signs (``0.5; 1–2.5``, ``12.3 %``) as Vietnamese write it."""
    return _POINT.sub(r"\1,\2", text)


def is_number(text: str) -> bool:
    """Tell whether a text is one number as programs write it."""
    return _NUMBER.fullmatch(text) is not None
