"""Proves that an edition fits the catalogue and the registry: measures that exist, scales that fit, points within their max."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain

from auditor.editions.quantities import counted_problems, unused_problems
from auditor.editions.sums import sum_problems
from auditor.errors import Problem, nearest
from auditor.model.agency import Registry
from auditor.model.edition import Criterion, Edition, Source
from auditor.model.ids import GroupId, MeasureId
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.reading import Kind, Measure
from auditor.model.scale import (
    Best,
    Count,
    Fraction,
    Penalty,
    Piecewise,
    Ratio,
    Relative,
    Scale,
    Steps,
    Table,
    Weighted,
    YesNo,
)

__all__ = ["check_edition", "given_points"]

_NUMBERS = {Kind.COUNT, Kind.DAYS, Kind.SHARE, Kind.SECONDS}
_FITS: Mapping[type[Scale], set[Kind]] = {
    YesNo: {Kind.BOOLEAN},
    Ratio: {Kind.SHARE},
    Piecewise: {Kind.SHARE},
    Steps: _NUMBERS,
    Relative: _NUMBERS,
    Count: {Kind.COUNT},
    Penalty: {Kind.COUNT},
    Table: {Kind.WORD},
}


def check_edition(edition: Edition, measures: Mapping[MeasureId, Measure], registry: Registry) -> list[Problem]:
    """Find what does not fit; an edition is checked against every probe that is installed and every group there is."""
    file = f"editions/{edition.id}.toml"
    groups = {group.id for group in registry.groups}
    problems = []
    for criterion in edition.criteria:
        whats = chain(
            _group_problems(criterion, groups),
            _agency_problems(criterion, registry),
            _source_problems(criterion, measures),
            _scale_problems(criterion, measures),
            _counted_problems(criterion, measures),
        )
        problems += [Problem(file=file, place=f'criterion "{criterion.id}"', what=what) for what in whats]
    problems += [Problem(file=file, place=place, what=what) for place, what in unused_problems(edition, registry)]
    return problems or sum_problems(edition, [group.id for group in registry.groups])


def _agency_problems(criterion: Criterion, registry: Registry) -> Iterator[str]:
    """Whom a criterion singles out must exist, and be of a group that it concerns."""
    codes = {agency.code for agency in registry.agencies}
    for code in (*criterion.only, *criterion.exempt):
        groups = sorted({agency.group for agency in registry.agencies if agency.code == code})
        if code not in codes:
            yield f'no agency "{code}"{nearest(code, codes)}'
        elif not set(groups) & set(criterion.groups):
            yield f'"{code}" is of group "{groups[0]}", which the criterion does not name'


def _counted_problems(criterion: Criterion, measures: Mapping[MeasureId, Measure]) -> Iterator[str]:
    measure = declared_measure(criterion, measure_of(criterion, measures))
    return counted_problems(criterion, measure.kind if measure else None)


def _group_problems(criterion: Criterion, groups: set[GroupId]) -> Iterator[str]:
    for group in criterion.groups:
        if group not in groups:
            yield f'no group "{group}"{nearest(group, groups)}'
    if not criterion.groups:
        yield "names no group"
    if not criterion.roles:
        yield "names no role"


def _source_problems(criterion: Criterion, measures: Mapping[MeasureId, Measure]) -> Iterator[str]:
    for name in criterion.measures:
        if name not in measures:
            yield f'no measure "{name}"{nearest(name, measures)}'
    if criterion.source is not Source.DECLARED and not criterion.measures:
        yield f'source "{criterion.source}" needs a "measure"'
    if criterion.source is Source.DECLARED and criterion.measures:
        yield 'source "declared" reads no measure: leave "measure" out, or take another source'
    if criterion.source is not Source.MEASURED and isinstance(criterion.scale, Best | Weighted):
        yield "a scale over several measures takes no declaration"
    elif criterion.source is Source.DECLARED and not criterion.declared_kind:
        yield 'a declared criterion needs "declared_kind"'
    if criterion.declared_words and criterion.declared_kind != Kind.WORD:
        yield '"declared_words" go with declared_kind "word"'


def _scale_problems(criterion: Criterion, measures: Mapping[MeasureId, Measure]) -> Iterator[str]:
    yield from _point_problems(criterion)
    if isinstance(criterion.scale, Best):
        yield from _best_problems(criterion.scale, measures)
        return
    if isinstance(criterion.scale, Weighted):
        yield from _weighted_problems(criterion.scale.fractions, measures)
        return
    measured = measure_of(criterion, measures)
    candidates = (measured, declared_measure(criterion, measured))
    for measure in dict.fromkeys(found for found in candidates if found is not None):
        if measure.kind not in _FITS[type(criterion.scale)]:
            yield f'scale "{_name(criterion.scale)}" does not fit "{measure.id}", whose values are of kind {measure.kind}'
        else:
            yield from _word_problems(criterion.scale, measure)


def _word_problems(scale: Scale, measure: Measure) -> Iterator[str]:
    """A word that may come must have a price, and a price its word."""
    if isinstance(scale, YesNo | Best | Weighted):
        return
    priced = scale.table if isinstance(scale, Table) else scale.words
    for word in measure.words:
        if word not in priced:
            yield f'"{measure.id}" may be "{word}", which the scale does not price'
    for word in priced:
        if word not in measure.words:
            yield f'the scale prices "{word}", which "{measure.id}" cannot be{nearest(word, measure.words)}'


def _best_problems(scale: Best, measures: Mapping[MeasureId, Measure]) -> Iterator[str]:
    for case in scale.cases:
        measure = measures.get(case.measure)
        if measure is None:
            continue
        boolean = isinstance(case.equals, bool)
        if (
            (boolean and measure.kind is not Kind.BOOLEAN)
            or (case.at_least is not None and measure.kind not in _NUMBERS)
            or (isinstance(case.equals, str) and case.equals not in measure.words)
        ):
            yield f'a case of "{case.measure}" does not fit its values of kind {measure.kind}'


def _weighted_problems(parts: tuple[Fraction, ...], measures: Mapping[MeasureId, Measure]) -> Iterator[str]:
    for part in parts:
        measure = measures.get(part.measure)
        if measure is not None and measure.kind not in {Kind.SHARE, Kind.BOOLEAN}:
            yield f'a fraction of "{part.measure}" needs a share or true and false, not {measure.kind}'


def _point_problems(criterion: Criterion) -> Iterator[str]:
    scale, most = criterion.scale, criterion.max_points
    if isinstance(scale, Penalty):
        if most != 0:
            yield 'a penalty has max_points "0"'
        if scale.each <= 0 or scale.most <= 0:
            yield 'a penalty\'s "each" and "most" must be more than 0'
        for points in scale.words.values():
            if not -scale.most <= points <= 0:
                yield f"{points} points of a penalty are not within -{scale.most} and 0"
        return
    if most <= 0:
        yield "max_points must be more than 0"
    for points in given_points(scale):
        if not 0 <= points <= most:
            yield f"{points} points are not within 0 and max_points {most}"
    if isinstance(scale, YesNo | Steps | Table | Best) and given_points(scale) and max(given_points(scale)) != most:
        yield f"nothing is worth the max_points {most}"


def given_points(scale: Scale) -> tuple[Decimal, ...]:
    """Give every number of points that stands in a scale."""
    if isinstance(scale, YesNo):
        return (scale.yes, scale.no)
    if isinstance(scale, Table):
        return tuple(scale.table.values())
    if isinstance(scale, Best):
        return tuple(case.points for case in scale.cases)
    if isinstance(scale, Steps):
        return (*(step.points for step in scale.steps), scale.otherwise, *scale.words.values())
    if isinstance(scale, Weighted):
        return ()
    return tuple(scale.words.values())


def _name(scale: Scale) -> str:
    return "yes_no" if isinstance(scale, YesNo) else type(scale).__name__.lower()
