"""The terminal's words: complete, exact, and safe to print."""

import re
from dataclasses import replace
from decimal import Decimal as D

import pytest
from equations import number_of
from province import case, criterion, record

from auditor.judge import judge
from auditor.model.figures import comma
from auditor.model.scale import Penalty
from reports.explain import _record
from reports.json import rank_json
from reports.text import explain_text, probe_text, rank_text
from reports.view import standings
from reports.words import vietnamese


def test_no_control_character_of_a_site_reaches_the_terminal(source):
    texts = [rank_text(source), probe_text(source, "so-a"), explain_text(source, "so-a"), explain_text(source, "so-a", "2")]
    for text in texts:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert not any(line.startswith(("gnp", "alert")) for line in text.splitlines())
    assert "‹U+202E›gnp.exe" in texts[1]


def test_a_ranking_lists_everybody_with_the_jsons_numbers_and_its_notices(source, ended):
    text = rank_text(source)
    for row in standings(source):
        assert f"({row.agency})" in text
    for row in rank_json(source.ranking, source.edition, source.registry)["groups"][0]["rows"]:
        assert comma(row["percent"]) in text
        assert comma(f"{row['low']}–{row['high']}") in text
    assert "2=" in text
    assert "minh họa" in text
    assert "hết hiệu lực sau ngày 03/06/2020" in rank_text(ended)


def test_a_probe_shows_each_reading_with_its_value_reason_and_first_proof(source):
    text = probe_text(source, "so-a")
    for found in source.readings:
        if "so-a" in found.site:
            assert f"[{found.reading.measure}]" in text
            assert found.reading.evidence[0].digest.removeprefix("sha256:")[:12] in text
    assert "3 ngày" in text
    assert "(và 1 bằng chứng khác)" in text
    assert "+2,00 điểm  2 Tiêu chí 2" in text
    assert "trang xác minh chống robot chặn kiểm tra (cơ quan từ chối truy cập)" in probe_text(source, "so-d")


def test_a_probe_of_nobody_says_so(source):
    assert "Không có cơ quan nào có mã này." in probe_text(source, "so-khong-co")


def test_the_explained_sum_can_be_done_again(source):
    for row in standings(source):
        if row.percent is None:
            continue
        text = explain_text(source, row.agency)
        left, right = re.search(r"Tỷ lệ = ≈?([\d,]+) ÷ \(([\d, −]+)\) × 100", text).groups()
        possible, pending = map(number_of, right.split(" − "))
        assert abs(number_of(left) / (possible - pending) * 100 - row.percent) < D("1e-20")
        low, high = (number_of(re.search(rf"{name} = ≈?([\d,]+) ÷", text)[1]) for name in ("Thấp nhất", "Cao nhất"))
        assert abs(low / row.possible * 100 - row.low) < D("1e-20")
        assert abs(high / row.possible * 100 - row.high) < D("1e-20")
        for mark in row.marks:
            assert f"  {mark.criterion} " in text


def test_an_areas_floor_is_part_of_the_explained_sum(source):
    penalty = criterion("2", scale=Penalty(each=D(1), most=D(9)), measure="a.count", max_points=D(0))
    open_ = criterion("3", measure="b.yes", area="policy")
    asked = case(criterion(), penalty, open_, records=[record(True), record(5, measure="a.count")])
    floored = replace(
        source, ranking=judge(asked), edition=asked.edition, registry=asked.registry, readings=(), visits=(), fixes={}
    )
    text = explain_text(floored, "so-a")
    assert "Điểm đạt: 2 + (-5) = -3" in text
    assert "Điểm trừ chỉ tính đến mức thấp nhất 0: bù lại 3" in text
    assert "Thấp nhất = 0 ÷ 4 × 100 = 0 → 0,00 %" in text
    assert "Cao nhất = 2 ÷ 4 × 100 = 50 → 50,00 %" in text


def test_an_explained_criterion_shows_price_values_facts_and_evidence(source):
    text = explain_text(source, "so-a", "2")
    assert "Cách tính: có nội dung: 2 điểm; trống: 0,5 điểm" in text
    assert "Kết quả đo và tự khai khác nhau." in text
    assert "các lối vào đã xét:" in text
    assert "“Cập nhật ngày 17/02/2019”" in text
    assert text.count("Bằng chứng:") == 2


@pytest.mark.parametrize("criterion", [str(n) for n in range(1, 12)])
def test_every_scale_is_put_into_words(source, criterion):
    [line] = [line for line in explain_text(source, "so-a", criterion).splitlines() if "Cách tính:" in line]
    assert re.search(r"\d", line)
    assert "{" not in line


def test_an_explained_measure_names_the_criteria_that_use_it(source):
    text = explain_text(source, "so-a", "a.count")
    assert [line.split()[0] for line in text.split("Dùng cho tiêu chí:")[1].strip().splitlines()] == ["5", "6", "9", "11"]
    assert text.count("lúc 02:00:00") == 1


def test_a_wrong_word_names_the_nearest_right_one(source):
    with pytest.raises(LookupError, match=r'có phải "a\.share"'):
        explain_text(source, "so-a", "a.shares")
    with pytest.raises(LookupError, match="so-"):
        explain_text(source, "so-e")


def test_what_a_site_or_a_library_wrote_is_quoted_among_the_facts_and_our_words_are_said(source):
    found = source.ranking.groups[0].rows[0].marks[1].readings[0]
    told = replace(found, reading=replace(found.reading, facts={"record": "missing", "cause": "dns", "blame": "theirs"}))
    text = "\n".join(_record(source, told, vietnamese()))
    assert "bản ghi, nguyên văn: “missing”" in text
    assert "nguyên nhân không lấy được: không tìm thấy tên miền" in text
    assert "trách nhiệm: phía cơ quan" in text
