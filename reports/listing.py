"""Lists for the terminal: runs, kept objects, declarations, what judging again found, one piece of evidence."""

from collections.abc import Mapping, Sequence

from auditor.model.figures import comma, is_number
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.note import Json
from auditor.model.reading import Kind, Measure
from reports.body import as_text, hex_head
from reports.json import mark_json, reading_json
from reports.view import Confirmed, Kept, Source, readings_of, standing_of
from reports.visible import one_line, visible
from reports.whole import whole_standing

__all__ = ["again_text", "explain_json", "kept_json", "kept_text", "objects_text", "pruned_text"]

_MOST = 20_000
Object = Mapping[str, Json]


def objects_text(objects: Sequence[Json]) -> str:
    """List kept objects, one a line."""
    rows = [row for row in objects if isinstance(row, dict)]
    lines = [
        f"{row['digest']}  {row['size']:>9}  {row['media_type']:<28} {one_line(str(row['url'] or row['kind']))}"
        + (f"  [đã xóa {str(row['pruned_at'])[:10]}]" if row["pruned_at"] else "")
        for row in rows
    ]
    return "\n".join(lines) if lines else "Chưa lưu bằng chứng nào."


def pruned_text(document: Mapping[str, Json]) -> str:
    """Say what was let go of, or would be."""
    size = f"{document['files']} tệp, {document['objects']} đối tượng, {document['bytes']} byte"
    until = f"dùng lần cuối trước {str(document['before'])[:10]}"
    if not document["files"]:
        return f"Không có gì để xóa ({until})."
    if document["done"]:
        return f"Đã xóa {size}, {until}; sổ cái vẫn ghi lại."
    paths = document["paths"]
    names = [str(path) for path in paths] if isinstance(paths, list) else []
    return "\n".join((*names, f"Sẽ xóa {size}, {until}. Chưa xóa gì: thêm --yes để xóa."))


def again_text(document: Object, measures: Mapping[MeasureId, Measure]) -> str:
    """Say what judging again found to differ."""
    changes, moved = _list(document, "differences"), _list(document, "standings")
    kinds = {str(name): measure.kind for name, measure in measures.items()}
    lines = [f"Chấm lại lượt {document['run']} theo {document['edition']}: {document['readings']} kết quả đo."]
    for change in changes:
        before, after = (_told(change[side], kinds.get(str(change["measure"]))) for side in ("before", "after"))
        lines.append(f"  {one_line(str(change['site']))} {change['measure']}: {before} → {after}")
    for one in moved:
        before, after = (_told(one[f"percent_{side}"], Kind.SHARE) for side in ("before", "after"))
        ranks = [_told(one[f"rank_{side}"], None) for side in ("before", "after")]
        lines.append(f"  {one['agency']}: {before} (hạng {ranks[0]}) → {after} (hạng {ranks[1]})")
    return "\n".join(lines if changes or moved else [*lines, "Không có gì khác."])


def _told(value: Json, kind: Kind | None) -> str:
    """Say a value; what a measure's words are stays as it is, also where it looks like a number (a version)."""
    if value is None:
        return "–"
    said = one_line("; ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else str(value))
    return comma(said) if kind in {Kind.SHARE, Kind.SECONDS} and is_number(said) else said


def kept_text(kept: Kept, readings: Sequence[tuple[str, str, str]]) -> str:
    """Show one piece of evidence: request, answer, time, what rests on it, and its text."""
    lines = [f"{kept.digest}  {kept.size} byte  {kept.media_type}", f"Địa chỉ: {one_line(kept.url)}", f"Lưu tại: {kept.path}"]
    if kept.record:
        lines.append(f"Bản ghi WARC: {kept.record}")
    if kept.at is not None:
        lines.append(f"Thời điểm: {kept.at.isoformat()}")
    if kept.method:
        lines += ["", f"Yêu cầu: {kept.method}", *(f"  {one_line(n)}: {one_line(v)}" for n, v in kept.request_headers)]
    if kept.status_line:
        lines += ["", f"Trả lời: {one_line(kept.status_line)}", *(f"  {one_line(n)}: {one_line(v)}" for n, v in kept.headers)]
    if kept.confirms:
        lines += ["", *_confirmed(kept.confirms)]
    if readings:
        lines += ["", "Kết quả dựa trên bằng chứng này:"]
        for agency, measure, passage in readings:
            lines.append(f"  {agency} {measure}" + (f": «{one_line(passage)}»" if passage else ""))
    text = as_text(kept)
    body = visible(text[:_MOST]) if text is not None else hex_head(kept.body)
    cut = [f"… còn {len(text) - _MOST} ký tự nữa"] if text is not None and len(text) > _MOST else []
    return "\n".join([*lines, "", body, *cut])


def _confirmed(found: Confirmed) -> list[str]:
    """Say whose body a 304 is shown with."""
    when = f" nhận lúc {found.at.isoformat()}" if found.at else ""
    lines = [f"Máy chủ xác nhận trang không đổi so với trả lời đầy đủ{when} (bản ghi {one_line(found.record)}):"]
    head = [found.status_line, *(f"{name}: {value}" for name, value in found.headers)] if found.status_line else []
    return [*lines, *(f"  {one_line(line)}" for line in head)]


def kept_json(kept: Kept, readings: Sequence[tuple[str, str, str]]) -> dict[str, Json]:
    """One piece of evidence; ``text`` is None where the body is no text."""
    text = as_text(kept)
    return {
        "digest": kept.digest,
        "media_type": kept.media_type,
        "size": kept.size,
        "url": kept.url or None,
        "path": kept.path,
        "at": kept.at.isoformat() if kept.at else None,
        "request": {"method": kept.method, "headers": [list(pair) for pair in kept.request_headers]} if kept.method else None,
        "answer": {"status": kept.status_line, "headers": [list(pair) for pair in kept.headers]} if kept.status_line else None,
        "confirms": _confirmed_json(kept.confirms) if kept.confirms else None,
        "readings": [{"of": of, "measure": measure, "passage": passage or None} for of, measure, passage in readings],
        "text": text[:_MOST] if text is not None else None,
        "cut": text is not None and len(text) > _MOST,
    }


def _confirmed_json(found: Confirmed) -> dict[str, Json]:
    return {
        "record": found.record,
        "at": found.at.isoformat() if found.at else None,
        "status": found.status_line or None,
        "headers": [list(pair) for pair in found.headers],
    }


def explain_json(source: Source, agency: AgencyId, what: str | None) -> dict[str, Json]:
    """The standing of an agency, or one mark of it, or the readings of a measure."""
    standing = standing_of(source, agency)
    if what is None:
        return {"agency": agency, "standing": whole_standing(source, standing) if standing else None}
    marks = [mark_json(mark) for mark in standing.marks if what in _names(source, mark.criterion)] if standing else []
    readings = [
        reading_json(record, source.measures.get(record.reading.measure))
        for record in readings_of(source, agency)
        if record.reading.measure == what
    ]
    return {"agency": agency, "what": what, "marks": list(marks), "readings": list(readings)}


def _names(source: Source, criterion: str) -> set[str]:
    found = next(known for known in source.edition.criteria if known.id == criterion)
    return {found.id, *found.measures, *(heading.id for heading in source.edition.headings_of(found))}


def _list(document: Object, key: str) -> list[dict[str, Json]]:
    found = document[key]
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
