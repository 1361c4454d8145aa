"""What an import of declarations is given beside the file, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from auditor.editions.questions import Spoken
from auditor.model.agency import Registry
from auditor.model.declaration import Declaration
from auditor.model.edition import Edition
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, CriterionId, MeasureId
from auditor.model.reading import Measure

__all__ = ["Filled", "Given", "Missing", "other_period"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an import rests on. ``proof`` is the kept file; ``agency`` is whose declarations they must be, if that was said.

    ``day`` is the one whose criteria and agencies count, ``period`` the id of the period that runs, empty where none does.
    ``spoken`` are the words in which the form asks; a flat form needs none.
    """

    edition: Edition
    registry: Registry
    measures: Mapping[MeasureId, Measure]
    imported_at: datetime
    day: date
    proof: Proof
    declared_by: str = ""
    spoken: Mapping[CriterionId, Spoken] = field(default_factory=dict)
    agency: AgencyId | None = None
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A criterion that a form leaves open, and the cell where it would be filled in."""

    agency: AgencyId
    criterion: CriterionId
    title: str
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a file declares, in its order, and what a form leaves open."""

    declarations: tuple[Declaration, ...]
    missing: tuple[Missing, ...] = ()


def other_period(written: str, running: str) -> str:
    """Say why a sheet of one period is not taken in another; nothing where both are the same, or there was and is none."""
    if written == running:
        return ""
    of = f'phiếu của kỳ "{written}"' if written else "phiếu không ghi là của kỳ nào"
    now = f'nay là kỳ "{running}"' if running else "nay không có kỳ nào"
    return f"{of}, {now}: hãy xuất phiếu mới"
