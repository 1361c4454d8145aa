"""Writes abbreviations in full, as offices write them: ``TTHC`` is ``thủ tục hành chính``."""

import re
from collections.abc import Mapping

from auditor.sdk.text import fold, nfc

__all__ = ["Abbreviations"]


class Abbreviations:
    """Writes a text's abbreviations in full, in the case in which offices write them."""

    def __init__(self, abbreviations: Mapping[str, str]) -> None:
        """Take what each abbreviation stands for."""
        longest_first = sorted(abbreviations, key=lambda short: (-len(short), short))
        self._meant = abbreviations
        pattern = "|".join(re.escape(short).replace(r"\ ", r"\s?") for short in longest_first)
        self._pattern = re.compile(rf"(?<!\w)(?:{pattern})(?![\w&])") if longest_first else None

    def __call__(self, text: str) -> str:
        """Give the text in full; one without marks stays so."""
        if self._pattern is None or not self._pattern.search(text):
            return text
        full = self._pattern.sub(
            lambda found: self._meant.get(found[0]) or self._meant[_spaced(found[0], self._meant)], nfc(text)
        )
        return fold(full) if text.isascii() else full


def _spaced(short: str, meant: Mapping[str, str]) -> str:
    bare = short.replace(" ", "")
    return next(key for key in meant if key.replace(" ", "") == bare)
