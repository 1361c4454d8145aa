"""The borders between weak and sound, as data with a source and a date: ``config/guidelines/*.toml``."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path

from auditor.errors import ConfigError, Problem, nearest
from auditor.model.note import Json
from auditor.sdk.bordering import check_date, check_headers
from auditor.sdk.grading import FAULTS, check_grade, check_profiles, check_weak
from auditor.sdk.posting import check_terms

__all__ = ["load_guidelines"]

_EVERY = {"source": str, "date": str}
"""What stands in each guideline: whose rule it is, and of when."""
_PROFILE = {
    "protocols": list,
    "suites": list,
    "key_types": list,
    "min_rsa_bits": int,
    "key_curves": list,
    "min_dh_bits": int,
    "curves": list,
}
_KNOWN: Mapping[str, Mapping[str, object]] = {
    "headers": {
        "csp": {
            "directives": list,
            "passive": list,
            "broad": list,
            "inline": list,
            "eval": list,
            "insecure": list,
            "proofs": list,
            "expected": list,
        },
        "framing": {"sound": list, "sound_prefixes": list, "broad_ancestors": list},
        "referrer": {"sound": list, "weak": list},
        "cookies": {"session": list, "session_names": list, "token": list, "ignore": list, "same_site": list},
        "leaks": {"headers": list, "version": str},
    },
    "tls": {"weak": list, "min_dh_bits": int, "min_protocol": str},
    "tls-grade": {
        **dict.fromkeys(
            ("letters", "weights", "protocols", "key", "cipher", "bits", "curves", "small_keys", "small_groups"), list
        ),
        **dict.fromkeys(("old_protocols", "modern_protocols", "small_blocks", "aead"), list),
        "min_cipher_bits": int,
        "caps": dict.fromkeys(FAULTS, str),
    },
    "tls-mozilla": dict.fromkeys(("modern", "intermediate", "old"), _PROFILE),
}
"""The guidelines that our own probes read, with every key they need; others are free in form."""
_WORDED: Mapping[str, Callable[[Mapping[str, Json]], Iterator[tuple[str, str]]]] = {
    "headers": check_headers,
    "terms": check_terms,
    "tls": check_weak,
    "tls-grade": check_grade,
    "tls-mozilla": check_profiles,
}
"""Of those whose texts are words or pairs of a kind, what checks them."""


def load_guidelines(config: Path) -> Mapping[str, Mapping[str, Json]]:
    """Read every guideline of a config folder, by its file's name; none if there is no such folder.

    Dates become text. A list holds texts, and an amount with a fraction is written as text.

    Raises:
        ConfigError: a file is not TOML, lacks its source or date or a key that its probe needs, or has an unknown one; every
            problem is listed.
    """
    folder = config / "guidelines"
    found: dict[str, Mapping[str, Json]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        name = f"guidelines/{path.name}"
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
            problems.append(Problem(file=name, place="", what=str(exc)))
            continue
        content = {key: _json(value, key, name, problems) for key, value in table.items()}
        form = _KNOWN.get(path.stem)
        if what := check_date(content.get("date"), whole=form is not None):
            problems.append(Problem(file=name, place="date", what=what))
        _compare(content, {**_EVERY, **(form or {})}, "", name, problems, closed=form is not None)
        for place, what in _WORDED[path.stem](content) if path.stem in _WORDED else ():
            problems.append(Problem(file=name, place=place, what=what))
        found[path.stem] = content
    if problems:
        raise ConfigError(problems)
    return found


def _json(value: object, place: str, file: str, problems: list[Problem]) -> Json:
    """Turn what TOML gave into what facts are made of."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [_json(part, place, file, problems) for part in value]
    if isinstance(value, dict):
        return {key: _json(part, f"{place}.{key}", file, problems) for key, part in value.items()}
    problems.append(Problem(file=file, place=place, what=f"{value!r} must be written as text"))
    return None


def _compare(
    content: Mapping[str, Json], form: Mapping[str, object], place: str, file: str, problems: list[Problem], *, closed: bool
) -> None:
    """Hold a table against its form: nothing may lack, and in a closed one nothing may be too much."""
    for key, wanted in form.items():
        inner = f"{place}.{key}".removeprefix(".")
        value = content.get(key)
        if key not in content:
            problems.append(Problem(file=file, place=place, what=f'"{key}" is missing'))
        elif isinstance(wanted, Mapping):
            if isinstance(value, dict):
                _compare(value, wanted, inner, file, problems, closed=closed)
            else:
                problems.append(Problem(file=file, place=inner, what="must be a table"))
        elif not _right(value, wanted):
            problems.append(Problem(file=file, place=inner, what=f"must be {_WORDS[wanted]}"))
        elif isinstance(value, list) and any(isinstance(part, str) and not part.strip() for part in value):
            problems.append(Problem(file=file, place=inner, what="holds an empty text, which would fit everything"))
    unknown = [key for key in content if key not in form] if closed else []
    problems += [Problem(file=file, place=place, what=f'unknown key "{key}"{nearest(key, form)}') for key in unknown]


def _right(value: Json, wanted: object) -> bool:
    if wanted is list:
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) and value != ""


_WORDS: Mapping[object, str] = {list: "a list of texts", int: "a whole number", str: "a text that is not empty"}
