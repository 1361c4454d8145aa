"""What a part of the probe says of its measure, and when too little was read to say anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from auditor.model.evidence import Proof
from auditor.model.ids import MeasureId
from auditor.model.note import Json, Note
from auditor.model.reading import Measured, NotApplicable, Reading, Unavailable
from auditor.model.visit import Cause
from probes.content.site import CrawledSite

__all__ = ["Said", "proofs_of", "short_of"]

_SHOWN = 12
_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one measure: a value, or the cause why there is none; neither where there is no duty."""

    because: Note
    value: bool | int | Decimal | None = None
    cause: Cause | None = None
    proofs: tuple[Proof, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)

    def reading(self, measure: MeasureId, otherwise: tuple[Proof, ...]) -> Reading:
        """Give it as a reading; ``otherwise`` is the evidence of what has none of its own."""
        proofs, facts = self.proofs or otherwise, dict(self.facts)
        if self.cause is not None:
            return Unavailable(measure=measure, because=self.because, evidence=proofs, facts=facts, cause=self.cause)
        if self.value is None:
            return NotApplicable(measure=measure, because=self.because, evidence=proofs, facts=facts)
        return Measured(measure=measure, because=self.because, evidence=proofs, facts=facts, value=self.value)


def proofs_of(proofs: Iterable[Proof | None]) -> tuple[Proof, ...]:
    """Give each piece of evidence once, the first few."""
    return tuple(dict.fromkeys(proof for proof in proofs if proof is not None))[:_SHOWN]


def short_of(site: CrawledSite) -> Cause | None:
    """Say why too little of a site was read for a verdict on the whole of it; None when enough was.

    A fault that was seen counts all the same: only that there is none cannot be said.
    """
    if site.unread is not None:
        return site.unread
    return Cause.BUDGET if len(site.readable) < _FEW and site.seen.left else None
