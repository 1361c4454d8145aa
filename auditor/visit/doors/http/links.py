"""What all HTTP visits of a process share, and how it is found whose fault a failure is."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import anyio

from auditor.clock import Clock
from auditor.model.visit import Cause
from auditor.visit.doors.answers import Answers, Place, reached
from auditor.visit.doors.dns.door import NoAddress, Resolver
from auditor.visit.doors.guard import Guard, Refusal
from auditor.visit.doors.http.connect import tls_context
from auditor.visit.doors.http.politeness import Gates

__all__ = ["HttpSettings", "Links"]

_POLL = 0.1
_FIRST_POLLS = 5
"""So often a run looks whether another of its sites answers by itself, before one is asked again for the sake of proof."""
_MOST_PEERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """How to go out; made once and shared by every visit."""

    user_agent: str
    retry_pause: float
    connections: int
    trust: tuple[Path, ...] = ()
    controls: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Links:
    """What all visits of a process share: the resolver, the gates, TLS contexts, and who answered us lately.

    ``threads`` bounds how many bodies are worked on beside the event loop at once.
    """

    settings: HttpSettings
    clock: Clock
    resolver: Resolver
    guard: Guard
    gates: Gates
    threads: anyio.CapacityLimiter
    patience: int = 0
    """How many tenths of a second a run waits for another of its sites to answer before it calls a failure ambiguous."""
    peers: tuple[str, ...] = ()
    """The addresses of the run's sites: without control hosts they are asked where none of them has answered yet."""
    answers: Answers = field(init=False)
    _asking: anyio.Lock = field(init=False)
    _in_vain: float = field(init=False, default=float("-inf"))
    """When the run's sites were last asked and none of them answered."""
    _contexts: dict[tuple[bool, tuple[str, ...]], ssl.SSLContext] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Know nobody yet who answers."""
        self.answers, self._asking = Answers(self.clock), anyio.Lock()

    def context(self, *, verify: bool, offers: tuple[str, ...]) -> ssl.SSLContext:
        """Give a TLS context of all visits; each is made once, and when it is first needed, since that takes a while.

        Without ``verify`` it reads a portal behind a bad certificate; ``offers`` are versions of HTTP, as ``connect`` has them.
        """
        key = (verify, offers)
        if key not in self._contexts:
            self._contexts[key] = tls_context(self.settings.trust, verify=verify, offers=offers)
        return self._contexts[key]

    async def blame(self, host: str, cause: Cause) -> Cause:
        """Say whose fault a failure is that has just been confirmed: theirs, ours, or open.

        With control hosts it is theirs when one of them answers now, else ours. Without, it is theirs when another host answers
        after the failure, by itself or asked again; who answered before proves nothing, for our link may have died since.
        Where nobody has answered, as in a night that was cut off with one site left, the run's other sites are asked.
        """
        if self.settings.controls:
            return cause if await self.controlled() else Cause.OWN_LINK
        failed = self.clock.monotonic()
        first = min(self.patience, _FIRST_POLLS)
        if (
            await self._heard_since(failed, host, first)
            or await self.answers.again(besides=host)
            or await self._peer_answers(failed, host)
            or await self._heard_since(failed, host, self.patience - first)
        ):
            return cause
        return Cause.AMBIGUOUS

    async def controlled(self) -> bool:
        """Tell whether a control host takes a connection now."""
        for url in self.settings.controls:
            if await self._place(url):
                return True
        return False

    async def _heard_since(self, failed: float, host: str, polls: int) -> bool:
        """Wait for another host to answer by itself."""
        for _ in range(polls):
            if self.answers.since(failed, besides=host):
                return True
            await anyio.sleep(_POLL)
        return self.answers.since(failed, besides=host)

    async def _peer_answers(self, failed: float, host: str) -> bool:
        """Ask a few of the run's sites that have not answered in this process; many failures at once ask for one proof."""
        async with self._asking:
            if self._in_vain > failed:  # somebody has asked them all since, and none answered
                return self.answers.since(failed, besides=host)
            begun = self.clock.monotonic()
            heard = {*self.answers.hosts, host}
            new = [url for url in self.peers if (urlsplit(url).hostname or "") not in heard]
            for url in new[:_MOST_PEERS]:
                if self.answers.since(failed, besides=host):
                    break
                place = await self._place(url)
                if place is not None:
                    self.answers.heard(urlsplit(url).hostname or "", place)
                    break
            else:
                self._in_vain = begun
        return self.answers.since(failed, besides=host)

    async def _place(self, url: str) -> Place | None:
        """Give where somebody takes a connection for an address now, None where nobody does. Nothing is sent over it."""
        try:
            target = self.guard.target(url if "://" in url else f"https://{url}/")
            places = [target.mapped] if target.mapped else [(a, target.port) for a in await self.resolver.addresses(target.host)]
        except (Refusal, NoAddress):
            return None
        return places[0] if await reached(places[0]) else None
