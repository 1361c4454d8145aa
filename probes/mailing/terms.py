"""The terms of an SPF record by the RFC's grammar (RFC 7208, sections 5 to 7)."""

import ipaddress
import re
from dataclasses import dataclass

from auditor.model.note import Json, Note, quoted
from probes.mailing import notes
from probes.mailing.macros import MACRO, expanded

__all__ = ["Term", "lengths_of", "parse"]

_MECHANISM = re.compile(r"([+\-?~]?)([a-z][a-z0-9]*)(?:([:/])(.*))?", re.IGNORECASE | re.DOTALL)
_MODIFIER = re.compile(r"([a-z][a-z0-9._-]*)=(.*)", re.IGNORECASE | re.DOTALL)
_SPEC = re.compile(rf"(?:{MACRO}|[!-$&-~])+", re.IGNORECASE)
_SPEC_END = re.compile(rf"(?:{MACRO}|\.(?!\d+\.?$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?)$", re.IGNORECASE)
_CIDR = re.compile(r"(?:/(\d{1,3}))?(?://(\d{1,3}))?")
_SHOWN = 60


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


def parse(record: str) -> tuple[tuple[Term, ...], Note | None]:
    """Give a record's terms, and what is wrong with the first that is wrong."""
    terms: list[Term] = []
    for word in record.split(" ")[1:]:
        if not word:
            continue
        term, problem = _modifier(word) if _MODIFIER.fullmatch(word) else _mechanism(word)
        if problem:
            return tuple(terms), problem
        if term.name in {"redirect", "exp"} and any(one.name == term.name for one in terms):
            return tuple(terms), notes.TWICE(name=term.name)
        terms.append(term)
    return tuple(terms), None


def lengths_of(term: Term) -> dict[str, int]:
    """Give the lengths of prefixes that an ``a`` or ``mx`` term has, by the type of record that they are for."""
    if term.name not in {"a", "mx"}:
        return {}
    found = _CIDR.fullmatch(term.value[len(_before_lengths(term.value)) :])
    lengths = {"A": found[1], "AAAA": found[2]} if found else {}
    return {kind: int(length) for kind, length in lengths.items() if length}


def _modifier(word: str) -> tuple[Term, Note | None]:
    match = _MODIFIER.fullmatch(word)
    assert match is not None
    name, value = match[1].lower(), match[2]
    if name not in {"redirect", "exp"}:
        return Term(name="other", value=value), None
    problem = None if _is_spec(value) else notes.SPF_NO_DOMAIN(term=_shown(word))
    return Term(name=name, spec=value, value=value), problem


def _mechanism(word: str) -> tuple[Term, Note | None]:
    match = _MECHANISM.fullmatch(word)
    if match is None:
        return Term(name="other"), notes.SPF_NO_MECHANISM(term=_shown(word))
    name, mark, rest = match[2].lower(), match[3] or "", match[4] or ""
    term = Term(name=name, qualifier=match[1] or "+", value=rest)
    wrong = notes.SPF_WRONG(term=_shown(word))
    if name == "all":
        return term, wrong if mark else None
    if name in {"ip4", "ip6"}:
        return term, None if mark == ":" and _is_network(name, rest) else wrong
    if name in {"include", "exists"}:
        good = mark == ":" and _is_spec(rest)
        return Term(name=name, qualifier=term.qualifier, spec=rest, value=rest), None if good else wrong
    if name in {"a", "mx", "ptr"}:
        term = Term(name=name, qualifier=term.qualifier, spec=_before_lengths(rest) if mark == ":" else "", value=f"{mark}{rest}")
        return term, None if _is_host(mark, rest, lengths=name != "ptr") else wrong
    return term, notes.SPF_NO_MECHANISM(term=_shown(word))


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


def _shown(word: str) -> Json:
    return quoted(word[:_SHOWN])
