"""When a page needs a browser: its HTML is an empty shell, scripts carry the menu, or a script may fill an empty section."""

import re
from collections.abc import Iterable

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk.doors import Doors, Rendered
from auditor.sdk.html import Document
from auditor.sdk.text import count_words
from auditor.sdk.urls import canonical, same_site
from probes.content.labels import Grade, Labels

__all__ = ["SHELL_LINKS", "SHELL_WORDS", "Renderer", "is_bare", "is_shell", "lacks_menu", "may_be_filled", "own_frames"]

_MOST = 80
"""Pages of one site that a browser is asked for at the most, whether it shows them or not."""
SHELL_WORDS = 40
SHELL_LINKS = 12
_HEAD = 5_000
_FEW_DUTIES = 8
"""A portal whose front page names fewer duties than this, and has scripts, may have its menu made by them."""
_FILLING = re.compile(
    r"fetch\s*+\(|XMLHttpRequest|\$\.(?:ajax|get|getJSON|post)\b|axios|\.load\(|innerHTML|insertAdjacent|createElement|"
    r"\.(?:html|append|prepend)\(|document\.write|angular|knockout|Vue\b|React|__NEXT_DATA__|__NUXT__|htmx",
)
"""What a script says that puts content into its page."""
_LIBRARY = re.compile(
    r"jquery|bootstrap|popper|swiper|slick|owl|fancybox|lightbox|modernizr|respond|html5|analytics|gtag|gtm|recaptcha|wow|aos|moment|"
    r"select2|datepicker|tinymce|ckeditor|addthis|sharethis|facebook|zalo|youtube|google|polyfill|counter|weather",
    re.IGNORECASE,
)
"""Scripts that every site has and that fill no section."""


class Renderer:
    """Asks the browser, within one visit's own bound."""

    def __init__(self, doors: Doors) -> None:
        """Begin with nothing rendered."""
        self._doors, self.left = doors, _MOST

    async def page(self, exchange: Exchange, why: str) -> Rendered:
        """Give a page as a browser shows it; what could not be shown has the cause, as any answer has."""
        if self.left <= 0:
            gone = Exchange(url=exchange.url, at=exchange.at, cause=Cause.BUDGET, detail=f"{_MOST} pages were rendered", why=why)
            return Rendered(page=gone)
        self.left -= 1
        return await self._doors.browser.render(exchange.url, why=why)


def is_shell(document: Document, base: str) -> bool:
    """Tell a page that is empty until scripts have run; frames of its own and a refresh fill a page without any."""
    return bool(document.scripts) and is_bare(document) and not own_frames(document, base) and not document.refresh


def is_bare(document: Document) -> bool:
    """Tell a page whose HTML itself has hardly a link or a word."""
    return len(document.links) < SHELL_LINKS and count_words(document.text()[:_HEAD]) < SHELL_WORDS


def own_frames(document: Document, base: str) -> list[str]:
    """Give the frames that are the site's own; a map or a film of another site is no part of a page's text."""
    return [url for url in document.frames if same_site(url, base)]


def lacks_menu(documents: Iterable[Document], labels: Labels, base: str) -> bool:
    """Tell a front page, with its frames, whose menu scripts may make: it has scripts, and its links name few duties."""
    duties: set[str] = set()
    scripted = False
    for document in documents:
        scripted = scripted or bool(document.scripts)
        for link in document.links:
            if canonical(link.url) != canonical(base):
                hits = (*labels.of_link(link, menu=True), *(labels.of_url(link.url) if same_site(link.url, base) else ()))
                duties |= {hit.section for hit in hits if hit.grade >= Grade.ACCEPTED}
    return scripted and len(duties) < _FEW_DUTIES


def may_be_filled(document: Document) -> bool:
    """Tell a page that a script of its own may fill, though its HTML holds nothing."""
    return any(not _LIBRARY.search(source) if source else _FILLING.search(text) is not None for source, text in document.scripts)
