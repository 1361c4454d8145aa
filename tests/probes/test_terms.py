"""How soon things were posted, where a page shows both days."""

from datetime import date

from auditor.sdk.parts import Block
from probes.content.terms import posted


def blocks(*texts):
    return [Block(text, "p", "", "text", False) for text in texts]


def test_the_wait_is_counted_in_working_days_against_the_term_of_its_duty():
    soon = blocks("Quyết định 12/QĐ-ST", "Ngày ban hành: 06/03/2026", "Ngày đăng: 09/03/2026")
    late = blocks("Ngày ban hành", "02/03/2026", "Đăng lúc 08:30 ngày", "12/03/2026")
    found = posted("legal_documents", [soon, late], frozenset())
    assert found == {"term": 2, "shown": 2, "late": 1, "longest": 8}


def test_a_holiday_is_no_day_of_a_term():
    page = blocks("Ngày hỏi: 13/02/2026 - Ngày trả lời: 23/02/2026")
    tet = frozenset(date(2026, 2, day) for day in range(16, 21))
    assert posted("qna", [page], tet) == {"term": 15, "shown": 1, "late": 0, "longest": 1}


def test_nothing_is_said_without_both_days_or_without_a_term():
    assert posted("legal_documents", [blocks("Ngày ban hành: 06/03/2026")], frozenset()) is None
    assert posted("news", [blocks("Ngày gửi: 06/03/2026. Ngày đăng: 09/03/2026")], frozenset()) is None
