"""Samples of uptime: kept once, rolled up to days, and read back as days."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from auditor.judge.uptime import DAY, REACH, midnight, roll
from auditor.model.uptime import Sample, UptimeDay
from auditor.store.packing import pack, pack_speeds, pack_stretches, unpack, unpack_speeds, unpack_stretches
from auditor.store.tables import uptime_days, uptime_samples, uptime_sites
from auditor.store.writing import writing

__all__ = ["Uptime"]


class Uptime:
    """The samples of this database. A sample is never changed; a day is what its samples come to."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def add(self, samples: Iterable[tuple[str, Sample]]) -> None:
        """Add samples of sites, all or none; one that is there already, by site and moment, stays as it is.

        One of a day that was rolled up already (a clock was set back) lets that day be rolled up again.
        """
        wanted = [*samples]
        if not wanted:
            return
        with writing(self._engine) as connection:
            sites = _known(connection, wanted)
            rows = [{"site": sites[url], "at": sample.at, "packed": pack(sample)} for url, sample in wanted]
            connection.execute(_insert(connection).on_conflict_do_nothing(), rows)
            for url, sample in wanted:
                day = midnight(sample.at)
                late = (uptime_sites.c.id == sites[url]) & (uptime_sites.c.rolled_to > day)
                connection.execute(update(uptime_sites).where(late).values(rolled_to=day))

    def samples(self, url: str, since: int, until: int) -> tuple[Sample, ...]:
        """Give a site's samples from one moment until before another, oldest first."""
        with self._engine.connect() as connection:
            site = connection.execute(select(uptime_sites.c.id).where(uptime_sites.c.url == url)).scalar()
            return _samples(connection, site, since, until) if site is not None else ()

    def sites(self) -> frozenset[str]:
        """Give every site that was ever sampled."""
        with self._engine.connect() as connection:
            return frozenset(connection.execute(select(uptime_sites.c.url)).scalars())

    def roll(self, interval: int, now: int) -> None:
        """Roll up every day that has ended, once its last sample can speak no longer."""
        ended = midnight(now - REACH * interval)
        with writing(self._engine) as connection:
            due = connection.execute(select(uptime_sites).where(uptime_sites.c.rolled_to < ended)).all()
            for site in due:
                _roll(connection, site.id, interval, site.rolled_to, ended)

    def days(
        self, since: int, until: int, interval: int, urls: Collection[str] | None = None
    ) -> Mapping[str, tuple[UptimeDay, ...]]:
        """Give the days of every site that was sampled in a span, oldest first; those not yet rolled up are rolled up here."""
        wanted = select(uptime_sites) if urls is None else select(uptime_sites).where(uptime_sites.c.url.in_([*urls]))
        found: dict[str, tuple[UptimeDay, ...]] = {}
        with self._engine.connect() as connection:
            for site in connection.execute(wanted.order_by(uptime_sites.c.url)).all():
                days = _rolled(connection, site.id, since, min(until, site.rolled_to))
                live = max(since, site.rolled_to)
                if live < until:
                    samples = _samples(connection, site.id, live - REACH * interval, until)
                    days += roll(samples, interval, midnight(live), until)
                if days:
                    found[site.url] = days
        return found

    def totals(self, since: int, until: int) -> Mapping[str, tuple[int, int]]:
        """Give the seconds up and down of every site in rolled up days, maintenance not left out: the quickest answer."""
        up, down = func.sum(uptime_days.c.up), func.sum(uptime_days.c.down)
        sums = (
            select(uptime_days.c.site, up.label("up"), down.label("down"))
            .where(uptime_days.c.day >= since, uptime_days.c.day < until)
            .group_by(uptime_days.c.site)
            .subquery()
        )
        query = select(uptime_sites.c.url, sums.c.up, sums.c.down).join(sums, sums.c.site == uptime_sites.c.id)
        with self._engine.connect() as connection:
            return {url: (int(up), int(down)) for url, up, down in connection.execute(query)}

    def prune(self, before: int) -> int:
        """Let go of samples older than a moment whose days are rolled up; give how many there were. The days stay for good."""
        with writing(self._engine) as connection:
            rolled = select(uptime_sites.c.rolled_to).where(uptime_sites.c.id == uptime_samples.c.site).scalar_subquery()
            old = (uptime_samples.c.at < before) & (uptime_samples.c.at < rolled - DAY)
            return connection.execute(delete(uptime_samples).where(old)).rowcount


def _known(connection: Connection, wanted: Iterable[tuple[str, Sample]]) -> dict[str, int]:
    """Give the number of each site, a new one where it was never sampled."""
    firsts: dict[str, int] = {}
    for url, sample in wanted:
        firsts[url] = min(sample.at, firsts.get(url, sample.at))
    found = {row.url: row.id for row in connection.execute(select(uptime_sites).where(uptime_sites.c.url.in_([*firsts])))}
    for url, at in firsts.items():
        if url not in found:
            new = insert(uptime_sites).values(url=url, rolled_to=midnight(at)).returning(uptime_sites.c.id)
            found[url] = connection.execute(new).scalar_one()
    return found


def _insert(connection: Connection) -> Any:  # noqa: ANN401 - the statement of one dialect or the other
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(uptime_samples)


def _samples(connection: Connection, site: int, since: int, until: int) -> tuple[Sample, ...]:
    mine = (uptime_samples.c.site == site) & (uptime_samples.c.at >= since) & (uptime_samples.c.at < until)
    query = select(uptime_samples.c.at, uptime_samples.c.packed).where(mine).order_by(uptime_samples.c.at)
    return tuple(unpack(at, packed) for at, packed in connection.execute(query))


def _roll(connection: Connection, site: int, interval: int, since: int, until: int) -> None:
    """Roll a site's days up to a midnight; a day whose samples are gone keeps what it came to."""
    samples = _samples(connection, site, since - REACH * interval, until + REACH * interval)
    for day in roll(samples, interval, since, until):
        connection.execute(delete(uptime_days).where((uptime_days.c.site == site) & (uptime_days.c.day == day.start)))
        connection.execute(insert(uptime_days).values(site=site, **_row(day)))
    connection.execute(update(uptime_sites).where(uptime_sites.c.id == site).values(rolled_to=until))


def _row(day: UptimeDay) -> dict[str, object]:
    return {
        "day": day.start,
        "samples": day.samples,
        "up": sum(part.seconds for part in day.stretches if part.cause is None),
        "down": sum(part.seconds for part in day.stretches if part.is_down),
        "stretches": pack_stretches(day.start, day.stretches),
        "speeds": pack_speeds(day.speeds),
    }


def _rolled(connection: Connection, site: int, since: int, until: int) -> tuple[UptimeDay, ...]:
    mine = (uptime_days.c.site == site) & (uptime_days.c.day > since - DAY) & (uptime_days.c.day < until)
    columns = (uptime_days.c.day, uptime_days.c.samples, uptime_days.c.stretches, uptime_days.c.speeds)
    return tuple(
        UptimeDay(start=day, samples=samples, stretches=unpack_stretches(day, parts), speeds=unpack_speeds(speeds))
        for day, samples, parts, speeds in connection.execute(select(*columns).where(mine).order_by(uptime_days.c.day))
    )
