"""Which dates of a text are an entry's own: by what stands before them and behind them."""

from datetime import date

import pytest

from auditor.sdk.html import Block
from auditor.sdk.vocabulary import load_vocabulary
from probes.content.blocks import dated_blocks
from probes.content.labels import Labels
from probes.content.own_dates import own_dates

DAY = date(2021, 5, 31)


def block(text, path="body/main/p", kind="text"):
    return Block(text, path, "", kind, False)


def apart(text):
    return DAY in own_dates([block(text)], frozenset()).apart


@pytest.mark.parametrize(
    "text",
    [
        "CV số 412/CCTS-KT về việc xử lý tàu cá mất kết nối giám sát hành trình (ngày 31/5/2021)",
        "Hỏi đáp về Luật Tố cáo dùng cho tuyên truyền viên ở cơ sở đăng ngày 31/05/2021",
        "Số liệu về vốn đầu tư đăng ký trong khu, tính đến ngày 31.5.2021",
        "31/05/2021 Hội nghị triển khai nhiệm vụ sáu tháng cuối năm của toàn ngành",
    ],
)
def test_an_entrys_own_day(text):
    assert apart(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thời gian lấy ý kiến của các cơ quan, tổ chức và cá nhân đến ngày 31/5/2021",
        "Nghị định của Chính phủ về đầu tư công đã được đăng ngày 31/05/2021",
        "Báo cáo kết quả kỳ họp thứ hai của Hội đồng nhân dân tỉnh ngày 31/5/2021",
    ],
)
def test_a_day_that_a_text_speaks_of(text):
    assert not apart(text)


def test_what_another_tab_shows_is_another_block():
    labels, pane = Labels(load_vocabulary()), "body/div.tab-content/div.tab-pane"
    shown = [block("Chỉ đạo điều hành", f"{pane}.active/h4", "heading")]
    shown += [block(f"Công văn đôn đốc báo cáo số {n} 0{n}/05/2021", f"{pane}.active/ul/li") for n in (1, 2, 3)]
    shown += [block(f"Thông báo nghỉ bảo trì lần {n} 2{n}/05/2021", f"{pane}/ul/li") for n in (1, 2, 3)]
    (found,) = dated_blocks(shown, (), labels, until=DAY)
    assert (found.section, found.entries, max(found.days)) == ("directives", 3, date(2021, 5, 3))
