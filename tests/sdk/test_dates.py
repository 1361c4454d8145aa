"""Dates as portals write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sdk.dates import dates, iso_date, newest


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15/06/2020", date(2020, 6, 15)),
        ("Ngày đăng: 08/07/2024  11:38", date(2024, 7, 8)),
        ("10:8, Thứ Tư, 3-4-2024", date(2024, 4, 3)),
        ("09:26 Thứ tư , Ngày 02 Tháng 04 Năm 2025", date(2025, 4, 2)),
        ("02:12 PM 17/06/2016", date(2016, 6, 17)),
        ("Thứ ba - 10/09/2019 08:35", date(2019, 9, 10)),
        ("(09:26 | 09/05/2019)", date(2019, 5, 9)),
        ("Thứ Ba, 05/04/2022, 22:37 [GMT+7]", date(2022, 4, 5)),
        ("ngày14 tháng 06 năm 2023", date(2023, 6, 14)),
        ("Thứ hai, 19 Tháng 10 2026 15:42", date(2026, 10, 19)),
        ("3 Tháng Sáu, 2024", date(2024, 6, 3)),
        ("15 Tháng Năm, 2024", date(2024, 5, 15)),
        ("Tháng Mười Hai 5, 2025", date(2025, 12, 5)),
        ("5 Tháng Mười Một, 2025", date(2025, 11, 5)),
        ("October 9, 2026", date(2026, 10, 9)),
        ("Published on 1st of May, 2025", date(2025, 5, 1)),
        ("9 Oct. 2026", date(2026, 10, 9)),
    ],
)
def test_every_form_seen_is_read_day_first(text, day):
    assert [span.day for span in dates(text)] == [day]


@pytest.mark.parametrize(
    "text", ["1/1/0001", "01/01/1970", "16/72/2020", "40/2017/QĐ-UBND", "0258.3.822.2020", "Số 12/06/2018/TT"]
)
def test_what_is_no_date_is_none(text):
    assert dates(text) == []


def test_a_range_gives_both_ends():
    assert [span.day.day for span in dates("10/08/2020-15/08/2020")] == [10, 15]


def test_the_newest_date_is_never_in_the_future():
    found = newest("cũ 01/02/2020, mới 03/04/2021, hạn 31/12/2030", not_after=date(2021, 12, 1))
    assert found is not None
    assert found.day == date(2021, 4, 3)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_every_day_survives_being_written(day):
    assert [span.day for span in dates(f"Ngày {day:%d/%m/%Y} lúc 08:00")] == [day]
    assert iso_date(f"{day.isoformat()}T01:02:03+07:00") == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9999-12-31T23:59:59Z", date(9999, 12, 31)),  # .NET's DateTime.MaxValue, a field that nobody filled in
        ("9999-12-31T23:59:59.9999999+00:00", date(9999, 12, 31)),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_the_ends_of_the_calendar_are_days_too(text, day):
    assert iso_date(text) == day


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text):
    assert all(text[span.start : span.end] for span in dates(text))
