"""How marks and readings came out, in the few words that every report uses."""

from decimal import Decimal

from auditor.model.edition import Criterion
from auditor.model.edition import Source as Rule
from auditor.model.evidence import Proof
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.ranking import Standing
from auditor.model.reading import Measured, NotApplicable, ReadingRecord, Unavailable
from auditor.model.scale import Relative
from auditor.model.visit import Blame, Cause
from reports.numbers import shown
from reports.view import Source, local_day, notices
from reports.words import Words

__all__ = [
    "mark_proofs",
    "notice_texts",
    "outcome_text",
    "owes_remedy",
    "pending_points",
    "side_points",
    "state_of",
    "value_of",
    "waits_for_others",
]


def state_of(mark: Mark) -> str:
    """Name how a mark came out, in one word."""
    match mark:
        case Points():
            return "full" if mark.points >= mark.max else "part" if mark.points > 0 else "none"
        case Pending():
            return "pending"
        case Excluded():
            return "excluded"


def owes_remedy(mark: Mark, criterion: Criterion) -> bool:
    """Tell whether there is something to mend: points are missing, or are not determined by what the agency does."""
    if waits_for_others(mark, criterion):
        return False
    if isinstance(mark, Pending):
        return mark.cause.blame in {Blame.THEIRS, Blame.REFUSING} or mark.cause is Cause.NOT_DECLARED
    return isinstance(mark, Points) and mark.points < criterion.max_points


def waits_for_others(mark: Mark, criterion: Criterion) -> bool:
    """Tell whether only the rest of the group is open: then the cause is not this agency's."""
    own = mark.declared if mark.source is Rule.DECLARED else mark.measured
    own = own if mark.appraised is None else mark.appraised
    return isinstance(mark, Pending) and isinstance(criterion.scale, Relative) and own is not None


def side_points(mark: Mark) -> tuple[Decimal | None, Decimal | None]:
    """Give what the measured and the declared side come to by themselves, None where one is open, not owed, or was not told."""
    if mark.seen is None and mark.told is None:
        only = mark.points if isinstance(mark, Points) else None
        seen, told = (None, only) if mark.source is Rule.DECLARED else (only, None)
    else:
        seen, told = (side.points if side else None for side in (mark.seen, mark.told))
    return seen, None if mark.declared is None else told


def pending_points(standing: Standing) -> Decimal:
    """Give the points that are pending: the sum of the pending marks' max, each as shown."""
    return sum((shown(mark.max) for mark in standing.marks if isinstance(mark, Pending)), Decimal(0))


def notice_texts(source: Source, words: Words) -> tuple[str, ...]:
    """Say what must be known first, a sentence or two each."""
    return tuple(
        f"{words.text(f'notice.{found.key}.title')}. {words.text(f'notice.{found.key}.text', **found.facts)}"
        for found in notices(source)
    )


def mark_proofs(mark: Mark) -> tuple[Proof, ...]:
    """Give every proof of a mark, those of its readings among them, each once."""
    return tuple(dict.fromkeys((*mark.proofs, *(proof for record in mark.readings for proof in record.reading.evidence))))


def value_of(source: Source, record: ReadingRecord, words: Words) -> str:
    """Say a reading's value, with the date a freshness counts from; empty when there is none."""
    reading = record.reading
    if not isinstance(reading, Measured):
        return ""
    said = words.value(reading.value, source.measures.get(reading.measure))
    return words.text("value_newest", value=said, day=local_day(reading.newest)) if reading.newest else said


def outcome_text(record: ReadingRecord, words: Words) -> str:
    """Say how a reading came out: measured, not applicable, or why there is none."""
    match record.reading:
        case Measured():
            return words.term("outcome", "measured")
        case NotApplicable():
            return words.term("outcome", "not_applicable")
        case Unavailable(cause=cause):
            return words.cause(cause)
