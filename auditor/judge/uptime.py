"""Availability and its accounting: PURE. Samples to stretches, stretches to days, days to an account.

What is stated here holds everywhere:

- A sample speaks from its moment until the next one, but never for longer than ``REACH`` intervals: beyond that is a gap.
- Up is a readable page. Down is only what is the site's own fault, after it was confirmed. Our faults, refusals and what is
  open to doubt are neither; announced maintenance is neither, whatever was seen in it; nor is a gap. All of these are listed.
- Availability is up ÷ (up + down). Coverage is (up + down) ÷ (the span without announced maintenance).
- An incident begins with the first sample that is down and ends with the first that is up; its seconds are those that count.
- Percentiles are of the whole time of samples that were up, by the nearest rank; a time is known to 1 part in 32.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from auditor.model.uptime import (
    DayShare,
    Incident,
    LeftOut,
    Maintenance,
    Sample,
    Stretch,
    Uncounted,
    UptimeAccount,
    UptimeDay,
)
from auditor.model.visit import Blame, Cause

__all__ = ["DAY", "REACH", "account", "day_shares", "midnight", "roll", "shorter", "stretches"]

DAY = 86_400
REACH = 2
"""A sample speaks for so many intervals at the most: one that is missing makes no gap."""
_OFFSET = 7 * 3600
"""Asia/Ho_Chi_Minh, all the year."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WHY = {Blame.OURS: Uncounted.OURS, Blame.REFUSING: Uncounted.REFUSED, Blame.OPEN: Uncounted.OPEN}
_PERCENTILES = (50, 95, 99)


def midnight(at: int) -> int:
    """Give the beginning of the local day in which an instant lies."""
    return (at + _OFFSET) // DAY * DAY - _OFFSET


def stretches(samples: Iterable[Sample], interval: int, until: int) -> tuple[Stretch, ...]:
    """Give what samples, oldest first, say of the time up to an instant; equal neighbours are one stretch."""
    found: list[Stretch] = []
    start = end = 0
    cause: Cause | None = None
    held = [*samples]
    for place, sample in enumerate(held):
        following = held[place + 1].at if place + 1 < len(held) else until
        ending = min(following, sample.at + REACH * interval, until)
        if ending <= sample.at:
            continue
        if sample.at == end and sample.cause is cause:
            end = ending
            continue
        if start < end:
            found.append(Stretch(start=start, end=end, cause=cause))
        start, end, cause = sample.at, ending, sample.cause
    return (*found, Stretch(start=start, end=end, cause=cause)) if start < end else tuple(found)


def _joined(parts: Iterable[Stretch]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for part in parts:
        if found and found[-1].end == part.start and found[-1].cause is part.cause:
            found[-1] = replace(found[-1], end=part.end)
        else:
            found.append(part)
    return tuple(found)


def roll(samples: Sequence[Sample], interval: int, since: int, until: int) -> tuple[UptimeDay, ...]:
    """Roll samples up to whole days from ``since`` until before ``until``, both local midnights; days without any are left out.

    ``samples`` begin early enough to say what lasted into the first day, and end late enough to say how long the last one held.
    """
    held: dict[int, list[Stretch]] = {}
    for part in stretches(samples, interval, until):
        for piece in _by_day(part):
            held.setdefault(midnight(piece.start), []).append(piece)
    counts: Counter[int] = Counter()
    speeds: dict[int, Counter[int]] = {}
    for sample in samples:
        day = midnight(sample.at)
        counts[day] += 1
        if sample.cause is None and sample.done_ms is not None:
            speeds.setdefault(day, Counter())[sample.done_ms] += 1
    return tuple(
        UptimeDay(start=day, samples=counts[day], stretches=tuple(held[day]), speeds=speeds.get(day, {}))
        for day in sorted(held)
        if since <= day < until
    )


def _by_day(part: Stretch) -> Iterable[Stretch]:
    start = part.start
    while start < part.end:
        end = min(part.end, midnight(start) + DAY)
        yield Stretch(start=start, end=end, cause=part.cause)
        start = end


def account(
    days: Sequence[UptimeDay], since: int, until: int, maintenance: Iterable[Maintenance] = (), *, whole: bool = True
) -> UptimeAccount:
    """Give the account of one site from ``since`` until before ``until``. Pure sums over its days, oldest first.

    Without ``whole`` speeds and incidents are left out, for the bars of single days.
    """
    windows = _windows(maintenance, since, until)
    seen = [part for day in days if day.start + DAY > since and day.start < until for part in day.stretches]
    parts = _outside(_joined(_clipped(seen, since, until)), windows)
    up = sum(part.seconds for part in parts if part.cause is None)
    down = sum(part.seconds for part in parts if part.is_down)
    announced = sum(end - start for start, end in windows)
    left: Counter[Uncounted] = Counter({Uncounted.MAINTENANCE: announced})
    causes: Counter[Cause] = Counter()
    downs: Counter[Cause] = Counter()
    for part in parts:
        if part.cause is not None:
            (downs if part.is_down else causes)[part.cause] += part.seconds
            if not part.is_down:
                left[_WHY[part.cause.blame]] += part.seconds
    left[Uncounted.NOT_SAMPLED] = until - since - up - down - left.total()
    incidents = _incidents(parts) if whole else ()
    p50, p95, p99 = _percentiles([day.speeds for day in days]) if whole else (None, None, None)
    return UptimeAccount(
        since=_moment(since),
        until=_moment(until),
        samples=sum(day.samples for day in days),
        up_seconds=up,
        down_seconds=down,
        excluded=tuple(LeftOut(why=why, seconds=left[why]) for why in Uncounted if left[why]),
        incidents=incidents,
        incident_count=len(incidents),
        longest_seconds=max((incident.seconds for incident in incidents), default=0),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        main_cause=_main(causes),
        main_down=_main(downs),
    )


def _main(causes: Counter[Cause]) -> Cause | None:
    return min(causes, key=lambda cause: (-causes[cause], cause.value), default=None)


def shorter(found: UptimeAccount, most: int) -> UptimeAccount:
    """Give the same account with only the longest incidents listed, still in the order of time."""
    longest = sorted(found.incidents, key=lambda incident: (-incident.seconds, incident.since))[:most]
    return replace(found, incidents=tuple(sorted(longest, key=lambda incident: incident.since)))


def day_shares(
    days: Sequence[UptimeDay], since: int, until: int, maintenance: Sequence[Maintenance] = ()
) -> tuple[DayShare, ...]:
    """Give each local day of a span; the first and the last may be cut by it."""
    by_start = {day.start: day for day in days}
    found = []
    for start in range(midnight(since), until, DAY):
        mine = [by_start[start]] if start in by_start else []
        one = account(mine, max(start, since), min(start + DAY, until), maintenance, whole=False)
        found.append(
            DayShare(day=_day(start), availability=one.availability, coverage=one.coverage, down_seconds=one.down_seconds)
        )
    return tuple(found)


def _windows(maintenance: Iterable[Maintenance], since: int, until: int) -> list[tuple[int, int]]:
    """Give the announced spans within the window, joined where they overlap."""
    spans = sorted((max(_seconds(one.start), since), min(_seconds(one.end), until)) for one in maintenance)
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _clipped(parts: Iterable[Stretch], since: int, until: int) -> Iterable[Stretch]:
    for part in parts:
        start, end = max(part.start, since), min(part.end, until)
        if start < end:
            yield part if (start, end) == (part.start, part.end) else replace(part, start=start, end=end)


def _outside(parts: Sequence[Stretch], windows: Sequence[tuple[int, int]]) -> Sequence[Stretch]:
    for start, end in windows:
        parts = [
            piece
            for part in parts
            for piece in (*_clipped([part], part.start, min(part.end, start)), *_clipped([part], max(part.start, end), part.end))
        ]
    return parts


def _incidents(parts: Sequence[Stretch]) -> tuple[Incident, ...]:
    found: list[Incident] = []
    down: list[Stretch] = []
    for part in parts:
        if part.is_down:
            down.append(part)
        elif part.cause is None and down:
            found.append(_incident(down, _moment(part.start)))
            down = []
    return (*found, _incident(down, None)) if down else tuple(found)


def _incident(down: Sequence[Stretch], until: datetime | None) -> Incident:
    causes: dict[Cause, int] = {}
    for part in down:
        assert part.cause is not None
        causes[part.cause] = causes.get(part.cause, 0) + part.seconds
    cause = max(causes, key=lambda one: causes[one])  # the first of those that lasted as long
    return Incident(since=_moment(down[0].start), until=until, seconds=sum(part.seconds for part in down), cause=cause)


def _percentiles(speeds: Iterable[Mapping[int, int]]) -> tuple[int | None, ...]:
    counts: Counter[int] = Counter()
    for one in speeds:
        for took, times in one.items():
            counts[took] += times
    total = counts.total()
    if not total:
        return (None,) * len(_PERCENTILES)
    found: list[int | None] = []
    rising = sorted(counts)
    for percent in _PERCENTILES:
        rank, seen = -(-total * percent // 100), 0
        for took in rising:
            seen += counts[took]
            if seen >= rank:
                found.append(took)
                break
    return tuple(found)


def _seconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)


def _moment(at: int) -> datetime:
    return _EPOCH + timedelta(seconds=at)


def _day(start: int) -> date:
    return _moment(start + _OFFSET).date()
