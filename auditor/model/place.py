"""Where a kept piece of evidence lies."""

from dataclasses import dataclass

from auditor.model.evidence import ProofKind
from auditor.model.ids import Digest

__all__ = ["Place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One kept object: in which file, relative to the evidence folder, from which byte on, how many bytes as stored."""

    digest: Digest
    kind: ProofKind
    media_type: str
    size: int
    path: str
    offset: int
    length: int
    url: str | None = None
    record: str | None = None
