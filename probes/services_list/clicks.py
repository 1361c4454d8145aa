"""How many clicks lead from the front page to a service (TT 32/2017/TT-BTTTT: three at the most)."""

from collections import deque
from collections.abc import Iterable

from auditor.sdk.urls import canonical
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.services_list.rows import ServiceRow

__all__ = ["Clicks"]

_MAX_LINKS = 3_000


class Clicks:
    """Distances along the links that a person can follow, over the pages that were opened; XML sitemaps lead nobody anywhere."""

    def __init__(self, site: CrawledSite) -> None:
        """Walk the site's pages outwards from the front page."""
        by_key: dict[str, Page] = {}
        for page in site.readable:
            by_key.setdefault(canonical(page.exchange.url), page)
            if page.crawled is not None:
                by_key.setdefault(canonical(page.crawled.url), page)
        home = canonical(site.home.exchange.url)
        self._found: dict[str, int] = {home: 0}
        queue = deque([home])
        walked: set[int] = set()
        while queue:
            key = queue.popleft()
            here = by_key.get(key)
            if here is None or id(here) in walked:
                continue
            walked.add(id(here))
            steps = [(canonical(url), 0) for url in (*here.document.frames, *filter(None, [here.document.refresh]))]
            steps += [(canonical(link.url), 1) for link in here.document.links[:_MAX_LINKS]]
            for target, cost in steps:
                if target not in self._found or self._found[target] > self._found[key] + cost:
                    self._found[target] = self._found[key] + cost
                    (queue.append if cost else queue.appendleft)(target)

    def to(self, url: str) -> int | None:
        """Give how many clicks lead to an address; None where no link that was seen does."""
        return self._found.get(canonical(url))

    def least(self, rows: Iterable[ServiceRow]) -> tuple[int, ServiceRow] | None:
        """Give the nearest service, with its clicks: to its own page, or to the list where none has a page of its own."""
        listed = list(rows)
        paged = [row for row in listed if row.url]
        found: tuple[int, ServiceRow] | None = None
        for row in paged or listed:
            clicks = self.to(row.url or row.page)
            if clicks is not None and (found is None or clicks < found[0]):
                found = clicks, row
        return found
