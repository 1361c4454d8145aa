"""A year from its opening to its published result: what each step lets in, what it comes to, and what the agencies are told."""

from datetime import UTC, datetime, timedelta

import pytest
from council import declare, night, parts_of

from auditor.app.acting import Attached
from auditor.app.complaining import complain, reply
from auditor.app.council import case_now
from auditor.app.council_letters import council_letters, council_notice, tell_council
from auditor.app.judging import period_result
from auditor.app.periods import advance, kept_result, period_named, refused, result_of, statuses
from auditor.errors import EvidenceError, InputError, UsageError
from auditor.model.council import PeriodState
from reports.outcome import notice_texts
from reports.words import vietnamese

OPEN, CLOSED, APPRAISAL, DRAFT, PUBLISHED = list(PeriodState)[1:]
BY = {"person": "Nguyễn Văn A, Phó Giám đốc", "document": "QĐ 12/QĐ-UBND"}
DAYS = {OPEN: (2027, 1, 4), CLOSED: (2027, 1, 26), APPRAISAL: (2027, 1, 26), DRAFT: (2027, 2, 20), PUBLISHED: (2027, 3, 6)}


@pytest.fixture
def parts(tmp_path):
    return parts_of(tmp_path)


def go(parts, *states):
    """Move the period on, each step on its first day."""
    for state in states:
        parts.clock.at = datetime(*DAYS[state], 3, tzinfo=UTC)
        found = advance(parts, "2026", state, **BY)
    return found


def state(parts, name="2026"):
    with parts.store() as store:
        return statuses(parts, store, name)[0].state


def ranks(ranking):
    return {row.agency: (row.rank, str(row.percent)) for group in ranking.groups for row in group.rows}


def test_a_year_goes_step_by_step_and_its_result_is_kept(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN)
    declare(parts, a="yes", b="no")
    go(parts, CLOSED, APPRAISAL)
    step, draft = go(parts, DRAFT)
    assert (state(parts), step.state, step.person, step.document) == (DRAFT, DRAFT, BY["person"], BY["document"])
    assert ranks(draft) == {"so-a": (1, "100"), "so-b": (2, "0")}
    with parts.store() as store:
        found = result_of(parts, store, "2026")
        assert (found.ranking, found.step) == (draft, step)
        assert found.ranking.as_of < datetime(2027, 1, 1, tzinfo=UTC)  # the data end with the year
    _, final = go(parts, PUBLISHED)
    assert (ranks(final), state(parts)) == (ranks(draft), PUBLISHED)
    with pytest.raises(UsageError, match="đã công bố kết quả; không còn bước nào"):
        go(parts, PUBLISHED)


def test_no_step_is_left_out_or_taken_early_or_back(parts):
    parts.clock.at = datetime(2027, 1, 3, 16, 59, tzinfo=UTC)  # a minute before the fourth in Vietnam
    with pytest.raises(UsageError, match=r"chỉ được chuyển sang bước “đang mở tự khai” từ ngày 04/01/2027"):
        advance(parts, "2026", OPEN, **BY)
    parts.clock.at += timedelta(minutes=1)
    advance(parts, "2026", OPEN, **BY)
    with pytest.raises(
        UsageError, match=r"đang ở bước “đang mở tự khai”; bước kế tiếp là “đã đóng tự khai”, không phải “đang thẩm định”"
    ):
        advance(parts, "2026", APPRAISAL, **BY)
    with pytest.raises(UsageError, match="không phải “đang mở tự khai”"):
        advance(parts, "2026", OPEN, **BY)
    assert state(parts) is OPEN


@pytest.mark.parametrize("lacks", ["person", "document"])
def test_a_step_says_who_takes_it_and_on_what_document(parts, lacks):
    parts.clock.at = datetime(*DAYS[OPEN], tzinfo=UTC)
    with pytest.raises(UsageError, match=f"--{lacks} không được để trống"):
        advance(parts, "2026", OPEN, **{**BY, lacks: " "})
    assert state(parts) is PeriodState.PLANNED


def test_an_unknown_period_is_named_with_the_nearest_one(parts):
    with pytest.raises(UsageError, match=r'không có kỳ "2026x" trong periods.toml \(did you mean "2026"\?\)'):
        period_named(parts, "2026x")


def next_year(parts, *declared):
    """Open the year after and take it to its draft; give that."""
    parts.clock.at = datetime(2028, 1, 4, 3, tzinfo=UTC)
    advance(parts, "2027", OPEN, **BY)
    for answers in declared:
        declare(parts, **answers)
    for when, to in (((2028, 1, 26), CLOSED), ((2028, 1, 27), APPRAISAL), ((2028, 2, 20), DRAFT)):
        parts.clock.at = datetime(*when, 3, tzinfo=UTC)
        _, ranking = advance(parts, "2027", to, **BY)
    return ranking


def test_what_was_declared_for_an_earlier_year_does_not_count_in_this_one(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN)
    declare(parts, a="yes", b="yes")
    go(parts, CLOSED, APPRAISAL, DRAFT, PUBLISHED)
    draft = next_year(parts, {"b": "yes"})
    assert ranks(draft) == {"so-b": (1, "100"), "so-a": (2, "0")}
    [mark] = draft.groups[0].rows[1].marks
    assert (mark.because.key, mark.declared) == ("mark.not_declared", None)


def test_what_is_declared_while_no_year_is_open_is_refused(parts):
    parts.clock.at = datetime(2027, 1, 2, tzinfo=UTC)
    with pytest.raises(InputError, match="chưa có kỳ nào của bộ tiêu chí e được mở"):
        declare(parts, a="yes")
    go(parts, OPEN, CLOSED)
    with pytest.raises(InputError, match="kỳ 2026 đang ở bước “đã đóng tự khai”"):
        declare(parts, a="yes")


def test_what_was_seen_after_the_data_end_does_not_count(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN)
    night(parts, datetime(2027, 1, 10, 18, tzinfo=UTC))
    go(parts, CLOSED, APPRAISAL)
    _, draft = go(parts, DRAFT)
    assert draft.run.startswith("20261231")


def test_a_changed_edition_is_not_taken_for_the_one_the_year_was_opened_with(parts):
    go(parts, OPEN)
    path = parts.config / "editions" / "e.toml"
    path.write_text(
        path.read_text("utf-8").replace('max_points = "2"', 'max_points = "3"').replace('yes = "2"', 'yes = "3"'), "utf-8"
    )
    parts = parts_of(parts.config.parent, fresh=False)
    parts.clock.at = datetime(*DAYS[CLOSED], tzinfo=UTC)
    with pytest.raises(UsageError, match="đã khác so với bước trước của kỳ 2026"):
        advance(parts, "2026", CLOSED, **BY)
    step, _ = advance(parts, "2026", CLOSED, **BY, amended=True)
    assert step.edition_digest == parts.edition().digest
    advance(parts, "2026", APPRAISAL, **BY)  # what was amended once need not be said again


def test_each_agency_gets_its_draft_and_its_final_result_once(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN)
    declare(parts, a="yes", b="no")
    go(parts, CLOSED, APPRAISAL, DRAFT)
    with parts.store() as store:
        assert (tell_council(parts, store), tell_council(parts, store)) == (2, 0)
        drafts = {letter.agency.code: council_notice(letter) for letter in council_letters(parts, store)}
    assert sorted(drafts) == ["so-a", "so-b"]
    assert drafts["so-b"].subject == "Kết quả dự thảo: Kỳ đánh giá năm 2026"
    text = " ".join(drafts["so-b"].text.split())
    assert "đến hết ngày 05/03/2027" in text
    assert "Thứ hạng trong nhóm: 2 trong 2 cơ quan được xếp hạng" in text
    assert "1.1 Có quy chế: 0,00 / 2,00" in text
    assert drafts["so-b"].to == ("b@khanhhoa.test",)
    go(parts, PUBLISHED)
    with parts.store() as store:
        assert (tell_council(parts, store), tell_council(parts, store)) == (2, 0)


def test_complaints_are_taken_in_their_window_and_answered_before_the_end(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))

    def complained(**given):
        return complain(
            parts, "2026", "so-a", **{"criterion": "1.1", "text": "Đã có quy chế", "person": "Chánh Văn phòng", **given}
        )

    go(parts, OPEN, CLOSED, APPRAISAL)
    with pytest.raises(UsageError, match="chưa có kết quả dự thảo"):
        complained()
    go(parts, DRAFT)
    made = complained(file=Attached(name="quy-che.pdf", body=b"%PDF-", media_type="application/pdf"))
    assert (made.number, made.proof.url) == (1, "quy-che.pdf")
    assert parts.archive(parts.store()).body(made.proof.digest) == b"%PDF-"
    with pytest.raises(UsageError, match=r'không có tiêu chí "1.2" trong kết quả dự thảo \(did you mean "1.1"\?\)'):
        complained(criterion="1.2")
    with pytest.raises(UsageError, match="không có cơ quan nào mang mã"):
        complain(parts, "2026", "so-x", criterion=None, text="t", person="p")
    with pytest.raises(UsageError, match=r"còn khiếu nại chưa trả lời: số 1 \(so-a\)"):
        go(parts, PUBLISHED)
    with pytest.raises(UsageError, match=r"đã hết hạn khiếu nại của kỳ 2026 \(05/03/2027\)"):
        complained()
    with pytest.raises(UsageError, match="không có khiếu nại số 2; có: 1"):
        reply(parts, "2026", 2, upheld=True, reason="r", **BY)
    reply(parts, "2026", 1, upheld=False, reason="Quy chế đã hết hiệu lực", **BY)
    go(parts, PUBLISHED)
    with parts.store() as store:
        [(complaint, said)] = statuses(parts, store, "2026")[0].complaints
    assert (complaint, said.upheld, said.reason) == (made, False, "Quy chế đã hết hiệu lực")
    with pytest.raises(UsageError, match="đã công bố kết quả"):
        reply(parts, "2026", 1, upheld=True, reason="r", **BY)


def test_a_kept_result_that_was_changed_is_not_shown(parts):
    go(parts, OPEN, CLOSED, APPRAISAL)
    step, _ = go(parts, DRAFT)
    name = step.result.removeprefix("sha256:")
    (parts.evidence / "blobs" / name[:2] / name).write_bytes(b"another result")
    with parts.store() as store, pytest.raises(EvidenceError, match="has changed"):
        kept_result(parts, store, period_named(parts, "2026"))


def test_what_a_step_does_not_let_in_is_said_with_the_steps_that_do(parts):
    with parts.store() as store:
        assert refused(parts, store, "another", frozenset({OPEN})) == ""
        assert "chưa có kỳ nào của bộ tiêu chí e được mở" in refused(parts, store, "e", frozenset({OPEN}))
    go(parts, OPEN)
    with parts.store() as store:
        assert refused(parts, store, "e", frozenset({OPEN})) == ""
        assert "chỉ làm được ở bước “đang thẩm định”" in refused(parts, store, "e", frozenset({APPRAISAL}))


def test_places_moved_since_the_result_of_the_year_before(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN)
    declare(parts, a="yes", b="no")
    go(parts, CLOSED, APPRAISAL, DRAFT, PUBLISHED)
    ranking = next_year(parts, {"a": "no", "b": "yes"})
    assert {row.agency: row.moved for row in ranking.groups[0].rows} == {"so-a": -1, "so-b": 1}


def test_a_report_of_the_period_shows_its_kept_result(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN, CLOSED, APPRAISAL)
    with parts.store() as store, pytest.raises(UsageError, match="kỳ 2026 chưa có kết quả dự thảo"):
        period_result(parts, store, "2026")
    _, draft = go(parts, DRAFT)
    with parts.store() as store:
        assert period_result(parts, store, "2026").ranking == draft


def test_a_draft_says_so_first_and_a_published_result_does_not(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN)
    declare(parts, a="yes", b="no")
    go(parts, CLOSED, APPRAISAL, DRAFT)
    with parts.store() as store:
        assert notice_texts(period_result(parts, store, "2026"), vietnamese())[0].startswith("Kết quả dự thảo.")
    go(parts, PUBLISHED)
    with parts.store() as store:
        assert not any("dự thảo" in text for text in notice_texts(period_result(parts, store, "2026"), vietnamese()))


def test_the_agencies_and_the_council_work_on_what_the_year_is_judged_from(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN)
    night(parts, datetime(2027, 1, 10, 18, tzinfo=UTC))
    go(parts, CLOSED, APPRAISAL)
    with parts.store() as store:
        case = case_now(parts, store, None, parts.clock.now())
    assert case.as_of == datetime(2026, 12, 31, 16, 59, 59, 999999, tzinfo=UTC)
    assert (case.told, case.declarations_closed) == (parts.clock.now(), True)


def test_a_complaint_that_was_killed_before_its_seal_keeps_its_number(parts, monkeypatch):
    go(parts, OPEN, CLOSED, APPRAISAL, DRAFT)

    def killed(self, run, notes=()):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("auditor.engines.night.Night.seal", killed)
        with pytest.raises(KeyboardInterrupt):
            complain(parts, "2026", "so-a", criterion=None, text="Sai", person="Văn thư")
    second = complain(parts, "2026", "so-b", criterion=None, text="Sai", person="Văn thư")
    with parts.store() as store:
        known = statuses(parts, store, "2026")[0].complaints
    assert [(one.number, one.agency) for one, _ in known] == [(1, "so-a"), (2, "so-b")]
    assert second.number == 2


def test_a_year_has_its_own_contradictions_and_results_rest_on_no_later_one(parts):
    go(parts, OPEN, CLOSED, APPRAISAL, DRAFT, PUBLISHED)
    next_year(parts)
    with parts.store() as store:
        assert [status.contradictions for status in statuses(parts, store)] == [(), ()]
        assert result_of(parts, store, "2026").case.published is None


def test_what_was_told_once_is_told_no_more_though_the_edition_has_lost_it(parts):
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    go(parts, OPEN, CLOSED, APPRAISAL, DRAFT)
    with parts.store() as store:
        assert tell_council(parts, store) == 2
    path = parts.config / "editions" / "e.toml"
    path.write_text(path.read_text("utf-8").replace('id = "1.1"', 'id = "1.9"'), "utf-8")
    again = parts_of(parts.config.parent, fresh=False)
    with again.store() as store:
        assert tell_council(again, store) == 0


@pytest.mark.parametrize("name", ["person", "document"])
def test_the_words_of_a_step_are_bounded(parts, name):
    parts.clock.at = datetime(*DAYS[OPEN], 3, tzinfo=UTC)
    with pytest.raises(UsageError, match=f"--{name} dài 1501 ký tự"):
        advance(parts, "2026", OPEN, **{**BY, name: "x" * 1501})
