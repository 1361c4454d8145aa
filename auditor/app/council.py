"""What every act of the council and of agencies begins with: the case as it stands now, the place, the words given."""

from dataclasses import dataclass
from datetime import datetime

from auditor.app.acting import act, said
from auditor.app.parts import Parts
from auditor.app.periods import case_of, refused, running_period
from auditor.editions.answers import near
from auditor.errors import UsageError
from auditor.judge import Case
from auditor.judge.acts import period_states
from auditor.judge.periods import running
from auditor.model.agency import Agency
from auditor.model.council import PeriodState, Subject, Withdrawal
from auditor.model.edition import Criterion
from auditor.store import Store

__all__ = [
    "ANSWERING",
    "APPRAISING",
    "EXPLAINING",
    "Place",
    "case_now",
    "not_ranked",
    "permitted",
    "place_of",
    "withdraw",
]

APPRAISING = frozenset({PeriodState.APPRAISAL, PeriodState.DRAFT})
"""The council sets its values when all is declared, and again where a complaint against the draft is upheld."""
EXPLAINING = APPRAISING | {PeriodState.OPEN, PeriodState.CLOSED}
"""After the end of a year an explanation would count for none: the next one begins anew."""
ANSWERING = EXPLAINING
"""Contradictions are opened, answered and decided while the year lasts: afterwards no decision could have any effect."""
_NAMES = {Subject.APPRAISAL: "giá trị thẩm định", Subject.EXPLANATION: "giải trình"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A criterion that an agency owes, in the case as it stands now."""

    case: Case
    agency: Agency
    criterion: Criterion


def case_now(parts: Parts, store: Store, edition: str | None, now: datetime) -> Case:
    """Give what the council and the agencies work on now: what the running year is judged from, else what is known by now."""
    chosen = parts.edition(edition)
    period = running_period(parts, store, chosen.id)
    if period is None or period_states(store.acts.all(chosen.id)).get(period.id) is PeriodState.PUBLISHED:
        last = store.runs.last_published()
        return parts.night(store, edition).case(last, now, last.manifest if last else None)
    return case_of(parts, store, period, now)


def place_of(case: Case, agency: str, criterion: str) -> Place:
    """Find a criterion of an agency.

    Raises:
        UsageError: the edition ranks no such agency, or it has no such criterion for it.
    """
    found = next((one for one in case.agencies if one.code == agency), None)
    if found is None:
        raise UsageError(not_ranked(case, agency))
    owed = {one.id: one for one in case.criteria(found.group)}
    if criterion not in owed:
        raise UsageError(f'bộ tiêu chí {case.edition.id} không có tiêu chí "{criterion}" cho {agency}{near(criterion, owed)}')
    return Place(case=case, agency=found, criterion=owed[next(key for key in owed if key == criterion)])


def not_ranked(case: Case, agency: str) -> str:
    """Say that an edition ranks no such agency, with the code that was meant."""
    hint = near(agency, [one.code for one in case.agencies])
    return f'bộ tiêu chí {case.edition.id} không xếp hạng cơ quan "{agency}" vào ngày {case.day:%d/%m/%Y}{hint}'


def withdraw(
    parts: Parts, subject: Subject, agency: str, criterion: str, *, reason: str, person: str, document: str, edition: str | None
) -> Withdrawal:
    """Take back the appraisal or explanation of a criterion that stands.

    Raises:
        UsageError: there is none, or nobody says why.
    """
    needed = {"--reason": reason, "--person": person} | ({"--document": document} if subject is Subject.APPRAISAL else {})
    said(needed, {"--document": document})

    def done(store: Store, now: datetime) -> list[Withdrawal]:
        case = case_now(parts, store, edition, now)
        permitted(parts, store, case.edition.id, APPRAISING if subject is Subject.APPRAISAL else EXPLAINING)
        standing = case.appraisals if subject is Subject.APPRAISAL else case.explanations
        found = next((one for one in standing if (one.agency, one.criterion) == (agency, criterion)), None)
        if found is None:
            raise UsageError(f"{agency} không có {_NAMES[subject]} nào đang đứng cho tiêu chí {criterion}")
        return [
            Withdrawal(
                agency=found.agency,
                edition=found.edition,
                criterion=found.criterion,
                subject=subject,
                reason=reason.strip(),
                person=person.strip(),
                document=document.strip(),
                withdrawn_at=now,
            )
        ]

    (made,) = act(parts, edition, f"withdraw {subject.value} {agency} {criterion}", done)
    assert isinstance(made, Withdrawal)
    return made


def permitted(parts: Parts, store: Store, edition: str, allowed: frozenset[PeriodState]) -> None:
    """Prove that a period lets something be done now; explanations may be given also before the first one is opened.

    Raises:
        UsageError: it does not.
    """
    if allowed is EXPLAINING and running(store.acts.all(edition)) is None:
        return
    if why := refused(parts, store, edition, allowed):
        raise UsageError(why)
