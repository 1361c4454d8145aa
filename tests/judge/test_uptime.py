"""Availability by its stated accounting: what counts, what does not, and how far from the truth it may be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.judge.uptime import DAY, account, day_shares, midnight, roll, shorter, stretches
from auditor.model.uptime import Maintenance, Sample, Uncounted
from auditor.model.visit import Blame, Cause

STEP = 300
START = midnight(1_790_000_000)
CAUSES = [None, None, None, *Cause]


def moment(at):
    return datetime.fromtimestamp(START + at, UTC)


def samples(*causes, step=STEP, took=100):
    return [Sample(at=START + n * step, cause=cause, status=200, done_ms=took) for n, cause in enumerate(causes)]


def counted(held, since=0, until=DAY, maintenance=(), step=STEP):
    end = midnight(START + until - 1) + DAY
    return account(roll(held, step, midnight(START + since), end), START + since, START + until, maintenance)


def left(found, why):
    return next((part.seconds for part in found.excluded if part.why is why), 0)


def test_a_day_of_samples_is_wholly_covered():
    found = counted(samples(*[None] * 288))
    assert (found.availability, found.coverage, found.samples, found.excluded, found.incidents) == (1, 1, 288, (), ())


def test_midnight_is_vietnams():
    assert datetime.fromtimestamp(START, UTC).hour == 17
    assert (midnight(START), midnight(START - 1), midnight(START + DAY - 1)) == (START, START - DAY, START)


def test_an_incident_lasts_from_the_first_sample_down_to_the_first_up():
    down = [None] * 10 + [Cause.CONNECT, Cause.CONNECT, Cause.HTTP_5XX] + [None] * 275
    found = counted(samples(*down))
    [incident] = found.incidents
    assert (incident.since, incident.until, incident.seconds) == (moment(3000), moment(3900), 900)
    assert incident.cause is Cause.CONNECT
    assert (found.down_seconds, found.longest_seconds, found.availability) == (900, 900, D(DAY - 900) / DAY)


def test_an_incident_that_lasts_has_no_end():
    found = counted(samples(None, Cause.DNS, Cause.DNS), until=900)
    assert [(incident.until, incident.seconds) for incident in found.incidents] == [(None, 600)]


@pytest.mark.parametrize(
    ("cause", "why"),
    [
        (Cause.RATE_LIMITED, Uncounted.REFUSED),
        (Cause.CHALLENGE, Uncounted.REFUSED),
        (Cause.BLOCKED, Uncounted.REFUSED),
        (Cause.OWN_LINK, Uncounted.OURS),
        (Cause.CRASHED, Uncounted.OURS),
        (Cause.AMBIGUOUS, Uncounted.OPEN),
        (Cause.UNCONFIRMED, Uncounted.OPEN),
    ],
)
def test_what_is_ours_refused_or_open_is_neither_up_nor_down(cause, why):
    found = counted(samples(None, cause, None, None), until=1200)
    assert (found.up_seconds, found.down_seconds, left(found, why)) == (900, 0, 300)
    assert (found.availability, found.coverage, found.main_cause) == (1, D("0.75"), cause)


def test_nothing_counted_is_no_availability():
    found = counted(samples(*[Cause.BLOCKED] * 288))
    assert (found.availability, found.coverage, found.main_cause) == (None, 0, Cause.BLOCKED)


def test_a_missing_sample_makes_no_gap_and_an_hour_without_does():
    held = samples(*[None] * 288)
    assert counted(held[:100] + held[101:]).coverage == 1
    found = counted(held[:100] + held[112:])
    assert left(found, Uncounted.NOT_SAMPLED) == 13 * STEP - 2 * STEP
    assert found.availability == 1


def test_announced_maintenance_is_left_out_whatever_was_seen_in_it():
    held = samples(*[None] * 12, *[Cause.HTTP_5XX] * 12, *[None] * 264)
    window = Maintenance(site="x", start=moment(3600), end=moment(7200))
    found = counted(held, maintenance=[window])
    assert (found.availability, found.coverage, found.incidents) == (1, 1, ())
    assert left(found, Uncounted.MAINTENANCE) == 3600
    early = counted(held, maintenance=[Maintenance(site="x", start=moment(3900), end=moment(7200)), window])
    assert early == found, "announcements that overlap are one"
    late = counted(held, maintenance=[Maintenance(site="x", start=moment(3600), end=moment(6000))])
    assert [(i.since, i.until, i.seconds) for i in late.incidents] == [(moment(6000), moment(7200), 1200)]


def test_a_gap_within_an_incident_does_not_count_and_does_not_end_it():
    later = [Sample(at=START + 7200, cause=Cause.CONNECT), Sample(at=START + 7500), Sample(at=START + 7800)]
    held = [*samples(None, Cause.CONNECT), *later]
    found = counted(held, until=8100)
    assert [(i.since, i.until, i.seconds) for i in found.incidents] == [(moment(300), moment(7500), 900)]
    assert found.down_seconds == 900


def test_percentiles_are_of_the_samples_that_were_up():
    held = [Sample(at=START + n * STEP, done_ms=n + 1) for n in range(100)]
    held.append(Sample(at=START + 100 * STEP, cause=Cause.TIMEOUT, done_ms=9999))
    found = counted(held)
    assert (found.p50_ms, found.p95_ms, found.p99_ms) == (50, 95, 99)
    assert counted(samples(Cause.DNS)).p95_ms is None


def test_days_have_their_bars_and_only_the_longest_incidents_may_be_listed():
    held = samples(*([None] * 288 + [Cause.DNS, Cause.DNS, None, Cause.TLS] + [None] * 284))
    shares = day_shares(roll(held, STEP, START, START + 3 * DAY), START, START + 3 * DAY)
    assert [(share.availability, share.down_seconds) for share in shares] == [(1, 0), (D(DAY - 900) / DAY, 900), (1, 0)]
    assert shares[2].coverage < D("0.01"), "the last sample speaks for one interval more than its own, and no longer"
    found = counted(held, until=2 * DAY)
    short = shorter(found, 1)
    assert [incident.cause for incident in short.incidents] == [Cause.DNS]
    assert (short.incident_count, short.longest_seconds) == (2, 600)


@given(
    st.lists(st.tuples(st.sampled_from(CAUSES), st.integers(1, 2000)), min_size=1, max_size=80),
    st.lists(st.tuples(st.integers(0, 2 * DAY), st.integers(1, 40_000)), max_size=3),
)
def test_every_second_has_one_place_in_the_account(steps, announced):
    at, held = START, []
    for cause, step in steps:
        held.append(Sample(at=at, cause=cause, done_ms=step))
        at += step
    windows = [Maintenance(site="x", start=moment(start), end=moment(start + long)) for start, long in announced]
    found = counted(held, until=2 * DAY, maintenance=windows)
    assert found.up_seconds + found.down_seconds + sum(part.seconds for part in found.excluded) == 2 * DAY
    assert min([0, *(part.seconds for part in found.excluded)]) == 0
    assert sum(incident.seconds for incident in found.incidents) == found.down_seconds
    assert all(incident.cause.blame is Blame.THEIRS for incident in found.incidents)
    assert found.availability is None or 0 <= found.availability <= 1
    assert 0 <= found.coverage <= 1


@given(st.lists(st.tuples(st.integers(400, 9_000), st.booleans()), min_size=1, max_size=30), st.integers(0, STEP - 1))
def test_availability_is_within_one_interval_an_incident_of_the_truth(script, offset):
    """A script of ups and downs, each longer than an interval, sampled at any phase."""
    edges, at, up = [], 0, True
    for long, flip in script:
        edges.append((at, at + long, up))
        at, up = at + long, up != flip
    end = at
    truth = sum(stop - start for start, stop, was_up in edges if not was_up)
    downs = sum(1 for before, after in zip([(0, 0, True), *edges], edges, strict=False) if before[2] and not after[2])

    def state(when):
        return next((was_up for start, stop, was_up in edges if start <= when < stop), True)

    held = [Sample(at=START + t, cause=None if state(t) else Cause.CONNECT) for t in range(offset, end, STEP)]
    found = counted(held, since=offset, until=max(end, offset + 1))
    assert abs(found.down_seconds - truth) <= STEP * downs + offset
    assert found.incident_count <= downs


@given(st.lists(st.tuples(st.sampled_from(CAUSES), st.integers(1, 900)), min_size=1, max_size=60))
def test_rolling_in_two_goes_gives_what_rolling_at_once_gives(steps):
    at, held = START + DAY - 9_000, []
    for cause, step in steps:
        held.append(Sample(at=at, cause=cause))
        at += step
    whole = roll(held, STEP, START, START + 3 * DAY)
    first = roll([one for one in held if one.at < START + DAY + 2 * STEP], STEP, START, START + DAY)
    second = roll([one for one in held if one.at >= START + DAY - 2 * STEP], STEP, START + DAY, START + 3 * DAY)
    assert first + second == whole


def test_equal_neighbours_are_one_stretch():
    parts = stretches(samples(None, None, Cause.DNS, Cause.DNS, None), STEP, START + 1500)
    assert [(part.start - START, part.seconds, part.cause) for part in parts] == [
        (0, 600, None), (600, 600, Cause.DNS), (1200, 300, None),
    ]  # fmt: skip
    assert timedelta(seconds=parts[0].seconds) == timedelta(minutes=10)
