"""Tables as rows of cells: what a person reads in each, and where its first link leads."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.sdk.text import nfc

__all__ = ["Cell", "Row", "Table", "read_tables"]

_MAX_TABLES = 200
_MAX_ROWS = 5_000
_MAX_CELLS = 40
_MAX_TEXT = 2_000
_MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and its first link's absolute address (empty if it has none)."""

    text: str
    url: str = ""


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table without tables inside; ``head`` is its row of header cells, empty if it has none."""

    head: Row
    rows: tuple[Row, ...]


def read_tables(tree: LexborHTMLParser, join: Callable[[str | None], str | None]) -> tuple[Table, ...]:
    """Give a page's innermost tables. A first row of bold or ``th`` cells, or one inside ``thead``, is the head."""
    tables = tree.css("table")[: _MAX_TABLES + 1]
    # In the page's order the first table inside another one is the very next.
    inner = [
        node for node, after in zip_longest(tables[:_MAX_TABLES], tables[1:]) if after is None or not _stands_in(after, node)
    ]
    return tuple(_table(node, join) for node in inner if node.css_first("tr") is not None)


def _stands_in(node: LexborNode, outer: LexborNode) -> bool:
    current = node.parent
    for _ in range(_MAX_DEPTH):
        if current is None:
            return False
        if current.mem_id == outer.mem_id:
            return True
        current = current.parent
    return False


def _table(node: LexborNode, join: Callable[[str | None], str | None]) -> Table:
    head: Row = ()
    rows: list[Row] = []
    for number, line in enumerate(node.css("tr")[:_MAX_ROWS]):
        cells = [child for child in line.iter() if child.tag in {"td", "th"}][:_MAX_CELLS]
        row = tuple(_cell(cell, join) for cell in cells)
        if not row:
            continue
        if not head and not rows and (number == 0 or all(cell.tag == "th" for cell in cells)) and _is_head(line, cells):
            head = row
        else:
            rows.append(row)
    return Table(head, tuple(rows))


def _is_head(line: LexborNode, cells: list[LexborNode]) -> bool:
    if line.parent is not None and line.parent.tag == "thead":
        return True
    return all(cell.tag == "th" or cell.css_first("b, strong") is not None for cell in cells)


def _cell(node: LexborNode, join: Callable[[str | None], str | None]) -> Cell:
    text = " ".join(nfc(node.text(deep=True, separator=" ")[:_MAX_TEXT]).split())
    for link in node.css("a[href]")[:5]:
        url = join(link.attributes.get("href"))
        if url:
            return Cell(text, url)
    return Cell(text)
