"""A delivery: how far a notice has come on its way, and what came of a try to bring it further."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from auditor.model.notice import Notice

__all__ = ["Delivery", "DeliveryState", "Outcome", "Queue", "refused_of"]


class DeliveryState(StrEnum):
    """Not yet under way, under way now (or cut off there), taken by a server for good, given up, or taken and come back later."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A notice in the outbox.

    ``left`` are those of its addresses that no server has taken it for yet, ``refused`` lines of those that never will get it,
    each with the server's words; ``taken`` says when a server took it for which address. ``due_at`` is when it is tried next:
    while it is being sent, when a try that was cut off is believed dead. ``why`` is the last trouble.
    """

    notice: Notice
    state: DeliveryState
    left: tuple[str, ...]
    changed_at: datetime
    due_at: datetime | None = None
    tries: int = 0
    refused: tuple[str, ...] = ()
    why: str = ""
    taken: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def handed(self) -> tuple[datetime, ...]:
        """Give when servers took it for the addresses from which it has not come back, in order."""
        back = {refused_of(line) for line in self.refused}
        return tuple(sorted(at for address, at in self.taken.items() if address not in back))

    @property
    def over_in_vain(self) -> bool:
        """Tell whether nobody has it, and nobody ever will."""
        return self.state in {DeliveryState.FAILED, DeliveryState.BOUNCED}


def refused_of(line: str) -> str:
    """Give the address that a line of those who never will get a notice is about."""
    return line.partition(": ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The outbox at a glance: how many notices stand how, and the oldest of those that are not over."""

    states: Mapping[DeliveryState, int] = field(default_factory=dict)
    oldest: Delivery | None = None

    @property
    def open(self) -> int:
        """Count those that are not over."""
        return sum(self.states.get(state, 0) for state in (DeliveryState.WAITING, DeliveryState.SENDING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try: who has it, who may be asked again later, who never will take it, each with the server's words.

    ``down`` says that the channel itself failed, so that nothing of this kind needs to be tried now. ``wait`` is the least time
    that the server asked for, ``said`` its word on what it took.
    """

    taken: tuple[str, ...] = ()
    later: Mapping[str, str] = field(default_factory=dict)
    never: Mapping[str, str] = field(default_factory=dict)
    down: str = ""
    wait: timedelta = timedelta(0)
    said: str = ""
