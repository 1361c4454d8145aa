"""A case: all that a judgement rests on, given as values. Judging it twice gives the same bytes."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar, cast

from auditor.model.agency import Agency, Registry, Site, SiteRole, SiteRow
from auditor.model.council import Explanation
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.edition import Criterion, Edition
from auditor.model.ids import AgencyId, CriterionId, Digest, GroupId, MeasureId, RunId
from auditor.model.mark import Side
from auditor.model.note import Note
from auditor.model.ranking import Ranking
from auditor.model.reading import Measure, ReadingRecord
from auditor.model.zone import VIETNAM, local_date

__all__ = ["Case"]


Term = tuple[datetime, datetime]
"""From this instant until just before that."""
_Made = TypeVar("_Made")
_NOTHING: Mapping[MeasureId, ReadingRecord | tuple[ReadingRecord, ...]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Case:
    """An edition, a registry, and everything known at one instant.

    ``records`` may hold any number of nights; those after ``as_of`` are not looked at. ``declarations_closed`` says whether
    what was not declared counts as the worst value, but for ``unasked`` criteria, which nobody could declare. ``told_by`` is
    until when declarations, appraisals and explanations count, where that is later than the as-of instant: a year's data end
    before the council has spoken of them. ``published`` is the ranking that was published before, for movement and, when
    ``alone`` is set (one agency probed by hand), for the group's best values.
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
    unasked: frozenset[CriterionId] = frozenset()
    told_by: datetime | None = None
    published: Ranking | None = None
    run: RunId | None = None
    ledger: Digest | None = None
    alone: AgencyId | None = None
    _answers: dict[tuple[AgencyId, str], tuple[Term, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _notes: dict[Hashable, Note] = field(default_factory=dict, init=False, repr=False, compare=False)
    _once: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def told(self) -> datetime:
        """Give until when what agencies and the council said counts."""
        return self.told_by or self.as_of

    def closed(self, criterion: CriterionId) -> bool:
        """Tell whether what was not declared of a criterion counts as the worst value."""
        return self.declarations_closed and criterion not in self.unasked

    @cached_property
    def day(self) -> date:
        """Give the day whose agencies are ranked: the as-of day, or the edition's last day when it has ended by then."""
        return self.edition.nearest(local_date(self.as_of))

    @cached_property
    def in_force(self) -> bool:
        """Tell whether the edition is law on the as-of day."""
        return self.edition.in_force(local_date(self.as_of))

    @cached_property
    def agencies(self) -> tuple[Agency, ...]:
        """Give the agencies to be ranked, by code."""
        if self.alone:
            found = self.registry.agency(self.alone, self.day)
            return (found,) if found else ()
        return self.registry.agencies_on(self.day)

    def agency(self, code: AgencyId) -> Agency | None:
        """Give an agency that is to be ranked."""
        found: dict[AgencyId, Agency] = self.once(("agencies",), lambda: {agency.code: agency for agency in self.agencies})
        return found.get(code)

    def members(self, group: GroupId) -> tuple[Agency, ...]:
        """Give the agencies of a group on the day, by code, also where one alone is judged."""
        return self._members.get(group, ())

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Give what was made under this key, made when it is first asked for: for what many marks rest on alike."""
        if key not in self._once:
            self._once[key] = make()
        return cast("_Made", self._once[key])

    def same(self, note: Note) -> Note:
        """Give the one note that says this: thousands of agencies have the same value for the same points."""
        plain = all(type(fact) is str for fact in note.facts.values())
        told = tuple(note.facts.items()) if plain else repr(note.facts)
        return self._notes.setdefault((note.key, note.text, told), note)

    def same_side(self, side: Side) -> Side:
        """Give the one side that says this, for the same reason as ``same``."""
        shared = replace(side, because=self.same(side.because))
        # By their texts, so that 0.5 and 0.50 stay what each of them is.
        key = ("side", str(side.low), str(side.high), id(shared.because), side.excluded)
        return self.once(key, lambda: shared)

    def criteria(self, group: GroupId) -> tuple[Criterion, ...]:
        """Give the criteria that a group owes on the day."""
        return self.once(("criteria", group), lambda: tuple(self._owed(group)))

    def _owed(self, group: GroupId) -> Iterator[Criterion]:
        yield from (criterion for criterion in self.edition.criteria_of(group) if criterion.valid_on(self.day))

    def sites(self, agency: AgencyId, roles: tuple[SiteRole, ...]) -> tuple[Site, ...]:
        """Give the agency's confirmed sites in these roles: as of the ranking's day, else as of now."""
        return self.once(("sites", agency, roles), lambda: self._sites(agency, roles))

    def _sites(self, agency: AgencyId, roles: Sequence[SiteRole]) -> tuple[Site, ...]:
        today = local_date(self.as_of)
        return self.registry.sites_of(agency, self.day, roles) or self.registry.sites_of(agency, today, roles)

    def of(self, measure: MeasureId, site: str, agency: AgencyId) -> Sequence[ReadingRecord]:
        """Give the readings of a measure on a site that speak for an agency, up to the as-of instant, oldest first.

        What was seen before the agency answered for the site speaks for whoever did then: a successor takes over the address, and
        not the evidence.
        """
        found = self._by_site.get(site, _NOTHING).get(measure)
        if found is None:
            return ()
        if isinstance(found, ReadingRecord):
            found = (found,)
        terms = self._terms_of(agency, site)
        start, end = terms[0]
        if len(terms) == 1 and start <= found[0].observed_at and found[-1].observed_at < end:
            for record in found:
                if record.agency is not None:
                    break
            else:
                return found
        return [
            record
            for record in found
            if record.agency in {None, agency} and any(start <= record.observed_at < end for start, end in terms)
        ]

    def terms(self) -> dict[str, list[tuple[Term, ...]]]:
        """Give of each site that is looked at from when until when it speaks for whom: the terms of each of its agencies.

        The others of a group are looked at as well where one agency alone is judged: it may be compared with them.
        """
        found: dict[str, list[tuple[Term, ...]]] = {}
        days, agencies = (self.day, local_date(self.as_of)), (*self.agencies, *self.registry.agencies_on(self.day))
        for code in dict.fromkeys(agency.code for agency in agencies):
            for url in dict.fromkeys(site.url for day in days for site in self.registry.sites_of(code, day)):
                found.setdefault(url, []).append(self._terms_of(code, url))
        return found

    def _terms_of(self, agency: AgencyId, site: str) -> tuple[Term, ...]:
        known = self._answers.get((agency, site))
        if known is None:
            known = self._answers[agency, site] = self._terms(agency, site)
        return known

    def _terms(self, agency: AgencyId, site: str) -> tuple[Term, ...]:
        """Give from when until when an agency has answered for a site.

        After the day whose agencies are ranked, what is seen of their sites is seen for them, whoever else has taken over since.
        """
        mine = self.registry.agencies_of(agency)
        rows = [row for row in self.registry.rows_of(agency) if row.url == site]
        both = (_overlap(one, other) for one in mine for other in rows)
        terms = sorted(term for term in both if term[0] < term[1])
        return _joined([*terms, (_until(self.day), _until(None))])

    def declared(self, agency: AgencyId, criterion: CriterionId) -> Declaration | None:
        """Give the declaration in effect: the last one imported."""
        return self._declared.get(agency, {}).get(criterion)

    def appraised(self, agency: AgencyId, criterion: CriterionId) -> Appraisal | None:
        """Give the council's value in effect: the last one decided."""
        return self._appraised.get((agency, criterion))

    def explained(self, agency: AgencyId, criterion: CriterionId) -> Explanation | None:
        """Give the explanation that was given last and has not run out; whether it is still of what is seen, the mark says."""
        found = self._explained.get((agency, criterion))
        today = local_date(self.told)
        return found if found is not None and today <= found.expires else None

    @cached_property
    def _members(self) -> dict[GroupId, tuple[Agency, ...]]:
        found: dict[GroupId, list[Agency]] = {}
        for agency in self.registry.agencies_on(self.day):
            found.setdefault(agency.group, []).append(agency)
        return {group: tuple(agencies) for group, agencies in found.items()}

    @cached_property
    def _by_site(self) -> dict[str, dict[MeasureId, ReadingRecord | tuple[ReadingRecord, ...]]]:
        """Give the readings of each site and measure: mostly one, which then stands by itself, for there are very many."""
        sites: dict[str, dict[MeasureId, ReadingRecord | tuple[ReadingRecord, ...]]] = {}
        several: dict[tuple[str, MeasureId], list[ReadingRecord]] = {}
        for record in self.records:
            if record.observed_at > self.as_of:
                continue
            first = sites.setdefault(record.site, {}).setdefault(record.reading.measure, record)
            if first is not record:
                assert isinstance(first, ReadingRecord)
                several.setdefault((record.site, record.reading.measure), [first]).append(record)
        for (site, measure), group in several.items():
            group.sort(key=lambda r: (r.observed_at, r.run, r.probe_version, r.agency or "", r.probe, r.known))
            sites[site][measure] = tuple(group)
        return sites

    @cached_property
    def _declared(self) -> dict[AgencyId, dict[CriterionId, Declaration]]:
        known = [d for d in self.declarations if d.edition == self.edition.id and d.imported_at <= self.told]
        known.sort(key=lambda d: (d.imported_at, d.proof.digest, str(d.value)))
        found: dict[AgencyId, dict[CriterionId, Declaration]] = {}
        for declaration in known:
            found.setdefault(declaration.agency, {})[declaration.criterion] = declaration
        return found

    @cached_property
    def _appraised(self) -> dict[tuple[AgencyId, CriterionId], Appraisal]:
        known = [a for a in self.appraisals if a.edition == self.edition.id and a.decided_at <= self.told]
        known.sort(key=lambda a: (a.decided_at, a.document, a.person, a.reason, str(a.value)))
        return {(a.agency, a.criterion): a for a in known}

    @cached_property
    def _explained(self) -> dict[tuple[AgencyId, CriterionId], Explanation]:
        known = [e for e in self.explanations if e.edition == self.edition.id and e.given_at <= self.told]
        known.sort(key=lambda e: (e.given_at, e.fingerprint))
        return {(e.agency, e.criterion): e for e in known}


def _joined(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Join terms, in order of their starts, that leave no time between them."""
    found: list[Term] = []
    for start, end in terms:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _overlap(one: Agency | SiteRow, other: Agency | SiteRow) -> Term:
    starts = [_from(row.valid_from) for row in (one, other)]
    ends = [_until(row.valid_to) for row in (one, other)]
    return max(starts), min(ends)


def _from(day: date | None) -> datetime:
    return datetime.combine(day, time.min, VIETNAM) if day else datetime.min.replace(tzinfo=UTC)


def _until(day: date | None) -> datetime:
    """Give the first instant after a day."""
    return datetime.combine(day + timedelta(days=1), time.min, VIETNAM) if day else datetime.max.replace(tzinfo=UTC)
