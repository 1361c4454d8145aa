"""What a right audit of the sample finds: the table ``truth.toml``, and how readings differ from it."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import assert_never

from auditor.model.agency import Registry, SiteRole
from auditor.model.ids import AgencyId
from auditor.model.reading import Measured, NotApplicable, Reading, ReadingRecord, Unavailable, Value
from auditor.model.visit import Cause

__all__ = ["Absent", "Expected", "Truth", "Within", "differences", "load_truth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A number between two ends, both included; None is open."""

    least: int | None = None
    most: int | None = None

    def __str__(self) -> str:
        """Say it in words."""
        ends = (("at least", self.least), ("at most", self.most))
        return " and ".join(f"{word} {end}" for word, end in ends if end is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """No value: for one of these causes, or for want of a duty when there are none."""

    causes: tuple[Cause, ...] = ()

    def __str__(self) -> str:
        """Say it in words."""
        return f"unavailable ({' or '.join(self.causes)})" if self.causes else "not applicable"


Expected = bool | int | str | Within | Absent
"""A value as the table writes it, or what is said of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The table: what each agency's first portal is expected to read, and what its other sites are.

    A name of a measure may end in ``*``.
    """

    portal: Mapping[AgencyId, Mapping[str, Expected]]
    others: Mapping[tuple[AgencyId, str], Mapping[str, Expected]]


def load_truth(text: str | None = None) -> Truth:
    """Read the table, the shipped one by default.

    Raises:
        ValueError: it says something that cannot be read.
    """
    table = tomllib.loads((files("auditor.sample") / "truth.toml").read_text("utf-8") if text is None else text)
    portal, others = {}, {}
    for name, lines in table.items():
        code = AgencyId(name)
        for url, more in lines.pop("sites", {}).items():
            others[code, url] = {measure: _expected(value) for measure, value in more.items()}
        portal[code] = {measure: _expected(value) for measure, value in lines.items()}
    return Truth(portal=portal, others=others)


def differences(truth: Truth, readings: Iterable[ReadingRecord], registry: Registry) -> list[str]:
    """Give a line for each expectation that the readings do not meet; of several readings of one thing the newest counts.

    A reading of a site counts for every agency that the site serves.
    """
    by_place: dict[tuple[AgencyId, str], dict[str, ReadingRecord]] = {}
    for record in sorted(readings, key=lambda record: record.observed_at):
        for code in _agencies(record, registry):
            by_place.setdefault((code, record.site), {})[record.reading.measure] = record
    found: list[str] = []
    for code, lines in truth.portal.items():
        main = _portal(code, registry)
        found += _of_place(str(code), lines, by_place.get((code, main), {}))
    for (code, url), lines in truth.others.items():
        found += _of_place(f"{code} {url}", lines, by_place.get((code, url), {}))
    return found


def _agencies(record: ReadingRecord, registry: Registry) -> Iterator[AgencyId]:
    named = record.agency or record.reading.agency
    if named is not None:
        yield named
    else:
        yield from dict.fromkeys(row.agency for row in registry.rows if row.url == record.site)


def _portal(code: AgencyId, registry: Registry) -> str:
    mine = (row.url for row in registry.rows if row.agency == code and row.role is SiteRole.PORTAL and row.confirmed)
    return next(mine, "")


def _of_place(place: str, lines: Mapping[str, Expected], seen: Mapping[str, ReadingRecord]) -> Iterator[str]:
    for name, expected in lines.items():
        matching = [record for measure, record in sorted(seen.items()) if fnmatchcase(measure, name)]
        if not matching:
            yield f"{place} {name}: expected {_said(expected)}, there is no reading"
        for record in matching:
            if not _meets(record.reading, expected):
                said = f"the audit says {_told(record.reading)} ({record.reading.because})"
                yield f"{place} {record.reading.measure}: expected {_said(expected)}, {said}"


def _meets(reading: Reading, expected: Expected) -> bool:
    match reading:
        case Measured(value=value):
            return _fits(value, expected)
        case Unavailable(cause=cause):
            return isinstance(expected, Absent) and cause in expected.causes
        case NotApplicable():
            return isinstance(expected, Absent) and not expected.causes
        case _:
            assert_never(reading)


def _fits(value: Value, expected: Expected) -> bool:
    if isinstance(expected, Absent):
        return False
    if isinstance(expected, bool) or isinstance(value, bool):
        return value is expected
    if isinstance(expected, Within):
        number = isinstance(value, int | Decimal)
        return number and not _outside(Decimal(value), expected)
    if isinstance(value, Decimal):
        return value == Decimal(expected)
    return value == expected


def _outside(value: Decimal, within: Within) -> bool:
    return (within.least is not None and value < within.least) or (within.most is not None and value > within.most)


def _said(expected: Expected) -> str:
    return str(expected).lower() if isinstance(expected, bool) else str(expected)


def _told(reading: Reading) -> str:
    match reading:
        case Measured(value=value):
            return str(value).lower() if isinstance(value, bool) else str(value)
        case Unavailable(cause=cause):
            return f"unavailable ({cause})"
        case NotApplicable():
            return "not applicable"
        case _:
            assert_never(reading)


def _expected(value: object) -> Expected:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        [(word, said)] = value.items()
        match word, said:
            case "between", [int(least), int(most)]:
                return Within(least=least, most=most)
            case "at_least", int(least):
                return Within(least=least)
            case "at_most", int(most):
                return Within(most=most)
            case "unavailable", str(cause):
                return Absent(causes=(Cause(cause),))
            case "unavailable", list(causes):
                return Absent(causes=tuple(map(Cause, causes)))
            case "not_applicable", True:
                return Absent()
    raise ValueError(f"truth.toml: {value!r} says nothing that can be expected")
