"""Reads ``periods.toml``: the years in which agencies declare, are appraised and ranked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from auditor.editions.fields import Fields, table_of
from auditor.errors import ConfigError, Problem, nearest
from auditor.model.edition import Edition
from auditor.model.ids import EditionId, PeriodId
from auditor.model.period import Period

__all__ = ["FILE", "check_periods", "load_periods", "read_periods"]

FILE = "periods.toml"
_MOST_DAYS = 365


def load_periods(config: Path) -> tuple[Period, ...]:
    """Read the periods of a config folder, in the order of the file; none where it has no such file.

    Raises:
        ConfigError: anything is wrong with the file; every problem is listed.
    """
    periods, problems = read_periods(config)
    if problems:
        raise ConfigError(problems)
    return periods


def read_periods(config: Path) -> tuple[tuple[Period, ...], list[Problem]]:
    """Read the periods as far as they can be read, with every problem found."""
    problems: list[Problem] = []
    try:
        body = (config / FILE).read_bytes()
    except FileNotFoundError:
        return (), []
    except OSError as exc:
        return (), [Problem(file=FILE, place="", what=f"cannot be read: {exc.strerror}")]
    table = table_of(body, FILE, problems)
    if table is None:
        return (), problems
    fields = Fields(table, FILE, "", problems)
    periods = tuple(_period(entry, number, problems) for number, entry in enumerate(fields.tables("periods"), 1))
    fields.done()
    names = [period.id for period in periods]
    problems += [
        Problem(file=FILE, place=f'period "{name}"', what="stands twice")
        for name in sorted({n for n in names if names.count(n) > 1})
    ]
    return periods, problems


def _period(entry: object, number: int, problems: list[Problem]) -> Period:
    name = entry.get("id", number) if isinstance(entry, dict) else number
    fields = Fields(entry, FILE, f'period "{name}"', problems)
    before = len(problems)
    days = fields.raw("answer_days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= _MOST_DAYS:
        fields.problem(f'"answer_days" is not a whole number from 1 to {_MOST_DAYS}')
        days = 1
    found = Period(
        id=PeriodId(fields.text("id")),
        edition=EditionId(fields.text("edition")),
        title=fields.text("title"),
        verified=fields.flag("verified"),
        data_from=fields.day("data_from"),
        data_to=fields.day("data_to"),
        declare_from=fields.day("declare_from"),
        declare_until=fields.day("declare_until"),
        appraise_from=fields.day("appraise_from"),
        draft_on=fields.day("draft_on"),
        complain_until=fields.day("complain_until"),
        publish_from=fields.day("publish_from"),
        answer_days=days,
    )
    fields.done()
    if len(problems) == before:
        problems += [Problem(file=FILE, place=fields.place, what=what) for what in _order_problems(found)]
    return found


def _order_problems(period: Period) -> Iterator[str]:
    if period.data_to < period.data_from:
        yield "data_to is before data_from"
    for (first, earlier), (second, later) in pairwise(period.days()):
        if later < earlier:
            yield f"{second} ({later}) is before {first} ({earlier})"


def check_periods(periods: Sequence[Period], editions: Iterable[Edition], names: Iterable[str]) -> list[Problem]:
    """Find what does not fit between periods and editions: each period's edition is there and is law on some day of its data.

    ``editions`` are those without a fault of their own, ``names`` the ids of all that there are.
    """
    known: dict[str, Edition | None] = dict.fromkeys(names)
    known.update((edition.id, edition) for edition in editions)
    return [
        Problem(file=FILE, place=f'period "{period.id}"', what=what)
        for number, period in enumerate(periods)
        for what in (*_edition_problems(period, known), *_beside(period, periods[:number]))
    ]


def _edition_problems(period: Period, known: Mapping[str, Edition | None]) -> Iterator[str]:
    if period.edition not in known:
        yield f'no edition "{period.edition}"{nearest(period.edition, known)}'
    edition = known.get(period.edition)
    if edition and (period.data_to < edition.valid_from or (edition.valid_to and edition.valid_to < period.data_from)):
        yield f"its data ({period.data_from} to {period.data_to}) are of days on which {edition.id} is not law"


def _beside(period: Period, others: Iterable[Period]) -> Iterator[str]:
    for other in others:
        if other.edition == period.edition and _together(other, period):
            yield f'runs at the same time as "{other.id}", by the same edition'


def _together(one: Period, other: Period) -> bool:
    return one.declare_from <= other.publish_from and other.declare_from <= one.publish_from
