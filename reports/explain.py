"""The arithmetic of a standing to the last decimal, and the evidence behind one criterion or one measure, as plain text."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches

from auditor.model.edition import Area
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.note import Json
from auditor.model.ranking import Quotient, Standing
from auditor.model.reading import ReadingRecord
from reports.explained import explanation_text, origin_text
from reports.headings import Subtotal, subtotals
from reports.numbers import exact, two
from reports.outcome import mark_proofs, outcome_text, value_of, waits_for_others
from reports.prices import appraised_measure, because, declared_measure, price_list
from reports.succession import succession_lines
from reports.view import Source, area_of, criterion_of, local_time, readings_of, standing_of, standings
from reports.visible import one_line
from reports.words import Words, vietnamese

__all__ = ["explain_text"]

_HUNDRED = Decimal(100)
_VERBATIM = {"detail", "problem", "record", "unverified"}
"""Facts that are words of a site or a library: they are quoted."""
_ZERO = Decimal(0)


def explain_text(source: Source, agency: str, what: str | None = None, words: Words | None = None) -> str:
    """Explain a standing, or with ``what`` one criterion or one measure of it.

    Raises:
        LookupError: the ranking has no such agency, or it no such criterion or measure; the nearest right word is named.
    """
    said, standing = words or vietnamese(), standing_of(source, agency)
    if standing is None:
        codes = [row.agency for row in standings(source)]
        history = succession_lines(source, agency, said)
        near = f". {' '.join(history)}" if history else _near(agency, codes)
        raise LookupError(f'không có cơ quan "{agency}" trong bảng xếp hạng{near}')
    if what is None:
        return _joined([*_name(standing), *succession_lines(source, agency, said), *_standing(source, standing, said)])
    mark = next((mark for mark in standing.marks if mark.criterion == what), None)
    if mark is not None:
        return _joined([*_name(standing), *_mark(source, mark, said)])
    if what in {heading.id for heading in source.edition.headings}:
        return _joined([*_name(standing), *_under(source, standing, what, said)])
    records = _records(source, standing, what)
    if not records and what not in source.measures:
        headings = (heading.id for heading in source.edition.headings)
        known: list[str] = [*(mark.criterion for mark in standing.marks), *headings, *source.measures]
        raise LookupError(f'không có tiêu chí hay phép đo "{what}" của cơ quan {agency}{_near(what, known)}')
    return _joined([*_name(standing), *_measure(source, standing, MeasureId(what), records, said)])


def _standing(source: Source, standing: Standing, words: Words) -> list[str]:
    lines: list[str] = []
    for result in standing.areas:
        area = area_of(source.edition, result.area)
        marks = [mark for mark in standing.marks if mark.area == result.area]
        lines += ["", f"{area.number}. {one_line(area.title)}"]
        lines += _area(source, area, marks, result.floored, words) if marks else ["  (không có tiêu chí nào)"]
    return [*lines, "", *_totals(source, standing), *_place(source, standing, words)]


def _area(source: Source, area: Area, marks: Sequence[Mark], floored: Decimal, words: Words) -> Iterator[str]:
    above = subtotals(source.edition, marks)
    for mark in marks:
        criterion = criterion_of(source.edition, mark.criterion)
        measure = source.measures.get(criterion.measure) if criterion.measure else None
        yield from (_heading(found) for found in above.get(mark.criterion, ()))
        yield f"  {mark.criterion} {one_line(criterion.title)}: {_worth(mark)}"
        yield f"      {one_line(because(mark, criterion, measure, words))}"
        if mark.explanation:
            yield f"      Cơ quan giải trình: {one_line(explanation_text(mark.explanation, words))}"
    points = [mark.points for mark in marks if isinstance(mark, Points)]
    yield f"  Điểm đạt: {_sum(points)}"
    if floored:
        yield f"  Điểm trừ chỉ tính đến mức thấp nhất {exact(area.floor)}: bù lại {exact(floored)}"
    yield f"  Tối đa: {_sum([mark.max for mark in marks if not isinstance(mark, Excluded)])}"
    yield f"  Chưa xác định: {_sum([mark.max for mark in marks if isinstance(mark, Pending)])}"


def _under(source: Source, standing: Standing, heading: str, words: Words) -> Iterator[str]:
    """Explain what stands under a heading."""
    for mark in standing.marks:
        if heading in {one.id for one in source.edition.headings_of(criterion_of(source.edition, mark.criterion))}:
            yield from (_heading(one) for one in _above(source, standing, mark) if one.heading.id == heading)
            yield from (f"  {line}" for line in _mark(source, mark, words))


def _above(source: Source, standing: Standing, mark: Mark) -> Sequence[Subtotal]:
    return subtotals(source.edition, standing.marks).get(mark.criterion, ())


def _heading(found: Subtotal) -> str:
    open_ = f", chưa xác định {exact(found.pending)}" if found.pending else ""
    come = f"{exact(found.points)} / {exact(found.possible)}{open_}" if found.concerns else "không áp dụng"
    return f"  {found.heading.id} {one_line(found.heading.title)} (cộng các tiêu chí dưới đây): {come}"


def _worth(mark: Mark) -> str:
    match mark:
        case Points():
            return f"{exact(mark.points)} / {exact(mark.max)}"
        case Pending():
            return f"chưa xác định, có thể từ {exact(mark.low)} đến {exact(mark.high)} / {exact(mark.max)}"
        case Excluded():
            return "không áp dụng, không tính vào điểm tối đa"


def _totals(source: Source, standing: Standing) -> Iterator[str]:
    yield "TỔNG"
    yield f"  Điểm đạt = {_sum([area.points for area in standing.areas])}"
    yield f"  Tối đa = {_sum([area.possible for area in standing.areas])}"
    yield f"  Chưa xác định = {_sum([area.pending for area in standing.areas])}"
    if standing.percent is not None:
        possible = exact(standing.possible)
        rest = f"({possible} − {exact(standing.pending)})"
        yield f"  Tỷ lệ = {exact(standing.points)} ÷ {rest} × 100 = {exact(standing.percent)} → {two(standing.percent)} %"
    for name, bound, high in (("Thấp nhất", standing.least, False), ("Cao nhất", standing.most, True)):
        yield from _bound(
            name, bound or Quotient(points=_reach(source, standing, high=high), possible=standing.possible), standing
        )
    if standing.coverage is not None:
        known = sum((mark.max for mark in standing.marks if isinstance(mark, Points)), _ZERO)
        open_ = (mark.max for mark in standing.marks if isinstance(mark, Pending) and not mark.open_declaration)
        asked = sum(open_, known)
        yield f"  Đã xác định = {exact(known)} ÷ {exact(asked)} = {exact(standing.coverage)} → {two(standing.coverage)}"


def _bound(name: str, bound: Quotient, standing: Standing) -> Iterator[str]:
    if bound.percent is not None:
        possible, percent = exact(bound.possible), exact(bound.percent)
        yield f"  {name} = {exact(bound.points)} ÷ {possible} × 100 = {percent} → {two(bound.percent)} %"
        left = standing.possible - bound.possible
        if left:
            yield f"      (khi {exact(left)} điểm tối đa còn bỏ ngỏ được xác định là không áp dụng)"


def _reach(source: Source, standing: Standing, *, high: bool) -> Decimal:
    """Give the least or the most points that are still possible, area by area."""
    total = _ZERO
    for area in source.edition.areas:
        own = _ZERO
        for mark in standing.marks:
            if mark.area == area.id and not isinstance(mark, Excluded):
                own += mark.points if isinstance(mark, Points) else mark.high if high else mark.low
        total += max(own, area.floor)
    return total


def _place(source: Source, standing: Standing, words: Words) -> Iterator[str]:
    if standing.rank is None:
        yield f"  Chưa xếp hạng: {one_line(words.say(standing.reason)) if standing.reason else ''}"
        return
    rows = next(group.rows for group in source.ranking.groups if group.group == standing.group)
    better = sum(row.rank is not None and row.rank < standing.rank for row in rows)
    tied = ", đồng hạng" if standing.tied else ""
    yield f"  Hạng {standing.rank}{tied}: {better} trong {len(rows)} cơ quan của nhóm có tỷ lệ cao hơn"
    yield f"  Khi mọi điểm còn bỏ ngỏ được xác định: có thể từ hạng {standing.best_rank} đến hạng {standing.worst_rank}"
    if standing.class_name:
        cut = next((cut.at_least for cut in source.edition.classes if cut.name == standing.class_name), None)
        since = f" (từ {exact(cut)} %)" if cut is not None else ""
        yield f"  Xếp loại: {one_line(standing.class_name)}{since}"


def _mark(source: Source, mark: Mark, words: Words) -> Iterator[str]:
    criterion = criterion_of(source.edition, mark.criterion)
    measure = source.measures.get(criterion.measure) if criterion.measure else None
    told, council = declared_measure(criterion, measure), appraised_measure(criterion, measure)
    yield f"{mark.criterion} {one_line(criterion.title)}: {_worth(mark)}"
    yield f"  {one_line(because(mark, criterion, measure, words))}"
    yield f"  Cách tính: {one_line(price_list(criterion, measure or told, words))}"
    yield f"  Nguồn số liệu: {words.source(mark.source)}; {words.over(criterion.over)}; {words.take(criterion.take)}"
    sides = (("Đo được", mark.measured, measure), ("Tự khai", mark.declared, told), ("Thẩm định", mark.appraised, council))
    yield from (f"  {name}: {one_line(words.value(value, kind))}" for name, value, kind in sides if value is not None)
    if mark.origin:
        yield f"  Giá trị cuối cùng theo: {origin_text(mark, words)}"
    if mark.explanation:
        yield f"  Cơ quan giải trình: {one_line(explanation_text(mark.explanation, words))}"
    if mark.contradiction:
        yield "  Kết quả đo và tự khai khác nhau."
    if not isinstance(mark, Excluded) and mark.cause and not waits_for_others(mark, criterion):
        yield f"  Nguyên nhân: {words.cause(mark.cause)} ({words.blame(mark.cause.blame)})"
    yield f"  Căn cứ: {one_line(criterion.legal_basis)}"
    yield f"  Cách khắc phục: {one_line(criterion.remedy)}"
    for record in mark.readings:
        yield from _record(source, record, words)
    yield from _proofs(mark_proofs(mark), words)


def _measure(
    source: Source, standing: Standing, measure: MeasureId, records: Sequence[ReadingRecord], words: Words
) -> Iterator[str]:
    yield f"{one_line(words.measure(measure))} [{measure}]"
    if not records:
        yield "  Chưa có kết quả nào."
    for record in records:
        yield from _record(source, record, words)
        yield from _proofs(record.reading.evidence, words)
    used = [mark for mark in standing.marks if measure in criterion_of(source.edition, mark.criterion).measures]
    yield "  Dùng cho tiêu chí:" if used else "  Không tiêu chí nào của cơ quan này dùng phép đo này."
    for mark in used:
        yield f"    {mark.criterion} {one_line(criterion_of(source.edition, mark.criterion).title)}: {_worth(mark)}"


def _record(source: Source, record: ReadingRecord, words: Words) -> Iterator[str]:
    reading = record.reading
    shown = value_of(source, record, words) or outcome_text(record, words)
    yield f"  {one_line(record.site)} lúc {local_time(record.observed_at)}: {one_line(shown)}"
    yield f"      {one_line(words.say(reading.because, reading.measure))}"
    yield f"      [{reading.measure}, phép kiểm tra {record.probe} bản {record.probe_version}]"
    yield from _facts(dict(reading.facts), "      ", words)


def _proofs(proofs: Sequence[Proof], words: Words) -> Iterator[str]:
    for proof in proofs:
        yield f"  Bằng chứng: {one_line(proof.url or words.term('proof', proof.kind))}"
        yield f"      {proof.digest}, {proof.media_type}, {proof.size} byte"
        if proof.passage:
            yield f"      “{one_line(proof.passage)}”"


def _facts(facts: Json, indent: str, words: Words) -> Iterator[str]:
    """Set facts out in lines, what is inside others further in."""
    if isinstance(facts, dict | list):
        pairs = facts.items() if isinstance(facts, dict) else (("-", value) for value in facts)
        for name, value in pairs:
            label = one_line(name) if name == "-" else f"{one_line(words.fact_name(name))}:"
            if isinstance(value, dict | list) and value:
                yield f"{indent}{label}"
                if isinstance(value, list):
                    value = [words.listed(name, one) if isinstance(one, str) else one for one in value]  # noqa: PLW2901
                yield from _facts(value, indent + "  ", words)
            else:
                told = words.fact_word(name, value) if isinstance(value, str) else value
                told = f"“{told}”" if name in _VERBATIM and told else told
                yield f"{indent}{label} {_plain(told)}"


def _plain(value: Json) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "có" if value else "không"
        case dict() | list():
            return "(trống)"
        case _:
            return one_line(str(value))


def _records(source: Source, standing: Standing, measure: str) -> tuple[ReadingRecord, ...]:
    """Give the readings of a measure that the marks rest on, and the run's own."""
    counted = [record for mark in standing.marks for record in mark.readings]
    every = [*counted, *readings_of(source, AgencyId(standing.agency))]
    unique = {(r.site, r.observed_at, r.probe, r.probe_version, r.agency): r for r in every if r.reading.measure == measure}
    return tuple(unique[key] for key in sorted(unique, key=lambda key: (key[0], key[1], key[2], key[3], key[4] or "")))


def _sum(parts: Sequence[Decimal]) -> str:
    """Write a sum out; nothing to add is 0."""
    total = exact(sum(parts, _ZERO))
    return (
        f"{' + '.join(exact(part) if part >= 0 else f'({exact(part)})' for part in parts)} = {total}" if len(parts) > 1 else total
    )


def _name(standing: Standing) -> Iterator[str]:
    yield one_line(f"{standing.name} ({standing.agency})")


def _near(word: str, known: Sequence[str]) -> str:
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' (có phải "{found[0]}"?)' if found else ""


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"
