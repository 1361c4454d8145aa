"""How soon things were posted, where a page shows both days."""

from datetime import date

from auditor.sdk.parts import Block
from probes.content.terms import posted

RULE = "NĐ 43/2011/NĐ-CP, Điều 17"


def blocks(*texts):
    return [Block(text, "p", "", "text", False) for text in texts]


def test_the_wait_is_counted_in_working_days_against_the_term_of_its_duty():
    soon = blocks("Quyết định 12/QĐ-ST", "Ngày ban hành: 06/03/2020", "Ngày đăng: 09/03/2020")  # a Friday, a Monday
    late = blocks("Ngày ban hành", "02/03/2020", "Đăng lúc 08:30 ngày", "12/03/2020")
    found = posted("legal_documents", [soon, late], frozenset())
    assert found == {"shown": 2, "longest": 8, "rule": RULE, "term": 2, "ruled": 2, "late": 1}


def test_a_holiday_is_no_day_of_a_term():
    page = blocks("Ngày hỏi: 22/01/2020 - Ngày trả lời: 30/01/2020")
    tet = frozenset(date(2020, 1, day) for day in range(23, 30))
    assert posted("qna", [page], tet) == {"shown": 1, "longest": 1, "rule": RULE, "term": 15, "ruled": 1, "late": 0}


def test_nothing_is_said_without_both_days_or_without_a_term():
    assert posted("legal_documents", [blocks("Ngày ban hành: 06/03/2020")], frozenset()) is None
    assert posted("news", [blocks("Ngày gửi: 06/03/2026. Ngày đăng: 09/03/2020")], frozenset()) is None


def test_what_is_younger_than_the_rule_is_held_against_no_term():
    old = blocks("Ngày ban hành: 12/08/2022", "Ngày đăng: 26/08/2022")
    new = blocks("Ngày ban hành: 15/08/2022", "Ngày đăng: 30/09/2022")
    assert posted("legal_documents", [new], frozenset()) == {"shown": 1, "longest": 34}
    found = posted("legal_documents", [old, new], frozenset())
    assert found == {"shown": 2, "longest": 34, "rule": RULE, "term": 2, "ruled": 1, "late": 1}
