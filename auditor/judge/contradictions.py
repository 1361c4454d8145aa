"""PURE: what an agency declares and what is measured of it differ: the cases that this opens, and where they stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.model.codec import canonical_json
from auditor.model.council import Contradiction, ContradictionState, Opening
from auditor.model.evidence import Proof, digest_of
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.mark import Mark
from auditor.model.ranking import Ranking
from auditor.model.reading import Value

__all__ = ["as_seen", "difference", "openings"]

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_PRINT = 16


def difference(mark: Mark) -> str | None:
    """Give the print of the difference between both sides of a mark; None where they do not differ.

    It is the same while both values are, whatever night they were seen on.
    """
    if not mark.contradiction or mark.measured is None or mark.declared is None:
        return None
    sides = [_shape(mark.measured), _shape(mark.declared)]
    return digest_of(canonical_json(sides)).removeprefix("sha256:")[:_PRINT]


def openings(ranking: Ranking, known: Iterable[Contradiction], *, at: datetime, days: int) -> tuple[Opening, ...]:
    """Give the cases that a ranking opens: every difference that has none yet. They are to be answered within ``days``."""
    there = {(one.opening.agency, one.opening.criterion, one.opening.fingerprint) for one in known}
    deadline = at.astimezone(_VIETNAM).date() + timedelta(days=days)
    found = []
    for agency, mark in _marks(ranking):
        fingerprint = difference(mark)
        if fingerprint is None or (agency, mark.criterion, fingerprint) in there:
            continue
        assert mark.measured is not None
        assert mark.declared is not None
        measured, declared = _proofs(mark)
        found.append(
            Opening(
                agency=agency,
                edition=ranking.edition,
                criterion=mark.criterion,
                fingerprint=fingerprint,
                measured=mark.measured,
                declared=mark.declared,
                measured_proofs=measured,
                declared_proofs=declared,
                deadline=deadline,
                opened_at=at,
            )
        )
    return tuple(found)


def as_seen(cases: Iterable[Contradiction], ranking: Ranking) -> tuple[Contradiction, ...]:
    """Give cases as they stand beside a ranking: one that nobody decided and that no longer differs so is settled."""
    there: Mapping[tuple[AgencyId, CriterionId], str | None] = {
        (agency, mark.criterion): difference(mark) for agency, mark in _marks(ranking)
    }
    return tuple(
        replace(one, state=ContradictionState.SETTLED)
        if one.decision is None and there.get((one.opening.agency, one.opening.criterion)) != one.opening.fingerprint
        else one
        for one in cases
    )


def _marks(ranking: Ranking) -> Iterator[tuple[AgencyId, Mark]]:
    for group in ranking.groups:
        for row in (*group.rows, *group.unranked):
            for mark in row.marks:
                yield row.agency, mark


def _proofs(mark: Mark) -> tuple[tuple[Proof, ...], tuple[Proof, ...]]:
    """Part a mark's proofs: those of its readings, and the others, which are what was declared."""
    seen = tuple(dict.fromkeys(proof for record in mark.readings for proof in record.reading.evidence))
    return seen, tuple(proof for proof in mark.proofs if proof not in seen)


def _shape(value: Value) -> list[str]:
    """Give a value so that true, 1 and a share of 1 stay apart, and 0.50 is 0.5."""
    if isinstance(value, bool | str):
        return [type(value).__name__, str(value)]
    return ["number", format(value.normalize(), "f") if not isinstance(value, int) else str(value)]
