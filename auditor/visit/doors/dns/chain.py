"""DNSSEC judged by ourselves (RFC 4035): from an anchor down, zone by zone, until an answer is proven or shown to be false.

No resolver's word is taken for it: each is asked with checking disabled, and its AD flag is ignored.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from auditor.clock import Clock
from auditor.visit.doors.dns.anchor import Anchors
from auditor.visit.doors.dns.denial import Cut
from auditor.visit.doors.dns.proof import BOGUS, INSECURE, OPEN, SECURE, Checker, Stop, Zone, spell, target_of, usable
from auditor.visit.doors.dns.wire import NoAnswer, Server, exchange, rrset_of, signatures_of

__all__ = ["BOGUS", "INSECURE", "OPEN", "SECURE", "Trust", "Verdict"]

_MAX_QUERIES = 60
_MAX_ALIASES = 12
_MAX_SECONDS = 30.0
_MAX_REMEMBERED = 5_000
_REMEMBER_SECONDS = 300.0
_CNAME, _DNSKEY, _DS = dns.rdatatype.CNAME, dns.rdatatype.DNSKEY, dns.rdatatype.DS
Messages = tuple[tuple[str, bytes], ...]
Find = Callable[[dns.name.Name], Awaitable[Zone]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found: ``secure``, ``insecure``, ``bogus``, or empty when it could not be found out, and why.

    ``messages`` are the answers that it rests on besides the one judged: each one's address (``dns:name?type=``) and bytes.
    """

    security: str
    detail: str
    messages: Messages = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What one step down gave, remembered for a while: a zone, or why the walk ends."""

    until: float
    found: Zone | str
    messages: Messages


@dataclass
class Trust:
    """The chain of trust below some anchors. One for all visits: proven zones are remembered for some minutes."""

    anchors: Anchors
    clock: Clock
    remember_seconds: float = _REMEMBER_SECONDS
    _steps: dict[tuple[Server, dns.name.Name], _Step] = field(default_factory=dict)

    async def verdict(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, answer: dns.message.Message, server: Server
    ) -> Verdict:
        """Judge one answer, asking this resolver for the chain above it."""
        walk = _Walk(self, server)
        security, detail = OPEN, f"no end after {_MAX_SECONDS:.0f} s"
        with anyio.move_on_after(_MAX_SECONDS):
            try:
                security, detail = SECURE, await walk.check(name, rdtype, answer)
            except Stop as stop:
                security, detail = stop.security, stop.detail
        return Verdict(security=security, detail=detail, messages=tuple(walk.messages))

    def remembered(self, server: Server, name: dns.name.Name) -> _Step | None:
        """Give a step that was proven lately."""
        step = self._steps.get((server, name))
        return step if step is not None and step.until > self.clock.monotonic() else None

    def remember(self, server: Server, name: dns.name.Name, found: Zone | str, messages: Messages) -> None:
        """Keep a proven step; what is false is never kept, for it may be mended."""
        if len(self._steps) >= _MAX_REMEMBERED:
            self._steps.clear()
        until = self.clock.monotonic() + self.remember_seconds
        self._steps[server, name] = _Step(until=until, found=found, messages=messages)


class _Walk:
    """One judgement: its questions are counted and its answers kept."""

    def __init__(self, trust: Trust, server: Server) -> None:
        self._trust, self._server = trust, server
        self._check = Checker(trust.clock.now().timestamp())
        self._asked = 0
        self.messages: list[tuple[str, bytes]] = []

    async def check(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, answer: dns.message.Message) -> str:
        """Follow the answer's aliases; each step must be proven by the zone it lies in. Give what proves it.

        Raises:
            Stop: some step is not secure. What is false counts before what is unsigned.
        """
        unsigned, proofs = "", []
        for _ in range(_MAX_ALIASES):
            try:
                zone = await self._zone_of(name.parent() if rdtype == _DS and name != dns.name.root else name)
            except Stop as stop:
                if stop.security != INSECURE:
                    raise
                unsigned = stop.detail
                following = _next(name, rdtype, answer)
            else:
                proofs.append(self._proof(zone, name, rdtype, answer))
                following = _next(name, rdtype, answer)
            if following is None:
                if unsigned:
                    raise Stop(INSECURE, unsigned)
                return "; ".join(dict.fromkeys(proofs))
            name = following
            if not any(rrset.name == name for rrset in answer.answer):
                answer = await self._ask(name, rdtype)
        raise Stop(OPEN, "the CNAMEs never end")

    def _proof(self, zone: Zone, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, answer: dns.message.Message) -> str:
        """Prove what an answer says of one name."""
        if (found := rrset_of(answer.answer, name, rdtype)) is not None:
            self._check.proven(found, zone, answer)
        elif (alias := rrset_of(answer.answer, name, _CNAME)) is not None:
            self._check.alias(alias, zone, answer)
        else:
            return self._check.absent(zone, name, rdtype, answer)
        return f"{spell(name)} is signed by {zone}"

    async def _zone_of(self, name: dns.name.Name) -> Zone:
        """Walk down to the zone that a name lies in."""
        above = self._trust.anchors.above(name)
        if above is None:
            raise Stop(OPEN, f"no trust anchor stands above {spell(name)}")
        zone = await self._once(above, self._anchored)
        for size in range(len(above) + 1, len(name) + 1):
            zone = await self._once(name.split(size)[1], self._below(zone))
        return zone

    async def _once(self, name: dns.name.Name, find: Find) -> Zone:
        """Take a step, unless it was proven lately."""
        step = self._trust.remembered(self._server, name)
        if step is not None:
            self.messages += step.messages
            found = step.found
        else:
            before = len(self.messages)
            try:
                found = await find(name)
            except Stop as stop:
                if stop.security != INSECURE:
                    raise
                found = stop.detail
            self._trust.remember(self._server, name, found, tuple(self.messages[before:]))
        if isinstance(found, str):
            raise Stop(INSECURE, found)
        return found

    async def _anchored(self, name: dns.name.Name) -> Zone:
        """Prove the keys of an anchored zone. When they cannot be, the anchor or the resolver is wrong: no zone's fault."""
        answer = await self._ask(name, _DNSKEY)
        keys = rrset_of(answer.answer, name, _DNSKEY)
        if keys is None or signatures_of(answer.answer, name, _DNSKEY) is None:
            raise Stop(OPEN, f"the resolver gives no signed keys of {spell(name)}: it seems to remove DNSSEC records")
        try:
            return self._check.entered(name, self._trust.anchors.zones[name], keys, answer)
        except Stop as stop:
            raise Stop(OPEN, f"the trust anchor does not fit: {stop.detail}") from stop

    def _below(self, zone: Zone) -> Find:
        async def down(child: dns.name.Name) -> Zone:
            """Go one label down: into a signed zone, on within the same one, or to the end where an unsigned one begins."""
            answer = await self._ask(child, _DS)
            digests = rrset_of(answer.answer, child, _DS)
            if digests is not None:
                return await self._entered(zone, child, digests, answer)
            if (alias := rrset_of(answer.answer, child, _CNAME)) is not None:
                self._check.alias(alias, zone, answer)
                return zone
            match self._check.denial(zone, answer).cut(child):
                case Cut.UNSIGNED:
                    raise Stop(INSECURE, f"{zone} proves that {spell(child)} is not signed")
                case Cut.NONE:
                    return zone
                case Cut.UNPROVEN:
                    raise Stop(BOGUS, f"{zone} is signed, but does not prove that {spell(child)} has no DS")

        return down

    async def _entered(self, zone: Zone, child: dns.name.Name, digests: dns.rrset.RRset, answer: dns.message.Message) -> Zone:
        if self._check.proven(digests, zone, answer).labels != len(child) - 1:
            raise Stop(BOGUS, f"the DS of {spell(child)} comes from a wildcard")
        known = usable(digests)
        if not known:
            raise Stop(INSECURE, f"{spell(child)} is signed only in ways that are not known here")
        answer = await self._ask(child, _DNSKEY)
        keys = rrset_of(answer.answer, child, _DNSKEY)
        if keys is None:
            raise Stop(BOGUS, f"{zone} says that {spell(child)} is signed, but it has no DNSKEY")
        return self._check.entered(child, known, keys, answer)

    async def _ask(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> dns.message.Message:
        """Ask for a link of the chain."""
        self._asked += 1
        if self._asked > _MAX_QUERIES:
            raise Stop(OPEN, f"more than {_MAX_QUERIES} questions for one answer")
        what = f"the {rdtype.name} of {spell(name)} could not be had"
        try:
            answer = await exchange(name, rdtype, self._server, unchecked=True)
        except NoAnswer as exc:
            raise Stop(OPEN, f"{what}: {exc}") from exc
        self.messages.append((f"dns:{spell(name)}?type={rdtype.name}", answer.wire or b""))
        if answer.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            raise Stop(OPEN, f"{what}: {dns.rcode.to_text(answer.rcode())}")
        return answer


def _next(name: dns.name.Name, rdtype: dns.rdatatype.RdataType, answer: dns.message.Message) -> dns.name.Name | None:
    """Give the name that an answer leads on to, if it does."""
    alias = rrset_of(answer.answer, name, _CNAME)
    return None if alias is None or rrset_of(answer.answer, name, rdtype) is not None else target_of(alias)
