"""Rankings and marks as CSV that a spreadsheet opens as it is, and in which no cell can become a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.ranking import Standing
from auditor.model.reading import Value
from reports.explained import explanation_text
from reports.fixed import FixView, fix_views
from reports.headings import Subtotal, subtotals
from reports.json import value_json
from reports.numbers import pointed, spread
from reports.outcome import pending_points, side_points
from reports.prices import because
from reports.view import Source, criterion_of, standings
from reports.visible import visible
from reports.words import Words, vietnamese

__all__ = ["cell", "fixes_csv", "marks_csv", "ranking_csv", "render_csv"]

_BOM = "\ufeff"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_Cell = str | int | Decimal | bool | None


def cell(value: _Cell) -> str:
    """Give a cell's text: a number as it is, a text that a spreadsheet might compute behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    risky = value.lstrip(" \u00a0\u3000").startswith(_FORMULA) and not _NUMBER.fullmatch(value)
    return ("'" if risky else "") + visible(value)


def ranking_csv(source: Source, words: Words | None = None) -> str:
    """Give the ranking, a row an agency, ranked ones first in each group."""
    said, ranking = (words or vietnamese()).for_programs(), source.ranking
    areas = [area.id for area in source.edition.areas]
    head = [
        *("group", "rank", "best_rank", "worst_rank", "tied", "moved", "agency", "name", "percent", "low", "high", "class"),
        *("points", "possible", "pending", "coverage", "reason"),
        *(f"{area}_{what}" for area in areas for what in ("points", "possible", "percent")),
        *("edition", "verified", "in_force", "as_of", "run"),
    ]
    last: list[_Cell] = [
        ranking.edition, ranking.verified, ranking.in_force, ranking.as_of.isoformat(), ranking.run,
    ]  # fmt: skip
    return _text(head, ([*_standing(row, said), *_areas(row), *last] for row in standings(source)))


def marks_csv(source: Source, words: Words | None = None) -> str:
    """Give every mark, a row each; above the first mark under a heading a row of kind ``heading`` with its sub-total."""
    said = (words or vietnamese()).for_programs()
    head = [
        *("group", "agency", "name", "criterion", "area", "title", "kind", "points", "max", "source"),
        *("measured", "declared", "appraised", "contradiction", "cause", "because", "legal_basis", "remedy", "evidence"),
        "parent",
        *("origin", "explanation"),
        *("measured_points", "declared_points", "low", "high", "evidence_link", "note"),
    ]
    return _text(head, (cells for row in standings(source) for cells in _marks(source, row, said)))


def fixes_csv(source: Source) -> str:
    """Give what mending each failing criterion would give each agency, a row each."""
    head = ["group", "agency", "name", "criterion", "title", "points", "percent", "rank", "class", "remedy"]
    rows = ((row, fix) for row in standings(source) for fix in fix_views(source, row))
    return _text(head, ([row.group, row.agency, row.name, *_fix(fix)] for row, fix in rows))


def _fix(fix: FixView) -> list[_Cell]:
    return [fix.criterion, fix.title, pointed(fix.gain), pointed(fix.percent), fix.rank, fix.class_name, fix.remedy]


def render_csv(source: Source, folder: Path) -> Path:
    """Write ``ranking.csv``, ``marks.csv`` and ``fixes.csv`` into a folder; give the first one's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ranking.csv"
    path.write_bytes(_bytes(ranking_csv(source)))
    (folder / "fixes.csv").write_bytes(_bytes(fixes_csv(source)))
    (folder / "marks.csv").write_bytes(_bytes(marks_csv(source)))
    return path


def _bytes(text: str) -> bytes:
    return (_BOM + text).encode("utf-8")


def _standing(row: Standing, words: Words) -> list[_Cell]:
    reason = words.say(row.reason) if row.reason else None
    return [
        row.group, row.rank, row.best_rank, row.worst_rank, row.tied, row.moved, row.agency, row.name,
        _two(row.percent), _two(row.low), _two(row.high), row.class_name,
        pointed(row.points), pointed(row.possible), pointed(pending_points(row)), _two(row.coverage), reason,
    ]  # fmt: skip


def _areas(row: Standing) -> list[_Cell]:
    points = spread([area.points for area in row.areas])
    possible = spread([area.possible for area in row.areas])
    cells: list[_Cell] = []
    for area, got, could in zip(row.areas, points, possible, strict=True):
        cells += [pointed(got), pointed(could), _two(area.percent)]
    return cells


def _marks(source: Source, row: Standing, words: Words) -> Iterator[list[_Cell]]:
    above = subtotals(source.edition, row.marks)
    for mark in row.marks:
        for found in above.get(mark.criterion, ()):
            yield _heading(row, found)
        yield _mark(source, row, mark, words)


def _heading(row: Standing, found: Subtotal) -> list[_Cell]:
    heading = found.heading
    sums: list[_Cell] = [pointed(found.points), pointed(found.possible)]
    empty: list[_Cell] = [None] * 10
    first: list[_Cell] = [row.group, row.agency, row.name, heading.id, heading.area, heading.title, "heading"]
    return [*first, *sums, *empty, heading.parent, *empty[:8]]


def _mark(source: Source, row: Standing, mark: Mark, words: Words) -> list[_Cell]:
    criterion = criterion_of(source.edition, mark.criterion)
    measure = source.measures.get(criterion.measure) if criterion.measure else None
    points = pointed(mark.points) if isinstance(mark, Points) else None
    seen, told = side_points(mark)
    declared = source.declarations.get((row.agency, mark.criterion))
    kind = "points" if isinstance(mark, Points) else "pending" if isinstance(mark, Pending) else "excluded"
    return [
        row.group, row.agency, row.name, mark.criterion, mark.area, criterion.title, kind, points, pointed(mark.max), mark.source,
        _value(mark.measured), _value(mark.declared), _value(mark.appraised), mark.contradiction,
        None if isinstance(mark, Excluded) else mark.cause, because(mark, criterion, measure, words),
        criterion.legal_basis, criterion.remedy, " ".join(proof.digest for proof in mark.proofs),
        criterion.parent,
        mark.origin, explanation_text(mark.explanation, words) if mark.explanation else None,
        _two(seen), _two(told), pointed(mark.low) if isinstance(mark, Pending) else None,
        pointed(mark.high) if isinstance(mark, Pending) else None, declared.evidence_link if declared else None,
        declared.note if declared else None,
    ]  # fmt: skip


def _value(value: Value | None) -> _Cell:
    found = value_json(value)
    return found if isinstance(found, str | int) else None


def _two(number: Decimal | None) -> str | None:
    return None if number is None else pointed(number)


def _text(head: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
