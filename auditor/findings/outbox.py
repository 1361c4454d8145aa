"""When a notice is tried again and when it is given up. PURE: the store keeps what is decided here."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.model.delivery import Delivery, DeliveryState, Outcome

__all__ = ["LEASE", "LIFE", "Settled", "is_stale", "settle"]

LEASE = timedelta(minutes=15)
"""After so long a try that nobody has ended is believed dead: longer than any try may last, whatever a server does."""

LIFE = timedelta(days=7)
"""A letter of a week ago is no news; until then it is tried (RFC 5321, 4.5.4.1 asks for four to five days at least)."""

_FIRST, _MOST = timedelta(minutes=5), timedelta(hours=6)
_DOUBLINGS = 10
"""More than it takes from the first wait to the longest."""
_SPREAD = 5
"""Waits differ by up to a fifth from letter to letter, so that those turned away together do not come back together."""
_PARTS = 1000

_LATE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a try came to: where the delivery stands now. ``due_at`` is None where nothing is left to be done."""

    state: DeliveryState
    left: tuple[str, ...]
    refused: tuple[str, ...]
    due_at: datetime | None
    why: str


def settle(delivery: Delivery, outcome: Outcome, now: datetime) -> Settled:
    """Say how a delivery stands after a try.

    Addresses that were served are never served again. It is sent when nobody is left and somebody has it; given up when nobody
    has it or its life is over with somebody left.
    """
    over = {*outcome.taken, *outcome.never}
    left = tuple(address for address in delivery.left if address not in over)
    refused = (*delivery.refused, *(f"{address}: {words}" for address, words in outcome.never.items()))
    why = outcome.down or "; ".join(f"{address}: {words}" for address, words in outcome.later.items() if address in left)
    if not left:
        has_somebody = len(refused) < len(delivery.notice.to)
        state = DeliveryState.SENT if has_somebody else DeliveryState.FAILED
        return Settled(state=state, left=(), refused=refused, due_at=None, why="; ".join(refused))
    due = _retry_at(delivery, now, outcome.wait)
    state = DeliveryState.WAITING if due else DeliveryState.FAILED
    return Settled(state=state, left=left, refused=refused, due_at=due, why=why)


def is_stale(delivery: Delivery, now: datetime) -> bool:
    """Tell whether a notice is not even to be tried any more: it waited while its channel was not set up, or nobody ran."""
    return now > delivery.notice.created_at + LIFE + _LATE


def _retry_at(delivery: Delivery, now: datetime, least: timedelta) -> datetime | None:
    """Give when to try again: later and later, once more at the end of its life, and then no more."""
    end = delivery.notice.created_at + LIFE
    if now >= end:
        return None
    wait = min(_FIRST * (1 << min(max(delivery.tries - 1, 0), _DOUBLINGS)), _MOST)
    spread = wait / _SPREAD * (zlib.crc32(delivery.notice.key.encode()) % _PARTS) / _PARTS
    return min(now + max(wait + spread, least), end)
