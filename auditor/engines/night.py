"""A run from its opening to its seal: resumed where it was cut off, sealed into the ledger, judged, published or held."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from auditor.clock import VIETNAM, Clock
from auditor.evidence.ledger import Pen, manifests
from auditor.evidence.recover import recover
from auditor.evidence.writer import WARCS
from auditor.judge import Case, judge
from auditor.judge.placing import placed
from auditor.model.agency import Registry
from auditor.model.edition import Edition
from auditor.model.ids import AgencyId, Digest, MeasureId, RunId
from auditor.model.ranking import Ranking
from auditor.model.reading import Measure
from auditor.model.run import Run, RunKind, RunState
from auditor.store import Store

__all__ = ["Night", "ranking_days"]


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a run's bookkeeping needs. ``evidence`` is the evidence folder."""

    store: Store
    evidence: Path
    clock: Clock
    edition: Edition
    registry: Registry
    measures: dict[MeasureId, Measure]

    def open(self, kind: RunKind, scope: str) -> tuple[Run, tuple[str, ...]]:
        """Take up the run of this kind and scope that was cut off, else begin one; give it with notes on what was cut."""
        notes = tuple(note for _, note in recover(self.evidence)) if self.evidence.exists() else ()
        cut = self.store.runs.unfinished(kind, scope) if kind is RunKind.NIGHT else None
        if cut is not None:
            return cut, notes
        return self._begin(kind, scope), notes

    def _begin(self, kind: RunKind, scope: str) -> Run:
        now = self.clock.now()
        stem = f"{now.astimezone(VIETNAM):%Y%m%d-%H%M%S}-{kind.value}"
        known = {run.id for run in self.store.runs.all()}
        number = next(n for n in range(1, len(known) + 2) if (stem if n == 1 else f"{stem}-{n}") not in known)
        run = Run(
            id=RunId(stem if number == 1 else f"{stem}-{number}"), kind=kind, state=RunState.OPEN, started_at=now, scope=scope
        )
        self.store.runs.open(run)
        return run

    def seal(self, run: Run, notes: Iterable[str] = ()) -> tuple[Digest, datetime]:
        """Write a run's manifest, once: a run that was killed right after keeps the one it has. Give it with the run's end."""
        visits = self.store.visits.of_run(run.id)
        ended = max((visit.ended_at for visit in visits), default=run.started_at)
        records = self.store.visits.digest_of_run(run.id)
        for _, manifest in manifests(self.evidence):
            if manifest and manifest.table.get("run") == run.id and manifest.table.get("records") == records:
                return manifest.digest, ended
        places = self.store.visits.places_of(run.id)
        folder = self.evidence / WARCS / run.id
        warcs = (
            [path.relative_to(self.evidence).as_posix() for path in sorted(folder.glob("*.warc.gz"))] if folder.exists() else []
        )
        files = {*warcs, *(place.path for place in places)}
        digest = Pen(folder=self.evidence).seal(
            run=run.id,
            kind=run.kind.value,
            started_at=run.started_at,
            ended_at=ended,
            places=places,
            files=files,
            records=records,
            notes=notes,
        )
        return digest, ended

    def case(self, run: Run | None, as_of: datetime, ledger: Digest | None, *, alone: AgencyId | None = None) -> Case:
        """Give everything that a judgement as of an instant rests on, a run that is not published yet among it."""
        before = self.store.rankings.last(self.edition.id, before=as_of)
        return Case(
            edition=self.edition,
            registry=self.registry,
            measures=self.measures,
            as_of=as_of,
            records=self.store.visits.published_readings(as_of, also=run.id if run else None),
            declarations=self.store.declarations.all(self.edition.id),
            published=before,
            run=run.id if run else None,
            ledger=ledger,
            alone=alone,
        )

    def publish(self, run: Run, ranking: Ranking, manifest: Digest, ended: datetime, held: str) -> Run:
        """Publish a ranking, or hold it back and say why; either way the run is over."""
        if not held:
            self.store.rankings.publish(ranking)
        state = RunState.HELD if held else RunState.PUBLISHED
        self.store.runs.seal(run.id, state=state, ended_at=ended, manifest=manifest, held_because=held)
        return replace(run, state=state, ended_at=ended, manifest=manifest, held_because=held)

    def keep(self, run: Run, manifest: Digest, ended: datetime) -> Run:
        """End a run that is kept and never published."""
        self.store.runs.seal(run.id, state=RunState.KEPT, ended_at=ended, manifest=manifest)
        return replace(run, state=RunState.KEPT, ended_at=ended, manifest=manifest)

    def judged(self, run: Run | None, as_of: datetime, ledger: Digest | None) -> tuple[Case, Ranking]:
        """Judge every agency as of an instant."""
        case = self.case(run, as_of, ledger)
        return case, judge(case)

    def judged_alone(self, run: Run, as_of: datetime, ledger: Digest, agency: AgencyId) -> tuple[Case, Ranking]:
        """Judge one agency that was probed by hand, placed among the last published standings of its group."""
        case = self.case(run, as_of, ledger, alone=agency)
        return case, placed(case, judge(case))


def ranking_days(edition: Edition, now: datetime) -> tuple[date, ...]:
    """Give the days whose sites a run visits: today, and the day whose agencies are ranked."""
    today = now.astimezone(VIETNAM).date()
    last = edition.valid_to
    return tuple(dict.fromkeys((today, last if last and today > last else max(today, edition.valid_from))))
