"""Canaries: agencies of the sample, visited inside the night by the code that visits the others, and held against their truth."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import anyio

from auditor.app.pace import Pace
from auditor.app.parts import Parts, shipped_config
from auditor.clock import SystemClock
from auditor.engines.embedded import visit_all
from auditor.errors import UsageError, nearest
from auditor.model.ids import AgencyId, RunId
from auditor.model.reading import ReadingRecord
from auditor.model.run import Run, RunKind, RunState
from auditor.model.zone import local_date
from auditor.sample.province import province
from auditor.sample.truth import Truth, differences, load_truth
from auditor.schedule.plan import Due, plan
from auditor.store import Store
from auditor.visit.network import Network
from auditor.visit.runner import Runner

__all__ = ["Canaries", "canaries"]

_THREADS = 2
_PATIENCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """What was read of the chosen agencies of the sample, and where that is not their truth."""

    readings: tuple[ReadingRecord, ...]
    differences: tuple[str, ...]


def canaries(parts: Parts, pace: Pace) -> Canaries:
    """Start the sample on loopback, visit the chosen agencies with tonight's probes, and compare; nothing of it is kept.

    The sample has a clock, a config and a folder of its own: of the operator's config only the choice of agencies counts.

    Raises:
        UsageError: the sample has no such agency.
        NotDone: somebody wants the run to stop.
    """
    truth = _chosen(load_truth(), parts.settings.gate.canaries)
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="auditor-canary-") as folder:
        data = Path(folder)
        with province(data, shipped=shipped_config(), today=clock.now()) as running:
            mine = Parts(config=running.config, data=data, clock=clock)
            with mine.store() as store:
                run = Run(id=RunId("canaries"), kind=RunKind.PROBE, state=RunState.OPEN, started_at=clock.now(), scope="canaries")
                store.runs.open(run)
                day = local_date(clock.now())
                due = plan(mine.registry, mine.catalogue, run=run.id, days=(day,), agencies=truth.portal.keys())
                _visit(mine, store, due, pace)
                readings = store.visits.readings_of(run.id)
    return Canaries(readings=readings, differences=tuple(differences(truth, readings, mine.registry)))


def _chosen(truth: Truth, codes: tuple[str, ...]) -> Truth:
    for code in codes:
        if code not in truth.portal:
            raise UsageError(f'gate.canaries: the sample has no agency "{code}"{nearest(code, truth.portal)}')
    return replace(
        truth,
        portal={AgencyId(code): truth.portal[AgencyId(code)] for code in codes},
        others={place: lines for place, lines in truth.others.items() if place[0] in codes},
    )


def _visit(mine: Parts, store: Store, due: tuple[Due, ...], pace: Pace) -> None:
    async def work() -> None:
        limiter = anyio.CapacityLimiter(_THREADS)
        places = tuple(sorted({row.url for row in mine.registry.rows if row.confirmed}))
        network = Network(mine.settings, mine.clock, mine.vocabulary, mine.registry_hosts, patience=_PATIENCE, peers=places)
        async with network:
            runner = Runner(
                network=network,
                knowledge=mine.knowledge,
                visits=store.visits,
                evidence=mine.evidence,
                clock=mine.clock,
                limiter=lambda: limiter,
            )
            await visit_all(runner, due, done=(), at_once=mine.settings.schedule.sites_at_once, told=lambda _: None)

    anyio.run(pace.until_stopped, work)
    pace.go_on()
