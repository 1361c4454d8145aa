"""Is the portal's name in good order: on IPv6, signed with DNSSEC, on several name servers, bound to its CAs?"""

import re
from dataclasses import replace

from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json, Note, quoted
from auditor.model.reading import Kind, Measure, Measured, Reading, Unavailable
from auditor.model.visit import Blame, Cause
from auditor.sdk.details import told
from auditor.sdk.doors import DnsAnswer, Reached
from auditor.sdk.probe import Known, Probe
from auditor.sdk.unreached import dangling, unreached
from probes.naming import notes
from probes.naming.looking import look
from probes.naming.neighbours import facts_of, parked_with
from probes.naming.seen import MOST_REACHED, DnsSeen, failure_of, is_public, proofs_of, unavailable
from probes.naming.servers import ALIKE, NAME_SERVERS, NETWORKS, judge_servers

__all__ = ["PROBE"]

_PROPERTY = re.compile(r"(\d{1,3}) ([0-9A-Za-z]{1,60})")
_CRITICAL = 128
_KNOWN = {"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"}
"""The properties that IANA lists: an authority that meets another one that is critical may not issue (RFC 8659 section 4.1)."""
_ISSUE = re.compile(r'\d+ issue "?', re.IGNORECASE)


def assess(seen: DnsSeen, known: Known) -> list[Reading]:  # noqa: ARG001 - every assess has both
    """Judge each answer by itself; what could not be had says why."""
    if seen.ipv4 is None or seen.ipv6 is None:
        return _nameless(seen.host)
    if seen.ipv4.rcode == "NXDOMAIN" and not seen.ipv6.records:
        because, cause = _missing(seen.host, seen.ipv4), Cause.DNS
    elif service := parked_with(seen):
        because, cause = notes.PARKED(name=seen.host, service=service), Cause.UNCONFIRMED
    else:
        six = [_ipv6(seen.ipv6), _reached(seen.ipv6, seen.reached)]
        found = [*six, _dnssec(seen.ipv4, seen.ipv6), *judge_servers(seen, seen.ipv4), _caa(seen, seen.ipv4)]
        return [replace(one, facts={**one.facts, **facts_of(seen)}) for one in found]
    evidence = proofs_of(seen.ipv4, seen.ipv6, *seen.delegations[-1:])
    return [Unavailable(measure=m.id, because=because, cause=cause, evidence=evidence) for m in MEASURES]


def _missing(host: str, answer: DnsAnswer) -> Note:
    """Say that there is no such name, or that it leads on to one that is not there."""
    last = answer.canonical.rstrip(".")
    leads_on = last.lower() not in {"", host}
    return (unreached(dangling(host, last)) if leads_on else None) or notes.NO_SUCH_NAME(name=host)


def _nameless(host: str) -> list[Reading]:
    """A site by its bare address owes DNS all the same, and has none of it."""
    note = notes.NO_NAME(name=host)
    values: dict[MeasureId, bool | int | str] = {
        _IPV6: ":" in host,
        _REACHED: False,
        _DNSSEC: "unsigned",
        NAME_SERVERS: 0,
        NETWORKS: 0,
        ALIKE: False,
        _CAA: False,
    }
    return [Measured(measure=measure, value=value, because=note) for measure, value in values.items()]


def _ipv6(answer: DnsAnswer) -> Reading:
    if cause := failure_of(answer):
        return unavailable(_IPV6, answer, cause)
    addresses: list[Json] = [*answer.records]
    public = [text for text in answer.records if is_public(text)]
    note = notes.IPV6(name=answer.name, addresses=[*public]) if public else notes.NO_IPV6(name=answer.name)
    if addresses and not public:
        note = notes.PRIVATE_IPV6(name=answer.name, addresses=addresses)
    evidence = proofs_of(answer, passage=f"{answer.name} AAAA {public[0]}" if public else None)
    return Measured(measure=_IPV6, value=bool(public), because=note, evidence=evidence, facts={"addresses": addresses})


def _reached(answer: DnsAnswer, reached: tuple[Reached, ...]) -> Reading:
    """Give the worst of the addresses; without one there is nothing to reach."""
    if cause := failure_of(answer):
        return unavailable(_REACHED, answer, cause)
    addresses: list[Json] = [_told(one) for one in reached]
    left = [text for text in answer.records if is_public(text)][MOST_REACHED:] if len(reached) >= MOST_REACHED else []
    facts: dict[str, Json] = {"addresses": addresses, "left_out": [*left]}
    evidence = proofs_of(answer, *reached)
    if not any(map(is_public, answer.records)):
        private: list[Json] = [*answer.records]
        note = notes.PRIVATE_IPV6(name=answer.name, addresses=private) if private else notes.NO_IPV6(name=answer.name)
        return Measured(measure=_REACHED, value=False, because=note, evidence=evidence, facts=facts)
    if not reached:
        note = notes.REACH_NOT_ASKED(name=answer.name)
        return Unavailable(measure=_REACHED, because=note, cause=Cause.NOT_RUN, evidence=evidence)
    elsewhere = next((one for one in reached if one.place and not one.place.startswith("[")), None)
    if elsewhere is not None:
        note = notes.REACH_MAPPED(name=answer.name, place=elsewhere.place)
        return Unavailable(measure=_REACHED, because=note, cause=Cause.CAPABILITY, evidence=evidence, facts=facts)
    failed = [one for one in reached if one.cause is not None]
    worst = next((one for one in failed if one.cause and one.cause.blame is Blame.THEIRS), failed[0] if failed else None)
    if worst is None and left:
        because = notes.REACH_OPEN(name=answer.name, address=left[0], cause=Cause.BUDGET.value)
        return Unavailable(measure=_REACHED, because=because, cause=Cause.BUDGET, evidence=evidence, facts=facts)
    if worst is None:
        because = notes.REACHED(name=answer.name, port=reached[0].port, addresses=[one.address for one in reached])
        return Measured(measure=_REACHED, value=True, because=because, evidence=evidence, facts=facts)
    cause = worst.cause or Cause.AMBIGUOUS
    given: dict[str, Json] = {"name": answer.name, "address": worst.address, "cause": cause.value}
    if cause.blame is Blame.THEIRS:
        because = notes.UNREACHED(port=worst.port, **given)
        return Measured(measure=_REACHED, value=False, because=because, evidence=evidence, facts=facts)
    because = notes.REACH_OPEN(**given)
    return Unavailable(measure=_REACHED, because=because, cause=cause, evidence=evidence, facts=facts)


def _told(one: Reached) -> dict[str, Json]:
    cause = one.cause.value if one.cause else None
    return {"address": one.address, "port": one.port, "reached": one.cause is None, "cause": cause, "place": one.place or None}


def _dnssec(*answers: DnsAnswer) -> Reading:
    """Give the worst of the host's addresses; a failure to ask or to check says nothing of the zone."""
    evidence = proofs_of(*answers)
    for wanted, value, note in (("bogus", "bogus", notes.BOGUS), ("insecure", "unsigned", notes.UNSIGNED)):
        found = next((a for a in answers if a.security == wanted), None)
        if found is not None:
            facts: dict[str, Json] = {"detail": found.security_detail, "asked": found.type}
            because = note(name=found.name, detail=told(found.security_detail))
            return Measured(measure=_DNSSEC, value=value, because=because, evidence=evidence, facts=facts)
    for answer in answers:
        if cause := failure_of(answer):
            return unavailable(_DNSSEC, answer, cause)
        if answer.security != "secure":
            note = notes.NOT_CHECKED(detail=told(answer.security_detail))
            return Unavailable(measure=_DNSSEC, because=note, cause=Cause.CAPABILITY, evidence=evidence)
    details: list[Json] = [answer.security_detail for answer in answers]
    return Measured(
        measure=_DNSSEC, value="secure", because=notes.SECURE(name=answers[0].name), evidence=evidence, facts={"details": details}
    )


def _caa(seen: DnsSeen, ipv4: DnsAnswer) -> Reading:
    """Take the nearest CAA records above the name (RFC 8659, section 3); they limit only if they name an issuer, or bar all."""
    last = seen.caa[-1] if seen.caa else ipv4
    if (cause := failure_of(last)) or not seen.caa:
        return unavailable(_CAA, last, cause or Cause.NOT_RUN)
    evidence = proofs_of(*seen.caa, passage=last.records[0] if last.records else None)
    records: list[Json] = [*last.records[:10]]
    if not records:
        return Measured(measure=_CAA, value=False, because=notes.NO_CAA(name=seen.host), evidence=evidence)
    limits = any(_ISSUE.match(record) for record in last.records)
    properties = [(int(found[1]), found[2].lower()) for record in last.records if (found := _PROPERTY.match(record))]
    barring = next((tag for flags, tag in properties if flags & _CRITICAL and tag not in _KNOWN), None)
    wild = any(tag == "issuewild" for _, tag in properties)
    note = (notes.CAA if limits else notes.WILD_CAA if wild else notes.OPEN_CAA)(**(given := _shown(last)))
    if barring is not None:
        limits, note = True, notes.BARRING_CAA(property=quoted(barring), **given)
    return Measured(measure=_CAA, value=limits, because=note, evidence=evidence, facts={"zone": last.name, "records": records})


def _shown(answer: DnsAnswer) -> dict[str, Json]:
    return {"zone": answer.name, "records": [quoted(record) for record in answer.records[:10]]}


_IPV6, _REACHED = MeasureId("dns.ipv6"), MeasureId("dns.ipv6_reached")
_DNSSEC, _CAA = MeasureId("dns.dnssec"), MeasureId("dns.caa")

MEASURES = (
    Measure(id=_IPV6, kind=Kind.BOOLEAN, meaning="Whether the portal's name has a public IPv6 address."),
    Measure(
        id=_REACHED, kind=Kind.BOOLEAN, meaning="Whether each of the name's IPv6 addresses takes a connection at the site's port."
    ),
    Measure(
        id=_DNSSEC,
        kind=Kind.WORD,
        words=("bogus", "unsigned", "secure"),
        meaning="Whether the name's addresses are signed with DNSSEC, as we validate it ourselves from the anchor.",
    ),
    Measure(
        id=NAME_SERVERS,
        kind=Kind.COUNT,
        meaning="How many of the zone's name servers answer for it with authority, each asked by itself.",
    ),
    Measure(
        id=NETWORKS,
        kind=Kind.COUNT,
        meaning="In how many networks (by prefix: IPv4 /24, IPv6 /48) the name servers that answer stand.",
    ),
    Measure(
        id=ALIKE,
        kind=Kind.BOOLEAN,
        meaning="Whether every name server answers for the zone, and all say the same of the portal's addresses.",
    ),
    Measure(id=_CAA, kind=Kind.BOOLEAN, meaning="Whether CAA records say which authorities may issue certificates."),
)

PROBE = Probe(id=ProbeId("dns"), version=7, look=look, assess=assess, seen=DnsSeen, measures=MEASURES)
