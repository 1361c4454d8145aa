"""What a visit says of a measure: a value, no duty, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, Digest, MeasureId, ProbeId, RunId
from auditor.model.note import Json, Note
from auditor.model.visit import Cause

__all__ = ["Kind", "Measure", "Measured", "NotApplicable", "Reading", "ReadingRecord", "Unavailable", "Value", "fits"]

Value = bool | int | Decimal | str
"""true or false · a count or days · a share or seconds · a word of the measure's list."""


class Kind(StrEnum):
    """What values a measure has."""

    BOOLEAN = "boolean"
    COUNT = "count"
    DAYS = "days"
    SHARE = "share"
    """A Decimal from 0 to 1."""
    SECONDS = "seconds"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A named quantity that a probe promises.

    ``words`` is the closed list of a WORD measure, worst first where there is an order; for the other kinds, the words that may
    stand in place of a number (``never``, ``undated``). ``meaning`` is an English sentence for the catalogue.
    """

    id: MeasureId
    kind: Kind
    meaning: str
    unit: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    measure: MeasureId
    because: Note
    evidence: tuple[Proof, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    agency: AgencyId | None = None
    """None: of the site, for every agency it serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured(_Common):
    """A value was seen. ``newest`` is the date a freshness counts from."""

    value: Value
    newest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable(_Common):
    """There is no duty here, so nothing to measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable(_Common):
    """No value could be had; the cause carries the blame."""

    cause: Cause


Reading = Measured | NotApplicable | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRecord:
    """A reading as kept: of which agency and site, seen when, by which version, knowing what.

    ``observed_at`` is the moment of capture: the visit's start. ``agency`` is None for a reading of the site.
    """

    run: RunId
    site: str
    agency: AgencyId | None
    probe: ProbeId
    probe_version: int
    observed_at: datetime
    known: Digest
    reading: Reading


def fits(measure: Measure, value: Value) -> str | None:
    """Say in English what is wrong with this value for this measure; None if it fits."""
    if isinstance(value, str):
        return None if value in measure.words else f"{value!r} is not one of {', '.join(measure.words) or 'no words'}"
    problem = {
        Kind.BOOLEAN: None if isinstance(value, bool) else "not true or false",
        Kind.COUNT: None if _whole(value) and value >= 0 else "not a whole number from 0",
        Kind.DAYS: None if _whole(value) else "not a whole number",
        Kind.SHARE: None if isinstance(value, Decimal) and 0 <= value <= 1 else "not a Decimal from 0 to 1",
        Kind.SECONDS: None if isinstance(value, Decimal) and value >= 0 else "not a Decimal from 0",
        Kind.WORD: "not a word",
    }[measure.kind]
    return problem and f"{value!r} is {problem}"


def _whole(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
