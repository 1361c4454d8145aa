"""Declarations for the terminal: what an import took and what is missing, and every version of every value."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from auditor.model.figures import comma, is_number
from auditor.model.note import Json
from reports.view import local_time
from reports.visible import one_line

__all__ = ["imported_text", "versions_text"]

Object = Mapping[str, Json]
_FIELDS = {"value": "giá trị", "counts": "số lượng", "evidence_link": "minh chứng", "note": "ghi chú"}


def imported_text(name: str, document: Object) -> str:
    """Say what was taken from a file, and which criteria are still open."""
    rows, missing, kept = (_rows(document.get(key)) for key in ("declarations", "missing", "kept"))
    agencies = len({str(row["agency"]) for row in rows})
    lines = [f"Đã nhập {len(rows)} giá trị tự khai của {agencies} cơ quan từ {one_line(name)}."]
    if missing:
        lines += [f"Còn thiếu {len(missing)} tiêu chí:", *map(_open, missing)]
    if kept:
        lines += [f"Để trống {len(kept)} tiêu chí, giữ giá trị đã khai trước:", *map(_open, kept)]
    return "\n".join(lines)


def _open(row: Object) -> str:
    return f"  {row['criterion']} ({row['cell']}): {one_line(str(row['title']))}"


def versions_text(document: Sequence[Json]) -> str:
    """List every version of every declared value, by agency and criterion, the one in effect marked."""
    rows = sorted(_rows(list(document)), key=lambda row: (str(row["agency"]), _order(str(row["criterion"])), _number(row)))
    lines: list[str] = []
    for agency, its in groupby(rows, key=lambda row: str(row["agency"])):
        lines.append(agency)
        for criterion, found in groupby(its, key=lambda row: str(row["criterion"])):
            lines += [f"  {criterion if at == 0 else '':<6} {line}" for at, line in enumerate(_versions(found))]
    return "\n".join(lines) if lines else "Chưa có số liệu tự khai nào."


def _versions(found: Iterator[Object]) -> Iterator[str]:
    for row in found:
        state = "đang dùng" if row["in_effect"] else "đã thay"
        who = one_line(str(row["declared_by"] or "không ghi người nộp"))
        yield f"lần {row['version']} ({state}): {_value(row)}; {_time(row)}, {who}"
        yield f"  {one_line(str(row['file']))}, {one_line(str(row['place']))}, {str(row['digest'])[:19]}…{_changes(row)}"


def _time(row: Object) -> str:
    return local_time(datetime.fromisoformat(str(row["imported_at"])))


def _value(row: Object) -> str:
    counts, value = row["counts"], row["value"]
    said = {True: "có", False: "không"}[value] if isinstance(value, bool) else one_line(str(value))
    said = comma(said) if is_number(said) else said
    return f"{counts['part']}/{counts['whole']} = {said}" if isinstance(counts, dict) else said


def _changes(row: Object) -> str:
    if row["version"] == 1:
        return ""
    changed = row["changed"]
    names = [_FIELDS.get(str(name), str(name)) for name in changed] if isinstance(changed, list) else []
    return f"; đổi {', '.join(names)}" if names else "; không đổi gì"


def _rows(found: Json) -> list[Object]:
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _number(row: Object) -> int:
    number = row["version"]
    return number if isinstance(number, int) else 0


def _order(criterion: str) -> tuple[tuple[int, str], ...]:
    """Order 1.9 before 1.10."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in criterion.split("."))
