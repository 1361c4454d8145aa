"""PURE: sentences that were kept as text, known again by their words, so that they can be said in another language."""

import re
from collections.abc import Iterable, Mapping

from auditor.model.note import Note

__all__ = ["Sayings"]

_FIELD = re.compile(r"\\\{(\w+)\\\}")


class Sayings:
    """The sentences of one kind, the more special ones first; ``shapes`` are patterns for what may stand for a field."""

    def __init__(self, notes: Iterable[Note], shapes: Mapping[str, str]) -> None:
        """Make a pattern of each."""
        self._patterns = tuple((note, _pattern(note.text, shapes)) for note in notes)

    def known(self, text: str) -> tuple[Note, dict[str, str]] | None:
        """Give the sentence that a text is, and what stands for its fields; None if it is none of these."""
        for note, pattern in self._patterns:
            if match := pattern.fullmatch(text):
                return note, match.groupdict()
        return None


def _pattern(text: str, shapes: Mapping[str, str]) -> re.Pattern[str]:
    pattern = _FIELD.sub(lambda name: f"(?P<{name[1]}>{shapes.get(name[1], '.+?')})", re.escape(text))
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)
