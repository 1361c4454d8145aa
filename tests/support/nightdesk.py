"""A data folder with what works in it, without a network; and kills at chosen places."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from evidencefolder import exchange
from province import MEASURES, criterion, edition, record, registry

from auditor.engines.night import Night
from auditor.evidence.ledger import manifests
from auditor.evidence.verify import verify
from auditor.evidence.writer import VisitWriter
from auditor.judge import judge
from auditor.model.evidence import digest_of
from auditor.model.run import RunState
from auditor.model.visit import Ending, Visit, VisitRecord

START = datetime(2026, 11, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here."""


class Clock:
    """A clock that goes on by a minute whenever it is asked."""

    def __init__(self):
        self.minutes = 0

    def now(self):
        self.minutes += 1
        return START + timedelta(minutes=self.minutes)

    def monotonic(self):
        return self.minutes * 60.0


class Desk:
    """One data folder and what works in it, without a network."""

    def __init__(self, path, store):
        self.evidence, self.store = path / "evidence", store
        self.night = Night(
            store=store, evidence=self.evidence, clock=Clock(), edition=edition(criterion()), registry=registry("so-a"), measures=MEASURES
        )  # fmt: skip

    def visit(self, run, value=True, body=b"trang", site="https://so-a.test/", more=(), blobs=(), unchanged=()):
        visit = Visit(run=run.id, probe="p", site=site)
        writer = VisitWriter(
            self.evidence, f"{run.id}/{digest_of(site.encode())[7:17]}", self.night.clock, self.store.visits.place
        )
        kept = writer.unchanged(*unchanged) if unchanged else writer.exchange(exchange(body, site))
        for number, other in enumerate(more):
            writer.exchange(exchange(other, f"{site}{number}"))
        for blob in blobs:
            writer.blob(blob, "text/plain")
        at = self.night.clock.now()
        found = record(value, site=site)
        found = replace(found, run=run.id, observed_at=at, reading=replace(found.reading, evidence=(kept.proof(),)))
        self.store.visits.finish(
            VisitRecord(
                visit=visit, version=1, ending=Ending.DONE, cause=None, requests=1, bytes=1, seconds="1", started_at=at, ended_at=at,
                seen=None, known=digest_of(b"known"),
            ), [found], writer.seal(), b" ".join(map(str.encode, writer.confirms)),
        )  # fmt: skip
        return kept

    def end(self, run):
        manifest, ended = self.night.seal(run)
        _, ranking = self.night.judged(run, ended, manifest)
        self.night.publish(run, ranking, manifest, ended, "")
        return ended

    def seal_held(self, run):
        manifest, ended = self.night.seal(run)
        _, ranking = self.night.judged(run, ended, manifest)
        self.night.publish(run, ranking, manifest, ended, "held")

    def judged_again(self, name):
        run = self.store.runs.get(name)
        return judge(self.night.case(run, run.ended_at, run.manifest))

    def proved(self):
        runs = self.store.runs.all()
        return verify(
            self.evidence,
            sealed={run.id: run.manifest for run in runs if run.state is not RunState.OPEN},
            unsealed={run.id: self.store.visits.places_of(run.id) for run in runs if run.state is RunState.OPEN},
            records=self.store.visits.digest_of_run,
            prunings={one.id: one.manifest for one in self.store.files.prunings()},
        )

    def listed(self):
        """Give every file that a manifest lists."""
        return {file["path"] for _, manifest in manifests(self.evidence) for file in manifest.table["files"]}


def kill_at(monkeypatch, module, name, when=lambda *_: True):
    real = getattr(module, name)

    def dying(*given, **named):
        if when(*given):
            raise Killed
        return real(*given, **named)

    monkeypatch.setattr(module, name, dying)
