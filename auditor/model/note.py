"""A sentence for people: a key, its source text in English, and the facts that fill it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Json", "Note", "fill", "nested", "quoted"]

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
"""What facts are made of: no floats, so that bytes repeat; shares and seconds are decimal strings."""
_QUOTED = "quoted"
_MARKS = str.maketrans("“”", '""')


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One reason: ``key`` finds the translation in ``reports/locale``, ``text`` is the English sentence with ``{names}``.

    A note stands as a constant beside its check and is filled by calling it: ``EXPIRED(day="2026-01-02", days=3)``. A fact may be
    a note again, or text that a site wrote (``quoted``): then it is shown as such and never taken for a word of ours.
    """

    key: str
    text: str
    facts: Mapping[str, Json] = field(default_factory=dict)

    def __call__(self, **facts: "Json | Note") -> "Note":
        """Give the same sentence with these facts."""
        given = {name: fact.as_fact() if isinstance(fact, Note) else fact for name, fact in facts.items()}
        return Note(key=self.key, text=self.text, facts={**self.facts, **given} if self.facts else given)

    def as_fact(self) -> Json:
        """Give the note as a fact of another one."""
        return {"key": self.key, "text": self.text, "facts": dict(self.facts)}

    def __str__(self) -> str:
        """Give the English sentence."""
        return fill(self.text, self.facts)


def quoted(text: str) -> Json:
    """Give text that somebody else wrote as a fact; it holds no mark that would end the quotation."""
    return {_QUOTED: text.translate(_MARKS)}


def nested(fact: Json) -> "Note | str | None":
    """Give the note that a fact is, or the text that it quotes; None for any other fact."""
    if not isinstance(fact, dict):
        return None
    if isinstance(words := fact.get(_QUOTED), str) and len(fact) == 1:
        return words
    key, text, facts = fact.get("key"), fact.get("text"), fact.get("facts")
    return (
        Note(key=key, text=text, facts=facts)
        if isinstance(key, str) and isinstance(text, str) and isinstance(facts, dict)
        else None
    )


def fill(text: str, facts: Mapping[str, Json]) -> str:
    """Put facts into a sentence; a name without a fact stays visible as ``{name}`` rather than crash a report."""
    return text.format_map(_Lenient({key: _shown(value) for key, value in facts.items()}))


def _shown(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    found = nested(value)
    return f"“{found}”" if isinstance(found, str) else str(value if found is None else found)


class _Lenient(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
