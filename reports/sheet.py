"""PURE: what an agency's page shows: its areas, every mark with its proof, what to mend first, and the night's visits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from auditor.model.evidence import Proof
from auditor.model.kinds import appraised_measure, declared_measure, measure_of
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.ranking import Standing
from auditor.model.reading import Measure, ReadingRecord, Unavailable, Value
from auditor.model.visit import VisitRecord
from reports.bars import UptimeView, uptime_view
from reports.exhibit import Exhibits, Link, link
from reports.explained import explanation_text, origin_text
from reports.fixed import FixView, fix_views
from reports.headings import HeadingView, heading_views
from reports.numbers import sum_of, two
from reports.outcome import (
    mark_proofs,
    outcome_text,
    owes_remedy,
    side_points,
    state_of,
    value_of,
    waits_for_others,
)
from reports.overview import AreaBar, Row, area_bars, row
from reports.prices import because, price_list
from reports.succession import succession_lines
from reports.view import Source, criterion_of, local_time, readings_of, sites_of, visits_of
from reports.words import Words

__all__ = ["AreaView", "CountedView", "MarkView", "ReadingView", "Sheet", "VisitView", "sheet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedView:
    """A reading that a mark rests on."""

    title: str
    site: str
    value: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkView:
    """One mark. ``state`` is ``full``, ``part``, ``none``, ``pending`` or ``excluded``; texts are empty where nothing is.

    ``headings`` are those that begin with this mark.
    """

    anchor: str
    headings: tuple[HeadingView, ...]
    criterion: str
    title: str
    state: str
    points: str
    max: str
    bounds: str
    reason: str
    cause: str
    blame: str
    price_list: str
    source: str
    measured: str
    declared: str
    appraised: str
    measured_points: str
    declared_points: str
    contradiction: bool
    origin: str
    explanation: str
    explanation_link: str
    legal_basis: str
    remedy: str
    readings: tuple[CountedView, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """One area with its marks."""

    bar: AreaBar
    marks: tuple[MarkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """One visit of the night."""

    probe: str
    site: str
    ending: str
    failed: bool
    cause: str
    blame: str
    requests: int
    bytes: int
    seconds: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """One reading of the night."""

    anchor: str
    measure: str
    title: str
    site: str
    outcome: str
    value: str
    blame: str
    reason: str
    at: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An agency's page."""

    row: Row
    group: str
    ranked: int
    sum: str
    succession: str
    sites: tuple[str, ...]
    fixes: tuple[FixView, ...]
    areas: tuple[AreaView, ...]
    visits: tuple[VisitView, ...]
    readings: tuple[ReadingView, ...]
    uptime: tuple[UptimeView, ...]


def sheet(source: Source, standing: Standing, exhibits: Exhibits, words: Words) -> Sheet:
    """Make an agency's page."""
    titles = {group.id: group.title for group in source.registry.groups}
    anchors = {mark.criterion: f"m{place}" for place, mark in enumerate(standing.marks, 1)}
    sites = sites_of(source, standing.agency)
    headings = heading_views(source.edition, standing.marks)
    marks = [
        (mark, replace(_mark(source, mark, anchors[mark.criterion], exhibits, words), headings=headings.get(mark.criterion, ())))
        for mark in standing.marks
    ]
    return Sheet(
        row=row(source, standing, words),
        group=titles.get(standing.group, standing.group),
        ranked=sum(len(group.rows) for group in source.ranking.groups if group.group == standing.group),
        sum=sum_of(standing.points, standing.possible, standing.pending, standing.percent),
        succession=" ".join(succession_lines(source, standing.agency, words)),
        sites=sites,
        fixes=fix_views(source, standing, anchors),
        areas=tuple(
            AreaView(bar=bar, marks=tuple(view for mark, view in marks if mark.area == bar.id))
            for bar in area_bars(source, standing)
        ),
        visits=tuple(_visit(found, words) for found in visits_of(source, standing.agency)),
        readings=tuple(
            _reading(source, record, f"r{place}", exhibits, words)
            for place, record in enumerate(readings_of(source, standing.agency), 1)
        ),
        uptime=tuple(uptime_view(source.uptime[url], words) for url in sites if url in source.uptime),
    )


def _mark(source: Source, mark: Mark, anchor: str, exhibits: Exhibits, words: Words) -> MarkView:
    criterion = criterion_of(source.edition, mark.criterion)
    measure = measure_of(criterion, source.measures)
    told = declared_measure(criterion, measure)
    cause = None if isinstance(mark, Excluded) or waits_for_others(mark, criterion) else mark.cause
    points = mark.points if isinstance(mark, Points) else None
    seen, declared = side_points(mark)
    return MarkView(
        anchor=anchor,
        headings=(),
        criterion=mark.criterion,
        title=criterion.title,
        state=state_of(mark),
        points="" if points is None else two(points),
        max=two(mark.max),
        bounds=f"{two(mark.low)} – {two(mark.high)}" if isinstance(mark, Pending) else "",
        reason=because(mark, criterion, measure, words),
        cause=words.cause(cause) if cause else "",
        blame=words.blame(cause.blame) if cause else "",
        price_list=price_list(criterion, measure or told, words),
        source=words.source(mark.source),
        measured=_value(words, mark.measured, measure),
        declared=_value(words, mark.declared, told),
        appraised=_value(words, mark.appraised, appraised_measure(criterion, measure)),
        measured_points="" if seen is None else two(seen),
        declared_points="" if declared is None else two(declared),
        contradiction=mark.contradiction,
        origin=origin_text(mark, words),
        explanation=explanation_text(replace(mark.explanation, link=""), words) if mark.explanation else "",
        explanation_link=mark.explanation.link if mark.explanation else "",
        legal_basis=criterion.legal_basis,
        remedy=criterion.remedy if owes_remedy(mark, criterion) else "",
        readings=tuple(_counted(source, record, words) for record in mark.readings),
        links=_links(mark_proofs(mark), exhibits, words),
    )


def _counted(source: Source, record: ReadingRecord, words: Words) -> CountedView:
    return CountedView(
        title=words.measure(record.reading.measure),
        site=record.site,
        value=value_of(source, record, words) or outcome_text(record, words),
        at=local_time(record.observed_at),
    )


def _visit(record: VisitRecord, words: Words) -> VisitView:
    return VisitView(
        probe=record.visit.probe,
        site=record.visit.site,
        ending=words.ending(record.ending),
        failed=record.cause is not None,
        cause=words.cause(record.cause) if record.cause else "",
        blame=words.blame(record.cause.blame) if record.cause else "",
        requests=record.requests,
        bytes=record.bytes,
        seconds=two(Decimal(record.seconds)),
        at=local_time(record.started_at),
    )


def _reading(source: Source, record: ReadingRecord, anchor: str, exhibits: Exhibits, words: Words) -> ReadingView:
    reading = record.reading
    return ReadingView(
        anchor=anchor,
        measure=reading.measure,
        title=words.measure(reading.measure),
        site=record.site,
        outcome=outcome_text(record, words),
        value=value_of(source, record, words),
        blame=words.blame(reading.cause.blame) if isinstance(reading, Unavailable) else "",
        reason=words.say(reading.because, reading.measure),
        at=local_time(record.observed_at),
        links=_links(reading.evidence, exhibits, words),
    )


def _value(words: Words, value: Value | None, measure: Measure | None) -> str:
    return "" if value is None else words.value(value, measure)


def _links(proofs: Sequence[Proof], exhibits: Exhibits, words: Words) -> tuple[Link, ...]:
    found = (link(exhibits, proof, words) for proof in proofs)
    return tuple(dict.fromkeys(each for each in found if each is not None))
