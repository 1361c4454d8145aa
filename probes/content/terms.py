"""How soon things were posted, in working days, where a page shows both days, by the rule in force when they were issued."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from auditor.model.note import Json
from auditor.sdk.dates import dates
from auditor.sdk.html import Block
from auditor.sdk.posting import Rule
from auditor.sdk.text import fold
from auditor.sdk.workdays import working_days

__all__ = ["posted"]

_NEAR, _LONGEST = 40, 2_000
_CLOCK = r"\W*+(?:\d{1,2}[:h]\d{2}\W*+)?(?:ngày\W*+)?$"
_ISSUED = re.compile(
    r"(?:ban hành|ngày ký|ngày văn bản|phê duyệt|ngày hỏi|ngày gửi|gửi lúc|gửi ngày|hỏi ngày)" + _CLOCK, re.IGNORECASE
)
_POSTED = re.compile(
    r"(?:ngày đăng|đăng ngày|đăng lúc|đăng tải|ngày cập nhật|ngày trả lời|trả lời ngày|trả lời lúc)" + _CLOCK, re.IGNORECASE
)


_ISSUER = re.compile(
    r"cơ quan ban hành\W{0,9}([^\n|;,.]{1,120}?)(?=\s*(?:[\n|;,.]|ngày|người|loại|lĩnh vực|số\b|trích yếu|$))", re.IGNORECASE
)
_HIGHER = re.compile(r"\b(?:NĐ-CP|NQ-CP|(?:QĐ|CT|CĐ)-TTg|QH\d{1,2}|NQ-HĐND|TT-B\w{1,8}|TTLT(?:-\w{1,8})*|L-CTN)\b")
"""What stands in the number of a document of the state, a ministry or a council: no department and no district issues those."""
_COMMITTEE = re.compile(r"\b(?:QĐ|CT|KH|CV|TB)-UBND\b")
_OF_COMMITTEE = "uy ban nhan dan"


@dataclass(frozen=True, slots=True)
class _Entry:
    """The day of issue and the day of posting that a page shows, and whether another body issued what it is about."""

    issued: date
    posted: date
    governing: bool


def posted(
    duty: str,
    pages: Iterable[Iterable[Block]],
    holidays: Collection[date],
    rules: Iterable[Rule] = (),
    names: Collection[str] = (),
) -> dict[str, Json] | None:
    """Say how many entries show both days on a page of their own, and the longest wait between them, in working days.

    Of those that a rule was in force for on their day of issue also how many the ``term`` concerned, and how many were ``late``
    by it; what governs the agency (``names`` are its own) has its own term. None where no page shows both days, or no rule has a
    term for the duty.
    """
    rules = [rule for rule in rules if rule.term(duty, governing=False) is not None]
    shown = [entry for blocks in pages if (entry := _entry([*blocks], names)) is not None]
    if not rules or not shown:
        return None
    waits = {entry: working_days(entry.issued, entry.posted, holidays) for entry in shown}
    held = [(entry, rule) for entry in shown for rule in rules if rule.in_force(entry.issued)]
    found: dict[str, Json] = {"shown": len(shown), "longest": max(waits.values())}
    if not held:
        return found
    newest = max((rule for _, rule in held), key=lambda rule: rule.valid_from)
    late = sum(waits[entry] > (rule.term(duty, governing=entry.governing) or 0) for entry, rule in held)
    bases = dict.fromkeys(rule.legal_basis for _, rule in sorted(held, key=lambda pair: pair[1].valid_from))
    found |= {"rule": "; ".join(bases), "term": newest.term(duty, governing=False), "ruled": len(held), "late": late}
    governing = sum(entry.governing for entry, _ in held)
    if governing and newest.term(duty, governing=True) != newest.term(duty, governing=False):
        found |= {"governing": governing, "governing_term": newest.term(duty, governing=True)}
    return found


def _entry(blocks: list[Block], names: Collection[str]) -> _Entry | None:
    days = _days(blocks)
    return None if days is None else _Entry(*days, _governs(blocks, names))


def _governs(blocks: Iterable[Block], names: Collection[str]) -> bool:
    """Tell whether a page says that another body issued what it is about: by its issuer, else by the document's number."""
    text = "\n".join(block.text[:_LONGEST] for block in blocks)
    own = [fold(name) for name in names]
    if own and (issuer := _ISSUER.search(text)) and (said := fold(issuer[1]).strip()):
        return not any(name in said or said in name for name in own)
    if _HIGHER.search(text):
        return True
    return bool(own) and _COMMITTEE.search(text) is not None and not any(_OF_COMMITTEE in name or "ubnd" in name for name in own)


def _days(blocks: Iterable[Block]) -> tuple[date, date] | None:
    """Give the day of issue and the day of posting that a page shows."""
    issued: date | None = None
    shown: date | None = None
    before = ""
    for block in blocks:
        text = block.text[:_LONGEST]
        for span in dates(text):
            label = f"{before} {text[: span.start]}"[-_NEAR:].rstrip()
            if issued is None and _ISSUED.search(label):
                issued = span.day
            elif shown is None and _POSTED.search(label):
                shown = span.day
        before = text[-_NEAR:]
    return (issued, shown) if issued and shown else None
