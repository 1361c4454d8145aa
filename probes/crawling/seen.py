"""What a crawl saw: the front page, every page asked for, and what was left."""

from dataclasses import dataclass, field

from auditor.model.evidence import Chain, Cut
from auditor.sdk.doors import Rendered
from probes.crawling import downloads
from probes.crawling import extras as beyond

__all__ = ["CrawlSeen", "CrawledPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawledPage:
    """One page asked for.

    ``clicks`` counts from the front page (None when only the XML sitemap names it); ``found_on`` is the page that linked it.
    ``rendered`` is the page as a browser shows it, where its HTML holds nothing of its own.
    """

    url: str
    chain: Chain
    clicks: int | None
    found_on: str
    rendered: Rendered | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSeen:
    """All that was seen.

    ``cuts`` are the limits that ended it or left something out, ``left`` how many addresses were not opened, ``near`` how many
    of them are one click away. ``unopened`` are those of them that a duty's label or address named; ``unfollowed`` those that the
    site asks robots not to follow (``*`` when it asks so of all that its front page links). ``again`` is the front page once
    more, asked for after pages had failed and nobody could say whose fault that was. ``rendered`` is the front page as a browser
    shows it, where its HTML is a shell or names few duties; ``missing_rendered`` likewise what nobody's address shows; ``extras``
    is what the site as a whole is judged by. ``forms`` are the first bytes of what opened services offer to download.
    """

    front: Chain
    rendered: Rendered | None = None
    pages: tuple[CrawledPage, ...] = ()
    missing: Chain | None = None
    missing_rendered: Rendered | None = None
    sitemaps: tuple[Chain, ...] = ()
    cuts: tuple[Cut, ...] = ()
    left: int = 0
    near: int = 0
    unopened: tuple[str, ...] = ()
    unfollowed: tuple[str, ...] = ()
    again: Chain | None = None
    extras: beyond.Extras = field(default_factory=beyond.Extras)
    forms: tuple[downloads.AskedForm, ...] = ()
