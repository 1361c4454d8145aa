"""Letters of the council to an agency, as values: its result of a year, and contradictions that it is asked to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from auditor.model.agency import Agency
from auditor.model.council import Contradiction, Opening, PeriodStep
from auditor.model.edition import Edition
from auditor.model.ids import AgencyId, EditionId, MeasureId
from auditor.model.period import Period
from auditor.model.ranking import Standing
from auditor.model.reading import Measure

__all__ = ["ContradictionLetter", "CouncilLetter", "ResultLetter", "letter_of"]


@dataclass(frozen=True, kw_only=True)
class _Common:
    """``agency`` is whom it is about; ``to`` the addresses, its successor's when it has merged."""

    agency: Agency
    to: tuple[str, ...]
    at: datetime
    language: str
    edition: Edition
    measures: Mapping[MeasureId, Measure]
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class ResultLetter(_Common):
    """An agency's draft or published result. ``ranked`` is how many of its group have a rank."""

    period: Period
    step: PeriodStep
    standing: Standing
    ranked: int

    @property
    def key(self) -> str:
        """Name what is told, once and for all."""
        return f"result/{self.period.id}/{self.step.state.value}/{self.agency.code}"


@dataclass(frozen=True, kw_only=True)
class ContradictionLetter(_Common):
    """Contradictions of an agency that were opened together."""

    cases: tuple[Contradiction, ...]

    @property
    def key(self) -> str:
        """Name what is told, once and for all."""
        return _contradiction_key(self.edition.id, self.at, self.agency.code)


def letter_of(opening: Opening) -> str:
    """Give the key of the letter that tells an agency of a contradiction."""
    return _contradiction_key(opening.edition, opening.opened_at, opening.agency)


def _contradiction_key(edition: EditionId, at: datetime, agency: AgencyId) -> str:
    return f"contradiction/{edition}/{at:%Y%m%dT%H%M%S.%f}/{agency}"


CouncilLetter = ResultLetter | ContradictionLetter
