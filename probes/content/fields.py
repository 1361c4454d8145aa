"""The fields of a section's entries as a page names them: columns with heads, pairs of label and value, labels before a colon."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from auditor.sdk.html import Block, Document
from auditor.sdk.phrases import Phrases
from auditor.sdk.tables import Cell, Row
from auditor.sdk.text import tokens
from auditor.sdk.vocabulary import Vocabulary

__all__ = ["FieldReader", "Named"]

_PREFIX = "field "
_LABEL = 60
_LABEL_WORDS = 8
_LONG = 2_000
_MAX_ROWS = 1_000
_PHONE_DIGITS = 3
_PAIR = 2
_COLON = re.compile(r"\s*[:：]\s*")
_EMPTY = re.compile(r"[\s.\-–—_…*/]*|(?:đang cập nhật|chưa có|không có|updating)\W*", re.IGNORECASE)
"""What stands in a field that nobody filled."""


@dataclass(slots=True)
class Named:
    """How often a page names each field, and how often with a value. ``rows`` are the entries of its tables with heads."""

    named: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    rows: int = 0

    def add(self, name: str, value: str) -> None:
        """Count a field once."""
        self.named[name] = self.named.get(name, 0) + 1
        if _EMPTY.fullmatch(value[:_LONG]) or (name == "phone" and sum(map(str.isdigit, value[:_LONG])) < _PHONE_DIGITS):
            return
        self.filled[name] = self.filled.get(name, 0) + 1


def _labels(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    return {key.removeprefix(_PREFIX): words for key, words in vocabulary.phrases.items() if key.startswith(_PREFIX)}


class FieldReader:
    """Finds the fields that a page names."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the labels."""
        self._labels = vocabulary.once("labels of fields", lambda: Phrases(_labels(vocabulary)))

    def read(self, document: Document, own: Iterable[Block]) -> Named:
        """Count the fields of a page: in its tables, and in ``own``, the blocks that are no template's."""
        found = Named()
        for table in document.tables:
            self._of_table(table.head, table.rows[:_MAX_ROWS], found)
        self._of_blocks([block for block in own if block.kind != "field"], found)
        return found

    def named(self, label: str, *, ends: bool = False) -> list[str]:
        """Give the fields that a label names, none where it says much more than that; with ``ends`` what it ends with counts."""
        words = tokens(label[-_LABEL:]) if ends else tokens(label[: _LABEL + 1])
        if not words or (not ends and (len(words) > _LABEL_WORDS or len(label) > _LABEL)):
            return []
        taken: set[int] = set()
        names: dict[str, None] = {}
        for match in sorted(self._labels.find(words), key=lambda match: match.first - match.last):
            span = range(match.first, match.last + 1)
            if taken.isdisjoint(span) and (not ends or match.last == len(words) - 1):
                taken.update(span)
                names[match.key] = None
        return list(names) if ends or len(taken) * 2 >= len(words) else []

    def _is_label(self, text: str) -> bool:
        words = tokens(text[:_LABEL])
        told = {index for match in self._labels.find(words) for index in range(match.first, match.last + 1)}
        return bool(words) and len(told) == len(words)

    def _of_table(self, head: Row, rows: Sequence[Row], found: Named) -> None:
        columns = self._columns(head)
        if len(columns) < _PAIR and rows:
            first = self._columns(rows[0])
            if len(first) > max(len(columns), 1):
                columns, rows = first, rows[1:]
        if len(columns) >= _PAIR:
            entries = [row for row in rows if sum(bool(cell.text.strip()) for cell in row) >= _PAIR]
            found.rows += len(entries)
            for row in entries:
                for index, names in columns.items():
                    for name in names if index < len(row) else ():
                        found.add(name, row[index].text or row[index].url)
            return
        for row in rows:
            if len(row) == _PAIR:
                for name in self.named(row[0].text):
                    found.add(name, row[1].text or row[1].url)

    def _columns(self, head: Sequence[Cell]) -> dict[int, list[str]]:
        return {index: names for index, cell in enumerate(head) if (names := self.named(cell.text))}

    def _of_blocks(self, blocks: Sequence[Block], found: Named) -> None:
        for index, block in enumerate(blocks):
            parts = _COLON.split(block.text[:_LONG])
            for number, value in enumerate(parts[1:]):
                last = number + 2 == len(parts)
                follows = value or (blocks[index + 1].text if last and index + 1 < len(blocks) else "")
                for name in self.named(parts[number], ends=True):
                    found.add(name, follows)
            if len(parts) == 1 and block.kind in {"text", "cell"} and index + 1 < len(blocks):
                self._of_pair(block.text, blocks[index + 1].text, found)

    def _of_pair(self, label: str, value: str, found: Named) -> None:
        """Count a label that stands alone, with the text behind it (``<dt>Chức vụ<dd>Giám đốc``).

        Another label is no value, nor is the number of a table's first row behind the head of its last column.
        """
        if len(label) <= _LABEL and not value.strip().isdigit() and not self._is_label(value):
            for name in self.named(label):
                found.add(name, value)
