"""An explanation's arithmetic can be done again from its lines, to the last decimal, and names whom a place hangs on."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest
from equations import checked, equations, number_of, percent_of, value_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imagined import imagine
from province import MEASURES, NOW, STATES, appraisal, case, criterion, declaration, record, registry
from reported import kept

from auditor.judge import fixes, judge
from auditor.judge.sameness import fingerprint
from auditor.model.council import Effect, Explanation
from auditor.model.edition import Over, Source
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Best, Case, Count, Fraction, Penalty, Piecewise, Ratio, Relative, Step, Steps, Weighted
from auditor.model.visit import Cause
from reports.explain import explain_text
from reports.reached import place_lines
from reports.view import Source as Made
from reports.view import standings
from reports.words import vietnamese

SERIES = "uptime.availability"
ALL = {**MEASURES, SERIES: Measure(id=SERIES, kind=Kind.SHARE, meaning="x")}
PLACE = registry("so-a", "so-b", "so-c", more_sites=(("so-a", "https://hai.test/"), ("so-a", "https://ba.test/")))
STEPS = Steps(
    steps=(Step(points=D("1.5"), at_most=D(3)), Step(points=D("0.7"), at_most=D(15))), words={"never": D(0), "undated": D(0)}
)
WEIGHTED = Weighted(
    fractions=(
        Fraction(measure="a.share", weight=D(2)),
        Fraction(measure="a.yes", weight=D(1)),
        Fraction(measure=SERIES, weight=D(4)),
    )
)
BEST = Best(cases=(Case(measure="a.yes", equals=True, points=D("0.5")), Case(measure="a.count", at_least=D(3), points=D("1.25"))))
RULES = (
    criterion("1", measure="a.share", scale=Ratio(), max_points=D("3.3")),
    criterion("2", measure="a.share", scale=Piecewise(floor=D("0.3"), norm=D("0.95")), max_points=D(7)),
    criterion("3", measure="a.count", scale=Count(each=D("0.35")), max_points=D(2)),
    criterion("4", measure="a.count", scale=Penalty(each=D("0.75"), most=D(4)), max_points=D(0)),
    criterion("5", measure="a.days", scale=STEPS, max_points=D("1.5")),
    criterion("6", measure="a.count", scale=Relative(), max_points=D(7)),
    criterion("7", measure=None, scale=WEIGHTED, max_points=D(3), area="policy"),
    criterion("8", measure=None, scale=BEST, max_points=D("1.25"), area="policy"),
    criterion("9", measure="a.share", scale=Ratio(), over=Over.MEAN),
    criterion("10", measure="a.share", scale=Ratio(), over=Over.WORST),
    criterion("11", measure="a.share", scale=Ratio(), over=Over.BEST),
    criterion("12", measure="a.yes", over=Over.SHARE),
    criterion("13", measure=SERIES, scale=Ratio(), area="policy"),
    criterion("14", measure="a.share", scale=Ratio(), source=Source.LOWER_OF, area="policy"),
    criterion("15", measure="a.share", scale=Ratio(), source=Source.MEASURED_CAPS_DECLARED, area="policy"),
    criterion("16", measure="a.state", scale=STATES, source=Source.MEASURED_ELSE_DECLARED),
    criterion("17", source=Source.DECLARED, declared_kind="share", scale=Ratio(), area="policy"),
    criterion("18", measure="a.share", scale=Ratio(), area="policy"),
)  # fmt: skip
SHARE, COUNT = D(2) / D(7), 5


def nights(code="so-a", share=SHARE, count=COUNT, site=None):
    values = {"a.share": share, "a.count": count, "a.days": 9, "a.yes": True, "a.state": "empty"}
    found = [record(value, code, name, site=site) for name, value in values.items()]
    return found + [record(D(value), code, SERIES, days_ago=days, site=site) for days, value in enumerate((1, 0, 1, 1, 0, 1, 1))]


def made(records, rules=RULES, **given):
    asked = case(*rules, records=records, registry=given.pop("registry", PLACE), min_coverage="0.1", **given)
    asked = replace(asked, measures=ALL)
    ranking = judge(asked)
    codes = [row.agency for group in ranking.groups for row in (*group.rows, *group.unranked)]
    return Made(
        ranking=ranking, edition=asked.edition, registry=asked.registry, measures=ALL, kept=kept,
        fixes={code: fixes(asked, ranking, code) for code in codes},
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole():
    records = [*nights(), *nights(share=D("0.8"), site="https://hai.test/"), *nights(share=D(1) / D(3), site="https://ba.test/")]
    records += [*nights("so-b", D("0.9"), 12), *nights("so-c", D("0.31"), 0)]
    told = [declaration(D("0.5"), id=str(n)) for n in (14, 15, 17)] + [declaration("present", id="16")]
    return made(records, declarations=told, appraisals=[appraisal(D("0.4321"), id="18")])


def lines_of(text, criterion):
    """Give the lines below one criterion."""
    lines = text.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith(f"  {criterion} "))
    rest = lines[first + 1 :]
    return [line.strip() for line in rest[: next(at for at, line in enumerate(rest) if not line.startswith("      "))]]


def test_every_printed_sum_holds_and_they_lead_to_the_same_percent(whole):
    for row in standings(whole):
        text = explain_text(whole, row.agency)
        assert checked(text) > 25
        assert abs(percent_of(text) - row.percent) < D("1e-18")


def test_every_criterion_that_was_reckoned_ends_in_its_own_points(whole):
    [mine] = [row for row in standings(whole) if row.agency == "so-a"]
    text = explain_text(whole, "so-a")
    for mark in mine.marks:
        numbers = re.findall(r"(?:= |: )≈?(-?\d+(?:,\d+)?)(?: điểm)?$", "\n".join(lines_of(text, mark.criterion)), re.MULTILINE)
        assert numbers, mark.criterion
        assert abs(number_of(numbers[-1]) - mark.points) < D("1e-18"), mark.criterion


@pytest.mark.parametrize(
    ("criterion", "line"),
    [
        ("2", "Phép tính: ≈0,2857142857142857142857142857 < 0,3; mức bắt đầu có điểm: 0"),
        ("3", "Phép tính: 5 × 0,35 = 1,75"),
        ("4", "Phép tính: 5 × 0,75 = 3,75; trừ nhiều nhất 4: -3,75"),
        ("5", "Phép tính: 9 ≤ 15: 0,7"),
        ("6", "Giá trị cao nhất trong nhóm: 12, của So-B (so-b)"),
        ("6", "Phép tính: 5 ÷ 12 × 7 = ≈2,916666666666666666666666667"),
        ("7", "Phép tính: (2 × ≈0,2857142857142857142857142857 + 1 × 1 + 4 × ≈0,7142857142857142857142857143) × 3 ÷ (2 + 1 + 4) = ≈1,897959183673469387755102041"),
        ("8", "Phép tính: max(0,5; 1,25) = 1,25"),
        ("9", "https://hai.test/: 1,6 điểm. Kết quả “0,8” được 1,6 trên 2 điểm."),
        ("10", "Địa chỉ kém nhất: min(≈0,5714285714285714285714285714; 1,6; ≈0,6666666666666666666666666666) = ≈0,5714285714285714285714285714"),
        ("12", "Tỷ lệ địa chỉ đạt trọn điểm: 3 ÷ 3 × 2 = 2"),
        ("13", "Trung bình: 5 ÷ 7 = ≈0,7142857142857142857142857143"),
        ("14", "Tự khai: 1 điểm. Cơ quan tự khai “50,00 %”: được 1 trên 2 điểm."),
        ("14", "Quy tắc “mức thấp hơn giữa đo và tự khai”: min(≈0,5714285714285714285714285714; 1) = ≈0,5714285714285714285714285714"),
        ("16", "Quy tắc “đo; không đo được thì theo tự khai”: lấy kết quả đo: 0,5 điểm"),
        ("17", "Phép tính: 0,5 × 2 = 1"),
        ("18", "Hội đồng quyết định thay kết quả theo quy tắc: 0,4321 × 2 = 0,8642"),
    ],
)  # fmt: skip
def test_each_way_to_points_is_written_out(whole, criterion, line):
    assert line in lines_of(explain_text(whole, "so-a"), criterion)
    assert line in [one.strip() for one in explain_text(whole, "so-a", criterion).splitlines()]


def test_whose_number_is_awaited_is_named():
    source = made([record(3, measure="a.count")], rules=(criterion("6", measure="a.count", scale=Relative()),))
    assert "Còn chờ giá trị của So-B (so-b); So-C (so-c)" in lines_of(explain_text(source, "so-a"), "6")


RELATIVE = criterion("6", measure="a.count", scale=Relative(), max_points=D(10))
COUNTED = [record(40, measure="a.count"), record(100, "so-b", "a.count"), record(1, "so-c", "a.count")]


def test_the_groups_highest_knows_the_councils_numbers():
    source = made(COUNTED, rules=(RELATIVE,), appraisals=[appraisal(50, "so-b", "6")])
    lines = lines_of(explain_text(source, "so-a"), "6")
    assert "Giá trị cao nhất trong nhóm: 50, của So-B (so-b)" in lines
    assert "Phép tính: 40 ÷ 50 × 10 = 8" in lines
    lines = lines_of(explain_text(source, "so-b"), "6")
    assert "Hội đồng quyết định thay kết quả theo quy tắc: 50 ÷ 50 × 10 = 10" in lines
    assert "Phép tính: 100 ÷ 100 × 10 = 10" in lines


def test_the_groups_highest_is_nobodys_whom_an_explanation_excuses():
    asked = case(RELATIVE, records=COUNTED)
    excuse = Explanation(
        agency="so-b", edition="e", criterion="6", fingerprint=fingerprint(asked, RELATIVE, "so-b"), text="đã bãi bỏ",
        effect=Effect.NOT_APPLICABLE, expires=(NOW + timedelta(days=30)).date(), person="Hội đồng", document="BB-01",
        given_at=NOW - timedelta(days=1),
    )  # fmt: skip
    source = made(COUNTED, rules=(RELATIVE,), registry=registry("so-a", "so-b", "so-c"), explanations=[excuse])
    lines = lines_of(explain_text(source, "so-c"), "6")
    assert "Giá trị cao nhất trong nhóm: 40, của So-A (so-a)" in lines
    assert "Phép tính: 1 ÷ 40 × 10 = 0,25" in lines
    assert "Phép tính: 100 ÷ 100 × 10 = 10" in lines_of(explain_text(source, "so-b"), "6")


def test_nobody_waits_for_whom_the_council_gave_a_number():
    source = made(COUNTED[:1], rules=(RELATIVE,), appraisals=[appraisal(50, "so-b", "6")])
    for code in ("so-a", "so-b"):
        lines = lines_of(explain_text(source, code), "6")
        assert "Còn chờ giá trị của So-C (so-c)" in lines, lines
        assert checked("\n".join(lines)) == 0


def test_a_stale_value_says_its_age_and_how_long_it_may_count():
    rules = (criterion("1", measure="a.share", scale=Ratio()),)
    source = made([record(D("0.5"), measure="a.share", days_ago=5), record(Cause.CONNECT, measure="a.share")], rules=rules)
    lines = lines_of(explain_text(source, "so-a"), "1")
    assert "Phép tính: 0,5 × 2 = 1" in lines
    assert "Kết quả cũ được dùng trong 14 ngày; đã qua 5 ngày" in lines


def test_a_place_names_those_who_surely_stand_above_and_below_and_those_who_may_not():
    rules = (criterion("1", max_points=D(8), measure="a.share", scale=Ratio()), criterion("2", measure="b.yes"))
    records = [
        record(D(share), code, "a.share") for code, share in (("so-a", "0.5"), ("so-b", "1"), ("so-c", "0.45"), ("so-d", "0"))
    ]
    source = made(records, rules=rules, registry=registry("so-a", "so-b", "so-c", "so-d"))
    text = explain_text(source, "so-a")
    assert "Hạng tốt nhất: 1 + 1 = 2; chắc chắn cao hơn: So-B (so-b, 80,00–100,00 %)" in text
    assert "Hạng kém nhất: 4 − 1 = 3; chắc chắn thấp hơn: So-D (so-d, 0,00–20,00 %)" in text
    assert "Chưa phân định được với: So-C (so-c, 36,00–56,00 %)" in text
    assert "Điểm cao nhất có thể = 6 + 0 = 6" in text


def test_a_worst_rank_counts_those_who_may_still_come_to_a_rank():
    rules = (criterion("1"), criterion("2", measure="b.yes"))
    records = [record(True), record(False, measure="b.yes"), record(True, "so-b"), record(True, "so-b", "b.yes")]
    asked = case(*rules, records=records, min_coverage="0.8")
    source = Made(ranking=judge(asked), edition=asked.edition, registry=asked.registry, measures=asked.measures, kept=kept)
    text = explain_text(source, "so-a")
    assert "có thể từ hạng 2 đến hạng 3" in text
    assert "Hạng kém nhất: 2 + 1 − 0 = 3 (tính cả 1 cơ quan chưa xếp hạng nhưng còn có thể được xếp hạng)" in text
    assert "Chưa phân định được với: So-C (so-c, 0,00–100,00 %)" in text
    assert checked(text) > 4


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(min_size=8, max_size=160).map(imagine))
def test_the_printed_places_are_the_rankings_own_whatever_is_open(world):
    asked = world.case()
    source = Made(ranking=judge(asked), edition=asked.edition, registry=asked.registry, measures=asked.measures, kept=kept)
    for row in standings(source):
        printed = "\n".join(place_lines(source, row, vietnamese()))
        if row.rank is not None:
            best = re.search(r"Hạng tốt nhất: 1 \+ \d+ = (\d+);", printed)
            worst = re.search(r"Hạng kém nhất: [\d +−]+ = (\d+)[; ]", printed)
            assert (int(best[1]), int(worst[1])) == (row.best_rank, row.worst_rank)
        checked(printed)


def test_a_class_says_how_far_its_edge_is_and_what_lacks_to_the_next_one(whole):
    rules = (criterion("1", max_points=D(8), measure="a.share", scale=Ratio()),)
    source = made(
        [record(D("0.75"), measure="a.share"), record(D("0.9"), "so-b", "a.share"), record(D(0), "so-c", "a.share")], rules=rules
    )
    mine, best = explain_text(source, "so-a"), explain_text(source, "so-b")
    assert "Xếp loại: Khá (từ 70 %); cao hơn mức này 75 − 70 = 5" in mine
    assert "Loại kế trên: Tốt (từ 85 %); còn thiếu 85 − 75 = 10" in mine
    assert "Điểm cần thêm: 85 × 8 ÷ 100 − 6 = 0,8" in mine
    assert "Xếp loại: Tốt (từ 85 %); cao hơn mức này 90 − 85 = 5" in best
    assert "Loại kế trên" not in best
    assert checked(mine) > 8


def test_every_fix_stands_with_its_points_percent_rank_and_class(whole):
    text = explain_text(whole, "so-a").split("NÊN LÀM TRƯỚC")[1]
    found = re.findall(r"^  \+([\d,]+) điểm  (\S+) .* → ([\d,]+) %, hạng (\d+)", text, re.MULTILINE)
    wanted = [(f"{round(fix.points, 2):.2f}".replace(".", ","), fix.criterion) for fix in whole.fixes["so-a"]]
    assert [(points, name) for points, name, _, _ in found] == wanted
    assert "xếp loại" in text


OUTCOMES = st.sampled_from([D(0), D("0.3"), D(1) / D(3), D("0.95"), D(1), "no duty", Cause.OWN_LINK, Cause.CONNECT, None])
COUNTS = st.sampled_from([0, 1, 3, 8, "no duty", Cause.CHALLENGE, None])


@given(st.lists(OUTCOMES, min_size=5, max_size=5), st.lists(COUNTS, min_size=3, max_size=3), st.booleans())
def test_whatever_was_seen_the_printed_sums_hold(shares, counts, told):
    sites = ["https://so-a.test/", "https://hai.test/", "https://ba.test/", "https://so-b.test/", "https://so-c.test/"]
    codes = ["so-a"] * 3 + ["so-b", "so-c"]
    records = [
        record(one, code, "a.share", site=site) for one, code, site in zip(shares, codes, sites, strict=True) if one is not None
    ]
    records += [
        record(one, code, "a.count") for one, code in zip(counts, ("so-a", "so-b", "so-c"), strict=True) if one is not None
    ]
    source = made(records, declarations=[declaration(D("0.7"), id=str(n)) for n in (14, 15, 17)] if told else [])
    for row in standings(source):
        text = explain_text(source, row.agency)
        checked(text)
        again = percent_of(text)
        assert (again is None) == (row.percent is None)
        assert again is None or abs(again - row.percent) < D("1e-18")


def test_the_sums_are_really_done():
    assert list(equations("  Tỷ lệ = 3 ÷ (8 − 2) × 100 = 50 → 50,00 %")) == [("3 ÷ (8 − 2) × 100", D(50))]
    assert value_of("min(2; -1,5) + (-3) × 2") == D("-7.5")
    with pytest.raises(AssertionError):
        checked("Điểm đạt: 1 + 1 = 3")


def test_an_account_of_all_samples_tells_the_seconds_it_was_made_of():
    one = record(D(900) / 1000, "so-a", SERIES)
    counted = replace(one, reading=replace(one.reading, facts={"samples": 40, "up_seconds": 900, "down_seconds": 100}))
    source = made([counted], rules=(criterion("1", measure=SERIES, scale=Ratio()),))
    lines = lines_of(explain_text(source, "so-a"), "1")
    assert "Số giây hoạt động trên số giây được tính: 900 ÷ (900 + 100) = 0,9" in lines
    assert "Phép tính: 0,9 × 2 = 1,8" in lines
