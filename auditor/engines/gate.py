"""The gate: what a run must pass to be published. PURE."""

from collections.abc import Sequence

from auditor.model.visit import Blame, Cause, VisitRecord

__all__ = ["held_because"]

_MOST_OURS = 0.01
_MOST_SLOW = 0.5
"""Time runs out on us where it does on more than half of the sites; on fewer, a site that never ends has used it up."""


def held_because(visits: Sequence[VisitRecord]) -> str:
    """Say why a run must not be published; empty when it may.

    At most one visit in a hundred may have failed by our own fault, and somebody must have answered us. A visit that ran out of
    time is our fault to the agency, but no one site may hold up a night by it.
    """
    if not visits:
        return ""
    slow = {v.visit.site for v in visits if v.cause is Cause.BUDGET}
    are_we_slow = len(slow) > max(1, _MOST_SLOW * len({v.visit.site for v in visits}))
    failed = [v for v in visits if v.cause is not None and v.cause.blame is Blame.OURS]
    ours = [v for v in failed if are_we_slow or v.cause is not Cause.BUDGET]
    if len(ours) > _MOST_OURS * len(visits):
        keys = ", ".join(sorted({f"{v.visit.probe} on {v.visit.site}" for v in ours})[:5])
        return f"{len(ours)} of {len(visits)} visits failed by our own fault: {keys}"
    if all(v.cause is not None and v.cause.blame is not Blame.REFUSING for v in visits):
        return "no site answered at all: our own link may be down"
    return ""
