"""A workbook as a value: sheets of cells that say what they are and how they look. ``editions/workbook.py`` writes it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

__all__ = ["Book", "Cell", "Look", "Page", "Rule", "RuleKind", "Tab"]


class Look(StrEnum):
    """How a cell looks, and by that what it is."""

    PLAIN = "plain"
    TITLE = "title"
    """The document's or the sheet's name: large, bold, in the middle."""
    MOTTO = "motto"
    """A line of the document's head: bold, in the middle, without a frame."""
    ISSUER = "issuer"
    """A line of the document's head in regular letters, in the middle, without a frame."""
    UNDERLINED = "underlined"
    """As MOTTO, with a line under it as long as the text."""
    DATED = "dated"
    """As ISSUER, slanted: the place and the day."""
    LINE = "line"
    """A line of running text without a frame."""
    HEADER = "header"
    """A column's name: bold, filled, framed."""
    GROUP = "group"
    """A row that holds others together (an area): bold, lightly filled, framed."""
    BODY = "body"
    """A framed cell of text."""
    CENTRE = "centre"
    """A framed cell whose text stands in the middle (a code, a rank)."""
    NUMBER = "number"
    """A framed cell with a number, shown with two places."""
    EXACT = "exact"
    """A framed cell with a number, shown with all its places."""
    INPUT = "input"
    """A framed, coloured cell that a person fills in: unlocked on a protected sheet, kept as text."""
    FIGURE = "figure"
    """As INPUT, for a number: a spreadsheet's own rule for numbers does not hold for text."""
    SUM = "sum"
    """A framed, bold number with two places."""
    WARNING = "warning"
    """A framed cell that must not be overlooked."""


class RuleKind(StrEnum):
    """What a cell that is filled in may hold."""

    LIST = "list"
    WHOLE = "whole"
    DECIMAL = "decimal"
    LENGTH = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a person may type into a cell: one of ``choices``, a number from ``low`` to ``high``, or a text of that length.

    ``source`` names the cells that hold a list too long for the rule itself (``'Danh mục'!$A$1:$A$9``).
    ``title`` and ``message`` are shown when the cell is chosen; ``refusal`` when something else was typed. Where several kinds
    of answer are right (0,85 and 85 %), there is no rule but the import's own.
    """

    kind: RuleKind
    choices: tuple[str, ...] = ()
    source: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    title: str = ""
    message: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. Text is written as text whatever it begins with; ``link`` makes it lead to a web address, http or https only.

    ``span`` is how many columns it takes. ``hint`` is shown when a cell that is filled in is chosen.
    """

    value: str | int | Decimal | date | None = None
    look: Look = Look.BODY
    link: str = ""
    span: int = 1
    rule: Rule | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How a sheet prints on A4: across or upright, with which first rows on every page, and the foot's text.

    ``margins`` are top, right, bottom and left in millimetres.
    """

    across: bool = False
    repeat: tuple[int, int] | None = None
    foot: str = ""
    margins: tuple[int, int, int, int] = (15, 13, 15, 13)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One sheet: rows of cells, the columns' widths in characters, how many rows and columns stand still.

    ``protected`` locks every cell but those of look INPUT; without a password, for it is there against slips and not against
    people. ``hidden`` keeps a sheet from sight.
    """

    title: str
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...] = ()
    frozen: tuple[int, int] = (0, 0)
    protected: bool = False
    hidden: bool = False
    page: Page = Page()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A workbook. ``made_at`` is written into it, so the same value always gives the same bytes."""

    title: str
    tabs: tuple[Tab, ...]
    made_at: datetime
