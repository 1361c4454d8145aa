"""Does the site as a whole work: its links and search, its articles' tools and data, its letters, its name, its integrity?"""

from collections.abc import Callable, Mapping

from auditor.model.ids import MeasureId, ProbeId
from auditor.model.reading import Kind, Measure, Reading, Unavailable
from auditor.sdk.probe import Known, Probe
from probes.content.site import CrawledSite
from probes.crawling.seen import CrawlSeen
from probes.site import notes
from probes.site.articles import Articles
from probes.site.broken import judge_links
from probes.site.domain import judge_domain
from probes.site.injected import judge_injected
from probes.site.said import Said, proofs_of
from probes.site.searched import judge_search
from probes.site.trust import judge_trust
from probes.site.unicode import judge_unicode

__all__ = ["PROBE"]

_MEANINGS: Mapping[str, tuple[Kind, str]] = {
    "portal.broken_links": (
        Kind.SHARE,
        "Share of the site's links whose target is gone or fails twice, a place of the template counted once; 0 is best",
    ),
    "portal.search_works": (Kind.BOOLEAN, "Whether the site's own search finds words of its own newest headline"),
    "portal.print": (Kind.BOOLEAN, "Whether most of the newest articles can be printed or saved from the page"),
    "portal.metadata": (
        Kind.BOOLEAN,
        "Whether most of the newest articles carry a description, and an author, a date or keywords",
    ),
    "portal.unicode": (Kind.BOOLEAN, "Whether every page is Unicode, and UTF-8 where it says so"),
    "portal.official_domain": (Kind.BOOLEAN, "Whether the host is one that NĐ 43/2011, article 6, gives an agency of a province"),
    "portal.trust_label": (Kind.BOOLEAN, "Whether the front page shows the Tín nhiệm mạng label of this domain, valid or not"),
    "portal.injected_links": (Kind.COUNT, "Targets of injected gambling, loan or adult content, shown to all or hidden"),
}


def assess(seen: CrawlSeen, known: Known) -> list[Reading]:
    """Give one reading a measure, for every agency that the site serves."""
    site = CrawledSite.of(seen, known)
    proofs = proofs_of([site.home.exchange.proof()])
    cause = site.hidden_by_scripts or site.home.cause
    if cause is not None:
        because = site.home.why_no_front or notes.FRONT_FAILED(cause=str(cause))
        if site.hidden_by_scripts is not None:
            because = notes.NEEDS_BROWSER
        return [Unavailable(measure=measure.id, because=because, evidence=proofs, cause=cause) for measure in PROBE.measures]
    return [judge().reading(MeasureId(name), proofs) for name, judge in _judges(site).items()]


def _judges(site: CrawledSite) -> Mapping[str, Callable[[], Said]]:
    articles = Articles(site)
    return {
        "portal.broken_links": lambda: judge_links(site),
        "portal.search_works": lambda: judge_search(site),
        "portal.print": articles.judge_print,
        "portal.metadata": articles.judge_metadata,
        "portal.unicode": lambda: judge_unicode(site),
        "portal.official_domain": lambda: judge_domain(site),
        "portal.trust_label": lambda: judge_trust(site),
        "portal.injected_links": lambda: judge_injected(site),
    }


PROBE = Probe(
    id=ProbeId("sitewide"),
    version=8,
    measures=tuple(Measure(id=MeasureId(name), kind=kind, meaning=meaning) for name, (kind, meaning) in _MEANINGS.items()),
    assess=assess,
    seen=CrawlSeen,
    reads=(ProbeId("crawl"),),
)
