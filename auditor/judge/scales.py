"""What a value is worth: the ten scales, each with its least and its most. Exact; nothing is rounded here."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import assert_never

from auditor.model.edition import Criterion, Over, Source
from auditor.model.ids import MeasureId
from auditor.model.reading import Value
from auditor.model.scale import (
    Best,
    Case,
    Count,
    Penalty,
    Piecewise,
    Ratio,
    Relative,
    Scale,
    Step,
    Steps,
    Table,
    Weighted,
    YesNo,
)
from auditor.model.sums import times

__all__ = ["bounds", "bounds_of_many", "price", "price_relative", "span", "top"]

ZERO = Decimal(0)


def price(scale: Scale, value: Value, most: Decimal) -> Decimal:
    """Give the points of one value under a scale that needs only this value; ``most`` is the criterion's max.

    Raises:
        KeyError: the value is a word without a price; ``auditor check`` finds such scales.
        TypeError: the scale needs several measures, or the group.
    """
    if isinstance(value, str):
        return _word(scale, value)
    match scale:
        case YesNo():
            return scale.yes if value else scale.no
        case Ratio():
            return _number(value) * most
        case Steps():
            return next((step.points for step in scale.steps if _reaches(step, _number(value))), scale.otherwise)
        case Piecewise():
            share = _number(value)
            return most if share >= scale.norm else times(share, most) / scale.norm if share >= scale.floor else ZERO
        case Count():
            return min(max(_number(value), ZERO) * scale.each, most)
        case Penalty():
            return -min(max(_number(value), ZERO) * scale.each, scale.most)
        case Table() | Relative() | Best() | Weighted():
            raise TypeError(f"{type(scale).__name__} does not price a single {type(value).__name__}")
        case _:
            assert_never(scale)


def price_relative(value: Decimal, highest: Decimal, most: Decimal) -> Decimal:
    """Give (own ÷ the group's highest) × max; where nobody has anything, everybody has nothing."""
    return times(value, most) / highest if highest > 0 else ZERO


def bounds(scale: Scale, most: Decimal) -> tuple[Decimal, Decimal]:
    """Give the least and the most points that any value could have on one site, or declared."""
    match scale:
        case YesNo():
            return min(scale.yes, scale.no), max(scale.yes, scale.no)
        case Table():
            return min(scale.table.values()), max(scale.table.values())
        case Steps():
            given = [*(step.points for step in scale.steps), scale.otherwise, *scale.words.values()]
            return min(given), max(given)
        case Best():
            return ZERO, max(case.points for case in scale.cases)
        case Penalty():
            return min(-scale.most, *scale.words.values(), ZERO), max(ZERO, *scale.words.values(), ZERO)
        case Ratio() | Piecewise() | Count():
            return min(ZERO, *scale.words.values(), ZERO), max(most, *scale.words.values(), ZERO)
        case Relative() | Weighted():
            return ZERO, most
        case _:
            assert_never(scale)


def span(criterion: Criterion) -> tuple[Decimal, Decimal]:
    """Give the least and the most points that a criterion could come to, over however many sites."""
    low, high = bounds(criterion.scale, criterion.max_points)
    if criterion.over is Over.SHARE and criterion.source is not Source.DECLARED:
        # A site without full points counts as none, whatever the scale gives it.
        low = min(low, ZERO)
    return low, high


def top(criterion: Criterion) -> Decimal:
    """Give the most points that some value really has on one site, or declared: not those of a step behind another."""
    scale = criterion.scale
    return (
        max([*_attainable(scale), *scale.words.values()]) if isinstance(scale, Steps) else bounds(scale, criterion.max_points)[1]
    )


def _attainable(scale: Steps) -> Iterator[Decimal]:
    """Give the points of every step that some number reaches before another step takes it."""
    least: Decimal | None = None
    most: Decimal | None = None
    for step in scale.steps:
        if step.at_least is not None:
            if (least is None or step.at_least < least) and (most is None or least is None or most < least):
                yield step.points
            least = step.at_least if least is None else min(least, step.at_least)
        elif step.at_most is not None:
            if (most is None or step.at_most > most) and (most is None or least is None or most < least):
                yield step.points
            most = step.at_most if most is None else max(most, step.at_most)
    if most is None or least is None or most < least:
        yield scale.otherwise


def bounds_of_many(
    scale: Best | Weighted, values: Mapping[MeasureId, Value | None], most: Decimal, unseen: Collection[MeasureId] = ()
) -> tuple[Decimal, Decimal]:
    """Give the least and the most points where some values are unknown (None); equal when nothing open can change them.

    A measure without an entry is not owed: its case cannot hold, its weight leaves the sum. One of ``unseen`` has its worst
    value: no case of it holds, and its share is nothing.
    """
    if isinstance(scale, Best):
        cases = [
            (case.points, _holds(case, values[case.measure])) for case in scale.cases if case.measure in values.keys() - unseen
        ]
        sure = [points for points, holds in cases if holds is True]
        open_ = [points for points, holds in cases if holds is None]
        return max(sure, default=ZERO), max(sure + open_, default=ZERO)
    owed = [part for part in scale.fractions if part.measure in values or part.measure in unseen]
    total = sum((part.weight for part in owed), ZERO)
    low = high = ZERO
    for part in owed:
        value = None if part.measure in unseen else values[part.measure]
        share = ZERO if part.measure in unseen else None if value is None else _share(value)
        low += part.weight * (ZERO if share is None else share)
        high += part.weight * (Decimal(1) if share is None else share)
    return (times(low, most) / total, times(high, most) / total) if total else (ZERO, ZERO)


def _share(value: Value) -> Decimal:
    """Give a value as a share; a word that stands in place of a number (``never``) is no part of it."""
    return ZERO if isinstance(value, str) else _number(value)


def _holds(case: Case, value: Value | None) -> bool | None:
    if value is None:
        return None
    if case.at_least is not None:
        return not isinstance(value, str) and _number(value) >= case.at_least
    return value == case.equals and isinstance(value, bool) == isinstance(case.equals, bool)


def _word(scale: Scale, word: str) -> Decimal:
    if isinstance(scale, Table):
        return scale.table[word]
    if isinstance(scale, YesNo | Best | Weighted):
        raise TypeError(f"{type(scale).__name__} does not price a word")
    return scale.words[word]


def _reaches(step: Step, value: Decimal) -> bool:
    if step.at_least is not None:
        return value >= step.at_least
    return step.at_most is not None and value <= step.at_most


def _number(value: Value) -> Decimal:
    return Decimal(int(value)) if isinstance(value, bool | int) else Decimal(value)
