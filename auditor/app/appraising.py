"""``auditor appraise``: the council's sheets, exported and read back whole or not at all, and what stands on them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from auditor.app.acting import Attached, act, proof_of
from auditor.app.asking import term_of
from auditor.app.contradicting import cases
from auditor.app.council import APPRAISING, case_now, not_ranked, permitted, place_of
from auditor.app.parts import Parts
from auditor.app.reporting import kept_by
from auditor.app.visiting import known_agency
from auditor.editions.answers import near
from auditor.editions.appraisals import Change, Filled, read_appraisals
from auditor.editions.given import other_period
from auditor.editions.sheet import open_form
from auditor.editions.workbook import write_book
from auditor.errors import InputError, Problem, UsageError
from auditor.judge import Case, judge
from auditor.judge.marks import mark
from auditor.model.agency import Agency
from auditor.model.appraising import Row
from auditor.model.council import Contradiction, Subject, Withdrawal
from auditor.model.declaration import Appraisal
from auditor.model.edition import Source as Rule
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.journal import Decided
from auditor.model.kinds import appraised_measure, measure_of
from auditor.model.mark import Mark, Points
from auditor.model.ranking import Standing
from auditor.model.zone import VIETNAM, local_date
from auditor.store import Store
from reports.appraisal import answers, appraisal_book
from reports.view import Source, agency_file, standings
from reports.words import vietnamese

__all__ = ["Taken", "appraisals", "export_sheets", "import_sheet"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINKS = 5
"""So many addresses of proofs stand in one cell."""
_MOST_FILES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a sheet brought: the agency, and the acts that were kept; none where nothing on it had changed."""

    agency: AgencyId
    appraisals: tuple[Appraisal, ...]
    withdrawals: tuple[Withdrawal, ...]


def export_sheets(
    parts: Parts, out: Path | None, *, agency: str | None = None, group: str | None = None, edition: str | None = None
) -> tuple[Path, ...]:
    """Write a sheet for each agency as things stand now, each a new file; give their paths.

    Raises:
        UsageError: there is no such agency or group in the ranking.
    """
    with parts.store() as store:
        now = parts.clock.now()
        case = case_now(parts, store, edition, now)
        period = term_of(parts, store, case.edition, now).period
        chosen = _chosen(parts, case, agency, group)
        plain = replace(case, appraisals=())
        source = Source(
            ranking=judge(plain),
            edition=case.edition,
            registry=case.registry,
            measures=case.measures,
            kept=kept_by(parts.archive(store)),
        )
        by_code = {standing.agency: standing for standing in standings(source)}
        folder = out or parts.data / "appraisal"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise UsageError(f"không dùng được thư mục {folder} ({exc.strerror})") from exc
        told = {(one.opening.agency, one.opening.criterion): one for one in cases(parts, store, edition=edition)}
        sittings = [_Sitting(case=case, agency=one, told=told) for one in chosen]
        return tuple(_written(folder, source, by_code[one.agency.code], one, now, period) for one in sittings)


def _chosen(parts: Parts, case: Case, agency: str | None, group: str | None) -> Sequence[Agency]:
    groups = {known.id for known in parts.registry.groups}
    if group is not None and group not in groups:
        raise UsageError(f'không có nhóm "{group}"{near(group, groups)}')
    if agency is not None and agency not in {one.code for one in case.agencies}:
        raise UsageError(not_ranked(case, agency))
    return [one for one in case.agencies if agency in {None, one.code} and group in {None, one.group}]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sitting:
    """What a sheet is about: the case, the agency, and the last contradiction of each agency and criterion."""

    case: Case
    agency: Agency
    told: Mapping[tuple[AgencyId, CriterionId], Contradiction]


def _written(folder: Path, source: Source, standing: Standing, sitting: _Sitting, now: datetime, period: str) -> Path:
    agency = sitting.agency
    rows = [_row(sitting, found) for found in standing.marks]
    body = write_book(appraisal_book(source, standing, rows, now, vietnamese(), period=period))
    # A new name each time: what the council has begun to fill in is never written over.
    stem = f"tham-dinh-{agency_file(agency.code).removesuffix('.html')}-{now.astimezone(VIETNAM):%Y%m%d-%H%M%S}"
    for number in range(1, _MOST_FILES + 1):
        path = folder / _named(stem, number)
        with suppress(FileExistsError), path.open("xb") as stream:
            stream.write(body)
            return path
    raise UsageError(f"{folder} đã có {_MOST_FILES} phiếu của {agency.code} trong cùng một giây")


def _named(stem: str, number: int) -> str:
    return f"{stem}.xlsx" if number == 1 else f"{stem}-{number}.xlsx"


def _row(sitting: _Sitting, found: Mark) -> Row:
    case, agency = sitting.case, sitting.agency
    declaration = case.declared(agency.code, found.criterion)
    criterion = place_of(case, agency.code, found.criterion).criterion
    told = None
    if criterion.source is not Rule.MEASURED and found.declared is not None:
        # One for all rows: what a case has sorted of all readings and declarations is kept in it.
        bare: Case = case.once(("bare",), lambda: replace(case, appraisals=(), explanations=()))
        alone = mark(bare, replace(criterion, source=Rule.DECLARED), agency)
        told = alone.points if isinstance(alone, Points) else None
    return Row(
        criterion=found.criterion,
        mark=found,
        declared_points=told,
        standing=case.appraised(agency.code, found.criterion),
        measure=appraised_measure(criterion, measure_of(criterion, case.measures)),
        links=_links(case, agency, found),
        note=declaration.note if declaration and found.declared is not None else "",
        case=sitting.told.get((agency.code, found.criterion)),
    )


def _links(case: Case, agency: Agency, found: Mark) -> tuple[str, ...]:
    declaration = case.declared(agency.code, found.criterion)
    own = [declaration.evidence_link] if declaration and declaration.evidence_link and found.declared is not None else []
    said = [found.explanation.link] if found.explanation and found.explanation.link else []
    return tuple(dict.fromkeys([*own, *said, *(proof.url for proof in found.proofs if proof.url)]))[:_LINKS]


def import_sheet(parts: Parts, path: Path, *, edition: str | None = None) -> Taken:
    """Read a sheet that the council filled in, and keep its acts with the file as their proof.

    Raises:
        InputError: anything is wrong with it; every problem is listed and nothing is taken.
    """
    chosen, words = parts.edition(edition), vietnamese()
    form = open_form(path)
    with parts.store() as before:
        period = term_of(parts, before, chosen, parts.clock.now()).period
    filled = read_appraisals(
        form,
        edition=chosen,
        measures=parts.catalogue.measures,
        answers=lambda measure: answers(measure, words),
        period=period,
    )
    file = Attached(name=form.name, body=form.body, media_type=_XLSX)

    def done(store: Store, now: datetime) -> list[Appraisal | Withdrawal]:
        case = case_now(parts, store, edition, now)
        if other := other_period(period, term_of(parts, store, chosen, now).period):
            raise InputError([Problem(file=form.name, place="", what=other)])
        if filled.agency not in {one.code for one in case.agencies}:
            what = f'bộ tiêu chí không xếp hạng cơ quan "{filled.agency}"'
            raise InputError([Problem(file=form.name, place="", what=what)])
        permitted(parts, store, chosen.id, APPRAISING)
        standing = {one.criterion: one for one in case.appraisals if one.agency == filled.agency}
        problems = list(_conflicts(case, filled, standing, form.name))
        if problems:
            raise InputError(problems)
        news = (change for change in filled.changes if not _stands(change, standing.get(change.criterion.id)))
        return [_made(filled, change, proof_of(file), case, now) for change in news]

    made = act(parts, edition, f"appraise {filled.agency} {form.name}", done, [file])
    return Taken(
        agency=filled.agency,
        appraisals=tuple(one for one in made if isinstance(one, Appraisal)),
        withdrawals=tuple(one for one in made if isinstance(one, Withdrawal)),
    )


def _stands(change: Change, standing: Appraisal | None) -> bool:
    """Tell whether a row says what stands already: the same file twice is one decision."""
    if change.value is None or standing is None:
        return change.value is None and standing is None and change.before is not None
    mine = (_typed(change.value), change.reason, change.document, change.person)
    return mine == (_typed(standing.value), standing.reason, standing.document, standing.person)


def _conflicts(case: Case, filled: Filled, standing: Mapping[CriterionId, Appraisal], name: str) -> Iterator[Problem]:
    """Find what cannot be taken though each cell is right: what is not owed, and what somebody else has decided meanwhile."""
    group = next(one.group for one in case.agencies if one.code == filled.agency)
    owed = {criterion.id for criterion in case.criteria(group) if criterion.concerns(filled.agency)}
    for change in filled.changes:
        found = standing.get(change.criterion.id)
        if change.criterion.id not in owed:
            what = f'tiêu chí "{change.criterion.id}" không áp dụng cho "{filled.agency}"'
            yield Problem(file=name, place=change.place, what=what)
        elif _stands(change, found):
            continue
        elif _typed(found.value if found else None) != _typed(change.before):
            what = f"{filled.agency} {change.criterion.id} đã được thẩm định lại từ khi xuất phiếu: hãy xuất phiếu mới"
            yield Problem(file=name, place=change.place, what=what)
        elif change.value is None and found is None:
            yield Problem(file=name, place=change.place, what="không có giá trị thẩm định nào để rút")


def _typed(value: object) -> tuple[str, object]:
    """Tell true from 1, and a word from a number."""
    return ("flag" if isinstance(value, bool) else "word" if isinstance(value, str) else "number", value)


def _made(filled: Filled, change: Change, proof: Proof, case: Case, now: datetime) -> Appraisal | Withdrawal:
    edition = case.edition.id
    if change.value is None:
        return Withdrawal(
            agency=filled.agency,
            edition=edition,
            criterion=change.criterion.id,
            subject=Subject.APPRAISAL,
            reason=change.reason,
            person=change.person,
            document=change.document,
            withdrawn_at=now,
        )
    return Appraisal(
        agency=filled.agency,
        edition=edition,
        criterion=change.criterion.id,
        value=change.value,
        reason=change.reason,
        person=change.person,
        document=change.document,
        decided_at=now,
        proof=replace(proof, passage=change.place),
    )


def appraisals(parts: Parts, *, agency: str | None = None, edition: str | None = None) -> tuple[Decided, ...]:
    """Give every appraisal in the order of deciding.

    Raises:
        UsageError: there is no such agency.
    """
    with parts.store() as store:
        if agency is not None:
            known_agency(parts, agency, local_date(parts.clock.now()))
        case = case_now(parts, store, edition, parts.clock.now())
        journal = store.acts.journal(case.edition.id)
    return tuple(
        Decided(run=run, appraisal=found, in_effect=found in case.appraisals)
        for run, found in journal
        if isinstance(found, Appraisal) and agency in {None, found.agency}
    )
