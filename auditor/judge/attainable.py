"""What a criterion would be worth to an agency if everything in its own hands were mended, and nothing else changed."""

from collections.abc import Iterator
from decimal import Decimal

from auditor.judge.case import Case
from auditor.judge.measured import joined
from auditor.judge.own import declared_number, measured_number
from auditor.judge.relative import full_number
from auditor.judge.scales import ZERO, top
from auditor.judge.seen import look_up
from auditor.model.agency import Agency, Site
from auditor.model.edition import Criterion, Over, Source
from auditor.model.scale import Best, Relative, Weighted

__all__ = ["attainable"]


def attainable(case: Case, criterion: Criterion, agency: Agency) -> Decimal | None:
    """Give the points when its sites show the best value wherever there is a duty, and it declares the best; None if unknown.

    Compared with the group, the best of its own is the group's highest: it can be known only when all of the group is in, or
    where the measure is a share. A site without a duty stays one.
    """
    told = None if criterion.source is Source.MEASURED else _declared(case, criterion, agency)
    if criterion.source is Source.DECLARED:
        return told
    sites = case.sites(agency.code, criterion.roles)
    owed = list(_owed(case, criterion, agency, sites[:1] if criterion.over is Over.MAIN else sites))
    if sites and not owed:
        # Without a duty outside, what agencies tell still counts where the rule rests on it.
        return told if criterion.source in {Source.LOWER_OF, Source.MEASURED_CAPS_DECLARED} else None
    seen = _measured(case, criterion, agency, owed)
    match criterion.source:
        case Source.MEASURED:
            return seen
        case Source.MEASURED_ELSE_DECLARED:
            # A number that is or will be measured is compared with the others' before anything that is declared counts.
            compared = isinstance(criterion.scale, Relative) and bool(sites)
            return seen if seen is not None or compared else told
        case _:
            return None if seen is None or told is None else min(seen, told)


def _declared(case: Case, criterion: Criterion, agency: Agency) -> Decimal | None:
    if isinstance(criterion.scale, Relative) and not full_number(case, criterion, agency, declared_number):
        return None
    return top(criterion)


def _measured(case: Case, criterion: Criterion, agency: Agency, owed: list[Decimal]) -> Decimal | None:
    """Give what several sites at their best come to together."""
    if not owed:
        return None
    if isinstance(criterion.scale, Relative):
        return criterion.max_points if full_number(case, criterion, agency, measured_number) else None
    return owed[0] if len(owed) == 1 and criterion.over is not Over.SHARE else joined(criterion, owed)


def _owed(case: Case, criterion: Criterion, agency: Agency, sites: tuple[Site, ...]) -> Iterator[Decimal]:
    """Give the most that each site with a duty can be worth."""
    scale = criterion.scale
    for site in sites:
        duties = [name for name in criterion.measures if not look_up(case, name, site, agency.code).no_duty]
        if isinstance(scale, Best):
            found = [one.points for one in scale.cases if one.measure in duties]
            if found:
                yield max(ZERO, *found)
        elif isinstance(scale, Weighted):
            if any(part.measure in duties for part in scale.fractions):
                yield criterion.max_points
        elif criterion.measure in duties:
            yield top(criterion)
