"""Reads the keys of one TOML table: wanted ones with their types, unknown ones as problems with the nearest right word."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from auditor.errors import Problem, nearest

__all__ = ["Fields", "table_of"]

T = TypeVar("T")

_SPAN = re.compile(r"(\d+)d")


class Fields:
    """The keys of one table, each read once; ``done`` notes those that nobody asked for."""

    def __init__(self, table: object, file: str, place: str, problems: list[Problem]) -> None:
        """Hold a table; something else than a table is a problem and reads as empty."""
        self.file, self.place, self.problems = file, place, problems
        self._table: Mapping[str, object] = table if isinstance(table, dict) else {}
        self._asked: list[str] = []
        if not isinstance(table, dict):
            self.problem("is no table")

    def problem(self, what: str) -> None:
        """Note a problem with this table."""
        self.problems.append(Problem(file=self.file, place=self.place, what=what))

    def has(self, key: str) -> bool:
        """Tell whether a key is given."""
        return key in self._table

    def names(self) -> tuple[str, ...]:
        """Give every key of a table whose keys are words of its own."""
        return tuple(self._table)

    def raw(self, key: str) -> object:
        """Give a value as it stands, None if it is not there."""
        self._asked.append(key)
        return self._table.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text that is not empty."""
        return self._typed(
            key, default, "", lambda value: value.strip() if isinstance(value, str) and value.strip() else None, "text"
        )

    def flag(self, key: str) -> bool:
        """Give true or false."""
        return self._typed(key, None, False, lambda value: value if isinstance(value, bool) else None, "true or false")

    def number(self, key: str, default: Decimal | None = None) -> Decimal:
        """Give a decimal that is written as text, so that no float comes in."""
        return self._typed(key, default, Decimal(0), _decimal, 'a number in quotes, like "0.5"')

    def day(self, key: str) -> date:
        """Give a date written as TOML's own."""
        found = self.optional_day(key)
        if found is None and key not in self._table:
            self.problem(f'"{key}" is missing')
        return found or date.min

    def optional_day(self, key: str) -> date | None:
        """Give a date, or None when it is not given."""
        return self._typed(key, None, None, lambda v: v if type(v) is date else None, "a date like 2018-10-12", optional=True)

    def span(self, key: str) -> timedelta:
        """Give a number of days written as ``14d``."""
        return self._typed(key, None, timedelta(0), _span, 'days like "14d"')

    def words(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """Give a list of texts."""
        return self._typed(key, None if default is None else tuple(default), (), _words, "a list of texts")

    def one_of(self, key: str, words: Sequence[str], default: str | None = None) -> str:
        """Give one of a few words; the first when it is wrong."""
        value = self.text(key, default)
        if value and value not in words:
            self.problem(f'{key} "{value}" is not one of {", ".join(words)}{nearest(value, words)}')
        return value if value in words else words[0]

    def tables(self, key: str) -> list[object]:
        """Give a list of tables."""
        value = self.raw(key)
        if value is None or isinstance(value, list):
            return value or []
        self.problem(f'"{key}" is no list')
        return []

    def numbers(self, key: str) -> dict[str, Decimal]:
        """Give a table of words and decimals, empty when it is not given."""
        inner = Fields(
            self.raw(key) if self.has(key) else {}, self.file, f"{self.place}: {key}".removeprefix(": "), self.problems
        )
        return {word: inner.number(word) for word in inner.names()}

    def done(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._table:
            if key not in self._asked:
                self.problem(f'unknown key "{key}"{nearest(key, self._asked)}')

    def _typed(
        self, key: str, default: T | None, empty: T, read: Callable[[object], T | None], wanted: str, *, optional: bool = False
    ) -> T:
        self._asked.append(key)
        if key not in self._table:
            if default is None and not optional:
                self.problem(f'"{key}" is missing')
            return empty if default is None else default
        value = read(self._table[key])
        if value is None:
            self.problem(f'"{key}" is not {wanted}')
            return empty
        return value


def table_of(body: bytes, file: str, problems: list[Problem]) -> dict[str, object] | None:
    """Give the table of a TOML file; what keeps it from being one is noted, and then nothing is given."""
    try:
        return tomllib.loads(body.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        problems.append(Problem(file=file, place="", what=str(exc)))
        return None


def _decimal(value: object) -> Decimal | None:
    if not isinstance(value, str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _span(value: object) -> timedelta | None:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    return timedelta(days=int(found[1])) if found else None


def _words(value: object) -> tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) and all(isinstance(word, str) for word in value) else None
