"""Visits with their readings and what they kept: written in one transaction, which is what makes a visit done."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import chain

from sqlalchemy import Connection, Engine, insert, literal, select

from auditor.judge.past import Past, answer_of
from auditor.model.codec import Codec
from auditor.model.evidence import ProofKind
from auditor.model.ids import Digest, RunId
from auditor.model.place import Place
from auditor.model.reading import ReadingRecord
from auditor.model.visit import Visit, VisitRecord
from auditor.store.files import link_files, paths_named, use_files
from auditor.store.past import READING, told
from auditor.store.tables import acts, bodies, declarations, readings, records, runs, visits
from auditor.store.writing import instant, writing

__all__ = ["Visits"]

_DIGEST, _TAB = "sha256:", "\t"
_AT_ONCE = 1_000
_REMEMBERED = 4096
"""Places that are kept at hand: what is known never changes, and a night asks for the same pages again and again."""
_VISIT, _PLACE = Codec(VisitRecord), Codec(Place)


class Visits:
    """The visits of this database. Nothing is ever changed in them."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine
        self._found: dict[str, Place] = {}

    def finish(
        self, record: VisitRecord, found: Sequence[ReadingRecord], places: Iterable[Place], refers_to: bytes = b""
    ) -> None:
        """Write a visit whole. Writing the same visit again changes nothing: it is done once.

        ``places`` say where its objects lie, and every exchange's own record, also of a body that was kept before; ``refers_to``
        is any text that names what else it rests on, by digest or record.
        """
        key, run, lying = record.visit.key, record.visit.run, [*places]
        with writing(self._engine) as connection:
            if connection.execute(select(visits.c.key).where(visits.c.key == key)).first():
                return
            connection.execute(
                insert(visits).values(key=key, run=run, ended_at=instant(record.ended_at), record=_VISIT.dump(record))
            )
            self._add_places(connection, run, lying)
            if found:
                connection.execute(insert(readings), [_row(key, reading) for reading in found])
            _note_uses(connection, record, lying, [refers_to, *(READING.dump(reading) for reading in found)])

    def keep(self, run: RunId, places: Iterable[Place], at: datetime) -> None:
        """Note where things lie that belong to no visit (an imported declaration): they stay for good."""
        lying = [*places]
        with writing(self._engine) as connection:
            self._add_places(connection, run, lying)
            use_files(connection, (place.path for place in lying), at, pinned=True)

    def done(self, run: RunId) -> frozenset[str]:
        """Give the keys of a run's finished visits."""
        with self._engine.connect() as connection:
            return frozenset(connection.execute(select(visits.c.key).where(visits.c.run == run)).scalars())

    def of_run(self, run: RunId) -> tuple[VisitRecord, ...]:
        """Give a run's visits, by key."""
        query = select(visits.c.record).where(visits.c.run == run).order_by(visits.c.key)
        with self._engine.connect() as connection:
            return tuple(_VISIT.load(row) for row in connection.execute(query).scalars())

    def newest(self, visit: Visit, since: datetime) -> tuple[VisitRecord, ...]:
        """Give the finished visits of the same probe to the same site, of whichever run, that ended since then; newest first."""
        mine = visits.c.key == runs.c.id + literal(visit.key.removeprefix(visit.run))
        query = select(visits.c.record).join(runs, mine).where(visits.c.ended_at >= instant(since))
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(visits.c.ended_at.desc(), visits.c.key)).scalars()
            return tuple(_VISIT.load(row) for row in found)

    def readings_of(self, run: RunId) -> tuple[ReadingRecord, ...]:
        """Give a run's readings in the order in which they were added."""
        query = select(readings.c.record).where(readings.c.run == run).order_by(readings.c.visit, readings.c.id)
        with self._engine.connect() as connection:
            return tuple(READING.load(row) for row in connection.execute(query).scalars())

    def readings_told(
        self, past: Past, until: datetime, *, also: RunId | None = None, anew: bool = False
    ) -> tuple[ReadingRecord, ...]:
        """Give what a judgement rests on of every night published up to an instant, and of one more run (the one being judged).

        What was seen before that instant and published after it stays out: it was not known then. With ``anew`` the run is the
        last one, and its readings are about to be replaced: whatever they come to be, what is given of the others suffices.
        """
        with self._engine.connect() as connection:
            rows = told(connection, past, instant(until), also=also or "", anew=anew)
            return tuple(READING.load(row) for row in rows)

    def place(self, name: str) -> Place | None:
        """Give where an object lies, by its digest, or where an exchange lies, by its record's id; None if it is not known."""
        remembered = self._found.get(name)
        if remembered is not None:
            return remembered
        by_digest = select(bodies.c.place).where(bodies.c.digest == name)
        by_record = select(records.c.place).where(records.c.id == name)
        with self._engine.connect() as connection:
            found = connection.execute(by_digest if name.startswith(_DIGEST) else by_record).scalar()
        if found is None:
            return None
        place: Place = _PLACE.load(found)
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[name] = place
        return place

    def forget(self) -> None:
        """Forget what is at hand: something was let go of."""
        self._found.clear()

    def digests(self, beginning: str) -> tuple[Digest, ...]:
        """Give the first two digests that begin so."""
        query = select(bodies.c.digest).where(bodies.c.digest.startswith(beginning, autoescape=True)).limit(2)
        with self._engine.connect() as connection:
            return tuple(Digest(found) for found in connection.execute(query).scalars())

    def places_of(self, run: RunId) -> tuple[Place, ...]:
        """Give everything that a run kept first."""
        query = select(bodies.c.place).where(bodies.c.run == run).order_by(bodies.c.digest)
        with self._engine.connect() as connection:
            return tuple(_PLACE.load(row) for row in connection.execute(query).scalars())

    def digest_of_run(self, run: RunId) -> Digest:
        """Give the digest of a run's visits, readings, declarations and acts as they stand in the database.

        An act is found by its row's other columns, so they are part of it.
        """
        queries = (
            select(visits.c.record).where(visits.c.run == run).order_by(visits.c.key),
            select(readings.c.record).where(readings.c.run == run).order_by(readings.c.visit, readings.c.id),
            select(declarations.c.record).where(declarations.c.run == run).order_by(declarations.c.id),
            select(acts.c.kind + _TAB + acts.c.edition + _TAB + acts.c.agency + _TAB + acts.c.criterion)
            .where(acts.c.run == run)
            .order_by(acts.c.id),
            select(acts.c.record).where(acts.c.run == run).order_by(acts.c.id),
        )
        told, between = sha256(), b""
        with self._engine.connect() as connection:
            for line in chain.from_iterable(connection.execute(query).yield_per(_AT_ONCE).scalars() for query in queries):
                # Whoever changed a line may have left text in the place of bytes; that must be found, not stumbled over.
                told.update(between + (line if isinstance(line, bytes) else str(line).encode()))
                between = b"\n"
        return Digest(f"sha256:{told.hexdigest()}")

    def _add_places(self, connection: Connection, run: RunId, places: Iterable[Place]) -> None:
        for place in places:
            kept = _PLACE.dump(place)
            if not connection.execute(select(bodies.c.digest).where(bodies.c.digest == place.digest)).first():
                connection.execute(insert(bodies).values(digest=place.digest, run=run, place=kept))
            if place.record and not connection.execute(select(records.c.id).where(records.c.id == place.record)).first():
                connection.execute(insert(records).values(id=place.record, run=run, place=kept))


def _note_uses(connection: Connection, record: VisitRecord, lying: Sequence[Place], named: Iterable[bytes]) -> None:
    """Note which files a visit used, its own and older ones, and which of them its own refer to."""
    digests = (place.digest.encode() for place in lying)
    used = {place.path for place in lying} | paths_named(connection, b" ".join((*digests, *named)))
    use_files(connection, used, record.ended_at)
    seen = {place.path for place in lying if place.kind is ProofKind.VISIT}
    answers = {place.path for place in lying if place.record}
    pairs = {(path, other) for path in seen for other in used} | {(path, other) for path in answers for other in used - seen}
    link_files(connection, pairs)


def _row(visit: str, record: ReadingRecord) -> dict[str, object]:
    return {
        "visit": visit,
        "run": record.run,
        "measure": record.reading.measure,
        "site": record.site,
        "observed_at": instant(record.observed_at),
        "agency": record.agency or "",
        "answer": answer_of(record.reading),
        "record": READING.dump(record),
    }
