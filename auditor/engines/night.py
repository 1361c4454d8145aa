"""A run from its opening to its seal: resumed where it was cut off, sealed into the ledger, judged, published or held."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from auditor.clock import Clock
from auditor.evidence.ledger import CUT, Manifest, Pen, last, manifests
from auditor.evidence.prune import end_prunings
from auditor.evidence.recover import recover
from auditor.evidence.writer import WARCS, write_blob
from auditor.judge import Case, judge
from auditor.judge.acts import appraisals_of, explanations_of
from auditor.judge.past import past_of
from auditor.judge.periods import lasting, running
from auditor.judge.placing import placed
from auditor.model.agency import Registry
from auditor.model.council import PeriodState
from auditor.model.edition import Edition
from auditor.model.evidence import ProofKind, digest_of
from auditor.model.ids import AgencyId, Digest, MeasureId, RunId
from auditor.model.ranking import Ranking
from auditor.model.reading import Measure
from auditor.model.run import Run, RunKind, RunState
from auditor.model.zone import VIETNAM, local_date
from auditor.store import Store

__all__ = ["CUT", "Night", "ranking_days"]


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a run's bookkeeping needs. ``evidence`` is the evidence folder; ``rule`` the edition's file, which a night keeps."""

    store: Store
    evidence: Path
    clock: Clock
    edition: Edition
    registry: Registry
    measures: dict[MeasureId, Measure]
    rule: bytes | None = None

    def open(self, kind: RunKind, scope: str) -> tuple[Run, tuple[str, ...]]:
        """Take up the run of this kind and scope that was cut off, else begin one; give it with notes on what was cut.

        First everything that other runs left when they were cut off goes into the ledger: what this run keeps may rest on it.
        Only who holds the data folder's lock may call this.

        Raises:
            EvidenceError: the ledger's chain is broken.
        """
        taken_up = self.store.runs.unfinished(kind, scope) if kind is RunKind.NIGHT else None
        notes = self.settle(taken_up)
        opened = taken_up or self._begin(kind, scope)
        return opened, _notes_of(opened, notes)

    def settle(self, but: Run | None = None) -> tuple[str, ...]:
        """Bring into the ledger what runs left when they were cut off, all but one; give notes on what was cut.

        Whoever decides by what was declared or done calls this first, under the lock: what was cut off counts from here on.

        Raises:
            EvidenceError: the ledger's chain is broken.
        """
        notes = tuple(note for _, note in recover(self.evidence))
        Pen(folder=self.evidence).mend()
        end_prunings(self.store, self.evidence)
        for run in self.store.runs.unsealed():
            if run != but:
                self._lay_aside(run, notes)
        return notes

    def _lay_aside(self, run: Run, notes: Iterable[str]) -> None:
        """Seal what a run kept until it was cut off. A night stays open, to be taken up; nothing else goes on, so it is over."""
        told = (CUT, *_notes_of(run, notes))
        if run.kind is RunKind.NIGHT:
            records, files = self.store.visits.digest_of_run(run.id), self._files(run)
            if not any(found and _tells(found, run, records, files) for _, found in manifests(self.evidence)):
                self.seal(run, told)
        else:
            manifest, ended = self.seal(run, told)
            self.store.runs.seal(run.id, state=RunState.KEPT, ended_at=ended, manifest=manifest, held_because=CUT)

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
        """Write a run's manifest; a run that was killed right after keeps the one it has. Give it with the run's end.

        A run ends when its last visit ended, but never before one that was sealed earlier, so that the order of ends is the
        order in which things were known.

        Raises:
            EvidenceError: the ledger's chain is broken, or a file is missing.
        """
        self._keep_rule(run)
        told, files = set(notes), self._files(run)
        told |= {f"{path}: {CUT}" for path in files if ".cut" in path and not any(note.startswith(path) for note in told)}
        records = self.store.visits.digest_of_run(run.id)
        ended = max((visit.ended_at for visit in self.store.visits.of_run(run.id)), default=run.started_at)
        self.store.files.use(files, ended)  # also what a cut visit left, which no visit speaks of
        previous = last(self.evidence)
        if previous is not None:
            before = datetime.fromisoformat(str(previous.table["ended_at"]))
            if _tells(previous, run, records, files):
                return previous.digest, before
            ended = max(ended, before + timedelta(microseconds=1))
        digest = Pen(folder=self.evidence).seal(
            run=run.id,
            kind=run.kind.value,
            started_at=run.started_at,
            ended_at=ended,
            places=self.store.visits.places_of(run.id),
            files=files,
            records=records,
            notes=told,
        )
        return digest, ended

    def _keep_rule(self, run: Run) -> None:
        """Keep the edition that a night or the council judges by: what is published by it stands when its file is gone."""
        if run.kind in {RunKind.NIGHT, RunKind.COUNCIL} and self.rule is not None and digest_of(self.rule) == self.edition.digest:
            name = f"editions/{self.edition.id}.toml"
            self.store.visits.keep(
                run.id, [write_blob(self.evidence, self.rule, "application/toml", name, ProofKind.BLOB)], run.started_at
            )

    def _files(self, run: Run) -> frozenset[str]:
        """Give every file that a run wrote or first referred to, below the evidence folder."""
        warcs = (self.evidence / WARCS / run.id).glob("*.warc.gz")
        return frozenset(path.relative_to(self.evidence).as_posix() for path in warcs) | {
            place.path for place in self.store.visits.places_of(run.id)
        }

    def case(
        self,
        run: Run | None,
        as_of: datetime,
        ledger: Digest | None,
        *,
        alone: AgencyId | None = None,
        told_by: datetime | None = None,
        anew: bool = False,
    ) -> Case:
        """Give everything that a judgement as of an instant rests on, a run that is not published yet among it.

        What was declared or appraised before the running period was opened belongs to an earlier year and stays out; an
        explanation has an end of its own. With ``anew`` the run's readings are about to be replaced.
        """
        heard = told_by or as_of
        before = self.store.rankings.last(self.edition.id, before=as_of)
        every = self.store.acts.all(self.edition.id, until=heard)
        period = running(every)
        acts = lasting(every, period)
        declared = self.store.declarations.all(self.edition.id, until=heard)
        case = Case(
            edition=self.edition,
            registry=self.registry,
            measures=self.measures,
            as_of=as_of,
            declarations=tuple(one for one in declared if period is None or one.imported_at >= period.since),
            declarations_closed=period is not None and period.state is not PeriodState.OPEN,
            told_by=told_by,
            appraisals=appraisals_of(acts),
            explanations=explanations_of(every),
            published=before,
            run=run.id if run else None,
            ledger=ledger,
            alone=alone,
        )
        told = self.store.visits.readings_told(past_of(case), as_of, also=run.id if run else None, anew=anew)
        return replace(case, records=told)

    def publish(self, run: Run, ranking: Ranking, manifest: Digest, ended: datetime, held: str) -> Run:
        """Publish a ranking, or hold it back and say why; either way the run is over."""
        state = RunState.HELD if held else RunState.PUBLISHED
        if held:
            self.store.runs.seal(run.id, state=state, ended_at=ended, manifest=manifest, held_because=held)
        else:
            self.store.rankings.publish(ranking, ended_at=ended, manifest=manifest)
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


def _notes_of(run: Run, notes: Iterable[str]) -> tuple[str, ...]:
    """Give the notes on files of this run."""
    return tuple(note for note in notes if note.startswith(f"{WARCS}/{run.id}/"))


def _tells(manifest: Manifest, run: Run, records: Digest, files: frozenset[str]) -> bool:
    """Tell whether a manifest already lists all that a run holds."""
    table = manifest.table
    return table["run"] == run.id and table["records"] == records and {file["path"] for file in table["files"]} >= files


def ranking_days(edition: Edition, now: datetime) -> tuple[date, ...]:
    """Give the days whose sites a run visits: today, and the day whose agencies are ranked."""
    today = local_date(now)
    last = edition.valid_to
    return tuple(dict.fromkeys((today, last if last and today > last else max(today, edition.valid_from))))
