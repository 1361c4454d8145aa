"""What a ranking that is shown while a period is open still waits for: declarations, of how many agencies, until when."""

from datetime import date, datetime
from decimal import Decimal

from auditor.app.parts import Parts
from auditor.judge.periods import running
from auditor.model.council import PeriodState
from auditor.model.mark import Pending
from auditor.model.period import Awaited
from auditor.model.zone import end_of, local_date
from auditor.store import Store
from reports.view import Source, standings

__all__ = ["awaited"]


def awaited(parts: Parts, store: Store, source: Source, as_of: date | None) -> Awaited | None:
    """Give what the agencies of a ranking may still declare, as of now or of the end of a day.

    None where no period of its edition was open then, or nothing is waited for. What was declared since the ranking was judged
    is waited for no more, though its points come with the next one.
    """
    now = parts.clock.now()
    instant = now if as_of is None else min(end_of(as_of), now)
    name = source.ranking.edition
    found = running(store.acts.all(name, until=instant))
    period = next((one for one in parts.periods if found is not None and one.id == found.period), None)
    if found is None or period is None or found.state is not PeriodState.OPEN:
        return None
    since = _since(store, name, source.ranking.as_of, instant)
    waiting = [
        (row.agency, mark)
        for row in standings(source)
        for mark in row.marks
        if isinstance(mark, Pending) and mark.open_declaration and (row.agency, mark.criterion) not in since
    ]
    if not waiting:
        return None
    return Awaited(
        criteria=len(waiting),
        agencies=len({agency for agency, _ in waiting}),
        points=sum((mark.max for _, mark in waiting), start=Decimal(0)),
        until=period.declare_until,
        over=local_date(instant) > period.declare_until,
    )


def _since(store: Store, edition: str, judged_at: datetime, until: datetime) -> frozenset[tuple[str, str]]:
    """Give what was declared after a ranking was judged."""
    declared = store.declarations.all(edition, until=until)
    return frozenset((one.agency, one.criterion) for one in declared if one.imported_at > judged_at)
