"""One night over the sample province for the whole suite, and every visit of it looked at again."""

import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from auditor.app.parts import Parts
from auditor.evidence.seen import load_seen
from auditor.model.run import RunKind
from auditor.model.visit import VisitRecord
from auditor.sdk.probe import Known


@dataclass
class Seen:
    """One visit of the night: what its probe saw, the bytes in which that is kept, and what an assessment may know."""

    visit: VisitRecord
    value: object
    kept: bytes
    known: Known


@dataclass
class Night:
    """What the night left: visits with what they saw, bodies by digest, and the readings as they were kept."""

    parts: Parts
    visits: list[VisitRecord]
    readings: tuple
    archive: object
    _seen: dict = field(default_factory=dict)

    def seen(self, probe):
        """Give what a probe, or the one that it reads, saw on every site of the night that concerns it."""
        asked = probe.reads[0] if probe.reads else probe.id
        found = [self._one(visit) for visit in self.visits if visit.visit.probe == asked]
        return [seen for seen in found if probe.roles & set(seen.known.site.roles)]

    def _one(self, visit):
        if visit.visit.key not in self._seen:
            kind = self.parts.catalogue.probes[visit.visit.probe].seen
            kept = self.archive.body(visit.seen)
            known = self.parts.knowledge.again(self.archive.body(visit.known))
            self._seen[visit.visit.key] = Seen(visit, load_seen(kind, kept, self.archive.body), kept, known)
        return self._seen[visit.visit.key]


def demo(data):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDITOR_")}
    command = [sys.executable, "-m", "auditor", "demo", "--data", str(data)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    (data / "whole").touch()


@pytest.fixture(scope="session")
def night(tmp_path_factory):
    base = tmp_path_factory.getbasetemp()
    data = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "contract-night"
    data.mkdir(exist_ok=True)
    with (data / "first").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)  # workers of one session share the night of the one that came first
        if not (data / "whole").exists():
            demo(data)
    parts = Parts.of(None, data)
    with parts.store() as store:
        [run] = [run for run in store.runs.all() if run.kind is RunKind.NIGHT]
        found = list(store.visits.of_run(run.id))
        yield Night(parts, found, store.visits.readings_of(run.id), parts.archive(store))
