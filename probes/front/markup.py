"""What the front page's markup says beside its text: meta elements, and what it loads from where."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from auditor.model.note import Json
from auditor.sdk.html import Document
from probes.front import notes
from probes.front.judged import Judged
from probes.front.names import domain_of

__all__ = ["Markup", "judge_integrity", "judge_mixed"]

_MAX_NODES = 5_000
_MAX_URL = 2_000
_SHOWN = 5
_ACTIVE = {"script": "src", "iframe": "src", "frame": "src", "embed": "src", "object": "data"}
_PASSIVE = {"img": "src", "audio": "src", "video": "src", "source": "src", "track": "src", "form": "action"}
_LOADING = {"stylesheet", "preload", "modulepreload", "manifest", "icon", "apple-touch-icon", "prefetch"}
_CSS_URL = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"])(http://[^'")\s]+)""", re.IGNORECASE)
_HASHES = ("sha256-", "sha384-", "sha512-")
_LOCAL = {"localhost", "127.0.0.1", "::1"}
"""Browsers trust what comes from the visitor's own machine."""


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
        """Give the policies of ``meta http-equiv=Content-Security-Policy``."""
        return self._metas("http-equiv", "content-security-policy")

    def referrers(self) -> list[str]:
        """Give the policies of ``meta name=referrer``."""
        return self._metas("name", "referrer")

    @cached_property
    def unencrypted(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the addresses with ``http:`` that the page loads or sends to: active, then passive, each once."""
        active, passive = dict[str, None](), dict[str, None]()
        for address, runs in self._loads():
            url = _join(self._base, address)
            if url is not None and url.lower().startswith("http:") and (urlsplit(url).hostname or "") not in _LOCAL:
                (active if runs else passive)[url] = None
        return tuple(active), tuple(url for url in passive if url not in active)

    @cached_property
    def foreign_scripts(self) -> Mapping[str, bool]:
        """Give the scripts that come from other people's domains, each with whether it is held to a hash (SRI, section 3)."""
        own, found = _owner(self._url), dict[str, bool]()
        for node in self._tree.css("script[src]")[:_MAX_NODES]:
            url = _join(self._base, node.attributes.get("src") or "")
            if url is not None and _owner(url) != own and _runs(_said(node, "type")):
                held = any(word.startswith(_HASHES) for word in _said(node, "integrity").split())
                found[url] = held and found.get(url, True)
        return found

    def _loads(self) -> Iterator[tuple[str, bool]]:
        """Give each address that browsers load by themselves, and whether what it gives runs or styles the page."""
        for tag, attribute in (*_ACTIVE.items(), *_PASSIVE.items()):
            for node in self._tree.css(f"{tag}[{attribute}]")[:_MAX_NODES]:
                yield node.attributes.get(attribute) or "", tag in _ACTIVE
        for node in self._tree.css("link[href]")[:_MAX_NODES]:
            if rel := _LOADING & set((node.attributes.get("rel") or "").lower().split()):
                yield node.attributes.get("href") or "", bool(rel & {"stylesheet", "modulepreload", "manifest"})
        yield from ((node.attributes.get("poster") or "", False) for node in self._tree.css("video[poster]")[:_MAX_NODES])
        yield from ((node.attributes.get("src") or "", False) for node in self._tree.css("input[type=image i]")[:_MAX_NODES])
        for node in self._tree.css("img[srcset], source[srcset]")[:_MAX_NODES]:
            for candidate in (node.attributes.get("srcset") or "").split(","):
                yield candidate.strip().partition(" ")[0], False
        for text in self._styles():
            yield from ((address, False) for address in _CSS_URL.findall(text))

    def _styles(self) -> Iterator[str]:
        yield from ((node.text(deep=True) or "") for node in self._tree.css("style")[:_MAX_NODES])
        yield from ((node.attributes.get("style") or "") for node in self._tree.css("[style]")[:_MAX_NODES])

    def _metas(self, key: str, wanted: str) -> list[str]:
        return [_content(node) for node in self._tree.css("meta")[:_MAX_NODES] if _said(node, key) == wanted and _content(node)]


def judge_mixed(markup: Markup, *, https: bool, upgraded: bool) -> Judged:
    """Count what the page loads without encryption; a page that itself comes so counts with everything on it."""
    active, passive = markup.unencrypted
    count = len(active) + len(passive)
    examples = [url[:200] for url in (*active, *passive)[:_SHOWN]]
    facts: dict[str, Json] = {"active": len(active), "passive": len(passive), "examples": [*examples]}
    passage = examples[0] if examples else None
    if not https:
        return Judged(value=count + 1, because=notes.MIXED_PLAIN(count=count + 1), passage=passage, facts=facts)
    if count and upgraded:
        return Judged(value=0, because=notes.MIXED_UPGRADED(named=count), passage=passage, facts=facts)
    if count:
        return Judged(value=count, because=notes.MIXED(count=count, examples=[*examples]), passage=passage, facts=facts)
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


def _runs(kind: str) -> bool:
    """Tell whether browsers run a script of this type; what they do not know is only kept in the page."""
    return kind in {"", "module"} or "javascript" in kind or "ecmascript" in kind


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


def _said(node: LexborNode, key: str) -> str:
    return (node.attributes.get(key) or "").strip().lower()


def _content(node: LexborNode) -> str:
    return (node.attributes.get("content") or "").strip()
