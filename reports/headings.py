"""PURE: the headings that marks stand under, each with what they come to, and before which mark it is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from auditor.model.edition import Edition, Heading
from auditor.model.ids import CriterionId
from auditor.model.mark import Excluded, Mark, Pending, Points
from reports.numbers import shown

__all__ = ["HeadingView", "Subtotal", "heading_views", "subtotals"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtotal:
    """What the marks under a heading come to, not yet rounded.

    ``depth`` is 0 for a heading that stands under no other; ``concerns`` is false where every mark under it is excluded.
    """

    heading: Heading
    depth: int
    points: Decimal
    possible: Decimal
    pending: Decimal
    concerns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingView:
    """A sub-total as a page shows it; ``pending`` is 0 where nothing is open."""

    criterion: str
    title: str
    depth: int
    points: Decimal
    possible: Decimal
    pending: Decimal
    concerns: bool


def heading_views(edition: Edition, marks: Iterable[Mark]) -> Mapping[CriterionId, tuple[HeadingView, ...]]:
    """Give the headings that begin at a criterion as a page shows them."""
    return {name: tuple(map(_view, found)) for name, found in subtotals(edition, marks).items()}


def _view(found: Subtotal) -> HeadingView:
    return HeadingView(
        criterion=found.heading.id,
        title=found.heading.title,
        depth=found.depth,
        points=shown(found.points),
        possible=shown(found.possible),
        pending=found.pending,
        concerns=found.concerns,
    )


def subtotals(edition: Edition, marks: Iterable[Mark]) -> Mapping[CriterionId, Sequence[Subtotal]]:
    """Give the headings that begin at a criterion, the outermost first.

    As in an area, an excluded mark is in no sum, and a pending one only in what is possible and what is pending.
    """
    above = {criterion.id: edition.headings_of(criterion) for criterion in edition.criteria}
    under: dict[CriterionId, list[Mark]] = {}
    for mark in marks:
        for heading in above[mark.criterion]:
            under.setdefault(heading.id, []).append(mark)
    found: dict[CriterionId, list[Subtotal]] = {}
    for mine in under.values():
        headings = above[mine[0].criterion]
        found[mine[0].criterion] = [
            _subtotal(heading, depth, under[heading.id])
            for depth, heading in enumerate(headings)
            if under[heading.id][0] is mine[0]
        ]
    return found


def _subtotal(heading: Heading, depth: int, marks: Sequence[Mark]) -> Subtotal:
    return Subtotal(
        heading=heading,
        depth=depth,
        points=sum((mark.points for mark in marks if isinstance(mark, Points)), _ZERO),
        possible=sum((mark.max for mark in marks if not isinstance(mark, Excluded)), _ZERO),
        pending=sum((mark.max for mark in marks if isinstance(mark, Pending)), _ZERO),
        concerns=not all(isinstance(mark, Excluded) for mark in marks),
    )
