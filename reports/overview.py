"""PURE: what the front page of a report shows: every group's ranking at a glance."""

from dataclasses import dataclass
from decimal import Decimal

from auditor.model.edition import Area
from auditor.model.ranking import AreaResult, GroupRanking, Standing
from reports.numbers import pointed, shown, spread, two
from reports.outcome import pending_points
from reports.view import Source, agency_file
from reports.words import Words

__all__ = ["AreaBar", "GroupView", "Row", "area_bars", "groups", "row"]

_FULL = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaBar:
    """One area of one agency: numbers as shown, texts empty where there is none; ``width`` draws its bar, for CSS."""

    id: str
    number: int
    title: str
    points: Decimal
    possible: Decimal
    pending: Decimal
    percent: str
    coverage: str
    width: str
    floored: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One agency in a ranking: numbers as shown, texts empty where there is nothing.

    ``left``, ``span`` and ``tick`` draw the bounds and the percent, for CSS.
    """

    agency: str
    name: str
    href: str
    rank: int | None
    best_rank: int | None
    worst_rank: int | None
    tied: bool
    moved: int | None
    percent: str
    low: str
    high: str
    left: str
    span: str
    tick: str
    points: Decimal
    possible: Decimal
    pending: Decimal
    open: bool
    coverage: str
    class_name: str
    tone: str
    reason: str
    areas: tuple[AreaBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """One group's ranking."""

    id: str
    title: str
    rows: tuple[Row, ...]
    unranked: tuple[Row, ...]


def groups(source: Source, words: Words) -> tuple[GroupView, ...]:
    """Give every group that has somebody in it."""
    titles = {group.id: group.title for group in source.registry.groups}
    return tuple(_group(source, group, titles.get(group.group, group.group), words) for group in source.ranking.groups)


def _group(source: Source, group: GroupRanking, title: str, words: Words) -> GroupView:
    return GroupView(
        id=group.group,
        title=title,
        rows=tuple(row(source, standing, words) for standing in group.rows),
        unranked=tuple(row(source, standing, words) for standing in group.unranked),
    )


def row(source: Source, standing: Standing, words: Words) -> Row:
    """Give one agency's line."""
    low, high = _within(standing.low), _within(standing.high)
    return Row(
        agency=standing.agency,
        name=standing.name,
        href=f"agency/{agency_file(standing.agency)}",
        rank=standing.rank,
        best_rank=standing.best_rank,
        worst_rank=standing.worst_rank,
        tied=standing.tied,
        moved=standing.moved,
        percent=_two(standing.percent),
        low=_two(standing.low),
        high=_two(standing.high),
        left=pointed(low),
        span=pointed(max(high - low, Decimal(0))),
        tick="" if standing.percent is None else pointed(standing.percent),
        points=shown(standing.points),
        possible=shown(standing.possible),
        pending=pending_points(standing),
        open=standing.pending > 0,
        coverage=_two(None if standing.coverage is None else standing.coverage * _FULL),
        class_name=standing.class_name or "",
        tone=_tone(source, standing.class_name),
        reason=words.say(standing.reason) if standing.reason else "",
        areas=area_bars(source, standing),
    )


def area_bars(source: Source, standing: Standing) -> tuple[AreaBar, ...]:
    """Give an agency's areas; their points as shown add up to its points as shown."""
    points = spread([area.points for area in standing.areas])
    possible = spread([area.possible for area in standing.areas])
    titles = {area.id: area for area in source.edition.areas}
    return tuple(
        _bar(titles[area.area], area, got, could) for area, got, could in zip(standing.areas, points, possible, strict=True)
    )


def _bar(area: Area, result: AreaResult, points: Decimal, possible: Decimal) -> AreaBar:
    return AreaBar(
        id=area.id,
        number=area.number,
        title=area.title,
        points=points,
        possible=possible,
        pending=shown(result.pending),
        percent=_two(result.percent),
        coverage=_two(None if result.coverage is None else result.coverage * _FULL),
        width=pointed(_within(result.percent)),
        floored=two(result.floored) if result.floored else "",
    )


def _tone(source: Source, class_name: str | None) -> str:
    """Give the place of a class from the best down, for its colour; never more than five."""
    names = [cut.name for cut in source.edition.classes]
    return f"c{min(names.index(class_name) + 1, 5)}" if class_name in names else "c0"


def _within(percent: Decimal | None) -> Decimal:
    return min(max(shown(percent or Decimal(0)), Decimal(0)), _FULL)


def _two(number: Decimal | None) -> str:
    return "" if number is None else two(number)
