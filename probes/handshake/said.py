"""What an address is judged by, and what a judge says of it: a value and how bad it is, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.model.note import Json, Note
from auditor.model.reading import Value
from auditor.model.visit import Cause
from auditor.sdk.details import told
from auditor.sdk.tls import Endpoint

__all__ = ["BROWSERS", "MIN_DH_BITS", "MIN_PROTOCOL", "NO_GUIDELINE", "WEAK", "Rules", "Said", "untold"]

BROWSERS = frozenset({"chrome", "firefox"})
"""Those whose hellos are said; Edge and others with Chrome's engine say Chrome's."""
WEAK = ("NULL", "_anon_", "EXPORT", "RC4", "3DES", "WITH_DES_")
MIN_DH_BITS = 2048
MIN_PROTOCOL = "tls1.2"

PARTLY_SEEN = Note(
    key="tls.partly_seen", text="{address} accepts secure connections, but this could not be tested ({cause}): {detail}"
)

NO_GUIDELINE = Note(key="tls.no_guideline", text="no guideline {file} is installed here")
NOT_TESTED = Note(key="tls.not_tested", text="not tested: {faults}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an address is judged by: the host that was asked for, the moment of the scan, and what counts as weak.

    ``min_protocol`` is the oldest protocol that may be offered; ``profiles`` and ``grading`` are guidelines, empty where there is
    none.
    """

    host: str
    at: datetime
    weak: tuple[str, ...] = WEAK
    min_dh_bits: int = MIN_DH_BITS
    min_protocol: str = MIN_PROTOCOL
    profiles: Mapping[str, Json] = field(default_factory=dict)
    grading: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one address gives for one measure: a value, how bad it is (the lowest rank is the worst), and why; or no value.

    ``found`` tells that it counts faults which are there, whatever else there is.
    """

    value: Value | None = None
    rank: float = 0
    because: Note
    facts: Mapping[str, Json]
    cause: Cause | None = None
    found: bool = False


def untold(endpoint: Endpoint, cause: Cause | None = None, detail: str | Note = "") -> Said:
    """Say that an address speaks TLS, and this could still not be seen."""
    why = cause or endpoint.cause or Cause.AMBIGUOUS
    words = detail or endpoint.detail or endpoint.trust_detail
    if endpoint.not_tested and not (detail or endpoint.detail):
        words = NOT_TESTED(faults=[*endpoint.not_tested])
    said = words if isinstance(words, Note) else told(words)
    note = PARTLY_SEEN(address=endpoint.address, cause=why.value, detail=said)
    return Said(rank=float("inf"), because=note, facts={"not_tested": list(endpoint.not_tested)}, cause=why)
