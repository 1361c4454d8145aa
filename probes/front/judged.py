"""What a check of the front page's answer found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auditor.model.note import Json, Note
from auditor.model.reading import Value

__all__ = ["ABSENT", "SOUND", "SPACE", "WEAK", "WORDS", "Judged", "texts"]

ABSENT, WEAK, SOUND = WORDS = ("absent", "weak", "sound")
SPACE = "\t\n\f\r "
"""What browsers take for a space in a header (Infra Standard, ASCII whitespace); a no-break space, which some type, is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A value with its reason; None as a value says that there is no duty. ``passage`` is the line that decided."""

    value: Value | None
    because: Note
    passage: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)


def texts(rules: Mapping[str, Json], table: str, key: str) -> Sequence[str]:
    """Give a list of a guideline's table."""
    found = rules.get(table)
    listed = found.get(key) if isinstance(found, dict) else None
    return [str(part).lower() for part in listed] if isinstance(listed, list) else []
