"""Whether agencies were told of contradictions: where each letter stands in the outbox, given to the judge as data."""

from collections.abc import Iterable
from datetime import datetime

from auditor.app.alerting import addresses
from auditor.app.parts import Parts
from auditor.judge.contradictions import as_told
from auditor.model.council import Contradiction, Opening, Posted, Untold
from auditor.model.council_letter import letter_of
from auditor.model.delivery import Delivery, DeliveryState
from auditor.model.zone import local_date
from auditor.store import Store

__all__ = ["told"]


def told(parts: Parts, store: Store, cases: Iterable[Contradiction], *, by: datetime) -> tuple[Contradiction, ...]:
    """Give contradictions with the day on which each agency had been told by an instant, or why it was not.

    Only a letter by mail tells an agency: the webhook calls a program of the operator's.
    """
    known = tuple(cases)
    openings = {letter_of(one.opening): one.opening for one in known}
    posted = {key: _posted(parts, store.outbox.get(key), opening) for key, opening in openings.items()}
    return as_told(known, posted, by=by)


def _posted(parts: Parts, letter: Delivery | None, opening: Opening) -> Posted:
    if letter is not None and letter.handed:
        return Posted(at=letter.handed)
    if letter is None and not addresses(parts.registry, opening.agency, local_date(opening.opened_at)):
        return Posted(why=Untold.NO_ADDRESS)
    if letter is not None and letter.state in {DeliveryState.BOUNCED, DeliveryState.SENT}:
        return Posted(why=Untold.BOUNCED)
    if letter is not None and letter.state is DeliveryState.FAILED:
        return Posted(why=Untold.GIVEN_UP)
    return Posted(why=Untold.QUEUED if parts.settings.mail.host else Untold.NO_CHANNEL)
