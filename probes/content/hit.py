"""A duty that something names, and how surely."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Grade", "Hit", "best"]


class Grade(IntEnum):
    """How surely something names a duty."""

    AMBIGUOUS = 1
    ACCEPTED = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A duty named, by which phrase."""

    section: str
    grade: Grade
    phrase: str


def best(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Give each duty once, with its best grade."""
    surest: dict[str, Hit] = {}
    for hit in hits:
        if hit.section not in surest or hit.grade > surest[hit.section].grade:
            surest[hit.section] = hit
    return tuple(surest.values())
