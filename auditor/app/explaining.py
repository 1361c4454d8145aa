"""``auditor explanation``: comply or explain. What an agency says of what is seen now, until when, and with what effect."""

from dataclasses import dataclass
from datetime import date, datetime

from auditor.app.acting import Attached, act, proof_of, said
from auditor.app.council import (
    APPRAISING,
    EXPLAINING,
    Place,
    case_now,
    permitted,
    place_of,
)
from auditor.app.parts import Parts
from auditor.app.visiting import known_agency
from auditor.errors import UsageError
from auditor.judge import Case
from auditor.judge.marks import mark
from auditor.judge.sameness import explained, fingerprint
from auditor.judge.scales import bounds
from auditor.model.council import Effect, Explanation, Subject, Withdrawal
from auditor.model.journal import Standing, Told
from auditor.model.mark import Excluded, Points
from auditor.model.zone import local_date
from auditor.store import Store

__all__ = ["Given", "explain", "explanations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gives as an explanation; an effect needs the council's person and document."""

    text: str
    expires: date
    person: str
    link: str = ""
    effect: Effect = Effect.NONE
    document: str = ""
    file: Attached | None = None


def explain(parts: Parts, agency: str, criterion: str, given: Given, *, edition: str | None = None) -> Explanation:
    """Keep an explanation, for what is seen of the criterion now.

    Raises:
        UsageError: there is nothing to explain, its day is over already, something lacks, or the period is past it.
    """
    lifts = given.effect is Effect.NOT_APPLICABLE
    needed = {"--text": given.text, "--person": given.person} | ({"--document": given.document} if lifts else {})
    said(needed, {"--document": given.document, "--link": given.link})

    def done(store: Store, now: datetime) -> list[Explanation]:
        if given.expires < local_date(now):
            raise UsageError(f"--expires {given.expires} đã qua: giải trình phải còn hạn")
        place = place_of(case_now(parts, store, edition, now), agency, criterion)
        permitted(parts, store, place.case.edition.id, APPRAISING if lifts else EXPLAINING)
        _needed(place, given.effect)
        return [_made(place, given, now)]

    (made,) = act(parts, edition, f"explanation {agency} {criterion}", done, [given.file] if given.file else [])
    assert isinstance(made, Explanation)
    return made


def _made(place: Place, given: Given, now: datetime) -> Explanation:
    return Explanation(
        agency=place.agency.code,
        edition=place.case.edition.id,
        criterion=place.criterion.id,
        fingerprint=fingerprint(place.case, place.criterion, place.agency.code),
        text=given.text.strip(),
        link=given.link,
        effect=given.effect,
        expires=given.expires,
        person=given.person.strip(),
        document=given.document.strip(),
        given_at=now,
        proof=proof_of(given.file) if given.file else None,
    )


def _needed(place: Place, effect: Effect) -> None:
    """Prove that there is something to explain."""
    found = mark(place.case, place.criterion, place.agency)
    name = f"{place.criterion.id} ({place.agency.code})"
    standing = place.case.appraised(place.agency.code, place.criterion.id)
    if effect is Effect.NOT_APPLICABLE and standing is not None:
        raise UsageError(f"{name} đang có giá trị thẩm định của Hội đồng: hãy rút giá trị đó trước")
    if isinstance(found, Points) and found.points >= bounds(place.criterion.scale, place.criterion.max_points)[1]:
        raise UsageError(f"{name} đạt trọn điểm: không có gì để giải trình")
    if isinstance(found, Excluded) and found.explanation is None:
        raise UsageError(f"{name} không áp dụng cho cơ quan: không có gì để giải trình")


def explanations(parts: Parts, *, agency: str | None = None, edition: str | None = None) -> tuple[Told, ...]:
    """Give every explanation in the order of giving, each with how it stands now.

    Raises:
        UsageError: there is no such agency.
    """
    with parts.store() as store:
        now = parts.clock.now()
        if agency is not None:
            known_agency(parts, agency, local_date(now))
        case = case_now(parts, store, edition, now)
        acts = [(run, found) for run, found in store.acts.journal(case.edition.id) if isinstance(found, Explanation | Withdrawal)]
    told = []
    for place, (run, found) in enumerate(acts):
        if isinstance(found, Explanation) and agency in {None, found.agency}:
            after = next((one for _, one in acts[place + 1 :] if _ends(one, found)), None)
            withdrawal = after if isinstance(after, Withdrawal) else None
            standing = Standing.WITHDRAWN if withdrawal else Standing.REPLACED if after else _standing(case, found)
            told.append(Told(run=run, explanation=found, standing=standing, withdrawal=withdrawal))
    return tuple(told)


def _ends(later: Explanation | Withdrawal, found: Explanation) -> bool:
    """Tell whether a later act takes the place of an explanation, or takes it back."""
    same = (later.agency, later.criterion) == (found.agency, found.criterion)
    return same and not (isinstance(later, Withdrawal) and later.subject is not Subject.EXPLANATION)


def _standing(case: Case, found: Explanation) -> Standing:
    agency = next((one for one in case.agencies if one.code == found.agency), None)
    owed = case.criteria(agency.group) if agency else ()
    criterion = next((one for one in owed if one.id == found.criterion), None)
    if agency is None or criterion is None:
        return Standing.GONE
    if case.explained(found.agency, found.criterion) is None:
        return Standing.EXPIRED
    return Standing.STANDS if explained(case, criterion, found.agency) else Standing.CHANGED
