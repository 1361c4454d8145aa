"""Reads ``holidays.csv``: the days on which Vietnamese offices are closed, for terms that count working days."""

from datetime import date
from pathlib import Path

from auditor.errors import ConfigError, Problem
from auditor.registry.table import read_table

__all__ = ["load_holidays", "read_holidays"]

_COLUMNS = ("day", "name")


def load_holidays(config: Path) -> frozenset[date]:
    """Read the holidays of a config folder.

    Raises:
        ConfigError: anything is wrong with the file; every problem is listed with its row.
    """
    days, problems = read_holidays(config)
    if problems:
        raise ConfigError(problems)
    return days


def read_holidays(config: Path) -> tuple[frozenset[date], list[Problem]]:
    """Read the holidays as far as they can be read, with every problem found."""
    problems: list[Problem] = []
    rows: dict[date, int] = {}
    for row in read_table(config / "holidays.csv", _COLUMNS, problems):
        day = row.day("day") if row.text("day") else None
        row.text("name")
        if day in rows:
            row.problem(f"{day} also stands in row {rows[day]}")
        elif day is not None:
            rows[day] = row.number
        problems += row.problems
    return frozenset(rows), problems
