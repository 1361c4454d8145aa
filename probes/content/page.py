"""One crawled page, and what names a duty."""

import re
from dataclasses import dataclass
from functools import cached_property

from auditor.model.evidence import Chain
from auditor.model.note import Note
from auditor.model.visit import Blame, Cause
from auditor.sdk.doors import Rendered
from auditor.sdk.front import front_cause, front_note
from auditor.sdk.html import Document
from auditor.sdk.outcome import cause_of, looks_like_html
from auditor.sdk.probe import Known
from auditor.sdk.unreached import unreached
from probes.content.labels import Grade
from probes.crawling.rendering import is_shell
from probes.crawling.seen import CrawledPage

__all__ = ["Candidate", "Page", "is_aside"]


_ASIDE = re.compile(
    r"google\.[a-z.]+/maps|maps\.google|youtube|facebook|zalo|tiktok|googletagmanager|doubleclick|histats|recaptcha|vimeo",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that names a duty: its target, how it was found and how surely."""

    url: str
    grade: Grade
    how: str
    text: str
    found_on: str

    @property
    def unsure(self) -> bool:
        """Tell one that only a part of an address names: an article's has such words too."""
        return self.how == "address" and self.grade is Grade.ACCEPTED


class Page:
    """One crawled address: why it cannot be read, or its document."""

    def __init__(
        self, crawled: CrawledPage | None, chain: Chain, rendered: Rendered | None, known: Known, *, front: bool = False
    ) -> None:
        """Take a page as it was seen: as a browser showed it, where one had to; else as it was sent."""
        self.crawled, self.chain = crawled, chain
        self._known = known
        self.cause = chain.cause or (front_cause if front else cause_of)(chain.final)
        self.is_rendered = rendered is not None and self.cause is None and rendered.page.cause is None
        self.exchange = rendered.page if rendered is not None and self.is_rendered else chain.final
        self.screenshot = rendered.screenshot if rendered is not None and self.is_rendered else None
        self.unshown = None if rendered is None or self.is_rendered else rendered.page.cause
        """Why a browser did not show the page, though its HTML alone may not be what a person sees."""
        self.unsure = _unsure(rendered) if rendered is not None and self.is_rendered else None
        """Why what a browser showed may not be all: it was stopped, or a request of the page's was not let out."""
        if self.is_rendered:
            self.cause = cause_of(self.exchange)
        elif self.cause is None and self.unshown is not None and self.is_html and is_shell(self.document, known.site.url):
            self.cause = self.unshown if self.unshown.blame is not Blame.THEIRS else Cause.AMBIGUOUS

    @property
    def why_no_front(self) -> Note | None:
        """Say what is there instead of a front page that cannot be had; None where its cause alone says it."""
        final = self.chain.final
        return unreached(final.detail) or (front_note(final) if self.chain.cause is None else None)

    @property
    def failure(self) -> Note | None:
        """Say of a page that is nothing but a program's error, and claims that all is well, that it is that: it is dead."""
        said = front_note(self.chain.final) if self.cause is Cause.HTTP_5XX and self.chain.cause is None else None
        return said if said is not None and said.key == "front.died" else None

    @property
    def is_html(self) -> bool:
        """Tell a page from a file: by its declared type, and where that says nothing, by how it begins."""
        return looks_like_html(self.exchange)

    @cached_property
    def document(self) -> Document:
        """Give the parsed page."""
        return self._known.document(self.exchange)


def _unsure(rendered: Rendered) -> Cause | None:
    if rendered.page.cut is not None:
        return Cause.BUDGET
    return Cause.CAPABILITY if rendered.blocked else None


def is_aside(url: str) -> bool:
    """Tell a frame that is no page's content: a map, a film, a social network's box, a counter."""
    return _ASIDE.search(url) is not None
