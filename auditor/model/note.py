"""A sentence for people: a key, its source text in English, and the facts that fill it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

__all__ = ["Json", "Note", "fill"]

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
"""What facts are made of: no floats, so that bytes repeat; shares and seconds are decimal strings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One reason: ``key`` finds the translation in ``reports/locale``, ``text`` is the English sentence with ``{names}``.

    A note stands as a constant beside its check and is filled by calling it: ``EXPIRED(day="2026-01-02", days=3)``.
    """

    key: str
    text: str
    facts: Mapping[str, Json] = field(default_factory=dict)

    def __call__(self, **facts: Json) -> "Note":
        """Give the same sentence with these facts."""
        return replace(self, facts={**self.facts, **facts})

    def __str__(self) -> str:
        """Give the English sentence."""
        return fill(self.text, self.facts)


def fill(text: str, facts: Mapping[str, Json]) -> str:
    """Put facts into a sentence; a name without a fact stays visible as ``{name}`` rather than crash a report."""
    shown = {key: ", ".join(map(str, value)) if isinstance(value, list) else str(value) for key, value in facts.items()}
    return text.format_map(_Lenient(shown))


class _Lenient(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
