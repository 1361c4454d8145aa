"""What follows when something new is known (a published night, an imported declaration): cases are opened, agencies are told."""

from auditor.app.contradicting import open_cases
from auditor.app.council_letters import tell_council
from auditor.app.parts import Parts
from auditor.errors import NotDone
from auditor.log import get_logger
from auditor.store import Store

__all__ = ["follow"]


def follow(parts: Parts, store: Store) -> int:
    """Open a case for every new contradiction, and put into the outbox what the council's acts tell; give how many are new.

    Where another run is at work nothing is opened now: the next night, or whoever calls this next, does it.
    """
    try:
        for edition in sorted({parts.edition().id, *(period.edition for period in parts.periods)}):
            open_cases(parts, edition)
    except NotDone as exc:
        get_logger("council").info("cases wait", why=str(exc))
    return tell_council(parts, store)
