"""A criterion's scale and a mark's reason, in words: how a value becomes points."""

from decimal import Decimal
from typing import assert_never

from auditor.model.edition import Criterion
from auditor.model.kinds import appraised_measure, declared_measure
from auditor.model.mark import Mark
from auditor.model.reading import Kind, Measure, Value
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
from reports.words import Words

__all__ = ["because", "price_list"]


def because(mark: Mark, criterion: Criterion, measure: Measure | None, words: Words) -> str:
    """Say why a mark is what it is, its values as people say them."""
    told, note = declared_measure(criterion, measure), mark.because
    sides = {  # in words already: a word that looks like a number stays one
        "value": _value_in(mark, criterion, measure, words),
        "measured": None if mark.measured is None else words.value(mark.measured, measure),
        "declared": None if mark.declared is None else words.value(mark.declared, told),
    }
    return words.say(note, criterion.measure, {name: said for name, said in sides.items() if said})


def _value_in(mark: Mark, criterion: Criterion, measure: Measure | None, words: Words) -> str | None:
    """Say the value that a mark's sentence speaks of; a sentence with a formula keeps its number."""
    values = {
        "mark.priced": (mark.measured, measure),
        "mark.stale": (mark.measured, measure),
        "mark.declared": (mark.declared, declared_measure(criterion, measure)),
        "mark.appraised": (mark.appraised, appraised_measure(criterion, measure)),
        "mark.appraised_open": (mark.appraised, appraised_measure(criterion, measure)),
    }
    value, kind = values.get(mark.because.key, (None, None))
    return None if value is None else words.value(value, kind)


def price_list(criterion: Criterion, measure: Measure | None, words: Words) -> str:
    """Say what every value of a criterion is worth; ``measure`` is the kind of its value."""
    scale, most = criterion.scale, words.exact(criterion.max_points)
    priced = _words_of(scale)
    parts = [_main(scale, most, measure, words)] if not isinstance(scale, Table) else []
    parts += [
        words.text("scale.word", word=words.value(word, measure), points=words.exact(points)) for word, points in priced.items()
    ]
    return "; ".join(part for part in parts if part)


def _words_of(scale: Scale) -> dict[str, Decimal]:
    if isinstance(scale, Table):
        return dict(scale.table)
    return {} if isinstance(scale, YesNo | Best | Weighted) else dict(scale.words)


def _main(scale: Scale, most: str, measure: Measure | None, words: Words) -> str:  # noqa: PLR0911 - one case a scale
    match scale:
        case YesNo():
            return words.text("scale.yes_no", yes=words.exact(scale.yes), no=words.exact(scale.no))
        case Ratio():
            return words.text("scale.ratio", max=most)
        case Steps():
            return "; ".join([*(_step(step, measure, words) for step in scale.steps), _otherwise(scale, words)])
        case Piecewise():
            norm, floor = words.value(scale.norm, measure), words.value(scale.floor, measure)
            return words.text("scale.piecewise", norm=norm, floor=floor, max=most)
        case Relative():
            return words.text("scale.relative", max=most)
        case Count():
            return words.text("scale.count", each=words.exact(scale.each), max=most)
        case Best():
            return words.text("scale.best", cases="; ".join(_case(case, words) for case in scale.cases))
        case Weighted():
            parts = (
                words.text("scale.weight", measure=words.measure(part.measure), weight=words.exact(part.weight))
                for part in scale.fractions
            )
            return words.text("scale.weighted", fractions=" + ".join(parts), max=most)
        case Penalty():
            return words.text("scale.penalty", each=words.exact(scale.each), most=words.exact(scale.most))
        case Table():
            return ""
        case _:
            assert_never(scale)


def _step(step: Step, measure: Measure | None, words: Words) -> str:
    if step.at_least is not None:
        return words.text("scale.at_least", bound=_bound(step.at_least, measure, words), points=words.exact(step.points))
    bound = _bound(step.at_most or Decimal(0), measure, words)
    return words.text("scale.at_most", bound=bound, points=words.exact(step.points))


def _bound(bound: Decimal, measure: Measure | None, words: Words) -> str:
    whole = measure is not None and measure.kind in {Kind.DAYS, Kind.COUNT} and bound == bound.to_integral_value()
    return words.value(int(bound) if whole else bound, measure)


def _otherwise(scale: Steps, words: Words) -> str:
    return words.text("scale.otherwise", points=words.exact(scale.otherwise))


def _case(case: Case, words: Words) -> str:
    wanted: Value = case.equals if case.equals is not None else True
    # A case knows its measure by name only; its words need no more.
    measure = Measure(id=case.measure, kind=Kind.WORD, meaning="")
    shown = f"≥ {words.exact(case.at_least)}" if case.at_least is not None else words.value(wanted, measure)
    return f"{words.measure(case.measure)} – {words.text('scale.word', word=shown, points=words.exact(case.points))}"
