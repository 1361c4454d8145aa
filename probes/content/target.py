"""What one entry point of a duty leads to, and what was found there."""

from dataclasses import dataclass
from enum import IntEnum

from auditor.model.evidence import Proof
from auditor.model.note import Note
from auditor.model.visit import Cause
from probes.content.blocks import DatedBlock
from probes.content.page import Candidate, Page

__all__ = ["State", "Target"]


class State(IntEnum):
    """What a target comes to, from the least to the best."""

    BROKEN = 1
    EMPTY = 2
    UNDECIDED = 3
    PRESENT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One entry point's target and what was found there. ``page`` is set when it could be read."""

    candidate: Candidate
    state: State
    because: Note
    cause: Cause | None = None
    proof: Proof | None = None
    page: Page | None = None
    block: DatedBlock | None = None

    @property
    def screenshot(self) -> Proof | None:
        """Give the picture of what a browser showed, if one had to."""
        return self.page.screenshot if self.page is not None else None
