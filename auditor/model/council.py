"""What the council and the agencies do about marks: acts are only ever added, and what stands follows from them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from auditor.model.declaration import Appraisal
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, CriterionId, Digest, EditionId, PeriodId
from auditor.model.reading import Value

__all__ = [
    "Act",
    "Answer",
    "Complaint",
    "Contradiction",
    "ContradictionState",
    "Decision",
    "Effect",
    "Explanation",
    "Opening",
    "PeriodState",
    "PeriodStep",
    "Reply",
    "Subject",
    "Withdrawal",
]


class Effect(StrEnum):
    """What an explanation does to a mark: nothing but stand beside it, or take the criterion out for this agency."""

    NONE = "none"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Comply or explain: why an agency does not meet a criterion, public beside the mark.

    It stands from ``given_at`` through ``expires``, and only while the mark's ``fingerprint`` is the one it was given for: when
    what is seen changes, it is void by itself. ``effect`` other than none needs the council's ``person`` and ``document``.
    A later one for the same agency and criterion replaces it.
    """

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    fingerprint: str
    text: str
    link: str = ""
    effect: Effect = Effect.NONE
    expires: date
    person: str
    document: str = ""
    given_at: datetime
    proof: Proof | None = None


class Subject(StrEnum):
    """What a withdrawal takes back."""

    APPRAISAL = "appraisal"
    EXPLANATION = "explanation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """The appraisal or explanation of a criterion is taken back, with a reason and a person."""

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    subject: Subject
    reason: str
    person: str
    document: str = ""
    withdrawn_at: datetime


class ContradictionState(StrEnum):
    """How far the case of a difference between declared and measured has come.

    ``settled`` when both sides came to the same before anybody decided.
    """

    OPEN = "open"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A declared and a measured value differ: both, with their proofs, and until when the agency may answer.

    ``fingerprint`` names this very difference: other values are another case.
    """

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    fingerprint: str
    measured: Value
    declared: Value
    measured_proofs: tuple[Proof, ...]
    declared_proofs: tuple[Proof, ...]
    deadline: date
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the agency says to a contradiction, with a link or a file as proof."""

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    fingerprint: str
    text: str
    link: str = ""
    person: str
    answered_at: datetime
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the council says to a contradiction: the agency's word is accepted or rejected, with a reason and a document.

    Neither changes a mark: that is an appraisal's to do.
    """

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    fingerprint: str
    accepted: bool
    reason: str
    person: str
    document: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A contradiction as it stands: what opened it, what was said to it, and its state."""

    opening: Opening
    state: ContradictionState
    answers: tuple[Answer, ...] = ()
    decision: Decision | None = None


class PeriodState(StrEnum):
    """The steps of a ranking's year, in their order."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    APPRAISAL = "appraisal"
    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodStep:
    """A period was moved on to a state, by whom and on what document.

    ``edition_digest`` is the edition as it was then. ``result`` names the kept ranking of a draft or published result.
    """

    period: PeriodId
    edition: EditionId
    edition_digest: Digest
    state: PeriodState
    person: str
    document: str
    stepped_at: datetime
    result: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What an agency says against its draft result, of one criterion or of the whole. ``number`` counts a period's complaints."""

    period: PeriodId
    number: int
    agency: AgencyId
    edition: EditionId
    criterion: CriterionId | None
    text: str
    link: str = ""
    person: str
    complained_at: datetime
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the council says to a complaint. Where it is upheld, an appraisal changes the mark; this only answers."""

    period: PeriodId
    number: int
    agency: AgencyId
    edition: EditionId
    criterion: CriterionId | None
    upheld: bool
    reason: str
    person: str
    document: str
    replied_at: datetime


Act = Appraisal | Explanation | Withdrawal | Opening | Answer | Decision | PeriodStep | Complaint | Reply
