"""Working days between two days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sdk.workdays import working_days

TET = frozenset(date(2026, 2, day) for day in range(16, 21))
DAYS = st.dates(date(2018, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (date(2026, 3, 6), date(2026, 3, 9), 1),
        (date(2026, 3, 7), date(2026, 3, 9), 1),
        (date(2026, 3, 6), date(2026, 3, 8), 0),
        (date(2026, 3, 9), date(2026, 3, 9), 0),
        (date(2026, 3, 9), date(2026, 3, 8), 0),
        (date(2026, 2, 13), date(2026, 2, 23), 1),
        (date(2026, 3, 2), date(2026, 3, 30), 20),
    ],
)
def test_weekends_and_holidays_are_no_working_days(since, until, days):
    assert working_days(since, until, TET) == days


@given(DAYS, st.integers(0, 900), st.frozensets(DAYS, max_size=30))
def test_it_is_what_counting_day_by_day_gives(since, length, holidays):
    until = since + timedelta(days=length)
    each = [since + timedelta(days=number) for number in range(1, length + 1)]
    assert working_days(since, until, holidays) == sum(day.weekday() < 5 and day not in holidays for day in each)
