"""PURE: the rows that every workbook of the council begins and ends with, and cells of text from outside."""

from collections.abc import Iterable, Sequence

from auditor.model.book import Cell, Look
from reports.docform import COPIES, MOTTO, NATION, date_line, number_line
from reports.outcome import notice_texts
from reports.view import Source, local_time
from reports.visible import visible
from reports.words import Words

__all__ = ["Row", "across", "body", "foot_rows", "head_rows", "legend_rows", "number"]

Row = tuple[Cell, ...]
_SIGNED = 4
"""Empty rows between the post and the name, for the signature and the seal."""
_RULE = "_______________"


def body(text: object, look: Look = Look.BODY, link: str = "") -> Cell:
    """Give a cell of text in which nothing is hidden; what is no text is said as it is written."""
    return Cell(value=visible("" if text is None else str(text)), look=look, link=link)


def number(value: object, look: Look = Look.NUMBER) -> Cell:
    """Give a cell with a number, ``–`` in the middle where there is none."""
    return Cell(value=value, look=look) if value is not None else Cell(value="–", look=Look.CENTRE)  # type: ignore[arg-type]


def across(text: str, columns: int, look: Look = Look.LINE) -> Row:
    """Give a row of one cell."""
    return (Cell(value=visible(text), look=look, span=columns),)


def head_rows(source: Source, columns: int, titles: Sequence[str], words: Words) -> list[Row]:
    """Give the document's head, its title, by what and as of when, and what must be known first; ``columns`` is at least 4."""
    head = source.letterhead
    left = columns // 2
    right = columns - left

    def pair(one: str, first: Look, other: str, second: Look) -> Row:
        return Cell(value=visible(one), look=first, span=left), Cell(value=visible(other), look=second, span=right)

    rows = [
        pair(head.superior, Look.ISSUER, NATION, Look.MOTTO),
        pair(head.body, Look.MOTTO, MOTTO, Look.UNDERLINED),
        pair(_RULE if head.body else "", Look.ISSUER, "", Look.ISSUER),
        pair(number_line(head), Look.ISSUER, date_line(source), Look.DATED),
        across("", columns),
        *(across(title, columns, Look.TITLE) for title in titles),
        across(f"Theo {source.edition.title} ({source.edition.legal_basis})", columns, Look.ISSUER),
        across(f"Số liệu tính đến {local_time(source.ranking.as_of)} (giờ Việt Nam)", columns, Look.ISSUER),
    ]
    return [*rows, *(across(text, columns, Look.WARNING) for text in notice_texts(source, words)), across("", columns)]


def foot_rows(source: Source, columns: int) -> list[Row]:
    """Give the recipients and the signature block."""
    head = source.letterhead
    left = columns // 2
    copies = [COPIES, *(f"- {one};" for one in head.recipients), "- Lưu: VT."]
    offices = [text for text in (head.capacity, head.post) if text]
    signed = [*offices, *[""] * _SIGNED, head.signer]
    rows = [across("", columns)]
    for place in range(max(len(copies), len(signed))):
        one = copies[place] if place < len(copies) else ""
        other = signed[place] if place < len(signed) else ""
        first = Cell(value=visible(one), look=Look.LINE, span=left)
        rows.append((first, Cell(value=visible(other), look=Look.MOTTO, span=columns - left)))
    return rows


def legend_rows(lines: Iterable[str], columns: int) -> list[Row]:
    """Give the sentences that tell how to read a sheet."""
    return [across("", columns), *(across(line, columns) for line in lines)]
