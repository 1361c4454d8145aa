"""Judges a zone's name servers: how many answer for it, from how many networks, and whether they say the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network

from auditor.model.ids import MeasureId
from auditor.model.note import Json, Note
from auditor.model.reading import Measured, Reading, Unavailable
from auditor.model.visit import Blame, Cause
from auditor.sdk.doors import DnsAnswer
from probes.naming import notes
from probes.naming.above import facts_of_above
from probes.naming.seen import MOST_SERVERS, Asked, DnsSeen, NameServer, address_of, failure_of, is_own, proofs_of, unavailable

__all__ = ["ALIKE", "NAME_SERVERS", "NETWORKS", "differing", "judge_servers"]

NAME_SERVERS = MeasureId("dns.nameservers")
NETWORKS = MeasureId("dns.nameserver_networks")
ALIKE = MeasureId("dns.nameservers_alike")
_IPV4_NETWORK, _IPV6_NETWORK = 24, 48
_ENOUGH = 2
Spoken = tuple[str, Asked]
"""A name server's name, and what it said at one address."""
_SETTLED = {"NOERROR", "NXDOMAIN"}
_SERIAL = 2
"""Where the serial stands among the words of an SOA record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """One server: ``cause`` is None where it answers for the zone at one of its addresses, ``fault`` what decides otherwise."""

    server: NameServer
    cause: Cause | None
    fault: Asked | None = None
    lost: DnsAnswer | None = None

    @property
    def answers(self) -> bool:
        """Tell whether it speaks for the zone."""
        return self.cause is None

    @property
    def lame(self) -> bool:
        """Tell whether it is proven that it does not, by its own fault."""
        return self.cause is not None and self.cause.blame is Blame.THEIRS

    @property
    def speaking(self) -> list[Asked]:
        """Give what it said where it spoke."""
        return [one for one in self.server.asked if _state(one) is None]


def judge_servers(seen: DnsSeen, ipv4: DnsAnswer) -> list[Reading]:
    """Give the three readings of a zone's name servers."""
    last = seen.delegations[-1] if seen.delegations else ipv4
    measures = (NAME_SERVERS, NETWORKS, ALIKE)
    if not seen.delegations or not is_own(last):
        if cause := failure_of(last):
            return [unavailable(measure, last, cause) for measure in measures]
        note = notes.NO_SERVERS(name=seen.host)
        proofs = proofs_of(*seen.delegations)
        return [Unavailable(measure=measure, because=note, cause=Cause.AMBIGUOUS, evidence=proofs) for measure in measures]
    judged = [_judged(server) for server in seen.servers]
    if len(judged) >= MOST_SERVERS:  # what we did not get to is open, by our limit
        left = [NameServer(name=name.rstrip(".").lower(), answers=()) for name in last.records[len(judged) :]]
        judged += [_Judged(server=server, cause=Cause.BUDGET) for server in left]
    count, *others = _Zone(last, seen.host, judged).readings()
    proofs = proofs_of(*seen.above[-1:], *([seen.own] if seen.own else []))
    count = replace(count, facts={**count.facts, **facts_of_above(seen)}, evidence=(*count.evidence, *proofs))
    return [count, *others]


def _judged(server: NameServer) -> _Judged:
    """Judge a server: it answers if it does at one address, and is lame only if every address is proven to be."""
    failed = [answer for answer in server.answers if failure_of(answer)]
    lost = next((answer for answer in failed if not _is_theirs(failure_of(answer))), failed[0] if failed else None)
    if not server.addresses:
        return _Judged(server=server, cause=failure_of(lost) if lost else Cause.DNS, lost=lost)
    states = [(_state(one), one) for one in server.asked]
    if not states or any(state is None for state, _ in states):
        return _Judged(server=server, cause=None)
    tried = [pair for pair in states if pair[0] is not Cause.CAPABILITY] or states  # no IPv6 here says nothing of IPv4 there
    open_ones = [(state, one) for state, one in tried if state is not None and state.blame is not Blame.THEIRS]
    cause, fault = (open_ones or tried)[0]
    if not open_ones and lost is not None and not _is_theirs(failure_of(lost)):  # it may answer at addresses we could not learn
        return _Judged(server=server, cause=failure_of(lost), lost=lost)
    if not open_ones and server.unasked:
        return _Judged(server=server, cause=Cause.BUDGET)
    if cause is Cause.REDIRECTS:  # addresses that are not public: nobody outside can ask there
        cause = Cause.DNS
    return _Judged(server=server, cause=cause, fault=fault)


def _is_theirs(cause: Cause | None) -> bool:
    return cause is not None and cause.blame is Blame.THEIRS


def _state(asked: Asked) -> Cause | None:
    """Say why a server does not speak for the zone at an address; a server that says that it knows no such zone does not."""
    return asked.soa.cause or (None if asked.soa.records else Cause.DNS)


def differing(said: Sequence[Spoken]) -> tuple[Spoken, Spoken] | None:
    """Give two servers that say different things of the host: from copies of different age, or one of them nothing at all.

    Different addresses from the same copy are how a zone spreads its visitors; a server that did not answer said nothing.
    """
    told = [(one, _serial(one[1]), _said(one[1])) for one in said if not any(map(failure_of, one[1].hosts))]
    pairs = ((a, b) for a in told for b in told if a[2] != b[2] and (a[1] != b[1] or not (a[2] and b[2])))
    found = next(pairs, None)
    return (found[0][0], found[1][0]) if found is not None else None


class _Zone:
    """One zone with its servers as judged."""

    def __init__(self, zone: DnsAnswer, host: str, judged: list[_Judged]) -> None:
        self._zone, self._host, self._judged = zone, host, judged
        self._good = [one for one in judged if one.answers]
        self._lame = [one for one in judged if one.lame]
        self._open = [one for one in judged if not one.answers and not one.lame]
        self._networks = _networks_of(self._good)
        self._distinct = len({_addresses(one) for one in self._good})
        self._evidence = proofs_of(
            zone,
            *(answer for one in judged for answer in one.server.answers),
            *(answer for one in judged for asked in one.server.asked for answer in (asked.soa, *asked.hosts)),
        )

    def readings(self) -> list[Reading]:
        """Give the readings; what is open decides only where the others do not."""
        few = self._distinct < _ENOUGH
        count = self._unknown(NAME_SERVERS) if self._open and few else self._count()
        narrow = len(self._networks) < _ENOUGH
        networks = self._unknown(NETWORKS) if self._open and narrow else self._several()
        return [count, networks, self._alike()]

    def _unknown(self, measure: MeasureId) -> Unavailable:
        one = self._open[0]
        if one.lost is not None:
            return unavailable(measure, one.lost, one.cause or Cause.AMBIGUOUS)
        cause = one.cause or Cause.AMBIGUOUS
        note = notes.SERVERS_OPEN(server=one.server.name, zone=self._zone.name, cause=cause.value)
        return Unavailable(measure=measure, because=note, cause=cause, evidence=self._evidence, facts=self._facts())

    def _count(self) -> Measured:
        """Count machines, not names: two names of the same addresses fail together (RFC 2182 section 3.1)."""
        servers: list[Json] = [one.server.name for one in self._good]
        because = notes.NAME_SERVERS(count=self._distinct, zone=self._zone.name, networks=len(self._networks), servers=servers)
        if self._lame:
            because = self._lame_note(self._lame[0])
        elif len(servers) < _ENOUGH:
            because = notes.FEW_SERVERS(zone=self._zone.name, servers=servers)
        elif self._distinct < _ENOUGH:
            because = notes.ONE_SERVER(zone=self._zone.name, servers=servers, addresses=[*sorted(_addresses(self._good[0]))])
        return self._measured(NAME_SERVERS, self._distinct, because)

    def _several(self) -> Measured:
        networks: list[Json] = [*self._networks]
        note = notes.NETWORKS(zone=self._zone.name, count=len(networks), networks=networks)
        if len(networks) < _ENOUGH:
            one = notes.ONE_NETWORK(zone=self._zone.name, networks=networks)
            note = one if networks or not self._lame else self._lame_note(self._lame[0])
        return self._measured(NETWORKS, len(networks), note)

    def _alike(self) -> Reading:
        """Compare what the servers say of the host. Copies of different age alone are told and held against nobody."""
        if self._lame:
            return self._measured(ALIKE, value=False, because=self._lame_note(self._lame[0]))
        said = [(one.server.name, asked) for one in self._good for asked in one.speaking]
        zone, host = self._zone.name, self._host
        different = differing(said)
        if different is not None:
            (first, one), (second, other) = [(name, _said(asked)) for name, asked in different]
            because = notes.DIFFERENT(zone=zone, name=host, first=first, one=[*one], second=second, other=[*other])
            return self._measured(ALIKE, value=False, because=because)
        if self._open:
            return self._unknown(ALIKE)
        if not said:
            note = notes.NOT_ASKED(zone=zone)
            return Unavailable(measure=ALIKE, because=note, cause=Cause.NOT_RUN, evidence=self._evidence)
        if lost := next((answer for _, asked in said for answer in asked.hosts if failure_of(answer)), None):
            cause = failure_of(lost) or Cause.AMBIGUOUS
            return replace(unavailable(ALIKE, lost, cause), evidence=self._evidence, facts=self._facts())
        serials: list[Json] = [*sorted({_serial(asked) for _, asked in said})]
        because = notes.ALIKE(zone=zone, name=host, serial=serials[0] if serials else "")
        if len(serials) > 1:
            because = notes.SERIALS(zone=zone, name=host, serials=serials)
        elif len({_said(asked) for _, asked in said}) > 1:
            because = notes.SPREAD(zone=zone, name=host, serial=serials[0])
        return self._measured(ALIKE, value=True, because=because)

    def _measured(self, measure: MeasureId, value: bool | int, because: Note) -> Measured:
        return Measured(measure=measure, value=value, because=because, evidence=self._evidence, facts=self._facts())

    def _lame_note(self, one: _Judged) -> Note:
        base: dict[str, Json] = {"server": one.server.name, "zone": self._zone.name, "count": len(self._good)}
        if one.fault is None or one.fault.soa.cause is Cause.REDIRECTS:
            return notes.LAME_NOWHERE(**base)
        soa = one.fault.soa
        if soa.rcode and soa.rcode not in _SETTLED:
            return notes.LAME_REFUSES(rcode=soa.rcode, **base)
        if soa.rcode:
            return notes.LAME_UNSURE(**base)
        if soa.cause is Cause.TIMEOUT:
            return notes.LAME_SILENT(**base)
        return notes.LAME_BROKEN(cause=(soa.cause or Cause.PROTOCOL).value, **base)

    def _facts(self) -> dict[str, Json]:
        """Tell of every server, at every address that was asked."""
        return {
            "zone": self._zone.name,
            "servers": [_told(one) for one in self._judged],
            "networks": [*self._networks],
            "aliases": [f"{one.server.name} → {alias}" for one in self._judged if (alias := _alias(one.server))],
            "silent": [one.server.name for one in self._judged if one.server.answers and not one.server.addresses],
            "left_out": [one.server.name for one in self._judged if not one.server.answers],
            "lame": [one.server.name for one in self._lame],
            "prefixes": [f"/{_IPV4_NETWORK}", f"/{_IPV6_NETWORK}"],
        }


def _addresses(one: _Judged) -> frozenset[str]:
    return frozenset(one.server.addresses or (one.server.name,))


def _alias(server: NameServer) -> str:
    """Give the name that a server's own is an alias of, which it must not be (RFC 2181 section 10.3); empty without one."""
    given = (answer.canonical.lower().rstrip(".") for answer in server.answers)
    return next((name for name in given if name not in {"", server.name}), "")


def _told(one: _Judged) -> dict[str, Json]:
    asked: list[Json] = [
        {
            "address": asked.address,
            "answers": _state(asked) is None,
            "serial": _serial(asked) if asked.soa.records else None,
            "said": [*_said(asked)],
            "cause": asked.soa.cause.value if asked.soa.cause else None,
            "blame": asked.soa.cause.blame.value if asked.soa.cause else None,
            "detail": asked.soa.detail or None,
        }
        for asked in one.server.asked
    ]
    return {"name": one.server.name, "addresses": [*one.server.addresses], "asked": asked, "unasked": [*one.server.unasked]}


def _serial(asked: Asked) -> str:
    words = asked.soa.records[0].split() if asked.soa.records else []
    return words[_SERIAL] if len(words) > _SERIAL else ""


def _said(asked: Asked) -> tuple[str, ...]:
    """Give the addresses, or the other name, that a server gives for the host."""
    found = [text for answer in asked.hosts for text in answer.records]
    alias = next((a.canonical for a in asked.hosts if a.canonical.lower() != a.name.lower() and a.canonical), "")
    return (alias.lower(),) if alias else tuple(sorted(found))


def _networks_of(judged: list[_Judged]) -> list[str]:
    """Give the networks of the family that has more of them; both, where no server has addresses of both."""
    places = [_spoken(one) for one in judged]
    four = {_network(text) for texts in places for text in texts if ":" not in text}
    six = {_network(text) for texts in places for text in texts if ":" in text}
    if not any(len({":" in text for text in texts}) > 1 for texts in places):
        return sorted(four | six)
    return sorted(four if len(four) >= len(six) else six)


def _spoken(one: _Judged) -> list[str]:
    """Give the addresses that a server answers at: those it was asked at, or all where it was not asked."""
    return [asked.address for asked in one.speaking] or [*one.server.addresses]


def _network(text: str) -> str:
    address = address_of(text)
    size = _IPV6_NETWORK if address is not None and address.version == 6 else _IPV4_NETWORK  # noqa: PLR2004 - IPv6
    return str(ip_network(f"{text}/{size}", strict=False))
