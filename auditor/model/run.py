"""A run: one night, one probe by hand, one import of declarations, one act of the council; and its manifest in the ledger."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.model.ids import Digest, RunId

__all__ = ["Run", "RunKind", "RunState"]


class RunKind(StrEnum):
    """What started a run. Only a night may be published."""

    NIGHT = "night"
    PROBE = "probe"
    DECLARE = "declare"
    COUNCIL = "council"
    """What the council or an agency did about marks: an appraisal, an explanation, an answer, a step of the period."""


class RunState(StrEnum):
    """How far a run has come."""

    OPEN = "open"
    HELD = "held"
    """Finished, and the gate did not let it pass."""
    PUBLISHED = "published"
    KEPT = "kept"
    """Finished, never to be published (a probe by hand, an import)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. ``manifest`` is the digest of its manifest once it is sealed; ``held_because`` what the gate said."""

    id: RunId
    kind: RunKind
    state: RunState
    started_at: datetime
    ended_at: datetime | None = None
    scope: str = ""
    manifest: Digest | None = None
    held_because: str = ""
