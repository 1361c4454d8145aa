"""What agencies say of themselves, and what the council says of that."""

from dataclasses import dataclass
from datetime import datetime

from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, CriterionId, EditionId
from auditor.model.reading import Value

__all__ = ["Appraisal", "Counts", "Declaration"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The two numbers that a declared share was computed from."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One declared value, with the file it was imported from as its proof (``proof.passage`` names sheet and row).

    ``evidence_link`` is what the agency gave as proof of its own. A later import of the same agency, edition and criterion
    replaces an earlier one in effect; both are kept. ``counts`` are set where the share was declared as so many of a quantity.
    """

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    value: Value
    counts: Counts | None = None
    evidence_link: str = ""
    note: str = ""
    declared_by: str = ""
    imported_at: datetime
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """The council's value for a criterion: it overrides declared and measured, with a reason, a person and a document."""

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    value: Value
    reason: str
    person: str
    document: str
    decided_at: datetime
    proof: Proof | None = None
