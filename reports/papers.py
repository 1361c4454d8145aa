"""PURE: the council's sheets as values: a line a criterion with its three scores, its reason, its proofs and its note."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from auditor.model.ids import AgencyId
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.ranking import Standing
from reports.explained import explanation_text
from reports.headings import HeadingView, heading_views
from reports.numbers import shown, two
from reports.outcome import mark_proofs, side_points, state_of, waits_for_others
from reports.overview import AreaBar, Row, area_bars, row
from reports.prices import because
from reports.succession import succession_lines
from reports.view import Source, criterion_of
from reports.words import Words

__all__ = ["Line", "Paper", "Part", "Ref", "paper"]

_REFS = 3
"""Proofs that a line names; the rest stand in the report's pages and in JSON."""
_SHORT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """One proof: what to call it, where it was seen (empty where it is no address), and how its digest begins."""

    label: str
    url: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One criterion. ``headings`` are those that begin with it.

    ``told`` and ``seen`` are the points of the declared and the measured side, None where there are none. ``final`` is what
    counts in the end; None while it is pending or where it is not owed, and ``state`` says which.
    """

    headings: tuple[HeadingView, ...]
    number: int
    criterion: str
    title: str
    state: str
    max: Decimal
    told: Decimal | None
    seen: Decimal | None
    final: Decimal | None
    how: str
    refs: tuple[Ref, ...]
    more: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One area with its lines. ``told`` and ``seen`` are the sums of theirs, None where no line has any."""

    bar: AreaBar
    told: Decimal | None
    seen: Decimal | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An agency's sheet."""

    row: Row
    group: str
    ranked: int
    ended: str
    parts: tuple[Part, ...]
    told: Decimal | None
    seen: Decimal | None


def paper(source: Source, standing: Standing, words: Words) -> Paper:
    """Make an agency's sheet; criteria are numbered through, in the edition's order."""
    titles = {group.id: group.title for group in source.registry.groups}
    parts = tuple(_parts(source, standing, words))
    return Paper(
        row=row(source, standing, words),
        group=titles.get(standing.group, standing.group),
        ranked=sum(len(group.rows) for group in source.ranking.groups if group.group == standing.group),
        ended=" ".join(succession_lines(source, standing.agency, words)),
        parts=parts,
        told=_sum([part.told for part in parts]),
        seen=_sum([part.seen for part in parts]),
    )


def _parts(source: Source, standing: Standing, words: Words) -> Iterator[Part]:
    number, headings = 0, heading_views(source.edition, standing.marks)
    for bar in area_bars(source, standing):
        marks = [mark for mark in standing.marks if mark.area == bar.id]
        lines = tuple(
            _line(source, standing, mark, headings.get(mark.criterion, ()), number + place, words)
            for place, mark in enumerate(marks, 1)
        )
        number += len(marks)
        told, seen = _sum([line.told for line in lines]), _sum([line.seen for line in lines])
        yield Part(bar=bar, told=told, seen=seen, lines=lines)


def _line(source: Source, standing: Standing, mark: Mark, headings: tuple[HeadingView, ...], number: int, words: Words) -> Line:
    criterion = criterion_of(source.edition, mark.criterion)
    measure = source.measures.get(criterion.measure) if criterion.measure else None
    seen, told = side_points(mark)
    refs = _refs(source, standing.agency, mark, words)
    return Line(
        headings=headings,
        number=number,
        criterion=mark.criterion,
        title=criterion.title,
        state=state_of(mark),
        max=shown(mark.max),
        told=None if told is None else shown(told),
        seen=None if seen is None else shown(seen),
        final=shown(mark.points) if isinstance(mark, Points) else None,
        how=because(mark, criterion, measure, words),
        refs=refs[:_REFS],
        more=max(len(refs) - _REFS, 0),
        note=" ".join(_notes(source, standing.agency, mark, words)),
    )


def _notes(source: Source, agency: AgencyId, mark: Mark, words: Words) -> Iterator[str]:
    if isinstance(mark, Pending):
        yield f"Có thể từ {two(mark.low)} đến {two(mark.high)} điểm."
    criterion = criterion_of(source.edition, mark.criterion)
    if not isinstance(mark, Excluded) and mark.cause and not waits_for_others(mark, criterion):
        yield f"Nguyên nhân: {words.cause(mark.cause)} ({words.blame(mark.cause.blame)})."
    if mark.contradiction:
        yield "Kết quả đo và tự khai khác nhau."
    if mark.explanation:
        yield f"Cơ quan giải trình: {explanation_text(mark.explanation, words)}"
    declared = source.declarations.get((agency, mark.criterion))
    if declared and declared.note:
        yield f"Cơ quan ghi chú: {declared.note}"


def _refs(source: Source, agency: AgencyId, mark: Mark, words: Words) -> tuple[Ref, ...]:
    """Give the agency's own link first, then each proof once by address and digest."""
    declared = source.declarations.get((agency, mark.criterion))
    own = (
        [Ref(label=declared.evidence_link, url=declared.evidence_link, digest="")] if declared and declared.evidence_link else []
    )
    kept = (
        Ref(
            label=proof.url or words.term("proof", proof.kind),
            url=proof.url or "",
            digest=proof.digest.removeprefix("sha256:")[:_SHORT],
        )
        for proof in mark_proofs(mark)
    )
    return tuple(dict.fromkeys([*own, *kept]))


def _sum(parts: list[Decimal | None]) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known else None
