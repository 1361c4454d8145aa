"""What the council and the agencies do about marks: acts are only ever added, and what stands follows from them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from auditor.model.declaration import Appraisal
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, CriterionId, Digest, EditionId, PeriodId
from auditor.model.reading import Value
from auditor.model.zone import local_date

__all__ = [
    "Act",
    "Answer",
    "Complaint",
    "Contradiction",
    "ContradictionState",
    "Decision",
    "Effect",
    "Explanation",
    "Handover",
    "Opening",
    "PeriodState",
    "PeriodStep",
    "Posted",
    "Reply",
    "Subject",
    "Untold",
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
    """A declared and a measured value differ: both, with their proofs, and how long the agency has to answer.

    ``fingerprint`` names this very difference: other values are another case. ``deadline`` is the last day to answer for an
    agency that is told on the very day of the opening; the days until then are counted from when it is told.
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

    @property
    def answer_days(self) -> int:
        """Give how many days the agency has after the one on which it is told."""
        return (self.deadline - local_date(self.opened_at)).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The council notes that an agency was told of a contradiction otherwise than by our letter: when, by whom, on what document.

    A later one for the same contradiction takes its place.
    """

    agency: AgencyId
    edition: EditionId
    criterion: CriterionId
    fingerprint: str
    told_on: date
    person: str
    document: str
    noted_at: datetime


class Untold(StrEnum):
    """Why our letter has not told an agency of a contradiction."""

    QUEUED = "queued"
    NO_CHANNEL = "no_channel"
    """No server of mail is set up."""
    NO_ADDRESS = "no_address"
    GIVEN_UP = "given_up"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """How far the letter of a contradiction has come: when servers took it for good, or why none did."""

    at: tuple[datetime, ...] = ()
    why: Untold = Untold.QUEUED


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

    Neither changes a mark: that is an appraisal's to do. ``told_on`` is when the agency had been told; None where the council
    decided before it was.
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
    told_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A contradiction as it stands: what opened it, what was said to it, and its state.

    ``told_on`` is the last day on which the agency was told of it, None while it was not; ``untold`` then says why.
    """

    opening: Opening
    state: ContradictionState
    answers: tuple[Answer, ...] = ()
    decision: Decision | None = None
    told_on: date | None = None
    untold: Untold | None = None

    @property
    def deadline(self) -> date | None:
        """Give the last day to answer; None while the agency was not told, for then no time runs against it."""
        if self.told_on is None:
            return None
        begun = max(self.told_on, local_date(self.opening.opened_at))
        return begun + timedelta(days=self.opening.answer_days)

    def late(self, today: date) -> bool:
        """Tell whether the agency was told, its time is over, and it said nothing."""
        return self.state is ContradictionState.OPEN and self.deadline is not None and today > self.deadline


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


Act = Appraisal | Explanation | Withdrawal | Opening | Handover | Answer | Decision | PeriodStep | Complaint | Reply
