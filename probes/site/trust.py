"""Does the front page show the Tín nhiệm mạng label, and is it that of this domain?"""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.site import notes
from probes.site.said import Said, proofs_of, short_of

__all__ = ["judge_trust"]

_ISSUER = "tinnhiemmang.vn"
_SIGNED = re.compile(r"/(?:danh-ba-tin-nhiem|website-tin-nhiem|tin-nhiem)/([^/?#]+)", re.IGNORECASE)
_NAMES_DOMAIN = re.compile(r"-(?:vn|com|net|org|edu|gov|info)(?:-|$)", re.IGNORECASE)


def judge_trust(site: CrawledSite) -> Said:
    """Take the label from the front page and its frames; a bare link to the issuer's own front page is none."""
    host = (urlsplit(site.base).hostname or "").lower().removeprefix("www.")
    others: list[tuple[Page, str, str]] = []
    for page in site.front:
        for urls in _shown(page):
            named = [domain for url in urls if (domain := _domain_of(url, host)) is not None]
            other = next((domain for domain in named if domain not in {"", host}), None)
            if named and other is None:
                proofs = proofs_of([page.exchange.proof(urls[0])])
                return Said(because=notes.LABELLED(url=urls[0]), value=True, proofs=proofs, facts={"label": urls[0]})
            if other is not None:
                others.append((page, urls[0], other))
    if others:
        page, url, domain = others[0]
        facts = {"label": url, "domain": domain}
        return Said(
            because=notes.OTHER_LABEL(url=url, domain=domain),
            value=False,
            proofs=proofs_of([page.exchange.proof(url)]),
            facts=facts,
        )
    cause = short_of(site)
    if cause is not None:
        return Said(because=notes.TOO_LITTLE(cause=str(cause), read=len(site.readable), left=site.seen.left), cause=cause)
    return Said(because=notes.NOT_LABELLED, value=False)


def _shown(page: Page) -> list[tuple[str, ...]]:
    """Give what may be a label: a link with the picture in it, or a picture alone."""
    links = [tuple(filter(_is_issuers, (link.url, link.file))) for link in page.document.links]
    pictures = [(source,) for source, _ in page.document.images if _is_issuers(source)]
    return [urls for urls in (*links, *pictures) if urls]


def _is_issuers(url: str) -> bool:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return host == _ISSUER or host.endswith(f".{_ISSUER}")


def _domain_of(url: str, host: str) -> str | None:
    """Give the domain that a label's address names, empty where it names none; None where the address is no label's."""
    parts = urlsplit(url)
    if "handle" in parts.path.lower():
        named = (parse_qs(parts.query).get("id") or [""])[0].strip().lower().removeprefix("www.")
        return named if "." in named or not named else ""
    signed = _SIGNED.search(unquote(parts.path))
    if signed is None:
        return None
    slug = signed[1].lower().removeprefix("www-").replace(".", "-")
    mine = host.replace(".", "-")
    if slug == mine or slug.startswith(f"{mine}-"):
        return host
    return slug if _NAMES_DOMAIN.search(slug) else ""
