"""``auditor judge``, ``rank``, ``explain`` and ``report``: kept evidence and kept readings, judged without a network."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from auditor.app.parts import Parts
from auditor.app.periods import period_named, result_of
from auditor.app.reporting import source_of, write_report
from auditor.app.rules import as_published
from auditor.app.visiting import known_agency
from auditor.engines.again import Change, assess_again, key_of
from auditor.engines.night import CUT
from auditor.errors import UsageError, nearest
from auditor.judge import judge, shown
from auditor.model.council import PeriodState
from auditor.model.ids import AgencyId
from auditor.model.ranking import Ranking, Standing
from auditor.model.run import Run, RunKind, RunState
from auditor.model.zone import end_of, local_date
from auditor.store import Store
from reports.view import Source

__all__ = ["Again", "Moved", "judge_again", "last_night", "latest_of", "period_result", "published", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One agency whose standing differs: percents and ranks before and after."""

    agency: AgencyId
    before: Decimal | None
    after: Decimal | None
    rank_before: int | None
    rank_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What judging a run again gives: which readings and which standings differ from those that are kept."""

    run: Run
    edition: str
    readings: int
    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]
    source: Source


def judge_again(parts: Parts, run: str | None, edition: str | None) -> Again:
    """Judge a run's kept evidence again, by the probes and the edition as they are now; nothing is written."""
    with parts.store() as store:
        chosen = _run(store, run)
        visits, kept = store.visits.of_run(chosen.id), store.visits.readings_of(chosen.id)
        again = tuple(assess_again(visits, kept, parts.catalogue, parts.knowledge, parts.archive(store)))
        night = parts.night(store, edition)
        as_of = chosen.ended_at or max((visit.ended_at for visit in visits), default=chosen.started_at)
        case = night.case(chosen, as_of, chosen.manifest, anew=True)
        anew = {key_of(change.after) for change in again}
        rest = (record for record in case.records if key_of(record) not in anew)
        fresh = replace(case, records=(*rest, *(change.after for change in again)))
        ranking = judge(fresh)
        before = store.rankings.of_run(chosen.id, night.edition.id) or judge(case)
        changes = tuple(change for change in again if change.differs)
        return Again(
            run=chosen,
            edition=night.edition.id,
            readings=len(kept),
            changes=changes,
            moved=tuple(_moved(before, ranking)),
            source=source_of(parts, store, fresh, ranking),
        )


def _run(store: Store, name: str | None) -> Run:
    runs = [run for run in store.runs.all() if run.kind in {RunKind.NIGHT, RunKind.PROBE} and run.state is not RunState.OPEN]
    if name is None:
        chosen = store.runs.last_published() or (runs[-1] if runs else None)
        if chosen is None:
            raise UsageError("nothing was visited yet: begin with auditor run, auditor probe or auditor demo")
        return chosen
    found = next((run for run in runs if run.id == name), None)
    if found is None:
        raise UsageError(f'no finished run "{name}"{nearest(name, {run.id for run in runs})}')
    return found


def _moved(before: Ranking, after: Ranking) -> Iterator[Moved]:
    old, new = _rows(before), _rows(after)
    for code in sorted(old.keys() | new.keys()):
        a, b = old.get(code), new.get(code)
        if _shown(a) != _shown(b) or (a.rank if a else None) != (b.rank if b else None):
            yield Moved(
                agency=code,
                before=_shown(a),
                after=_shown(b),
                rank_before=a.rank if a else None,
                rank_after=b.rank if b else None,
            )


def _rows(ranking: Ranking) -> dict[AgencyId, Standing]:
    return {row.agency: row for group in ranking.groups for row in (*group.rows, *group.unranked)}


def _shown(row: Standing | None) -> Decimal | None:
    return shown(row.percent) if row is not None and row.percent is not None else None


def published(
    parts: Parts, store: Store, *, edition: str | None = None, as_of: date | None = None, group: str | None = None
) -> Source:
    """Give the ranking: the last published one, or one judged as of the end of a day over what was published by then.

    Raises:
        UsageError: nothing was published yet (by then), the day is still to come, or there is no such group.
    """
    _known_group(parts, group)
    night = parts.night(store, edition)
    last, instant = last_night(parts, store, as_of)
    # Places moved since the night before the last one: as of the end of a day, that night's own ranking stands already.
    before = store.rankings.last(night.edition.id, before=last.ended_at)
    kept = store.rankings.of_run(last.id, night.edition.id)
    # A published edition is immutable: what was published by it stands, and days of then are judged by what it said then.
    rule = as_published(parts, store, night.edition, kept) if kept is not None else night.edition
    case = replace(replace(night, edition=rule).case(last, instant, last.manifest), published=before)
    ranking = kept if kept is not None and as_of is None else judge(case)
    edition_now = night.edition.digest if rule is not night.edition else None
    return replace(source_of(parts, store, case, _only(parts, ranking, group)), edition_now=edition_now)


def last_night(parts: Parts, store: Store, as_of: date | None) -> tuple[Run, datetime]:
    """Give the last published night, or the last one by the end of a day, and the instant to judge at.

    Raises:
        UsageError: nothing was published yet (by then), or the day is still to come.
    """
    until = _past(as_of, parts.clock.now()) if as_of else None
    nights = [run for run in store.runs.all() if run.state is RunState.PUBLISHED and run.ended_at]
    nights = [run for run in nights if until is None or (run.ended_at or run.started_at) <= until]
    if not nights:
        raise UsageError("nothing was published" + (f" by {as_of}" if as_of else " yet: begin with auditor run or auditor demo"))
    return nights[-1], until or nights[-1].ended_at or nights[-1].started_at


def _known_group(parts: Parts, group: str | None) -> None:
    known = {found.id for found in parts.registry.groups}
    if group is not None and group not in known:
        raise UsageError(f'no group "{group}"{nearest(group, known)}')


def _only(parts: Parts, ranking: Ranking, group: str | None) -> Ranking:
    _known_group(parts, group)
    return ranking if group is None else replace(ranking, groups=tuple(found for found in ranking.groups if found.group == group))


def _past(day: date, now: datetime) -> datetime:
    """Give a day's end, proved to be a day that has come."""
    today = local_date(now)
    if day > today:
        raise UsageError(f"{day} is still to come (today is {today}): nobody can be ranked as of then")
    return end_of(day)


def latest_of(
    parts: Parts, store: Store, agency: str, what: str | None = None, *, period: str | None = None, as_of: date | None = None
) -> tuple[AgencyId, Source]:
    """Give the last published ranking, or where nothing was published the last run by hand of that agency.

    A ``period`` gives its kept result, a day what was known by its end.

    Raises:
        UsageError: there is no such agency, criterion or measure, or nothing was seen of it yet.
    """
    code = known_agency(parts, agency, local_date(parts.clock.now())).code
    edition = parts.edition(period_named(parts, period).edition if period else None)
    known = {one.id for one in edition.criteria} | {one.id for one in edition.headings} | set(parts.catalogue.measures)
    if what is not None and what not in known:
        raise UsageError(f'no criterion or measure "{what}"{nearest(what, known)}')
    if period is not None:
        return code, period_result(parts, store, period)
    if as_of is not None or store.runs.last_published() is not None:
        return code, published(parts, store, as_of=as_of)
    probes = [run for run in store.runs.all() if run.kind is RunKind.PROBE and run.scope == code and run.held_because != CUT]
    by_hand = [run for run in probes if run.manifest and run.ended_at]
    if not by_hand:
        raise UsageError(f"nothing was seen of {code} yet: begin with auditor probe --agency {code}")
    last = by_hand[-1]
    assert last.ended_at is not None
    assert last.manifest is not None
    case, ranking = parts.night(store).judged_alone(last, last.ended_at, last.manifest, code)
    return code, source_of(parts, store, case, ranking, only=code)


def period_result(parts: Parts, store: Store, name: str, group: str | None = None) -> Source:
    """Give a year's kept result: the published one, or its draft while that is all there is.

    Raises:
        UsageError: it has neither yet, or there is no such period or group.
    """
    found = result_of(parts, store, name)
    now = parts.edition(found.period.edition).digest
    source = source_of(parts, store, found.case, _only(parts, found.ranking, group))
    changed = now if now != found.ranking.edition_digest else None
    return replace(source, edition_now=changed, draft=found.step.state is not PeriodState.PUBLISHED)


def report(parts: Parts, form: str, period: str | None = None) -> Path:
    """Write the published ranking as a report, or a period's result."""
    with parts.store() as store:
        source = published(parts, store) if period is None else period_result(parts, store, period)
        return write_report(parts, source, store, form, period=period)
