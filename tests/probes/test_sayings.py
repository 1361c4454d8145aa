"""Sentences in which a page says that it holds nothing, or that it does not exist; and sentences that only look like them."""

import pytest

from auditor.sdk.text import count_words
from auditor.sdk.vocabulary import load_vocabulary
from probes.content.sayings import Sayings

SAYINGS = Sayings(load_vocabulary())


@pytest.mark.parametrize(
    "text",
    [
        "Nội dung đang được biên tập, mời bạn quay lại sau.",
        "Chuyên mục đang trong quá trình bổ sung dữ liệu",
        "Thông tin đang chờ cập nhật",
        "Hiện tại chưa có dự thảo nào cần lấy ý kiến.",
        "Hiện chưa có gói thầu nào được mời",
        "Không tìm thấy văn bản nào",
        "CHUA CO TIN BAI",
        "Đang bổ sung",
        "Có vẻ như chúng tôi không tìm thấy điều bạn cần. Có lẽ tìm kiếm sẽ giúp ích.",
        "Nội dung này được bảo mật. Hãy nhập mật khẩu để xem tiếp:",
    ],
)
def test_a_page_says_that_it_holds_nothing(text):
    assert SAYINGS.empty(text, count_words(text))
    assert not SAYINGS.missing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Trang yêu cầu không tồn tại hoặc đã bị gỡ bỏ.",
        "Rất tiếc! Trang quý vị đang tìm hiện không còn trên hệ thống.",
        "Bài viết đã bị gỡ hoặc không tồn tại",
        "Địa chỉ bạn truy cập không đúng",
        "Không tìm thấy đường dẫn này",
        "Tài nguyên được yêu cầu không được tìm thấy.",
        "Xin lỗi, không thể tìm thấy trang bạn yêu cầu",
        "The page you are looking for could not be found",
    ],
)
def test_a_page_says_that_it_does_not_exist(text):
    assert SAYINGS.missing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Công trình bến thuyền đang được xây dựng tại xã An",
        "Sở đang xây dựng kế hoạch năm 2026",
        "Đã nhận 14 ý kiến, đang tổng hợp.",
        "Không có gì quý hơn độc lập tự do",
        "Lịch công tác tuần sẽ được cập nhật vào chiều thứ sáu hằng tuần",
        "Văn bản đã hết hạn",
        "Thông tin tìm kiếm cứu nạn trên biển đêm qua",
        "Không tìm thấy đoàn khách đi lạc trong rừng, huyện mở rộng vùng tìm kiếm",
    ],
)
def test_a_sentence_that_tells_something_says_neither(text):
    assert not SAYINGS.empty(text, count_words(text))
    assert not SAYINGS.missing(text)
