"""Standings and rankings: what the marks of agencies come to, beside each other."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from auditor.model.ids import AgencyId, AreaId, CriterionId, Digest, EditionId, GroupId, RunId
from auditor.model.mark import Mark
from auditor.model.note import Note
from auditor.model.sums import times

__all__ = ["AreaResult", "Fix", "GroupRanking", "Quotient", "Ranking", "Standing"]

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotient:
    """A percent as it is reckoned: ``points`` of ``possible``."""

    points: Decimal
    possible: Decimal

    @property
    def percent(self) -> Decimal | None:
        """Give it as a percent, not rounded; None where nothing is possible."""
        return times(self.points, _HUNDRED) / self.possible if self.possible else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaResult:
    """What an area comes to; ``percent`` and ``coverage`` are None when it holds nothing that could be determined.

    ``floored`` says how much the area's floor gave back when penalties went below it.
    """

    area: AreaId
    points: Decimal
    possible: Decimal
    pending: Decimal
    percent: Decimal | None
    coverage: Decimal | None
    floored: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One agency's areas and total. Percents are exact; they are rounded where they are shown (half up, 2 places).

    ``low`` and ``high`` hold the percent of every completion of what is pending, ``least`` and ``most`` say what they are
    quotients of. ``rank``, ``best_rank`` and ``worst_rank`` are None when unranked, and then ``reason`` says why. ``moved`` is
    the last published rank minus this one; None when there is none to compare: nothing published yet by this very edition, a
    newcomer, or one who has come from another group.
    """

    agency: AgencyId
    name: str
    group: GroupId
    points: Decimal
    possible: Decimal
    pending: Decimal
    percent: Decimal | None
    low: Decimal | None
    high: Decimal | None
    coverage: Decimal | None
    areas: tuple[AreaResult, ...]
    marks: tuple[Mark, ...]
    rank: int | None = None
    best_rank: int | None = None
    worst_rank: int | None = None
    tied: bool = False
    moved: int | None = None
    class_name: str | None = None
    reason: Note | None = None
    ledger: Digest | None = None
    least: Quotient | None = None
    most: Quotient | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRanking:
    """One group: ranked rows by rank and then code, unranked rows by code."""

    group: GroupId
    rows: tuple[Standing, ...]
    unranked: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """All groups, by one edition, as of one instant, after one published run. ``in_force`` is about the as-of day.

    ``changed_from`` is the digest of the edition by which the last ranking before this one was published, where its file has
    changed since: another rule under the same name, so that nobody can be said to have moved.
    """

    edition: EditionId
    edition_digest: Digest
    verified: bool
    in_force: bool
    as_of: datetime
    run: RunId | None
    ledger: Digest | None
    groups: tuple[GroupRanking, ...]
    changed_from: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What an agency would gain by mending one criterion, computed by the same code as its standing."""

    criterion: CriterionId
    points: Decimal
    percent: Decimal
    rank: int | None
