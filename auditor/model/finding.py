"""A finding: a check that fails, told to the agency in words it can act on; and its life from the first sight to the mend."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.model.ids import AgencyId, CriterionId, Digest, MeasureId
from auditor.model.note import Note

__all__ = ["Finding", "FindingLife", "FindingState"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One failing criterion of one agency on one site. ``fingerprint`` stays the same while what is seen stays the same."""

    agency: AgencyId
    criterion: CriterionId
    measure: MeasureId | None
    site: str
    because: Note
    remedy: str
    evidence: tuple[Digest, ...]
    fingerprint: str


class FindingState(StrEnum):
    """Seen once and not yet believed, believed, or mended."""

    SUSPECT = "suspect"
    FAILING = "failing"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLife:
    """Where a finding stands: since when it was seen, since when it is believed, how often and when it was told."""

    finding: Finding
    state: FindingState
    first_seen: datetime
    last_seen: datetime
    failing_since: datetime | None = None
    recovered_at: datetime | None = None
    told: int = 0
    last_told: datetime | None = None
