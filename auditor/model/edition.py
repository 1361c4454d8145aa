"""By what agencies are judged: an edition of criteria, as data."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from auditor.model.agency import SiteRole
from auditor.model.ids import AreaId, CriterionId, Digest, EditionId, GroupId, MeasureId
from auditor.model.scale import Best, Scale, Weighted

__all__ = ["Area", "Class", "Criterion", "Edition", "Over", "Source", "Take"]


class Source(StrEnum):
    """Which value counts (DESIGN section 6, Reconciling)."""

    MEASURED = "measured"
    DECLARED = "declared"
    MEASURED_ELSE_DECLARED = "measured_else_declared"
    LOWER_OF = "lower_of"
    MEASURED_CAPS_DECLARED = "measured_caps_declared"


class Over(StrEnum):
    """How the sites of an agency become one mark."""

    MAIN = "main"
    WORST = "worst"
    BEST = "best"
    MEAN = "mean"
    SHARE = "share"


class Take(StrEnum):
    """Which of a window's readings counts."""

    LAST = "last"
    MEDIAN = "median"
    WORST = "worst"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One of the decision's areas. ``floor`` is the least an area may come to when criteria take points away."""

    id: AreaId
    number: int
    title: str
    title_en: str = ""
    floor: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion. ``measure`` is the measured quantity.

    A criterion that only a declaration feeds has its own kind of value: ``declared_kind`` is one of a measure's kinds and
    ``declared_words`` its words; both default to the measure's.
    """

    id: CriterionId
    area: AreaId
    title: str
    title_en: str = ""
    groups: tuple[GroupId, ...]
    max_points: Decimal
    source: Source
    scale: Scale
    measure: MeasureId | None = None
    declared_kind: str | None = None
    declared_words: tuple[str, ...] = ()
    over: Over = Over.MAIN
    take: Take = Take.LAST
    roles: tuple[SiteRole, ...] = (SiteRole.PORTAL,)
    legal_basis: str
    remedy: str
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def measures(self) -> tuple[MeasureId, ...]:
        """Give every measure this criterion reads."""
        parts: tuple[MeasureId, ...] = ()
        if isinstance(self.scale, Best):
            parts = tuple(case.measure for case in self.scale.cases)
        elif isinstance(self.scale, Weighted):
            parts = tuple(part.measure for part in self.scale.fractions)
        own = () if self.measure is None else (self.measure,)
        return tuple(dict.fromkeys(own + parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class of the result, from this percent on."""

    name: str
    name_en: str = ""
    at_least: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A whole set of criteria with its legal basis.

    ``digest`` names the file's bytes, so that a published edition cannot change unseen.
    ``classes`` stand from the highest down. Both dates are included.
    """

    id: EditionId
    title: str
    title_en: str = ""
    legal_basis: str
    verified: bool
    valid_from: date
    valid_to: date | None = None
    min_coverage: Decimal
    stale_after: timedelta
    refusal_grace: timedelta
    window: timedelta
    classes: tuple[Class, ...]
    areas: tuple[Area, ...]
    criteria: tuple[Criterion, ...]
    digest: Digest

    def criteria_of(self, group: GroupId) -> tuple[Criterion, ...]:
        """Give the criteria that a group owes, in the edition's order."""
        return tuple(criterion for criterion in self.criteria if group in criterion.groups)

    def in_force(self, day: date) -> bool:
        """Tell whether the edition is law on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
