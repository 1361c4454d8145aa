"""Whole visits the way a night makes them: a network with real doors, a data folder, and probes that look at a site on loopback."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from auditor.clock import SystemClock
from auditor.evidence.archive import Archive
from auditor.model.agency import Registry, Site, SiteRole
from auditor.model.run import Run, RunKind, RunState
from auditor.model.visit import Visit
from auditor.schedule.plan import Due
from auditor.sdk.guidelines import load_guidelines
from auditor.sdk.vocabulary import load_vocabulary
from auditor.settings import Settings
from auditor.store import open_store
from auditor.visit.knowing import Background, Knowledge
from auditor.visit.network import Network
from auditor.visit.runner import Runner

VOCABULARY = load_vocabulary("probes")
GUIDELINES = load_guidelines(Path(__file__).parents[2] / "config")
RUN = "r"
QUICK = {"requests_per_second": 0, "retry_pause": 0}


def site_of(url):
    return Site(url=url, roles=(SiteRole.PORTAL,), agencies=("so",))


@dataclass
class Desk:
    """Visits of one run, and what is kept of them."""

    runner: Runner
    store: object

    def due(self, probe, url, *derived):
        return Due(visit=Visit(run=RUN, probe=probe.id, site=url), site=site_of(url), probe=probe, derived=derived)

    async def visit(self, probe, url, *derived):
        return await self.runner.run(self.due(probe, url, *derived))

    @property
    def archive(self):
        return Archive(self.runner.evidence, self.store.visits.place)

    def kept(self):
        """Give where the bodies lie that the run's answers brought, as far as they are sealed."""
        return [place for place in self.store.visits.places_of(RUN) if place.record]


@asynccontextmanager
async def desk(path, *, network=None, hosts=("so.test",), patience=0, peers=(), **sections):
    """Give a desk whose network has these settings."""
    settings = Settings(network={**QUICK, **(network or {})}, **sections)
    background = Background(registry_hosts=frozenset(hosts), vocabulary=VOCABULARY, guidelines=GUIDELINES, holidays=frozenset())
    clock, limiter = SystemClock(), anyio.CapacityLimiter(2)
    with open_store("", path) as store:
        store.runs.open(Run(id=RUN, kind=RunKind.PROBE, state=RunState.OPEN, started_at=clock.now(), scope="so"))
        async with Network(settings, clock, VOCABULARY, frozenset(hosts), patience=patience, peers=tuple(peers)) as ways:
            runner = Runner(
                network=ways,
                knowledge=Knowledge(registry=Registry(groups=(), agencies=(), rows=()), background=background),
                visits=store.visits,
                evidence=path / "evidence",
                clock=clock,
                limiter=lambda: limiter,
            )
            yield Desk(runner, store)
