"""Holidays are read whole, and every mistake is named with its row."""

from datetime import date

import pytest

from auditor.errors import ConfigError
from auditor.registry.holidays import load_holidays, read_holidays


def given(tmp_path, text):
    (tmp_path / "holidays.csv").write_text(text, "utf-8")
    return tmp_path


def test_days_are_read_with_or_without_a_byte_order_mark(tmp_path):
    wanted = {date(2018, 1, 1), date(2018, 4, 30)}
    for mark in ("", "\ufeff"):
        assert (
            load_holidays(given(tmp_path, f"{mark}day,name\n2018-01-01,Tết Dương lịch\n\n2018-04-30,Ngày Chiến thắng\n"))
            == wanted
        )


def test_every_mistake_is_named_with_its_row(tmp_path):
    text = "day,name\n2018-01-01,Tết Dương lịch\n01/05/2018,Ngày Quốc tế lao động\n,Quốc khánh\n2018-01-01,Tết\n2018-09-02,\n"
    with pytest.raises(ConfigError) as caught:
        load_holidays(given(tmp_path, text))
    assert [str(problem) for problem in caught.value.problems] == [
        'holidays.csv: row 3: day "01/05/2018" is no date (write 2018-10-12)',
        'holidays.csv: row 4: "day" is empty',
        "holidays.csv: row 5: 2018-01-01 also stands in row 2",
        'holidays.csv: row 6: "name" is empty',
    ]


def test_what_can_be_read_is_given_beside_the_problems(tmp_path):
    days, problems = read_holidays(given(tmp_path, "day,name\n2018-01-01,Tết Dương lịch\nhôm qua,Tết\n"))
    assert days == {date(2018, 1, 1)}
    assert len(problems) == 1


def test_a_config_without_holidays_is_told_so(tmp_path):
    with pytest.raises(ConfigError, match=r"holidays\.csv: there is no such file"):
        load_holidays(tmp_path)
