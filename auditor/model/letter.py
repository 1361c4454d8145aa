"""A letter to an agency as values: what fails, what is asked for, what is mended; rendered in a language elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from auditor.model.agency import Agency
from auditor.model.edition import Criterion, Edition
from auditor.model.finding import FindingLife
from auditor.model.ids import MeasureId, RunId
from auditor.model.notice import NoticeKind
from auditor.model.ranking import Fix, Standing
from auditor.model.reading import Measure, Value

__all__ = ["Entry", "Expected", "Letter", "Relation", "Wanted", "Why"]


class Why(StrEnum):
    """Why a finding is told now."""

    NEW = "new"
    STEP = "step"
    """Its countdown has come a step nearer."""
    REMINDER = "reminder"
    MENDED = "mended"


class Relation(StrEnum):
    """How a value has to stand to a bound."""

    IS = "is"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one measure should be."""

    measure: MeasureId
    relation: Relation
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What brings all points of a criterion: any one of these, or ``every`` one of them. Empty where nothing can be said."""

    wanted: tuple[Wanted, ...] = ()
    every: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finding in a letter. ``fix`` is what mending it would gain; ``commands`` show the fault again, one line each."""

    why: Why
    life: FindingLife
    criterion: Criterion | None
    expected: Expected
    fix: Fix | None
    commands: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter: a run's digest, or a request for access.

    ``entries`` are told in full, ``more`` by name; ``mended`` what is over; ``still`` what was told before, still fails tonight,
    and is not due again. ``agency`` is whom it is about; ``to`` the addresses, its successor's when it has merged,
    and ``successor`` names that one.
    """

    kind: NoticeKind
    agency: Agency
    to: tuple[str, ...]
    run: RunId
    at: datetime
    language: str
    edition: Edition
    measures: Mapping[MeasureId, Measure]
    standing: Standing | None
    entries: tuple[Entry, ...]
    more: tuple[Entry, ...] = ()
    mended: tuple[Entry, ...] = ()
    still: tuple[Entry, ...] = ()
    grace: timedelta = timedelta(0)
    contact: str = ""
    successor: Agency | None = None

    @property
    def key(self) -> str:
        """Name what is told, once and for all."""
        return f"{self.kind.value}/{self.run}/{self.agency.code}"
