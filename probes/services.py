"""Which public services does an agency offer online, at which level, and does each level's sign bear out its label?

Read from the crawl: lists of services on the portal or on a shared services site, row by row. A row on a site that serves
several agencies belongs to the one that its column of the executing agency names (TT 32/2017/TT-BTTTT, NĐ 42/2022/NĐ-CP).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlsplit

from auditor.model.agency import Agency, SiteRole
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, MeasureId, ProbeId
from auditor.model.note import Json, Note
from auditor.model.reading import Kind, Measure, Measured, NotApplicable, Reading, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.probe import Known, Probe
from auditor.sdk.text import Phrases, tokens
from auditor.sdk.urls import canonical, same_site
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.content.targets import State, Target, Targets
from probes.crawl import CrawlSeen
from probes.services_list.levels import Level
from probes.services_list.rows import ServiceRow, service_rows

__all__ = ["PROBE"]

FRONT_FAILED = Note(
    key="services.front_failed", text="The front page could not be had ({cause}), so no list of services was read."
)
NEEDS_BROWSER = Note(
    key="services.needs_browser",
    text="The front page holds no text or links until a script has run; no list could be looked for.",
)
NO_LIST = Note(key="services.no_list", text="No list of services was found on this site.")
ELSEWHERE = Note(
    key="services.elsewhere", text="The site holds no list of its own and leads to {url}, which this visit does not read."
)
ON_REGISTRY = Note(
    key="services.on_registry", text="The list of services stands on {url}, a site of the registry that is visited by itself."
)
UNREAD = Note(key="services.unread", text="No list of services was found, but not every page could be read ({cause}).")
NOT_READ = Note(key="services.not_read", text="A list of services may stand at {url}, which could not be read ({cause}).")
COUNTED = Note(key="services.counted", text="{count} of {total} listed services: {what}.")
SHARE = Note(key="services.share", text="{online} of {total} listed services can be handed in online.")
TOTAL = Note(key="services.total", text="{total} services are listed.")
CONTRADICTED = Note(
    key="services.contradicted",
    text="{count} of {opened} opened services carry a level that their page does not bear out: {names}",
)
_COUNTED = (Level.ONE, Level.TWO, Level.THREE, Level.FOUR, Level.FULL, Level.PARTIAL)
_SHOWN = 10
_BESIDE = 2
"""So many words a button may say besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """Every row that was read, once; on which pages, and how many rows named no agency or several."""

    rows: Sequence[ServiceRow]
    unattributed: int = 0


class _Services:
    """The services of one crawled site."""

    def __init__(self, site: CrawledSite) -> None:
        self.site = site
        self._submit = Phrases({"submit": site.known.vocabulary.phrases.get("submit", ())})

    @cached_property
    def rows(self) -> tuple[ServiceRow, ...]:
        """Give every listed service once, by its code and name, as it is first listed."""
        found: dict[tuple[str, str], ServiceRow] = {}
        for page in self.site.readable:
            for row in service_rows(page.document, self.site.known.vocabulary, self.site.template_of(page).own(page.document)):
                key = (row.key, " ".join(token.folded for token in tokens(row.executing)))
                if key not in found or (found[key].level is None and row.level is not None):
                    found[key] = row
        return tuple(found.values())

    def of(self, agency: Agency | None) -> _Lists:
        """Give the rows of one agency: all, where the site serves it alone."""
        if agency is None:
            return self._alone()
        named = [(row, self._executing(row)) for row in self.rows]
        mine = [row for row, agencies in named if agencies == [agency.code]]
        return _Lists(rows=mine, unattributed=sum(len(agencies) != 1 for _, agencies in named))

    def _alone(self) -> _Lists:
        """Give the rows of a site that serves one agency: all, unless some name it and so others are not its own."""
        mine = [row for row in self.rows if self._executing(row)]
        if not mine or len(mine) == len(self.rows):
            return _Lists(rows=self.rows)
        return _Lists(rows=mine, unattributed=len(self.rows) - len(mine))

    def _executing(self, row: ServiceRow) -> list[AgencyId]:
        """Give the agencies that a row's column names, by name in full; a longer name takes a shorter one's words away."""
        found = self._agencies.find(tokens(row.executing))
        whole = [
            m for m in found if not any(o is not m and o.first <= m.first and m.last <= o.last and o.key != m.key for o in found)
        ]
        return sorted({AgencyId(match.key) for match in whole})

    @cached_property
    def _agencies(self) -> Phrases:
        return Phrases({agency.code: (agency.name,) for agency in self.site.known.agencies})

    def page_of(self, row: ServiceRow) -> Proof | None:
        """Give the page that lists a row, with its words."""
        page = self.site.pages.get(canonical(row.page))
        return page.exchange.proof(passage=row.passage) if page else None

    def contradicted(self, rows: Iterable[ServiceRow]) -> tuple[int, list[tuple[ServiceRow, Proof | None]]]:
        """Give how many services with a level were opened, and those whose page does not bear it out.

        An online level needs a way to hand in a file; a level without one must not have it.
        """
        opened, wrong = 0, []
        for row in rows:
            page = self.site.pages.get(canonical(row.url)) if row.url and row.level else None
            if page is None or row.level is None or page.cause is not None or not page.is_html or page is self.site.home:
                continue
            if canonical(page.exchange.url) == canonical(row.page) or not same_site(page.exchange.url, self.site.base):
                continue
            opened += 1
            told = self._tells_to_submit(page)
            if bool(told) is not row.level.online:
                wrong.append((row, page.exchange.proof(passage=told or page.document.title)))
        return opened, wrong

    def _tells_to_submit(self, page: Page) -> str:
        """Give the words by which a page offers to hand in a file: a link or button that says little else."""
        labels = [link.label for link in self.site.template_of(page).own_links(page.document)]
        labels += [hint for form in page.document.forms for hint in form.hints]
        for label in labels:
            words = tokens(label[:200])
            if any(len(words) - (match.last - match.first + 1) <= _BESIDE for match in self._submit.find(words)):
                return label
        return ""


def assess(seen: CrawlSeen, known: Known) -> list[Reading]:
    """Count the services of each agency that the site serves."""
    site = CrawledSite(seen, known)
    if site.hidden_by_scripts is not None:
        return _nothing(site.hidden_by_scripts, NEEDS_BROWSER, site.home.exchange.proof())
    cause = site.home.cause
    if cause is not None:
        return _nothing(cause, FRONT_FAILED(cause=str(cause)), site.home.exchange.proof())
    services = _Services(site)
    if not services.rows:
        return _without_list(site)
    alone = len(known.agencies) <= 1
    if alone:
        return _of_agency(services, services.of(None), None)
    return [reading for agency in known.agencies for reading in _of_agency(services, services.of(agency), agency.code)]


def _nothing(cause: Cause, because: Note, proof: Proof | None) -> list[Reading]:
    evidence = (proof,) if proof else ()
    return [Unavailable(measure=measure.id, because=because, evidence=evidence, cause=cause) for measure in PROBE.measures]


def _without_list(site: CrawledSite) -> list[Reading]:
    """No list was read: it stands elsewhere, or could not be opened, or there is none."""
    judged = Targets(site)
    targets = [*judged.of("service_portal"), *judged.of("procedures")]
    undecided = next((target for target in targets if target.state is State.UNDECIDED), None)
    if undecided is not None:
        cause = undecided.cause or Cause.NOT_RUN
        return _nothing(cause, NOT_READ(url=undecided.candidate.url, cause=str(cause)), undecided.proof)
    off = next((t for t in targets if t.state is State.PRESENT and not same_site(t.candidate.url, site.base)), None)
    if off is not None:
        return _elsewhere(off, site)
    unread = site.unread or (Cause.BUDGET if site.seen.left else None)
    if unread is not None:
        return _nothing(unread, UNREAD(cause=str(unread)), site.home.exchange.proof())
    proof = site.home.exchange.proof()
    worst: dict[str, int | Decimal] = {measure.id: 0 for measure in PROBE.measures}
    worst["services.online_share"] = Decimal(0)
    evidence = (proof,) if proof else ()
    return [Measured(measure=MeasureId(name), because=NO_LIST, evidence=evidence, value=value) for name, value in worst.items()]


def _elsewhere(off: Target, site: CrawledSite) -> list[Reading]:
    """The list stands on another site: one of the registry has readings of its own, any other was not read."""
    url = off.candidate.url
    if (urlsplit(url).hostname or "") not in site.known.registry_hosts:
        return _nothing(Cause.NOT_RUN, ELSEWHERE(url=url), off.proof)
    evidence = (off.proof,) if off.proof else ()
    return [NotApplicable(measure=measure.id, because=ON_REGISTRY(url=url), evidence=evidence) for measure in PROBE.measures]


def _of_agency(services: _Services, lists: _Lists, agency: AgencyId | None) -> list[Reading]:
    rows, total = lists.rows, len(lists.rows)
    levels = Counter(row.level for row in rows)
    proofs = _proofs(services, rows)
    facts: dict[str, Json] = {"unattributed": lists.unattributed, "without_level": levels[None]}

    def told(name: str, value: int | Decimal, because: Note, evidence: tuple[Proof, ...] = proofs, **more: Json) -> Measured:
        all_facts = {**facts, **more}
        measure = MeasureId(f"services.{name}")
        return Measured(measure=measure, because=because, evidence=evidence, facts=all_facts, agency=agency, value=value)

    online = sum(count for level, count in levels.items() if level is not None and level.online)
    share = Decimal(online) / total if total else Decimal(0)
    opened, wrong = services.contradicted(rows)
    names: list[Json] = [row.name for row, _ in wrong[:_SHOWN]]
    found: list[Reading] = [told("total", total, TOTAL(total=total))]
    for level in _COUNTED:
        evidence = _proofs(services, [row for row in rows if row.level is level]) or proofs
        because = COUNTED(count=levels[level], total=total, what=str(level))
        found.append(told(str(level), levels[level], because, evidence))
    found.append(told("online_share", share, SHARE(online=online, total=total)))
    evidence = tuple(proof for _, proof in wrong[:_SHOWN] if proof) or proofs
    because = CONTRADICTED(count=len(wrong), opened=opened, names=names)
    found.append(told("contradictions", len(wrong), because, evidence, opened=opened, contradicted=names))
    return found


def _proofs(services: _Services, rows: Iterable[ServiceRow]) -> tuple[Proof, ...]:
    """Give the pages that list these rows, each once."""
    found: dict[str, Proof] = {}
    for row in rows:
        if row.page not in found and (proof := services.page_of(row)) is not None:
            found[row.page] = proof
    return tuple(found.values())[:_SHOWN]


def _measures() -> tuple[Measure, ...]:
    counts = {
        "total": "Services listed",
        "level_1": "Services listed at level 1 (scheme of 2018)",
        "level_2": "Services listed at level 2 (scheme of 2018)",
        "level_3": "Services listed at level 3 (scheme of 2018)",
        "level_4": "Services listed at level 4 (scheme of 2018)",
        "full": "Services listed as wholly online (scheme of 2022)",
        "partial": "Services listed as partly online (scheme of 2022)",
        "contradictions": "Opened services whose page does not bear out the level they are listed with",
    }
    found = [Measure(id=MeasureId(f"services.{name}"), kind=Kind.COUNT, meaning=text) for name, text in counts.items()]
    share = Measure(
        id=MeasureId("services.online_share"), kind=Kind.SHARE, meaning="Share of listed services that can be handed in online"
    )
    return (*found, share)


PROBE = Probe(
    id=ProbeId("services"),
    version=1,
    measures=_measures(),
    assess=assess,
    seen=CrawlSeen,
    reads=(ProbeId("crawl"),),
    roles=frozenset({SiteRole.PORTAL, SiteRole.SERVICES}),
)
