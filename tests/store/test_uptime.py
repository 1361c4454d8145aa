"""Samples are kept once, small, and rolled up to days that say the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.judge.uptime import DAY, account, midnight
from auditor.model.uptime import Sample
from auditor.model.visit import Cause
from auditor.store.packing import CODES, pack, rounded, unpack

STEP = 300
START = midnight(1_790_000_000)
SITE, OTHER = "https://a.test/", "https://b.test/"
MS = st.none() | st.integers(0, 600_000)


def held(days=3, **given):
    return [
        Sample(
            at=START + t, cause=Cause.CONNECT if 40_000 <= t % (DAY * 2) < 41_000 else None, status=200, done_ms=t % 700, **given
        )
        for t in range(0, days * DAY, STEP)
    ]


def told(store, url=SITE, until=START + 3 * DAY):
    days = store.uptime.days(START, until, STEP)[url]
    return account(days, START, until)


@given(
    st.sampled_from(CODES), st.none() | st.integers(1, 999), st.tuples(MS, MS, MS, MS, MS), st.integers(0, 2**33)
)  # fmt: skip
def test_a_sample_is_one_number_and_its_times_are_known_to_one_part_in_32(cause, status, times, at):
    names = ("resolve_ms", "connect_ms", "tls_ms", "first_byte_ms", "done_ms")
    sample = Sample(at=at, cause=cause, status=status, **dict(zip(names, times, strict=True)))
    packed = pack(sample)
    assert 0 <= packed < 1 << 60
    read = unpack(at, packed)
    assert (read.at, read.cause, read.status) == (at, cause, status)
    for name, took in zip(names, times, strict=True):
        known = getattr(read, name)
        assert (known is None) is (took is None)
        assert took is None or (known == took if took < 64 else abs(known - took) * 64 <= took)
    assert unpack(at, pack(read)) == read


def test_every_cause_has_a_code_of_its_own():
    assert set(CODES) == {None, *Cause}
    assert len(CODES) == len(set(CODES)) <= 32
    assert rounded(10**9) == rounded(10**12), "what is longer than any visit is as long as can be said"


def test_a_sample_of_one_moment_is_kept_once(store):
    first = Sample(at=START, status=200, done_ms=10)
    store.uptime.add([(SITE, first), (OTHER, first)])
    store.uptime.add([(SITE, replace(first, cause=Cause.DNS)), (SITE, replace(first, at=START + STEP))])
    assert store.uptime.samples(SITE, START, START + DAY) == (first, replace(first, at=START + STEP))
    assert store.uptime.samples(OTHER, START, START + DAY) == (first,)
    assert store.uptime.samples("https://never.test/", START, START + DAY) == ()
    assert store.uptime.sites() == {SITE, OTHER}


def test_days_say_the_same_before_and_after_they_are_rolled_up(store):
    store.uptime.add((SITE, sample) for sample in held())
    before = told(store)
    assert before.incident_count == 2
    assert store.uptime.totals(START, START + 3 * DAY) == {}
    store.uptime.roll(STEP, START + 2 * DAY + STEP)
    assert set(store.uptime.totals(START, START + 3 * DAY)) == {SITE}
    assert told(store) == before
    store.uptime.roll(STEP, START + 4 * DAY)
    assert told(store) == before
    assert store.uptime.totals(START, START + 3 * DAY) == {SITE: (before.up_seconds, before.down_seconds)}


def test_a_day_is_rolled_up_only_when_its_last_sample_speaks_no_longer(store):
    store.uptime.add((SITE, sample) for sample in held(days=1))
    store.uptime.roll(STEP, START + DAY + 2 * STEP - 1)
    assert store.uptime.totals(START, START + DAY) == {}
    store.uptime.roll(STEP, START + DAY + 2 * STEP)
    assert set(store.uptime.totals(START, START + DAY)) == {SITE}


def test_a_sample_that_comes_late_lets_its_day_be_rolled_up_again(store):
    samples = held()
    store.uptime.add((SITE, sample) for sample in samples if sample.at != START + 86_400 + 3_000)
    store.uptime.roll(STEP, START + 5 * DAY)
    store.uptime.add([(SITE, Sample(at=START + 86_400 + 3_000, cause=Cause.HTTP_5XX))])
    store.uptime.roll(STEP, START + 5 * DAY)
    assert told(store).incident_count == 3
    assert told(store).samples == len(samples)


def test_old_samples_go_and_their_days_stay(store):
    store.uptime.add((SITE, sample) for sample in held())
    before = told(store)
    assert store.uptime.prune(START + 3 * DAY) == 0, "nothing is rolled up yet"
    store.uptime.roll(STEP, START + 4 * DAY)
    assert store.uptime.prune(START + 2 * DAY) == 2 * 288
    assert told(store) == before
    store.uptime.roll(STEP, START + 6 * DAY)
    assert told(store) == before


@pytest.mark.parametrize("wanted", [None, [SITE]])
def test_only_the_wanted_sites_and_the_wanted_span_are_read(store, wanted):
    store.uptime.add((url, sample) for url in (SITE, OTHER) for sample in held())
    store.uptime.roll(STEP, START + 2 * DAY + 2 * STEP)
    found = store.uptime.days(START + DAY, START + 3 * DAY, STEP, wanted)
    assert set(found) == ({SITE, OTHER} if wanted is None else {SITE})
    assert [day.start for day in found[SITE]] == [START + DAY, START + 2 * DAY]
