"""How soon things were posted, in working days, where a page shows both days: NĐ 43/2011/NĐ-CP, article 17."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from auditor.model.note import Json
from auditor.sdk.dates import dates
from auditor.sdk.html import Block
from auditor.sdk.workdays import working_days

__all__ = ["TERMS", "posted"]

TERMS = {
    "law_dissemination": 15,
    "legal_documents": 2,
    "strategy": 10,
    "projects": 10,
    "qna": 15,
    "research": 20,
}
"""The working days within which a thing is to be posted after it was promulgated, approved, issued, asked or accepted."""
_NEAR = 40
_CLOCK = r"\W*+(?:\d{1,2}[:h]\d{2}\W*+)?(?:ngày\W*+)?$"
_ISSUED = re.compile(
    r"(?:ban hành|ngày ký|ngày văn bản|phê duyệt|ngày hỏi|ngày gửi|gửi lúc|gửi ngày|hỏi ngày)" + _CLOCK, re.IGNORECASE
)
_POSTED = re.compile(
    r"(?:ngày đăng|đăng ngày|đăng lúc|đăng tải|ngày cập nhật|ngày trả lời|trả lời ngày|trả lời lúc)" + _CLOCK, re.IGNORECASE
)


def posted(duty: str, pages: Iterable[Iterable[Block]], holidays: Collection[date]) -> dict[str, Json] | None:
    """Say of how many entries a page of their own shows both days, and of how many the second is later than the term allows.

    None for a duty without a term, or where no page shows both.
    """
    term = TERMS.get(duty)
    waits = [wait for blocks in pages if (wait := _wait(blocks, holidays)) is not None]
    if term is None or not waits:
        return None
    return {"term": term, "shown": len(waits), "late": sum(wait > term for wait in waits), "longest": max(waits)}


def _wait(blocks: Iterable[Block], holidays: Collection[date]) -> int | None:
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
    return working_days(issued, shown, holidays) if issued and shown else None
