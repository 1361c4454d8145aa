"""Runs one probe on one site: opens its doors, looks, keeps the evidence, assesses, and writes it all down at once."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import anyio
from anyio.to_thread import run_sync

from auditor.clock import Clock
from auditor.evidence.archive import Archive
from auditor.evidence.seen import dump_seen
from auditor.evidence.writer import VisitWriter
from auditor.log import get_logger
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.note import Note
from auditor.model.reading import ReadingRecord
from auditor.model.uptime import UptimeAccount
from auditor.model.visit import Ending, VisitRecord
from auditor.model.zone import local_date
from auditor.schedule.plan import Due
from auditor.store.visits import Visits
from auditor.visit.assess import CRASHED, OVER_TIME, assess_all, ending_of
from auditor.visit.edge import AtTheEdge
from auditor.visit.knowing import Knowledge
from auditor.visit.memory import VisitMemory
from auditor.visit.network import Network

__all__ = ["Runner", "Visited"]

_JSON = "application/json"
_log = get_logger("visit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A finished visit and what it says. One that is not ``kept`` is put off: nothing of it was written, and it is made again."""

    record: VisitRecord
    readings: tuple[ReadingRecord, ...]
    kept: bool = True


@dataclass(frozen=True, kw_only=True)
class Runner:
    """What every visit of a process shares. ``evidence`` is the evidence folder."""

    network: Network
    knowledge: Knowledge
    visits: Visits
    evidence: Path
    clock: Clock
    limiter: Callable[[], anyio.CapacityLimiter]
    availability: Callable[[str], UptimeAccount | None] = lambda _: None
    """Gives the account of a site's samples up to now."""

    async def run(self, due: Due, *, last: bool = True) -> Visited:
        """Make one visit. What a site does is an outcome; what we do wrong becomes ``crashed``, with our blame.

        Unless this is the ``last`` try, a visit that saw nothing for a cause that may soon be gone is put off.
        A look that is not over within ``Network.visit_seconds`` is ended: ``budget``, which is ours too. What it kept is sealed.
        """
        started, at = self.clock.monotonic(), self.clock.now()
        name = f"{due.visit.run}/{digest_of(due.visit.key.encode()).removeprefix('sha256:')[:20]}"
        writer = VisitWriter(self.evidence, name, self.clock, self.visits.place)
        with ExitStack() as undo:
            undo.callback(writer.abandon)
            seen, lost = await self._look(due, writer)
            work = partial(self._judge, due, writer, seen, lost, at, self.clock.monotonic() - started, last=last)
            visited = await run_sync(work, limiter=self.limiter())
            if visited.kept:
                undo.pop_all()
        self._say(visited, due)
        return visited

    async def _look(self, due: Due, writer: VisitWriter) -> tuple[object | None, Note]:
        """Give what was seen, and why that is nothing, if it is."""
        look = due.probe.look
        assert look is not None
        found: object | None = None
        memory = VisitMemory(
            due=due,
            now=self.clock.now(),
            newest=partial(self.visits.newest, due.visit),
            archive=Archive(self.evidence, self.visits.place),
        )
        with anyio.move_on_after(self.network.visit_seconds) as scope:
            with AtTheEdge(step="look", visit=due.visit.key, probe=due.probe.id):
                async with self.network.doors(writer, memory, partial(self.availability, due.site.url)) as doors:
                    found = await look(due.site, doors)
        return found, OVER_TIME if scope.cancel_called else CRASHED

    def _judge(
        self, due: Due, writer: VisitWriter, seen: object | None, lost: Note, at: datetime, seconds: float, *, last: bool
    ) -> Visited:
        """Assess, seal the evidence, and write the visit: only then is it done."""
        known, known_bytes = self.knowledge.of(due.site, at, local_date(at))
        writer.blob(self.knowledge.background_bytes, _JSON, kind=ProofKind.BLOB)
        known_digest = writer.blob(known_bytes, _JSON).digest
        kept = dump_seen(seen) if seen is not None else due.visit.key.encode()
        record: Proof = writer.blob(kept, _JSON if seen is not None else "text/plain", due.site.url, ProofKind.VISIT)
        readings = assess_all(due.visit, (due.probe, *due.derived), seen, known, known_digest, record, lost=lost)
        ending, cause = ending_of(seen, readings, lost=lost)
        visit = VisitRecord(
            visit=due.visit,
            version=due.probe.version,
            ending=ending,
            cause=cause,
            requests=writer.requests,
            bytes=writer.bytes,
            seconds=f"{seconds:.3f}",
            started_at=at,
            ended_at=self.clock.now(),
            seen=record.digest if seen is not None else None,
            known=known_digest,
        )
        if not last and ending is Ending.FAILED and cause is not None and cause.transient:
            return Visited(record=visit, readings=readings, kept=False)
        refers_to = b" ".join((kept, *map(str.encode, writer.confirms)))
        self.visits.finish(visit, readings, writer.seal(), refers_to)
        return Visited(record=visit, readings=readings)

    def _say(self, visited: Visited, due: Due) -> None:
        record = visited.record
        _log.info(
            "visit" if visited.kept else "visit put off",
            visit=record.visit.key,
            agencies=list(due.site.agencies),
            probe=record.visit.probe,
            ending=str(record.ending),
            cause=str(record.cause) if record.cause else None,
            seconds=record.seconds,
            requests=record.requests,
            bytes=record.bytes,
        )
