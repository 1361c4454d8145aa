"""How old a section is: the newest date of its own entries, from the list, its opened details, or the front page's block."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from auditor.model.evidence import Proof
from auditor.model.visit import Cause
from auditor.sdk.dates import dates
from auditor.sdk.html import Document
from auditor.sdk.urls import canonical, is_document, same_site
from probes.content.details import details_of
from probes.content.duties import Dating
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.content.substance import Substance
from probes.content.target import State, Target

__all__ = ["Newest", "newest_of", "undated_for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """A section's newest date and the page that shows it.

    ``how`` says where it was read: ``list``, ``answers``, ``detail``, ``byline``, ``block``; ``others`` are the newest dates
    that the other places show.
    """

    day: date
    how: str
    proof: Proof | None
    others: tuple[tuple[str, date], ...] = ()


def newest_of(targets: Iterable[Target], site: CrawledSite, *, until: date, dating: Dating) -> Newest | None:
    """Give the newest date, not in the future, of the targets that hold something; None if nothing in them is dated."""
    present = [target for target in targets if target.state is State.PRESENT]
    found = [newest for target in present for newest in _dates(target, site, until, dating)]
    best = max(found, key=lambda newest: (newest.day, _ORDER[newest.how]), default=None)
    if best is None:
        return None
    by_place = {how: max(other.day for other in found if other.how == how) for how in dict.fromkeys(other.how for other in found)}
    return replace(best, others=tuple((how, day) for how, day in sorted(by_place.items()) if how != best.how))


def undated_for(targets: Iterable[Target], site: CrawledSite, dating: Dating) -> Cause | None:
    """Say why no date was found though there may be one: nothing but files, or entries that were not opened. None when none is.

    A file's own dates, and those on pages that a limit left unopened, were not read: their section is not called undated.
    """
    present = [target for target in targets if target.state is State.PRESENT]
    pages = [target.page for target in present if target.page is not None and target.page.is_html]
    if not pages:
        return Cause.CAPABILITY
    if dating is Dating.BYLINE or not (site.seen.left or site.seen.cuts):
        return None
    for page in pages:
        if page is site.home or details_of(page, site):
            continue
        own = (link for link in site.template_of(page).own_links(page.document) if same_site(link.url, site.base))
        if any(not is_document(link.url) and canonical(link.url) not in site.pages for link in own):
            return Cause.BUDGET
    return None


_ORDER = {"byline": 0, "detail": 0, "answers": 1, "list": 1, "block": 2}


def _dates(target: Target, site: CrawledSite, until: date, dating: Dating) -> Iterator[Newest]:
    if target.block is not None:
        day = max(target.block.days)
        yield Newest(day=day, how="block", proof=target.proof)
    elif target.page is not None and target.page is not site.home and target.page.cause is None:
        how = {Dating.BYLINE: "byline", Dating.ANSWERS: "answers"}.get(dating, "list")
        yield from _of_page(target.page, site, until, how, _own(site.substance(target.page), dating))
        if dating is Dating.BYLINE:
            return
        details = details_of(target.page, site)
        if not details and not _own(site.substance(target.page), dating):
            details = details_of(target.page, site, told_before=True)
        for detail in details:
            if dating is Dating.ANSWERS:
                yield from _of_page(detail, site, until, "answers", _own(site.substance(detail), dating))
            else:  # an article begins with its own day; those of other articles stand below
                yield from _of_page(detail, site, until, "detail", _own(site.substance(detail), Dating.APART), first=True)


def _own(substance: Substance, dating: Dating) -> tuple[date, ...]:
    """Give the dates of a page that are its entries' own, in the page's order."""
    match dating:
        case Dating.BYLINE:
            return substance.bylines
        case Dating.APART:
            return substance.dates or substance.folded_dates
        case Dating.NAMED:
            return substance.dates or substance.folded_dates or substance.named_dates
        case Dating.SPANS:
            return (*(substance.dates or substance.folded_dates or substance.named_dates), *substance.last_days)
        case Dating.ANSWERS:
            return (*substance.dates, *substance.folded_dates, *substance.named_dates)


def _of_page(
    page: Page, site: CrawledSite, until: date, how: str, own: Sequence[date], *, first: bool = False
) -> Iterator[Newest]:
    # Another site's template is not known, so a date of the very day may be its clock.
    inside = same_site(page.exchange.url, site.base)
    past = [day for day in own if day < until or (inside and day == until)]
    if past:
        day = past[0] if first else max(past)
        yield Newest(day=day, how=how, proof=page.exchange.proof(passage=_passage(page.document, day)))


def _passage(document: Document, day: date) -> str | None:
    """Find the words in which a page says a date."""
    for block in document.blocks:
        if any(span.day == day for span in dates(block.text[:20_000])):
            return block.text[:300]
    return None
