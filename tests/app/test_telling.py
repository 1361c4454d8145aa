"""The time to answer a contradiction runs from when the agency was told of it, and before that no time runs at all."""

import socket
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import anyio
import pytest
from bounced import postfix
from commands import auditor
from council import declare, parts_of
from outgoing import mail_settings
from postbox import Postbox, postbox
from sided import BOTH, seen

from auditor.app.bouncing import take_bounces
from auditor.app.contradicting import answer, cases, decide, note_told, open_cases
from auditor.app.council_documents import contradictions_json
from auditor.app.council_letters import tell_council
from auditor.app.journal import journal
from auditor.app.periods import advance, statuses
from auditor.app.sending import send_due
from auditor.errors import UsageError
from auditor.model.council import ContradictionState, PeriodState, Untold
from auditor.model.delivery import DeliveryState
from auditor.model.zone import local_date
from reports.acts import journal_text
from reports.council import contradictions_text, period_text
from reports.words import vietnamese

AT = datetime(2026, 11, 1, 18, tzinfo=UTC)
OPENED = date(2026, 11, 2)
BY = {"person": "Hội đồng thẩm định", "document": "CV 12"}
SAID = {"text": "Máy chủ mới đổi", "person": "Văn thư"}


def begun(folder, *, at=AT, periods=False):
    """Open a case of agency A, with its letter in the outbox."""
    parts = parts_of(folder, edition=BOTH, periods=periods)
    seen(parts, False, at)
    if periods:
        parts.clock.at = datetime(2027, 1, 4, 3, tzinfo=UTC)
        advance(parts, "2026", PeriodState.OPEN, **BY)
    declare(parts, a="yes")
    parts.clock.at += timedelta(hours=1)
    open_cases(parts)
    with parts.store() as store:
        assert tell_council(parts, store) == 1
    return parts


@pytest.fixture
def opened(tmp_path):
    return begun(tmp_path)


def on_mail(parts, port):
    """Give the same with a server of mail that listens there."""
    path = parts.config / "auditor.toml"
    path.write_text('[judge]\nedition = "e"\n' + mail_settings(port), "utf-8")
    again = parts_of(parts.config.parent, fresh=False)
    again.clock.at = parts.clock.at
    return again


def send(parts):
    with parts.store() as store:
        return anyio.run(send_due, parts, store)


def the_case(parts):
    with parts.store() as store:
        [one] = cases(parts, store)
    return one


def shown(parts):
    with parts.store() as store:
        found = cases(parts, store)
    return contradictions_text(found, parts.edition(), parts.catalogue.measures, local_date(parts.clock.now()))


def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_while_the_mail_server_is_down_no_time_runs_and_then_the_whole_of_it_does(opened):
    down = on_mail(opened, closed_port())
    down.clock.at += timedelta(days=5)
    assert send(down).down
    assert (the_case(down).told_on, the_case(down).deadline, the_case(down).untold) == (None, None, Untold.QUEUED)
    text = shown(down)
    assert "chưa gửi được thư, thời hạn chưa tính" in text
    assert "cơ quan chưa được báo: thư còn chờ gửi. Có 10 ngày để trả lời kể từ khi được báo." in text
    assert "quá hạn" not in text
    with postbox(Postbox()) as port:
        up = on_mail(down, port)
        up.clock.at += timedelta(days=1)
        send(up)
    told = local_date(up.clock.at)
    assert told == OPENED + timedelta(days=6)
    assert (the_case(up).told_on, the_case(up).deadline) == (told, told + timedelta(days=10))
    up.clock.at += timedelta(days=10)
    answer(up, "so-a", "1.1", **SAID)
    up.clock.at += timedelta(days=1)
    with pytest.raises(UsageError, match=r"đã quá hạn trả lời mâu thuẫn này \(18/11/2026\)"):
        answer(up, "so-a", "1.1", **SAID)


def test_a_deadline_missed_after_the_letter_was_handed_over_is_told_as_before(opened):
    with postbox(Postbox()) as port:
        up = on_mail(opened, port)
        send(up)
    assert the_case(up).deadline == date(2026, 11, 12)
    assert "chờ cơ quan trả lời" in shown(up)
    assert "cơ quan được báo ngày 02/11/2026; trả lời đến hết 12/11/2026" in shown(up)
    up.clock.at += timedelta(days=11)
    assert "quá hạn, cơ quan chưa trả lời" in shown(up)


@pytest.mark.parametrize("days", [3, 40])
def test_where_nothing_can_be_sent_at_all_no_time_runs_either(opened, days):
    opened.clock.at += timedelta(days=days)
    send(opened)
    one = the_case(opened)
    assert (one.state, one.deadline, one.told_on) == (ContradictionState.OPEN, None, None)
    assert one.untold is (Untold.NO_CHANNEL if days == 3 else Untold.GIVEN_UP)
    assert "chưa gửi được thư, thời hạn chưa tính" in shown(opened)
    assert "auditor contradictions told" in shown(opened)
    [told] = contradictions_json([one])
    assert (told["state"], told["deadline"], told["told_on"], told["untold"], told["answer_days"]) == (
        "open", None, None, one.untold.value, 10
    )  # fmt: skip
    answer(opened, "so-a", "1.1", **SAID)


def test_an_agency_without_an_address_is_told_by_nobody(tmp_path):
    parts = parts_of(tmp_path, edition=BOTH, periods=False)
    path = parts.config / "agencies.csv"
    path.write_text(path.read_text("utf-8").replace("a@khanhhoa.test", ""), "utf-8")
    parts = parts_of(tmp_path, fresh=False)
    seen(parts, False, AT)
    declare(parts, a="yes")
    parts.clock.at += timedelta(hours=1)
    open_cases(parts)
    with parts.store() as store:
        assert tell_council(parts, store) == 0
    parts.clock.at += timedelta(days=30)
    assert (the_case(parts).deadline, the_case(parts).untold) == (None, Untold.NO_ADDRESS)
    assert "chưa có địa chỉ thư của cơ quan" in shown(parts)


def test_a_letter_that_comes_back_has_told_nobody_though_its_time_was_over(opened):
    with postbox(Postbox()) as port:
        up = on_mail(opened, port)
        send(up)
    up.clock.at += timedelta(days=20)
    assert the_case(up).late(local_date(up.clock.at))
    with up.store() as store:
        [letter] = store.outbox.all()
        take_bounces(up, store, [postfix(letter.notice, "a@khanhhoa.test")])
    assert (the_case(up).deadline, the_case(up).untold) == (None, Untold.BOUNCED)
    assert "thư bị trả lại" in shown(up)
    answer(up, "so-a", "1.1", **SAID)


def test_a_letter_that_was_refused_at_once_told_nobody(opened):
    with postbox(Postbox(rcpt=lambda address: "550 5.1.1 no such user")) as port:
        up = on_mail(opened, port)
        send(up)
    with up.store() as store:
        assert [one.state for one in store.outbox.all()] == [DeliveryState.FAILED]
    up.clock.at += timedelta(days=20)
    assert (the_case(up).deadline, the_case(up).untold) == (None, Untold.GIVEN_UP)


def test_what_the_council_handed_over_otherwise_counts_from_its_own_day(opened):
    opened.clock.at += timedelta(days=8)
    note_told(opened, "so-a", "1.1", on=OPENED + timedelta(days=6), **BY)
    one = the_case(opened)
    assert (one.told_on, one.deadline, one.untold) == (date(2026, 11, 8), date(2026, 11, 18), None)
    opened.clock.at += timedelta(days=9)
    assert "quá hạn" in shown(opened)
    # It was a slip of the pen: the last note stands.
    note_told(opened, "so-a", "1.1", on=OPENED + timedelta(days=12), **BY)
    assert the_case(opened).deadline == date(2026, 11, 24)
    kept = [one for one in journal(opened) if one.kind == "handover"]
    assert [(one.before, one.after, one.document) for one in kept] == [
        (None, "2026-11-08", "CV 12"),
        ("2026-11-08", "2026-11-14", "CV 12"),
    ]
    text = journal_text(kept, {})
    assert "ghi nhận đã báo mâu thuẫn cho cơ quan  so-a  1.1\n      (không có) → 08/11/2026\n" in text


def test_who_is_told_twice_has_the_whole_of_the_days_since_the_last_time(opened):
    note_told(opened, "so-a", "1.1", on=OPENED, **BY)
    assert the_case(opened).deadline == date(2026, 11, 12)
    with postbox(Postbox()) as port:
        up = on_mail(opened, port)
        up.clock.at += timedelta(days=5)
        send(up)
    assert the_case(up).deadline == date(2026, 11, 17)


@pytest.mark.parametrize("off", [-1, 9])
def test_nobody_was_told_before_the_case_was_opened_or_in_days_to_come(opened, off):
    opened.clock.at += timedelta(days=8)
    with pytest.raises(UsageError, match=r"phải từ ngày mở mâu thuẫn \(02/11/2026\) đến hôm nay \(10/11/2026\)"):
        note_told(opened, "so-a", "1.1", on=OPENED + timedelta(days=off), **BY)
    assert the_case(opened).told_on is None


@pytest.mark.parametrize("lacks", ["person", "document"])
def test_whoever_notes_it_says_who_he_is_and_on_what_document(opened, lacks):
    with pytest.raises(UsageError, match=f"--{lacks} không được để trống"):
        note_told(opened, "so-a", "1.1", on=OPENED, **{**BY, lacks: " "})


def test_the_council_decides_without_waiting_for_a_letter_and_its_decision_keeps_that(opened):
    made = decide(opened, "so-a", "1.1", accepted=False, reason="Đã kiểm tra", **BY)
    assert made.told_on is None
    with postbox(Postbox()) as port:
        up = on_mail(opened, port)
        up.clock.at += timedelta(days=1)
        send(up)
    one = the_case(up)
    assert (one.state, one.told_on, one.deadline) == (ContradictionState.REJECTED, None, None)
    assert "cơ quan chưa được báo" in shown(up)
    with pytest.raises(UsageError, match="đã kết thúc"):
        note_told(up, "so-a", "1.1", on=OPENED, **BY)


def test_what_stood_at_the_decision_stays_though_the_letter_comes_back_later(opened):
    with postbox(Postbox()) as port:
        up = on_mail(opened, port)
        send(up)
    up.clock.at += timedelta(days=12)
    made = decide(up, "so-a", "1.1", accepted=False, reason="Đã kiểm tra", **BY)
    assert made.told_on == OPENED
    with up.store() as store:
        [letter] = store.outbox.all()
        take_bounces(up, store, [postfix(letter.notice, "a@khanhhoa.test")])
    assert (the_case(up).told_on, the_case(up).deadline, the_case(up).untold) == (OPENED, date(2026, 11, 12), None)


def test_every_reason_why_nobody_was_told_has_its_words(opened):
    one = the_case(opened)
    for why in Untold:
        text = contradictions_text([replace(one, untold=why)], opened.edition(), opened.catalogue.measures, OPENED)
        assert vietnamese().texts[f"contradiction.untold.{why.value}"] in text


def test_a_year_that_ended_says_what_the_agency_had_been_told_by_then(tmp_path):
    parts = begun(tmp_path, periods=True)
    with parts.store() as store:
        [status] = [one for one in statuses(parts, store) if one.period.id == "2026"]
    assert [(one.told_on, one.untold) for one in status.contradictions] == [(None, Untold.NO_CHANNEL)]
    text = period_text(status.period, status.state, status.steps, (), waiting=1, untold=1, changed=False)
    assert "đang chờ: 1 (auditor contradictions list)\n  Trong đó cơ quan chưa được báo, thời hạn chưa tính: 1" in text
    for state, day in zip(list(PeriodState)[2:], ((1, 26), (1, 26), (2, 20), (3, 6)), strict=True):
        parts.clock.at = datetime(2027, *day, 3, tzinfo=UTC)
        advance(parts, "2026", state, **BY)
    ended = parts.clock.at
    with parts.store() as store:
        [letter] = store.outbox.open()
        store.outbox.sent(letter.notice.key, ended + timedelta(days=1), taken=letter.notice.to)
    parts.clock.at += timedelta(days=2)
    assert the_case(parts).told_on is None


def test_the_commands_show_and_note_it(tmp_path):
    now = datetime.now(UTC)
    parts = begun(tmp_path, at=now - timedelta(hours=6))
    words = ("--config", parts.config, "--data", parts.data)
    by = ("--person", "A", "--document", "CV 12", *words)
    opened_on = local_date(the_case(parts).opening.opened_at)
    assert "chưa gửi được thư, thời hạn chưa tính" in auditor("contradictions", "list", *words).out
    assert auditor("contradictions", "told", "so-a", "1.1", *by).code == 2
    early = auditor("contradictions", "told", "so-a", "1.1", "--on", opened_on - timedelta(days=1), *by)
    assert (early.code, "phải từ ngày mở mâu thuẫn" in early.err) == (2, True)
    done = auditor("contradictions", "told", "so-a", "1.1", "--on", opened_on, "--json", *by)
    assert done.json == {"agency": "so-a", "criterion": "1.1", "told_on": opened_on.isoformat()}
    [told] = auditor("contradictions", "list", "--json", *words).json
    assert (told["told_on"], told["deadline"]) == (opened_on.isoformat(), (opened_on + timedelta(days=10)).isoformat())
    assert f"cơ quan được báo ngày {opened_on:%d/%m/%Y}" in auditor("contradictions", "list", *words).out
