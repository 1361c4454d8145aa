"""SPF (RFC 7208): what a domain's record says, and what following it costs a receiver."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from auditor.model.note import Note
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from probes.mailing import notes
from probes.mailing.cover import Cover
from probes.mailing.seen import servers_of
from probes.mailing.terms import Term, lengths_of, parse
from probes.mailing.txt import failure_of, texts_of

__all__ = ["MOST_LOOKUPS", "MOST_VOID", "Spf", "hosts_of", "judge_spf", "next_names", "records_of"]

MOST_LOOKUPS = 10
"""Terms that make a receiver ask the DNS; one more and it gives up (RFC 7208 section 4.6.4)."""
MOST_VOID = 2
"""Look-ups that may find nothing. With one more a receiver should give up, and how many it bears may be set (the same section):
most never count them, and so do we only tell it, as Internet.nl, which does not count them either."""
_MOST_SERVERS = 10
"""Mail servers of one ``mx`` whose addresses a receiver looks up; with one more it gives up (the same section)."""
_HALF = 1
"""The longest prefix of a network that holds half of all addresses."""
_NEAR = re.compile(r"\W{0,9}v\s{0,9}=\s{0,9}spf1", re.IGNORECASE)
_SHOWN = 100
_HOSTS = {"a": ("A", "AAAA"), "mx": ("MX",)}
_ASKING = {"include", "a", "mx", "ptr", "exists"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spf:
    """What a domain's SPF comes to.

    ``problem`` makes it invalid; ``policy`` is the qualifier of everybody else (``-``, ``~``, ``?``, ``+``; ``?``
    when nothing is said). ``cause`` is set when the DNS did not answer somewhere and nothing else decides; then ``failed`` is
    the name. ``leads`` is where a redirect leads that only a message would tell. ``void`` are the look-ups that find nothing.
    ``open_to`` are the kinds of addresses that may send nearly all, by the networks that the record names. ``ptr`` tells that it
    uses what is not to be used (section 5.5), ``near`` is a text that is no record, though it was meant for one.
    """

    present: bool
    policy: str = "?"
    lookups: int = 0
    problem: Note | None = None
    cause: Cause | None = None
    failed: str = ""
    leads: str = ""
    void: tuple[str, ...] = ()
    open_to: tuple[str, ...] = ()
    ptr: bool = False
    near: str = ""


def records_of(answer: DnsAnswer) -> tuple[str, ...]:
    """Give the texts that are SPF records: ``v=spf1`` alone or before a space."""
    return tuple(text for text in texts_of(answer) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE))


def next_names(record: str, domain: str, sender: str) -> tuple[str, ...]:
    """Give the names whose records a receiver reads next, after the record of ``domain``, for mail in the name of ``sender``."""
    terms, _ = parse(record)
    following = [term.target(domain, sender) for term in _evaluated(terms) if term.name in {"include", "redirect"}]
    return tuple(dict.fromkeys(filter(None, following)))


def hosts_of(record: str, domain: str, sender: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give what else a receiver asks for, of the record's ``a`` and ``mx`` terms: names, and types of which one must be there."""
    terms, _ = parse(record)
    found = [(_host(term, domain, sender), _kinds(term)) for term in _evaluated(terms) if term.name in _HOSTS]
    return tuple(dict.fromkeys((name, kinds) for name, kinds in found if name))


def judge_spf(domain: str, answers: Mapping[str, DnsAnswer], hosts: Iterable[DnsAnswer] = ()) -> Spf:
    """Evaluate a domain's SPF from the TXT answers by name, and what is known of the hosts that its terms name."""
    answer = answers[domain]
    failed = failure_of(answer)
    if failed is not None:
        return Spf(present=False, cause=failed, failed=domain)
    if not records_of(answer):
        return Spf(present=False, near=next(filter(_NEAR.match, texts_of(answer)), "")[:_SHOWN])
    walk = _Walk(answers, hosts, domain)
    cover = Cover()
    policy = walk.policy(domain, cover)
    ptr = any(term.name == "ptr" for term in _evaluated(parse(records_of(answer)[0])[0]))
    found = Spf(present=True, policy=policy, lookups=walk.lookups, void=walk.void, ptr=ptr)
    if walk.problem:
        return replace(found, problem=walk.problem)
    if cover.open_to and walk.cause is None:  # who passes by a network does so before a redirect is followed
        return replace(found, open_to=cover.open_to)
    return replace(found, cause=walk.cause, failed=walk.failed, leads=walk.leads)


class _Walk:
    """Follows a record the way a receiver does at worst: when no term before the end matches."""

    def __init__(self, answers: Mapping[str, DnsAnswer], hosts: Iterable[DnsAnswer], sender: str) -> None:
        self._answers, self._sender = answers, sender
        given = {(answer.name, answer.type): answer for answer in hosts}
        self._hosts = {place: answer for place, answer in given.items() if failure_of(answer) is None}
        self._lost = {place: failed for place, answer in given.items() if (failed := failure_of(answer)) is not None}
        self._void: dict[tuple[str, str], None] = {}
        self.lookups = 0
        self.problem: Note | None = None
        self.cause: Cause | None = None
        self.failed = self.leads = ""

    @property
    def void(self) -> tuple[str, ...]:
        """Give the look-ups that find nothing."""
        return tuple(f"{term} {name}" for name, term in self._void)

    def policy(self, domain: str, cover: Cover) -> str:
        """Give what the record of a domain says of everybody else, counting what it costs; whom it names goes into the cover."""
        terms = self._terms(domain)
        for term in terms:
            if self.problem:
                break
            if term.name in _ASKING or term.name == "redirect":
                self._count()
            if term.name in _HOSTS and not self.problem:
                self._look_up(term.name, _host(term, domain, self._sender))
            if term.name == "all":
                return term.qualifier
            self._wait(term, domain)
            for network in self._networks(term, domain):
                cover.match(network, term.qualifier)
            target = term.target(domain, self._sender)
            if term.name == "redirect" and not target:
                self.leads = term.spec
            if self.problem or not target:
                continue
            if term.name == "redirect":
                return self.policy(target, cover)
            if term.name == "include" and self._included(target, term.qualifier, cover) == "+" and term.qualifier == "+":
                return "+"
        return "?"

    def _included(self, target: str, qualifier: str, cover: Cover) -> str:
        """Give what an included record says; where it leads for one message only says nothing of everybody."""
        leads, inner = self.leads, Cover()
        found = self.policy(target, inner)
        if found == "+":
            inner.match_rest()
        cover.include(inner, qualifier)
        self.leads = leads
        return found

    def _wait(self, term: Term, domain: str) -> None:
        """Note that the DNS did not say whether a term that would let in everybody leads anywhere."""
        name = _host(term, domain, self._sender)
        kinds = [("MX" if term.name == "mx" else kind) for kind, length in lengths_of(term).items() if length <= _HALF]
        lost = next((self._lost[name, kind] for kind in kinds if (name, kind) in self._lost), None)
        if lost is not None and term.qualifier == "+":
            self.cause, self.failed = lost, name

    def _networks(self, term: Term, domain: str) -> list[str]:
        """Give the networks that a term matches, as far as they can be wide and are known.

        What an ``mx`` leads to is not looked up; with a prefix of no length that does not matter.
        """
        if term.name in {"ip4", "ip6"}:
            return [term.value]
        lengths = lengths_of(term) if term.name in _HOSTS else {}
        name = _host(term, domain, self._sender)
        if term.name == "mx":
            found = self._hosts.get((name, "MX"))
            anywhere = {"A": "0.0.0.0", "AAAA": "::"}  # noqa: S104 - a network's address, nothing listens
            return (
                [f"{anywhere[kind]}/0" for kind, length in lengths.items() if length == 0] if found and servers_of(found) else []
            )
        known = ((kind, self._hosts[name, kind]) for kind in lengths if (name, kind) in self._hosts)
        return [f"{record}/{lengths[kind]}" for kind, answer in known for record in answer.records]

    def _terms(self, domain: str) -> tuple[Term, ...]:
        answer = self._answers.get(domain)
        if answer is None:
            return ()
        failed = failure_of(answer)
        if failed is not None:
            self.cause, self.failed = failed, domain
            return ()
        records = records_of(answer)
        if len(records) != 1:
            self.problem = notes.SPF_RECORDS(domain=domain, count=len(records))
            return ()
        terms, problem = parse(records[0])
        if problem:
            self.problem = notes.SPF_OF(domain=domain, problem=problem)
        return _evaluated(terms)

    def _look_up(self, term: str, name: str) -> None:
        """Count a name under which nothing is; when only one of two types is known to be empty, nothing is said."""
        known = [self._hosts[name, kind] for kind in _HOSTS[term] if (name, kind) in self._hosts]
        if term == "mx" and known and len(known[0].records) > _MOST_SERVERS:
            self.problem = notes.SPF_SERVERS(name=name, count=len(known[0].records), most=_MOST_SERVERS)
        if any(answer.records for answer in known):
            return
        if len(known) == len(_HOSTS[term]) or any(answer.rcode == "NXDOMAIN" for answer in known):
            self._void[name, term] = None

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            self.problem = notes.SPF_LOOKUPS(most=MOST_LOOKUPS)


def _evaluated(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Give the terms that count, in a receiver's order: mechanisms up to ``all``, then ``redirect`` if there is no ``all``."""
    mechanisms = [term for term in terms if term.name not in {"redirect", "exp", "other"}]
    for number, term in enumerate(mechanisms):
        if term.name == "all":
            return tuple(mechanisms[: number + 1])
    return (*mechanisms, *(term for term in terms if term.name == "redirect"))


def _host(term: Term, domain: str, sender: str) -> str:
    """Give the name that an ``a`` or ``mx`` term is about, empty where only a message would tell."""
    return term.target(domain, sender) if term.spec else domain


def _kinds(term: Term) -> tuple[str, ...]:
    """Give the types of which one must be there, first those of IPv6 where only their prefix could be wide."""
    kinds, lengths = _HOSTS[term.name], lengths_of(term)
    return kinds[::-1] if lengths.get("AAAA", 128) < lengths.get("A", 32) else kinds
