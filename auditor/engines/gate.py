"""The gate: what a run must pass to be published. PURE."""

from collections.abc import Sequence

from auditor.model.visit import Blame, VisitRecord

__all__ = ["held_because"]

_MOST_OURS = 0.01


def held_because(visits: Sequence[VisitRecord]) -> str:
    """Say why a run must not be published; empty when it may.

    At most one visit in a hundred may have failed by our own fault, and somebody must have answered us.
    """
    if not visits:
        return ""
    ours = [v for v in visits if v.cause is not None and v.cause.blame is Blame.OURS]
    if len(ours) > _MOST_OURS * len(visits):
        keys = ", ".join(sorted({f"{v.visit.probe} on {v.visit.site}" for v in ours})[:5])
        return f"{len(ours)} of {len(visits)} visits failed by our own fault: {keys}"
    if all(v.cause is not None and v.cause.blame is not Blame.REFUSING for v in visits):
        return "no site answered at all: our own link may be down"
    return ""
