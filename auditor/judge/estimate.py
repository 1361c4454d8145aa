"""What is known of a quantity of points: from ``low`` to ``high``, and why."""

from dataclasses import dataclass, replace
from decimal import Decimal

from auditor.model.evidence import Proof
from auditor.model.mark import Origin
from auditor.model.note import Note
from auditor.model.reading import ReadingRecord, Value
from auditor.model.visit import Cause

__all__ = ["Estimate", "lesser", "unique"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Points between two bounds; equal bounds are determined.

    ``excluded`` when there is no duty. ``cause`` says why it is open, or on which failed visit it rests. ``value`` is the
    value that counted.
    ``open_declaration`` marks what only waits for a declaration. ``origin`` says whose word it is.
    """

    low: Decimal
    high: Decimal
    because: Note
    value: Value | None = None
    cause: Cause | None = None
    excluded: bool = False
    open_declaration: bool = False
    records: tuple[ReadingRecord, ...] = ()
    proofs: tuple[Proof, ...] = ()
    origin: Origin | None = None

    @property
    def determined(self) -> bool:
        """Tell whether nothing is open."""
        return self.low == self.high and not self.excluded

    def noting(self, because: Note) -> "Estimate":
        """Give the same with another reason."""
        return self if because is self.because else replace(self, because=because)


def unique(proofs: tuple[Proof, ...]) -> tuple[Proof, ...]:
    """Give each proof once, in their order."""
    return proofs if len(proofs) <= 1 else tuple(dict.fromkeys(proofs))


def lesser(one: Estimate, other: Estimate, because: Note) -> Estimate:
    """Give the lower of two, bound by bound."""
    low, high = min(one.low, other.low), min(one.high, other.high)
    open_ = next((part for part in (one, other) if not part.determined), None)
    deciding = one if one.high <= other.high else other
    return Estimate(
        low=low,
        high=high,
        because=because,
        value=deciding.value,
        cause=(open_.cause if open_ and low != high else deciding.cause),
        open_declaration=low != high and any(part.open_declaration for part in (one, other)),
        records=one.records + other.records,
        proofs=unique(one.proofs + other.proofs),
        origin=deciding.origin,
    )
