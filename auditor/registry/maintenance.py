"""Reads ``maintenance.csv``: the spans that agencies announced beforehand, in which their sites may be down."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from auditor.errors import ConfigError, Problem, nearest
from auditor.model.uptime import Maintenance
from auditor.model.zone import VIETNAM
from auditor.registry.table import Row, read_table

__all__ = ["load_maintenance", "read_maintenance"]

_COLUMNS = ("site", "from", "to", "announced", "reason")
_FILE = "maintenance.csv"


def load_maintenance(config: Path, sites: Collection[str]) -> tuple[Maintenance, ...]:
    """Read the maintenance of a config folder; without the file there is none. ``sites`` are those of sites.csv.

    Raises:
        ConfigError: anything is wrong with the file; every problem is listed with its row.
    """
    found, problems = read_maintenance(config, sites)
    if problems:
        raise ConfigError(problems)
    return found


def read_maintenance(config: Path, sites: Collection[str]) -> tuple[tuple[Maintenance, ...], list[Problem]]:
    """Read the maintenance as far as it can be read, with every problem found."""
    problems: list[Problem] = []
    found: list[Maintenance] = []
    if not (config / _FILE).exists():
        return (), problems
    for row in read_table(config / _FILE, _COLUMNS, problems):
        site = row.text("site")
        if site and site not in sites:
            row.problem(f'no site "{site}" in sites.csv{nearest(site, sites)}')
        start, end, announced = _moment(row, "from"), _moment(row, "to"), _moment(row, "announced")
        reason = row.text("reason")
        if start and end and end <= start:
            row.problem(f"to {row.get('to')} is not after from {row.get('from')}")
        if start and announced and announced > start:
            row.problem(f"announced {row.get('announced')} is after from {row.get('from')}: what was not announced is an outage")
        if not row.problems and start and end:
            found.append(Maintenance(site=site, start=start, end=end, reason=reason))
        problems += row.problems
    return tuple(sorted(found, key=lambda one: (one.start, one.site))), problems


def _moment(row: Row, column: str) -> datetime | None:
    """Give a cell's moment; without an offset it is Vietnam's time, and a day alone is its beginning."""
    text = row.text(column)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        row.problem(f'{column} "{text}" is no time (write 2026-11-20 22:00)')
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
