"""Reports as plain Vietnamese text for a terminal; words from sites stay on one line, their control characters as signs."""

from auditor.model.evidence import Proof
from auditor.model.mark import Pending, Points
from auditor.model.note import Json
from auditor.model.period import Awaited
from auditor.model.ranking import Standing
from auditor.model.reading import ReadingRecord, Unavailable
from auditor.model.visit import VisitRecord
from reports.explain import explain_text
from reports.explained import explanation_text
from reports.fixed import fix_views
from reports.numbers import two
from reports.outcome import outcome_text, pending_points, value_of
from reports.overview import area_bars
from reports.succession import succession_lines
from reports.view import Source, local_day, local_time, notices, readings_of, standing_of, visits_of
from reports.visible import one_line
from reports.words import Words, vietnamese

__all__ = ["explain_text", "notice_lines", "probe_text", "rank_text"]

_SHORT = 12
_FIXES = 10


def rank_text(source: Source, words: Words | None = None, awaited: Awaited | None = None) -> str:
    """Give the whole ranking, group by group, and last what agencies may still declare."""
    said = words or vietnamese()
    lines = [one_line(source.edition.title), f"Tính đến {local_time(source.ranking.as_of)} (giờ Việt Nam)"]
    lines += notice_lines(source, said)
    titles = {group.id: group.title for group in source.registry.groups}
    for group in source.ranking.groups:
        lines += ["", one_line(titles.get(group.group, group.group)).upper()]
        lines += _table(group.rows) if group.rows else ["  (chưa có cơ quan nào được xếp hạng)"]
        if group.unranked:
            lines.append("  Chưa xếp hạng:")
            lines += [f"    {_name(row)}: {said.say(row.reason) if row.reason else ''}{_span(row)}" for row in group.unranked]
    return _joined([*lines, *_awaited(awaited, said)])


def probe_text(source: Source, agency: str, words: Words | None = None) -> str:
    """Give what one agency was asked now: each reading, the areas, and what would gain most."""
    said, standing = words or vietnamese(), standing_of(source, agency)
    found = next((row for row in source.registry.agencies if row.code == agency), None)
    code = standing.agency if standing else found.code if found else None
    lines = [_name(standing) if standing else one_line(f"{found.name} ({found.code})") if found else one_line(agency)]
    if code is None:
        return _joined([*lines, "Không có cơ quan nào có mã này."])
    lines += succession_lines(source, code, said)
    lines += notice_lines(source, said)
    lines += _readings(source, readings_of(source, code), said)
    lines += _failed(visits_of(source, code), said)
    if standing:
        lines += _areas(source, standing)
        lines += _fixes(source, standing, said)
    return _joined(lines)


def _awaited(awaited: Awaited | None, words: Words) -> list[str]:
    if awaited is None:
        return []
    facts: dict[str, Json] = {
        "criteria": awaited.criteria,
        "agencies": awaited.agencies,
        "points": words.two(awaited.points),
        "until": local_day(awaited.until),
    }
    return ["", words.text("rank.awaited_over" if awaited.over else "rank.awaited", **facts)]


def notice_lines(source: Source, words: Words) -> list[str]:
    """Say what must be known first, a line each."""
    return [
        one_line(f"! {words.text(f'notice.{found.key}.title')}. {words.text(f'notice.{found.key}.text', **found.facts)}")
        for found in notices(source)
    ]


def _table(rows: tuple[Standing, ...]) -> list[str]:
    wide = max(len(_name(row)) for row in rows)
    head = f"  {'Hạng':>5}  {'Cơ quan':<{wide}}  {'Tỷ lệ':>7}  {'Thấp nhất–cao nhất':>18}"
    lines = [f"{head}  {'Có thể':>7}  {'Đã xác định':>11}  Xếp loại"]
    for row in rows:
        rank = f"{row.rank}{'=' if row.tied else ''}"
        bounds = "" if row.low is None or row.high is None else f"{two(row.low)}–{two(row.high)}"
        ranks = f"{row.best_rank}–{row.worst_rank}" if row.best_rank != row.worst_rank else str(row.best_rank)
        percent = "" if row.percent is None else two(row.percent)
        last = one_line(row.class_name or "–") + _moved(row)
        shown = f"  {rank:>5}  {_name(row):<{wide}}  {percent:>7}  {bounds:>18}"
        lines.append(f"{shown}  {ranks:>7}  {_share(row):>11}  {last}")
    return lines


def _share(row: Standing) -> str:
    return "–" if row.coverage is None else f"{two(row.coverage * 100)} %"


def _span(row: Standing) -> str:
    """Say between which percents an agency without a rank may stand."""
    if row.low is None or row.high is None:
        return ""
    return f" Tỷ lệ có thể từ {two(row.low)} đến {two(row.high)} %."


def _moved(row: Standing) -> str:
    if not row.moved:
        return ""
    return f"  ({'tăng' if row.moved > 0 else 'giảm'} {abs(row.moved)} bậc)"


def _readings(source: Source, records: tuple[ReadingRecord, ...], words: Words) -> list[str]:
    lines = ["", "KẾT QUẢ ĐO"]
    if not records:
        return [*lines, "  (chưa có kết quả nào)"]
    site = None
    for record in records:
        if record.site != site:
            site = record.site
            lines.append(f"  {one_line(site)}")
        reading = record.reading
        shown = value_of(source, record, words) or outcome_text(record, words)
        blame = f" ({words.blame(reading.cause.blame)})" if isinstance(reading, Unavailable) else ""
        lines.append(f"    {one_line(words.measure(reading.measure))} [{reading.measure}]: {one_line(shown)}{blame}")
        lines.append(f"        {one_line(words.say(reading.because, reading.measure))}")
        if reading.evidence:
            lines.append(f"        Bằng chứng: {_proof(reading.evidence[0], words)}{_more(len(reading.evidence) - 1)}")
    return lines


def _failed(records: tuple[VisitRecord, ...], words: Words) -> list[str]:
    failed = [record for record in records if record.cause is not None]
    if not failed:
        return []
    lines = ["", "LƯỢT KIỂM TRA KHÔNG TRỌN VẸN"]
    for record in failed:
        assert record.cause is not None
        why = f"{words.ending(record.ending)}: {words.cause(record.cause)} ({words.blame(record.cause.blame)})"
        lines.append(f"  {record.visit.probe} · {one_line(record.visit.site)} · {why}")
    return lines


def _areas(source: Source, standing: Standing) -> list[str]:
    lines = ["", "ĐIỂM THEO NỘI DUNG"]
    for bar in area_bars(source, standing):
        percent = f"{bar.percent} %" if bar.percent else "chưa xác định"
        lines.append(f"  {bar.number}. {one_line(bar.title)}: {two(bar.points)} / {two(bar.possible)} điểm ({percent})")
    total = "chưa xác định" if standing.percent is None else f"{two(standing.percent)} %"
    lines.append(f"  Cộng: {two(standing.points)} / {two(standing.possible)} điểm, tỷ lệ {total}")
    lines.append(f"  Đã xác định: {_share(standing)}")
    if standing.rank is not None:
        ranks = f"  Hạng {standing.rank}, có thể từ {standing.best_rank} đến {standing.worst_rank}"
        lines.append(ranks + (f"; xếp loại {one_line(standing.class_name)}" if standing.class_name else ""))
    if standing.pending:
        bounds = (
            "" if standing.low is None or standing.high is None else f", tỷ lệ từ {two(standing.low)} đến {two(standing.high)} %"
        )
        lines.append(f"  Chưa xác định: {two(pending_points(standing))} điểm{bounds}")
    return lines


def _explained(standing: Standing, words: Words) -> list[str]:
    given = [mark for mark in standing.marks if mark.explanation is not None]
    lines = ["", "CƠ QUAN GIẢI TRÌNH"] if given else []
    for mark in given:
        assert mark.explanation is not None
        lines.append(f"  {mark.criterion}: {one_line(explanation_text(mark.explanation, words))}")
    return lines


def _fixes(source: Source, standing: Standing, words: Words) -> list[str]:
    fixes = fix_views(source, standing)
    open_ = sum(isinstance(mark, Pending) for mark in standing.marks)
    lines = ["", "NÊN LÀM TRƯỚC"] if fixes else []
    for fix in fixes[:_FIXES]:
        rank = f", hạng {fix.rank}" if fix.rank is not None else ""
        rank += f", xếp loại {one_line(fix.class_name)}" if fix.class_name else ""
        lines.append(f"  +{two(fix.gain)} điểm  {fix.criterion} {one_line(fix.title)} → {two(fix.percent)} %{rank}")
        lines.append(f"        {one_line(fix.remedy)}")
    if len(fixes) > _FIXES:
        lines.append(f"  … và {len(fixes) - _FIXES} tiêu chí khác")
    full = sum(isinstance(mark, Points) and mark.points >= mark.max for mark in standing.marks)
    lines += _explained(standing, words)
    return [*lines, "", f"{len(standing.marks)} tiêu chí: {full} đạt trọn điểm, {open_} chưa xác định"]


def _proof(proof: Proof, words: Words) -> str:
    where = one_line(proof.url or words.term("proof", proof.kind))
    return f"{where} · {proof.digest.removeprefix('sha256:')[:_SHORT]}"


def _more(count: int) -> str:
    return f" (và {count} bằng chứng khác)" if count > 0 else ""


def _name(row: Standing) -> str:
    return one_line(f"{row.name} ({row.agency})")


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"
