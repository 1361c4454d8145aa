"""``auditor status``: how the last runs went."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from auditor.app.parts import Parts
from auditor.model.run import Run
from auditor.model.visit import VisitRecord

__all__ = ["RunStatus", "status"]

_SLOWEST = 5


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


def status(parts: Parts, last: int) -> tuple[RunStatus, ...]:
    """Give the last runs, the newest first."""
    with parts.store() as store:
        runs = store.runs.all()[-last:]
        return tuple(_of(run, store.visits.of_run(run.id), len(store.visits.readings_of(run.id))) for run in reversed(runs))


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
