"""How many of the site's links are broken? A target counts once, and a place of the template once."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from auditor.model.evidence import Chain, Proof
from auditor.model.note import Json
from auditor.model.visit import Blame, Cause
from auditor.sdk.outcome import GONE, cause_of
from auditor.sdk.urls import canonical, same_site
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.crawling.units import Place, Unit, units_of
from probes.site import notes
from probes.site.said import Said, proofs_of

__all__ = ["judge_links"]

_PASSING = {503, 507, 508, 509}
"""Answers of a server that is full or being mended: another day it may answer."""
_FEW = 5
_SHOWN = 30
_HALF = 2


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether a target is broken, None where that cannot be said; why, and what proves it."""

    broken: bool | None
    why: str
    proof: Proof | None = None


_WORKS = _Verdict(False, "")


@dataclass(frozen=True, slots=True)
class _Decided:
    unit: Unit
    place: Place
    verdict: _Verdict


def judge_links(site: CrawledSite) -> Said:
    """Give the share of broken links among those whose target was asked for and can be decided."""
    units = units_of([page.document for page in site.readable])
    answers = _answers(site)
    decided: list[_Decided] = []
    undecided: Counter[str] = Counter()
    for unit in units:
        one = _of_unit(unit, answers)
        if one is not None and one.verdict.broken is None:
            undecided[one.verdict.why] += 1
        elif one is not None:
            decided.append(one)
    broken = [one for one in decided if one.verdict.broken]
    facts: dict[str, Json] = {
        "links": len(units),
        "sampled": len(decided) + undecided.total(),
        "decided": len(decided),
        "broken": len(broken),
        "undecided": dict(sorted(undecided.items())),
        "broken_links": [_shown(one) for one in broken[:_SHOWN]],
    }
    if not units:
        return Said(because=notes.NO_LINKS, facts=facts)
    if len(decided) < min(_FEW, len(units)):
        cause = _commonest(undecided)
        because = notes.FEW_LINKS(decided=len(decided), sampled=len(decided) + undecided.total(), cause=str(cause))
        return Said(because=because, cause=cause, facts=facts)
    counts: dict[str, Json] = {"decided": len(decided), "undecided": undecided.total()}
    because = notes.LINKS(**counts, broken=len(broken)) if broken else notes.LINKS_WORK(**counts)
    proofs = [proof for one in broken for proof in (one.verdict.proof, _linked(site, one.place)) if proof is not None]
    share = (Decimal(len(broken)) / len(decided)).quantize(Decimal("0.0001"))
    return Said(because=because, value=share, proofs=proofs_of(proofs), facts=facts)


def _answers(site: CrawledSite) -> dict[str, _Verdict]:
    """Give the verdict on every target that was asked for: by the crawl, and beyond it."""
    found = {key: _of_page(page, site) for key, page in site.pages.items()}
    for link in site.seen.extras.links:
        found.setdefault(canonical(link.url), _of_chain(link.answer, site))
    return found


def _of_page(page: Page, site: CrawledSite) -> _Verdict:
    """Judge a page that the crawl opened."""
    if page is site.home or page.crawled is None:
        return _WORKS
    return _of_chain(page.crawled.chain, site, page)


def _of_chain(chain: Chain, site: CrawledSite, page: Page | None = None) -> _Verdict:
    """Judge an answer. Of another site's only what is certain counts; a wall, a refusal or a slow answer decides nothing."""
    final = chain.final
    cause = page.cause if page is not None else chain.cause or cause_of(final)
    own = same_site(final.url, site.base)
    if cause is None:
        page = page or Page(None, chain, None, site.known)
        gone = own and final.method == "GET" and page.is_html and site.is_missing(page)
        return _Verdict(True, "soft_404", final.proof(page.document.title[:200] or None)) if gone else _WORKS
    twice = own and bool(chain.confirmed) and final.method == "GET"
    match cause:
        case Cause.TOO_LARGE:
            return _WORKS
        case Cause.HTTP_4XX if final.status in GONE and final.method == "GET":
            return _Verdict(True, f"http_{final.status}", final.proof())
        case Cause.HTTP_5XX:
            broken = bool(chain.confirmed) and (final.status or 0) not in _PASSING and final.method == "GET"
        case Cause.AMBIGUOUS:
            broken = twice and final.at < site.last_answer
        case _:
            broken = (twice and cause.blame is Blame.THEIRS) or cause in {
                Cause.DNS,
                Cause.CONNECT,
            }  # the door proved our own link before it gave these
    return _Verdict(broken or None, str(cause), final.proof())


def _of_unit(unit: Unit, answers: dict[str, _Verdict]) -> _Decided | None:
    """Judge links that are one: broken when at least half of the targets that can be decided are. None if none was asked for."""
    known = [_Decided(unit, place, answers[target]) for target, place in unit.places.items() if target in answers]
    if not known:
        return None
    sure = [one for one in known if one.verdict.broken is not None]
    broken = [one for one in sure if one.verdict.broken]
    if not sure:
        return known[0]
    return broken[0] if len(broken) * _HALF >= len(sure) and broken else next(one for one in sure if not one.verdict.broken)


def _shown(one: _Decided) -> Json:
    place = one.place
    return {"url": place.url, "label": place.label[:200], "found_on": place.found_on, "why": one.verdict.why}


def _linked(site: CrawledSite, place: Place) -> Proof | None:
    """Point at the page that holds the link."""
    page = site.pages.get(canonical(place.found_on))
    exchange = page.exchange if page is not None else site.home.exchange
    return exchange.proof(place.label[:200] or place.url[:200])


def _commonest(undecided: Counter[str]) -> Cause:
    causes = Counter({why: count for why, count in undecided.items() if why in set(Cause)})
    return Cause(causes.most_common(1)[0][0]) if causes else Cause.BUDGET
