"""Findings and notices of a run: ``told_by`` for the night, ``auditor alerts list`` and ``preview`` for people."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from auditor.app.parts import Parts
from auditor.app.visiting import Ran, known_agency
from auditor.errors import UsageError, nearest
from auditor.findings.letters import Desk, letters
from auditor.findings.rules import Advanced, advance
from auditor.findings.sights import sights
from auditor.judge import Case, fixes_of
from auditor.model.agency import Agency, Registry, SiteRole
from auditor.model.finding import FindingLife
from auditor.model.ids import AgencyId, CriterionId, RunId
from auditor.model.letter import Letter
from auditor.model.notice import Channel, Notice
from auditor.model.ranking import Fix, Ranking
from auditor.model.run import Run, RunState
from auditor.model.visit import Cause
from auditor.model.zone import local_date
from auditor.store import Store
from reports.letter import render_letter
from reports.view import agency_file

__all__ = [
    "LANGUAGES",
    "Previewed",
    "Told",
    "addresses",
    "after_run",
    "findings_now",
    "notice_of",
    "preview",
    "told_by",
    "write_letters",
]

LANGUAGES = ("vi", "en")
_FRESH = 3
"""So many intervals of sampling may lie between a site's last sample and the run's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """The letters of a run as they would be sent, also to those who have no address yet. ``run`` is None before the first one."""

    run: Run | None
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a run makes of the findings: how they stand after it, and what is told of it."""

    run: RunId
    at: datetime
    lives: tuple[FindingLife, ...]
    notices: tuple[Notice, ...]


def told_by(parts: Parts, store: Store, ran: Ran | Run) -> Told | None:
    """Say what a run makes of the findings and what is told of it; nothing is written.

    None of a run that the gate held back, which changes nothing and tells nobody, and of one that is history: a later one was
    told. Until then the same run gives the same notices again and again.
    """
    run = ran.run if isinstance(ran, Ran) else ran
    if run.state is not RunState.PUBLISHED or _is_past(store, run):
        return None
    gains = ran.source.fixes if isinstance(ran, Ran) else None
    # A webhook hears of everybody, also of those who have no address of mail.
    desk, done = _advanced(parts, store, run, everybody=bool(parts.settings.webhook.url), gains=gains)
    assert run.ended_at is not None
    notices = tuple(notice_of(letter) for letter in letters(desk, done, at=run.ended_at))
    return Told(run=run.id, at=run.ended_at, lives=done.lives, notices=notices)


def after_run(parts: Parts, store: Store, ran: Ran | Run) -> tuple[Notice, ...]:
    """Take the findings one run further and give its notices, which go nowhere: for whoever looks at them himself."""
    told = told_by(parts, store, ran)
    if told is None:
        return ()
    store.findings.keep(told.run, told.at, told.lives)
    return told.notices


def preview(parts: Parts, store: Store, *, agency: str | None = None, language: str | None = None) -> Previewed:
    """Show the letters of the last published run, exactly as they are sent; nothing is written.

    Raises:
        UsageError: there is no such agency or language.
    """
    if language is not None and language not in LANGUAGES:
        raise UsageError(f'no language "{language}"; there are {", ".join(LANGUAGES)}{nearest(language, LANGUAGES)}')
    code = None if agency is None else _code(parts, agency)
    run = store.runs.last_published()
    if run is None or run.ended_at is None:
        return Previewed(run=None, notices=())
    desk, done = _advanced(parts, store, run, everybody=True)
    found = (letter for letter in letters(desk, done, at=run.ended_at) if code in {None, letter.agency.code})
    return Previewed(run=run, notices=tuple(notice_of(letter, language) for letter in found))


def findings_now(parts: Parts, store: Store, agency: str | None = None) -> tuple[FindingLife, ...]:
    """Give the findings as they stand, by agency and site.

    Raises:
        UsageError: there is no such agency.
    """
    code = None if agency is None else _code(parts, agency)
    lives = (life for life in store.findings.all() if code in {None, life.finding.agency})
    return tuple(sorted(lives, key=lambda life: life.finding.key))


def notice_of(letter: Letter, language: str | None = None) -> Notice:
    """Give a letter as it is sent by mail; its payload says the same to a webhook."""
    rendered = render_letter(letter, language)
    return Notice(
        key=letter.key,
        kind=letter.kind,
        channel=Channel.MAIL,
        agency=letter.agency.code,
        run=letter.run,
        to=letter.to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        payload=rendered.payload,
        thread=f"agency/{letter.agency.code}",
        created_at=letter.at,
    )


def write_letters(data: Path, notices: Iterable[Notice]) -> tuple[Path, ...]:
    """Write letters as pages into a data folder, for looking at; give the paths."""
    paths = []
    for notice in notices:
        path = data / "letters" / f"{notice.kind.value}-{agency_file(notice.agency)}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notice.html, "utf-8")
        paths.append(path)
    return tuple(paths)


def _code(parts: Parts, agency: str) -> AgencyId:
    return known_agency(parts, agency, local_date(parts.clock.now())).code


def _is_past(store: Store, run: Run) -> bool:
    """Tell whether a later run was told already: then this one is history, and its notices went their way."""
    last = store.findings.last_run()
    if last is None or last == run.id:
        return False
    told = store.runs.get(last)
    return told is not None and told.ended_at is not None and run.ended_at is not None and run.ended_at < told.ended_at


def _advanced(
    parts: Parts, store: Store, run: Run, *, everybody: bool, gains: Mapping[AgencyId, tuple[Fix, ...]] | None = None
) -> tuple[Desk, Advanced]:
    """Give what a run makes of the findings before it; ``everybody`` tells also those who have no address.

    ``gains`` are what agencies could gain, where the run has just worked them out.
    """
    edition, at = parts.edition(), run.ended_at
    assert at is not None
    ranking = store.rankings.of_run(run.id, edition.id)
    case = Case(edition=edition, registry=parts.registry, measures=parts.catalogue.measures, as_of=at, run=run.id)
    if ranking is None:
        raise UsageError(f"{run.id} published no ranking by {edition.id}: its letters are written by the edition that judged it")
    before = store.findings.before(run.id, at)
    shown = sights(
        case,
        ranking,
        store.visits.readings_of(run.id),
        parts.alerts,
        before=before,
        lately=_lately(parts, store, case, at),
        resting=_resting(parts, run, at),
    )
    to = _addresses(parts.registry, case, local_date(at))
    reachable = {agency.code for agency in case.agencies} if everybody else {code for code, found in to.items() if found}
    done = advance(before, shown, at=at, rules=parts.alerts, reachable=reachable, explained=_explained(ranking))
    told = {telling.life.finding.agency for telling in done.tellings}
    desk = Desk(
        case=case,
        ranking=ranking,
        rules=parts.alerts,
        to=to,
        successors=_successors(parts.registry, case, local_date(at)),
        fixes=gains if gains is not None else _gains(parts, store, run, ranking, told),
        contact=parts.settings.network.contact,
    )
    return desk, done


def _gains(
    parts: Parts, store: Store, run: Run, ranking: Ranking, codes: Collection[AgencyId]
) -> Mapping[AgencyId, tuple[Fix, ...]]:
    """Work out what those who are told of something would gain; it takes the readings of all nights, so not for nobody."""
    if not codes:
        return {}
    assert run.ended_at is not None
    return fixes_of(parts.night(store).case(run, run.ended_at, run.manifest), ranking, codes)


def _explained(ranking: Ranking) -> frozenset[tuple[AgencyId, CriterionId]]:
    """Give the criteria of which an explanation stands: what fails there is not told."""
    rows = (row for group in ranking.groups for row in (*group.rows, *group.unranked))
    return frozenset((row.agency, mark.criterion) for row in rows for mark in row.marks if mark.explanation is not None)


def _lately(parts: Parts, store: Store, case: Case, at: datetime) -> Mapping[str, Cause | None]:
    """Give what the last sample of each site said before the run's end, where there is a fresh one."""
    until = int(at.timestamp()) + 1
    since = until - _FRESH * parts.settings.schedule.uptime_seconds
    sites = {site.url for agency in case.agencies for site in case.sites(agency.code, tuple(SiteRole))}
    last = {url: store.uptime.samples(url, since, until) for url in sites & store.uptime.sites()}
    return {url: samples[-1].cause for url, samples in last.items() if samples}


def _resting(parts: Parts, run: Run, at: datetime) -> frozenset[str]:
    """Give the sites of which an announced maintenance fell into the run."""
    return frozenset(one.site for one in parts.maintenance if one.start <= at and run.started_at < one.end)


def _addresses(registry: Registry, case: Case, day: date) -> Mapping[AgencyId, tuple[str, ...]]:
    """Give whom to write for each agency of the ranking: who answers for it today, its successor where it has merged."""
    return {agency.code: addresses(registry, agency.code, day) for agency in case.agencies}


def addresses(registry: Registry, code: AgencyId, day: date) -> tuple[str, ...]:
    """Give whom to write for an agency: its own addresses, or those of who answers for it since it has merged."""
    agency = registry.agency(code, day)
    answers = agency if agency is not None and agency.valid_on(day) else registry.successor(code, day)
    return () if answers is None else answers.emails


def _successors(registry: Registry, case: Case, day: date) -> Mapping[AgencyId, Agency]:
    found = ((agency.code, registry.successor(agency.code, day)) for agency in case.agencies)
    return {code: successor for code, successor in found if successor is not None}
