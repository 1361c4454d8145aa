"""A finding: a check that fails, told to the agency in words it can act on."""

from dataclasses import dataclass

from auditor.model.ids import AgencyId, CriterionId, Digest, MeasureId
from auditor.model.note import Note

__all__ = ["Finding"]


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
