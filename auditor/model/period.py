"""A period: one year's ranking, from the declaration to the published result, as dates."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from auditor.model.council import PeriodState
from auditor.model.ids import EditionId, PeriodId

__all__ = ["ORDER", "Awaited", "Period", "Running"]

ORDER = tuple(PeriodState)
"""The states in the order in which a period goes through them; none is skipped and none comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One year's ranking by one edition; every date is included.

    The data are of ``data_from`` to ``data_to``. Agencies declare from ``declare_from`` to ``declare_until``; the council
    appraises from ``appraise_from``; the draft result goes to the agencies on ``draft_on`` or later, and they may complain of it
    through ``complain_until``; it may be published from ``publish_from`` on. A contradiction is to be answered within
    ``answer_days`` of being told.
    ``verified`` says whether the dates were checked against a decision.
    """

    id: PeriodId
    edition: EditionId
    title: str
    verified: bool
    data_from: date
    data_to: date
    declare_from: date
    declare_until: date
    appraise_from: date
    draft_on: date
    complain_until: date
    publish_from: date
    answer_days: int

    def days(self) -> tuple[tuple[str, date], ...]:
        """Give its dates by name, in the order in which they must come."""
        names = ("declare_from", "declare_until", "appraise_from", "draft_on", "complain_until", "publish_from")
        return tuple((name, getattr(self, name)) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The period of an edition that was moved on last: how far it is, and since when it is open.

    What was declared, appraised or explained before ``since`` belongs to an earlier year.
    """

    period: PeriodId
    state: PeriodState
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What agencies may still declare in a period that is open.

    So many criteria of so many agencies, worth at most so many points, until the end of a day. ``over`` says that the day is
    past and nobody has closed the declaration yet.
    """

    criteria: int
    agencies: int
    points: Decimal
    until: date
    over: bool = False
