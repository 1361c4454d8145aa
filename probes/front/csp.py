"""Content-Security-Policy by the standard (CSP Level 3), judged where Mozilla's Observatory draws its border."""

import re
from collections.abc import Iterable, Mapping, Sequence

from auditor.model.evidence import Exchange
from auditor.model.note import Json, quoted
from probes.front import notes
from probes.front.judged import ABSENT, SOUND, SPACE, WEAK, Judged, texts

__all__ = ["Policy", "judge_csp", "policies_of", "widest"]

Policy = Mapping[str, tuple[str, ...]]
"""A policy's directives with their sources, in lower case but for nonces and hashes; the first of a name counts."""
_NOT_IN_META = {"frame-ancestors", "report-uri", "sandbox"}
_NO_SOURCES = {"report-uri", "report-to", "sandbox"}
_SCRIPTS = {"script-src", "script-src-elem", "script-src-attr"}
_INLINE = "'unsafe-inline'"
_WORKERS = ("worker-src", "child-src", "script-src")
"""Where a worker may come from is said by the first of these (CSP Level 3, section 6.1.17)."""
_MAX_POLICIES = 20
_MAX_SHOWN = 8
_MAX_WORDS = 200
_DUPLICATE = "duplicate"
_ANY_HOST = re.compile(r"((?:[a-z][a-z0-9+.-]*://)?\*)(?::(?:\*|80|443))?/?")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}'")
_SECRET = re.compile(r"'(?:nonce|sha(?:256|384|512))-", re.IGNORECASE)
"""How what is compared letter by letter begins."""


def policies_of(headers: Iterable[str], known: Sequence[str], *, meta: bool = False) -> list[Policy]:
    """Give the policies that browsers enforce: one a comma, each with at least one directive that they know."""
    found: list[Policy] = []
    for text in [part for header in headers for part in header.split(",")][:_MAX_POLICIES]:
        policy: dict[str, tuple[str, ...]] = {}
        for words in map(_words, text.split(";")):
            if words and words[0] in known and not (meta and words[0] in _NOT_IN_META):
                if words[0] in policy and words[0] not in _NO_SOURCES:
                    policy[_DUPLICATE] = (*policy.get(_DUPLICATE, ()), words[0])
                policy.setdefault(words[0], tuple(words[1:]))
        if policy:
            found.append(policy)
    return found


def _words(directive: str) -> list[str]:
    """Split a directive where browsers do; one with a sign that is not ASCII they leave out (CSP Level 3, section 2.2.1)."""
    words = re.findall(rf"[^{SPACE}]+", directive) if directive.isascii() else []
    return [_SECRET.sub(lambda found: found[0].lower(), word) if _SECRET.match(word) else word.lower() for word in words]


def widest(source: str) -> str:
    """Give a source that any host matches without what narrows it by nothing: a port of the web's, a path of all paths."""
    found = _ANY_HOST.fullmatch(source)
    return found[1] if found else source


def judge_csp(front: Exchange, metas: Sequence[str], rules: Mapping[str, Json]) -> Judged:
    """Judge the policies of headers and meta elements together: what one of them forbids is forbidden."""
    headers = list(front.header_all("content-security-policy"))
    known = texts(rules, "csp", "directives")
    policies = policies_of(headers, known) + policies_of(metas, known, meta=True)
    passage = f"Content-Security-Policy: {headers[0]}" if headers else metas[0] if metas else None
    if not policies:
        only = front.header("content-security-policy-report-only")
        if passage is None and only is not None:
            line = f"Content-Security-Policy-Report-Only: {only}"
            return Judged(value=ABSENT, because=notes.CSP_REPORT_ONLY, passage=line)
        return Judged(value=ABSENT, because=notes.CSP_ABSENT if passage is None else notes.CSP_INVALID, passage=passage)
    judged = [_allows(policy, rules, https=front.url.startswith("https:")) for policy in policies]
    common = [kind for kind in judged[0] if all(kind in other for other in judged)]
    opened = dict.fromkeys(text for kind in common for text in judged[0][kind])
    allows: list[Json] = [*list(opened)[:_MAX_SHOWN]]
    lacks: list[Json] = [name for name in texts(rules, "csp", "expected") if not any(name in policy for policy in policies)]
    workers: list[Json] = [" ".join(_sources(policy, *_WORKERS))[:_MAX_WORDS] for policy in policies]
    facts: dict[str, Json] = {"policies": len(policies), "allows": allows, "lacks": lacks, "workers": workers}
    twice = dict.fromkeys(name for policy in policies for name in policy.get(_DUPLICATE, ()))
    if twice:
        facts["twice"] = [*twice]
    if common:
        return Judged(
            value=WEAK, because=notes.CSP_WEAK(allows=[*map(quoted, list(opened)[:_MAX_SHOWN])]), passage=passage, facts=facts
        )
    if twice:
        return Judged(value=SOUND, because=notes.CSP_TWICE(names=[*map(quoted, twice)]), passage=passage, facts=facts)
    return Judged(value=SOUND, because=notes.CSP_SOUND, passage=passage, facts=facts)


def _allows(policy: Policy, rules: Mapping[str, Json], *, https: bool) -> dict[str, list[str]]:
    """Give what a policy leaves open, by kind, each as the words that do it.

    Scripts as elements and as attributes are told apart (CSP Level 3, section 6.1): the narrower directive overrides script-src,
    which still decides on eval. Where an attribute's source is a host, it allows nothing.
    """
    broad, inline = texts(rules, "csp", "broad"), texts(rules, "csp", "inline")
    evil, proofs = texts(rules, "csp", "eval"), tuple(texts(rules, "csp", "proofs"))
    elements, script = _named(policy, "script-src-elem", "script-src")
    attributes, handlers = _named(policy, "script-src-attr", "script-src")
    script, handlers = _trusted(script, broad, proofs), _trusted(handlers, broad, proofs)
    blind = [s for s in script if s == "'strict-dynamic'" and not _proven(script, proofs)]
    found: dict[str, list[str]] = {}

    def opened(kind: str, name: str, sources: Iterable[str]) -> None:
        if words := [f"{name} {source}" for source in sources]:
            found[kind] = [*found.get(kind, ()), *words]

    opened("elements", elements, [s for s in script if widest(s) in broad or s in inline] + blind)
    opened("attributes", attributes, [s for s in handlers if s == _INLINE and s in inline])
    opened("objects", "object-src", [s for s in _sources(policy, "object-src") if widest(s) in broad])
    for name in ("script-src", "style-src"):
        opened(f"eval {name}", name, [s for s in _trusted(_sources(policy, name), (), proofs) if s in evil])
    for name, source in _insecure(policy, (elements, script), rules) if https else ():
        opened(f"insecure {name}", name, [source])
    return found


def _sources(policy: Policy, *names: str) -> tuple[str, ...]:
    """Give what a directive allows, or the first of those it falls back to, at last default-src; without any, everything."""
    return next((policy[name] for name in (*names, "default-src") if name in policy), ("*",))


def _named(policy: Policy, name: str, wider: str) -> tuple[str, tuple[str, ...]]:
    """Give a directive's sources with the name to show: its own where it stands in the policy, else the one it falls back to."""
    return (name if name in policy else wider), _sources(policy, name, wider)


def _trusted(sources: tuple[str, ...], broad: Sequence[str], proofs: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what browsers ignore beside a nonce or hash: inline, and with strict-dynamic every host and scheme."""
    if not _proven(sources, proofs):
        return sources
    left = [source for source in sources if source != _INLINE]
    if "'strict-dynamic'" in left:
        left = [source for source in left if source != "'self'" and not source.startswith(tuple(broad) or ("*",))]
    return tuple(left)


def _proven(sources: Iterable[str], proofs: tuple[str, ...]) -> bool:
    """Tell whether a nonce or hash is among them; one that is empty or cut off is no source (CSP Level 3, section 2.3.1)."""
    ends = (source[len(proof) :] for source in sources for proof in proofs if source.startswith(proof))
    return any(_BASE64.fullmatch(end) for end in ends)


def _insecure(policy: Policy, scripts: tuple[str, tuple[str, ...]], rules: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Give the sources of active content that a page over HTTPS may load without encryption."""
    left_out = {*texts(rules, "csp", "passive"), *_NO_SOURCES, *_SCRIPTS, _DUPLICATE}
    pairs = [(scripts[0], source) for source in scripts[1]]
    pairs += [(name, source) for name, sources in policy.items() if name not in left_out for source in sources]
    begins = tuple(texts(rules, "csp", "insecure"))
    return [(name, source) for name, source in pairs if begins and source.startswith(begins)]
