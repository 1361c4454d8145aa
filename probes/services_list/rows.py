"""The rows of a list of public services on one page: from a table's columns, or from entries that carry their level."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from auditor.sdk.html import Block, Document
from auditor.sdk.text import fold
from auditor.sdk.urls import canonical
from auditor.sdk.vocabulary import Vocabulary
from probes.services_list.columns import CODE, Columns, Headers
from probes.services_list.entries import Entry, Finder
from probes.services_list.grid import GridCell, GridRow, grid_rows, tables_of
from probes.services_list.groups import group_levels, page_level
from probes.services_list.levels import Level, level_beside, level_of_group, names_only_level, without_level
from probes.services_list.records import Records
from probes.services_list.tree import Tree

__all__ = ["RowReader", "ServiceRow"]

_NAME_WORDS = 3
_LEAST = 2
_MAX_ROWS = 20_000
_MAX_PASSAGE = 300
_WORDS = re.compile(r"[^\W\d_]{2,}")
_SIGNS = (
    *("mức độ", "toàn trình", "một phần", "mức 1", "mức 2", "mức 3", "mức 4", "mức dvc", "dvctt", "tên thủ tục", "tên dịch vụ"),
    *(
        "tên tthc",
        "tên dvc",
        "mã thủ tục",
        "mã tthc",
        "loại dịch vụ",
    ),
    *("muc do", "toan trinh", "mot phan", "ten thu tuc", "ten dich vu"),
)
_WEAK = ("cung cấp thông tin", "cơ quan thực hiện", "đơn vị thực hiện", "co quan thuc hien")
"""What any page may say once (``Người phát ngôn và cung cấp thông tin``): a list of services says it at its head, or of each."""
_HEADS = frozenset({"heading", "th"})
_WITH_TABLE = ("thủ tục", "dịch vụ", "thu tuc", "dich vu", "tthc", "dvc")
_PICTURED = re.compile(r"(?:muc|level|dvc)[-_ ]{0,2}(?:do)?[-_ ]{0,2}[1-4]|toan[-_ ]?trinh|mot[-_ ]?phan", re.IGNORECASE)
"""Only a page that says such a thing, in words or in the names of its pictures, is looked through for services."""
_LEVELS = ("mức", "toàn trình", "một phần")
_SAID_ASIDE = re.compile(rf"\b(?:title|alt|aria-label|data-[a-z-]+)\s?=\s?[\"'][^\"'<>]{{0,60}}\b(?:{'|'.join(_LEVELS)})\b")
"""A level in an attribute: what is said of an element to who points at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One service as a list names it.

    ``key`` is its name folded, without its level; ``code`` the procedure's code, empty where the list has none. ``executing`` is
    what the list says of the executing agency. ``submit`` is the label in the row that offers to hand in a file. ``how`` tells
    how it was read (``table``, ``entry``, ``record``), ``level_by`` where its level stands (``row``, ``group``, ``page``; empty
    where there is none).
    """

    name: str
    key: str
    level: Level | None
    executing: str
    url: str
    page: str
    passage: str
    code: str = ""
    submit: str = ""
    links: tuple[str, ...] = ()
    how: str = "table"
    level_by: str = ""
    scripted: bool = False
    """Whether only a script leads to its own page."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A row, its node, and the list that holds it."""

    row: ServiceRow
    node: int
    holder: int
    telling: bool
    """Whether it stands in a table that says that it lists services."""


class RowReader:
    """Reads lists of services by the vocabulary's words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the phrases."""
        self._headers = Headers(vocabulary)
        self._finder = vocabulary.once("finder of services", lambda: Finder(vocabulary))
        self._records = Records(vocabulary)
        self._submit = tuple(map(fold, vocabulary.phrases.get("submit", ())))

    def rows(
        self, document: Document, own: Sequence[Block], *, least: int = _LEAST, usual: Container[str] = ()
    ) -> tuple[ServiceRow, ...]:
        """Give the services that a page lists; none unless the level or the executing agency of at least so many is told.

        ``own`` are the blocks that are no template's: a menu may name levels too. A page whose only signs of services are
        ``usual`` texts is not looked through.
        """
        tabled, told = _may_list(document, usual)
        if not tabled and not told:
            return ()
        tree = Tree(document)
        for found in self._ways(tree, document, own, told=told):
            grouped = self._grouped(tree, document, found) if found else []
            rows = [one.row for one in grouped if one.telling or one.row.level is not None]
            telling = sum(row.level is not None or bool(row.executing) or bool(row.code) for row in rows)
            if telling >= least:
                return tuple(rows[:_MAX_ROWS])
        return ()

    def _ways(self, tree: Tree, document: Document, own: Sequence[Block], *, told: bool) -> Iterator[list[_Found]]:
        """Give what a page may list, each way to read it, the surest first."""
        yield list(self._of_tables(tree, document.url))
        if told:
            said = "\n".join(block.text for block in own)
            for entries in self._finder.entries(tree, said):
                yield list(self._of_entries(entries, document.url))
            yield list(self._of_records(document, own))

    def _grouped(self, tree: Tree, document: Document, found: list[_Found]) -> list[_Found]:
        """Give rows without a level that of their group; where nothing on the page has any, that of the page."""
        if all(one.row.level is not None for one in found):
            return found
        groups = group_levels(tree, {one.node: one.holder for one in found})
        told = [self._with(one, groups.get(one.node), "group") for one in found]
        if all(one.row.level is None for one in told):
            headings = document.headings
            level = page_level(document.url, document.title, headings)
            told = [self._with(one, level if one.telling else None, "page") for one in told]
        return told

    @staticmethod
    def _with(one: _Found, level: Level | None, by: str) -> _Found:
        if level is None or one.row.level is not None:
            return one
        return replace(one, row=replace(one.row, level=level, level_by=by))

    def _of_tables(self, tree: Tree, page: str) -> Iterator[_Found]:
        read: set[int] = set()
        for table in tables_of(tree):
            if any(inner.mem_id in read for inner in table.css("table") if inner.mem_id != table.mem_id):
                continue  # the table around one that was read only lays out the page
            rows = list(grid_rows(tree, table))
            columns = self._headers.columns(rows) if rows else None
            if columns is None:
                continue
            found = list(self._of_table(rows, columns, page, table.mem_id))
            if found:
                read.add(table.mem_id)
            yield from found

    def _of_table(self, rows: Sequence[GridRow], columns: Columns, page: str, holder: int) -> Iterator[_Found]:
        group: Level | None = None
        for number, line in enumerate(rows):
            if (only := line.single) is not None:  # a row over the whole width names a group
                group = level_of_group(_NUMBERS.sub("", only.text))
                continue
            if number < columns.head_rows or line.head or len(line.cells) <= columns.name:
                continue
            row = self._row(line, columns, page)
            if row is None:
                continue
            if row.level is None and group is not None:
                row = replace(row, level=group, level_by="group")
            yield _Found(row, line.node, holder, True)

    def _row(self, line: GridRow, columns: Columns, page: str) -> ServiceRow | None:
        cell = line.cells[columns.name]
        if len(cell.text) > 1_200:  # noqa: PLR2004 - no name: a cell that lays out the page
            return None
        level = columns.level_in(line.cells)
        has_column = columns.level is not None or columns.marks
        if level is None and (not has_column or not _text(line, columns.level)):
            level = level_beside(cell.text) or _own_badge(cell) or (None if has_column else _badge(line, columns))
        name = without_level(cell.text)
        if len(_WORDS.findall(name)) < (2 if level is not None else _NAME_WORDS):
            return None
        links = _links(line)
        code = CODE.search(_text(line, columns.code)) or CODE.search(" ".join(other.text[:80] for other in line.cells))
        own_code = _text(line, columns.code)
        return ServiceRow(
            name=cell.text[:300],
            key=_key(cell.text),
            level=level,
            executing=_text(line, columns.executing)[:300],
            url=self._own_link(cell, links),
            page=page,
            passage=" | ".join(dict.fromkeys(other.text for other in line.cells if other.text))[:_MAX_PASSAGE],
            code=code[0] if code else (own_code[:40] if any(map(str.isdigit, own_code)) else ""),
            submit=self._submit_label(links),
            links=tuple(url for _, url in links),
            level_by="row" if level is not None else "",
            scripted=any(other.scripted for other in line.cells),
        )

    def _own_link(self, cell: GridCell, links: Sequence[tuple[str, str]]) -> str:
        """Give the address of a service's own page: its name's link, else the first that does not offer to hand in a file."""
        named = next((url for label, url in cell.links if not self._is_submit(label)), "")
        return named or next((url for label, url in links if not self._is_submit(label)), "")

    def _submit_label(self, links: Sequence[tuple[str, str]]) -> str:
        return next((label for label, _ in links if self._is_submit(label)), "")

    def _is_submit(self, label: str) -> bool:
        folded = fold(label)
        return len(folded) < 60 and any(phrase in folded for phrase in self._submit)  # noqa: PLR2004 - a button's words

    def _of_entries(self, entries: Sequence[Entry], page: str) -> Iterator[_Found]:
        for entry in entries:
            if not entry.url or canonical(entry.url) != canonical(page):
                yield _Found(self._entry_row(entry, page), entry.node, entry.parent, bool(entry.executing or entry.code))

    def _of_records(self, document: Document, own: Sequence[Block]) -> Iterator[_Found]:
        links = {link.label: link.url for link in reversed(document.links) if link.label}
        for record in self._records.read(own):
            row = ServiceRow(
                name=record.name[:300],
                key=_key(record.name),
                level=record.level,
                executing=record.told.get("service_executing", "")[:300],
                url=links.get(record.name, ""),
                page=document.url,
                passage=" | ".join([record.name, *record.told.values()])[:_MAX_PASSAGE],
                code=record.told.get("service_code", "")[:40],
                how="record",
                level_by="row",
            )
            yield _Found(row, 0, 0, True)

    def _entry_row(self, entry: Entry, page: str) -> ServiceRow:
        return ServiceRow(
            name=entry.name[:300],
            key=_key(entry.name),
            level=entry.level,
            executing=entry.executing,
            url=entry.url,
            page=page,
            passage=entry.passage,
            code=entry.code,
            submit=self._submit_label(entry.links),
            links=tuple(url for _, url in entry.links),
            how="entry",
            scripted=entry.scripted,
            level_by="row" if entry.level is not None else "",
        )


_PLACE = re.compile(r"^\s*\d{1,4}\s?[.)]\s+")
_NUMBERS = re.compile(r"^\s*(?:[IVXivx]{1,5}|[A-Ea-e]|\d{1,3})\s?[.)\-/]?\s+")


def _may_list(document: Document, usual: Container[str]) -> tuple[bool, bool]:
    """Tell whether a page may list services in a table, and whether it says anything that a list of services says.

    What stands on other pages says nothing, but for heads: the heading of a list may be its menu's label too.
    """
    shown = [block for block in document.blocks if block.kind in _HEADS or (block.kind != "hidden" and block.text not in usual)]
    text = "\n".join(block.text for block in shown)[:400_000].lower()
    told = any(sign in text for sign in _SIGNS) or any(_PICTURED.search(source[:500]) for source, _ in document.images)
    told = told or any(text.count(sign) > 1 for sign in _WEAK)
    told = told or any(sign in block.text.lower() for block in shown if block.kind in _HEADS for sign in _WEAK)
    markup = "" if told else document.decoded.text.lower()
    tabled = "<table" in markup and any(sign in text for sign in _WITH_TABLE)
    aside = any(level in markup for level in _LEVELS) and _SAID_ASIDE.search(markup) is not None
    return told or tabled, told or aside


def _key(name: str) -> str:
    """Give what is the same of a name wherever it is listed: no number of its row, no code, no level, no marks."""
    return without_level(CODE.sub(" ", _PLACE.sub("", name)))[:300]


def _own_badge(cell: GridCell) -> Level | None:
    """Give the level that stands beside the name in an element of its own."""
    if len(cell.pieces) < _LEAST:
        return None
    return next((level for piece in cell.pieces if (level := names_only_level(piece))), None)


def _badge(line: GridRow, columns: Columns) -> Level | None:
    """Give the level of a row whose table has no column for it: a badge or a picture in one of its cells."""
    for index, cell in enumerate(line.cells):
        told = names_only_level(cell.text) if index != columns.name else None
        if level := told or cell.pictured:
            return level
    return None


def _links(line: GridRow) -> list[tuple[str, str]]:
    cells: dict[int, GridCell] = {cell.number: cell for cell in line.cells}
    return [pair for cell in cells.values() for pair in cell.links][:40]


def _text(row: GridRow, column: int | None) -> str:
    return row.cells[column].text if column is not None and column < len(row.cells) else ""
