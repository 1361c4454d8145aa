"""Tables of any make as even rows of cells: nested ones, spans over columns and rows, headers in ordinary cells."""

from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from probes.services_list.levels import Level, level_of, names_only_level
from probes.services_list.tree import Tree, is_scripted, level_by_hints, links_in, pieces_of, text_of

__all__ = ["GridCell", "GridRow", "grid_rows", "tables_of"]

_MAX_TABLES = 200
_MAX_ROWS = 5_000
_MAX_CELLS = 60
_MAX_DEPTH = 200
_ROWS, _CELLS = {"tr"}, {"td", "th"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One cell: its text, its links as label and address, and the level that its pictures tell; ``number`` names its node."""

    text: str
    links: tuple[tuple[str, str], ...] = ()
    pictured: Level | None = None
    head: bool = False
    number: int = 0
    pieces: tuple[str, ...] = ()
    """Its texts one by one, where there are several: a badge is one of its own."""
    scripted: bool = False
    """Whether it holds a link or button that only a script can follow."""

    def level(self) -> Level | None:
        """Give the level that a cell of a level column holds."""
        return level_of(self.text, column=True) or self.pictured


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row; a cell that spans columns stands in each of them, one that spans rows in each of those."""

    cells: tuple[GridCell, ...]
    head: bool
    """Whether it stands in the table's head, or all of its cells are headers."""
    node: int

    @property
    def single(self) -> GridCell | None:
        """Give the only cell, if there is but one over the whole width, or but one that says anything and that is a level."""
        said = {cell.number: cell for cell in self.cells if cell.text}
        if len(said) != 1:
            return None
        only = next(iter(said.values()))
        spans = len({cell.number for cell in self.cells}) == 1
        return only if spans or names_only_level(only.text) is not None else None


def tables_of(tree: Tree) -> list[LexborNode]:
    """Give a page's tables, an inner one before the one around it."""
    return list(reversed(tree.parser.css("table")[:_MAX_TABLES]))


def grid_rows(tree: Tree, table: LexborNode) -> Iterator[GridRow]:
    """Give the rows of a table that are its own, not those of a table inside it."""
    spanning: dict[int, tuple[GridCell, int]] = {}
    for line in _lines(table):
        cells = [child for child in line.iter() if child.tag in _CELLS][:_MAX_CELLS]
        row: list[GridCell] = []
        below: dict[int, tuple[GridCell, int]] = {}
        for node in cells:
            _fill(row, spanning, below)
            cell = _cell(tree, node)
            across = min(_number(node.attributes.get("colspan")), _MAX_CELLS - len(row))
            down = _number(node.attributes.get("rowspan"))
            for _ in range(across):
                if down > 1:
                    below[len(row)] = cell, down - 1
                row.append(cell)
        _fill(row, spanning, below)
        spanning = below
        if row:
            parent = line.parent
            head = (parent is not None and parent.tag == "thead") or all(cell.tag == "th" for cell in cells)
            yield GridRow(cells=tuple(row[:_MAX_CELLS]), head=head, node=line.mem_id)


def _fill(row: list[GridCell], spanning: dict[int, tuple[GridCell, int]], below: dict[int, tuple[GridCell, int]]) -> None:
    """Put in what spans down from the rows above."""
    while len(row) in spanning and len(row) < _MAX_CELLS:
        cell, left = spanning.pop(len(row))
        if left > 1:
            below[len(row)] = cell, left - 1
        row.append(cell)


def _lines(table: LexborNode) -> list[LexborNode]:
    found = []
    for part in table.iter():
        if part.tag in {"thead", "tbody", "tfoot"}:
            found += [line for line in part.iter() if line.tag == "tr"]
        elif part.tag == "tr":
            found.append(part)
        if len(found) > _MAX_ROWS:
            break
    return found[:_MAX_ROWS]


def _cell(tree: Tree, node: LexborNode) -> GridCell:
    text = text_of(node)
    return GridCell(
        text=text,
        links=tuple(links_in(tree, node)),
        pictured=None if len(text) > 300 else level_by_hints(node),  # noqa: PLR2004 - a layout's cell holds half a page
        head=node.tag == "th",
        number=node.mem_id,
        pieces=tuple(pieces_of(node)),
        scripted=is_scripted(tree, node),
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 4 else 1  # noqa: PLR2004
