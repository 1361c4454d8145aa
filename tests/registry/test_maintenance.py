"""Maintenance is read whole, every mistake is named with its row, and only what was announced beforehand is any."""

from datetime import UTC, datetime

import pytest

from auditor.errors import ConfigError
from auditor.registry.maintenance import load_maintenance, read_maintenance

SITES = {"https://so-a.test/", "https://so-b.test/"}
HEAD = "site,from,to,announced,reason\n"


def given(tmp_path, text):
    (tmp_path / "maintenance.csv").write_text(HEAD + text, "utf-8")
    return tmp_path


def test_times_are_vietnams_unless_they_say_otherwise(tmp_path):
    text = "https://so-a.test/,2026-11-20 22:00,2026-11-21T02:00+00:00,2026-11-18,Nâng cấp máy chủ\n"
    [one] = load_maintenance(given(tmp_path, text), SITES)
    assert (one.site, one.reason) == ("https://so-a.test/", "Nâng cấp máy chủ")
    assert (one.start, one.end) == (datetime(2026, 11, 20, 15, tzinfo=UTC), datetime(2026, 11, 21, 2, tzinfo=UTC))
    assert one.lasts_at(one.start)
    assert not one.lasts_at(one.end)


def test_every_mistake_is_named_with_its_row(tmp_path):
    text = (
        "https://so-c.test/,2026-11-20 22:00,2026-11-20 23:00,2026-11-18,x\n"
        "https://so-a.test/,2026-11-20 22:00,2026-11-20 22:00,2026-11-18,x\n"
        "https://so-a.test/,2026-11-20 22:00,2026-11-20 23:00,2026-11-21,x\n"
        "https://so-a.test/,hôm qua,,2026-11-18,\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_maintenance(given(tmp_path, text), SITES)
    assert [str(problem) for problem in caught.value.problems] == [
        'maintenance.csv: row 2: no site "https://so-c.test/" in sites.csv (did you mean "https://so-b.test/"?)',
        "maintenance.csv: row 3: to 2026-11-20 22:00 is not after from 2026-11-20 22:00",
        "maintenance.csv: row 4: announced 2026-11-21 is after from 2026-11-20 22:00: what was not announced is an outage",
        'maintenance.csv: row 5: from "hôm qua" is no time (write 2026-11-20 22:00)',
        'maintenance.csv: row 5: "to" is empty',
        'maintenance.csv: row 5: "reason" is empty',
    ]


def test_without_the_file_nothing_was_announced(tmp_path):
    assert read_maintenance(tmp_path, SITES) == ((), [])
