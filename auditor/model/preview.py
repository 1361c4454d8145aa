"""Two editions over the same evidence: what one gives in place of the other, as values."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from auditor.model.edition import Edition
from auditor.model.ids import AgencyId, CriterionId, GroupId
from auditor.model.ranking import Ranking, Standing

__all__ = ["Change", "Influence", "Preview", "Shift", "Swing"]


class Change(StrEnum):
    """What became of a criterion. ``CHANGED`` is one whose rule differs: its scale, its max, its source, its groups."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """What one criterion does to one agency's percent: its part of it after, less its part before."""

    criterion: CriterionId
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One agency before and after; a standing is None on a side that does not judge it.

    ``percent`` is how much the shown percent moves, ``rank`` how many places it rises; None where a side has none.
    ``influences`` are what moved the percent, the most first; an area's floor is no criterion's part.
    """

    agency: AgencyId
    name: str
    group: GroupId
    before: Standing | None
    after: Standing | None
    percent: Decimal | None = None
    rank: int | None = None
    influences: tuple[Influence, ...] = ()

    @property
    def class_changes(self) -> bool:
        """Tell whether it is in another class, or has one on one side only."""
        return (self.before.class_name if self.before else None) != (self.after.class_name if self.after else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """One criterion over all agencies: its points and who is pending before and after.

    ``moved`` adds up by how much it moves each agency's percent, without the sign. ``unseen`` counts the agencies of whom its
    measure was never looked at, ``undeclared`` those whose declaration is awaited.
    """

    criterion: CriterionId
    title: str
    change: Change
    points_before: Decimal
    points_after: Decimal
    moved: Decimal
    pending_before: int
    pending_after: int
    unseen: int
    undeclared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The whole comparison: agencies by group, those that move the most first; criteria likewise.

    ``carried`` counts the declarations, explanations and appraisals that were given under the old edition and read under
    the new one.
    """

    old: Edition
    new: Edition
    before: Ranking
    after: Ranking
    shifts: tuple[Shift, ...]
    swings: tuple[Swing, ...]
    carried: int
