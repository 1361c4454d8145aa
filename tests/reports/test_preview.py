"""A preview in words and as JSON: everybody, what makes the difference, and what could not be compared, said plainly."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from province import case, criterion, edition, record, registry
from reported import SCRIPT, TURNED

from auditor.judge.preview import compare
from auditor.model.edition import Source
from auditor.model.scale import YesNo
from reports.preview import preview_text
from reports.preview_json import preview_json


@pytest.fixture(scope="module")
def found():
    one, gone = criterion(title=f"Một {SCRIPT}{TURNED}"), criterion("2", measure="b.yes")
    changed = replace(one, max_points=D(4), scale=YesNo(yes=D(1), no=D(4)))
    added = (criterion("3", measure="a.count", scale=YesNo(yes=D(2))), criterion("4", source=Source.DECLARED))
    records = [record(value, code, name) for code, value in (("so-a", True), ("so-b", False)) for name in ("a.yes", "b.yes")]
    old = case(edition=edition(one, gone, min_coverage="0.1"), records=records)
    new = case(edition=replace(edition(changed, *added, min_coverage="0.1"), id="f", title="Bộ mới"), records=records)
    return compare(old, replace(new, registry=registry("so-a", "so-b", "so-x")), carried=3)


def test_the_text_says_everything_a_council_asks(found):
    text = preview_text(found, registry())
    assert "XEM TRƯỚC: Bộ mới (f)" in text
    assert "Điểm của bộ tiêu chí mới chỉ mang tính minh họa" in text
    assert "Dùng lại 3 giá trị tự khai, giải trình và thẩm định" in text
    assert "So-A (so-a): 100,00 %, hạng 1, Tốt → 25,00 %, hạng 2, Yếu  [-75,00, xuống 1 bậc]" in text
    assert "điểm 4,00/4,00 → 1,00/8,00; chưa xác định 0,00 → 4,00" in text
    assert "CƠ QUAN ĐỔI XẾP LOẠI: 2" in text
    assert "So-B (so-b): Yếu → Tốt" in text
    assert [line.split(":")[0] for line in text.splitlines() if line.startswith("Tiêu chí ")] == [
        "Tiêu chí thêm",
        "Tiêu chí bỏ",
        "Tiêu chí sửa",
    ]
    assert "Tiêu chí bỏ: 2 Tiêu chí 2." in text
    assert "3 Tiêu chí 3: phép đo chưa được thực hiện với 3 cơ quan nên chưa có điểm." in text
    assert "4 Tiêu chí 4: 3 cơ quan chưa tự khai theo bộ mới, coi là còn hạn." in text
    assert "Chỉ bộ tiêu chí cũ xét: So-C (so-c)." in text
    assert "Chỉ bộ tiêu chí mới xét: So-X (so-x)." in text
    assert "\u202e" not in text


def test_the_json_has_everybody_and_every_criterion(found):
    told = preview_json(found)
    assert [(row["agency"], row["percent"], row["rank"]) for row in told["agencies"]] == [
        ("so-b", "100.00", 1), ("so-a", "-75.00", -1), ("so-c", None, None), ("so-x", None, None),
    ]  # fmt: skip
    assert {row["criterion"]: row["change"] for row in told["criteria"]} == {
        "1": "changed",
        "2": "removed",
        "3": "added",
        "4": "added",
    }
    mine = told["agencies"][1]
    assert (mine["before"]["class"], mine["after"]["class"], mine["class_changes"]) == ("Tốt", "Yếu", True)
    assert (told["edition"]["edition"], told["against"]["edition"], told["carried"]) == ("f", "e", 3)
    assert mine["after"]["coverage"] == "0.67"


def test_nothing_to_tell_is_told_too():
    one = case(
        edition=edition(criterion(), min_coverage="0.1"), records=[record(True, code) for code in ("so-a", "so-b", "so-c")]
    )
    text = preview_text(compare(one, one), registry())
    assert "KHÔNG CƠ QUAN NÀO CÓ TỶ LỆ KHÁC" in text
    assert "KHÔNG TIÊU CHÍ NÀO LÀM TỶ LỆ KHÁC" in text
    assert "Mọi cơ quan và mọi tiêu chí đều so sánh được." in text
