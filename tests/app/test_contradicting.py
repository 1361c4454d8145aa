"""Where declared and measured differ a case is opened once; it is answered in time, decided by the council, and told by letter."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from council import declare, parts_of
from province import MEASURES, case, criterion, declaration, find, proof, record
from sided import BOTH, seen

from auditor.app.acting import Attached
from auditor.app.contradicting import answer, cases, decide, open_cases
from auditor.app.council_letters import council_letters, council_notice, tell_council
from auditor.errors import UsageError
from auditor.judge import judge
from auditor.judge.contradictions import difference
from auditor.model.council import ContradictionState
from auditor.model.edition import Source
from auditor.model.evidence import digest_of
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Step, Steps

AT = datetime(2026, 11, 1, 18, tzinfo=UTC)
BY = {"person": "Hội đồng thẩm định", "document": "BB 01"}


@pytest.fixture
def parts(tmp_path):
    return parts_of(tmp_path, edition=BOTH, periods=False)


def listed(parts):
    with parts.store() as store:
        return [(one.opening.agency, one.state.value) for one in cases(parts, store)]


@pytest.fixture
def opened(parts):
    seen(parts, False, AT)
    declare(parts, a="yes")
    parts.clock.at += timedelta(hours=1)
    open_cases(parts)
    return parts


def test_a_case_is_opened_once_with_its_deadline(opened):
    assert open_cases(opened) == ()
    with opened.store() as store:
        [one] = cases(opened, store)
    assert (one.opening.measured, one.opening.declared, one.opening.deadline) == (False, True, date(2026, 11, 12))
    assert (one.opening.measured_proofs, one.opening.declared_proofs[0].url) == ((proof(),), "form.csv")


def test_it_is_answered_with_a_file_and_decided_with_a_document(opened):
    made = answer(
        opened,
        "so-a",
        "1.1",
        text="Máy chủ mới đổi",
        person="Văn thư",
        file=Attached(name="a.pdf", body=b"pdf", media_type="application/pdf"),
    )
    assert opened.archive(opened.store()).body(made.proof.digest) == b"pdf"
    assert listed(opened) == [("so-a", "answered")]
    decide(opened, "so-a", "1.1", accepted=False, reason="Chưa thấy", **BY)
    assert listed(opened) == [("so-a", "rejected")]
    with pytest.raises(UsageError, match=r'mâu thuẫn ở tiêu chí "1.1" của "so-a" đã kết thúc'):
        decide(opened, "so-a", "1.1", accepted=True, reason="r", **BY)


def handed(parts, at):
    """Put the letters into the outbox, and note that a server took them."""
    with parts.store() as store:
        tell_council(parts, store)
        for one in store.outbox.open():
            store.outbox.sent(one.notice.key, at, taken=one.notice.to)


def test_an_answer_comes_in_time_or_not_at_all_and_the_council_may_still_decide(opened):
    handed(opened, opened.clock.at)
    opened.clock.at = datetime(2026, 11, 12, 16, 59, tzinfo=UTC)  # the last minute of the deadline's day in Vietnam
    answer(opened, "so-a", "1.1", text="Đã sửa", person="Văn thư")
    opened.clock.at += timedelta(minutes=1)
    with pytest.raises(UsageError, match=r"đã quá hạn trả lời mâu thuẫn này \(12/11/2026\)"):
        answer(opened, "so-a", "1.1", text="Đã sửa", person="Văn thư")
    decide(opened, "so-a", "1.1", accepted=True, reason="Đúng", **BY)
    assert listed(opened) == [("so-a", "accepted")]


def test_it_is_settled_when_both_sides_agree_and_another_difference_is_another_case(opened):
    seen(opened, True, AT + timedelta(days=1))
    assert listed(opened) == [("so-a", "settled")]
    with pytest.raises(UsageError, match="đã kết thúc"):
        answer(opened, "so-a", "1.1", text="t", person="p")
    declare(opened, a="no")
    opened.clock.at += timedelta(hours=1)
    assert len(open_cases(opened)) == 1
    assert listed(opened) == [("so-a", "settled"), ("so-a", "open")]


@pytest.mark.parametrize(
    ("agency", "criterion", "what"),
    [
        ("so-b", "1.1", r'không có mâu thuẫn nào ở tiêu chí "1.1" của "so-b" \(did you mean "so-a 1.1"\?\)'),
        ("so-a", "9", "không có mâu thuẫn nào"),
    ],
)
def test_an_unknown_case_is_named_with_the_nearest(opened, agency, criterion, what):
    with pytest.raises(UsageError, match=what):
        answer(opened, agency, criterion, text="t", person="p")


@pytest.mark.parametrize("lacks", ["reason", "person", "document"])
def test_a_decision_says_why_who_and_on_what_document(opened, lacks):
    with pytest.raises(UsageError, match=f"--{lacks} không được để trống"):
        decide(opened, "so-a", "1.1", accepted=True, **{"reason": "r", **BY, lacks: ""})
    assert listed(opened) == [("so-a", "open")]


def test_nothing_that_was_refused_is_kept(opened):
    with opened.store() as store:
        before = store.acts.journal("e")
    with pytest.raises(UsageError):
        answer(opened, "so-b", "1.1", text="t", person="p", file=Attached(name="a", body=b"never", media_type="text/plain"))
    with opened.store() as store:
        assert store.acts.journal("e") == before
        assert store.visits.place(digest_of(b"never")) is None


def test_the_agency_is_told_once_with_both_values_and_the_deadline(opened):
    with opened.store() as store:
        assert (tell_council(opened, store), tell_council(opened, store)) == (1, 0)
        [letter] = council_letters(opened, store)
    notice = council_notice(letter)
    text = " ".join(notice.text.split())
    assert notice.subject == "Đề nghị giải trình 1 nội dung tự khai khác với kết quả đo, trong 10 ngày"
    assert "trong 10 ngày kể từ ngày thư này được gửi đi thành công (không sớm hơn hết ngày 12/11/2026)" in text
    assert "Tự khai: có Đo được: không" in text
    assert "Hạn trả lời: 10 ngày kể từ ngày thư này được gửi đi thành công" in text
    assert "form.csv (dòng 2)" in text
    assert notice.to == ("a@khanhhoa.test",)
    english = council_notice(letter, "en")
    assert "Please explain 1 declared values" in english.subject
    assert "within 10 days of the day on which this letter was handed over" in " ".join(english.text.split())


def test_a_name_that_wants_to_be_markup_is_text_in_the_letter(opened):
    path = opened.config / "agencies.csv"
    path.write_text(path.read_text("utf-8").replace("Sở A", "<script>alert(1)</script>"), "utf-8")
    again = parts_of(opened.config.parent, fresh=False)
    with again.store() as store:
        [letter] = council_letters(again, store)
    assert "<script>alert" not in council_notice(letter).html
    assert "&lt;script&gt;alert" in council_notice(letter).html


def test_a_state_that_nobody_answers_stays_open(opened):
    opened.clock.at += timedelta(days=40)
    assert listed(opened) == [("so-a", ContradictionState.OPEN.value)]


def test_a_years_average_that_moves_is_one_difference_and_not_a_new_one_every_night():
    rule = criterion(
        measure="uptime.availability", source=Source.LOWER_OF, max_points=D(2),
        scale=Steps(steps=(Step(points=D(2), at_least=D("0.99")), Step(points=D(1), at_least=D("0.9")))),
    )  # fmt: skip
    measures = {**MEASURES, "uptime.availability": Measure(id="uptime.availability", kind=Kind.SHARE, meaning="x")}

    def printed(value):
        told = declaration(D("0.999"))
        found = case(rule, codes=("so-a",), records=[record(value, measure="uptime.availability")], declarations=[told])
        return difference(find(judge(replace(found, measures=measures)), "so-a").marks[0])

    assert printed(D("0.96")) is not None
    assert printed(D("0.96")) == printed(D("0.9605")) == printed(D("0.93"))
    assert printed(D("0.995")) is None


def test_a_case_of_another_edition_is_answered_by_its_name(opened):
    body = (opened.config / "editions" / "e.toml").read_text("utf-8")
    (opened.config / "editions" / "f.toml").write_text(body.replace('id = "e"', 'id = "f"', 1), "utf-8")
    declare(opened, edition="f", a="yes")
    opened.clock.at += timedelta(hours=1)
    assert len(open_cases(opened, "f")) == 1
    made = answer(opened, "so-a", "1.1", text="Máy chủ mới đổi", person="Văn thư", edition="f")
    assert made.edition == "f"
    assert listed(opened) == [("so-a", "open")]  # the one of the configured edition waits


@pytest.mark.parametrize(("name", "given"), [("--text", {"text": "x" * 1501}), ("--link", {"link": "javascript:alert(1)"})])
def test_words_and_links_are_bounded(opened, name, given):
    with pytest.raises(UsageError, match=name):
        answer(opened, "so-a", "1.1", **{"text": "t", "person": "p", **given})
