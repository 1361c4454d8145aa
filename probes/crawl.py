"""What does the portal hold? Its front page, the pages that its duties need, and as much of the rest as the limits allow."""

from auditor.model.agency import SiteRole
from auditor.model.ids import ProbeId
from auditor.model.reading import Reading
from auditor.sdk.probe import Known, Probe
from probes.crawling.crawling import look
from probes.crawling.seen import CrawledPage, CrawlSeen

__all__ = ["PROBE", "CrawlSeen", "CrawledPage"]


def assess(seen: CrawlSeen, known: Known) -> list[Reading]:  # noqa: ARG001 - a probe's own signature
    """Promise nothing: others read what the crawl saw."""
    return []


PROBE = Probe(
    id=ProbeId("crawl"),
    version=2,
    measures=(),
    assess=assess,
    seen=CrawlSeen,
    look=look,
    roles=frozenset({SiteRole.PORTAL, SiteRole.SERVICES}),
)
