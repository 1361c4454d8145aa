"""The rows of a list of public services on one page: from a table's columns, or from entries that carry their level."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.sdk.html import Block, Document
from auditor.sdk.tables import Cell, Table
from auditor.sdk.text import Phrases, tokens
from auditor.sdk.urls import canonical
from auditor.sdk.vocabulary import Vocabulary
from probes.services_list.levels import Level, level_beside, level_of, without_level

__all__ = ["Columns", "ServiceRow", "service_rows"]

_NAME_WORDS = 3
_GENERIC = re.compile(r"(?:cac |danh muc |danh sach |cong )?dich vu cong(?: truc tuyen)?(?: cap [a-z]+)?[ 1234va]*")
"""A label of services in general is no service."""
_LEAST = 2
_MAX_ROWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One service as a list names it. ``executing`` is the cell of the executing agency, empty without such a column."""

    name: str
    key: str
    level: Level | None
    executing: str
    url: str
    page: str
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column of a table is what; None where there is none."""

    name: int
    level: int | None
    executing: int | None
    code: int | None


class _Headers:
    """Names columns by their headers."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        names = ("service_name", "service_level", "service_executing", "service_code")
        self._phrases = Phrases({name: vocabulary.phrases.get(name, ()) for name in names})

    def columns(self, head: Sequence[Cell]) -> Columns | None:
        """Give a table's columns; None when it is no list of services."""
        found: dict[str, int] = {}
        for index, cell in enumerate(head):
            for match in self._phrases.find(tokens(cell.text[:200])):
                found.setdefault(match.key, index)
        name = found.get("service_name")
        if name is None:
            return None
        level, executing = found.get("service_level"), found.get("service_executing")
        return Columns(name=name, level=level, executing=executing, code=found.get("service_code"))


def service_rows(document: Document, vocabulary: Vocabulary, own: Sequence[Block]) -> tuple[ServiceRow, ...]:
    """Give the services that a page lists: at least two rows whose level or executing agency is named, else none.

    ``own`` are the blocks that are no template's: a menu may name levels too.
    """
    headers = _Headers(vocabulary)
    rows: list[ServiceRow] = []
    for table in document.tables:
        rows += _of_table(table, headers, document.url)
    if not rows:
        rows = list(_of_entries(document, own))
    telling = sum(row.level is not None or bool(row.executing) for row in rows)
    return tuple(rows[:_MAX_ROWS]) if telling >= _LEAST else ()


def _of_table(table: Table, headers: _Headers, page: str) -> Iterator[ServiceRow]:
    head, rows = table.head, table.rows
    columns = headers.columns(head)
    if columns is None and not head and rows:
        columns, rows = headers.columns(rows[0]), rows[1:]
    if columns is None:
        return
    for row in rows:
        if len(row) <= columns.name:
            continue
        cell = row[columns.name]
        level = level_of(_text(row, columns.level), column=True) if columns.level is not None else level_beside(cell.text)
        name = without_level(cell.text)
        if not name or (len(name.split()) < _NAME_WORDS and level is None):
            continue
        url = cell.url or next((other.url for other in row if other.url), "")
        code = without_level(_text(row, columns.code))
        passage = " | ".join(other.text for other in row if other.text)[:300]
        executing = _text(row, columns.executing)
        yield ServiceRow(
            name=cell.text[:300],
            key=f"{code} {name}".strip(),
            level=level,
            executing=executing,
            url=url,
            page=page,
            passage=passage,
        )


def _text(row: Sequence[Cell], column: int | None) -> str:
    return row[column].text if column is not None and column < len(row) else ""


def _of_entries(document: Document, own: Sequence[Block]) -> Iterator[ServiceRow]:
    """Entries with their level in front, behind, or as a badge of its own beside them."""
    links = {link.label: link.url for link in reversed(document.links) if link.label}
    blocks = [block for block in own if block.kind in {"text", "cell", "heading"}]
    for index, block in enumerate(blocks):
        url = links.get(block.text, "")
        level = level_beside(block.text)
        name = without_level(block.text)
        if len(name.split()) < _NAME_WORDS or _GENERIC.fullmatch(name):
            continue
        passage = block.text
        if level is None and url:
            badge = next(
                (near for near in blocks[index + 1 : index + 2] + blocks[max(index - 1, 0) : index] if _is_badge(near.text)), None
            )
            level, passage = (level_of(badge.text), f"{block.text} | {badge.text}") if badge else (None, passage)
        url = url or next((target for label, target in links.items() if label and label in block.text), "")
        if level is not None and url and canonical(url) != canonical(document.url):
            yield ServiceRow(
                name=block.text[:300], key=name, level=level, executing="", url=url, page=document.url, passage=passage[:300]
            )


def _is_badge(text: str) -> bool:
    return level_of(text) is not None and len(without_level(text).split()) < _NAME_WORDS
