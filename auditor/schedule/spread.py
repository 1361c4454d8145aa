"""When in its period each site is checked: PURE. A site's turn hangs on its address alone, so that a restart moves nothing."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

__all__ = ["due_checks", "next_check", "share_of", "turn_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_ROUNDS = 20
"""So many rounds a period has at most."""


def share_of(name: str) -> float:
    """Give a name's place between 0 and 1: the same always, and spread evenly over many names."""
    return int.from_bytes(sha256(name.encode()).digest()[:6]) / 2**48


def turn_of(url: str, period: int) -> int:
    """Give the second of the period in which a site is checked: one of a few, since a round costs something whatever its size."""
    rounds = min(_ROUNDS, period)
    return int(share_of(url) * rounds) * period // rounds


def due_checks(urls: Iterable[str], period: int, *, since: datetime, until: datetime) -> tuple[str, ...]:
    """Give the sites whose turn came after ``since`` and is not later than ``until``; each once, however often it came."""
    first, last = _seconds(since), _seconds(until)
    return tuple(url for url in urls if _turns(last, turn_of(url, period), period) > _turns(first, turn_of(url, period), period))


def next_check(urls: Sequence[str], period: int, *, after: datetime) -> datetime | None:
    """Give the next instant at which some site has its turn; None without sites."""
    now = _seconds(after)
    turns = ((_turns(now, turn, period) + 1) * period + turn for turn in {turn_of(url, period) for url in urls})
    soonest = min(turns, default=None)
    return None if soonest is None else _EPOCH + soonest * _SECOND


def _seconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _SECOND


def _turns(seconds: int, turn: int, period: int) -> int:
    """Count the turns up to a second."""
    return (seconds - turn) // period
