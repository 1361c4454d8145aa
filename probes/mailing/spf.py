"""SPF (RFC 7208): what a domain's record says, and what following it costs a receiver."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from probes.mailing.macros import MACRO, expanded
from probes.mailing.txt import failure_of, texts_of

__all__ = ["MOST_LOOKUPS", "MOST_VOID", "Spf", "Term", "hosts_of", "judge_spf", "next_names", "parse", "records_of"]

MOST_LOOKUPS = 10
"""Terms that make a receiver ask the DNS; one more and it gives up (RFC 7208 section 4.6.4)."""
MOST_VOID = 2
"""Look-ups that may find nothing. With one more a receiver should give up, and how many it bears may be set (the same section):
most never count them, and so do we only tell it, as Internet.nl, which does not count them either."""
_MOST_SERVERS = 10
"""Mail servers of one ``mx`` whose addresses a receiver looks up; with one more it gives up (the same section)."""
_HOSTS = {"a": ("A", "AAAA"), "mx": ("MX",)}
_ASKING = {"include", "a", "mx", "ptr", "exists"}
_MECHANISM = re.compile(r"([+\-?~]?)([a-z][a-z0-9]*)(?:([:/])(.*))?", re.IGNORECASE | re.DOTALL)
_MODIFIER = re.compile(r"([a-z][a-z0-9._-]*)=(.*)", re.IGNORECASE | re.DOTALL)
_SPEC = re.compile(rf"(?:{MACRO}|[!-$&-~])+", re.IGNORECASE)
_SPEC_END = re.compile(rf"(?:{MACRO}|\.(?!\d+\.?$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?)$", re.IGNORECASE)
_CIDR = re.compile(r"(?:/(\d{1,3}))?(?://(\d{1,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a record. ``spec`` is the name it follows, macros and all, empty for the domain itself; ``value`` its whole."""

    name: str
    qualifier: str = "+"
    spec: str = ""
    value: str = ""

    def target(self, domain: str, sender: str) -> str:
        """Give the name that it follows in the record of a domain, empty where only a message would tell."""
        return expanded(self.spec, domain, sender)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spf:
    """What a domain's SPF comes to.

    ``problem`` makes it invalid, in English; ``policy`` is the qualifier of everybody else (``-``, ``~``, ``?``, ``+``; ``?``
    when nothing is said). ``cause`` is set when the DNS did not answer somewhere and nothing else decides; then ``failed`` is
    the name. ``leads`` is where a redirect leads that only a message would tell. ``void`` are the look-ups that find nothing.
    """

    present: bool
    policy: str = "?"
    lookups: int = 0
    problem: str = ""
    cause: Cause | None = None
    failed: str = ""
    leads: str = ""
    void: tuple[str, ...] = ()


def records_of(answer: DnsAnswer) -> tuple[str, ...]:
    """Give the texts that are SPF records: ``v=spf1`` alone or before a space."""
    return tuple(text for text in texts_of(answer) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE))


def parse(record: str) -> tuple[tuple[Term, ...], str]:
    """Give a record's terms, and what is wrong with the first that is wrong."""
    terms: list[Term] = []
    for word in record.split(" ")[1:]:
        if not word:
            continue
        term, problem = _modifier(word) if _MODIFIER.fullmatch(word) else _mechanism(word)
        if problem:
            return tuple(terms), problem
        if term.name in {"redirect", "exp"} and any(one.name == term.name for one in terms):
            return tuple(terms), f"{term.name}= stands twice"
        terms.append(term)
    return tuple(terms), ""


def next_names(record: str, domain: str, sender: str) -> tuple[str, ...]:
    """Give the names whose records a receiver reads next, after the record of ``domain``, for mail in the name of ``sender``."""
    terms, _ = parse(record)
    following = [term.target(domain, sender) for term in _evaluated(terms) if term.name in {"include", "redirect"}]
    return tuple(dict.fromkeys(filter(None, following)))


def hosts_of(record: str, domain: str, sender: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give what else a receiver asks for, of the record's ``a`` and ``mx`` terms: names, and types of which one must be there."""
    terms, _ = parse(record)
    found = [(_host(term, domain, sender), _HOSTS[term.name]) for term in _evaluated(terms) if term.name in _HOSTS]
    return tuple(dict.fromkeys((name, kinds) for name, kinds in found if name))


def judge_spf(domain: str, answers: Mapping[str, DnsAnswer], hosts: Iterable[DnsAnswer] = ()) -> Spf:
    """Evaluate a domain's SPF from the TXT answers by name, and what is known of the hosts that its terms name."""
    answer = answers[domain]
    failed = failure_of(answer)
    if failed is not None:
        return Spf(present=False, cause=failed, failed=domain)
    if not records_of(answer):
        return Spf(present=False)
    walk = _Walk(answers, hosts, domain)
    policy = walk.policy(domain)
    found = Spf(present=True, policy=policy, lookups=walk.lookups, void=walk.void)
    if walk.problem:
        return replace(found, problem=walk.problem)
    return replace(found, cause=walk.cause, failed=walk.failed, leads=walk.leads)


class _Walk:
    """Follows a record the way a receiver does at worst: when no term before the end matches."""

    def __init__(self, answers: Mapping[str, DnsAnswer], hosts: Iterable[DnsAnswer], sender: str) -> None:
        self._answers, self._sender = answers, sender
        self._hosts = {(answer.name, answer.type): answer for answer in hosts if failure_of(answer) is None}
        self._void: dict[tuple[str, str], None] = {}
        self.lookups = 0
        self.problem = ""
        self.cause: Cause | None = None
        self.failed = self.leads = ""

    @property
    def void(self) -> tuple[str, ...]:
        """Give the look-ups that find nothing."""
        return tuple(f"{term} {name}" for name, term in self._void)

    def policy(self, domain: str) -> str:
        """Give what the record of a domain says of everybody else, counting what it costs."""
        terms = self._terms(domain)
        for term in terms:
            if self.problem:
                break
            if term.name in _ASKING or term.name == "redirect":
                self._count()
            if term.name in _HOSTS and not self.problem:
                self._look_up(term.name, _host(term, domain, self._sender))
            if term.name == "all" or _is_everybody(term):
                return term.qualifier
            target = term.target(domain, self._sender)
            if term.name == "redirect" and not target:
                self.leads = term.spec
            if self.problem or not target:
                continue
            if term.name == "redirect":
                return self.policy(target)
            if term.name == "include" and self._included(target) == "+" and term.qualifier == "+":
                return "+"
        return "?"

    def _included(self, target: str) -> str:
        """Give what an included record says; where it leads for one message only says nothing of everybody."""
        leads = self.leads
        found = self.policy(target)
        self.leads = leads
        return found

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
            self.problem = f"{domain} has {len(records) or 'no'} SPF records"
            return ()
        terms, problem = parse(records[0])
        if problem:
            self.problem = f"{domain}: {problem}"
        return _evaluated(terms)

    def _look_up(self, term: str, name: str) -> None:
        """Count a name under which nothing is; when only one of two types is known to be empty, nothing is said."""
        known = [self._hosts[name, kind] for kind in _HOSTS[term] if (name, kind) in self._hosts]
        if term == "mx" and known and len(known[0].records) > _MOST_SERVERS:
            self.problem = f"{name} has {len(known[0].records)} mail servers, more than {_MOST_SERVERS}"
        if any(answer.records for answer in known):
            return
        if len(known) == len(_HOSTS[term]) or any(answer.rcode == "NXDOMAIN" for answer in known):
            self._void[name, term] = None

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            self.problem = f"more than {MOST_LOOKUPS} look-ups"


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


def _is_everybody(term: Term) -> bool:
    """Tell whether a term matches every sender there is."""
    return term.name in {"ip4", "ip6"} and term.qualifier == "+" and term.value.endswith("/0")


def _modifier(word: str) -> tuple[Term, str]:
    match = _MODIFIER.fullmatch(word)
    assert match is not None
    name, value = match[1].lower(), match[2]
    if name not in {"redirect", "exp"}:
        return Term(name="other", value=value), ""
    problem = "" if _is_spec(value) else f"{word[:60]!r} names no domain"
    return Term(name=name, spec=value, value=value), problem


def _mechanism(word: str) -> tuple[Term, str]:
    match = _MECHANISM.fullmatch(word)
    if match is None:
        return Term(name="other"), f"{word[:60]!r} is no mechanism"
    name, mark, rest = match[2].lower(), match[3] or "", match[4] or ""
    term = Term(name=name, qualifier=match[1] or "+", value=rest)
    wrong = f"{word[:60]!r} is written wrongly"
    if name == "all":
        return term, wrong if mark else ""
    if name in {"ip4", "ip6"}:
        return term, "" if mark == ":" and _is_network(name, rest) else wrong
    if name in {"include", "exists"}:
        good = mark == ":" and _is_spec(rest)
        return Term(name=name, qualifier=term.qualifier, spec=rest, value=rest), "" if good else wrong
    if name in {"a", "mx", "ptr"}:
        term = Term(name=name, qualifier=term.qualifier, spec=_before_lengths(rest) if mark == ":" else "", value=rest)
        return term, "" if _is_host(mark, rest, lengths=name != "ptr") else wrong
    return term, f"{word[:60]!r} is no mechanism"


def _is_host(mark: str, rest: str, *, lengths: bool) -> bool:
    """Tell whether what stands after ``a``, ``mx`` or ``ptr`` is right: a name, and where allowed the lengths of prefixes."""
    spec, prefixes = (rest, "") if mark == ":" else ("", mark + rest)
    if lengths and mark == ":":
        spec = _before_lengths(rest)
        prefixes = rest[len(spec) :]
    found = _CIDR.fullmatch(prefixes)
    if found is None or (not lengths and prefixes) or int(found[1] or 0) > 32 or int(found[2] or 0) > 128:  # noqa: PLR2004
        return False
    return mark != ":" or _is_spec(spec)


def _is_network(name: str, text: str) -> bool:
    kind = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    address, slash, length = text.partition("/")
    try:
        kind(text, strict=False)
    except ValueError:
        return False
    return "." in address or ":" in address if not slash else length.isdigit()


def _is_spec(text: str) -> bool:
    return bool(_SPEC.fullmatch(text) and _SPEC_END.search(text))


def _before_lengths(rest: str) -> str:
    """Give the name before the lengths of prefixes; a slash may stand in a macro too."""
    return re.sub(r"(?:/\d{1,3})?(?://\d{1,3})?\Z", "", rest)
