"""Strict-Transport-Security as browsers read it (RFC 6797, sections 6.1 and 8.1)."""

import re
from dataclasses import dataclass

from auditor.model.evidence import Exchange
from auditor.model.note import quoted
from auditor.sdk.details import told
from probes.front import notes
from probes.front.judged import Judged

__all__ = ["Hsts", "judge_hsts", "max_age", "read_hsts"]

_DAY = 86_400
_LONGEST = 10**9
"""More seconds than anybody means; a longer number is cut to this."""
_PART = re.compile(r'(?:[^";]|"(?:[^"\\]|\\.)*")+')
_WHOLE = re.compile(r'(?:[^";]|"(?:[^"\\]|\\.)*"|;)*')
_DIRECTIVE = re.compile(r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:=[ \t]*("(?:[^"\\]|\\.)*"|[!#$%&'*+.^_`|~0-9A-Za-z-]+))?""")
_DIGITS = re.compile(r"[0-9]+")


def judge_hsts(front: Exchange) -> Judged:
    """Give whole days; 0 without a valid header that came over a verified connection."""
    header = front.header("strict-transport-security")
    passage = None if header is None else f"Strict-Transport-Security: {header}"
    if not front.url.startswith("https:"):
        return Judged(value=0, because=notes.HSTS_PLAIN, passage=passage)
    if header is None:
        return Judged(value=0, because=notes.HSTS_ABSENT)
    seconds = max_age(header)
    if isinstance(seconds, str):
        part, _, fault = seconds.rpartition(": ")
        told_part = notes.HSTS_PART(part=quoted(part), fault=fault) if part else fault
        return Judged(value=0, because=notes.HSTS_INVALID(fault=told_part), passage=passage)
    if front.unverified:
        return Judged(value=0, because=notes.HSTS_UNVERIFIED(fault=told(front.unverified)), passage=passage)
    days = seconds // _DAY
    note = notes.HSTS(days=days) if days else notes.HSTS_SHORT(seconds=seconds)
    return Judged(value=days, because=note, passage=passage, facts={"max_age": seconds})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hsts:
    """What a header has browsers keep to; ``preload`` is the site's wish to be in the list that they are shipped with."""

    max_age: int
    subdomains: bool
    preload: bool


def max_age(header: str) -> int | str:
    """Give the header's seconds, or what makes browsers ignore the whole of it."""
    found = read_hsts(header)
    return found if isinstance(found, str) else found.max_age


def read_hsts(header: str) -> Hsts | str:
    """Give what the header says, or what makes browsers ignore the whole of it."""
    if not _WHOLE.fullmatch(header):
        return "open_quotation"
    found: dict[str, str | None] = {}
    for part in filter(None, (part.strip() for part in _PART.findall(header))):
        match = _DIRECTIVE.fullmatch(part)
        if match is None:
            return f"{part[:60]}: no_directive"
        name, value = match[1].lower(), match[2]
        if name in found:
            return f"{name}: twice"
        found[name] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value and value.startswith('"') else value
    if found.get("includesubdomains") is not None:
        return "includeSubDomains: takes_no_value"
    age = found.get("max-age")
    if age is None:
        return "max-age: missing"
    if not _DIGITS.fullmatch(age):
        return f"max-age={age[:20]}: no_number"
    seconds = min(int(age[:20]), _LONGEST)
    return Hsts(max_age=seconds, subdomains="includesubdomains" in found, preload="preload" in found)
