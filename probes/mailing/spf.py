"""SPF (RFC 7208): what a domain's record says, and what following it costs a receiver."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from probes.mailing.txt import failure_of, texts_of

__all__ = ["MOST_LOOKUPS", "Spf", "Term", "hosts_of", "judge_spf", "next_names", "parse", "records_of"]

MOST_LOOKUPS = 10
"""Terms that make a receiver ask the DNS; one more and it gives up (RFC 7208 section 4.6.4)."""
_MOST_VOID = 2
"""Look-ups that may find nothing; with one more a receiver gives up (the same section)."""
_MOST_SERVERS = 10
"""Mail servers of one ``mx`` whose addresses a receiver looks up; with one more it gives up (the same section)."""
_HOSTS = {"a": ("A", "AAAA"), "mx": ("MX",)}
_ASKING = {"include", "a", "mx", "ptr", "exists"}
_MECHANISM = re.compile(r"([+\-?~]?)([a-z][a-z0-9]*)(?:([:/])(.*))?", re.IGNORECASE | re.DOTALL)
_MODIFIER = re.compile(r"([a-z][a-z0-9._-]*)=(.*)", re.IGNORECASE | re.DOTALL)
_MACRO = r"%\{[slodiphcrtv]\d*r?[.\-+,/_=]*\}|%%|%_|%-"
_SPEC = re.compile(rf"(?:{_MACRO}|[!-$&-~])+", re.IGNORECASE)
_SPEC_END = re.compile(rf"(?:{_MACRO}|\.(?!\d+\.?$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?)$", re.IGNORECASE)
_CIDR = re.compile(r"(?:/(\d{1,3}))?(?://(\d{1,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a record. ``target`` is the name it follows, empty for the domain itself; ``value`` all that it says."""

    name: str
    qualifier: str = "+"
    target: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spf:
    """What a domain's SPF comes to.

    ``problem`` makes it invalid, in English; ``policy`` is the qualifier of everybody else (``-``, ``~``, ``?``, ``+``; ``?``
    when nothing is said). ``cause`` is set when the DNS did not answer somewhere and nothing else decides.
    """

    present: bool
    policy: str = "?"
    lookups: int = 0
    problem: str = ""
    cause: Cause | None = None
    failed: str = ""


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


def next_names(record: str) -> tuple[str, ...]:
    """Give the names whose records a receiver reads next; names made of macros cannot be known."""
    terms, _ = parse(record)
    return tuple(dict.fromkeys(term.target for term in _evaluated(terms) if term.name in {"include", "redirect"} and term.target))


def hosts_of(record: str, domain: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give what else a receiver asks for, of the record's ``a`` and ``mx`` terms: names, and types of which one must be there."""
    terms, _ = parse(record)
    found = [(_host(term, domain), _HOSTS[term.name]) for term in _evaluated(terms) if term.name in _HOSTS]
    return tuple(dict.fromkeys((name, kinds) for name, kinds in found if name))


def judge_spf(domain: str, answers: Mapping[str, DnsAnswer], hosts: Iterable[DnsAnswer] = ()) -> Spf:
    """Evaluate a domain's SPF from the TXT answers by name, and what is known of the hosts that its terms name."""
    answer = answers[domain]
    failed = failure_of(answer)
    if failed is not None:
        return Spf(present=False, cause=failed, failed=domain)
    if not records_of(answer):
        return Spf(present=False)
    walk = _Walk(answers, hosts)
    policy = walk.policy(domain)
    if walk.problem:
        return Spf(present=True, policy=policy, lookups=walk.lookups, problem=walk.problem)
    return Spf(present=True, policy=policy, lookups=walk.lookups, cause=walk.cause, failed=walk.failed)


class _Walk:
    """Follows a record the way a receiver does at worst: when no term before the end matches."""

    def __init__(self, answers: Mapping[str, DnsAnswer], hosts: Iterable[DnsAnswer]) -> None:
        self._answers = answers
        self._hosts = {(answer.name, answer.type): answer for answer in hosts if failure_of(answer) is None}
        self._void: dict[tuple[str, str], None] = {}
        self.lookups = 0
        self.problem = ""
        self.cause: Cause | None = None
        self.failed = ""

    def policy(self, domain: str) -> str:
        """Give what the record of a domain says of everybody else, counting what it costs."""
        terms = self._terms(domain)
        for term in terms:
            if self.problem:
                break
            if term.name in _ASKING or term.name == "redirect":
                self._count()
            if term.name in _HOSTS and not self.problem:
                self._look_up(term.name, _host(term, domain))
            if term.name == "all" or _is_everybody(term):
                return term.qualifier
            if self.problem or not term.target:
                continue
            if term.name == "redirect":
                return self.policy(term.target)
            if term.name == "include" and self.policy(term.target) == "+" and term.qualifier == "+":
                return "+"
        return "?"

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
        if len(self._void) > _MOST_VOID:
            names = ", ".join(f"{term} of {name}" for name, term in self._void)
            self.problem = f"more than {_MOST_VOID} look-ups find nothing ({names})"

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


def _host(term: Term, domain: str) -> str:
    """Give the name that an ``a`` or ``mx`` term is about, empty when it is made of macros."""
    return "" if "%" in term.value else term.target or domain


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
    return Term(name=name, target=_target(value), value=value), problem


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
        return Term(name=name, qualifier=term.qualifier, target=_target(rest), value=rest), "" if good else wrong
    if name in {"a", "mx", "ptr"}:
        target = _target(rest.partition("/")[0]) if mark == ":" else ""
        term = Term(name=name, qualifier=term.qualifier, target=target, value=rest)
        return term, "" if _is_host(mark, rest, lengths=name != "ptr") else wrong
    return term, f"{word[:60]!r} is no mechanism"


def _is_host(mark: str, rest: str, *, lengths: bool) -> bool:
    """Tell whether what stands after ``a``, ``mx`` or ``ptr`` is right: a name, and where allowed the lengths of prefixes."""
    spec, prefixes = (rest, "") if mark == ":" else ("", mark + rest)
    if lengths and mark == ":":
        spec, slash, tail = rest.partition("/")
        prefixes = slash + tail
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


def _target(spec: str) -> str:
    """Give the name that can be asked for, empty when it is made of macros."""
    return "" if "%" in spec else spec.lower().rstrip(".")
