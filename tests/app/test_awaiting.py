"""While a period is open the ranking says, below its table, what agencies may still declare; at other times it says nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from commands import auditor
from council import declare, night, parts_of

from auditor.app.awaiting import awaited
from auditor.app.judging import published
from auditor.app.periods import advance
from auditor.model.council import PeriodState
from auditor.model.period import Awaited
from auditor.model.zone import local_date
from reports.text import rank_text
from reports.whole import whole_json

BY = {"person": "Nguyễn Văn A", "document": "QĐ 12"}
OPENED = datetime(2027, 1, 4, 3, tzinfo=UTC)


def waiting(parts, as_of=None, group=None):
    with parts.store() as store:
        return awaited(parts, store, published(parts, store, as_of=as_of, group=group), as_of)


def shown(parts):
    with parts.store() as store:
        source = published(parts, store)
        return rank_text(source, awaited=awaited(parts, store, source, None))


@pytest.fixture
def opened(tmp_path):
    """A period that was opened after its last night."""
    parts = parts_of(tmp_path)
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    assert waiting(parts) is None
    parts.clock.at = OPENED
    advance(parts, "2026", PeriodState.OPEN, **BY)
    return parts


def test_it_counts_criteria_agencies_and_points_until_the_last_day(opened):
    assert waiting(opened) == Awaited(criteria=2, agencies=2, points=D(4), until=date(2027, 1, 25))
    last = shown(opened).splitlines()[-1]
    assert last == (
        "Đang trong đợt tự khai: còn 2 tiêu chí của 2 cơ quan (tối đa 4,00 điểm) chờ cơ quan tự khai đến hết ngày 25/01/2027; "
        "điểm của các tiêu chí này chưa được tính."
    )


def test_who_has_declared_is_waited_for_no_more_at_once_and_after_the_next_night(opened):
    declare(opened, a="yes")
    assert waiting(opened) == Awaited(criteria=1, agencies=1, points=D(2), until=date(2027, 1, 25))
    night(opened, datetime(2027, 1, 4, 18, tzinfo=UTC))
    assert waiting(opened) == Awaited(criteria=1, agencies=1, points=D(2), until=date(2027, 1, 25))
    declare(opened, b="no")
    assert waiting(opened) is None
    assert "tự khai" not in shown(opened)


def test_a_day_that_is_over_before_anybody_closed_the_declaration_is_told_so(opened):
    opened.clock.at = datetime(2027, 1, 25, 16, 59, tzinfo=UTC)  # the last minute of the day in Vietnam
    assert not waiting(opened).over
    opened.clock.at += timedelta(minutes=1)
    assert waiting(opened).over
    assert "Hạn tự khai đã hết ngày 25/01/2027 nhưng đợt tự khai chưa được đóng: còn 2 tiêu chí của 2 cơ quan" in shown(opened)


def test_nothing_is_said_when_the_declaration_is_closed_and_days_before_stay_as_they_were(opened):
    opened.clock.at = datetime(2027, 1, 26, 3, tzinfo=UTC)
    advance(opened, "2026", PeriodState.CLOSED, **BY)
    assert waiting(opened) is None
    assert waiting(opened, date(2027, 1, 10)) == Awaited(criteria=2, agencies=2, points=D(4), until=date(2027, 1, 25))
    assert waiting(opened, date(2027, 1, 1)) is None


def test_an_edition_without_periods_waits_for_no_day(tmp_path):
    parts = parts_of(tmp_path, periods=False)
    night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    assert waiting(parts) is None


def test_only_the_groups_that_are_shown_are_counted(opened):
    (opened.config / "groups.toml").write_text(
        '[[groups]]\nid = "1"\ntitle = "N"\ntitle_en = "G"\n[[groups]]\nid = "2"\ntitle = "M"\ntitle_en = "H"\n', "utf-8"
    )
    again = parts_of(opened.config.parent, fresh=False)
    again.clock.at = opened.clock.at
    assert waiting(again, group="1").criteria == 2
    assert waiting(again, group="2") is None


def test_the_command_says_it_below_the_table_and_its_data_stay_as_they_were(tmp_path):
    now = datetime.now(UTC)
    parts = parts_of(tmp_path)
    first, last = local_date(now) - timedelta(days=1), local_date(now) + timedelta(days=5)
    later = last + timedelta(days=20)
    path = parts.config / "periods.toml"
    path.write_text(
        '[[periods]]\nid = "p"\nedition = "e"\ntitle = "Kỳ"\nverified = false\n'
        f"data_from = {first - timedelta(days=400)}\ndata_to = {first - timedelta(days=1)}\n"
        f"declare_from = {first}\ndeclare_until = {last}\nappraise_from = {last + timedelta(days=1)}\n"
        f"draft_on = {later}\ncomplain_until = {later + timedelta(days=9)}\npublish_from = {later + timedelta(days=10)}\n"
        "answer_days = 10\n",
        "utf-8",
    )
    parts = parts_of(tmp_path, fresh=False)
    night(parts, now - timedelta(hours=3))
    parts.clock.at = now - timedelta(hours=2)
    advance(parts, "p", PeriodState.OPEN, **BY)
    words = ("--config", parts.config, "--data", parts.data)
    done = auditor("rank", *words)
    assert done.code == 0, done.err
    assert f"còn 2 tiêu chí của 2 cơ quan (tối đa 4,00 điểm) chờ cơ quan tự khai đến hết ngày {last:%d/%m/%Y}" in done.out
    assert done.out.rindex("chờ cơ quan tự khai") > done.out.rindex("(so-b)")
    with parts.store() as store:
        assert auditor("rank", "--json", *words).json == whole_json(published(parts, store))
