"""How a declaration form is laid out, for writing and for reading: its rows, what each asks, and what may not be changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from auditor.editions.columns import letter
from auditor.editions.questions import NO, YES, Question, shown
from auditor.model.agency import Agency, Group
from auditor.model.book import Cell, Look, Rule, RuleKind
from auditor.model.declaration import Declaration
from auditor.model.edition import Edition, Heading
from auditor.model.ids import CriterionId, QuantityId
from auditor.model.quantity import Quantity
from auditor.model.reading import Kind

__all__ = ["ASKED", "COLUMNS", "LINK", "NAMES", "NOTE", "VALUE", "Head", "Row", "RowKind", "labels", "rows_of"]

COLUMNS = 9
ASKED, VALUE, LINK, NOTE = 6, 7, 8, 9
"""Columns, from 1."""
NAMES = (
    "Mã", "Tiêu chí", "Cách chấm điểm", "Căn cứ", "Điểm tối đa", "Cách khai", "Giá trị khai", "Minh chứng (địa chỉ web)",
    "Ghi chú, số hiệu văn bản",
)  # fmt: skip
_COMPUTED = "(tự tính)"
_MOST = 10**15 - 1
"""The largest whole number that a spreadsheet keeps exactly and the import takes."""


class RowKind(StrEnum):
    """What a row of the form is."""

    LABEL = "label"
    WHO = "who"
    QUANTITY = "quantity"
    CRITERION = "criterion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. ``subject`` is the id of the criterion or quantity, or what is asked of the person."""

    kind: RowKind = RowKind.LABEL
    subject: str = ""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Whom a form is for, and who stands above it in the document's head.

    ``period`` is the id of the one that runs, empty where none does; ``earlier`` says that some of what is filled in was declared
    in an earlier one.
    """

    edition: Edition
    agency: Agency
    group: Group
    superior: str
    place: str
    period: str = ""
    earlier: bool = False


def labels(row: Row) -> tuple[str | None, ...]:
    """Give what stands in each column of a row and may not be changed; None where something is to be filled in."""
    found: list[str | None] = []
    for cell in row.cells:
        open_ = cell.look in {Look.INPUT, Look.FIGURE}
        found += [None] * cell.span if open_ else [_text(cell.value), *[""] * (cell.span - 1)]
    return tuple((found + [""] * COLUMNS)[:COLUMNS])


def _text(value: object) -> str:
    return "" if value is None else format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def rows_of(head: Head, questions: Iterable[Question], before: Mapping[CriterionId, Declaration]) -> tuple[Row, ...]:
    """Lay out a form; ``before`` is what is declared already, which is filled in."""
    asked = tuple(questions)
    rows = [*_head(head), *_who()]
    quantities = _quantities(head.edition, asked)
    totals = _totals(asked, before)
    places: dict[QuantityId, str] = {}
    if quantities:
        rows += [_group("I. SỐ LIỆU DÙNG CHUNG (khai một lần, các tiêu chí ghi bên phải dùng lại)"), _quantity_names()]
        for at, quantity in enumerate(quantities, 1):
            places[quantity.id] = f"ô {letter(VALUE)}{len(rows) + 1}"
            rows.append(_quantity(f"S{at}", quantity, asked, totals.get(quantity.id)))
    rows += [_group(f"{'II' if quantities else 'I'}. CÁC TIÊU CHÍ"), Row(cells=tuple(map(_header, NAMES)))]
    for area_id, members in groupby(asked, key=lambda question: question.criterion.area):
        area = next(area for area in head.edition.areas if area.id == area_id)
        rows.append(_group(f"{area.number}. {area.title}"))
        above: tuple[Heading, ...] = ()
        for question in members:
            over = head.edition.headings_of(question.criterion)
            rows += [_group(f"{heading.id}. {heading.title}") for heading in over if heading not in above]
            rows.append(_criterion(question, places, totals, before.get(question.criterion.id)))
            above = over
    return (*rows, *_foot())


def _head(head: Head) -> Iterator[Row]:
    edition, agency = head.edition, head.agency
    yield _two(head.superior, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Look.MOTTO)
    yield _two(agency.name.upper(), "Độc lập - Tự do - Hạnh phúc", Look.MOTTO)
    yield _two("", f"{head.place}, ngày …… tháng …… năm 20……".removeprefix(", "), Look.LINE)
    yield _line("PHIẾU TỰ KHAI", Look.TITLE)
    yield _line(edition.title, Look.MOTTO)
    yield _line(f"Căn cứ: {edition.legal_basis}")
    if not edition.verified:
        yield _line("Tiêu chí và điểm trong phiếu là minh họa: chưa được đối chiếu với phụ lục của quyết định.")
    yield _line(f"Cơ quan tự khai: {agency.name} (mã {agency.code}), nhóm {head.group.id}: {head.group.title}")
    yield _line('Chỉ điền các ô màu vàng; cách điền xem ở trang tính "Hướng dẫn". Không thêm, bớt, chuyển hay gộp dòng.')
    if head.earlier:
        yield _line("Giá trị khai ở kỳ trước đã được điền sẵn để tham khảo: chỉ được tính khi cơ quan nộp phiếu này.")


def _who() -> Iterator[Row]:
    for subject, title in (("person", "Họ và tên người lập phiếu"), ("post", "Chức vụ"), ("contact", "Điện thoại, thư điện tử")):
        cells = (Cell(value=title, look=Look.BODY, span=3), Cell(look=Look.INPUT, span=6))
        yield Row(kind=RowKind.WHO, subject=subject, cells=cells)


def _foot() -> Iterator[Row]:
    yield Row()
    yield _two("NGƯỜI LẬP PHIẾU", "THỦ TRƯỞNG CƠ QUAN", Look.MOTTO)
    yield _two("(ký, ghi rõ họ tên)", "(ký tên, đóng dấu)", Look.MOTTO)


def _two(left: str, right: str, look: Look) -> Row:
    return Row(cells=(Cell(value=left, look=look, span=4), Cell(value=right, look=look, span=5)))


def _line(text: str, look: Look = Look.LINE) -> Row:
    return Row(cells=(Cell(value=text, look=look, span=COLUMNS),))


def _group(text: str) -> Row:
    return Row(cells=(Cell(value=text, look=Look.GROUP, span=COLUMNS),))


def _header(text: str) -> Cell:
    return Cell(value=text, look=Look.HEADER)


def _quantities(edition: Edition, asked: tuple[Question, ...]) -> list[Quantity]:
    """Give the quantities that this agency's criteria rest on, in the edition's order."""
    used = {quantity.id for question in asked for quantity in (question.whole, question.part) if quantity}
    return [quantity for quantity in edition.quantities if quantity.id in used]


def _totals(asked: tuple[Question, ...], before: Mapping[CriterionId, Declaration]) -> dict[QuantityId, int]:
    """Give each quantity as it was declared last."""
    found: dict[QuantityId, int] = {}
    for question in sorted(asked, key=lambda one: _at(before.get(one.criterion.id))):
        declared = before.get(question.criterion.id)
        if declared and declared.counts and question.whole:
            found[question.whole.id] = declared.counts.whole
            if question.part:
                found[question.part.id] = declared.counts.part
    return found


def _at(declared: Declaration | None) -> float:
    return declared.imported_at.timestamp() if declared else 0


def _quantity_names() -> Row:
    cells = (_header("Số"), Cell(value="Số liệu", look=Look.HEADER, span=4), _header("Cách khai"), _header(NAMES[VALUE - 1]))
    return Row(cells=(*cells, Cell(value="Dùng cho tiêu chí", look=Look.HEADER, span=2)))


def _quantity(number: str, quantity: Quantity, asked: tuple[Question, ...], total: int | None) -> Row:
    used = [question.criterion.id for question in asked if quantity in (question.whole, question.part)]
    return Row(
        kind=RowKind.QUANTITY,
        subject=quantity.id,
        cells=(
            Cell(value=number, look=Look.CENTRE),
            Cell(value=quantity.title, span=4),
            Cell(value=f"Số nguyên ({quantity.unit})" if quantity.unit else "Số nguyên"),
            _whole(total, low=0),
            Cell(value=", ".join(used), span=2),
        ),
    )


def _criterion(
    question: Question, places: Mapping[QuantityId, str], totals: Mapping[QuantityId, int], declared: Declaration | None
) -> Row:
    criterion = question.criterion
    # A share of another total is no answer to this form: it has to be counted again.
    stale = declared is not None and question.whole is not None and not _fits(question, totals, declared)
    kept = None if stale else declared
    return Row(
        kind=RowKind.CRITERION,
        subject=criterion.id,
        cells=(
            Cell(value=criterion.id, look=Look.CENTRE),
            Cell(value=criterion.title),
            Cell(value=question.scored),
            Cell(value=criterion.legal_basis),
            Cell(value=criterion.max_points, look=Look.EXACT),
            Cell(value=_asked(question, places)),
            _value(question, kept),
            Cell(value=(kept.evidence_link if kept else "") or None, look=Look.INPUT),
            Cell(value=(kept.note if kept else "") or None, look=Look.INPUT),
        ),
    )


def _fits(question: Question, totals: Mapping[QuantityId, int], declared: Declaration) -> bool:
    counts = declared.counts
    if counts is None or question.whole is None:
        return False
    return totals[question.whole.id] == counts.whole and (question.part is None or totals[question.part.id] == counts.part)


def _asked(question: Question, places: Mapping[QuantityId, str]) -> str:
    """Say what to fill in."""
    proof = "; cần minh chứng" if question.proof else ""
    if question.whole:
        of = f"{question.whole.title[0].lower()}{question.whole.title[1:]} ({places[question.whole.id]})"
        if question.part:
            return f"Không điền: tự tính từ {places[question.part.id]} trên {of}{proof}"
        counted = question.criterion.counted
        return f"{counted.title if counted else ''}: số nguyên, trên {of}{proof}"
    unit = f" ({question.unit})" if question.unit else ""
    words = "; ".join(question.labels.values())
    match question.measure.kind:
        case Kind.BOOLEAN:
            said = f"{YES} hoặc {NO}"
        case Kind.WORD:
            return f"Một trong: {words}{proof}"
        case Kind.COUNT:
            said = f"Số nguyên{unit}"
        case Kind.DAYS:
            said = "Số ngày, là số nguyên"
        case Kind.SHARE:
            said = "Tỷ lệ: 85% hoặc 0,85"
        case Kind.SECONDS:
            said = "Số giây: 2,5"
    return f"{said}{f', hoặc: {words}' if words else ''}{proof}"


def _value(question: Question, declared: Declaration | None) -> Cell:
    """Give the cell that takes the value, with what is declared already and the rule for what may be typed."""
    if question.computed:
        return Cell(value=_COMPUTED, look=Look.CENTRE)
    if question.whole:
        return _whole(declared.counts.part if declared and declared.counts else None, low=0)
    value = None if declared is None else shown(declared.value, question)
    kind, words = question.measure.kind, tuple(question.labels.values())
    if kind is Kind.BOOLEAN or kind is Kind.WORD:
        choices = words or (YES, NO)
        rule = Rule(kind=RuleKind.LIST, choices=choices, refusal=f"Hãy chọn một trong: {'; '.join(choices)}.")
        return Cell(value=value, look=Look.INPUT, rule=rule)
    if kind in {Kind.COUNT, Kind.DAYS} and not words:
        return _whole(value if isinstance(value, int) else None, low=0 if kind is Kind.COUNT else -_MOST)
    # Several kinds of answers are right (85 % and 0,85, a number and a word): the import alone can tell.
    return Cell(value=str(value) if value is not None else None, look=Look.INPUT)


def _whole(value: int | None, *, low: int) -> Cell:
    said = "từ 0 trở lên" if low == 0 else ""
    rule = Rule(
        kind=RuleKind.WHOLE,
        low=Decimal(low),
        high=Decimal(_MOST),
        refusal=f"Hãy ghi một số nguyên {said}, viết liền, không có dấu chấm hay dấu phẩy.".replace(" ,", ","),
    )
    return Cell(value=value, look=Look.FIGURE, rule=rule)
