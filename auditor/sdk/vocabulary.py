"""The words that a probe looks for, as data: ``probes/vocabulary/*.toml``."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any, TypeVar

from auditor.errors import ConfigError, Problem, nearest
from auditor.sdk.phrases import Phrases

__all__ = ["Section", "Vocabulary", "load_vocabulary"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One duty: how its entry points are labelled and spelled in addresses.

    ``exact`` are the labels themselves; ``accepted`` other phrases that mean it; ``slugs`` how addresses spell it (folded;
    both đ → d and đ → nothing are derived); ``not_phrases`` look alike and are not it. ``leads`` name it when a menu's label
    begins with them (``Thống kê giao thông``), ``anywhere`` wherever they stand in a short label (``Nguồn cấp RSS``).
    ``parts`` name it where a label is made of two or more of them (``Quyền hạn, trách nhiệm``). ``perhaps`` may be it or
    something else (``Hộp thư công vụ``): only what the target holds can tell.
    """

    id: str
    title: str
    exact: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()
    not_phrases: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)  # without slots: what is worked out of the words stays with them and is no field
class Vocabulary:
    """All sections by id, plain lists of phrases by name (``empty``, ``soft_404`` …), and what abbreviations mean.

    The words are the same for every visit of a run, so what is worked out of them alone is made once, by ``once`` or ``finder``.
    """

    sections: Mapping[str, Section] = field(default_factory=dict)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _made(self) -> dict[str, Any]:
        return {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Give what ``make`` works out of these words, by a name: made when first asked for."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    def finder(self, *names: str) -> Phrases:
        """Give what finds the phrases of these lists in a text, each under its list's name; an unknown list is empty."""
        return self.once(f"finder {' '.join(names)}", lambda: Phrases({name: self.phrases.get(name, ()) for name in names}))


_TABLES = {"sections", "phrases", "abbreviations"}
_KEYS = {"title", "exact", "accepted", "slugs", "not_phrases", "leads", "anywhere", "parts", "perhaps"}


def load_vocabulary(package: str = "probes") -> Vocabulary:
    """Read every ``vocabulary/*.toml`` of a package of probes.

    Tables under ``[sections.<id>]`` are sections, arrays under ``[phrases]`` are lists of phrases, texts under
    ``[abbreviations]`` what an abbreviation (in its own case) stands for; files add up, nothing may stand twice.

    Raises:
        ConfigError: a file is not TOML, has an unknown key, or says something twice; every problem is listed.
    """
    sections: dict[str, Section] = {}
    phrases: dict[str, tuple[str, ...]] = {}
    abbreviations: dict[str, str] = {}
    problems: list[Problem] = []
    folder = files(package) / "vocabulary"
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name):
        name = f"{package}/vocabulary/{path.name}"
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
            problems.append(Problem(file=name, place="", what=str(exc)))
            continue
        problems += [_unknown(name, "", key, _TABLES) for key in table if key not in _TABLES]
        for key, meant in table.get("abbreviations", {}).items():
            if key in abbreviations:
                problems.append(Problem(file=name, place=f"abbreviations.{key}", what="stands twice"))
            abbreviations[key] = str(meant)
        for key, words in table.get("phrases", {}).items():
            if key in phrases:
                problems.append(Problem(file=name, place=f"phrases.{key}", what="stands twice"))
            phrases[key] = tuple(words)
        for key, fields in table.get("sections", {}).items():
            if key in sections:
                problems.append(Problem(file=name, place=f"sections.{key}", what="stands twice"))
            problems += [_unknown(name, f"sections.{key}", word, _KEYS) for word in fields if word not in _KEYS]
            sections[key] = _section(key, fields)
    if problems:
        raise ConfigError(problems)
    return Vocabulary(sections=sections, phrases=phrases, abbreviations=abbreviations)


def _section(key: str, fields: Mapping[str, object]) -> Section:
    lists = {name: tuple(map(str, value)) for name, value in fields.items() if name in _KEYS and isinstance(value, list)}
    return Section(id=key, title=str(fields.get("title", key)), **lists)


def _unknown(file: str, place: str, key: str, known: set[str]) -> Problem:
    return Problem(file=file, place=place, what=f'unknown key "{key}"{nearest(key, known)}')
