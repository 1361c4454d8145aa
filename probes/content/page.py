"""One crawled page, and what names a duty."""

from dataclasses import dataclass
from functools import cached_property

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk.html import Document
from auditor.sdk.outcome import looks_like_html
from auditor.sdk.probe import Known
from probes.content.labels import Grade
from probes.crawl import CrawledPage

__all__ = ["Candidate", "Page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that names a duty: its target, how it was found and how surely."""

    url: str
    grade: Grade
    how: str
    text: str
    found_on: str


class Page:
    """One crawled address: why it cannot be read, or its document."""

    def __init__(self, crawled: CrawledPage | None, exchange: Exchange, cause: Cause | None, known: Known) -> None:
        """Take a page as it was seen."""
        self.crawled, self.exchange, self.cause = crawled, exchange, cause
        self._known = known

    @property
    def is_html(self) -> bool:
        """Tell a page from a file: by its declared type, and where that says nothing, by how it begins."""
        return looks_like_html(self.exchange)

    @cached_property
    def document(self) -> Document:
        """Give the parsed page."""
        return self._known.document(self.exchange)
