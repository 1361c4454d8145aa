"""PURE: the council's word above both sides: a value of its own, or that a criterion does not concern an agency."""

from dataclasses import replace
from decimal import Decimal

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.estimate import Estimate
from auditor.judge.own import measured_number
from auditor.judge.relative import Numbers, highest_of
from auditor.judge.scales import ZERO, bounds, price, price_relative
from auditor.judge.words import shown_value
from auditor.model.agency import Agency
from auditor.model.council import Explanation
from auditor.model.declaration import Appraisal
from auditor.model.edition import Criterion
from auditor.model.mark import Origin
from auditor.model.reading import Value
from auditor.model.scale import Best, Relative, Weighted

__all__ = ["appraised", "excused", "worth"]


def worth(case: Case, criterion: Criterion, agency: Agency, value: Value, numbers: Numbers = measured_number) -> Decimal:
    """Give what the council's value is worth.

    Where the scale compares agencies, it is compared with the group's highest; where it joins several measures, the value is
    the share of the points.
    """
    most = criterion.max_points
    match criterion.scale:
        case Relative():
            own = ZERO if isinstance(value, str) else Decimal(value)
            return price_relative(own, max(own, highest_of(case, criterion, agency.group, numbers)), most)
        case Best() | Weighted():
            low, high = bounds(criterion.scale, most)
            return low + Decimal(value) * (high - low)
        case scale:
            return price(scale, value, most)


def appraised(case: Case, criterion: Criterion, agency: Agency, appraisal: Appraisal, numbers: Numbers) -> Estimate:
    """Give what a criterion comes to when the council has set its value."""
    points = worth(case, criterion, agency, appraisal.value, numbers)
    because = notes.APPRAISED(
        value=shown_value(appraisal.value),
        points=shown_value(points),
        max=shown_value(criterion.max_points),
        reason=appraisal.reason,
        person=appraisal.person,
        document=appraisal.document,
    )
    proofs = (appraisal.proof,) if appraisal.proof else ()
    return Estimate(low=points, high=points, because=because, proofs=proofs, origin=Origin.APPRAISED)


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
