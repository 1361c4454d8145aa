"""``auditor status``: how the service is, how the last runs went, and how each probe has fared over the weeks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from auditor.app.daemon import in_time
from auditor.app.gating import nights_of
from auditor.app.health import Health, health
from auditor.app.parts import Parts
from auditor.engines.gate import outcomes_of
from auditor.model.run import Run
from auditor.model.visit import VisitRecord
from auditor.model.zone import local_date
from auditor.store import Store

__all__ = ["ProbeWeek", "RunStatus", "Status", "status"]

_SLOWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeWeek:
    """How often the visits of one probe ended how in one week of nights; ``week`` is its Monday."""

    week: str
    probe: str
    visits: int
    endings: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All that ``status`` says."""

    health: Health
    runs: tuple["RunStatus", ...]
    weeks: tuple[ProbeWeek, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """One run: how many visits ended how, by which causes, probe by probe, and which sites took longest."""

    run: Run
    visits: int
    readings: int
    endings: Mapping[str, int]
    causes: Mapping[str, int]
    probes: Mapping[str, Mapping[str, int]]
    slowest: tuple[tuple[str, str], ...]


def status(parts: Parts, last: int, weeks: int) -> Status:
    """Give the service's health, the last runs, the newest first, and so many weeks of each probe's endings, the newest first."""
    parts = in_time(parts)
    with parts.store() as store:
        runs = store.runs.all()[-last:] if last else ()
        return Status(
            health=health(parts, store),
            runs=tuple(_of(run, store.visits.of_run(run.id), len(store.visits.readings_of(run.id))) for run in reversed(runs)),
            weeks=_weeks(parts, store, weeks),
        )


def _weeks(parts: Parts, store: Store, weeks: int) -> tuple[ProbeWeek, ...]:
    since = parts.clock.now() - timedelta(weeks=weeks)
    found: dict[tuple[str, str], Counter[str]] = {}
    for night in nights_of(store):
        if night.started_at >= since:
            day = local_date(night.started_at)
            week = (day - timedelta(days=day.weekday())).isoformat()
            for probe, counts in outcomes_of(store.visits.of_run(night.id)).items():
                found.setdefault((week, probe), Counter()).update(counts)
    rows = [
        ProbeWeek(week=week, probe=probe, visits=counts.total(), endings=dict(sorted(counts.items())))
        for (week, probe), counts in sorted(found.items())
    ]
    return tuple(sorted(rows, key=lambda row: row.week, reverse=True))


def _of(run: Run, visits: tuple[VisitRecord, ...], readings: int) -> RunStatus:
    probes: dict[str, Counter[str]] = {}
    seconds: Counter[str] = Counter()
    for record in visits:
        probes.setdefault(record.visit.probe, Counter())[str(record.cause or record.ending)] += 1
        seconds[record.visit.site] += round(float(record.seconds) * 1000)
    return RunStatus(
        run=run,
        visits=len(visits),
        readings=readings,
        endings=dict(sorted(Counter(str(record.ending) for record in visits).items())),
        causes=dict(sorted(Counter(str(record.cause) for record in visits if record.cause).items())),
        probes={probe: dict(sorted(found.items())) for probe, found in sorted(probes.items())},
        slowest=tuple((site, f"{ms / 1000:.3f}") for site, ms in seconds.most_common(_SLOWEST)),
    )
