"""Reads of all the nights ever published what a judgement rests on, site by site, so that it is little at any time."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from auditor.judge.past import GOOD, Glimpse, Past, open_since, telling
from auditor.model.codec import Codec
from auditor.model.ids import MeasureId
from auditor.model.reading import Measured, ReadingRecord
from auditor.model.run import RunKind, RunState
from auditor.store.tables import readings, runs
from auditor.store.writing import instant

__all__ = ["READING", "told"]

READING = Codec(ReadingRecord)
_AT_ONCE = 500
_MEASURE, _REST = itemgetter(0), slice(1, None)


def told(connection: Connection, past: Past, until: str, *, also: str, anew: bool) -> Iterator[bytes]:
    """Give the readings that a judgement asks for, as they are kept: of published nights, and of the run ``also``.

    With ``anew`` the run is the last of them and is about to be read otherwise: then all of it is given, and the others are
    chosen as if it had not been.
    """
    published = (runs.c.kind == RunKind.NIGHT) & (runs.c.state == RunState.PUBLISHED) & (runs.c.ended_at <= until)
    counted = published & (runs.c.id != also) if anew else published | (runs.c.id == also)
    reader = _Reader(connection, past, until, counted)
    for site in sorted(past.starts):
        yield from reader.of(site)
    if anew:
        mine = reader.rows(readings.c.site, readings.c.record).where(readings.c.run == also)
        for site, record in connection.execute(mine.order_by(readings.c.observed_at, readings.c.id)).yield_per(_AT_ONCE):
            if site in past.starts:
                yield record


class _Reader:
    """Reads what was seen until an instant in the runs that count."""

    def __init__(self, connection: Connection, past: Past, until: str, counted: ColumnElement[bool]) -> None:
        self._connection, self._past, self._until = connection, past, until
        self._counted = readings.c.run.in_(select(runs.c.id).where(counted))

    def rows(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Ask for what counts at all: the edition's measures, until the instant."""
        wanted = readings.c.measure.in_(sorted(self._past.measures))
        return select(*columns).where(wanted, readings.c.observed_at <= self._until)

    def of(self, site: str) -> Iterator[bytes]:
        """Give what tells something of a site."""
        here = and_(readings.c.site == site, self._counted)
        if site in self._past.broken:
            yield from self._connection.execute(self.rows(readings.c.record).where(here)).scalars()
            return
        starts = self._past.starts[site]
        grouped = groupby(self._newest(here), key=_MEASURE)
        newest = {MeasureId(measure): [_glimpse(row[_REST]) for row in rows] for measure, rows in grouped}
        failing = {measure: since for measure, found in newest.items() if (since := open_since(found, starts)) is not None}
        rows = self._since(here, failing)
        chosen: set[int] = set()
        for measure, found in newest.items():
            chosen |= telling(rows.get(measure, ()), found, starts) | self._values(here, measure, found)
        yield from self._records(sorted(chosen))

    def _since(self, here: ColumnElement[bool], failing: Mapping[MeasureId, datetime]) -> Mapping[MeasureId, Sequence[Glimpse]]:
        """Give each of these measures' rows since an instant: all that its failures are counted by."""
        found: dict[MeasureId, list[Glimpse]] = {measure: [] for measure in failing}
        if failing:
            columns = (readings.c.measure, readings.c.id, readings.c.agency, readings.c.answer, readings.c.observed_at)
            mine = and_(here, readings.c.measure.in_(sorted(failing)), readings.c.observed_at >= instant(min(failing.values())))
            for measure, *rest in self._connection.execute(self.rows(*columns).where(mine)).yield_per(_AT_ONCE):
                glimpse = _glimpse(rest)
                if glimpse.at >= failing[measure]:
                    found[measure].append(glimpse)
        return found

    def _newest(self, here: ColumnElement[bool]) -> Sequence[Sequence[Any]]:
        """Give the newest row of each measure, agency and answer, and every other of the same instant."""
        key = (readings.c.measure, readings.c.agency, readings.c.answer)
        last = self.rows(*key, func.max(readings.c.observed_at).label("at")).where(here).group_by(*key).subquery()
        same = and_(*(readings.c[one.name] == last.c[one.name] for one in key), readings.c.observed_at == last.c.at)
        query = select(readings.c.measure, readings.c.id, readings.c.agency, readings.c.answer, readings.c.observed_at)
        return self._connection.execute(query.join(last, same).where(here).order_by(readings.c.measure, readings.c.id)).all()

    def _values(self, here: ColumnElement[bool], measure: MeasureId, newest: Collection[Glimpse]) -> set[int]:
        """Give the rows of all values of a window, where a measure's value is made of them."""
        if measure not in self._past.whole and (measure not in self._past.series or self._stands_for_all(newest)):
            return set()
        values = self.rows(readings.c.id).where(here, readings.c.measure == measure, readings.c.answer == GOOD)
        return {*self._connection.execute(values.where(readings.c.observed_at > instant(self._past.since))).scalars()}

    def _stands_for_all(self, newest: Collection[Glimpse]) -> bool:
        """Tell whether the last value of a series was made of all its samples."""
        last = max((one for one in newest if one.answer == GOOD), key=lambda glimpse: glimpse.at, default=None)
        if last is None or last.at <= self._past.since:
            return False
        reading = next(READING.load(record) for record in self._records([last.row])).reading
        return isinstance(reading, Measured) and bool(reading.facts.get("samples"))

    def _records(self, ids: Sequence[int]) -> Iterator[bytes]:
        for begin in range(0, len(ids), _AT_ONCE):
            some = readings.c.id.in_(ids[begin : begin + _AT_ONCE])
            yield from self._connection.execute(select(readings.c.record).where(some).order_by(readings.c.id)).scalars()


def _glimpse(row: Iterable[object]) -> Glimpse:
    number, agency, answer, at = row
    return Glimpse(int(str(number)), str(agency), str(answer), datetime.fromisoformat(str(at)))
