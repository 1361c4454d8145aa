"""A mark line by line: what each side came to and how, the sites, the rule that joined them, and the council's word."""

from collections.abc import Iterator
from decimal import Decimal

from auditor.model.edition import Criterion
from auditor.model.edition import Source as Rule
from auditor.model.ids import CriterionId
from auditor.model.kinds import declared_measure
from auditor.model.mark import Excluded, Mark, Origin, Pending, Points, Side
from auditor.model.note import Json, Note
from auditor.model.ranking import Standing
from auditor.model.reading import Measure, Value
from auditor.model.scale import Relative
from reports.numbers import exact
from reports.reckoned import joined_sites, least_of, number_of, of_parts, reckoned
from reports.view import Source, criterion_of
from reports.visible import one_line
from reports.words import Words

__all__ = ["mark_lines"]

_NAMES, _ZERO = 12, Decimal(0)
_SEEN, _TOLD = "measured", "declared"


def mark_lines(source: Source, standing: Standing, mark: Mark, words: Words) -> Iterator[str]:
    """Give the lines below a mark's own sentence: every equation that led to its points."""
    criterion = criterion_of(source.edition, mark.criterion)
    measure = source.measures.get(criterion.measure) if criterion.measure else None
    told = declared_measure(criterion, measure)
    if mark.seen is None and mark.told is None:
        name = _TOLD if mark.source is Rule.DECLARED else _SEEN
        value = mark.declared if name == _TOLD else mark.measured
        points = mark.points if isinstance(mark, Points) else None
        yield from _how(source, standing, criterion, mark.because, value, points, name, words)
        return
    for title, side, value, kind, name in (
        ("Đo được", mark.seen, mark.measured, measure, _SEEN),
        ("Tự khai", mark.told, mark.declared, told, _TOLD),
    ):
        if side is not None:
            # What counted stands above already, in the mark's own sentence.
            why = "" if side.because == mark.because else f". {one_line(_said(side.because, criterion, value, kind, words))}"
            yield f"{title}: {_came_to(side)}{why}"
            yield from (f"  {line}" for line in _how(source, standing, criterion, side.because, value, side.points, name, words))
    yield from _rule(mark, words)
    if mark.appraised is not None:
        yield from _decided(source, standing, criterion, mark, mark.appraised)


def _decided(source: Source, standing: Standing, criterion: Criterion, mark: Mark, value: Value) -> Iterator[str]:
    """Say what the council's value came to, and by whose numbers where it is compared with the group's."""
    name, highest = _TOLD if mark.source is Rule.DECLARED else _SEEN, None
    if isinstance(criterion.scale, Relative):
        if isinstance(mark, Pending):
            yield from _waiting(source, standing, criterion.id, name)
            return
        highest, holders = _highest(source, standing, criterion.id, name)
        if highest:
            yield f"Giá trị cao nhất trong nhóm: {exact(highest)}, của {_listed(holders)}"
    if isinstance(mark, Points):
        equation = reckoned(criterion, value, mark.points, highest)
        yield "Hội đồng quyết định thay kết quả theo quy tắc" + (f": {equation}" if equation else f": {exact(mark.points)}")


def _came_to(side: Side) -> str:
    if side.excluded:
        return "không áp dụng"
    return f"{exact(side.low)} điểm" if side.points is not None else f"từ {exact(side.low)} đến {exact(side.high)} điểm"


def _said(note: Note, criterion: Criterion, value: Value | None, measure: Measure | None, words: Words) -> str:
    named = {name: words.value(value, measure) for name in ("value", "measured") if value is not None}
    return words.say(note, criterion.measure, named)


def _how(
    source: Source,
    standing: Standing,
    criterion: Criterion,
    because: Note,
    value: Value | None,
    points: Decimal | None,
    name: str,
    words: Words,
) -> Iterator[str]:
    """Give the equations of one side: its sites, its series, its parts, its scale."""
    sites = because.facts.get("sites")
    if isinstance(sites, list):
        yield from _sites(criterion, sites, points, words)
        return
    yield from _series(because)
    if points is None:
        if isinstance(criterion.scale, Relative) and value is not None:
            yield from _waiting(source, standing, criterion.id, name)
        return
    if because.facts.get("parts"):
        yield from (f"Phép tính: {line}" for line in of_parts(criterion, because.facts["parts"], points, words))
    highest = None
    if isinstance(criterion.scale, Relative) and value is not None:
        highest, holders = _highest(source, standing, criterion.id, name, number_of(value))
        if highest:
            yield f"Giá trị cao nhất trong nhóm: {exact(highest)}, của {_listed(holders)}"
    if value is not None and (equation := reckoned(criterion, value, points, highest)):
        yield f"Phép tính: {equation}"
    if "days" in because.facts and because.key == "mark.stale":
        yield f"Kết quả cũ được dùng trong {source.edition.stale_after.days} ngày; đã qua {because.facts['days']} ngày"


def _sites(criterion: Criterion, sites: list[Json], points: Decimal | None, words: Words) -> Iterator[str]:
    each: list[Decimal] = []
    for site in sites:
        if not isinstance(site, dict):
            continue
        low, high = Decimal(str(site["low"])), Decimal(str(site["high"]))
        because = _note(site["because"])
        worth = f"{exact(low)} điểm" if low == high else f"từ {exact(low)} đến {exact(high)} điểm"
        yield f"{one_line(str(site['site']))}: {worth}. {one_line(words.say(because, criterion.measure))}"
        each.append(low)
        value = site.get("value")
        number = number_of(value)
        yield from (f"  {line}" for line in _series(because))
        if low == high and number is not None and not isinstance(value, bool) and (how := reckoned(criterion, number, low)):
            yield f"  Phép tính: {how}"
        yield from (f"  Phép tính: {line}" for line in of_parts(criterion, because.facts.get("parts"), low, words) if low == high)
    if points is not None and each:
        yield joined_sites(criterion, each, points)


def _note(fact: Json) -> Note:
    assert isinstance(fact, dict)
    facts = fact["facts"]
    return Note(key=str(fact["key"]), text=str(fact["text"]), facts=facts if isinstance(facts, dict) else {})


def _series(because: Note) -> Iterator[str]:
    total, count = (number_of(because.facts.get(name)) for name in ("sum", "count"))
    if total is not None and count:
        yield f"Trung bình: {exact(total)} ÷ {exact(count)} = {exact(total / count)}"
    up, down = (number_of(because.facts.get(name)) for name in ("up_seconds", "down_seconds"))
    if up is not None and down is not None and up + down:
        share = exact(up / (up + down))
        yield f"Số giây hoạt động trên số giây được tính: {exact(up)} ÷ ({exact(up)} + {exact(down)}) = {share}"


def _rule(mark: Mark, words: Words) -> Iterator[str]:
    """Say how both sides were joined."""
    if mark.seen is None or mark.told is None or mark.appraised is not None:
        return
    rule = words.source(mark.source)
    seen, told = mark.seen.points, mark.told.points
    if isinstance(mark, Excluded):
        yield f"Quy tắc “{rule}”: không áp dụng"
    elif isinstance(mark, Pending):
        yield f"Quy tắc “{rule}”: còn bỏ ngỏ từ {exact(mark.low)} đến {exact(mark.high)} điểm"
    elif mark.source is Rule.MEASURED_ELSE_DECLARED or seen is None or told is None:
        which = "kết quả đo" if mark.points == seen and mark.source is Rule.MEASURED_ELSE_DECLARED else "tự khai"
        yield f"Quy tắc “{rule}”: lấy {which}: {exact(mark.points)} điểm"
    else:
        yield f"Quy tắc “{rule}”: {least_of((seen, told))} = {exact(mark.points)}"


def _members(source: Source, standing: Standing, criterion: CriterionId) -> Iterator[tuple[Standing, Mark]]:
    for group in source.ranking.groups:
        if group.group == standing.group:
            for row in (*group.rows, *group.unranked):
                yield from ((row, mark) for mark in row.marks if mark.criterion == criterion)


def _highest(
    source: Source, standing: Standing, criterion: CriterionId, name: str, own: Decimal | None = None
) -> tuple[Decimal | None, list[str]]:
    """Give the highest number that an agency's ``own`` on a side is compared with, itself among them, and who has it."""
    numbers = [(row, _counted(mark, name)) for row, mark in _members(source, standing, criterion)]
    known = [(row, number) for row, number in numbers if number is not None]
    if own is not None and all(number < own for _, number in known):
        known = [(standing, own)]
    highest = max((number for _, number in known), default=None)
    return highest, [_name(row) for row, number in known if number == highest]


def _counted(mark: Mark, name: str) -> Decimal | None:
    """Give the number with which an agency counts in its group: the council's first, none where an explanation excuses it."""
    if mark.appraised is not None:
        return _ZERO if isinstance(mark.appraised, str) else number_of(mark.appraised)
    return None if _excused(mark) else number_of(getattr(mark, name))


def _excused(mark: Mark) -> bool:
    return isinstance(mark, Excluded) and mark.origin is Origin.EXPLAINED


def _awaited(mark: Mark, name: str) -> bool:
    """Tell whether the number with which an agency counts in its group is still open."""
    if mark.appraised is not None or _excused(mark) or getattr(mark, name) is not None:
        return False
    if mark.seen is None and mark.told is None:
        return isinstance(mark, Pending)
    side = mark.seen if name == _SEEN else mark.told
    return side is not None and side.points is None and not side.excluded


def _waiting(source: Source, standing: Standing, criterion: CriterionId, name: str) -> Iterator[str]:
    """Say whose numbers are awaited before shares of the highest are known."""
    open_ = [_name(row) for row, mark in _members(source, standing, criterion) if _awaited(mark, name)]
    if open_:
        yield f"Còn chờ giá trị của {_listed(open_)}"


def _name(row: Standing) -> str:
    return one_line(f"{row.name} ({row.agency})")


def _listed(names: list[str]) -> str:
    rest = len(names) - _NAMES
    return "; ".join(names[:_NAMES]) + (f"; và {rest} cơ quan khác" if rest > 0 else "")
