"""One crawled site as the content measures see it: pages by address, what names which duty, what each target holds."""

import re
from collections import Counter
from datetime import datetime
from functools import cached_property

from auditor.model.visit import Blame, Cause
from auditor.sdk.boilerplate import Template
from auditor.sdk.dates import local_day
from auditor.sdk.html import Document
from auditor.sdk.outcome import cause_of
from auditor.sdk.probe import Known
from auditor.sdk.text import count_words, spellings, tokens
from auditor.sdk.urls import canonical, same_site
from probes.content.clock import Clock
from probes.content.finding import find_candidates
from probes.content.labels import Grade, Labels
from probes.content.page import Candidate, Page
from probes.content.spelled import names_of
from probes.content.substance import Reader, Substance, is_vietnamese
from probes.content.texts import texts_of
from probes.crawling.rendering import SHELL_LINKS, SHELL_WORDS
from probes.crawling.seen import CrawlSeen

__all__ = ["CrawledSite"]

_GONE = (404, 410)
"""What a frame of the front page answers that is not there: it hides nothing from us that a person would see."""
_FILE_NAME = re.compile(r"\S+\.(?:pdf|docx?|xlsx?|pptx?|od[st]|rtf|txt|zip|rar|7z|jpe?g|png|gif)\b", re.IGNORECASE)
"""What a file is called tells no language: ``2023-07-14-cong-khai-du-toan.pdf``."""
_SAME_WORDS = 0.9
_SAME_PAGE = 0.97
_OWN_BLOCKS = 5
_OWN_PAGES = 2
_UNREAD = 0.2
_FEW = 3
_FEW_RENDERED = 8
_FOREIGN_WORDS = 60
_NUMBERED = re.compile(
    r"\W*+(?:(?:mã )?lỗi|error|http)\W*+(?:404|410)(?!\w)|"
    r"\W*+(?:404|410)(?:\W*+$|\W*+(?:lỗi|error|not found|gone|không)|\s++[-–—|]\s)",
    re.IGNORECASE,
)
"""How a title or heading begins that is the number of a missing page, and no count of something (``410 học sinh``)."""
_FILLING = re.compile(r"[^\n]*lorem ipsum[^\n]*", re.IGNORECASE)
"""What designers fill a page with is no language."""
_AROUND = {"nav", "header", "footer", "crumb"}
_SHORT, _MUCH = 160, 80
"""A page with so many words of its own is one, whatever a sentence on it says."""


class CrawledSite:
    """A crawl, indexed."""

    def __init__(self, seen: CrawlSeen, known: Known) -> None:
        """Index what was seen."""
        self.seen, self.known = seen, known
        self.labels = Labels(known.vocabulary, names_of(known))
        self.base = seen.front.final.url
        self.home = Page(None, seen.front, seen.rendered, known, front=True)
        self._texts = texts_of(known.vocabulary)
        self._judged: dict[Page, bool] = {}
        self._substances: dict[Page, Substance] = {}

    @classmethod
    def of(cls, seen: CrawlSeen, known: Known) -> "CrawledSite":
        """Give the index of what was seen, made once for all assessments of a visit."""
        site: CrawledSite = known.once("crawled site", lambda: cls(seen, known))
        return site

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Give every crawled page by the address asked for and by the one that answered."""
        found: dict[str, Page] = {canonical(self.base): self.home, canonical(self.known.site.url): self.home}
        for crawled in self.seen.pages:
            page = Page(crawled, crawled.chain, crawled.rendered, self.known)
            found.setdefault(canonical(crawled.url), page)
        return found

    @cached_property
    def readable(self) -> list[Page]:
        """Give the pages that can be read, the front page first, each once."""
        return [page for page in self._parsed if not self.is_missing(page)]

    @cached_property
    def _parsed(self) -> list[Page]:
        return [page for page in dict.fromkeys(self.pages.values()) if page.cause is None and self._is_page(page)]

    @cached_property
    def front(self) -> list[Page]:
        """Give the front page and the frames that make it up."""
        return [page for page in self.readable if page is self.home or (page.crawled and page.crawled.clicks == 0)]

    @cached_property
    def hidden_by_scripts(self) -> Cause | None:
        """Say why nothing can be said of a site whose front page is empty until scripts have run; None when it is not."""
        if self.home.is_rendered or b"<script" not in self.home.exchange.body.lower():
            return None
        if self.home.cause is not None or self.home.unshown is not None:
            return self.home.cause if self.home.unshown is not None else None
        documents = [page.document for page in self.front]
        words = sum(len(tokens(document.text()[:5_000])) for document in documents)
        links = sum(len(document.links) for document in documents)
        return Cause.CAPABILITY if words < SHELL_WORDS and links < SHELL_LINKS and not self.candidates else None

    def frames(self, page: Page) -> list[str]:
        """Give the addresses of a page's own frames: a menu in a frame that the front page has too is no page's content."""
        usual = {canonical(url) for url in self.home.document.frames}
        return [url for url in page.document.frames if canonical(url) not in usual]

    def framed(self, page: Page) -> list[Page]:
        """Give the opened frames of a page, its own ones."""
        found = (self.pages.get(canonical(url)) for url in self.frames(page))
        return [frame for frame in found if frame is not None and frame is not page and frame.cause is None]

    @cached_property
    def last_answer(self) -> datetime:
        """Give when the site last answered us: what failed before then did not fail for want of our own link."""
        chains = [self.seen.front, *(page.chain for page in self.seen.pages), *filter(None, [self.seen.again])]
        return max(exchange.at for chain in chains for exchange in chain.exchanges if exchange.status is not None)

    @cached_property
    def unread(self) -> Cause | None:
        """Say why too many of the pages near the front page could not be read to know what stands on them.

        None when they were read, or when what failed is the site's own fault, confirmed. Scripts may carry a menu that no browser
        showed, and a site may ask robots to follow nothing.
        """
        if self.home.unshown is not None:
            return self.home.unshown if self.home.unshown.blame is not Blame.THEIRS else Cause.AMBIGUOUS
        if "*" in self.home.document.nofollow:
            return Cause.ROBOTS
        if (cause := self._front_lacks) is not None:
            return cause
        near = [page for page in self.pages.values() if page.crawled and page.crawled.clicks == 1]
        if len(near) < _FEW:
            return None
        failed = [page for page in near if page.cause is not None and not self.is_broken(page)]
        causes = [page.cause for page in failed if page.cause is not None and page.cause.blame is not Blame.THEIRS]
        if len(causes) <= _UNREAD * len(near):
            return None
        return Counter(causes).most_common(1)[0][0]

    @cached_property
    def _front_lacks(self) -> Cause | None:
        """Say why a frame of the front page, or where it leads by itself, was not read; its menu may stand there."""
        parts = [page for page in self.pages.values() if page.crawled and page.crawled.clicks == 0]
        failed = next(
            (p for p in parts if p.cause is not None and p.exchange.status not in _GONE and not self.is_broken(p)), None
        )
        if failed is not None and failed.cause is not None:
            return failed.cause if failed.cause.blame is not Blame.THEIRS else Cause.AMBIGUOUS
        document = self.home.document
        away = [url for url in (*document.frames, *filter(None, [document.refresh])) if not same_site(url, self.base)]
        return Cause.NOT_RUN if away and not document.links else None

    @cached_property
    def reader(self) -> Reader:
        """Give the reader that knows this site's template; pages that say they do not exist carry it too."""
        template = Template(page.document for page in self._parsed if not page.is_rendered)
        return Reader(template, self.known.vocabulary, self._clock)

    @cached_property
    def _clock(self) -> Clock:
        return Clock((page.document for page in self._parsed), local_day(self.known.captured_at))

    @cached_property
    def _rendered_reader(self) -> Reader:
        """Give the reader for what a browser showed: there the menu stands that scripts make, which the pages as sent lack."""
        pages = [page for page in self._parsed if page.is_rendered and (page is self.home or not self._is_copy(page))]
        documents, few = [page.document for page in pages], len(pages) < _FEW_RENDERED
        days = {
            local_day(page.exchange.at) for page in pages
        }  # a script's clock shows the day of the browser, where no other does
        clock = Clock(documents, local_day(self.known.captured_at), *days, few=few)
        return Reader(Template(documents, few=few, also=self.reader.template), self.known.vocabulary, clock)

    def template_of(self, page: Page) -> Template:
        """Give the template that a page is to be held against."""
        return self._rendered_reader.template if page.is_rendered else self.reader.template

    def substance(self, page: Page) -> Substance:
        """Give what a page holds of its own, worked out once."""
        if page not in self._substances:
            reader = self._rendered_reader if page.is_rendered else self.reader
            self._substances[page] = reader.read(page.document)
        return self._substances[page]

    def _is_page(self, page: Page) -> bool:
        return page.is_html and same_site(page.exchange.url, self.base)

    def is_missing(self, page: Page) -> bool:
        """Tell a soft 404: it says so in its title or text, or it is what the site answers to an address that nobody has.

        What the front page says as well is a box of the template that is out of order, and says nothing of this page.
        """
        if page is self.home or page.cause is not None:
            return False
        if page not in self._judged:
            self._judged[page] = self._says_missing(page)
        return self._judged[page]

    def _says_missing(self, page: Page) -> bool:
        document = page.document
        heads = [head for head in (document.title, *document.headings[:4]) if head not in self._front_texts]
        if self._texts.titled_missing(heads) or any(map(_NUMBERED.match, heads)):
            return True
        told = (block for block in document.blocks if block.kind != "hidden" and not block.linked and len(block.text) < _SHORT)
        said = any(block.text not in self._front_texts and self._texts.says_missing(block.text) for block in told)
        return (said and self.substance(page).words < _MUCH) or self._is_like_missing(document)

    @cached_property
    def _front_texts(self) -> frozenset[str]:
        document = self.home.document
        return frozenset((document.title, *document.headings, *(block.text for block in document.blocks)))

    def is_broken(self, page: Page) -> bool:
        """Tell a page that failed twice while the site itself answered, before and after."""
        chain = page.crawled.chain if page.crawled else None
        if chain is None or not chain.confirmed or page.cause is None or page.cause is Cause.TOO_LARGE:
            return False
        proven = page.cause is Cause.AMBIGUOUS and chain.final.at < self.last_answer
        return proven or page.cause.blame is Blame.THEIRS

    def is_home(self, page: Page) -> bool:
        """Tell an answer that is the front page again, under its own address or another."""
        if canonical(page.exchange.url) == canonical(self.base):
            return True
        if not page.is_html or page.document.title != self.home.document.title:
            return False
        if page.exchange.digest == self.home.exchange.digest and not page.is_rendered:
            return len(tokens(page.document.text()[:5_000])) >= SHELL_WORDS
        if page.crawled is not None and len(page.crawled.chain.hops) > 1:
            mine, front = _word_set(page.document), _word_set(self.home.document)
            return len(mine & front) >= _SAME_WORDS * max(len(mine), len(front))
        return self._is_copy(page) and len(self.template_of(self.home).own(self.home.document)) >= _OWN_BLOCKS

    def _is_copy(self, page: Page) -> bool:
        """Tell a page with the blocks of the front page."""
        mine, front = (frozenset(block.text for block in found.document.blocks) for found in (page, self.home))
        return len(mine & front) >= _SAME_PAGE * max(len(mine), len(front))

    def named_by_script(self, section: str) -> str:
        """Give the words with which a front page that scripts made names a duty though no link stands there; empty if none do.

        What looks like a card or a button may open on a click, which nobody makes here.
        """
        shown = (page.document for page in self.front if page.is_rendered)
        blocks = (block for document in shown for block in document.blocks if not block.linked and block.region not in _AROUND)
        texts = (block.text for block in blocks if block.kind not in {"hidden", "field"} and len(block.text) < _SHORT)
        named = ((text, hit) for text in texts for hit in self.labels.of_label(text))
        return next((text for text, hit in named if hit.section == section and hit.grade is Grade.EXACT), "")

    def _is_like_missing(self, document: Document) -> bool:
        baseline = self._missing_words
        if document.title != self._missing_title or baseline is None or len(baseline) < 5:  # noqa: PLR2004 - too little to compare
            return False
        words = _word_set(document)
        shared = len(words & baseline)
        return shared >= _SAME_WORDS * len(words) and shared >= _SAME_WORDS * len(baseline)

    @cached_property
    def _missing(self) -> Document | None:
        """Give the page that answers an address nobody has, if it answers it with a page of its own (not the front page)."""
        chain = self.seen.missing
        if chain is None or chain.cause is not None or cause_of(chain.final) is not None:
            return None
        if canonical(chain.final.url) == canonical(self.base):
            return None
        rendered = self.seen.missing_rendered
        return self.known.document(chain.final if rendered is None or rendered.page.cause else rendered.page)

    @cached_property
    def _missing_words(self) -> frozenset[str] | None:
        return _word_set(self._missing) if self._missing else None

    @cached_property
    def _missing_title(self) -> str:
        return self._missing.title if self._missing else ""

    @cached_property
    def candidates(self) -> dict[str, list[Candidate]]:
        """Give what names each duty, the surest first: by label, by address, by the title of the page it leads to."""
        return find_candidates(self.readable, self.home, self.labels, self.base, self.template_of, self.is_foreign)

    def is_foreign(self, page: Page) -> bool:
        """Tell a page that is told in another language."""
        return count_words(page.document.text()[:5_000]) >= _FOREIGN_WORDS and not self.is_vietnamese(page)

    def is_vietnamese(self, page: Page) -> bool:
        """Tell the language of what a page holds of its own; of the whole page where that is little."""
        blocks = (block for block in self.template_of(page).own(page.document) if block.kind != "field")
        own = _FILE_NAME.sub(" ", "\n".join(block.text for block in blocks if not _FILLING.match(block.text)))
        return is_vietnamese(own if count_words(own[:5_000]) >= _FOREIGN_WORDS // 3 else _FILLING.sub(" ", page.document.text()))


def _word_set(document: Document) -> frozenset[str]:
    """Give the different words of a page, numbers left out: what two pages of one making share."""
    return frozenset(folded for folded, _ in spellings(document.text()[:50_000]) if not folded.isdigit())
