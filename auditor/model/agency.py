"""Who is audited: groups, agencies, their sites, and the registry of all of them through time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from auditor.model.ids import AgencyId, GroupId

__all__ = ["Agency", "Group", "Registry", "Site", "SiteRole", "SiteRow", "merge"]

_Row = TypeVar("_Row")
_Key = TypeVar("_Key")


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


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Groups, agencies and sites with their periods. Already checked: every code and group it names exists.

    An agency that ends may name the one that takes over its duties: several may name the same, and one that is abolished names
    none. A successor is an agency of its own, and answers for nothing of before.
    """

    groups: tuple[Group, ...]
    agencies: tuple[Agency, ...]
    rows: tuple[SiteRow, ...]

    def agency(self, code: AgencyId, day: date) -> Agency | None:
        """Give the agency as it stood on a day, else its last row before that day, else its first; None if unknown."""
        known = self.agencies_of(code)
        valid = [agency for agency in known if agency.valid_on(day)]
        past = sorted((a for a in known if a.valid_to and a.valid_to < day), key=lambda a: a.valid_to or date.max)
        return valid[0] if valid else past[-1] if past else known[0] if known else None

    def agencies_of(self, code: AgencyId) -> tuple[Agency, ...]:
        """Give every row of a code, in the order of agencies.csv."""
        return self._agencies.get(code, ())

    def successor(self, code: AgencyId, day: date) -> Agency | None:
        """Give who has an agency's duties on a day, through however many mergers; None while it lasts or if nobody has."""
        seen: set[AgencyId] = set()
        found = self.agency(code, day)
        while found is not None and not found.valid_on(day):
            ended = found.valid_to is not None and found.valid_to < day
            if not ended or found.successor is None or found.code in seen:
                return None
            seen.add(found.code)
            found = self.agency(found.successor, day)
        return found if found is not None and found.code != code else None

    def predecessors(self, code: AgencyId, day: date) -> tuple[Agency, ...]:
        """Give the agencies that had merged into this one by a day, each as it stood last, by code."""
        ended = (a for a in self.agencies if a.successor == code and a.valid_to is not None and a.valid_to < day)
        return tuple(sorted(ended, key=lambda a: (a.code, a.valid_to or date.max)))

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
        mine = [r.url for r in self.rows_of(code) if r.confirmed and r.valid_on(day) and r.role in wanted]
        rows = (r for url in dict.fromkeys(mine) for r in self._by_url[url] if r.confirmed and r.valid_on(day))
        return merge(rows)

    def taken_over(self, url: str, day: date) -> date | None:
        """Give since when those who answer for a site on a day have done so, if others did before; None if nobody did."""
        rows = [row for row in self._by_url.get(url, ()) if row.valid_on(day)]
        starts = [row.valid_from for row in rows if row.valid_from]
        if not rows or len(starts) < len(rows):
            return None
        now, first = {row.agency for row in rows}, min(starts)
        before = (row for row in self._by_url[url] if row.agency not in now)
        return first if any(row.valid_to is not None and row.valid_to < first for row in before) else None

    def rows_of(self, code: AgencyId) -> tuple[SiteRow, ...]:
        """Give every row of sites.csv of an agency, in their order."""
        return self._rows.get(code, ())

    @cached_property
    def _agencies(self) -> dict[AgencyId, tuple[Agency, ...]]:
        return _grouped(self.agencies, lambda agency: agency.code)

    @cached_property
    def _rows(self) -> dict[AgencyId, tuple[SiteRow, ...]]:
        return _grouped(self.rows, lambda row: row.agency)

    @cached_property
    def _by_url(self) -> dict[str, tuple[SiteRow, ...]]:
        return _grouped(self.rows, lambda row: row.url)


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


def _grouped(rows: Iterable[_Row], key: Callable[[_Row], _Key]) -> dict[_Key, tuple[_Row, ...]]:
    found: dict[_Key, list[_Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return {name: tuple(group) for name, group in found.items()}


def _within(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)
