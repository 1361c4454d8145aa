"""What changed in an edition's questions since a form was written: a form is taken only while it asks what the edition asks."""

import re

from auditor.editions.control import Control, same
from auditor.editions.layout import NAMES, RowKind

__all__ = ["drift"]

_PLACE = re.compile(r"ô [A-Z]+[0-9]+")
_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
"""Forms of before wrote how a criterion is scored with a point, where a comma stands now."""
_SCORED = 2
_SHOWN, _LISTED = 60, 10
_ASKED = (0, 1, 4, 5)
"""Columns that say what is asked and for how much; how it is scored and on what law is said anew by every version of ours."""

_Rows = dict[tuple[str, str], tuple[str, ...]]


def drift(then: Control, now: Control) -> str:
    """Say what an agency would be asked otherwise today, and what to do; empty where a form still asks the same."""
    columns = range(6) if then.digest != now.digest else _ASKED
    before, after = _rows(then), _rows(now)
    changes = [f"thêm {_name(key)}" for key in after if key not in before]
    changes += [f"bỏ {_name(key)}" for key in before if key not in after]
    for key, old in before.items():
        for column in columns:
            new = after.get(key, old)[column]
            if new != old[column]:
                changes.append(f'{_name(key)} đổi cột "{NAMES[column]}" từ "{_short(old[column])}" thành "{_short(new)}"')
    if not changes:
        return ""
    more = len(changes) - _LISTED
    listed = "; ".join(changes[:_LISTED]) + (f"; và {more} thay đổi nữa" if more > 0 else "")
    cause = f'theo nội dung cũ của bộ tiêu chí "{now.edition}"' if then.digest != now.digest else "bằng bản khác của chương trình"
    return (
        f"phiếu được xuất {cause}, nay đã khác: {listed}. Hãy xuất lại phiếu (auditor declare template --agency {now.agency}) "
        "rồi chép các giá trị sang phiếu mới"
    )


def _rows(control: Control) -> _Rows:
    asking = {RowKind.CRITERION.value, RowKind.QUANTITY.value}
    return {
        (row.kind, row.subject): tuple(_compared(column, same(label or "")) for column, label in enumerate(row.labels))
        for row in control.rows
        if row.kind in asking
    }


def _compared(column: int, label: str) -> str:
    return _POINT.sub(",", label) if column == _SCORED else _PLACE.sub("ô", label)


def _name(key: tuple[str, str]) -> str:
    return f'{"tiêu chí" if key[0] == RowKind.CRITERION else "số liệu dùng chung"} "{key[1]}"'


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
