"""A finding: a check that fails, told to the agency in words it can act on; and its life from the first sight to the mend."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, CriterionId, MeasureId, ProbeId
from auditor.model.note import Note
from auditor.model.reading import Value
from auditor.model.visit import Cause

__all__ = ["Finding", "FindingKey", "FindingKind", "FindingLife", "FindingState", "Severity"]


class FindingKind(StrEnum):
    """What a finding is about."""

    CRITERION = "criterion"
    """A criterion that is not met in full."""
    OUTAGE = "outage"
    """The site has no page that a visitor can read."""
    EXPIRY = "expiry"
    """A certificate that ends soon, or has ended."""
    ACCESS = "access"
    """The site refuses to be looked at."""


class Severity(StrEnum):
    """How much a finding matters: it is told first, and again after fewer days."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class FindingKey:
    """What makes two findings the same one: the agency, the site, the kind, and the criterion (of an expiry, the measure)."""

    agency: AgencyId
    site: str
    kind: FindingKind
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One failing check of one agency on one site. ``fingerprint`` stays the same while what is seen stays the same.

    ``criterion`` is None where no single criterion is concerned. ``value`` is what was seen, ``cause`` why there was nothing to
    see, ``parts`` what lacks of several measures that decide together (``tls.trusted = false, …``). ``step`` is the last day of
    a countdown that was reached (30, 14, 7, 1 days before the end; −1 after it).
    """

    agency: AgencyId
    site: str
    kind: FindingKind
    subject: str
    severity: Severity
    criterion: CriterionId | None
    measure: MeasureId | None
    probe: ProbeId
    because: Note
    remedy: str
    evidence: tuple[Proof, ...]
    observed_at: datetime
    fingerprint: str
    value: Value | None = None
    newest: date | None = None
    cause: Cause | None = None
    parts: str = ""
    step: int | None = None

    @property
    def key(self) -> FindingKey:
        """Give what makes it this finding and no other."""
        return FindingKey(agency=self.agency, site=self.site, kind=self.kind, subject=self.subject)


class FindingState(StrEnum):
    """Seen once and not yet believed, believed, or mended."""

    SUSPECT = "suspect"
    FAILING = "failing"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLife:
    """Where a finding stands: since when it was seen, since when it is believed, how often and when it was told.

    ``nights`` counts those on which it was seen, ``good`` those in a row on which it was not, since then. ``same_since`` is
    when what is seen last changed. ``told_step`` is the countdown's step that was told. ``held`` says that an explanation stood
    since it was last told: once that is void, it is told again at once.
    """

    finding: Finding
    state: FindingState
    first_seen: datetime
    last_seen: datetime
    same_since: datetime
    nights: int = 1
    good: int = 0
    failing_since: datetime | None = None
    recovered_at: datetime | None = None
    told: int = 0
    first_told: datetime | None = None
    last_told: datetime | None = None
    told_step: int | None = None
    held: bool = False
