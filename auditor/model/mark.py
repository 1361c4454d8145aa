"""A mark: the points of one criterion, and why."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from auditor.model.council import Explanation
from auditor.model.edition import Source
from auditor.model.evidence import Proof
from auditor.model.ids import AreaId, CriterionId
from auditor.model.note import Note
from auditor.model.reading import ReadingRecord, Value
from auditor.model.visit import Cause

__all__ = ["Excluded", "Mark", "Origin", "Pending", "Points", "Side"]


class Origin(StrEnum):
    """Whose word a mark rests on in the end."""

    MEASURED = "measured"
    DECLARED = "declared"
    APPRAISED = "appraised"
    """The council's value overrides both."""
    EXPLAINED = "explained"
    """The council found, on the agency's explanation, that the criterion does not concern it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What the measured or the declared side of a criterion comes to by itself, and why; equal bounds are determined."""

    low: Decimal
    high: Decimal
    because: Note
    excluded: bool = False

    @property
    def points(self) -> Decimal | None:
        """Give its points, None while they are open or not owed."""
        return self.low if self.low == self.high and not self.excluded else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """What every mark has.

    ``because`` holds the arithmetic's sentence; ``readings`` what was counted, site by site; ``proofs`` every piece of
    evidence of the mark, the declaration's file and a failed visit's record among them. ``seen`` and ``told`` are the measured
    and the declared side where the mark is not simply the only one of them: where a rule joined two, or the council decided.
    ``origin`` is None while nothing is determined. ``explanation`` is the one that stands today: given for what is seen now.
    """

    criterion: CriterionId
    area: AreaId
    max: Decimal
    because: Note
    source: Source
    readings: tuple[ReadingRecord, ...] = ()
    proofs: tuple[Proof, ...] = ()
    measured: Value | None = None
    declared: Value | None = None
    appraised: Value | None = None
    contradiction: bool = False
    seen: Side | None = None
    told: Side | None = None
    origin: Origin | None = None
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(_Common):
    """Points were given. ``cause`` is set when they rest on a failed visit (stale, refused, not declared)."""

    points: Decimal
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded(_Common):
    """The criterion does not concern this agency: it leaves numerator and denominator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending(_Common):
    """Not determined: it leaves the central figure and widens the bounds from ``low`` to ``high`` points.

    ``open_declaration`` marks a declaration that has not closed: it is left out of coverage.
    """

    cause: Cause
    low: Decimal
    high: Decimal
    open_declaration: bool = False


Mark = Points | Excluded | Pending
