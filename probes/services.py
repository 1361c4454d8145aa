"""Which public services does an agency offer online, at which level, and does each level's sign bear out its label?

Read from the crawl: lists of services on the portal or on a shared services site, row by row, through their paging to the end. A
row on a site that serves several agencies belongs to the one that its column of the executing agency names; a sample of the
services' own pages is held against what the list says of them (TT 32/2017/TT-BTTTT, NĐ 42/2022/NĐ-CP).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from auditor.model.agency import SiteRole
from auditor.model.evidence import Proof
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Note, quoted
from auditor.model.reading import Kind, Measure, Measured, NotApplicable, Reading, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.probe import Known, Probe
from auditor.sdk.unreached import unreached
from auditor.sdk.urls import canonical, same_site
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.content.target import State, Target
from probes.content.targets import Targets
from probes.crawling.seen import CrawlSeen
from probes.services_list import notes
from probes.services_list.attribution import Attribution
from probes.services_list.clicks import Clicks
from probes.services_list.collection import Collection
from probes.services_list.proving import Prover
from probes.services_list.readings import UNREACHABLE, AgencyReadings
from probes.services_list.rows import RowReader

__all__ = ["PROBE"]

_SERVICES_HOST = re.compile(r"dichvucong|(?:^|[.-])dvc|motcua|mot-cua")
_FEW_WORDS = 40
_FEW = 3
_CLICKS = MeasureId("services.clicks")


def assess(seen: CrawlSeen, known: Known) -> list[Reading]:
    """Count the services of each agency that the site serves."""
    site = CrawledSite.of(seen, known)
    if site.hidden_by_scripts is not None:
        return _nothing(site.hidden_by_scripts, notes.NEEDS_BROWSER, site.home.exchange.proof())
    cause = site.home.cause
    if cause is not None:
        because = unreached(site.home.exchange.detail) or notes.FRONT_FAILED(cause=str(cause))
        return _nothing(cause, because, site.home.exchange.proof())
    collection = Collection(site)
    if not collection.rows:
        return _without_list(site)
    prover = Prover(collection, {canonical(form.url): form.chain for form in seen.forms})
    attribution, clicks = Attribution(collection, prover), Clicks(site)
    if len(known.agencies) <= 1:
        return AgencyReadings(collection, prover, clicks, attribution.of(None), None).all()
    return [
        reading
        for agency in known.agencies
        for reading in AgencyReadings(collection, prover, clicks, attribution.of(agency), agency.code).all()
    ]


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
        return _nothing(cause, notes.NOT_READ(url=undecided.candidate.url, cause=str(cause)), undecided.proof)
    hidden = next((target for target in targets if (target.page and _is_hidden(target.page, site))), None)
    if hidden is not None:
        return _nothing(Cause.CAPABILITY, notes.BY_SCRIPT(url=hidden.candidate.url), hidden.proof)
    framed = next((url for target in targets if target.page for url in _frames_away(target.page, site)), None)
    if framed is not None:
        return _nothing(Cause.NOT_RUN, notes.ELSEWHERE(url=framed), targets[0].proof)
    off = next((t for t in targets if t.state is State.PRESENT and not same_site(t.candidate.url, site.base)), None)
    if off is not None:
        return [*(reading for reading in _elsewhere(off, site) if reading.measure != _CLICKS), _clicks_away(off, site)]
    unread = site.unread or (Cause.BUDGET if site.seen.left else None)
    if unread is not None:
        return _nothing(unread, notes.UNREAD(cause=str(unread)), site.home.exchange.proof())
    proof = site.home.exchange.proof()
    worst: Mapping[str, int | Decimal | str] = {
        **{measure.id: 0 if measure.kind is Kind.COUNT else Decimal(0) for measure in PROBE.measures},
        _CLICKS: UNREACHABLE,
    }
    evidence = (proof,) if proof else ()
    return [
        Measured(measure=MeasureId(name), because=notes.NO_LIST, evidence=evidence, value=value) for name, value in worst.items()
    ]


def _is_hidden(page: Page, site: CrawledSite) -> bool:
    """Tell a page that holds little of its own but scripts, and does not say that it is empty: they may bring the list."""
    if page is site.home or page.is_rendered:
        return False
    substance = site.substance(page)
    scripted = b"<script" in page.exchange.body.lower()
    return (
        scripted
        and not substance.says_empty
        and substance.rows == 0
        and substance.words < _FEW_WORDS
        and substance.entries < _FEW
    )


def _frames_away(page: Page, site: CrawledSite) -> list[str]:
    """Give the frames of a page that show a services site: one of the registry, or one that is called so."""
    away = [url for url in page.document.frames if not same_site(url, site.base)]
    hosts = {url: (urlsplit(url).hostname or "") for url in away}
    return [url for url, host in hosts.items() if host in site.known.registry_hosts or _SERVICES_HOST.search(host)]


def _elsewhere(off: Target, site: CrawledSite) -> list[Reading]:
    """The list stands on another site: one of the registry has readings of its own, any other was not read."""
    url = off.candidate.url
    if (urlsplit(url).hostname or "") not in site.known.registry_hosts:
        return _nothing(Cause.NOT_RUN, notes.ELSEWHERE(url=url), off.proof)
    evidence = (off.proof,) if off.proof else ()
    because = notes.ON_REGISTRY(url=url)
    return [NotApplicable(measure=measure.id, because=because, evidence=evidence) for measure in PROBE.measures]


def _clicks_away(off: Target, site: CrawledSite) -> Reading:
    """Count the clicks that leave for another site, and the one more to a service where the page that they lead to lists some."""
    url = off.candidate.url
    leave = Clicks(site).to(url)
    evidence = (off.proof,) if off.proof else ()
    page = site.pages.get(canonical(url))
    if leave is not None and page is not None and page.cause is None and page.is_html:
        rows = RowReader(site.known.vocabulary).rows(page.document, page.document.blocks)
        if rows:
            clicks = leave + any(row.url for row in rows)
            proof = page.exchange.proof(passage=rows[0].passage)
            because = notes.AWAY_CLICKS(clicks=clicks, leave=leave, url=url, name=quoted(rows[0].name))
            return Measured(measure=_CLICKS, because=because, evidence=(proof,) if proof else evidence, value=clicks)
    facts = {"leave": leave, "url": url}
    because = notes.AWAY(leave=leave if leave is not None else "?", url=url)
    return Unavailable(measure=_CLICKS, because=because, evidence=evidence, facts=facts, cause=Cause.NOT_RUN)


def _measures() -> tuple[Measure, ...]:
    counts = {
        "total": "Services listed",
        "level_1": "Services listed at level 1 (scheme of 2018)",
        "level_2": "Services listed at level 2 (scheme of 2018)",
        "level_3": "Services listed at level 3 (scheme of 2018)",
        "level_4": "Services listed at level 4 (scheme of 2018)",
        "full": "Services listed as wholly online (scheme of 2022)",
        "partial": "Services listed as partly online (scheme of 2022)",
        "contradictions": "Opened services of the year's sample whose page does not bear out the level they are listed with",
    }
    shares = {
        "online_share": "Share of listed services that can be handed in online",
        "forms": "Share of the sample's services owing a form (level 2 and above, partly, wholly) that offer one that downloads",
    }
    found = [Measure(id=MeasureId(f"services.{name}"), kind=Kind.COUNT, meaning=text) for name, text in counts.items()]
    found += [Measure(id=MeasureId(f"services.{name}"), kind=Kind.SHARE, meaning=text) for name, text in shares.items()]
    meaning = "Clicks from the front page to the nearest service's own page (at most 3 by TT 32/2017/TT-BTTTT)"
    return (*found, Measure(id=_CLICKS, kind=Kind.COUNT, meaning=meaning, words=(UNREACHABLE,)))


PROBE = Probe(
    id=ProbeId("services"),
    version=8,
    measures=_measures(),
    assess=assess,
    seen=CrawlSeen,
    reads=(ProbeId("crawl"),),
    roles=frozenset({SiteRole.PORTAL, SiteRole.SERVICES}),
)
