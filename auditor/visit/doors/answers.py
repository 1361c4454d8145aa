"""Who answered us, where and when: an answer proves our own link for that moment, not for ever."""

import anyio

from auditor.clock import Clock

__all__ = ["Answers", "Place", "reached"]

Place = tuple[str, int]
"""An address and a port."""
_MOST_HOSTS = 1_000
_MOST_ASKED = 5
_STAGGER = 0.25
"""Seconds that one host has to take a connection before the next is asked beside it."""
_SECONDS = 5.0


class Answers:
    """The hosts that answered visits of this process, the one that answered last at the end."""

    def __init__(self, clock: Clock) -> None:
        """Begin without any."""
        self._clock = clock
        self._heard: dict[str, tuple[float, Place]] = {}
        self._asking = anyio.Lock()

    @property
    def hosts(self) -> frozenset[str]:
        """Give every host that is remembered."""
        return frozenset(self._heard)

    def heard(self, host: str, place: Place) -> None:
        """Note that a host answers now, at this address and port."""
        self._heard.pop(host, None)
        self._heard[host] = (self._clock.monotonic(), place)
        while len(self._heard) > _MOST_HOSTS:
            del self._heard[next(iter(self._heard))]

    def since(self, moment: float, *, besides: str) -> bool:
        """Tell whether another host has answered after a moment of the monotonic clock."""
        return any(self._heard[host][0] > moment for host in [*self._heard][-2:] if host != besides)

    async def again(self, *, besides: str) -> bool:
        """Tell whether another host, of those that answered last, takes a connection now. Nothing is sent over it.

        Whoever asks while somebody asks already shares his answer, so that a dying link is no storm of connections.
        """
        begun = self._clock.monotonic()
        async with self._asking:
            if not self.since(begun, besides=besides):
                await self._connect(self._others(besides))
        return self.since(begun, besides=besides)

    def _others(self, besides: str) -> list[tuple[str, Place]]:
        """Give the hosts to ask, newest first, one a place: what else a dead server serves is as dead."""
        found: dict[str, tuple[str, Place]] = {}
        for host in reversed(self._heard):
            place = self._heard[host][1]
            if host != besides and len(found) < _MOST_ASKED:
                found.setdefault(f"{place[0]}:{place[1]}", (host, place))
        return [*found.values()]

    async def _connect(self, others: list[tuple[str, Place]]) -> None:
        async def one(host: str, place: Place, scope: anyio.CancelScope) -> None:
            if await reached(place):
                self.heard(host, place)
                scope.cancel()

        async with anyio.create_task_group() as group:
            for host, place in others:
                group.start_soon(one, host, place, group.cancel_scope)
                await anyio.sleep(_STAGGER)


async def reached(place: Place) -> bool:
    """Tell whether somebody takes a connection there."""
    try:
        with anyio.fail_after(_SECONDS):
            stream = await anyio.connect_tcp(*place)
            await stream.aclose()
    except (OSError, TimeoutError):
        return False
    return True
