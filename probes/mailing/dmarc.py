"""DMARC (RFC 7489): what a domain, or the organisation above it, asks receivers to do with forged mail."""

import re
from dataclasses import dataclass, replace

from auditor.model.note import Note
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from probes.mailing import notes
from probes.mailing.txt import failure_of, texts_of

__all__ = ["Dmarc", "judge_dmarc", "records_of"]

_POLICIES = {"none", "quarantine", "reject"}
_LESS = {"reject": "quarantine", "quarantine": "none"}
_WHOLE = 100
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")
"""A tag's name; receivers pass over those that they do not know, and over what is no tag (RFC 7489 section 6.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dmarc:
    """What DMARC comes to for a domain.

    ``name`` is where the record stands, ``inherited`` that it is the organisation's; ``policy`` the one that holds for the
    domain, ``below`` the one of names below it if it is another, ``testing`` that receivers are asked to do less than that
    (``t=y``, of the RFC's revision). ``problem`` makes it invalid; ``cause`` is set when the DNS did not answer. ``passed_over``
    are parts that are no tags: receivers read the rest as if they were not there (RFC 7489 section 6.3).
    """

    present: bool
    name: str = ""
    record: str = ""
    inherited: bool = False
    policy: str = ""
    below: str = ""
    percent: int = _WHOLE
    testing: bool = False
    passed_over: tuple[str, ...] = ()
    problem: Note | None = None
    cause: Cause | None = None

    @property
    def lowered(self) -> bool:
        """Tell whether less than the policy is asked for: of all mail (``t=y``), or of a part of it (``pct``)."""
        return self.policy != "none" and (self.testing or self.percent < _WHOLE)

    @property
    def least(self) -> str:
        """Give what forged mail meets at least: one step less where the policy is lowered (RFC 7489 section 6.6.4)."""
        return _LESS.get(self.policy, self.policy) if self.lowered else self.policy

    @property
    def sound(self) -> bool:
        """Tell whether forged mail is kept from its readers, all of it."""
        return self.least in {"quarantine", "reject"}


def records_of(answer: DnsAnswer) -> tuple[str, ...]:
    """Give the texts that are DMARC records."""
    return tuple(text for text in texts_of(answer) if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text))


def judge_dmarc(answers: tuple[DnsAnswer, ...]) -> Dmarc:
    """Judge the answers for the domain and, when it has no record of its own, for its organisation, in this order."""
    for number, answer in enumerate(answers):
        failed = failure_of(answer)
        if failed is not None:
            return Dmarc(present=False, name=answer.name, cause=failed)
        records = records_of(answer)
        if len(records) > 1:
            return Dmarc(present=True, name=answer.name, problem=notes.DMARC_RECORDS(name=answer.name, count=len(records)))
        if records:
            return _read(records[0], answer.name, inherited=number > 0)
    return Dmarc(present=False)


def _read(record: str, name: str, *, inherited: bool) -> Dmarc:
    tags: dict[str, str] = {}
    passed: list[str] = []
    base = Dmarc(present=True, name=name, record=record, inherited=inherited)
    for part in filter(str.strip, record.split(";")):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not (equals and _NAME.fullmatch(name)):
            passed.append(part.strip()[:60])
            continue
        if name.lower() in tags:
            return _wrong(base, notes.TWICE(name=name[:60]))
        tags[name.lower()] = value
    policy, below = tags.get("p", "").lower(), tags.get("sp", "").lower()
    percent = _percent(tags.get("pct", str(_WHOLE)))
    if policy not in _POLICIES or (below and below not in _POLICIES):
        if not tags.get("rua", "").lower().startswith("mailto:"):
            return _wrong(base, notes.DMARC_NO_POLICY)
        policy, below = "none", ""  # RFC 7489 section 6.6.3: reports are wanted, nothing else is asked
    held = below if inherited and below else policy
    testing = tags.get("t", "").lower() == "y"
    return replace(base, policy=held, below=below, percent=percent, testing=testing, passed_over=tuple(passed))


def _percent(text: str) -> int:
    """Read a whole number from 0 to 100, however many zeros stand before it; what is none counts as all (section 6.3)."""
    digits = text.lstrip("0") or "0"
    if not (text and text.isascii() and text.isdigit() and len(digits) <= len(str(_WHOLE))):
        return _WHOLE
    return min(int(digits), _WHOLE)


def _wrong(base: Dmarc, problem: Note) -> Dmarc:
    return replace(base, problem=problem)
