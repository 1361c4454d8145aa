"""What the front page's markup says beside its text: meta elements, and what it loads from where."""

import re
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from auditor.model.note import Json
from auditor.sdk.html import Document
from probes.front import notes
from probes.front.judged import Judged
from probes.front.loads import loads_of, runs, said, sends_of
from probes.front.names import domain_of

__all__ = ["Markup", "judge_integrity", "judge_mixed"]

_MAX_NODES = 5_000
_MAX_URL = 2_000
_SHOWN = 5
_HASH = re.compile(r"sha(?:256|384|512)-[a-z0-9+/=_-]+(?:\?.*)?", re.IGNORECASE)
"""What browsers read as a hash; what they cannot read, or know no algorithm for, holds a script to nothing (SRI, section 3)."""
_LOCAL = re.compile(r"(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|::1")
"""Browsers trust what comes from the visitor's own machine (Secure Contexts, section 3.1)."""


class Markup:
    """One parsed page."""

    def __init__(self, document: Document) -> None:
        """Parse the page's decoded text, without what only runs where scripts do not."""
        self._tree = document.parse()
        for node in self._tree.css("noscript, template")[:_MAX_NODES]:
            node.decompose()
        self._url = document.url
        base = self._tree.css_first("base[href]")
        self._base = _join(document.url, (base.attributes.get("href") or "") if base else "") or document.url

    def policies(self) -> list[str]:
        """Give the policies of ``meta http-equiv=Content-Security-Policy``, which count in the head alone (HTML, 4.2.5.3)."""
        return self._metas("head > meta", "http-equiv", "content-security-policy")

    def referrers(self) -> list[str]:
        """Give the policies of ``meta name=referrer``."""
        return self._metas("meta", "name", "referrer")

    @cached_property
    def unencrypted(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Give the addresses with ``http:`` that the page loads, active, then passive, and those it sends to, each once."""
        active, passive = dict[str, None](), dict[str, None]()
        for address, acts in loads_of(self._tree):
            if url := self._plain(address):
                (active if acts else passive)[url] = None
        sent = dict.fromkeys(url for address in sends_of(self._tree) if (url := self._plain(address)))
        loaded = tuple(url for url in passive if url not in active)
        return tuple(active), loaded, tuple(url for url in sent if url not in active and url not in passive)

    def _plain(self, address: str) -> str | None:
        """Give the absolute address where it is one without encryption."""
        url = _join(self._base, address)
        found = url is not None and url.lower().startswith("http:") and not _LOCAL.fullmatch(urlsplit(url).hostname or "")
        return url if found else None

    @cached_property
    def foreign_scripts(self) -> Mapping[str, bool]:
        """Give the scripts that come from other people's domains, each with whether it is held to a hash (SRI, section 3)."""
        own, found = _owner(self._url), dict[str, bool]()
        for node in self._tree.css("script[src]")[:_MAX_NODES]:
            url = _join(self._base, node.attributes.get("src") or "")
            if url is not None and _owner(url) != own and runs(node):
                held = any(_HASH.fullmatch(word) for word in said(node, "integrity").split())
                found[url] = held and found.get(url, True)
        return found

    def _metas(self, where: str, key: str, wanted: str) -> list[str]:
        nodes = [node for node in self._tree.css(where)[:_MAX_NODES] if said(node, key).lower() == wanted]
        return [content for node in nodes if (content := said(node, "content"))]


def judge_mixed(markup: Markup, *, https: bool, upgraded: bool) -> Judged:
    """Count what the page loads without encryption; a page that itself comes so counts with everything on it."""
    active, passive, sent = markup.unencrypted
    loaded = len(active) + len(passive)
    count = loaded + len(sent)
    examples = [url[:200] for url in (*active, *passive, *sent)[:_SHOWN]]
    facts: dict[str, Json] = {"active": len(active), "passive": len(passive), "sent_to": len(sent), "examples": [*examples]}
    passage = examples[0] if examples else None
    if not https:
        return Judged(value=count + 1, because=notes.MIXED_PLAIN(count=count + 1), passage=passage, facts=facts)
    if count and upgraded:
        return Judged(value=0, because=notes.MIXED_UPGRADED(named=count), passage=passage, facts=facts)
    if count:
        because = notes.MIXED_BOTH(loaded=loaded, sent=len(sent), examples=[*examples])
        if not sent or not loaded:
            because = (notes.MIXED if loaded else notes.MIXED_SENT)(count=count, examples=[*examples])
        return Judged(value=count, because=because, passage=passage, facts=facts)
    return Judged(value=0, because=notes.MIXED_NONE, facts=facts)


def judge_integrity(markup: Markup) -> Judged:
    """Count the scripts from other sites that would run whatever their servers sent."""
    scripts = markup.foreign_scripts
    free = [url for url, held in scripts.items() if not held]
    shown: list[Json] = [url[:200] for url in free[:_SHOWN]]
    facts: dict[str, Json] = {"foreign": len(scripts), "examples": shown}
    if free:
        because = notes.INTEGRITY(count=len(free), foreign=len(scripts), examples=shown)
        return Judged(value=len(free), because=because, passage=free[0][:200], facts=facts)
    return Judged(value=0, because=notes.INTEGRITY_ALL(foreign=len(scripts)) if scripts else notes.INTEGRITY_NONE, facts=facts)


def _owner(url: str) -> str:
    """Give whose an address is: the registered domain, or the host where there is none."""
    host = (urlsplit(url).hostname or "").lower()
    return domain_of(host) or host


def _join(base: str, address: str) -> str | None:
    """Give the absolute address, None for what is none."""
    address = re.sub(r"[\t\r\n]", "", address).strip()
    if not address or len(address) > _MAX_URL:
        return None
    try:
        url = urljoin(base, address)
        return url if urlsplit(url).scheme in {"http", "https"} else None
    except ValueError:
        return None
