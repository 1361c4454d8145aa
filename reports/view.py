"""PURE: all that a report is made of, and the questions every report asks of it."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from auditor.model.agency import Agency, Registry
from auditor.model.declaration import Declaration
from auditor.model.edition import Area, Criterion, Edition
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, AreaId, CriterionId, Digest, MeasureId
from auditor.model.letterhead import Letterhead
from auditor.model.ranking import Fix, Ranking, Standing
from auditor.model.reading import Measure, ReadingRecord
from auditor.model.uptime import SiteUptime
from auditor.model.visit import VisitRecord
from auditor.model.zone import VIETNAM, local_date

__all__ = [
    "Confirmed",
    "Kept",
    "Notice",
    "Source",
    "agency_file",
    "agency_on",
    "area_of",
    "criterion_of",
    "day_of",
    "evidence_file",
    "law_day",
    "local_day",
    "local_time",
    "notices",
    "readings_of",
    "sites_of",
    "standing_of",
    "standings",
    "today_of",
    "visits_of",
]

_RECORD = 16
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The answer in full that a 304 (Not Modified) confirms: its WARC record, when it came, and its head while that is kept."""

    record: str
    at: datetime | None
    status_line: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One kept piece of evidence, read back: the request, its answer, the body, and where it lies.

    What is not HTTP has no method, status line or headers. ``path`` is the file's, below the evidence folder; ``record`` is the
    WARC record's id in it. ``confirms`` is set where the answer is a 304: whose body this is.
    """

    url: str
    method: str = ""
    request_headers: tuple[tuple[str, str], ...] = ()
    status_line: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    at: datetime | None = None
    body: bytes = field(repr=False)
    digest: Digest
    media_type: str
    size: int
    path: str
    record: str | None = None
    confirms: Confirmed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """All that a report is made of.

    ``visits`` and ``readings`` are those of the ranking's run. ``kept`` reads a piece of evidence back; None when it is no
    longer kept. ``uptime`` has the last weeks of each site that was sampled, by address. ``declarations`` are those in effect;
    ``letterhead`` is whose documents these are. ``draft`` says that it is a period's draft. ``edition_now`` names the edition's
    file where it has changed since the ranking was published.
    """

    ranking: Ranking
    edition: Edition
    registry: Registry
    measures: Mapping[MeasureId, Measure]
    visits: tuple[VisitRecord, ...] = ()
    readings: tuple[ReadingRecord, ...] = ()
    fixes: Mapping[AgencyId, tuple[Fix, ...]] = field(default_factory=dict)
    kept: Callable[[Proof], Kept | None]
    uptime: Mapping[str, SiteUptime] = field(default_factory=dict)
    declarations: Mapping[tuple[AgencyId, CriterionId], Declaration] = field(default_factory=dict)
    letterhead: Letterhead = field(default_factory=Letterhead)
    draft: bool = False
    edition_now: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that every reader must know first: ``key`` finds its words, ``facts`` fill them."""

    key: str
    facts: Mapping[str, str]


def standings(source: Source) -> Iterator[Standing]:
    """Give every standing, ranked or not, group by group."""
    for group in source.ranking.groups:
        yield from group.rows
        yield from group.unranked


def standing_of(source: Source, agency: str) -> Standing | None:
    """Give one agency's standing, None if it is not in the ranking."""
    return next((found for found in standings(source) if found.agency == agency), None)


def criterion_of(edition: Edition, criterion: CriterionId) -> Criterion:
    """Give a criterion of an edition by its id.

    Raises:
        LookupError: there is none.
    """
    for found in edition.criteria:
        if found.id == criterion:
            return found
    raise LookupError(f'{edition.id}: no criterion "{criterion}"')


def area_of(edition: Edition, area: AreaId) -> Area:
    """Give an area of an edition by its id.

    Raises:
        LookupError: there is none.
    """
    for found in edition.areas:
        if found.id == area:
            return found
    raise LookupError(f'{edition.id}: no area "{area}"')


def day_of(source: Source) -> date:
    """Give the day whose agencies are ranked: the as-of day, or the nearest day on which the edition is law."""
    return law_day(source.edition, source.ranking.as_of)


def law_day(edition: Edition, moment: datetime) -> date:
    """Give the day in Vietnam of an instant, or the nearest on which the edition is law."""
    return edition.nearest(local_date(moment))


def today_of(source: Source) -> date:
    """Give the as-of day in Vietnam."""
    return local_date(source.ranking.as_of)


def agency_on(source: Source, code: AgencyId) -> Agency | None:
    """Give an agency as the ranking knows it."""
    return source.registry.agency(code, day_of(source))


def sites_of(source: Source, agency: AgencyId) -> tuple[str, ...]:
    """Give the addresses an agency answers for, on the ranking's day or on the as-of day, in the order of sites.csv."""
    days = (day_of(source), local_date(source.ranking.as_of))
    mine = (row.url for row in source.registry.rows if row.agency == agency and any(row.valid_on(day) for day in days))
    return tuple(dict.fromkeys(mine))


def readings_of(source: Source, agency: AgencyId) -> tuple[ReadingRecord, ...]:
    """Give the run's readings that speak for an agency, by site, measure and time."""
    sites = sites_of(source, agency)
    mine = [r for r in source.readings if r.agency == agency or (r.agency is None and r.site in sites)]
    return tuple(sorted(mine, key=lambda r: (r.site, r.reading.measure, r.observed_at, r.probe, r.probe_version)))


def visits_of(source: Source, agency: AgencyId) -> tuple[VisitRecord, ...]:
    """Give the run's visits to an agency's sites, by site and probe."""
    sites = {*sites_of(source, agency), *(r.site for r in source.readings if r.agency == agency)}
    mine = [found for found in source.visits if found.visit.site in sites]
    return tuple(sorted(mine, key=lambda found: (found.visit.site, found.visit.probe, found.started_at)))


def notices(source: Source) -> tuple[Notice, ...]:
    """Say what every reader must know first: a draft, points not checked against the decision, an edition that is not law."""
    found: list[Notice] = [Notice(key="draft", facts={})] if source.draft else []
    as_of = local_day(source.ranking.as_of)
    if not source.ranking.verified:
        found.append(Notice(key="unverified", facts={"legal_basis": source.edition.legal_basis}))
    if not source.ranking.in_force:
        found.append(_not_in_force(source, as_of))
    if source.edition_now is not None:
        facts = {"edition": source.ranking.edition, "digest": source.ranking.edition_digest, "now": source.edition_now}
        found.append(Notice(key="edition_changed", facts=facts))
    if source.ranking.changed_from is not None:
        facts = {
            "edition": source.ranking.edition,
            "before": source.ranking.changed_from,
            "digest": source.ranking.edition_digest,
        }
        found.append(Notice(key="republished", facts=facts))
    return tuple(found)


def _not_in_force(source: Source, as_of: str) -> Notice:
    today = local_date(source.ranking.as_of)
    if source.edition.valid_to and today > source.edition.valid_to:
        return Notice(key="ended", facts={"last": local_day(source.edition.valid_to), "as_of": as_of})
    if today < source.edition.valid_from:
        return Notice(key="early", facts={"first": local_day(source.edition.valid_from), "as_of": as_of})
    return Notice(key="not_in_force", facts={"as_of": as_of})


def local_day(moment: date) -> str:
    """Give a day as Vietnamese readers write it; an instant's day is Vietnam's."""
    day = moment.astimezone(VIETNAM) if isinstance(moment, datetime) else moment
    return f"{day:%d/%m}/{day.year:04d}"


def local_time(moment: datetime) -> str:
    """Give an instant in Vietnam's time, to the second."""
    there = moment.astimezone(VIETNAM)
    return f"{there:%H:%M:%S} {local_day(moment)}"


def agency_file(agency: AgencyId, ending: str = "html") -> str:
    """Give the name of an agency's page or sheet; a code that is no plain file name gets one from its digest."""
    plain = _FILE.fullmatch(agency)
    return f"{agency if plain else 'x' + hashlib.sha256(agency.encode()).hexdigest()[:24]}.{ending}"


def evidence_file(digest: Digest, record: str | None = None) -> str | None:
    """Give the name of a piece of evidence's page, one an exchange that brought it; None for what is no digest."""
    found = _DIGEST.fullmatch(digest)
    own = f"-{hashlib.sha256(record.encode()).hexdigest()[:_RECORD]}" if record else ""
    return f"{found[1]}{own}.html" if found else None
