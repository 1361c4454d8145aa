"""The only door to dnspython: names asked of the configured resolvers, with bounds, and every answer kept."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from auditor.clock import Clock
from auditor.model.evidence import Proof
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from auditor.visit.doors.dns_anchor import Anchors, read_anchors
from auditor.visit.doors.dns_wire import NoAnswer, Server, exchange
from auditor.visit.doors.dnssec import BOGUS, INSECURE, SECURE, Trust
from auditor.visit.doors.guard import Guard, Refusal

__all__ = ["GONE", "Anchors", "DnsVisit", "NoAddress", "Resolver", "Trust", "nameservers_of", "read_anchors"]

_MAX_CNAMES = 12
_MAX_SILENT = 2
_REST_SECONDS = 60.0
_MAX_ADDRESSES = 16
_MAX_TRIES = 3
"""How often a false answer is asked for again, of the next resolver, before anybody is said to lie."""
_FAILED = {dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP}
_MEDIA_TYPE = "application/dns-message"
GONE = "the name does not exist"
Keep = Callable[[bytes, str, str | None], Proof]
Blame = Callable[[str, Cause], Awaitable[Cause]]


class NoAddress(Exception):  # noqa: N818 - it is the outcome's name
    """A name has no address to visit; ``cause`` says whether they, we or nobody can be blamed."""

    def __init__(self, cause: Cause, detail: str) -> None:
        """Say why."""
        self.cause, self.detail = cause, detail
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
    answered: set[Server] = field(default_factory=set)
    _silent: dict[Server, tuple[int, float]] = field(default_factory=dict)

    async def ask(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, server: Server, *, unchecked: bool = False
    ) -> dns.message.Message:
        """Ask one server. One that was silent from the first is dead for us: after a few tries nobody waits for it again yet.

        Raises:
            NoAnswer: nothing came, or nothing that can be read.
        """
        times, since = self._silent.get(server, (0, 0.0))
        if server not in self.answered and times >= _MAX_SILENT and self.clock.monotonic() - since < _REST_SECONDS:
            raise NoAnswer("has never answered and is not asked again yet")
        try:
            answer = await exchange(name, rdtype, server, unchecked=unchecked)
        except NoAnswer:
            self._silent[server] = (times + 1, self.clock.monotonic())
            raise
        self.answered.add(server)
        return answer

    def failure(self) -> Cause:
        """Say what it means that no server answered: nothing about the name, while none has ever answered us."""
        return Cause.DNS if self.answered else Cause.CAPABILITY

    async def query(self, name: str, type: str, *, keep: Keep | None = None) -> DnsAnswer:  # noqa: A002 - DNS's own word
        """Ask for one name and type, of each server until one answers."""
        at = self.clock.now()
        wanted = _question(name, type)
        if isinstance(wanted, str):
            return DnsAnswer(name=name, type=type, rcode="", cause=Cause.DNS, detail=wanted, at=at)
        detail = "no resolver is configured"
        for server in self.servers:
            try:
                message = await self.ask(*wanted, server)
            except NoAnswer as exc:
                detail = f"{server[0]}: {exc}"[:300]
                continue
            if message.rcode() in _FAILED and server != self.servers[-1]:
                detail = f"{server[0]}: {dns.rcode.to_text(message.rcode())}"
                continue
            return _answer(message, server[0], keep, DnsAnswer(name=name, type=type, rcode="", at=at))
        return DnsAnswer(name=name, type=type, rcode="", cause=self.failure(), detail=detail, at=at)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Give a name's public addresses, IPv4 first; a literal address is its own.

        Raises:
            NoAddress: there is none, or none that may be visited.
        """
        now = self.clock.monotonic()
        if host not in self._known or now - self._known[host][0] > self.remember_seconds:
            self._known[host] = (now, await self._look_up(host))
        allowed, refused = [], ""
        for address in self._known[host][1]:
            try:
                self.guard.check(address)
                allowed.append(address)
            except Refusal as exc:
                refused = str(exc)
        if not allowed:
            raise NoAddress(Cause.REDIRECTS, f"{host}: {refused}")
        return tuple(allowed)

    async def _look_up(self, host: str) -> tuple[str, ...]:
        if ":" in host or host.replace(".", "").isdigit():
            return (host,)
        found: list[str] = []
        last: DnsAnswer | None = None
        for kind in ("A", "AAAA"):
            last = await self.query(host, kind)
            found += last.records
            if last.rcode == "NXDOMAIN" or (last.cause and not found):
                break
        if found:
            return tuple(found[:_MAX_ADDRESSES])
        rcode = last.rcode if last else ""
        detail = {"NOERROR": "the name has no address", "NXDOMAIN": GONE}.get(rcode, (last.detail if last else "") or rcode)
        raise NoAddress((last.cause if last else None) or Cause.DNS, f"{host}: {detail}")


class DnsVisit:
    """One visit's DNS door: see ``auditor.sdk.doors.DnsDoor``. Answers, and the chain of trust above them, go to its evidence."""

    def __init__(self, resolver: Resolver, keep: Keep, trust: Trust | None = None, *, blame: Blame | None = None) -> None:
        """Open a door that keeps answers with ``keep``.

        ``trust`` and ``resolver`` are shared by all visits; without ``trust`` nothing is validated. ``blame`` says whose fault
        a failure to resolve is, as ``Links.blame`` does.
        """
        self._resolver, self._keep, self._trust, self._blame = resolver, keep, trust, blame

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
        wanted = _question(name, type)
        if isinstance(wanted, str) or self._trust is None:
            return None
        servers, at = self._resolver.servers, self._resolver.clock.now()
        best: DnsAnswer | None = None
        for server in (servers if len(servers) > 1 else servers * 2)[:_MAX_TRIES]:
            try:
                message = await self._resolver.ask(*wanted, server, unchecked=True)
            except NoAnswer:
                continue
            if message.rcode() in _FAILED:
                continue
            verdict = await self._trust.verdict(*wanted, message, server)
            for url, wire in verdict.messages:
                self._keep(wire, _MEDIA_TYPE, url)
            answer = _answer(message, server[0], self._keep, DnsAnswer(name=name, type=type, rcode="", at=at))
            answer = replace(answer, security=verdict.security, security_detail=verdict.detail)
            if verdict.security in {SECURE, INSECURE}:
                return answer
            best = answer if best is None or verdict.security == BOGUS else best
        return best

    async def _blamed(self, answer: DnsAnswer) -> DnsAnswer:
        """Set the cause of an answer that failed."""
        if isinstance(_question(answer.name, answer.type), str):
            return answer
        if not self._resolver.servers:
            return replace(answer, cause=Cause.CAPABILITY)
        if answer.rcode in {"REFUSED", "NOTIMP"}:
            return replace(answer, cause=Cause.CAPABILITY, detail=f"the resolver answers {answer.rcode}")
        if answer.rcode == "SERVFAIL":
            answer = replace(answer, cause=Cause.DNS, detail=answer.detail or "the resolver answers SERVFAIL")
        if answer.cause is Cause.DNS and self._blame is not None and answer.rcode in {"", "SERVFAIL"}:
            return replace(answer, cause=await self._blame(answer.name, Cause.DNS))
        return answer


def _question(name: str, type: str) -> tuple[dns.name.Name, dns.rdatatype.RdataType] | str:  # noqa: A002 - DNS's own word
    """Give what to ask for, or why it cannot be asked."""
    try:
        wanted = dns.name.from_text(name.encode("idna").decode() if not name.isascii() else name)
        return wanted, dns.rdatatype.from_text(type)
    except (dns.exception.DNSException, UnicodeError, ValueError) as exc:
        return f"no name to ask for: {exc}"


def _answer(message: dns.message.Message, server: str, keep: Keep | None, base: DnsAnswer) -> DnsAnswer:
    name, rdtype = dns.name.from_text(base.name.encode("idna").decode()), dns.rdatatype.from_text(base.type)
    records, canonical, looped = _records(name, rdtype, message)
    wire = message.to_wire(max_size=65535) if keep else b""
    return DnsAnswer(
        name=base.name,
        type=base.type,
        rcode=dns.rcode.to_text(message.rcode()),
        records=records,
        canonical=canonical,
        cause=Cause.DNS if looped else None,
        detail="the CNAMEs never end" if looped else "",
        server=server,
        at=base.at,
        proof=keep(wire, _MEDIA_TYPE, f"dns:{base.name}?type={base.type}") if keep else None,
    )


def _records(
    name: dns.name.Name, rdtype: dns.rdatatype.RdataType, message: dns.message.Message
) -> tuple[tuple[str, ...], str, bool]:
    """Follow the answer's CNAMEs, as far as it holds them, to the records asked for."""
    for _ in range(_MAX_CNAMES):
        found = message.get_rrset(message.answer, name, dns.rdataclass.IN, rdtype)
        if found is not None:
            return tuple(sorted(item.to_text() for item in found)), name.to_text(omit_final_dot=True), False
        alias = message.get_rrset(message.answer, name, dns.rdataclass.IN, dns.rdatatype.CNAME)
        if alias is None:
            return (), name.to_text(omit_final_dot=True), False
        name = alias[0].target
    return (), name.to_text(omit_final_dot=True), True
