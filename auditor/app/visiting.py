"""``auditor probe`` and ``auditor run``: plan, visit, seal, judge; what a night finds is published or held back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import anyio

from auditor.app.gating import gated
from auditor.app.pace import AT_ONCE, Pace
from auditor.app.parts import Parts
from auditor.app.reporting import source_of, write_report
from auditor.app.uptime import availability_of
from auditor.engines.embedded import visit_all
from auditor.engines.gate import held_because
from auditor.engines.lock import only_one
from auditor.engines.night import Night, ranking_days
from auditor.errors import UsageError, nearest
from auditor.model.agency import Agency
from auditor.model.ids import AgencyId, GroupId
from auditor.model.run import Run, RunKind
from auditor.model.zone import local_date
from auditor.schedule.plan import Due, group_agencies, left_out, plan
from auditor.store import Store
from auditor.visit.network import Network
from auditor.visit.runner import Runner, Visited
from reports.view import Source

__all__ = ["Probed", "Ran", "known_agency", "probe", "run"]

_PATIENCE = 300
"""Tenths of a second that a run of several sites waits for another one to answer before it calls a failure ambiguous."""
_THREADS = 4

Told = Callable[[int, Visited | None], None]
"""Hears how many visits are planned, and of each that is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What ``auditor probe`` found: the run, the agency's sources, its successor when it has merged."""

    run: Run
    agency: Agency
    source: Source
    successor: Agency | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What ``auditor run`` did: the run, sites that nobody confirmed, and the report when it was published."""

    run: Run
    source: Source
    unconfirmed: tuple[str, ...]
    report: Path | None


def known_agency(parts: Parts, code: str, day: date) -> Agency:
    """Give an agency by its code, whatever became of it.

    Raises:
        UsageError: the registry has none of that code.
    """
    found = parts.registry.agency(AgencyId(code), day)
    if found is None:
        raise UsageError(f'no agency "{code}"{nearest(code, {agency.code for agency in parts.registry.agencies})}')
    return found


def probe(parts: Parts, code: str, *, probes: Collection[str] | None, site: str | None, told: Told) -> Probed:
    """Visit one agency's sites now, judge it, and keep everything; nothing of it is ever published."""
    edition = parts.edition()
    now = parts.clock.now()
    today = local_date(now)
    days = {*ranking_days(edition, now)}
    agency = known_agency(parts, code, max(days & {today}))
    days |= {day for day in (agency.valid_to,) if day}
    sites = _asked(parts, agency, site)
    with only_one(parts.data), parts.store() as store:
        night = parts.night(store)
        opened, notes = night.open(RunKind.PROBE, agency.code)
        due = plan(
            parts.registry,
            parts.catalogue,
            run=opened.id,
            days=days,
            agencies={agency.code},
            probes=probes,
            sites=sites,
            confirmed_only=sites is None,
        )
        _visit(parts, store, due, told, thorough=True)
        manifest, ended = night.seal(opened, notes)
        case, ranking = night.judged_alone(opened, ended, manifest, agency.code)
        kept = night.keep(opened, manifest, ended)
        source = source_of(parts, store, case, ranking, only=agency.code)
        successor = parts.registry.successor(agency.code, today)
        return Probed(run=kept, agency=agency, source=source, successor=successor)


def _asked(parts: Parts, agency: Agency, site: str | None) -> set[str] | None:
    if site is None:
        return None
    known = {row.url for row in parts.registry.rows if row.agency == agency.code}
    wanted = site if site in known else site.rstrip("/") + "/"
    if wanted not in known:
        raise UsageError(f'{agency.code} has no site "{site}" in sites.csv{nearest(site, known)}')
    return {wanted}


def run(parts: Parts, *, groups: Sequence[str], agencies: Sequence[str], told: Told, pace: Pace = AT_ONCE) -> Ran:
    """Make a night's run now, or go on with the one that was cut off; then seal, judge, and publish or hold back.

    Raises:
        NotDone: it was stopped; every finished visit is kept, and the next run goes on.
    """
    edition = parts.edition()
    now = parts.clock.now()
    days = ranking_days(edition, now)
    chosen = _chosen(parts, groups, agencies, days)
    with only_one(parts.data), parts.store() as store:
        night = parts.night(store)
        opened, notes = night.open(RunKind.NIGHT, ",".join(sorted(chosen)) if chosen is not None else "")
        due = plan(parts.registry, parts.catalogue, run=opened.id, days=days, agencies=chosen)
        _visit(parts, store, due, told, pace=pace, since=opened.started_at)
        facts = gated(parts, store, opened, [one.visit.key for one in due], pace)
        return _end(parts, store, night, opened, notes, held_because(facts))


def _end(parts: Parts, store: Store, night: Night, opened: Run, notes: Sequence[str], held: str) -> Ran:
    manifest, ended = night.seal(opened, notes)
    case, ranking = night.judged(opened, ended, manifest)
    over = night.publish(opened, ranking, manifest, ended, held)
    source = source_of(parts, store, case, ranking)
    report = None if held else write_report(parts, source, store, "html")
    unconfirmed = left_out(parts.registry, local_date(ended))
    return Ran(run=over, source=source, unconfirmed=unconfirmed, report=report)


def _chosen(parts: Parts, groups: Sequence[str], agencies: Sequence[str], days: Collection[date]) -> frozenset[AgencyId] | None:
    if not groups and not agencies:
        return None
    ids = {group.id for group in parts.registry.groups}
    for group in groups:
        if group not in ids:
            raise UsageError(f'no group "{group}"{nearest(group, ids)}')
    named = {known_agency(parts, code, max(days)).code for code in agencies}
    return frozenset(named).union(*(group_agencies(parts.registry, GroupId(group), days) for group in groups))


def _visit(
    parts: Parts,
    store: Store,
    due: Sequence[Due],
    told: Told,
    *,
    thorough: bool = False,
    pace: Pace = AT_ONCE,
    since: datetime | None = None,
) -> None:
    done = store.visits.done(due[0].visit.run) if due else frozenset[str]()
    told(len(due) - len(done), None)
    places = {one.site.url for one in due}

    async def work() -> None:
        async with _network(parts, tuple(sorted(places)), thorough=thorough) as network:
            await visit_all(
                _runner(parts, store, network),
                due,
                done=done,
                at_once=parts.settings.schedule.sites_at_once,
                told=lambda visited: told(0, visited),
                wait=pace.waiting(parts.clock, since),
                pauses=pace.pauses,
            )

    anyio.run(pace.until_stopped, work)
    pace.go_on()


def _runner(parts: Parts, store: Store, network: Network) -> Runner:
    """Give what makes the visits of a run; inside a running loop."""
    limiter, window = anyio.CapacityLimiter(_THREADS), parts.edition().window
    return Runner(
        network=network,
        knowledge=parts.knowledge,
        visits=store.visits,
        evidence=parts.evidence,
        clock=parts.clock,
        limiter=lambda: limiter,
        availability=lambda url: availability_of(parts, store, url, window),
    )


def _network(parts: Parts, places: tuple[str, ...], *, thorough: bool) -> Network:
    """Give the ways out of a run over these sites."""
    return Network(
        parts.settings,
        parts.clock,
        parts.vocabulary,
        parts.registry_hosts,
        patience=_PATIENCE if len(places) > 1 else 0,
        peers=places,
        thorough=thorough,
        pacing=parts.pacing,
    )
