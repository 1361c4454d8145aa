"""How a value became points, as an equation that a reader can do again; nothing where no number was reckoned."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from auditor.model.edition import Criterion, Over
from auditor.model.ids import MeasureId
from auditor.model.note import Json
from auditor.model.reading import Value
from auditor.model.scale import Best, Case, Count, Penalty, Piecewise, Ratio, Relative, Steps, Weighted
from reports.numbers import exact
from reports.words import Words

__all__ = ["joined_sites", "least_of", "number_of", "of_parts", "reckoned"]

_LAST = Decimal("1e-18")
"""What division leaves off at its end."""


def reckoned(criterion: Criterion, value: Value, points: Decimal, highest: Decimal | None = None) -> str:
    """Give the equation from a value to its points; ``highest`` is the group's, for a scale that compares with it."""
    number = number_of(value)
    if number is None or isinstance(value, bool):
        return ""
    most, shown = criterion.max_points, exact(number)
    match criterion.scale:
        case Ratio():
            return f"{shown} × {exact(most)} = {exact(points)}"
        case Piecewise() as scale:
            return _piecewise(scale, number, most, points)
        case Count(each=each):
            return _capped(f"{shown} × {exact(each)}", number * each, most, points, "nhiều nhất")
        case Penalty(each=each, most=most_off):
            off = f"{shown} × {exact(each)} = {exact(number * each)}"
            return f"{off}; trừ nhiều nhất {exact(most_off)}: {exact(points)}"
        case Steps() as scale:
            return _step(scale, number, points)
        case Relative() if highest:
            own = number * most / highest
            return f"{shown} ÷ {exact(highest)} × {exact(most)} = {exact(points)}" if abs(own - points) < _LAST else ""
        case _:
            return ""


def _piecewise(scale: Piecewise, number: Decimal, most: Decimal, points: Decimal) -> str:
    shown = exact(number)
    if number >= scale.norm:
        return f"{shown} ≥ {exact(scale.norm)}; mức được trọn điểm: {exact(points)}"
    if number < scale.floor:
        return f"{shown} < {exact(scale.floor)}; mức bắt đầu có điểm: {exact(points)}"
    return f"{shown} × {exact(most)} ÷ {exact(scale.norm)} = {exact(points)}"


def number_of(value: Json | Decimal) -> Decimal | None:
    """Give a value as a number, a share or a count of facts among them; None for a word."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, int | Decimal):
        return Decimal(value)
    try:
        return Decimal(value) if isinstance(value, str) else None
    except ArithmeticError:
        return None


def _capped(product: str, worth: Decimal, most: Decimal, points: Decimal, how: str) -> str:
    if worth <= most:
        return f"{product} = {exact(points)}"
    return f"{product} = {exact(worth)}; {how} {exact(most)}: {exact(points)}"


def _step(scale: Steps, number: Decimal, points: Decimal) -> str:
    for step in scale.steps:
        if step.at_least is not None and number >= step.at_least:
            return f"{exact(number)} ≥ {exact(step.at_least)}: {exact(points)}"
        if step.at_most is not None and number <= step.at_most:
            return f"{exact(number)} ≤ {exact(step.at_most)}: {exact(points)}"
    return f"{exact(number)} không đạt mức nào: {exact(points)}"


def of_parts(criterion: Criterion, parts: Json, points: Decimal, words: Words) -> list[str]:
    """Give the lines of a scale over several measures: what each of them was, and the equation of the whole."""
    found = {MeasureId(str(part["measure"])): part for part in parts if isinstance(part, dict)} if isinstance(parts, list) else {}
    match criterion.scale:
        case Weighted(fractions=fractions):
            owed = [part for part in fractions if found.get(part.measure, {}).get("value") != "no_duty"]
            shares = [_share(found.get(part.measure, {})) for part in owed]
            if not owed or any(share is None for share in shares):
                return []
            terms = [f"{exact(part.weight)} × {exact(share or Decimal(0))}" for part, share in zip(owed, shares, strict=True)]
            weights = " + ".join(exact(part.weight) for part in owed)
            return [f"({' + '.join(terms)}) × {exact(criterion.max_points)} ÷ ({weights}) = {exact(points)}"]
        case Best(cases=cases):
            held = [case for case in cases if _holds(case, found.get(case.measure, {}))]
            lines = [f"đạt: {words.measure(case.measure)}, {exact(case.points)} điểm" for case in held]
            return [*lines, f"max({'; '.join(exact(case.points) for case in held)}) = {exact(points)}"] if held else []
        case _:
            return []


def _share(part: dict[str, Json]) -> Decimal | None:
    """Give one part of a weighted sum as a share; what could not be seen for too long, and a word, is none of it."""
    shown = part.get("exact", part.get("value"))
    if shown in {"true", "false"}:
        return Decimal(int(shown == "true"))
    if shown in {None, "?"}:
        return None
    return number_of(shown) or Decimal(0)


def _holds(case: Case, part: dict[str, Json]) -> bool:
    shown = part.get("exact", part.get("value"))
    if case.at_least is not None:
        number = number_of(shown)
        return number is not None and number >= case.at_least
    wanted = ("true" if case.equals else "false") if isinstance(case.equals, bool) else case.equals
    return shown == wanted


def joined_sites(criterion: Criterion, each: Sequence[Decimal], points: Decimal) -> str:
    """Give the equation by which several sites became one mark."""
    shown = [exact(one) for one in each]
    match criterion.over:
        case Over.WORST:
            return f"Địa chỉ kém nhất: {least_of(each)} = {exact(points)}"
        case Over.BEST | Over.MAIN:
            return f"Địa chỉ tốt nhất: max({'; '.join(shown)}) = {exact(points)}"
        case Over.MEAN:
            return f"Trung bình các địa chỉ: ({' + '.join(shown)}) ÷ {len(each)} = {exact(points)}"
        case Over.SHARE:
            full = sum(one >= criterion.max_points for one in each)
            return f"Tỷ lệ địa chỉ đạt trọn điểm: {full} ÷ {len(each)} × {exact(criterion.max_points)} = {exact(points)}"


def least_of(parts: Iterable[Decimal]) -> str:
    """Write the least of several numbers out."""
    return f"min({'; '.join(exact(part) for part in parts)})"
