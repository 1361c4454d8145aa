"""The hidden sheet of a form: whose it is, by which edition, and every label as it was written, sealed by a digest."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.editions.layout import COLUMNS, Head, Row, RowKind, labels
from auditor.editions.sheet import Grid
from auditor.model.book import Cell, Look, Tab
from auditor.model.codec import canonical_json
from auditor.model.evidence import digest_of

__all__ = ["TITLE", "Control", "Kept", "control_of", "control_tab", "is_control", "read_control", "same"]

TITLE = "Kiểm soát"
_MARK, _VERSION = "auditor.form", "2"
_KEYS = ("edition", "digest", "period", "agency", "group")
_KEYS_OF = {"1": ("edition", "digest", "agency", "group"), _VERSION: _KEYS}
"""What the hidden sheet says in each version; the first ones said no period."""
_MOST_ROWS = 2_000
_MOST_COMPARED = 1_000
_OPEN = "\u25a1"
"""Stands for a cell that is to be filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One row as it was written: what it is, and its labels, None where something is to be filled in."""

    kind: str
    subject: str
    labels: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What a form says of itself. ``rows`` are the form's, from its first; ``period`` is empty where none ran then."""

    edition: str
    digest: str
    period: str
    agency: str
    group: str
    rows: tuple[Kept, ...]


def control_of(head: Head, rows: Iterable[Row]) -> Control:
    """Give what a form that is laid out so has to say of itself."""
    return Control(
        edition=head.edition.id,
        digest=head.edition.digest,
        period=head.period,
        agency=head.agency.code,
        group=head.group.id,
        rows=tuple(Kept(kind=row.kind.value, subject=row.subject, labels=labels(row)) for row in rows),
    )


def control_tab(control: Control) -> Tab:
    """Write it down."""
    lines = [[_MARK, _VERSION, _seal(control, _KEYS)], *([key, getattr(control, key)] for key in _KEYS)]
    lines += [[row.kind, row.subject, *(_OPEN if label is None else label for label in row.labels)] for row in control.rows]
    cells = tuple(tuple(Cell(value=text, look=Look.PLAIN) for text in line) for line in lines)
    return Tab(title=TITLE, rows=cells, protected=True, hidden=True)


def is_control(grid: Grid) -> bool:
    """Tell whether a sheet is the hidden one of a form, whatever it is called."""
    first = grid.cells.get((1, 1))
    return first is not None and first.text == _MARK


def read_control(grid: Grid) -> Control | None:
    """Read it back; None if it was changed in any way."""
    texts = {place: cell.text for place, cell in grid.cells.items()}
    last = max((row for row, _ in texts), default=0)
    keys = _KEYS_OF.get(texts.get((1, 2), ""), ())
    if not keys or last > len(keys) + 1 + _MOST_ROWS:
        return None
    given = {key: texts.get((at, 2), "") for at, key in enumerate(keys, 2) if texts.get((at, 1)) == key}
    if len(given) < len(keys):
        return None
    rows = tuple(_kept(texts, row) for row in range(len(keys) + 2, last + 1))
    control = Control(**{"period": ""} | given, rows=rows)
    return control if texts.get((1, 3)) == _seal(control, keys) else None


def same(text: str) -> str:
    """Give a label as it is compared: composed, without regard to spaces (which programs treat differently), and not for ever."""
    return " ".join(unicodedata.normalize("NFC", text).split())[:_MOST_COMPARED]


def _kept(texts: Mapping[tuple[int, int], str], row: int) -> Kept:
    found = (texts.get((row, column), "") for column in range(3, 3 + COLUMNS))
    return Kept(
        kind=texts.get((row, 1), RowKind.LABEL.value),
        subject=texts.get((row, 2), ""),
        labels=tuple(None if label == _OPEN else label for label in found),
    )


def _seal(control: Control, keys: Iterable[str]) -> str:
    """Give the digest of all that is said."""
    rows = [[row.kind, row.subject, *(None if label is None else same(label) for label in row.labels)] for row in control.rows]
    return digest_of(canonical_json([*(getattr(control, key) for key in keys), rows]))
