"""The only door to dnspython: names asked of the configured resolvers, with bounds, and every answer kept."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import anyio
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from auditor.clock import Clock
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from auditor.sdk.unreached import dangling, not_public
from auditor.visit.doors.dns.anchor import Anchors, read_anchors
from auditor.visit.doors.dns.answer import MEDIA_TYPE, Keep, answer_of, question
from auditor.visit.doors.dns.authority import Authorities
from auditor.visit.doors.dns.chain import BOGUS, INSECURE, SECURE, Trust
from auditor.visit.doors.dns.wire import NoAnswer, Server, exchange
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.lacks import is_lack

__all__ = ["Anchors", "Authorities", "DnsVisit", "NoAddress", "Resolver", "Trust", "nameservers_of", "read_anchors"]

_MAX_SILENT = 2
_REST_SECONDS = 60.0
_MAX_ADDRESSES = 16
_MAX_TRIES = 3
"""How often a false answer is asked for again, of the next resolver, before anybody is said to lie."""
_OPINIONS = 2
"""So many resolvers must say that there is nothing, if so many answer."""
_ANSWERS = {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}
Blame = Callable[[str, Cause], Awaitable[Cause]]


class NoAddress(Exception):  # noqa: N818 - it is the outcome's name
    """A name has no address to visit; ``cause`` says whether they, we or nobody can be blamed.

    ``gone``: the name does not exist, as every resolver says that was asked; asking once more would not help.
    """

    def __init__(self, cause: Cause, detail: str, *, gone: bool = False) -> None:
        """Say why."""
        self.cause, self.detail, self.gone = cause, detail, gone
        super().__init__(detail)


def nameservers_of(texts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Give the configured resolvers, else the system's, as pairs of address and port."""
    if texts:
        pairs = [
            (text, "53") if text.count(":") != 1 and not text.startswith("[") else tuple(text.rsplit(":", 1)) for text in texts
        ]
        return tuple((host.strip("[]"), int(port)) for host, port in pairs)
    try:
        return tuple((str(server), 53) for server in dns.resolver.Resolver().nameservers)
    except dns.exception.DNSException:
        return ()


@dataclass
class Resolver:
    """Asks the resolvers in turn. One for all visits; a name's addresses are remembered for ``remember_seconds``."""

    servers: tuple[Server, ...]
    clock: Clock
    guard: Guard
    remember_seconds: float = 60.0
    _known: dict[str, tuple[float, tuple[str, ...]]] = field(default_factory=dict)
    _silent: dict[Server, tuple[int, float]] = field(default_factory=dict)

    def in_turn(self) -> tuple[Server, ...]:
        """Give the servers in the order to ask them: those that were silent just now come last."""
        return tuple(sorted(self.servers, key=self._rests))

    def _rests(self, server: Server) -> bool:
        times, since = self._silent.get(server, (0, 0.0))
        return times > 0 and self.clock.monotonic() - since < _REST_SECONDS

    async def ask(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, server: Server, *, unchecked: bool = False
    ) -> dns.message.Message:
        """Ask one server. After a few silences on end nobody waits for it again yet.

        Raises:
            NoAnswer: nothing came, or nothing that can be read.
        """
        times, _ = self._silent.get(server, (0, 0.0))
        if times >= _MAX_SILENT and self._rests(server):
            raise NoAnswer("has not answered and is not asked again yet")
        try:
            answer = await exchange(name, rdtype, server, unchecked=unchecked)
        except NoAnswer as exc:
            if not exc.cut:
                self._silent[server] = (times + 1, self.clock.monotonic())
            raise
        self._silent.pop(server, None)
        return answer

    async def silence(self) -> Cause:
        """Say what it means that no server answered a question: something about the name only if one answers another now."""
        for server in self.servers:
            try:
                await self.ask(dns.name.root, dns.rdatatype.NS, server)
            except NoAnswer:
                continue
            return Cause.DNS
        return Cause.CAPABILITY

    async def query(self, name: str, type: str, *, keep: Keep | None = None, sure: bool = True) -> DnsAnswer:  # noqa: A002 - DNS's own word
        """Ask for one name and type, of each server until one answers.

        That there is nothing is believed when a second server says so too, or no other answers; ``sure=False`` takes the first
        one's word for it. An answer that is none has a ``cause``: with ``SERVFAIL`` the name's servers failed, with anything else
        (``REFUSED``, ``NOTIMP``) our resolver does not serve us.
        """
        base = DnsAnswer(name=name, type=type, rcode="", at=self.clock.now())
        wanted = question(name, type)
        if isinstance(wanted, str):
            return replace(base, cause=Cause.DNS, detail=wanted)
        detail, lack, cut = "no resolver is configured", False, False
        nothing: list[DnsAnswer] = []
        failed: list[DnsAnswer] = []
        for server in self.in_turn():
            try:
                message = await self.ask(*wanted, server)
            except NoAnswer as exc:
                detail, lack, cut = f"{server[0]}: {exc}"[:300], lack or is_lack(exc), cut or exc.cut
                continue
            answer = answer_of(message, server[0], keep, base)
            if message.rcode() not in _ANSWERS:
                failed.append(_failed(answer))
            elif answer.records or answer.cause or not sure:
                return answer
            else:
                nothing.append(answer)
            if len(nothing) == _OPINIONS:
                break
        if nothing or failed:
            return min(nothing, key=_is_nxdomain) if nothing else min(failed, key=_is_ours)
        if cut:  # by the name's servers, the resolver, or something on the way
            return replace(base, cause=Cause.AMBIGUOUS, detail=detail)
        return replace(base, cause=Cause.CAPABILITY if lack else await self.silence(), detail=detail)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Give a name's public addresses, IPv4 first; a literal address is its own.

        Raises:
            NoAddress: there is none, or none that may be visited.
        """
        now = self.clock.monotonic()
        if host not in self._known or now - self._known[host][0] > self.remember_seconds:
            self._known[host] = (now, await self._look_up(host))
        found = self._known[host][1]
        allowed = tuple(filter(self.guard.lets, found))
        if not allowed:
            raise NoAddress(Cause.REDIRECTS, not_public(host, found[-1] if found else ""))
        return allowed

    def inner(self, host: str) -> tuple[str, ...]:
        """Give those of a name's addresses, as it was last looked up, that nobody outside can reach and no visit goes to."""
        return tuple(address for address in self._known.get(host, (0.0, ()))[1] if not self.guard.lets(address))

    async def _look_up(self, host: str) -> tuple[str, ...]:
        if ":" in host or host.replace(".", "").isdigit():
            return (host,)
        found: list[str] = []
        answers: list[DnsAnswer] = []
        for kind in ("A", "AAAA"):
            answer = await self.query(host, kind, sure=not found)
            answers.append(answer)
            found += answer.records
            if _is_nxdomain(answer) or (not answer.rcode and not found):
                break
        if found:
            return tuple(found[:_MAX_ADDRESSES])
        failed = next((answer for answer in answers if answer.cause), None)
        if failed is not None:
            raise NoAddress(failed.cause or Cause.DNS, f"{host}: {failed.detail or failed.rcode}")
        gone, last = all(map(_is_nxdomain, answers)), answers[0].canonical
        if gone and last.lower() not in {"", host}:
            raise NoAddress(Cause.DNS, dangling(host, last), gone=True)
        raise NoAddress(Cause.DNS, f"{host}: the name {'does not exist' if gone else 'has no address'}", gone=gone)


class DnsVisit:
    """One visit's DNS door: see ``auditor.sdk.doors.DnsDoor``. Answers, and the chain of trust above them, go to its evidence."""

    def __init__(
        self,
        resolver: Resolver,
        keep: Keep,
        trust: Trust | None = None,
        *,
        blame: Blame | None = None,
        authorities: Authorities | None = None,
    ) -> None:
        """Open a door that keeps answers with ``keep``.

        ``trust``, ``resolver`` and ``authorities`` are shared by all visits; without ``trust`` nothing is validated. ``blame``
        says whose fault a failure to resolve is, as ``Links.blame`` does.
        """
        self._resolver, self._keep, self._trust, self._blame = resolver, keep, trust, blame
        self._authorities = authorities or Authorities(resolver.clock, resolver.guard, 0.0)

    async def ask(
        self,
        server: str,
        address: str,
        name: str,
        type: str,  # noqa: A002 - DNS's own word
        *,
        later: bool = False,
        delegation: bool = False,
    ) -> DnsAnswer:
        """Ask one name server itself, after a pause if ``later``; ``delegation`` takes its word whom it leaves the name to."""
        if later:
            await anyio.sleep(self._authorities.retry_pause)
        base = DnsAnswer(name=name, type=type, rcode="", at=self._resolver.clock.now())
        return await self._authorities.ask(server, address, base, self._keep, delegation=delegation)

    async def query(self, name: str, type: str, *, validate: bool = False) -> DnsAnswer:  # noqa: A002 - DNS's own word
        """Ask for one name and type.

        An answer that failed has its ``cause``: with ``SERVFAIL`` theirs once our link is proven, with ``REFUSED`` or
        ``NOTIMP`` a resolver of ours that does not serve us.
        """
        answer = await self._validated(name, type) if validate and self._trust is not None else None
        if answer is None:
            answer = await self._resolver.query(name, type, keep=self._keep)
            if validate:
                answer = replace(answer, security_detail=answer.detail or "nothing could be validated")
        return await self._blamed(answer)

    async def _validated(self, name: str, type: str) -> DnsAnswer | None:  # noqa: A002 - DNS's own word
        """Ask with our own validation; None when no resolver gives an answer to validate.

        What is false at one resolver is asked of the next, or once more: it may be that resolver's fault, or a passing one.
        """
        wanted = question(name, type)
        if isinstance(wanted, str) or self._trust is None:
            return None
        servers, at = self._resolver.in_turn(), self._resolver.clock.now()
        nothing: list[DnsAnswer] = []
        others: list[DnsAnswer] = []
        for server in (servers if len(servers) > 1 else servers * 2)[:_MAX_TRIES]:
            try:
                message = await self._resolver.ask(*wanted, server, unchecked=True)
            except NoAnswer:
                continue
            if message.rcode() not in _ANSWERS:
                continue
            verdict = await self._trust.verdict(*wanted, message, server)
            for url, wire in verdict.messages:
                self._keep(wire, MEDIA_TYPE, url)
            answer = answer_of(message, server[0], self._keep, DnsAnswer(name=name, type=type, rcode="", at=at))
            answer = replace(answer, security=verdict.security, security_detail=verdict.detail)
            if verdict.security == SECURE or (verdict.security == INSECURE and (answer.records or len(servers) == 1)):
                return answer
            (nothing if verdict.security == INSECURE else others).append(answer)
            if len(nothing) == _OPINIONS:
                break
        return _believed(nothing, others)

    async def _blamed(self, answer: DnsAnswer) -> DnsAnswer:
        """Say whose fault it is that there is no answer."""
        asked = not isinstance(question(answer.name, answer.type), str)
        if asked and answer.cause is Cause.DNS and self._blame is not None and answer.rcode in {"", "SERVFAIL"}:
            return replace(answer, cause=await self._blame(answer.name, Cause.DNS))
        return answer


def _failed(answer: DnsAnswer) -> DnsAnswer:
    cause = Cause.DNS if answer.rcode == "SERVFAIL" else Cause.CAPABILITY
    return replace(answer, cause=cause, detail=f"the resolver answers {answer.rcode}")


def _believed(nothing: Sequence[DnsAnswer], others: Sequence[DnsAnswer]) -> DnsAnswer | None:
    """Choose among answers that nothing proves: those that say that there is nothing, and those that are false or unproven."""
    other = min(others, key=lambda answer: answer.security != BOGUS, default=None)
    if nothing and not (other is not None and other.records and other.security != BOGUS):
        return min(nothing, key=_is_nxdomain)
    return other


def _is_nxdomain(answer: DnsAnswer) -> bool:
    return answer.rcode == "NXDOMAIN"


def _is_ours(answer: DnsAnswer) -> bool:
    return answer.cause is Cause.CAPABILITY
