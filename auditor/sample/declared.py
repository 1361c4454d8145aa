"""What the sample's agencies say of themselves: made from an edition, the same at every start."""

import hashlib
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from auditor.model.agency import Registry
from auditor.model.edition import Criterion, Edition, Source
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Count, Penalty, Piecewise, Ratio, Relative, Scale, Step, Steps, Table, YesNo

__all__ = ["BOASTER", "COLUMNS", "SILENT", "declared_rows"]

BOASTER = AgencyId("so-mau-tai-chinh")
"""Declares the best of everything, also where something worse can be seen."""
SILENT = AgencyId("ban-mau-du-an")
"""Declares nothing."""
COLUMNS = ("agency", "criterion", "value", "evidence_link", "note")

_SHARES = ("0.4", "0.65", "0.8", "0.9", "1")
_COUNTS = (0, 1, 2, 3, 5, 8)
_ALMOST_ALWAYS = 4
"""Of five yes-or-no questions, so many are answered with yes."""


def declared_rows(
    edition: Edition, registry: Registry, measures: Mapping[MeasureId, Measure] | None = None
) -> list[tuple[str, str, str, str, str]]:
    """Give the rows of a declaration file (``COLUMNS``) for every agency that speaks, in the order of registry and edition.

    ``measures`` tells the kind of a value that the edition leaves to its measure; where neither it nor the scale does,
    the criterion is left out.
    """
    rows = []
    for agency in registry.agencies:
        if agency.code == SILENT:
            continue
        for criterion in edition.criteria_of(agency.group):
            told = criterion.source is not Source.MEASURED and criterion.concerns(agency.code)
            value = _value(criterion, agency.code, measures or {}) if told else None
            if value is not None:
                link = f"https://{agency.code}.khanhhoa.test/tu-khai/{criterion.id}"
                note = "số liệu mẫu" if agency.code != BOASTER else "đơn vị tự nhận đạt mức cao nhất"
                rows.append((str(agency.code), str(criterion.id), value, link, note))
    return rows


def _value(criterion: Criterion, code: AgencyId, measures: Mapping[MeasureId, Measure]) -> str | None:
    measure = measures.get(criterion.measure) if criterion.measure else None
    kind = Kind(criterion.declared_kind) if criterion.declared_kind else measure.kind if measure else _kind(criterion.scale)
    if kind is None:
        return None
    words = criterion.declared_words or (measure.words if measure and kind is Kind.WORD else ())
    choices = list(_choices(criterion.scale, kind, words))
    if not choices:
        return None
    return choices[-1] if code == BOASTER else choices[_chance(f"{code} {criterion.id}") % len(choices)]


def _kind(scale: Scale) -> Kind | None:
    """Tell a value's kind by its scale, where only one kind fits."""
    match scale:
        case YesNo():
            return Kind.BOOLEAN
        case Ratio() | Piecewise():
            return Kind.SHARE
        case Count() | Penalty():
            return Kind.COUNT
        case Table():
            return Kind.WORD
        case Steps(steps=steps) if any(_bound(step) % 1 for step in steps):
            return Kind.SHARE
    return None


def _choices(scale: Scale, kind: Kind, words: tuple[str, ...]) -> Iterator[str]:
    """Give values of a kind that mean something on this scale, the best one last."""
    match kind:
        case Kind.BOOLEAN:
            yes_is_best = not isinstance(scale, YesNo) or scale.yes >= scale.no
            best, other = ("có", "không") if yes_is_best else ("không", "có")
            yield other
            yield from [best] * _ALMOST_ALWAYS
        case Kind.SHARE if not isinstance(scale, Steps):
            yield from _SHARES
        case Kind.WORD:
            table = scale.table if isinstance(scale, Table) else dict.fromkeys(words, Decimal(0))
            known = [word for word in table if word in words or not words]
            yield from sorted(known, key=lambda word: (table[word], word))
        case _:
            yield from map(str, _numbers(scale, whole=kind in {Kind.COUNT, Kind.DAYS}))


def _numbers(scale: Scale, *, whole: bool) -> list[int] | list[Decimal]:
    """Give numbers from the worst to the best: those at which a scale's steps begin, and one that reaches none."""
    match scale:
        case Steps(steps=steps) if steps:
            bounds = sorted(map(_bound, steps), key=lambda bound: _points(scale, bound))
            rising = steps[0].at_least is not None
            beyond = min(bounds) / 2 if rising else max(bounds) + 1
            return [_whole(number, up=rising) if whole else number for number in (beyond, *bounds)]
        case Penalty():
            return sorted(_COUNTS, reverse=True)
        case Relative() | Count():
            return [number for number in _COUNTS if number]
    return list(_COUNTS)


def _bound(step: Step) -> Decimal:
    bound = step.at_least if step.at_least is not None else step.at_most
    return bound if bound is not None else Decimal(0)


def _whole(number: Decimal, *, up: bool) -> Decimal:
    return number.to_integral_value(rounding=ROUND_CEILING if up else ROUND_FLOOR)


def _points(scale: Steps, value: Decimal) -> Decimal:
    for step in scale.steps:
        if (step.at_least is not None and value >= step.at_least) or (step.at_most is not None and value <= step.at_most):
            return step.points
    return scale.otherwise


def _chance(text: str) -> int:
    """Give a number that is the same for a text at every start, and differs between texts."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
