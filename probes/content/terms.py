"""How soon things were posted, in working days, where a page shows both days: NĐ 43/2011/NĐ-CP, article 17, until 15/08/2022."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from auditor.model.note import Json
from auditor.sdk.dates import dates
from auditor.sdk.html import Block
from auditor.sdk.workdays import working_days

__all__ = ["ENDED", "TERMS", "posted"]

TERMS = {
    "law_dissemination": 15,
    "legal_documents": 2,
    "strategy": 10,
    "projects": 10,
    "qna": 15,
    "research": 20,
}
"""The working days within which a thing is to be posted after it was promulgated, approved, issued, asked or accepted."""
ENDED = date(2022, 8, 15)
"""From this day NĐ 42/2022/NĐ-CP stands in its place, whose terms are not known to us: what is younger has none."""
_RULE = "NĐ 43/2011/NĐ-CP, Điều 17"
_NEAR = 40
_CLOCK = r"\W*+(?:\d{1,2}[:h]\d{2}\W*+)?(?:ngày\W*+)?$"
_ISSUED = re.compile(
    r"(?:ban hành|ngày ký|ngày văn bản|phê duyệt|ngày hỏi|ngày gửi|gửi lúc|gửi ngày|hỏi ngày)" + _CLOCK, re.IGNORECASE
)
_POSTED = re.compile(
    r"(?:ngày đăng|đăng ngày|đăng lúc|đăng tải|ngày cập nhật|ngày trả lời|trả lời ngày|trả lời lúc)" + _CLOCK, re.IGNORECASE
)


def posted(duty: str, pages: Iterable[Iterable[Block]], holidays: Collection[date]) -> dict[str, Json] | None:
    """Say how many entries show both days on a page of their own, and the longest wait between them, in working days.

    Of those from before ``ENDED`` also how many the ``term`` of the rule concerned, and how many were ``late`` by it. None for a
    duty without a term, or where no page shows both days.
    """
    term = TERMS.get(duty)
    shown = [days for blocks in pages if (days := _days(blocks)) is not None]
    if term is None or not shown:
        return None
    waits = {(issued, posted): working_days(issued, posted, holidays) for issued, posted in shown}
    ruled = [waits[days] for days in shown if days[0] < ENDED]
    found: dict[str, Json] = {"shown": len(shown), "longest": max(waits.values())}
    if ruled:
        found |= {"rule": _RULE, "term": term, "ruled": len(ruled), "late": sum(wait > term for wait in ruled)}
    return found


def _days(blocks: Iterable[Block]) -> tuple[date, date] | None:
    """Give the day of issue and the day of posting that a page shows."""
    issued: date | None = None
    shown: date | None = None
    before = ""
    for block in blocks:
        text = block.text[:2_000]
        for span in dates(text):
            label = f"{before} {text[: span.start]}"[-_NEAR:].rstrip()
            if issued is None and _ISSUED.search(label):
                issued = span.day
            elif shown is None and _POSTED.search(label):
                shown = span.day
        before = text[-_NEAR:]
    return (issued, shown) if issued and shown else None
