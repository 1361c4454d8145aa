"""Reads ``alerts.toml``: the rules of telling, with every mistake named."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from auditor.editions.fields import Fields
from auditor.errors import ConfigError, Problem, nearest
from auditor.model.alert import AlertRules, Rule
from auditor.model.finding import FindingKind, Severity
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.reading import Kind, Measure

__all__ = ["check_alerts", "load_alerts", "read_alerts"]

_FILE = "alerts.toml"
_LANGUAGES = ("vi", "en")
_KINDS = {kind.value: kind for kind in FindingKind if kind is not FindingKind.CRITERION}
_MOST_NIGHTS, _MOST_DAYS, _MOST_DETAILS = 30, 3650, 1000


def load_alerts(folder: Path) -> AlertRules:
    """Read the rules of a config folder.

    Raises:
        ConfigError: anything is wrong with the file; every problem is listed.
    """
    rules, problems = read_alerts(folder)
    if problems:
        raise ConfigError(problems)
    return rules


def read_alerts(folder: Path) -> tuple[AlertRules, list[Problem]]:
    """Read the rules as far as they can be read, with every problem found."""
    problems: list[Problem] = []
    try:
        table: object = tomllib.loads((folder / _FILE).read_bytes().decode("utf-8"))
    except OSError as exc:
        return AlertRules(), [Problem(file=_FILE, place="", what=f"cannot be read: {exc.strerror}")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        return AlertRules(), [Problem(file=_FILE, place="", what=str(exc))]
    top = Fields(table, _FILE, "", problems)
    letters = _inner(top, "letters")
    languages = _inner(letters, "languages")
    rules = _inner(top, "rules")
    default = _rule(_inner(rules, "default"), Rule())
    named = {name: _rule(_inner(rules, name), default) for name in rules.names() if name != "default"}
    remind, expiry = _inner(top, "remind"), _inner(top, "expiry")
    found = AlertRules(
        default=default,
        kinds={kind: named[name] for name, kind in _KINDS.items() if name in named},
        measures={name: rule for name, rule in named.items() if name not in _KINDS},
        remind={severity: _days(remind, severity.value, rising=True) for severity in Severity},
        expiry={MeasureId(name): _days(expiry, name, rising=False) for name in expiry.names()},
        language=letters.one_of("language", _LANGUAGES, "vi"),
        languages={AgencyId(code): languages.one_of(code, _LANGUAGES) for code in languages.names()},
        details=_whole(letters, "details", 12, _MOST_DETAILS),
    )
    for fields in (top, letters, remind):
        fields.done()
    return found, problems


def check_alerts(rules: AlertRules, measures: Mapping[MeasureId, Measure], agencies: Iterable[AgencyId]) -> list[Problem]:
    """Find what does not fit the catalogue and the registry."""
    codes = set(agencies)
    families = {f"{name.partition('.')[0]}.*" for name in measures}
    problems = [
        Problem(file=_FILE, place=f"rules.{name}", what=f'no measure "{name}"{nearest(name, {*measures, *families, *_KINDS})}')
        for name in rules.measures
        if name not in measures and name not in families
    ]
    for name in rules.expiry:
        if name not in measures:
            problems.append(Problem(file=_FILE, place="expiry", what=f'no measure "{name}"{nearest(name, measures)}'))
        elif measures[name].kind is not Kind.DAYS:
            problems.append(Problem(file=_FILE, place="expiry", what=f'"{name}" does not count days'))
    problems += [
        Problem(file=_FILE, place="letters.languages", what=f'no agency "{code}"{nearest(code, codes)}')
        for code in rules.languages
        if code not in codes
    ]
    return problems


def _inner(outer: Fields, key: str) -> Fields:
    place = f"{outer.place}.{key}" if outer.place else key
    table = outer.raw(key)
    return Fields(table if outer.has(key) else {}, _FILE, place, outer.problems)


def _rule(fields: Fields, base: Rule) -> Rule:
    """Read a rule; what it does not say, it has from the default one."""
    words = [severity.value for severity in Severity]
    found = Rule(
        severity=Severity(fields.one_of("severity", words, base.severity.value)),
        nights=_whole(fields, "nights", base.nights, _MOST_NIGHTS),
        mended=_whole(fields, "mended", base.mended, _MOST_NIGHTS),
        tell=fields.flag("tell") if fields.has("tell") else base.tell,
    )
    fields.raw("tell")
    fields.done()
    return found


def _whole(fields: Fields, key: str, default: int, most: int) -> int:
    given = fields.raw(key)
    value = given if fields.has(key) else default
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value
    fields.problem(f'"{key}" is not a whole number from 1 to {most}')
    return default


def _days(fields: Fields, key: str, *, rising: bool) -> tuple[int, ...]:
    value = fields.raw(key)
    days = value if isinstance(value, list) else [value] if fields.has(key) else []
    if not all(isinstance(day, int) and not isinstance(day, bool) and 1 <= day <= _MOST_DAYS for day in days):
        fields.problem(f'"{key}" is not a list of days from 1 to {_MOST_DAYS}')
        return ()
    if days != sorted(set(days), reverse=not rising):
        fields.problem(f'the days of "{key}" must {"rise" if rising else "fall"}, each once')
    return tuple(days)
