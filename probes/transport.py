"""How does the front page travel: forced onto HTTPS and kept there, compressed, with which protecting headers?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

from auditor.model.agency import Site
from auditor.model.evidence import Chain, Exchange, Proof
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json
from auditor.model.reading import Kind, Measure, Measured, NotApplicable, Reading, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.doors import Doors
from auditor.sdk.front import front_note
from auditor.sdk.outcome import cause_of
from auditor.sdk.probe import Known, Probe
from auditor.sdk.tls import TlsOpening
from auditor.sdk.unreached import unreached
from probes.front import notes
from probes.front.cookies import judge_cookies
from probes.front.csp import judge_csp, policies_of
from probes.front.endpoints import endpoint, twin_of
from probes.front.forced import NO_CONNECTION, judge_forced, way_of
from probes.front.greeting import excuse_of, fault_of, lets_in, speaks_tls
from probes.front.headers import (
    VERSIONS,
    judge_compression,
    judge_framing,
    judge_leaks,
    judge_nosniff,
    judge_referrer,
    judge_version,
)
from probes.front.hsts import judge_hsts
from probes.front.judged import WORDS, Judged, texts
from probes.front.markup import Markup, judge_integrity, judge_mixed

__all__ = ["PROBE", "TransportSeen"]

_TWIN_SECONDS = 10.0
"""How long the other name may take: what it says is told, and judged nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSeen:
    """The front page asked for over HTTPS, then over plain HTTP, each with its redirects."""

    secure: Chain
    plain: Chain
    others: tuple[Chain, ...] = ()
    """The same of the name's twin, with www. or without, where it resolves."""
    openings: tuple[TlsOpening, ...] = ()
    """Whether another client gets in, of each place that spoke TLS and refused ours."""


async def look(site: Site, doors: Doors) -> TransportSeen:
    """Ask twice for the front page, as a browser's first visit does, then for that of the name's twin.

    HTTPS comes first, before any cookie is had: a server sets its cookies once. Both are plain connection checks, which
    robots.txt does not govern; asking for robots.txt would also take the first cookies.
    """
    parts = urlsplit(site.url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    rest = (parts.path or "/", parts.query, "")
    secure_url = site.url if parts.scheme == "https" else urlunsplit(("https", host, *rest))
    plain_url = site.url if parts.scheme == "http" else urlunsplit(("http", host, *rest))
    secure = await doors.http.get(secure_url, why="front page over HTTPS", robots=False, newest=True)
    plain = await doors.http.get(plain_url, why="front page over plain HTTP", robots=False)
    others: list[Chain] = []
    twin = twin_of(host) if parts.port is None else None
    if twin is not None and await _resolves(twin, doors):
        limits = replace(doors.limits.page, seconds=min(doors.limits.page.seconds, _TWIN_SECONDS))
        for scheme in ("https", "http"):
            url, why = urlunsplit((scheme, twin, *rest)), f"the other name over {scheme.upper()}"
            others.append(await doors.http.get(url, why=why, limits=limits, robots=False))
    return TransportSeen(secure=secure, plain=plain, others=tuple(others), openings=await _openings((secure, plain), doors))


async def _openings(chains: Iterable[Chain], doors: Doors) -> tuple[TlsOpening, ...]:
    refused = {parts.netloc: parts for chain in chains if speaks_tls(chain.final) for parts in [urlsplit(chain.final.url)]}
    return tuple([await doors.tls.opens(one.hostname or "", port=one.port or 443) for one in refused.values()])


async def _resolves(name: str, doors: Doors) -> bool:
    """Tell whether a name has an address; where nobody can say so, it is left alone."""
    return bool((await doors.dns.query(name, "A")).records or (await doors.dns.query(name, "AAAA")).records)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Front:
    """The front page's final answer with the way to it."""

    exchange: Exchange
    hops: tuple[Exchange, ...]

    @property
    def https(self) -> bool:
        return self.exchange.url.startswith("https:")


def assess(seen: TransportSeen, known: Known) -> list[Reading]:
    """Judge the final answer; without one, every measure is unavailable, save what a site without HTTPS makes plain."""
    readings = [_forced(seen)]
    front = _front(seen)
    if isinstance(front, Cause):
        exchange = seen.secure.final
        return readings + [_unavailable(m.id, front, exchange) for m in MEASURES if m.id != _FORCED]
    for id_, judged in _checks(front, known).items():
        readings.append(_reading(id_, judged, front.exchange))
    return readings


def _checks(front: _Front, known: Known) -> Mapping[MeasureId, Judged | None]:
    """Run every check; None where the guideline that it needs is not there."""
    answer, rules = front.exchange, known.guidelines.get("headers")
    markup = Markup(known.document(answer))
    metas = markup.policies()
    upgraded = any(policies_of([*answer.header_all("content-security-policy"), *metas], ["upgrade-insecure-requests"]))

    def ruled(check: Callable[[Mapping[str, Json]], Judged]) -> Judged | None:
        return None if not rules or not texts(rules, "csp", "directives") else check(rules)

    return {
        _HSTS: judge_hsts(answer),
        _MIXED: judge_mixed(markup, https=front.https, upgraded=upgraded),
        _VERSION: judge_version(answer),
        _COMPRESSION: judge_compression(answer),
        _CSP: ruled(lambda rules: judge_csp(answer, metas, rules)),
        _FRAMING: ruled(lambda rules: judge_framing(answer, rules)),
        _NOSNIFF: judge_nosniff(answer),
        _REFERRER: ruled(lambda rules: judge_referrer(answer, markup.referrers(), rules)),
        _COOKIES: ruled(lambda rules: judge_cookies(front.hops, rules)),
        _LEAKS: ruled(lambda rules: judge_leaks(answer, rules)),
        _INTEGRITY: judge_integrity(markup),
    }


def _front(seen: TransportSeen) -> _Front | Cause:
    """Give the answer to judge, or why there is none. A site without HTTPS is judged by its plain answer.

    One that speaks TLS, only not with us, is not such a site, unless nobody gets in: what it serves there is unknown.
    """
    cause = _cause(seen.secure, seen)
    if cause is None:
        return _Front(exchange=seen.secure.final, hops=way_of(seen.secure))
    final, plain = seen.secure.final, seen.plain.final
    if (
        final.status is None
        and final.cause in NO_CONNECTION
        and (not speaks_tls(final) or lets_in(final, seen.openings) is False)
        and _cause(seen.plain, seen) is None
        and plain.url.startswith("http:")
    ):
        return _Front(exchange=plain, hops=way_of(seen.plain))
    return cause


def _forced(seen: TransportSeen) -> Reading:
    cause = _cause(seen.plain, seen)
    shown = judge_forced(seen.secure, seen.plain, cause, seen.openings)
    if shown is None:
        found: Reading = _unavailable(_FORCED, cause or Cause.AMBIGUOUS, seen.plain.final)
        if _cause(seen.secure, seen) is None and found.because.key == notes.UNAVAILABLE.key:
            unseen = notes.FORCED_UNSEEN(source=seen.plain.final.url, cause=(cause or Cause.AMBIGUOUS).value)
            found = replace(found, because=unseen)
    else:
        found = _reading(_FORCED, shown.judged, shown.exchange)
    ways: list[Json] = [endpoint(chain) for chain in (seen.plain, seen.secure, *seen.others)]
    tried = tuple(proof for one in seen.openings for proof in one.proofs)
    return replace(found, facts={**found.facts, "endpoints": ways}, evidence=(*found.evidence, *tried))


def _cause(chain: Chain, seen: TransportSeen) -> Cause | None:
    """Say why a chain ended without a page. A host that answered us elsewhere, or spoke TLS, proves our link."""
    if speaks_tls(chain.final):
        return excuse_of(chain.final, seen.openings)
    cause = chain.cause or cause_of(chain.final)
    asked = (*seen.secure.exchanges, *seen.plain.exchanges)
    proven = any(hop.status is not None and _host(hop) == _host(chain.final) for hop in asked)
    return chain.final.cause if cause is Cause.AMBIGUOUS and proven and chain.final.cause is not None else cause


def _host(exchange: Exchange) -> str:
    try:
        return (urlsplit(exchange.url).hostname or "").lower()
    except ValueError:  # where a redirect leads may be no address at all
        return ""


def _reading(measure: MeasureId, judged: Judged | None, front: Exchange) -> Reading:
    if judged is None:
        return Unavailable(measure=measure, because=notes.NO_RULE, cause=Cause.CAPABILITY, evidence=_proof(front, None))
    evidence = _proof(front, judged.passage)
    if judged.value is not None:
        return Measured(measure=measure, value=judged.value, because=judged.because, evidence=evidence, facts=judged.facts)
    if measure in {_COOKIES, _COMPRESSION}:
        return NotApplicable(measure=measure, because=judged.because, evidence=evidence, facts=judged.facts)
    return Unavailable(measure=measure, because=judged.because, cause=Cause.CAPABILITY, evidence=evidence, facts=judged.facts)


def _unavailable(measure: MeasureId, cause: Cause, exchange: Exchange) -> Unavailable:
    facts: dict[str, Json] = {"url": exchange.url, "status": exchange.status, "detail": exchange.detail}
    spoken = cause in {Cause.TLS, Cause.CAPABILITY} and speaks_tls(exchange)
    note = unreached(exchange.detail) or front_note(exchange) or notes.UNAVAILABLE(cause=cause.value)
    note = notes.OTHER_TLS(fault=fault_of(exchange)) if spoken else note
    return Unavailable(measure=measure, because=note, cause=cause, evidence=_proof(exchange, None), facts=facts)


def _proof(exchange: Exchange, passage: str | None) -> tuple[Proof, ...]:
    proof = exchange.proof(passage)
    return () if proof is None else (proof,)


_FORCED, _HSTS, _MIXED = MeasureId("https.forced"), MeasureId("https.hsts_days"), MeasureId("https.mixed_content")
_VERSION, _COMPRESSION = MeasureId("http.version"), MeasureId("http.compression")
_CSP, _FRAMING, _NOSNIFF = MeasureId("headers.csp"), MeasureId("headers.framing"), MeasureId("headers.nosniff")
_REFERRER, _COOKIES, _LEAKS = MeasureId("headers.referrer"), MeasureId("headers.cookies"), MeasureId("headers.leaks")
_INTEGRITY = MeasureId("headers.integrity")

MEASURES = (
    Measure(id=_FORCED, kind=Kind.BOOLEAN, meaning="Whether plain HTTP leads to HTTPS; true where port 80 has no page."),
    Measure(id=_HSTS, kind=Kind.DAYS, unit="days", meaning="How long HSTS lasts; 0 without a valid header."),
    Measure(id=_MIXED, kind=Kind.COUNT, meaning="How many addresses the front page loads unencrypted."),
    Measure(id=_VERSION, kind=Kind.WORD, words=VERSIONS, meaning="The version of HTTP over which the front page came."),
    Measure(id=_COMPRESSION, kind=Kind.BOOLEAN, meaning="Whether the front page is sent compressed."),
    Measure(id=_CSP, kind=Kind.WORD, words=WORDS, meaning="The front page's Content-Security-Policy."),
    Measure(id=_FRAMING, kind=Kind.WORD, words=WORDS, meaning="Whether other sites are kept from framing the front page."),
    Measure(id=_NOSNIFF, kind=Kind.WORD, words=WORDS, meaning="Whether browsers are told not to guess content types."),
    Measure(id=_REFERRER, kind=Kind.WORD, words=WORDS, meaning="The front page's Referrer-Policy."),
    Measure(id=_COOKIES, kind=Kind.WORD, words=WORDS, meaning="Whether a first visit's cookies are protected."),
    Measure(id=_LEAKS, kind=Kind.WORD, words=WORDS, meaning="Whether no header tells a version of the server's software."),
    Measure(id=_INTEGRITY, kind=Kind.COUNT, meaning="How many scripts of other sites the front page runs without integrity."),
)  # fmt: skip

PROBE = Probe(id=ProbeId("transport"), version=7, look=look, assess=assess, seen=TransportSeen, measures=MEASURES)
