"""By what agencies are judged: an edition of criteria, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from auditor.model.agency import SiteRole
from auditor.model.ids import AgencyId, AreaId, CriterionId, Digest, EditionId, GroupId, MeasureId
from auditor.model.quantity import Counted, Duty, Quantity
from auditor.model.scale import Best, Scale, Weighted

__all__ = ["Area", "Basis", "Class", "Criterion", "Edition", "Heading", "Over", "Source", "Take"]

Sums = Mapping[GroupId, Decimal]
"""Points that an edition states for a group, so that what its criteria come to can be proved."""


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
    """One of the decision's areas. ``floor`` is the least an area may come to when criteria take points away.

    ``points`` is what its criteria come to in each group, as the edition states it.
    """

    id: AreaId
    number: int
    title: str
    title_en: str = ""
    floor: Decimal = Decimal(0)
    points: Sums = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A legal basis with the days on which it is law, both included; an empty one is open."""

    text: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether it is law on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A criterion that is only the sum of those under it: nothing is marked here, and ``points`` is what they come to."""

    id: CriterionId
    area: AreaId
    title: str
    title_en: str = ""
    points: Sums
    parent: CriterionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion that is marked. ``measure`` is the measured quantity, ``parent`` the heading it stands under.

    A criterion that only a declaration feeds has its own kind of value: ``declared_kind`` is one of a measure's kinds and
    ``declared_words`` its words; both default to the measure's. ``counted`` says of what numbers a declared share is made,
    ``proof`` whether it must be proved (by default as the edition says). ``only`` (unless empty) names the only agencies of its
    groups that it concerns, ``exempt`` those that it does not, and ``exempt_because`` says why. It rests on ``legal_basis``
    throughout and on each of ``bases`` in its days; one of an edition ``on`` a day has both in ``legal_basis``.
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
    counted: Counted | None = None
    proof: Duty | None = None
    legal_basis: str
    bases: tuple[Basis, ...] = ()
    remedy: str
    valid_from: date | None = None
    valid_to: date | None = None
    parent: CriterionId | None = None
    only: tuple[AgencyId, ...] = ()
    exempt: tuple[AgencyId, ...] = ()
    exempt_because: str = ""

    def concerns(self, agency: AgencyId) -> bool:
        """Tell whether it concerns an agency of its groups."""
        return agency not in self.exempt and (not self.only or agency in self.only)

    def valid_on(self, day: date) -> bool:
        """Tell whether it belongs to the set of that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def basis_on(self, day: date) -> str:
        """Give the legal basis of that day."""
        dated = (basis.text for basis in self.bases if basis.holds(day))
        return "; ".join(text for text in (self.legal_basis, *dated) if text)

    def on(self, day: date) -> "Criterion":
        """Give it with its legal basis of that day in ``legal_basis``."""
        return replace(self, legal_basis=self.basis_on(day), bases=()) if self.bases else self

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
    ``classes`` stand from the highest down. Both dates are included. ``points`` is what a whole group comes to, as stated;
    ``unpriced`` holds the measures that no criterion is meant to price, each with the reason.
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
    headings: tuple[Heading, ...] = ()
    points: Sums = field(default_factory=dict)
    unpriced: Mapping[MeasureId, str] = field(default_factory=dict)
    quantities: tuple[Quantity, ...] = ()
    proof: Duty = Duty.OPTIONAL
    digest: Digest

    def criteria_of(self, group: GroupId) -> tuple[Criterion, ...]:
        """Give the criteria that a group owes, in the edition's order."""
        return tuple(criterion for criterion in self.criteria if group in criterion.groups)

    def wants_proof(self, criterion: Criterion) -> bool:
        """Tell whether what is declared under a criterion must come with a proof."""
        return (criterion.proof or self.proof) is Duty.REQUIRED

    def in_force(self, day: date) -> bool:
        """Tell whether the edition is law on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def nearest(self, day: date) -> date:
        """Give that day, or the nearest one on which the edition is law."""
        day = max(day, self.valid_from)
        return min(day, self.valid_to) if self.valid_to else day

    def on(self, day: date) -> "Edition":
        """Give the edition as it stands on a day: that day's criteria, each with that day's legal basis."""
        return replace(self, criteria=tuple(one.on(day) for one in self.criteria if one.valid_on(day)))

    def headings_of(self, criterion: Criterion) -> tuple[Heading, ...]:
        """Give the headings that a criterion stands under, the outermost first."""
        by_id = {heading.id: heading for heading in self.headings}
        found: list[Heading] = []
        name = criterion.parent
        while name in by_id and by_id[name] not in found:
            found.append(by_id[name])
            name = by_id[name].parent
        return tuple(reversed(found))
