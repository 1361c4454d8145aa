"""A case: all that a judgement rests on, given as values. Judging it twice gives the same bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from auditor.model.agency import Agency, Registry, Site, SiteRole
from auditor.model.council import Explanation
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.edition import Criterion, Edition
from auditor.model.ids import AgencyId, CriterionId, Digest, GroupId, MeasureId, RunId
from auditor.model.ranking import Ranking
from auditor.model.reading import Measure, ReadingRecord

__all__ = ["Case"]

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, kw_only=True)
class Case:
    """An edition, a registry, and everything known at one instant.

    ``records`` may hold any number of nights; those after ``as_of`` are not looked at. ``declarations_closed`` says whether what
    was not declared counts as the worst value. ``told_by`` is until when declarations, appraisals and explanations count, where
    that is later than the as-of instant: a year's data end before the council has spoken of them. ``published`` is the ranking
    that was published before, for movement and, when ``alone`` is set (one agency probed by hand), for the group's best values.
    """

    edition: Edition
    registry: Registry
    measures: Mapping[MeasureId, Measure]
    as_of: datetime
    records: Sequence[ReadingRecord] = ()
    declarations: Sequence[Declaration] = ()
    appraisals: Sequence[Appraisal] = ()
    explanations: Sequence[Explanation] = ()
    declarations_closed: bool = False
    told_by: datetime | None = None
    published: Ranking | None = None
    run: RunId | None = None
    ledger: Digest | None = None
    alone: AgencyId | None = None
    _empty: tuple[ReadingRecord, ...] = field(default=(), repr=False)

    @property
    def told(self) -> datetime:
        """Give until when what agencies and the council said counts."""
        return self.told_by or self.as_of

    @cached_property
    def day(self) -> date:
        """Give the day whose agencies are ranked: the as-of day, or the edition's last day when it has ended by then."""
        return self.edition.nearest(self.as_of.astimezone(_VIETNAM).date())

    @cached_property
    def in_force(self) -> bool:
        """Tell whether the edition is law on the as-of day."""
        return self.edition.in_force(self.as_of.astimezone(_VIETNAM).date())

    @cached_property
    def agencies(self) -> tuple[Agency, ...]:
        """Give the agencies to be ranked, by code."""
        if self.alone:
            found = self.registry.agency(self.alone, self.day)
            return (found,) if found else ()
        return self.registry.agencies_on(self.day)

    def criteria(self, group: GroupId) -> tuple[Criterion, ...]:
        """Give the criteria that a group owes on the day."""
        return tuple(criterion for criterion in self.edition.criteria_of(group) if criterion.valid_on(self.day))

    def sites(self, agency: AgencyId, roles: Sequence[SiteRole]) -> tuple[Site, ...]:
        """Give the agency's confirmed sites in these roles: as of the ranking's day, else as of now."""
        today = self.as_of.astimezone(_VIETNAM).date()
        return self.registry.sites_of(agency, self.day, roles) or self.registry.sites_of(agency, today, roles)

    def of(self, measure: MeasureId, site: str, agency: AgencyId) -> tuple[ReadingRecord, ...]:
        """Give the readings of a measure on a site that speak for an agency, up to the as-of instant, oldest first."""
        return tuple(record for record in self._by_place.get((measure, site), self._empty) if record.agency in {None, agency})

    def declared(self, agency: AgencyId, criterion: CriterionId) -> Declaration | None:
        """Give the declaration in effect: the last one imported."""
        return self._declared.get((agency, criterion))

    def appraised(self, agency: AgencyId, criterion: CriterionId) -> Appraisal | None:
        """Give the council's value in effect: the last one decided."""
        return self._appraised.get((agency, criterion))

    def explained(self, agency: AgencyId, criterion: CriterionId) -> Explanation | None:
        """Give the explanation that was given last and has not run out; whether it is still of what is seen, the mark says."""
        found = self._explained.get((agency, criterion))
        today = self.told.astimezone(_VIETNAM).date()
        return found if found is not None and today <= found.expires else None

    @cached_property
    def _by_place(self) -> dict[tuple[MeasureId, str], tuple[ReadingRecord, ...]]:
        places: dict[tuple[MeasureId, str], list[ReadingRecord]] = {}
        for record in self.records:
            if record.observed_at <= self.as_of:
                places.setdefault((record.reading.measure, record.site), []).append(record)
        return {key: tuple(sorted(group, key=lambda r: (r.observed_at, r.run, r.probe_version))) for key, group in places.items()}

    @cached_property
    def _declared(self) -> dict[tuple[AgencyId, CriterionId], Declaration]:
        known = [d for d in self.declarations if d.edition == self.edition.id and d.imported_at <= self.told]
        known.sort(key=lambda d: (d.imported_at, d.proof.digest))
        return {(d.agency, d.criterion): d for d in known}

    @cached_property
    def _appraised(self) -> dict[tuple[AgencyId, CriterionId], Appraisal]:
        known = [a for a in self.appraisals if a.edition == self.edition.id and a.decided_at <= self.told]
        known.sort(key=lambda a: (a.decided_at, a.document))
        return {(a.agency, a.criterion): a for a in known}

    @cached_property
    def _explained(self) -> dict[tuple[AgencyId, CriterionId], Explanation]:
        known = [e for e in self.explanations if e.edition == self.edition.id and e.given_at <= self.told]
        known.sort(key=lambda e: (e.given_at, e.fingerprint))
        return {(e.agency, e.criterion): e for e in known}
