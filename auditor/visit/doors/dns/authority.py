"""Name servers asked by themselves: what each one knows, and whose fault it is when one does not say it.

Many networks let nobody out to port 53, or answer themselves what leaves for it. So a failure is the server's only when another
name server, reached over the same family of addresses, speaks with authority after it.
"""

from dataclasses import dataclass, field, replace

import anyio
import dns.flags
import dns.name
import dns.rcode
import dns.rdatatype

from auditor.clock import Clock
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from auditor.visit.doors.dns.answer import Keep, answer_of, delegated, question
from auditor.visit.doors.dns.wire import NoAnswer, Server, exchange
from auditor.visit.doors.guard import Guard, Refusal
from auditor.visit.doors.lacks import has_route, is_lack

__all__ = ["Authorities"]

_PORT = 53
_ANSWERS = {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}
_REST_SECONDS = 60.0
"""A server that was silent of a name is not waited for about it again before this: a zone's servers serve many sites."""
_VAIN_SECONDS = 10.0
_MOST_HEARD = 500
_MOST_ASKED = 3
_THEIRS = {Cause.TIMEOUT, Cause.CONNECT, Cause.PROTOCOL, Cause.DNS}
Question = tuple[dns.name.Name, dns.rdatatype.RdataType]


@dataclass
class Authorities:
    """Asks name servers. One for all visits: who spoke with authority last, and what was asked, stands at the end."""

    clock: Clock
    guard: Guard
    retry_pause: float
    _heard: dict[Server, tuple[float, Question]] = field(default_factory=dict)
    _silent: dict[tuple[Server, dns.name.Name], float] = field(default_factory=dict)
    _in_vain: dict[bool, float] = field(default_factory=dict)

    async def ask(self, server: str, address: str, base: DnsAnswer, keep: Keep | None, *, delegation: bool = False) -> DnsAnswer:
        """Ask one server, named and at this address, what stands in ``base``; see ``auditor.sdk.doors.DnsDoor``."""
        base = replace(base, server=address)
        wanted = question(base.name, base.type)
        if isinstance(wanted, str):
            return replace(base, cause=Cause.DNS, detail=wanted)
        try:
            place = self._place(server, address)
        except Refusal as exc:
            return replace(base, cause=Cause.REDIRECTS, detail=str(exc))
        if not has_route(place[0]):
            return replace(base, cause=Cause.CAPABILITY, detail=f"no way to {place[0]} from here")
        answer = await self._once(place, wanted, base, keep, delegation=delegation)
        if answer.cause in _THEIRS and not self._rests(place, wanted):
            await anyio.sleep(self.retry_pause)
            answer = await self._once(place, wanted, base, keep, delegation=delegation)
            if answer.cause is Cause.TIMEOUT:
                self._rest(place, wanted)
        if answer.cause in _THEIRS and not await self._proven(place, since=self.clock.monotonic()):
            return replace(answer, cause=Cause.AMBIGUOUS)
        return answer

    def _place(self, server: str, address: str) -> Server:
        """Give where to ask: as the operator maps the server or its address, else the address itself, if it is public."""
        mapped = self.guard.mapped(server, _PORT) or self.guard.mapped(address, _PORT)
        if mapped is None:
            self.guard.check(address)
        return mapped or (address, _PORT)

    def _rest(self, place: Server, wanted: Question) -> None:
        self._silent.pop((place, wanted[0]), None)
        self._silent[place, wanted[0]] = self.clock.monotonic()
        while len(self._silent) > _MOST_HEARD:
            del self._silent[next(iter(self._silent))]

    def _rests(self, place: Server, wanted: Question) -> bool:
        """Tell whether a server was silent of this name just now: of another zone it may speak all the same."""
        since = self._silent.get((place, wanted[0]))
        return since is not None and self.clock.monotonic() - since < _REST_SECONDS

    async def _once(self, place: Server, wanted: Question, base: DnsAnswer, keep: Keep | None, *, delegation: bool) -> DnsAnswer:
        if self._rests(place, wanted):
            return replace(base, cause=Cause.TIMEOUT, detail="has not answered and is not asked again yet")
        try:
            message = await exchange(*wanted, place, recursive=False)
        except NoAnswer as exc:
            return replace(base, cause=_cause(exc, place), detail=str(exc))
        answer = replace(answer_of(message, base.server, keep, base), at=base.at)
        if message.rcode() not in _ANSWERS:
            return replace(answer, cause=Cause.DNS, detail=f"answers {answer.rcode}")
        if delegation and not answer.authoritative and (left_to := delegated(wanted[0], message)):
            return replace(answer, records=left_to)
        if not answer.authoritative:
            return replace(answer, cause=Cause.DNS, detail="does not speak with authority")
        self._hear(place, wanted)
        return answer

    def _hear(self, place: Server, wanted: Question) -> None:
        self._silent.pop((place, wanted[0]), None)
        self._in_vain.pop(":" in place[0], None)
        self._heard.pop(place, None)
        self._heard[place] = (self.clock.monotonic(), wanted)
        while len(self._heard) > _MOST_HEARD:
            del self._heard[next(iter(self._heard))]

    async def _proven(self, besides: Server, *, since: float) -> bool:
        """Tell whether another server that spoke with authority before, over the same family of addresses, does so now.

        Where nobody did just now, nobody is asked again for some seconds: a dead link is no storm of questions.
        """
        six = ":" in besides[0]
        others = [place for place in reversed(self._heard) if place != besides and (":" in place[0]) == six]
        if any(self._heard[place][0] >= since for place in others):
            return True
        if six in self._in_vain and self.clock.monotonic() - self._in_vain[six] < _VAIN_SECONDS:
            return False
        for place in others[:_MOST_ASKED]:
            wanted = self._heard[place][1]
            try:
                message = await exchange(*wanted, place, recursive=False)
            except NoAnswer:
                continue
            if message.flags & dns.flags.AA:
                self._hear(place, wanted)
                return True
        if others:
            self._in_vain[six] = self.clock.monotonic()
        return False


def _cause(error: NoAnswer, place: Server) -> Cause:
    if is_lack(error, place[0]):
        return Cause.CAPABILITY
    if error.cut:  # by the server, or by something on the way
        return Cause.AMBIGUOUS
    if error.silent:
        return Cause.TIMEOUT
    return Cause.CONNECT if isinstance(error.__cause__, OSError) else Cause.PROTOCOL
