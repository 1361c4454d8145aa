"""A preview of an edition for people: who would stand where, what makes the difference, and what could not be compared."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from auditor.model.agency import Registry
from auditor.model.preview import Change, Preview, Shift, Swing
from auditor.model.ranking import Standing
from reports.numbers import two
from reports.view import local_day, local_time
from reports.visible import one_line

__all__ = ["preview_text"]

_MOVERS, _CRITERIA, _CAUSES, _NAMES = 10, 15, 3, 12
"""How many of each a person is shown; the JSON document has all."""
_CHANGES = {Change.ADDED: "thêm", Change.REMOVED: "bỏ", Change.CHANGED: "sửa", Change.SAME: "không sửa"}


def preview_text(found: Preview, registry: Registry) -> str:
    """Say what an edition would give in place of another one."""
    lines = [*_head(found)]
    titles = {group.id: group.title for group in registry.groups}
    for group in dict.fromkeys(shift.group for shift in found.shifts):
        mine = [shift for shift in found.shifts if shift.group == group]
        lines += ["", one_line(titles.get(group, group)).upper(), *(line for shift in mine for line in _shift(found, shift))]
    lines += ["", *_movers(found.shifts), "", *_classes(found.shifts), "", *_swings(found), "", *_changes(found.swings)]
    return "\n".join(line.rstrip() for line in [*lines, "", *_incomparable(found)]) + "\n"


def _head(found: Preview) -> Iterator[str]:
    yield f"XEM TRƯỚC: {one_line(found.new.title)} ({found.new.id})"
    yield f"So với: {one_line(found.old.title)} ({found.old.id})"
    yield f"Cùng một bằng chứng đã lưu, tính đến {local_time(found.after.as_of)} (giờ Việt Nam). Không ghi lại gì."
    for name, ranking, edition in (("mới", found.after, found.new), ("cũ", found.before, found.old)):
        if not ranking.verified:
            yield f"! Điểm của bộ tiêu chí {name} chỉ mang tính minh họa: chưa đối chiếu với {one_line(edition.legal_basis)}."
        if not ranking.in_force:
            until = f"từ {local_day(edition.valid_from)}" + (f" đến {local_day(edition.valid_to)}" if edition.valid_to else "")
            yield f"! Bộ tiêu chí {name} chỉ có hiệu lực {until}; cơ quan được xét là của những ngày đó."
    if found.carried:
        told = f"{found.carried} giá trị tự khai, giải trình và thẩm định của bộ tiêu chí cũ"
        yield f"Dùng lại {told} cho các tiêu chí hỏi cùng một nội dung."


def _shift(found: Preview, shift: Shift) -> Iterator[str]:
    yield f"  {one_line(shift.name)} ({shift.agency}): {_told(shift.before)} → {_told(shift.after)}{_moved(shift)}"
    if shift.before is not None and shift.after is not None:
        one, other = shift.before, shift.after
        yield (
            f"      điểm {two(one.points)}/{two(one.possible)} → {two(other.points)}/{two(other.possible)}; chưa xác định "
            f"{two(one.pending)} → {two(other.pending)}; đã xác định {_share(one)} → {_share(other)}"
        )
    if shift.influences:
        titles = {swing.criterion: swing.title for swing in found.swings}
        causes = (
            f"{one.criterion} {one_line(titles[one.criterion])} {_signed(one.percent)}" for one in shift.influences[:_CAUSES]
        )
        rest = len(shift.influences) - _CAUSES
        yield "      do: " + "; ".join(causes) + (f"; và {rest} tiêu chí khác" if rest > 0 else "")


def _told(row: Standing | None) -> str:
    if row is None:
        return "không được xét"
    percent = "chưa có tỷ lệ" if row.percent is None else f"{two(row.percent)} %"
    if row.rank is None:
        return f"{percent}, chưa xếp hạng"
    return f"{percent}, hạng {row.rank}" + (f", {one_line(row.class_name)}" if row.class_name else "")


def _moved(shift: Shift) -> str:
    if shift.percent is None:
        return ""
    rank = ""
    if shift.rank:
        rank = f", {'lên' if shift.rank > 0 else 'xuống'} {abs(shift.rank)} bậc"
    return f"  [{_signed(shift.percent)}{rank}]"


def _share(row: Standing) -> str:
    return "–" if row.coverage is None else f"{two(row.coverage * 100)} %"


def _signed(percent: Decimal) -> str:
    return f"{'+' if percent > 0 else ''}{two(percent)}"


def _movers(shifts: Sequence[Shift]) -> Iterator[str]:
    moved = sorted((s for s in shifts if s.percent), key=lambda s: (-abs(s.percent or Decimal(0)), s.agency))
    yield "CƠ QUAN THAY ĐỔI NHIỀU NHẤT" if moved else "KHÔNG CƠ QUAN NÀO CÓ TỶ LỆ KHÁC"
    for shift in moved[:_MOVERS]:
        yield f"  {_signed(shift.percent or Decimal(0)):>7}  {one_line(shift.name)} ({shift.agency})"
    if len(moved) > _MOVERS:
        yield f"  … và {len(moved) - _MOVERS} cơ quan khác"


def _classes(shifts: Sequence[Shift]) -> Iterator[str]:
    changed = [shift for shift in shifts if shift.before and shift.after and shift.class_changes]
    yield f"CƠ QUAN ĐỔI XẾP LOẠI: {len(changed)}"
    for shift in changed:
        one, other = (_class(row) for row in (shift.before, shift.after))
        yield f"  {one_line(shift.name)} ({shift.agency}): {one} → {other}"


def _class(row: Standing | None) -> str:
    return one_line(row.class_name) if row and row.class_name else "chưa xếp loại"


def _swings(found: Preview) -> Iterator[str]:
    moved = [swing for swing in found.swings if swing.moved]
    yield (
        "TIÊU CHÍ LÀM THAY ĐỔI NHIỀU NHẤT (cộng mức thay đổi tỷ lệ của mọi cơ quan)"
        if moved
        else "KHÔNG TIÊU CHÍ NÀO LÀM TỶ LỆ KHÁC"
    )
    for swing in moved[:_CRITERIA]:
        points = f"điểm của mọi cơ quan {two(swing.points_before)} → {two(swing.points_after)}"
        yield f"  {two(swing.moved):>7}  {swing.criterion} {one_line(swing.title)} ({_CHANGES[swing.change]}); {points}"
    if len(moved) > _CRITERIA:
        yield f"  … và {len(moved) - _CRITERIA} tiêu chí khác"
    if any(swing.change is Change.SAME for swing in moved):
        yield "  Tiêu chí không sửa vẫn làm tỷ lệ khác khi tổng điểm tối đa hay phần chưa xác định khác đi."


def _changes(swings: Sequence[Swing]) -> Iterator[str]:
    for change in (Change.ADDED, Change.REMOVED, Change.CHANGED):
        names = sorted(f"{swing.criterion} {one_line(swing.title)}" for swing in swings if swing.change is change)
        yield f"Tiêu chí {_CHANGES[change]}: {_listed(names)}"


def _incomparable(found: Preview) -> Iterator[str]:
    """Say plainly what the comparison does not cover."""
    lines = [
        *_agencies(found),
        *(
            f"{swing.criterion} {one_line(swing.title)}: phép đo chưa được thực hiện với {swing.unseen} cơ quan nên chưa có điểm."
            for swing in found.swings
            if swing.unseen
        ),
        *(
            f"{swing.criterion} {one_line(swing.title)}: {swing.undeclared} cơ quan chưa tự khai theo bộ mới, coi là còn hạn."
            for swing in found.swings
            if swing.undeclared
        ),
    ]
    yield "CHƯA SO SÁNH ĐƯỢC" if lines else "Mọi cơ quan và mọi tiêu chí đều so sánh được."
    yield from (f"  {line}" for line in lines)


def _agencies(found: Preview) -> Iterator[str]:
    gone = [f"{one_line(shift.name)} ({shift.agency})" for shift in found.shifts if shift.after is None]
    come = [f"{one_line(shift.name)} ({shift.agency})" for shift in found.shifts if shift.before is None]
    if gone:
        yield f"Chỉ bộ tiêu chí cũ xét: {_listed(gone)}"
    if come:
        yield f"Chỉ bộ tiêu chí mới xét: {_listed(come)}"
    for shift in found.shifts:
        if shift.before and shift.after and shift.percent is None:
            yield f"{one_line(shift.name)} ({shift.agency}): một bên chưa có tỷ lệ."


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _NAMES
    return ("; ".join(names[:_NAMES]) + (f"; và {rest} mục khác" if rest > 0 else "") + ".") if names else "không có."
