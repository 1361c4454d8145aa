"""The JSON documents of commands that are no reports (DESIGN section 8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

from auditor.app.health import Health
from auditor.app.judging import Again
from auditor.app.status import ProbeWeek, Status
from auditor.engines.again import Change
from auditor.errors import Problem
from auditor.evidence.verify import Report
from auditor.model.finding import FindingLife
from auditor.model.ids import MeasureId
from auditor.model.note import Json
from auditor.model.notice import Notice
from auditor.model.place import Place
from auditor.model.reading import Measure, Measured, ReadingRecord, Unavailable
from auditor.model.run import Run
from auditor.schedule.journal import Task
from reports.json import value_json

__all__ = [
    "again_json",
    "check_json",
    "findings_json",
    "health_json",
    "notices_json",
    "objects_json",
    "report_json",
    "run_json",
    "status_json",
]

Object = dict[str, Json]


def check_json(problems: Sequence[Problem], measures: Mapping[MeasureId, Measure]) -> Object:
    """Every problem, and every measure that an edition may name."""
    return {
        "ok": not problems,
        "problems": [{"file": p.file, "place": p.place, "what": p.what} for p in problems],
        "measures": [
            {"id": m.id, "kind": m.kind.value, "unit": m.unit, "words": list(m.words), "meaning": m.meaning}
            for m in measures.values()
        ],
    }


def run_json(run: Run) -> Object:
    """One run."""
    return {
        "run": run.id,
        "kind": run.kind.value,
        "state": run.state.value,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "scope": run.scope,
        "manifest": run.manifest,
        "held_because": run.held_because or None,
    }


def report_json(report: Report) -> Object:
    """What ``evidence verify`` proved."""
    return {
        "ok": report.ok,
        "runs": report.runs,
        "objects": report.objects,
        "bytes": report.bytes,
        "faults": [{"digest": f.digest, "path": f.path, "what": f.what} for f in report.faults],
    }


def objects_json(objects: Iterable[tuple[str, Place]]) -> list[Json]:
    """Kept objects."""
    return [
        {
            "run": run,
            "digest": place.digest,
            "kind": place.kind.value,
            "media_type": place.media_type,
            "size": place.size,
            "url": place.url,
            "record": place.record,
            "path": place.path,
            "offset": place.offset,
            "length": place.length,
        }
        for run, place in objects
    ]


def status_json(found: Status) -> Object:
    """The service, the last runs, and the probes over the weeks."""
    return {
        "service": health_json(found.health),
        "runs": [
            {
                **run_json(one.run),
                "visits": one.visits,
                "readings": one.readings,
                "endings": dict(one.endings),
                "causes": dict(one.causes),
                "probes": {probe: dict(counts) for probe, counts in one.probes.items()},
                "slowest": [{"site": site, "seconds": seconds} for site, seconds in one.slowest],
            }
            for one in found.runs
        ],
        "weeks": [
            {"week": row.week, "probe": row.probe, "visits": row.visits, "endings": dict(row.endings), "shares": _shares(row)}
            for row in found.weeks
        ],
    }


def _shares(row: ProbeWeek) -> Object:
    return {name: f"{Decimal(count) / row.visits:.4f}" for name, count in row.endings.items()}


def health_json(found: Health) -> Object:
    """How the service is: ``ok`` is what ``status --check`` answers."""
    diary = found.diary
    return {
        "ok": not found.problems,
        "problems": [{"key": p.key, "text": str(p), "facts": dict(p.facts)} for p in found.problems],
        "alive": found.alive,
        "started_at": _instant(diary.started_at) if diary else None,
        "beat_at": _instant(diary.beat_at) if diary else None,
        "ended_at": _instant(diary.ended_at) if diary else None,
        "gate": {
            "run": found.night.id if found.night else None,
            "open": found.night is not None and not found.night.held_because,
            "because": (found.night.held_because or None) if found.night else None,
            "published": found.published.id if found.published else None,
        },
        "going": found.going.id if found.going else None,
        "free_mb": found.room.free_mb,
        "tasks": {name: _task(task) for name, task in sorted(diary.tasks.items())} if diary else {},
        "said": [{"at": _instant(one.at), "what": one.what} for one in diary.said] if diary else [],
    }


def _task(task: Task) -> Object:
    return {
        "next_at": _instant(task.next_at),
        "began_at": _instant(task.began_at),
        "ended_at": _instant(task.ended_at),
        "done": task.done,
        "failures": task.failures,
        "because": task.because or None,
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def again_json(again: Again) -> Object:
    """What judging again found to differ."""
    return {
        "run": again.run.id,
        "edition": again.edition,
        "readings": again.readings,
        "differences": [_change(change) for change in again.changes],
        "standings": [
            {
                "agency": moved.agency,
                "percent_before": str(moved.before) if moved.before is not None else None,
                "percent_after": str(moved.after) if moved.after is not None else None,
                "rank_before": moved.rank_before,
                "rank_after": moved.rank_after,
            }
            for moved in again.moved
        ],
    }


def _change(change: Change) -> Object:
    after = change.after
    return {
        "site": after.site,
        "agency": after.agency,
        "measure": after.reading.measure,
        "before": _told(change.before) if change.before else None,
        "after": _told(after),
    }


def _told(record: ReadingRecord) -> Json:
    reading = record.reading
    if isinstance(reading, Measured):
        return value_json(reading.value)
    return {"cause": str(reading.cause)} if isinstance(reading, Unavailable) else {"not_applicable": True}


def findings_json(lives: Iterable[FindingLife]) -> Object:
    """Findings as they stand."""
    return {"findings": [_life(life) for life in lives]}


def _life(life: FindingLife) -> Object:
    finding = life.finding
    return {
        "agency": finding.agency,
        "site": finding.site,
        "kind": finding.kind.value,
        "state": life.state.value,
        "severity": finding.severity.value,
        "criterion": finding.criterion,
        "measure": finding.measure,
        "value": value_json(finding.value) if finding.value is not None else None,
        "cause": finding.cause.value if finding.cause else None,
        "because": str(finding.because),
        "first_seen": life.first_seen.isoformat(),
        "last_seen": life.last_seen.isoformat(),
        "same_since": life.same_since.isoformat(),
        "nights": life.nights,
        "told": life.told,
        "held": life.held,
        "last_told": life.last_told.isoformat() if life.last_told else None,
        "fingerprint": finding.fingerprint,
        "evidence": [proof.digest for proof in finding.evidence],
    }


def notices_json(run: Run | None, notices: Iterable[Notice]) -> Object:
    """Letters as they are sent."""
    return {
        "run": run.id if run else None,
        "notices": [
            {
                "key": notice.key,
                "kind": notice.kind.value,
                "agency": notice.agency,
                "to": list(notice.to),
                "subject": notice.subject,
                "text": notice.text,
                "html": notice.html,
                "thread": notice.thread,
                "payload": cast("Json", dict(notice.payload)),
            }
            for notice in notices
        ],
    }
