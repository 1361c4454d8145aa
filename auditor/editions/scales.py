"""Reads a scale: ``scale = { table = { present = "2", … } }``, one shape a criterion."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from auditor.editions.fields import Fields
from auditor.errors import nearest
from auditor.model.ids import MeasureId
from auditor.model.scale import (
    Best,
    Case,
    Count,
    Fraction,
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

__all__ = ["read_scale"]


def read_scale(fields: Fields) -> Scale:
    """Read the ``scale`` of a criterion; what is wrong is noted, and then a scale that gives nothing stands in."""
    outer = Fields(fields.raw("scale") or {}, fields.file, fields.place, fields.problems)
    given = [name for name in outer.names() if name in _SHAPES]
    if len(given) != 1 or len(outer.names()) != 1:
        unknown = next((name for name in outer.names() if name not in _SHAPES), None)
        near = f': unknown shape "{unknown}"{nearest(unknown, _SHAPES)}' if unknown else ""
        fields.problem(f"scale must have exactly one shape of {', '.join(_SHAPES)}{near}")
        return YesNo(yes=Decimal(0))
    inner = Fields(outer.raw(given[0]), fields.file, f"{fields.place}: scale {given[0]}", fields.problems)
    scale = _SHAPES[given[0]](inner)
    inner.done()
    return scale


def _prices(fields: Fields, key: str) -> Mapping[str, Decimal]:
    """Read a table of words and points."""
    return MappingProxyType(fields.numbers(key))


def _table(fields: Fields) -> Table:
    return Table(table=MappingProxyType({word: fields.number(word) for word in fields.names()}))


def _steps(fields: Fields) -> Steps:
    steps = []
    for number, entry in enumerate(fields.tables("steps"), 1):
        inner = Fields(entry, fields.file, f"{fields.place}: step {number}", fields.problems)
        bounds = [name for name in ("at_least", "at_most") if inner.has(name)]
        if len(bounds) != 1:
            inner.problem('needs exactly one of "at_least" and "at_most"')
        steps.append(
            Step(
                points=inner.number("points"),
                at_least=inner.number("at_least") if inner.has("at_least") else None,
                at_most=inner.number("at_most") if inner.has("at_most") else None,
            )
        )
        inner.done()
    if not steps:
        fields.problem("has no steps")
    return Steps(steps=tuple(steps), otherwise=fields.number("otherwise", Decimal(0)), words=_prices(fields, "words"))


def _best(fields: Fields) -> Best:
    cases = []
    for number, entry in enumerate(fields.tables("cases"), 1):
        inner = Fields(entry, fields.file, f"{fields.place}: case {number}", fields.problems)
        equals = inner.raw("equals")
        if isinstance(equals, bool | str) == inner.has("at_least"):
            inner.problem('needs exactly one of "equals" (true, false or a word) and "at_least"')
        cases.append(
            Case(
                measure=MeasureId(inner.text("measure")),
                points=inner.number("points"),
                equals=equals if isinstance(equals, bool | str) else None,
                at_least=inner.number("at_least") if inner.has("at_least") else None,
            )
        )
        inner.done()
    if not cases:
        fields.problem("has no cases")
    return Best(cases=tuple(cases))


def _weighted(fields: Fields) -> Weighted:
    parts = []
    for number, entry in enumerate(fields.tables("fractions"), 1):
        inner = Fields(entry, fields.file, f"{fields.place}: fraction {number}", fields.problems)
        parts.append(Fraction(measure=MeasureId(inner.text("measure")), weight=inner.number("weight")))
        if parts[-1].weight <= 0:
            inner.problem('"weight" must be more than 0')
        inner.done()
    if not parts:
        fields.problem("has no fractions")
    return Weighted(fractions=tuple(parts))


def _piecewise(fields: Fields) -> Piecewise:
    scale = Piecewise(floor=fields.number("floor"), norm=fields.number("norm"), words=_prices(fields, "words"))
    if not 0 <= scale.floor <= scale.norm or scale.norm == 0:
        fields.problem("needs 0 ≤ floor ≤ norm, and a norm above 0")
    return scale


_SHAPES: Mapping[str, Callable[[Fields], Scale]] = {
    "yes_no": lambda fields: YesNo(yes=fields.number("yes"), no=fields.number("no", Decimal(0))),
    "ratio": lambda fields: Ratio(words=_prices(fields, "words")),
    "steps": _steps,
    "piecewise": _piecewise,
    "relative": lambda fields: Relative(words=_prices(fields, "words")),
    "count": lambda fields: Count(each=fields.number("each"), words=_prices(fields, "words")),
    "best": _best,
    "weighted": _weighted,
    "table": _table,
    "penalty": lambda fields: Penalty(each=fields.number("each"), most=fields.number("most"), words=_prices(fields, "words")),
}
