"""Proves an edition complete: what it states adds up, nothing is forgotten, and every day has its law."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from auditor.editions.sums import unstated_problems
from auditor.errors import Problem, nearest
from auditor.model.agency import Registry
from auditor.model.edition import Criterion, Edition
from auditor.model.ids import MeasureId
from auditor.model.reading import Measure

__all__ = ["incomplete"]

_DAY = timedelta(days=1)


def incomplete(edition: Edition, measures: Mapping[MeasureId, Measure], registry: Registry) -> list[Problem]:
    """Find what an edition that fits still lacks.

    Nobody is kept from ranking by it: a probe more makes an edition incomplete, and its points are right all the same.
    """
    file = f"editions/{edition.id}.toml"
    told = (*_areas(edition), *_classes(edition), *_bases(edition), *_measures(edition, measures))
    problems = [Problem(file=file, place=place, what=what) for place, what in told]
    return problems + unstated_problems(edition, [group.id for group in registry.groups])


def _areas(edition: Edition) -> Iterator[tuple[str, str]]:
    numbers = [area.number for area in edition.areas]
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        listed = ", ".join(map(str, numbers))
        yield "areas", f"their numbers must be 1 to {len(numbers)}, each once, and are {listed}"
    used = {criterion.area for criterion in edition.criteria}
    for area in edition.areas:
        if area.id not in used:
            yield f'area "{area.id}"', "has no criterion"


def _classes(edition: Edition) -> Iterator[tuple[str, str]]:
    if not edition.classes or edition.classes[-1].at_least != 0:
        yield "classes", "the lowest must begin at 0, so that every percent has a class"


def _bases(edition: Edition) -> Iterator[tuple[str, str]]:
    for criterion in edition.criteria:
        first, last = _span(edition, criterion)
        if last and last < first:
            yield f'criterion "{criterion.id}"', "belongs to no day of the edition"
            continue
        for since, until in _lawless(edition, criterion):
            span = f"to {until}" if until else "on"
            yield f'criterion "{criterion.id}"', f"no legal basis holds from {since} {span}"


def _lawless(edition: Edition, criterion: Criterion) -> Iterator[tuple[date, date | None]]:
    """Give the days of a criterion on which none of its bases is law; None is without end."""
    if criterion.legal_basis:
        return
    at, last = _span(edition, criterion)
    for basis in sorted(criterion.bases, key=lambda basis: basis.valid_from or date.min):
        start = basis.valid_from or at
        if last and start > last:
            break
        if start > at:
            yield at, start - _DAY
        if basis.valid_to is None:
            return
        at = max(at, start, basis.valid_to + _DAY)
    if last is None or at <= last:
        yield at, last


def _span(edition: Edition, criterion: Criterion) -> tuple[date, date | None]:
    """Give the first and the last day on which a criterion belongs to the edition; None is without end."""
    ends = [day for day in (edition.valid_to, criterion.valid_to) if day]
    return max(edition.valid_from, criterion.valid_from or edition.valid_from), min(ends) if ends else None


def _measures(edition: Edition, measures: Mapping[MeasureId, Measure]) -> Iterator[tuple[str, str]]:
    """Every measure has a price, or a reason why it has none."""
    priced: dict[MeasureId, str] = {}
    for criterion in edition.criteria:
        for name in criterion.measures:
            priced.setdefault(name, criterion.id)
    for name in edition.unpriced:
        if name in priced:
            yield "unpriced", f'"{name}" is priced by criterion "{priced[name]}"'
        elif name not in measures:
            yield "unpriced", f'no measure "{name}"{nearest(name, measures)}'
    for name in measures:
        if name not in priced and name not in edition.unpriced:
            yield "", f'no criterion prices "{name}": price it, or list it in "unpriced" with a reason'
