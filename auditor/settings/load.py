"""Reads the settings: the file, the environment over it, and the files that both name."""

import os
import ssl
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from auditor.errors import ConfigError, Problem, nearest
from auditor.settings.sections import Settings

__all__ = ["load_settings"]

_FILE = "auditor.toml"
_PREFIX = "AUDITOR_"
_TESTS = "AUDITOR_TEST_"
"""What the tests are told about this machine; no setting."""
_NEAR = 0.9
"""How like a setting a variable without two underscores must be to be taken for a slip; others may be anybody's."""
_PATHS = (
    ("network", "trust"),
    ("network", "dns_anchor"),
    ("browser", "executable"),
    ("mail", "password_file"),
    ("webhook", "secret_file"),
)
_UNMADE = (("rehearsal", "clock"),)
"""Paths of files that need not be there yet."""


Variables = Mapping[tuple[str, str], str]
"""Which variable of the environment gave a section's key."""


def load_settings(config: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``auditor.toml`` of a config folder (all defaults if there is none), overridden by the environment.

    Raises:
        ConfigError: not TOML, an unknown key, a value that does not fit, or a file it names that cannot be read; every
            problem is listed, with the file or the variable that has it.
    """
    table = _table(config / _FILE)
    given = os.environ if environment is None else environment
    variables, problems = _variables(given)
    for (section, key), name in variables.items():
        fields = table.setdefault(section, {})
        if isinstance(fields, dict):
            fields[key] = _from_text(given[name])
    try:
        settings = Settings.model_validate(_resolved(table, config))
    except ValidationError as exc:
        raise ConfigError([*problems, *(_problem(error, variables) for error in exc.errors())]) from exc
    problems += _file_problems(settings, variables)
    if problems:
        raise ConfigError(problems)
    return settings


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise ConfigError([Problem(file=path.name, place="", what=f"cannot be read: {exc.strerror}")]) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError([Problem(file=path.name, place="", what=str(exc))]) from exc


def _keys(section: str) -> list[str]:
    model = Settings.model_fields[section].annotation
    assert isinstance(model, type)
    assert issubclass(model, BaseModel)
    return [field.alias or name for name, field in model.model_fields.items()]


def _variables(environment: Mapping[str, str]) -> tuple[dict[tuple[str, str], str], list[Problem]]:
    """Find the variables that are settings, and those that were meant to be."""
    known = {f"{_PREFIX}{section}__{key}".upper(): (section, key) for section in Settings.model_fields for key in _keys(section)}
    sections = tuple(f"{_PREFIX}{section}_".upper() for section in Settings.model_fields)
    found: dict[tuple[str, str], str] = {}
    problems = []
    for name in sorted(environment):
        if name.upper() in known and name.startswith(_PREFIX):
            found[known[name.upper()]] = name
        elif name.startswith(_PREFIX) and not name.startswith(_TESTS):
            meant = "__" in name or name.upper().startswith(sections) or get_close_matches(name, known, cutoff=_NEAR)
            if meant:
                problems.append(Problem(file=name, place="", what=f"there is no such setting{nearest(name.upper(), known)}"))
    return found, problems


def _from_text(text: str) -> object:
    """Read an environment value as TOML where it is a list or table, else as text."""
    if text.strip()[:1] in {"[", "{"}:
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text


def _resolved(table: dict[str, Any], config: Path) -> dict[str, Any]:
    """Take relative paths from the config folder."""
    for section, key in (*_PATHS, *_UNMADE):
        fields = table.get(section)
        if isinstance(fields, dict) and fields.get(key):
            value = fields[key]
            fields[key] = [config / str(path) for path in value] if isinstance(value, list) else _beside(config, value)
    return table


def _beside(config: Path, value: object) -> object:
    return str(config / value) if isinstance(value, str) else value


def _problem(error: Any, variables: Variables) -> Problem:  # noqa: ANN401 - pydantic's own error dictionary
    place = [str(part) for part in error["loc"]]
    if error["type"] == "extra_forbidden":
        known = list(Settings.model_fields) if len(place) == 1 else _keys(place[0])
        return Problem(file=_FILE, place=".".join(place[:-1]), what=f'unknown key "{place[-1]}"{nearest(place[-1], known)}')
    if error["type"] == "model_type":
        return Problem(file=_FILE, place=place[0], what=f"is a section: its keys stand under [{place[0]}]")
    return _at(place, error["msg"].removeprefix("Value error, "), variables)


def _at(place: list[str], what: str, variables: Variables) -> Problem:
    """Name the file and place of a problem, or the variable that brought it."""
    variable = variables.get((place[0], place[1])) if len(place) > 1 else None
    return (
        Problem(file=_FILE, place=".".join(place), what=what) if variable is None else Problem(file=variable, place="", what=what)
    )


def _file_problems(settings: Settings, variables: Variables) -> Iterator[Problem]:
    """Open every file that the settings name: what is missing is found now, not in the middle of a night."""
    for bundle in settings.network.trust:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=bundle)
        except ssl.SSLError:
            yield _at(["network", "trust"], f"{bundle} holds no certificate in PEM form", variables)
        except OSError as exc:
            yield _at(["network", "trust"], f"{bundle} cannot be read: {exc.strerror}", variables)
    for section, key in _PATHS[1:]:
        path = getattr(getattr(settings, section), key)
        try:
            if path:
                with Path(path).open("rb"):
                    pass
        except OSError as exc:
            yield _at([section, key], f"{path} cannot be read: {exc.strerror}", variables)
