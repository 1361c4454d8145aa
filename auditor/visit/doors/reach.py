"""The reach door: whether one address of a host takes a connection. Nothing is sent over it.

It is for addresses that the other doors may never come to, IPv6 above all: they take whichever answers first, and never see the
one that does not. A failure is theirs only when another host takes a connection over the same family.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import anyio

from auditor.clock import Clock
from auditor.model.evidence import Proof
from auditor.model.visit import Cause
from auditor.sdk.doors import Reached
from auditor.visit.doors.answers import Answers, Place, reached
from auditor.visit.doors.dns.door import NoAddress, Resolver
from auditor.visit.doors.guard import Guard, Refusal
from auditor.visit.doors.lacks import has_route, is_lack

__all__ = ["ReachLinks", "ReachVisit"]

_SECONDS = 10.0
_HTTPS = 443
Keep = Callable[[bytes, str, str | None], Proof]


@dataclass
class ReachLinks:
    """What all visits of a process share: who took a connection, apart by family, and the operator's control hosts."""

    resolver: Resolver
    guard: Guard
    clock: Clock
    retry_pause: float
    controls: tuple[str, ...] = ()
    seconds: float = _SECONDS
    answers: dict[bool, Answers] = field(init=False)

    def __post_init__(self) -> None:
        """Know nobody yet, neither over IPv4 nor over IPv6."""
        self.answers = {six: Answers(self.clock) for six in (False, True)}

    async def proven(self, host: str, *, six: bool) -> bool:
        """Tell whether another host takes a connection over this family now: one that did before, or a control host."""
        if await self.answers[six].again(besides=host):
            return True
        for url in self.controls:
            try:
                target = self.guard.target(url)
                found = (
                    [target.mapped] if target.mapped else [(a, target.port) for a in await self.resolver.addresses(target.host)]
                )
            except (Refusal, NoAddress):
                continue
            for place in found:
                if target.host != host and (":" in place[0]) == six and await reached(place):
                    self.answers[six].heard(target.host, place)
                    return True
        return False


class ReachVisit:
    """One visit's reach door; see ``auditor.sdk.doors.ReachDoor``."""

    def __init__(self, links: ReachLinks, keep: Keep) -> None:
        """Connect with what is shared, keep what happened as this visit's evidence."""
        self._links, self._keep = links, keep

    async def connect(self, host: str, address: str, port: int) -> Reached:
        """Connect to one address of a host; never raises for what it does."""
        links = self._links
        base = Reached(address=address, port=port, at=links.clock.now())
        mapped = links.guard.mapped(host, port) or links.guard.mapped(address, port)
        try:
            if mapped is None:
                links.guard.check(address)
        except Refusal as exc:
            return self._kept(host, replace(base, cause=Cause.REDIRECTS, detail=str(exc)))
        place = mapped or (address, port)
        if mapped is not None:
            base = replace(base, place=f"[{place[0]}]:{place[1]}" if ":" in place[0] else f"{place[0]}:{place[1]}")
        found = await self._try(base, place)
        if found.cause in {Cause.CONNECT, Cause.TIMEOUT}:
            await anyio.sleep(links.retry_pause)
            found = await self._try(base, place)
        six = ":" in place[0]
        if found.cause is None:
            links.answers[six].heard(host, place)
        elif found.cause is not Cause.CAPABILITY and not await links.proven(host, six=six):
            found = replace(found, cause=Cause.AMBIGUOUS)
        return self._kept(host, found)

    async def _try(self, base: Reached, place: Place) -> Reached:
        if not has_route(place[0]):
            return replace(base, cause=Cause.CAPABILITY, detail=f"no way to {place[0]} from here")
        try:
            with anyio.fail_after(self._links.seconds):
                await anyio.aclose_forcefully(await anyio.connect_tcp(*place))
        except TimeoutError:
            return replace(base, cause=Cause.TIMEOUT, detail=f"no connection after {self._links.seconds:.0f} s")
        except OSError as exc:
            ours = is_lack(exc, place[0])
            return replace(base, cause=Cause.CAPABILITY if ours else Cause.CONNECT, detail=str(exc)[:200])
        return base

    def _kept(self, host: str, found: Reached) -> Reached:
        told = f"{host} {found.address} {found.port} {found.place} {found.cause or 'connected'} {found.detail}".rstrip()
        return replace(found, proof=self._keep(told.encode(), "text/plain", f"tcp://{host}:{found.port}"))
