"""Whether plain HTTP leads to HTTPS, and HTTPS never back."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from auditor.model.evidence import Chain, Exchange
from auditor.model.note import Json, Note
from auditor.model.visit import Cause
from auditor.sdk.locations import located
from auditor.sdk.tls import TlsOpening
from probes.front import notes
from probes.front.greeting import fault_of, lets_in, speaks_tls
from probes.front.judged import Judged

__all__ = ["NO_CONNECTION", "Shown", "answered", "downgrades", "judge_forced", "way_of"]

NO_CONNECTION = frozenset({Cause.CONNECT, Cause.TLS, Cause.TIMEOUT, Cause.PROTOCOL})
"""How a port that serves nothing fails."""
_CLOSED = frozenset({Cause.CONNECT, Cause.TIMEOUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was found, and the exchange that shows it."""

    judged: Judged
    exchange: Exchange


def judge_forced(secure: Chain, plain: Chain, cause: Cause | None, openings: Sequence[TlsOpening] = ()) -> Shown | None:
    """Judge both ways to the front page; ``cause`` is why the plain one came to no page. None when it cannot be told.

    Who speaks TLS and lets nobody in, as ``openings`` prove, forces nobody onto it; whether others get in must be known.
    """
    final, heard = plain.final, secure.final
    source, answers = plain.hops[0].url, answered(heard, "https:")
    drops = [*downgrades(way_of(secure)), *downgrades(way_of(plain))]
    facts: dict[str, Json] = {"source": source, "target": final.url, "status": final.status}
    if drops:
        facts["downgrades"] = [f"{hop.url} → {target} ({hop.status})" for hop, target in drops]

    def shown(because: Note, exchange: Exchange, passage: str | None = None, *, value: bool) -> Shown:
        return Shown(judged=Judged(value=value, because=because, passage=passage, facts=facts), exchange=exchange)

    if _nobody(plain, answers=answers, openings=openings):
        hop = way_of(plain)[-2]
        because = notes.FORCED_NOBODY(source=source, target=final.url, fault=fault_of(final))
        return shown(because, hop, f"Location: {hop.header('location')}", value=False)
    if final.url.startswith("https:") and (final.status is not None or answers or lets_in(final, openings)):
        hop = way_of(plain)[-2] if len(way_of(plain)) > 1 else final
        return shown(_forced(source, final, drops, answers=answers), hop, f"Location: {hop.header('location')}", value=True)
    if drops and (answered(heard, "http:") or (cause in {None, Cause.HTTP_4XX} and final.url.startswith("http:"))):
        hop, target = drops[0]
        because = notes.DOWNGRADED(source=hop.url, target=target, status=hop.status)
        return shown(because, hop, f"Location: {hop.header('location')}", value=False)
    if final.status is None and final.cause in _CLOSED and not _stands(plain) and (answers or lets_in(heard, openings)):
        because = notes.CLOSED if answers else notes.CLOSED_OTHER_TLS(fault=fault_of(heard))
        return shown(because, heard, value=True)
    if cause is Cause.HTTP_4XX and final.url.startswith("http:") and _is_page(secure):
        return shown(notes.FORCED_ERROR(source=final.url, status=final.status), final, value=True)
    if cause not in {None, Cause.HTTP_4XX} or not final.url.startswith("http:"):
        return None
    return shown(_open(secure, final, openings), final, value=False)


def _stands(plain: Chain) -> bool:
    """Tell whether a connection to the port stood at any try: one on which nothing was said in time is not closed."""
    return any(hop.url.startswith("http:") and (hop.phases is not None or hop.status is not None) for hop in plain.exchanges)


def _is_page(secure: Chain) -> bool:
    """Tell whether HTTPS has what plain HTTP answers with an error: then nothing is served there without encryption."""
    final = secure.final
    return secure.cause is None and answered(final, "https:") and (final.status or 0) < HTTPStatus.MULTIPLE_CHOICES


def _nobody(plain: Chain, *, answers: bool, openings: Sequence[TlsOpening]) -> bool:
    """Tell whether plain HTTP leads to a place where nobody gets in."""
    final, led = plain.final, len(way_of(plain)) > 1
    return led and not answers and final.url.startswith("https:") and lets_in(final, openings) is False


def _forced(source: str, final: Exchange, drops: list[tuple[Exchange, str]], *, answers: bool) -> Note:
    if final.status is None and not answers:
        return notes.FORCED_OTHER_TLS(source=source, target=final.url, fault=fault_of(final))
    if drops:
        return notes.FORCED_DOWNGRADED(source=source, target=final.url, secure=drops[0][0].url, insecure=drops[0][1])
    return notes.FORCED(source=source, target=final.url)


def _open(secure: Chain, page: Exchange, openings: Sequence[TlsOpening]) -> Note:
    """Say what is known of HTTPS where a page is served without it. That there is none is said only where nothing else can be."""
    heard = secure.final
    if lets_in(heard, openings) is False:
        return notes.NOT_FORCED_NOBODY(target=page.url, fault=fault_of(heard))
    if speaks_tls(heard):
        return notes.NOT_FORCED_OTHER_TLS(target=page.url, fault=fault_of(heard))
    none = heard.status is None and heard.cause in NO_CONNECTION and heard.url.startswith("https:")
    some = any(answered(hop, "https:") for hop in secure.exchanges)
    return (notes.NO_HTTPS if none and not some else notes.NOT_FORCED)(target=page.url)


def downgrades(hops: Sequence[Exchange]) -> list[tuple[Exchange, str]]:
    """Give each answer over HTTPS that sends visitors to plain HTTP, and where to."""
    found: list[tuple[Exchange, str]] = []
    for hop, after in zip(hops, [*hops[1:], None], strict=True):
        if not answered(hop, "https:") or not _redirects(hop):
            continue
        target = after.url if after is not None else located(hop.url, hop.header("location") or "")
        if target.lower().startswith("http:"):
            found.append((hop, target))
    return found


def _redirects(hop: Exchange) -> bool:
    return HTTPStatus.MULTIPLE_CHOICES <= (hop.status or 0) < HTTPStatus.BAD_REQUEST


def answered(exchange: Exchange, scheme: str) -> bool:
    """Tell whether there was an answer, over this scheme."""
    return exchange.status is not None and exchange.url.startswith(scheme)


def way_of(chain: Chain) -> tuple[Exchange, ...]:
    """Give the hops of the try that counts."""
    return chain.confirmed or chain.hops
