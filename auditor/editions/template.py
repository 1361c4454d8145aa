"""Writes the form in which an agency declares: a workbook with the form, how to fill it in, and a hidden sheet that guards it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from auditor.editions.columns import letter
from auditor.editions.control import control_of, control_tab
from auditor.editions.layout import NAMES, Head, Row, rows_of
from auditor.editions.questions import Question
from auditor.model.book import Book, Cell, Look, Page, Rule, RuleKind, Tab
from auditor.model.declaration import Declaration
from auditor.model.ids import CriterionId

__all__ = ["FORM", "GUIDE", "LISTS", "template"]

FORM, GUIDE, LISTS = "Phiếu tự khai", "Hướng dẫn", "Danh mục"
_WIDTHS = (7, 30, 27, 19, 7, 24, 14, 24, 18)
_SHORT = 200
"""Characters of a list that stands in the rule itself; a longer one, or one with commas, gets cells of its own."""

_STEPS = """
Phiếu này dành riêng cho cơ quan và bộ tiêu chí ghi ở đầu phiếu; không dùng cho cơ quan khác.
Chỉ điền các ô màu vàng. Các ô khác đã khóa; nếu mở khóa để sửa nhãn, chuyển, thêm hay bớt dòng, phiếu sẽ bị trả lại.
Số liệu dùng chung (tổng số cán bộ, tổng số máy tính …) chỉ khai một lần ở mục I. Ở tiêu chí tính tỷ lệ chỉ ghi số lượng đạt; \
hệ thống tự chia cho tổng số.
Số nguyên viết liền, không dấu chấm, không dấu phẩy: 1250. Tỷ lệ ghi 85% hoặc 0,85. Ô có danh sách thì chọn trong danh sách.
Không dùng công thức: nếu tính ở tệp khác, hãy dán giá trị (Paste Values).
Tiêu chí ghi “cần minh chứng” phải có địa chỉ web của tài liệu ở cột Minh chứng, hoặc số hiệu, ngày văn bản ở cột Ghi chú. Khai \
“Không”, số 0 hoặc mức thấp nhất thì không cần minh chứng.
Ô đã có sẵn giá trị là giá trị cơ quan khai lần trước: giữ nguyên nếu vẫn đúng. Giá trị khai ở kỳ trước chỉ được tính khi cơ \
quan nộp phiếu này. Ô để trống là chưa khai; nếu tiêu chí đó đã được khai trong chính kỳ này thì lần khai ấy vẫn giữ.
Lưu đúng dạng .xlsx (Excel hoặc LibreOffice), không đặt mật khẩu, không thêm macro, rồi gửi cho cơ quan thẩm định. Phiếu có lỗi \
được trả lại với danh sách từng ô cần sửa; khi còn lỗi thì chưa giá trị nào được nhận.
Có thể nộp lại nhiều lần trong thời hạn khai; lần nộp sau thay lần trước, mọi lần đều được lưu.
"""
"""One step a line."""


def template(head: Head, questions: Iterable[Question], before: Mapping[CriterionId, Declaration], *, made_at: datetime) -> Book:
    """Give an agency's form; ``before`` is what it declared last, which is filled in."""
    rows = rows_of(head, questions, before)
    listed: list[tuple[str, ...]] = []
    cells = tuple(tuple(_listed(cell, listed) for cell in row.cells) for row in rows)
    foot = f"Phiếu tự khai – {head.agency.code} – {head.edition.id} – {str(head.edition.digest)[7:19]}"
    form = Tab(
        title=FORM,
        rows=cells,
        widths=_WIDTHS,
        protected=True,
        page=Page(across=True, repeat=_names_row(rows), foot=foot),
    )
    lists = [_lists(listed)] if listed else []
    tabs = (form, _guide(head), *lists, control_tab(control_of(head, rows)))
    return Book(title=f"Phiếu tự khai {head.agency.code}", tabs=tabs, made_at=made_at)


def _names_row(rows: tuple[Row, ...]) -> tuple[int, int]:
    """Give the row of the criteria's column names, which stands on every page."""
    at = next(at for at, row in enumerate(rows, 1) if tuple(cell.value for cell in row.cells) == NAMES)
    return (at, at)


def _listed(cell: Cell, listed: list[tuple[str, ...]]) -> Cell:
    """Give a list that is long or holds commas cells of its own."""
    rule = cell.rule
    if rule is None or rule.kind is not RuleKind.LIST or not _long(rule):
        return cell
    if rule.choices not in listed:
        listed.append(rule.choices)
    row = listed.index(rule.choices) + 1
    source = f"'{LISTS}'!$A${row}:${letter(len(rule.choices))}${row}"
    return replace(cell, rule=replace(rule, source=source, choices=()))


def _long(rule: Rule) -> bool:
    return sum(map(len, rule.choices)) > _SHORT or any("," in word or '"' in word for word in rule.choices)


def _lists(listed: list[tuple[str, ...]]) -> Tab:
    rows = tuple(tuple(Cell(value=word, look=Look.PLAIN) for word in words) for words in listed)
    return Tab(title=LISTS, rows=rows, protected=True, hidden=True)


def _guide(head: Head) -> Tab:
    """Say in plain words how the form is filled in and what becomes of it."""
    whose = f"{head.agency.name} ({head.agency.code})"
    rows: list[tuple[Cell, ...]] = [
        (Cell(value="HƯỚNG DẪN ĐIỀN PHIẾU TỰ KHAI", look=Look.TITLE, span=2),),
        (Cell(value=whose, look=Look.MOTTO, span=2),),
    ]
    rows += [(Cell(value=str(at), look=Look.CENTRE), Cell(value=line)) for at, line in enumerate(_STEPS.strip().split("\n"), 1)]
    return Tab(title=GUIDE, rows=tuple(rows), widths=(6, 84), protected=True)
