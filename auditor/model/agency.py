"""Who is audited: groups, agencies, their sites, and the registry of all of them through time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from auditor.model.ids import AgencyId, GroupId

__all__ = ["Agency", "Group", "Registry", "Site", "SiteRole", "SiteRow", "merge"]


class SiteRole(StrEnum):
    """What an address is for."""

    PORTAL = "portal"
    SERVICES = "services"
    MAIL = "mail"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of agencies that are ranked among themselves."""

    id: GroupId
    title: str
    title_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency over one period; a code may have several, whose dates do not overlap. Both dates are included."""

    code: AgencyId
    name: str
    name_en: str
    group: GroupId
    valid_from: date | None = None
    valid_to: date | None = None
    successor: AgencyId | None = None
    emails: tuple[str, ...] = ()

    def valid_on(self, day: date) -> bool:
        """Tell whether this row holds on that day."""
        return _within(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One row of sites.csv: this agency answers for this address, in this role, over this period."""

    agency: AgencyId
    url: str
    role: SiteRole
    confirmed: bool
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Tell whether this row holds on that day."""
        return _within(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One address, visited once however many agencies it serves. ``roles`` and ``agencies`` are in the order of sites.csv."""

    url: str
    roles: tuple[SiteRole, ...]
    agencies: tuple[AgencyId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Groups, agencies and sites with their periods. Already checked: every code and group it names exists."""

    groups: tuple[Group, ...]
    agencies: tuple[Agency, ...]
    rows: tuple[SiteRow, ...]

    def agency(self, code: AgencyId, day: date) -> Agency | None:
        """Give the agency as it stood on a day, else its last row before that day, else its first; None if unknown."""
        known = [agency for agency in self.agencies if agency.code == code]
        valid = [agency for agency in known if agency.valid_on(day)]
        past = sorted((a for a in known if a.valid_to and a.valid_to < day), key=lambda a: a.valid_to or date.max)
        return valid[0] if valid else past[-1] if past else known[0] if known else None

    def agencies_on(self, day: date) -> tuple[Agency, ...]:
        """Give the agencies valid on a day, by code."""
        return tuple(sorted((a for a in self.agencies if a.valid_on(day)), key=lambda a: a.code))

    def sites_on(self, day: date, *, confirmed_only: bool = True) -> tuple[Site, ...]:
        """Give the sites of a day, each once, in the order of sites.csv."""
        rows = (r for r in self.rows if r.valid_on(day) and (r.confirmed or not confirmed_only))
        return merge(rows)

    def sites_of(self, code: AgencyId, day: date, roles: Iterable[SiteRole] | None = None) -> tuple[Site, ...]:
        """Give an agency's confirmed sites of a day in these roles (all roles by default), in the order of its rows."""
        wanted = frozenset(SiteRole) if roles is None else frozenset(roles)
        mine = [r.url for r in self.rows if r.agency == code and r.confirmed and r.valid_on(day) and r.role in wanted]
        sites = {site.url: site for site in self.sites_on(day)}
        return tuple(sites[url] for url in dict.fromkeys(mine))


def merge(rows: Iterable[SiteRow]) -> tuple[Site, ...]:
    """Join the rows of each address into one site."""
    by_url: dict[str, list[SiteRow]] = {}
    for row in rows:
        by_url.setdefault(row.url, []).append(row)
    return tuple(
        Site(
            url=url,
            roles=tuple(dict.fromkeys(row.role for row in group)),
            agencies=tuple(dict.fromkeys(row.agency for row in group)),
        )
        for url, group in by_url.items()
    )


def _within(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)
