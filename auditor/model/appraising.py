"""An appraisal sheet as a value: what stands in which column, and what the council fills in. Written and read by this alone."""

from dataclasses import dataclass
from decimal import Decimal

from auditor.model.council import Contradiction
from auditor.model.declaration import Appraisal
from auditor.model.ids import CriterionId
from auditor.model.mark import Mark
from auditor.model.reading import Measure

__all__ = ["COLUMNS", "FORM", "INPUTS", "RECORD", "RECORD_HEAD", "SHEET", "WITHDRAW", "Column", "Row"]

FORM = "auditor/phieu-tham-dinh/1"
"""Names the shape of the sheet; another shape is another name."""
SHEET, RECORD = "Thẩm định", "Mã phiếu"
"""The sheet that people fill in, and the hidden one that says how it was exported."""
RECORD_HEAD = 8
"""Rows of the hidden sheet before those that repeat the other's."""
WITHDRAW = "rút"
"""The word in the reason by which a value that was cleared is taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its id, its head and its width in characters."""

    id: str
    head: str
    width: int


COLUMNS = (
    Column(id="number", head="STT", width=5),
    Column(id="criterion", head="Mã", width=7),
    Column(id="title", head="Nội dung, tiêu chí", width=30),
    Column(id="max", head="Điểm tối đa", width=8),
    Column(id="declared", head="Cơ quan tự khai", width=14),
    Column(id="declared_points", head="Điểm tự chấm", width=8),
    Column(id="measured", head="Hệ thống đo được", width=16),
    Column(id="points", head="Điểm theo quy tắc", width=11),
    Column(id="contradiction", head="Mâu thuẫn", width=11),
    Column(id="explanation", head="Giải trình của cơ quan", width=24),
    Column(id="links", head="Minh chứng", width=20),
    Column(id="value", head="Giá trị thẩm định", width=15),
    Column(id="reason", head="Lý do", width=24),
    Column(id="document", head="Văn bản", width=16),
    Column(id="person", head="Người thẩm định", width=17),
)
INPUTS = ("value", "reason", "document", "person")
"""The columns that the council fills in; the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a sheet shows of one criterion.

    ``mark`` is what it comes to without the council's word, ``standing`` that word, if there is one. ``declared_points`` are
    what the declared value alone is worth. ``measure`` says what the council's value must be like, None if it cannot set one.
    ``note`` is the agency's own, ``case`` what was said of a difference between declared and measured.
    """

    criterion: CriterionId
    mark: Mark
    declared_points: Decimal | None
    standing: Appraisal | None
    measure: Measure | None
    links: tuple[str, ...] = ()
    note: str = ""
    case: Contradiction | None = None
