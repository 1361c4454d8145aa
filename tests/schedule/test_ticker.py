"""When a cron line strikes, and whose turn it is."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.schedule.spread import due_checks, next_check, turn_of
from auditor.schedule.ticker import Ticker

START = datetime(2026, 1, 4, 17, tzinfo=UTC)
"""Monday, midnight in Vietnam."""
HOME = timedelta(hours=7)


def strikes(line, count, zone="Asia/Ho_Chi_Minh"):
    found = Ticker(line, zone).between(START, START + timedelta(days=400))
    return [f"{at + HOME:%a %d %H:%M}" for at in islice(found, count)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 1 * * *", ["Mon 05 01:00", "Tue 06 01:00", "Wed 07 01:00"]),
        ("0 3 * * 0", ["Sun 11 03:00", "Sun 18 03:00"]),
        ("0 3 * * 7", ["Sun 11 03:00", "Sun 18 03:00"]),
        ("0 3 * * 1", ["Mon 05 03:00", "Mon 12 03:00"]),
        ("0 1 * * 5-7", ["Fri 09 01:00", "Sat 10 01:00", "Sun 11 01:00", "Fri 16 01:00"]),
        ("0 2 15 * mon", ["Mon 05 02:00", "Mon 12 02:00", "Thu 15 02:00", "Mon 19 02:00"]),
        ("5/20 0 * * *", ["Mon 05 00:05", "Mon 05 00:25", "Mon 05 00:45", "Tue 06 00:05"]),
        ("0 0 1 feb *", ["Sun 01 00:00"]),
        ("0 0 31 2 *", []),
    ],
)
def test_a_line_strikes_as_cron_says_in_our_own_zone(line, expected):
    assert strikes(line, len(expected) or 1) == expected


def test_an_instant_that_was_struck_is_not_struck_again():
    ticker = Ticker("0 1 * * *", "Asia/Ho_Chi_Minh")
    first = ticker.next(START)
    assert first == START + timedelta(hours=1)
    assert ticker.next(first - timedelta(microseconds=1)) == first
    assert ticker.next(first) == first + timedelta(days=1)


URLS = [f"https://so-{n}.test/" for n in range(2_000)]


def test_two_thousand_sites_are_spread_evenly_over_their_five_minutes():
    turns = [turn_of(url, 300) for url in URLS]
    assert {*turns} == {*range(0, 300, 15)}
    assert max(turns.count(second) for second in range(0, 300, 15)) < 140


@given(st.lists(st.integers(1, 1_000), min_size=1, max_size=30), st.integers(10, 600))
def test_however_time_is_cut_each_site_is_checked_once_a_period(steps, period):
    at, count = START, dict.fromkeys(URLS[:20], 0)
    for step in steps:
        until = at + timedelta(seconds=min(step, period))
        for url in due_checks(count, period, since=at, until=until):
            count[url] += 1
        at = until
    whole = (at - START).total_seconds() / period
    assert all(whole - 1 < found < whole + 1 for found in count.values())


@given(st.integers(10, 900), st.integers(0, 10_000_000))
def test_the_next_check_is_the_first_instant_at_which_some_site_is_due(period, micros):
    now = START + timedelta(microseconds=micros)
    at = next_check(URLS[:5], period, after=now)
    assert now < at <= now + timedelta(seconds=period)
    assert due_checks(URLS[:5], period, since=now, until=at)
    assert not due_checks(URLS[:5], period, since=now, until=at - timedelta(seconds=1))


def test_after_a_gap_a_site_is_checked_once_and_not_for_every_turn_it_missed():
    assert due_checks(URLS[:3], 300, since=START, until=START + timedelta(days=2)) == tuple(URLS[:3])


def test_without_sites_there_is_no_next_check():
    assert next_check([], 300, after=START) is None
