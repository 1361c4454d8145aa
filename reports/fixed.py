"""PURE: what mending each failing criterion would give an agency, as every output shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from auditor.model.edition import Edition
from auditor.model.ids import CriterionId
from auditor.model.note import Json
from auditor.model.ranking import Fix, Standing
from reports.numbers import pointed, shown
from reports.view import Source, criterion_of

__all__ = ["FixView", "fix_json", "fix_views"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixView:
    """What mending one criterion alone would give: points more, and the percent, the rank and the class it would then have.

    ``risen`` says how many places it would rise, ``better`` whether the class is another one.
    """

    anchor: str
    criterion: str
    title: str
    gain: Decimal
    percent: Decimal
    rank: int | None
    risen: int
    class_name: str
    better: bool
    remedy: str


def fix_views(source: Source, standing: Standing, anchors: Mapping[CriterionId, str] | None = None) -> tuple[FixView, ...]:
    """Give an agency's fixes, the most points first."""
    return tuple(
        _view(source, standing, fix, (anchors or {}).get(fix.criterion, "")) for fix in source.fixes.get(standing.agency, ())
    )


def _view(source: Source, standing: Standing, fix: Fix, anchor: str) -> FixView:
    criterion = criterion_of(source.edition, fix.criterion)
    name = _class(source.edition, fix)
    return FixView(
        anchor=anchor,
        criterion=fix.criterion,
        title=criterion.title,
        gain=shown(fix.points),
        percent=shown(fix.percent),
        rank=fix.rank,
        risen=standing.rank - fix.rank if standing.rank is not None and fix.rank is not None else 0,
        class_name=name or "",
        better=name is not None and name != standing.class_name,
        remedy=criterion.remedy,
    )


def _class(edition: Edition, fix: Fix) -> str | None:
    """Give the class that the percent falls into, by the edition's cuts; who has no rank has no class."""
    percent: Decimal = shown(fix.percent)
    return next((cut.name for cut in edition.classes if percent >= cut.at_least), None) if fix.rank is not None else None


def fix_json(source: Source, standing: Standing) -> list[Json]:
    """Give an agency's fixes as JSON."""
    return [
        {
            "criterion": view.criterion,
            "title": view.title,
            "points": pointed(view.gain),
            "percent": pointed(view.percent),
            "rank": view.rank,
            "class": view.class_name or None,
            "remedy": view.remedy,
        }
        for view in fix_views(source, standing)
    ]
