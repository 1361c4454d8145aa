"""The terms within which things are to be posted, as data with a legal basis and a time in force: ``guidelines/terms.toml``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from auditor.errors import nearest
from auditor.model.note import Json

__all__ = ["Rule", "check_terms", "rules_of"]

_DUTIES = (
    "introduction", "structure", "functions", "leaders", "contacts", "transaction", "news", "directives", "commendations",
    "calendar", "citizen_reception", "law_dissemination", "strategy", "legal_documents", "projects", "consultation", "research",
    "statistics", "qna", "feedback", "procedures", "budget",
)  # fmt: skip
"""What a portal posts that has a day of its own."""
_KEYS = {"legal_basis", "valid_from", "valid_to", "terms", "governing"}
_NEEDED = ("legal_basis", "valid_from", "terms")
_HEAD = {"source", "date"}
_LONGEST = 250
"""The working days of a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule's terms in working days, by duty; ``governing`` are those for what another body issued. Both days are included."""

    legal_basis: str
    valid_from: date
    valid_to: date
    terms: Mapping[str, int]
    governing: Mapping[str, int]

    def in_force(self, day: date) -> bool:
        """Tell whether the rule holds for what was issued on a day."""
        return self.valid_from <= day <= self.valid_to

    def term(self, duty: str, *, governing: bool) -> int | None:
        """Give the term of a duty, None if the rule has none."""
        return (self.governing.get(duty) if governing else None) or self.terms.get(duty)


def rules_of(guide: Mapping[str, Json]) -> tuple[Rule, ...]:
    """Read the rules of a guideline that was checked, the oldest first."""
    found = [
        Rule(
            legal_basis=str(table["legal_basis"]),
            valid_from=_day(table.get("valid_from")) or date.min,
            valid_to=_day(table.get("valid_to")) or date.max,
            terms=_days(table.get("terms")),
            governing=_days(table.get("governing")),
        )
        for table in _tables(guide).values()
    ]
    return tuple(sorted(found, key=lambda rule: rule.valid_from))


def check_terms(guide: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Check the guideline of terms: every rule has its basis and its time, and no two hold on one day."""
    spans: list[tuple[date, date, str]] = []
    for name, content in guide.items():
        if name in _HEAD:
            continue
        if not isinstance(content, dict):
            yield "", f'unknown key "{name}"{nearest(name, _HEAD)}'
            continue
        yield from _check_rule(name, content)
        if since := _day(content.get("valid_from")):
            spans.append((since, _day(content.get("valid_to")) or date.max, name))
    for (_, until, name), (since, _, other) in zip(sorted(spans), sorted(spans)[1:], strict=False):
        if since <= until:
            yield other, f'holds from {since}, when "{name}" still does'


def _check_rule(name: str, content: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for key in _NEEDED:
        if key not in content:
            yield name, f'"{key}" is missing'
    for key, value in content.items():
        if key not in _KEYS:
            yield name, f'unknown key "{key}"{nearest(key, _KEYS)}'
        elif key == "legal_basis":
            if not (isinstance(value, str) and value.strip()):
                yield f"{name}.{key}", "must be a text that is not empty"
        elif key.startswith("valid_"):
            if _day(value) is None:
                yield f"{name}.{key}", f'"{value}" is no day (write it as 2011-10-01)'
        else:
            yield from _check_days(f"{name}.{key}", value)
    since, until = _day(content.get("valid_from")), _day(content.get("valid_to"))
    if since and until and until < since:
        yield name, f"ends on {until}, before it begins on {since}"


def _check_days(place: str, value: Json) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict) or not value:
        yield place, "must be a table of duties with their working days"
        return
    for duty, days in value.items():
        if duty not in _DUTIES:
            yield place, f'no duty "{duty}"{nearest(duty, _DUTIES)}'
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= _LONGEST:
            yield f"{place}.{duty}", f"must be a whole number of working days, from 1 to {_LONGEST}"


def _tables(guide: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    return {name: content for name, content in guide.items() if isinstance(content, dict)}


def _days(value: Json) -> Mapping[str, int]:
    return {duty: days for duty, days in value.items() if isinstance(days, int)} if isinstance(value, dict) else {}


def _day(value: Json) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
