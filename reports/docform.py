"""The form of an administrative document, as annex I of NĐ 30/2020/NĐ-CP has it (part I; read in a public copy of the annex).

Section I: A4, across where tables ask for it, 20–25 mm at the top and the foot, 30–35 mm left, 15–20 mm right, Times New Roman,
pages numbered from 1 in the middle of the upper margin and not on the first. Section II: the nation's name and its motto right
above, the body and the one above it left, the number under them with ``/`` and the symbol, the place and the day slanted; title
and subject in the middle; whose name is signed in ("TM."), post and name at the foot, the recipients left of them.

From our own knowledge only: that offices leave the number and the day open until the clerk enters the document, and that a
line of underscores stands for the rule below the body's name.
"""

from auditor.model.letterhead import Letterhead
from reports.view import Source

__all__ = ["COPIES", "MARGINS", "MOTTO", "NATION", "date_line", "number_line"]

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
COPIES = "Nơi nhận:"
MARGINS = (20, 15, 20, 30)
"""Top, right, bottom and left, in millimetres."""
_OPEN_NUMBER, _OPEN_DAY, _OPEN_YEAR = "        ", "      ", "20……"


def number_line(head: Letterhead) -> str:
    """Give the line of the number, which is open until the clerk enters the document."""
    return f"Số:{_OPEN_NUMBER}/{head.symbol}" if head.symbol else f"Số:{_OPEN_NUMBER}"


def date_line(source: Source) -> str:
    """Give the line of the place and the day, which is open until it is signed: often in a later year than that of the data."""
    head = source.letterhead
    place = f"{head.place}, ngày" if head.place else "Ngày"
    return f"{place}{_OPEN_DAY}tháng{_OPEN_DAY}năm {_OPEN_YEAR}"
