"""Rankings, standings, readings and visits as JSON (DESIGN section 8): keys may be added, known ones stay."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, assert_never

from auditor.model.agency import Registry
from auditor.model.edition import Edition
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, Digest, MeasureId
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.note import Json, Note
from auditor.model.ranking import GroupRanking, Ranking, Standing
from auditor.model.reading import Measure, Measured, NotApplicable, ReadingRecord, Unavailable, Value
from auditor.model.run import Run
from auditor.model.visit import VisitRecord
from reports.explained import explanation_json
from reports.numbers import pointed, spread
from reports.outcome import pending_points, side_points
from reports.words import Words, vietnamese

__all__ = [
    "Object",
    "mark_json",
    "probe_json",
    "rank_json",
    "reading_json",
    "standing_json",
    "value_json",
    "visit_json",
    "write_document",
]

Object = dict[str, Json]
_PIECES = 4_096


def rank_json(
    ranking: Ranking, edition: Edition, registry: Registry, *, words: Words | None = None, edition_now: Digest | None = None
) -> Object:
    """Give a whole ranking; ``edition_now`` names the edition's file where it has changed since it was published."""
    said = (words or vietnamese()).for_programs()
    titles = {group.id: group.title for group in registry.groups}
    return {
        "edition": ranking.edition,
        "edition_title": edition.title,
        "legal_basis": edition.legal_basis,
        "edition_digest": ranking.edition_digest,
        "edition_now": edition_now,
        "changed_from": ranking.changed_from,
        "verified": ranking.verified,
        "in_force": ranking.in_force,
        "valid_from": edition.valid_from.isoformat(),
        "valid_to": edition.valid_to.isoformat() if edition.valid_to else None,
        "as_of": _time(ranking.as_of),
        "run": ranking.run,
        "ledger": ranking.ledger,
        "groups": [_group_json(group, titles.get(group.group, group.group), said) for group in ranking.groups],
    }


def _group_json(group: GroupRanking, title: str, words: Words) -> Object:
    return {
        "group": group.group,
        "title": title,
        "rows": [standing_json(row, words=words) for row in group.rows],
        "unranked": [standing_json(row, words=words) for row in group.unranked],
    }


def standing_json(standing: Standing, *, words: Words | None = None) -> Object:
    """Give one agency's standing; its areas' points add up to its points, its pending marks' max to its pending."""
    said = (words or vietnamese()).for_programs()
    return {
        "agency": standing.agency,
        "name": standing.name,
        "group": standing.group,
        "rank": standing.rank,
        "best_rank": standing.best_rank,
        "worst_rank": standing.worst_rank,
        "tied": standing.tied,
        "moved": standing.moved,
        "percent": _two(standing.percent),
        "low": _two(standing.low),
        "high": _two(standing.high),
        "points": pointed(standing.points),
        "possible": pointed(standing.possible),
        "pending": pointed(pending_points(standing)),
        "coverage": _two(standing.coverage),
        "class": standing.class_name,
        "reason": _said(said, standing.reason),
        "reason_key": standing.reason.key if standing.reason else None,
        "areas": _areas_json(standing),
        "marks": [mark_json(mark, words=said) for mark in standing.marks],
        "ledger": standing.ledger,
    }


def _areas_json(standing: Standing) -> list[Json]:
    points = spread([area.points for area in standing.areas])
    possible = spread([area.possible for area in standing.areas])
    return [
        {
            "area": area.area,
            "points": pointed(got),
            "possible": pointed(could),
            "pending": pointed(area.pending),
            "percent": _two(area.percent),
            "coverage": _two(area.coverage),
            "floored": pointed(area.floored),
        }
        for area, got, could in zip(standing.areas, points, possible, strict=True)
    ]


def mark_json(mark: Mark, *, words: Words | None = None) -> Object:
    """Give one mark with the readings it rests on."""
    said = (words or vietnamese()).for_programs()
    measure = mark.readings[0].reading.measure if mark.readings else None
    measured, told = side_points(mark)
    return {
        "criterion": mark.criterion,
        "area": mark.area,
        **_worth(mark),
        "source": mark.source,
        "measured": value_json(mark.measured),
        "declared": value_json(mark.declared),
        "appraised": value_json(mark.appraised),
        "measured_points": _two(measured),
        "declared_points": _two(told),
        "contradiction": mark.contradiction,
        "origin": mark.origin,
        "explanation": explanation_json(mark.explanation),
        "because": said.say(mark.because, measure),
        "because_key": mark.because.key,
        "cause": None if isinstance(mark, Excluded) else mark.cause,
        "readings": [_counted(record) for record in mark.readings],
        "evidence": [_proof(proof) for proof in mark.proofs],
    }


def _worth(mark: Mark) -> Object:
    match mark:
        case Points():
            return {"kind": "points", "points": pointed(mark.points), "max": pointed(mark.max)}
        case Excluded():
            return {"kind": "excluded", "points": None, "max": pointed(mark.max)}
        case Pending():
            bounds: Object = {"low": pointed(mark.low), "high": pointed(mark.high), "open_declaration": mark.open_declaration}
            return {"kind": "pending", "points": None, "max": pointed(mark.max), **bounds}
        case _:
            assert_never(mark)


def _counted(record: ReadingRecord) -> Object:
    reading = record.reading
    return {
        "measure": reading.measure,
        "value": value_json(reading.value) if isinstance(reading, Measured) else None,
        "site": record.site,
        "observed_at": _time(record.observed_at),
        "evidence": [proof.digest for proof in reading.evidence],
    }


def reading_json(record: ReadingRecord, measure: Measure | None, *, words: Words | None = None) -> Object:
    """Give one reading; ``measure`` is the catalogue's, None when no installed probe promises it any more."""
    said, reading = (words or vietnamese()).for_programs(), record.reading
    return {
        "agency": record.agency,
        "measure": reading.measure,
        "site": record.site,
        **_outcome(record),
        "unit": measure.unit if measure else "",
        "newest": reading.newest.isoformat() if isinstance(reading, Measured) and reading.newest else None,
        "facts": dict(reading.facts),
        "cause": reading.cause if isinstance(reading, Unavailable) else None,
        "blame": reading.cause.blame if isinstance(reading, Unavailable) else None,
        "because": said.say(reading.because, reading.measure),
        "because_key": reading.because.key,
        "observed_at": _time(record.observed_at),
        "probe": record.probe,
        "probe_version": record.probe_version,
        "evidence": [_proof(proof) for proof in reading.evidence],
    }


def _outcome(record: ReadingRecord) -> Object:
    match record.reading:
        case Measured(value=value):
            return {"outcome": "measured", "value": value_json(value)}
        case NotApplicable():
            return {"outcome": "not_applicable", "value": None}
        case Unavailable():
            return {"outcome": "unavailable", "value": None}
        case _:
            assert_never(record.reading)


def visit_json(record: VisitRecord) -> Object:
    """Give one visit."""
    return {
        "probe": record.visit.probe,
        "version": record.version,
        "site": record.visit.site,
        "ending": record.ending,
        "cause": record.cause,
        "blame": record.cause.blame if record.cause else None,
        "requests": record.requests,
        "bytes": record.bytes,
        "seconds": record.seconds,
        "started_at": _time(record.started_at),
        "ended_at": _time(record.ended_at),
    }


def probe_json(
    agency: AgencyId,
    run: Run,
    visits: Iterable[VisitRecord],
    readings: Iterable[ReadingRecord],
    standing: Standing | None,
    *,
    measures: Mapping[MeasureId, Measure],
    words: Words | None = None,
) -> Object:
    """Give what one agency was asked now; ``standing`` is None when the edition does not concern it."""
    return {
        "agency": agency,
        "run": run.id,
        "started_at": _time(run.started_at),
        "ended_at": _time(run.ended_at) if run.ended_at else None,
        "visits": [visit_json(visit) for visit in visits],
        "readings": [reading_json(record, measures.get(record.reading.measure), words=words) for record in readings],
        "standing": standing_json(standing, words=words) if standing else None,
    }


def value_json(value: Value | None) -> Json:
    """Give a value as DESIGN section 8 says: a whole number, true or false, a word, or a decimal string."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def write_document(document: Json, file: IO[bytes]) -> None:
    """Write a JSON document, piece by piece: that of a province is large, and its text would be kept three times over.

    Half of a pair of surrogates stays an escape, which JSON allows.
    """
    pieces = chain(json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(document), "\n")
    while some := "".join(islice(pieces, _PIECES)):
        file.write(some.encode("utf-8", "backslashreplace"))


def _proof(proof: Proof) -> Object:
    return {
        "digest": proof.digest,
        "kind": proof.kind,
        "media_type": proof.media_type,
        "size": proof.size,
        "url": proof.url,
        "record": proof.record,
        "passage": proof.passage,
    }


def _two(number: Decimal | None) -> str | None:
    return None if number is None else pointed(number)


def _said(words: Words, note: Note | None) -> str | None:
    return words.say(note) if note else None


def _time(moment: datetime) -> str:
    return moment.isoformat()
