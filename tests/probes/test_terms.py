"""How soon things were posted, where a page shows both days."""

from dataclasses import replace
from datetime import date

import pytest
from knowing import guidelines

from auditor.sdk.parts import Block
from auditor.sdk.posting import rules_of
from probes.content.terms import posted

RULES = rules_of(guidelines()["terms"])
RULE = "NĐ 43/2011/NĐ-CP, Điều 17"


def blocks(*texts):
    return [Block(text, "p", "", "text", False) for text in texts]


def test_the_wait_is_counted_in_working_days_against_the_term_of_its_duty():
    soon = blocks("Quyết định 12/QĐ-ST", "Ngày ban hành: 06/03/2020", "Ngày đăng: 09/03/2020")  # a Friday, a Monday
    late = blocks("Ngày ban hành", "02/03/2020", "Đăng lúc 08:30 ngày", "12/03/2020")
    found = posted("legal_documents", [soon, late], frozenset(), RULES)
    assert found == {"shown": 2, "longest": 8, "rule": RULE, "term": 2, "ruled": 2, "late": 1}


def test_a_holiday_is_no_day_of_a_term():
    page = blocks("Ngày hỏi: 22/01/2020 - Ngày trả lời: 30/01/2020")
    tet = frozenset(date(2020, 1, day) for day in range(23, 30))
    assert posted("qna", [page], tet, RULES) == {"shown": 1, "longest": 1, "rule": RULE, "term": 15, "ruled": 1, "late": 0}


def test_nothing_is_said_without_both_days_or_without_a_term():
    assert posted("legal_documents", [blocks("Ngày ban hành: 06/03/2020")], frozenset(), RULES) is None
    assert posted("news", [blocks("Ngày gửi: 06/03/2026. Ngày đăng: 09/03/2020")], frozenset(), RULES) is None


def test_what_is_younger_than_the_rule_is_held_against_no_term():
    old = blocks("Ngày ban hành: 12/08/2022", "Ngày đăng: 26/08/2022")
    new = blocks("Ngày ban hành: 15/08/2022", "Ngày đăng: 30/09/2022")
    assert posted("legal_documents", [new], frozenset(), RULES) == {"shown": 1, "longest": 34}
    found = posted("legal_documents", [old, new], frozenset(), RULES)
    assert found == {"shown": 2, "longest": 34, "rule": RULE, "term": 2, "ruled": 1, "late": 1}


def test_what_is_older_than_the_rule_is_held_against_no_term_and_without_rules_nothing_is_told():
    page = blocks("Ngày ban hành: 30/09/2011", "Ngày đăng: 30/11/2011")
    assert posted("legal_documents", [page], frozenset(), RULES) == {"shown": 1, "longest": 43}
    assert posted("legal_documents", [page], frozenset()) is None


@pytest.mark.parametrize(
    ("said", "names", "governs"),
    [
        ("Cơ quan ban hành: Chính phủ", ["Sở Thử nghiệm"], True),
        ("Cơ quan ban hành: Ủy ban nhân dân tỉnh Khánh Hòa", ["Sở Thử nghiệm"], True),
        ("Cơ quan ban hành: SỞ THỬ NGHIỆM tỉnh Khánh Hòa", ["Sở Thử nghiệm"], False),
        ("Cơ quan ban hành: Sở Thử nghiệm. Căn cứ Nghị định 43/2011/NĐ-CP", ["Sở Thử nghiệm"], False),
        ("Cơ quan ban hành: Sở Thử nghiệm Người ký: A", ["Sở Thử nghiệm tỉnh Khánh Hòa"], False),
        ("Số 43/2011/NĐ-CP", ["Sở Thử nghiệm"], True),
        ("Số 12/QĐ-TTg", ["Sở Thử nghiệm"], True),
        ("Số 08/2019/TT-BTTTT", [], True),
        ("Số 3061/QĐ-UBND", ["Sở Thử nghiệm"], True),
        ("Số 3061/QĐ-UBND", ["Ủy ban nhân dân huyện Vạn Ninh"], False),
        ("Số 3061/QĐ-UBND", ["UBND thị xã Ninh Hòa"], False),
        ("Số 12/QĐ-STN", ["Sở Thử nghiệm"], False),
        ("Quyết định", [], False),
    ],
)
def test_what_another_body_issued_has_a_term_of_its_own(said, names, governs):
    page = blocks(said, "Ngày ban hành: 02/03/2020", "Ngày đăng: 12/03/2020")  # 8 working days
    found = posted("legal_documents", [page], frozenset(), RULES, names)
    own = {"shown": 1, "longest": 8, "rule": RULE, "term": 2, "ruled": 1, "late": 0 if governs else 1}
    assert found == (own | {"governing": 1, "governing_term": 10} if governs else own)


def test_each_entry_is_held_to_the_rule_of_its_own_day():
    younger = replace(
        RULES[0], legal_basis="NĐ mới", valid_from=date(2022, 8, 15), valid_to=date.max, terms={"qna": 3}, governing={}
    )
    old, new = blocks("Ngày hỏi: 03/08/2022. Ngày trả lời: 10/08/2022"), blocks("Ngày hỏi: 17/08/2022. Ngày trả lời: 24/08/2022")
    found = posted("qna", [old, new], frozenset(), [*RULES, younger])
    assert found == {"shown": 2, "longest": 5, "rule": f"{RULE}; NĐ mới", "term": 3, "ruled": 2, "late": 1}
