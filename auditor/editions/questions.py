"""What a form asks an agency for, criterion by criterion, and how an answer is written and read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Context, Decimal

from auditor.model.agency import Agency
from auditor.model.declaration import Counts
from auditor.model.edition import Criterion, Edition
from auditor.model.figures import comma
from auditor.model.ids import CriterionId, MeasureId
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.labels import told_apart
from auditor.model.quantity import Quantity
from auditor.model.reading import Kind, Measure, Value
from auditor.model.zone import local_date

__all__ = ["NO", "YES", "Question", "Spoken", "claims", "day_of", "questions_of", "share_of", "shown"]

YES, NO = "Có", "Không"
_EXACT = Context(prec=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What people read of a criterion: how it is scored, the unit of its numbers, and its words as they are said."""

    scored: str = ""
    unit: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One criterion as a form asks for it. ``labels`` are the words that may be answered, each as it is shown.

    ``whole`` is the quantity that a share is counted of, ``part`` the one that is counted where the edition has it as a quantity.
    """

    criterion: Criterion
    measure: Measure
    scored: str
    unit: str
    labels: Mapping[str, str]
    proof: bool
    whole: Quantity | None = None
    part: Quantity | None = None

    @property
    def computed(self) -> bool:
        """Tell whether nothing is asked but quantities."""
        return self.part is not None


def day_of(edition: Edition, at: datetime) -> date:
    """Give the day whose groups count: this instant's, or the nearest on which the edition is law."""
    return edition.nearest(local_date(at))


def questions_of(
    edition: Edition, agency: Agency, day: date, measures: Mapping[MeasureId, Measure], spoken: Mapping[CriterionId, Spoken]
) -> tuple[Question, ...]:
    """Give what an agency is asked for on a day, in the edition's order: the criteria that concern it and take a declaration."""
    quantities = {quantity.id: quantity for quantity in edition.quantities}
    found = []
    for criterion in edition.on(day).criteria_of(agency.group):
        measure = declared_measure(criterion, measure_of(criterion, measures))
        if measure is None or not criterion.concerns(agency.code):
            continue
        said, counted = spoken.get(criterion.id, Spoken()), criterion.counted
        found.append(
            Question(
                criterion=criterion,
                measure=measure,
                scored=said.scored,
                unit=said.unit,
                labels=told_apart({word: said.words.get(word, word) for word in measure.words}),
                proof=edition.wants_proof(criterion),
                whole=quantities[counted.of] if counted else None,
                part=quantities[counted.part] if counted and counted.part else None,
            )
        )
    return tuple(found)


def shown(value: Value, question: Question) -> str | int:
    """Give a value as a form holds it: a label, a whole number, or a number with a comma."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, str):
        return question.labels.get(value, value)
    return comma(format(value, "f")) if isinstance(value, Decimal) else value


def share_of(counts: Counts) -> Decimal:
    """Give the share that two counts make."""
    return _EXACT.divide(Decimal(counts.part), Decimal(counts.whole))


def claims(value: Value, measure: Measure) -> bool:
    """Tell whether a value claims anything to prove: not "no", 0, the worst word of a list, or a word for no number."""
    if measure.kind is Kind.WORD:
        return len(measure.words) < 2 or value != measure.words[0]  # noqa: PLR2004 - a list has two
    return bool(value) and not isinstance(value, str)
