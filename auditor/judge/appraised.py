"""PURE: the council's word above both sides: a value of its own, or that a criterion does not concern an agency."""

from dataclasses import replace
from decimal import Decimal

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.estimate import Estimate
from auditor.judge.relative import Numbers, compared
from auditor.judge.scales import ZERO, bounds, price
from auditor.judge.words import shown_value
from auditor.model.agency import Agency
from auditor.model.council import Explanation
from auditor.model.declaration import Appraisal
from auditor.model.edition import Criterion
from auditor.model.mark import Origin
from auditor.model.reading import Value
from auditor.model.scale import Best, Relative, Weighted

__all__ = ["appraised", "excused", "worth"]


def worth(criterion: Criterion, value: Value) -> Decimal:
    """Give what the council's value is worth by itself; where the scale joins several measures, it is the share of the points.

    Raises:
        TypeError: the scale compares agencies.
    """
    most = criterion.max_points
    match criterion.scale:
        case Best() | Weighted():
            low, high = bounds(criterion.scale, most)
            return low + Decimal(value) * (high - low)
        case scale:
            return price(scale, value, most)


def appraised(case: Case, criterion: Criterion, agency: Agency, appraisal: Appraisal, numbers: Numbers) -> Estimate:
    """Give what a criterion comes to when the council has set its value.

    Where the scale compares agencies, it is as open as the numbers of the group with which the value is compared.
    """
    said, value = appraisal.value, shown_value(appraisal.value)
    cause = None
    if isinstance(criterion.scale, Relative):
        own = ZERO if isinstance(said, str) else Decimal(said)
        low, high, cause = compared(case, criterion, agency.group, own, numbers)
    else:
        low = high = worth(criterion, said)
    decided = {"reason": appraisal.reason, "person": appraisal.person, "document": appraisal.document}
    because = notes.APPRAISED(value=value, points=shown_value(high), max=shown_value(criterion.max_points), **decided)
    if low != high:
        because = notes.APPRAISED_OPEN(value=value, **decided)
    proofs = (appraisal.proof,) if appraisal.proof else ()
    return Estimate(
        low=low, high=high, because=because, cause=cause if low != high else None, proofs=proofs, origin=Origin.APPRAISED
    )


def excused(estimate: Estimate, explanation: Explanation) -> Estimate:
    """Give the same as not concerning the agency, on its explanation and the council's word."""
    because = notes.EXPLAINED(
        reason=explanation.text,
        person=explanation.person,
        document=explanation.document,
        until=explanation.expires.isoformat(),
    )
    return replace(
        estimate,
        low=ZERO,
        high=ZERO,
        because=because,
        cause=None,
        excluded=True,
        open_declaration=False,
        origin=Origin.EXPLAINED,
    )
