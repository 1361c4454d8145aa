"""The arithmetic of a standing to the last decimal, and the evidence behind one criterion or one measure, as plain text."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches

from auditor.model.edition import Area
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.kinds import appraised_measure, declared_measure, measure_of
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.note import Json
from auditor.model.ranking import Standing
from auditor.model.reading import ReadingRecord
from reports.explained import explanation_text, origin_text
from reports.fixed import fix_views
from reports.headings import Subtotal, subtotals
from reports.numbers import exact, two
from reports.outcome import mark_proofs, notice_texts, outcome_text, value_of, waits_for_others
from reports.prices import because, price_list
from reports.reached import place_lines, sum_text, total_lines
from reports.reasons import mark_lines
from reports.succession import succession_lines
from reports.view import Source, area_of, criterion_of, local_time, readings_of, standing_of, standings
from reports.visible import one_line
from reports.words import Words, vietnamese

__all__ = ["explain_text", "fixes_text"]

_VERBATIM = {"detail", "problem", "record", "unverified"}
"""Facts that are words of a site or a library: they are quoted."""


def explain_text(source: Source, agency: str, what: str | None = None, words: Words | None = None) -> str:
    """Explain a standing, or with ``what`` one criterion or one measure of it.

    Raises:
        LookupError: the ranking has no such agency, or it no such criterion or measure; the nearest right word is named.
    """
    said = words or vietnamese()
    standing = _found(source, agency, said)
    if what is None:
        return _joined([*_name(standing), *succession_lines(source, agency, said), *_standing(source, standing, said)])
    mark = next((mark for mark in standing.marks if mark.criterion == what), None)
    if mark is not None:
        return _joined([*_name(standing), *_mark(source, standing, mark, said)])
    if what in {heading.id for heading in source.edition.headings}:
        return _joined([*_name(standing), *_under(source, standing, what, said)])
    records = _records(source, standing, what)
    if not records and what not in source.measures:
        headings = (heading.id for heading in source.edition.headings)
        known: list[str] = [*(mark.criterion for mark in standing.marks), *headings, *source.measures]
        raise LookupError(f'không có tiêu chí hay phép đo "{what}" của cơ quan {agency}{_near(what, known)}')
    return _joined([*_name(standing), *_measure(source, standing, MeasureId(what), records, said)])


def _found(source: Source, agency: str, words: Words) -> Standing:
    standing = standing_of(source, agency)
    if standing is None:
        codes = [row.agency for row in standings(source)]
        history = succession_lines(source, agency, words)
        near = f". {' '.join(history)}" if history else _near(agency, codes)
        raise LookupError(f'không có cơ quan "{agency}" trong bảng xếp hạng{near}')
    return standing


def _standing(source: Source, standing: Standing, words: Words) -> list[str]:
    lines = [f"Bộ tiêu chí: {one_line(source.edition.title)}"]
    lines.append(f"Số liệu tính đến {local_time(source.ranking.as_of)} (giờ Việt Nam)")
    lines += [one_line(f"! {text}") for text in notice_texts(source, words)]
    for result in standing.areas:
        area = area_of(source.edition, result.area)
        marks = [mark for mark in standing.marks if mark.area == result.area]
        lines += ["", f"{area.number}. {one_line(area.title)}"]
        lines += _area(source, standing, area, marks, result.floored, words) if marks else ["  (không có tiêu chí nào)"]
    return [*lines, "", *total_lines(source, standing), *place_lines(source, standing, words), *_fixes(source, standing)]


def _area(source: Source, standing: Standing, area: Area, marks: Sequence[Mark], floored: Decimal, words: Words) -> Iterator[str]:
    above = subtotals(source.edition, marks)
    for mark in marks:
        criterion = criterion_of(source.edition, mark.criterion)
        measure = measure_of(criterion, source.measures)
        yield from (_heading(found) for found in above.get(mark.criterion, ()))
        yield f"  {mark.criterion} {one_line(criterion.title)}: {_worth(mark)}"
        yield f"      {one_line(because(mark, criterion, measure, words))}"
        yield from (f"      {line}" for line in mark_lines(source, standing, mark, words))
        if mark.explanation:
            yield f"      Cơ quan giải trình: {one_line(explanation_text(mark.explanation, words))}"
    points = [mark.points for mark in marks if isinstance(mark, Points)]
    yield f"  Điểm đạt: {sum_text(points)}"
    if floored:
        yield f"  Điểm trừ chỉ tính đến mức thấp nhất {exact(area.floor)}: bù lại {exact(floored)}"
    yield f"  Tối đa: {sum_text([mark.max for mark in marks if not isinstance(mark, Excluded)])}"
    yield f"  Chưa xác định: {sum_text([mark.max for mark in marks if isinstance(mark, Pending)])}"


def _under(source: Source, standing: Standing, heading: str, words: Words) -> Iterator[str]:
    """Explain what stands under a heading."""
    for mark in standing.marks:
        if heading in {one.id for one in source.edition.headings_of(criterion_of(source.edition, mark.criterion))}:
            yield from (_heading(one) for one in _above(source, standing, mark) if one.heading.id == heading)
            yield from (f"  {line}" for line in _mark(source, standing, mark, words))


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


def _mark(source: Source, standing: Standing, mark: Mark, words: Words) -> Iterator[str]:
    criterion = criterion_of(source.edition, mark.criterion)
    measure = measure_of(criterion, source.measures)
    told, council = declared_measure(criterion, measure), appraised_measure(criterion, measure)
    yield f"{mark.criterion} {one_line(criterion.title)}: {_worth(mark)}"
    yield f"  {one_line(because(mark, criterion, measure, words))}"
    yield from (f"  {line}" for line in mark_lines(source, standing, mark, words))
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


def fixes_text(source: Source, agency: str) -> str:
    """Give what mending each failing criterion would give an agency.

    Raises:
        LookupError: the ranking has no such agency.
    """
    standing = _found(source, agency, vietnamese())
    lines = list(_fixes(source, standing))[1:]
    return _joined([*_name(standing), *(lines or ["Không có tiêu chí nào còn thêm được điểm."])])


def _fixes(source: Source, standing: Standing) -> Iterator[str]:
    """Give every failing criterion with exactly what mending it alone would give, the most points first."""
    fixes = fix_views(source, standing)
    if fixes:
        yield from ("", "NÊN LÀM TRƯỚC (mỗi dòng: nếu chỉ khắc phục riêng tiêu chí đó)")
    for fix in fixes:
        rank = "" if fix.rank is None else f", hạng {fix.rank}" + (f" (tăng {fix.risen} bậc)" if fix.risen > 0 else "")
        grade = f", xếp loại {one_line(fix.class_name)}" if fix.class_name else ""
        yield f"  +{two(fix.gain)} điểm  {fix.criterion} {one_line(fix.title)} → {two(fix.percent)} %{rank}{grade}"
        yield f"        {one_line(fix.remedy)}"


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


def _name(standing: Standing) -> Iterator[str]:
    yield one_line(f"{standing.name} ({standing.agency})")


def _near(word: str, known: Sequence[str]) -> str:
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' (có phải "{found[0]}"?)' if found else ""


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"
