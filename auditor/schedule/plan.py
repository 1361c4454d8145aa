"""Which visits are due: PURE. Every confirmed site once for each probe that looks at such a site."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from auditor.model.agency import Registry, Site, SiteRow, merge
from auditor.model.ids import AgencyId, GroupId, RunId
from auditor.model.visit import Visit
from auditor.sdk.catalogue import Catalogue
from auditor.sdk.probe import AnyProbe

__all__ = ["Due", "group_agencies", "left_out", "plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A visit that is due: which probe looks at which site, and which derived probes read what it saw."""

    visit: Visit
    site: Site
    probe: AnyProbe
    derived: tuple[AnyProbe, ...] = ()


def plan(
    registry: Registry,
    catalogue: Catalogue,
    *,
    run: RunId,
    days: Collection[date],
    agencies: Collection[AgencyId] | None = None,
    probes: Collection[str] | None = None,
    sites: Collection[str] | None = None,
    confirmed_only: bool = True,
) -> tuple[Due, ...]:
    """Give every visit of a run, site by site in the order of sites.csv, the probes of a site in the catalogue's order.

    ``days`` are the days whose sites count (today, and the ranking's day); ``agencies``, ``probes`` and ``sites`` narrow it;
    naming a derived probe brings in the one that it reads.
    """
    chosen = _chosen(catalogue, probes)
    due = []
    for site in _sites(registry, days, agencies, confirmed_only=confirmed_only):
        if sites is not None and site.url not in sites:
            continue
        for probe, derived in chosen:
            readers = tuple(reader for reader in derived if reader.roles & set(site.roles))
            if probe.roles & set(site.roles) and (readers or not derived):
                visit = Visit(run=run, probe=probe.id, site=site.url)
                due.append(Due(visit=visit, site=site, probe=probe, derived=readers))
    return tuple(due)


def left_out(registry: Registry, day: date) -> tuple[str, ...]:
    """Give the sites of a day that nobody confirmed: a night leaves them out and says so."""
    return tuple(sorted({row.url for row in registry.rows if row.valid_on(day) and not row.confirmed}))


def group_agencies(registry: Registry, group: GroupId, days: Collection[date]) -> frozenset[AgencyId]:
    """Give the codes of a group's agencies on any of these days."""
    return frozenset(a.code for a in registry.agencies if a.group == group and any(a.valid_on(day) for day in days))


def _sites(
    registry: Registry, days: Collection[date], agencies: Collection[AgencyId] | None, *, confirmed_only: bool
) -> tuple[Site, ...]:
    """Join each address's rows of these days; with agencies given, sites that serve none of them stay out."""
    rows: Iterable[SiteRow] = (
        row for row in registry.rows if any(row.valid_on(day) for day in days) and (row.confirmed or not confirmed_only)
    )
    return tuple(site for site in merge(rows) if agencies is None or set(site.agencies) & set(agencies))


def _chosen(catalogue: Catalogue, probes: Collection[str] | None) -> list[tuple[AnyProbe, tuple[AnyProbe, ...]]]:
    wanted = None if probes is None else {catalogue.probe(name).id for name in probes}
    found = []
    for probe in catalogue.probes.values():
        readers = tuple(other for other in catalogue.probes.values() if probe.id in other.reads)
        if probe.look is None:
            continue
        if wanted is None or probe.id in wanted:
            found.append((probe, readers if wanted is None else tuple(r for r in readers if r.id in wanted) or readers))
        elif any(reader.id in wanted for reader in readers):
            found.append((probe, tuple(reader for reader in readers if reader.id in wanted)))
    return found
