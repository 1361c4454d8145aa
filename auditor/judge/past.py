"""Which of all the readings ever published a judgement rests on. Pure.

A year of nights has millions of them, and few still tell anything: of a measure on a site the last value, and where the last
visits failed, since when and for whose fault. What is chosen here gives the same judgement as everything would, to the byte.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from auditor.judge.case import Case
from auditor.judge.chosen import SERIES
from auditor.model.edition import Take
from auditor.model.ids import MeasureId
from auditor.model.reading import Reading, Unavailable
from auditor.model.visit import Blame

__all__ = ["GOOD", "Glimpse", "Past", "answer_of", "open_since", "past_of", "telling"]

GOOD = ""
"""What a reading says that is none of a failed visit; of one that is, the blame stands in its place."""
_ENDS = {GOOD, Blame.OURS.value}
"""What ends the count of a failure: a value, or a night on which we could not look."""


class Glimpse(NamedTuple):
    """A reading as far as must be known to choose: its row, whose it is (empty for the site's), what it says, and when."""

    row: int
    agency: str
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a judgement asks of the past.

    Only these ``measures`` count, on the sites of ``starts``. ``whole`` are measures of which every value ``since`` that
    instant counts, ``series`` such of which one that was made of all samples stands for the rest. ``starts`` says from when on
    a site speaks for somebody else, and of what is ``broken`` up (an agency that lost a site and has it again) all counts.
    """

    measures: frozenset[MeasureId]
    whole: frozenset[MeasureId]
    series: frozenset[MeasureId]
    since: datetime
    starts: Mapping[str, tuple[datetime, ...]]
    broken: frozenset[str]


def answer_of(reading: Reading) -> str:
    """Give what a reading says as far as that is asked here: ``GOOD``, or the blame of the visit that failed."""
    return reading.cause.blame.value if isinstance(reading, Unavailable) else GOOD


def past_of(case: Case) -> Past:
    """Give what this case, whose readings are not there yet, asks of the past."""
    criteria = case.edition.criteria
    measures = frozenset(chain.from_iterable(criterion.measures for criterion in criteria))
    whole = frozenset(chain.from_iterable(one.measures for one in criteria if one.take is not Take.LAST)) - {SERIES}
    terms = case.terms()
    return Past(
        measures=measures,
        whole=whole,
        series=measures & {SERIES},
        since=case.as_of - case.edition.window,
        starts={site: tuple(sorted({term[0] for each in found for term in each})) for site, found in terms.items()},
        broken=frozenset(site for site, found in terms.items() if any(len(each) > 1 for each in found)),
    )


def open_since(newest: Collection[Glimpse], starts: Iterable[datetime]) -> datetime | None:
    """Say from when on all rows must be looked at, given the newest of each agency and answer; None if those are enough.

    They are where the last reading counts no failure, for everybody who is told of the site.
    """
    found = [end for view in _views(newest) for start in starts if (end := _open_end(view, start)) is not None]
    return min(found, default=None)


def telling(rows: Sequence[Glimpse], newest: Collection[Glimpse], starts: Sequence[datetime]) -> set[int]:
    """Choose among a measure's rows on a site: the newest of each answer, and where failures are counted the first of each.

    ``rows`` are all since ``open_since``. A failure is counted from its first night, and whatever stands between that and the
    last value is of weight: so the first row of each answer is kept, after the last value or night of ours.
    """
    kept = {glimpse.row for glimpse in newest}
    if not rows:
        return kept
    views = zip(_views(newest), _views_of(rows, newest), strict=True)
    for view, mine in views:
        for start in starts:
            end = _open_end(view, start)
            if end is not None:
                kept |= _firsts(glimpse for glimpse in mine if glimpse.at >= start and (glimpse.at > end or end == start))
    return kept


def _open_end(view: Sequence[Glimpse], start: datetime) -> datetime | None:
    """Give the last end of a count after ``start``, or the start itself; None where the last reading is such an end."""
    if max(view, key=lambda glimpse: glimpse.at).answer in _ENDS:
        return None
    return max((glimpse.at for glimpse in view if glimpse.answer in _ENDS and glimpse.at >= start), default=start)


def _firsts(rows: Iterable[Glimpse]) -> set[int]:
    first: dict[str, Glimpse] = {}
    for glimpse in rows:
        known = first.get(glimpse.answer)
        if known is None or glimpse.at < known.at:
            first[glimpse.answer] = glimpse
    return {glimpse.row for glimpse in first.values()}


def _views(newest: Collection[Glimpse]) -> list[list[Glimpse]]:
    """Give what each agency sees: its own rows and the site's."""
    return [_seen_by(agency, newest) for agency in _agencies(newest)]


def _views_of(rows: Sequence[Glimpse], newest: Collection[Glimpse]) -> Iterator[list[Glimpse]]:
    return (_seen_by(agency, rows) for agency in _agencies(newest))


def _agencies(newest: Collection[Glimpse]) -> list[str]:
    return sorted({glimpse.agency for glimpse in newest})


def _seen_by(agency: str, rows: Iterable[Glimpse]) -> list[Glimpse]:
    return [glimpse for glimpse in rows if glimpse.agency in {"", agency}]
