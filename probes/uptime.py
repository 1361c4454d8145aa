"""Does the site answer, with a page that a visitor can read? Seen once now, and in the samples that are kept of it."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from http import HTTPStatus

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Exchange, Proof
from auditor.model.ids import ProbeId
from auditor.model.note import Json, Note, quoted
from auditor.model.reading import Measured, Reading, Unavailable
from auditor.model.uptime import UptimeAccount
from auditor.model.visit import Blame, Cause
from auditor.sdk.details import told
from auditor.sdk.doors import Doors
from auditor.sdk.front import front_note, is_download, stand_in_cause
from auditor.sdk.outcome import cause_of
from auditor.sdk.probe import Known, Probe
from auditor.sdk.unreached import unreached
from probes.front.greeting import fault_of, refuses_versions, speaks_tls
from probes.front.newest import http2_fault, is_unkept
from probes.front.onward import onward, whole
from probes.front.phases import phases_of
from probes.front.series import AVAILABILITY, MEASURES, of_account, unsampled
from probes.front.short import is_cut_short

__all__ = ["PROBE", "UptimeSeen"]

_HTML = {"text/html", "application/xhtml+xml"}
_REDIRECT = 300
_MAX_FAULT = 200
_LOADS = re.compile(rb"<(?:script|frame|iframe)", re.IGNORECASE)

UP = Note(key="uptime.up", text="{url} answered with a readable page in {seconds} seconds.")
DOWN = Note(key="uptime.down", text="{url} could not be had ({cause}), confirmed by a second try.")
ERROR = Note(key="uptime.error", text="{url} answers with status {status}, not with a page.")
MAINTENANCE = Note(key="uptime.maintenance", text="{url} shows a maintenance page instead of the site.")
OLD = Note(
    key="uptime.old_protocol",
    text="{url} answers, but refuses the versions of TLS with which today's browsers come (1.2 and 1.3): visitors do not get in "
    "({fault}).",
)
EXPIRED = Note(
    key="uptime.expired",
    text="Browsers warn visitors off {url}: its certificate, or one that it rests on, has expired ({fault}).",
)
TOO_EARLY = Note(
    key="uptime.too_early",
    text="Browsers warn visitors off {url}: its certificate, or one that it rests on, is not valid yet ({fault}).",
)
MISNAMED = Note(
    key="uptime.misnamed", text="Browsers warn visitors off {url}: its certificate was issued for another name ({fault})."
)
SELF_SIGNED = Note(
    key="uptime.self_signed",
    text="Browsers warn visitors off {url}: its certificate signed itself, and nobody whom they trust vouches for it ({fault}).",
)
UNTRUSTED = Note(
    key="uptime.untrusted",
    text="Browsers warn visitors off {url}: its certificate rests on a root that they do not trust ({fault}).",
)
REVOKED = Note(
    key="uptime.revoked", text="Browsers warn visitors off {url}: its certificate was revoked by who issued it ({fault})."
)
UNFIT = Note(
    key="uptime.unfit",
    text="Browsers warn visitors off {url}: its certificate, or one that it rests on, may not be used as it is ({fault}).",
)
UNPROVEN = Note(
    key="uptime.unproven",
    text="{url} answered with a readable page, but not over a connection that could be verified ({fault}). Whether a browser "
    "would show it cannot be said from this: the fault may be a missing intermediate certificate, an unknown issuer or old "
    "settings. The tls measures tell which.",
)
BROKEN_OFF = Note(
    key="uptime.broken_off",
    text="{url} answered with a readable page, but broke off three handshakes as browsers make them ({fault}); only one that "
    "also offers what is older came through. Whether a browser would show the page cannot be said from this.",
)
HTTP2 = Note(
    key="uptime.http2",
    text="Browsers cannot open {url}: its server agrees to HTTP/2 in the handshake and then fails twice "
    "({fault}). It answers only who does not know HTTP/2.",
)
CUT_SHORT = Note(
    key="uptime.cut_short",
    text="{url} answered with a page that its server breaks off before the end ({fault}), twice; browsers show what came.",
)
OTHER_TLS = Note(
    key="uptime.other_tls",
    text="{url} answers and speaks TLS, but not with our client ({fault}). Whether a browser would show its page cannot be said "
    "from this; the tls measures tell which protocols and suites it takes.",
)
EMPTY = Note(key="uptime.empty", text="{url} answers with status {status}, but with nothing that a visitor can read.")
NO_PAGE = Note(key="uptime.no_page", text="{url} answers with {media_type}, which is no web page.")
UNKNOWN = Note(key="uptime.unknown", text="Whether {url} is up cannot be said from here ({cause}).")

_VERIFY = "certificate verify failed: "
_BAD = (
    ("certificate has expired", EXPIRED),
    ("certificate is not yet valid", TOO_EARLY),
    ("hostname mismatch", MISNAMED),
    ("ip address mismatch", MISNAMED),
    ("self-signed certificate in certificate chain", UNTRUSTED),
    ("self signed certificate in certificate chain", UNTRUSTED),
    ("self-signed certificate", SELF_SIGNED),
    ("self signed certificate", SELF_SIGNED),
    ("certificate revoked", REVOKED),
    ("unsuitable certificate purpose", UNFIT),
    ("unsupported certificate purpose", UNFIT),
    ("permitted subtree violation", UNFIT),
    ("excluded subtree violation", UNFIT),
    ("unhandled critical extension", UNFIT),
    ("invalid ca certificate", UNFIT),
    ("path length constraint exceeded", UNFIT),
    ("key usage does not include certificate signing", UNFIT),
    ("ca signature digest algorithm too weak", UNFIT),
)
"""How OpenSSL's verdicts on a certificate begin that leave no doubt: browsers judge by the same rules (RFC 5280 sections 4.2,
4.2.1.3, 4.2.1.9, 4.2.1.10, 4.2.1.12) and none takes SHA-1 any more. A missing issuer is not among them: it may be an intermediate
that the server forgot and browsers find, or a root that nobody trusts. Nor is a short key: browsers take RSA of 1024 bits."""
_BY_TLS = {OLD.key, *(note.key for _, note in _BAD)}
_CUT_OFF = re.compile(r"the SSL handshake was reset|the server ended the SSL handshake|UNEXPECTED_EOF_WHILE_READING")


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeSeen:
    """The front page asked for once, with a second try where the first one failed; and what the samples of before come to."""

    chain: Chain
    account: UptimeAccount | None = None
    on: tuple[Chain, ...] = ()
    """Where the page itself sent its visitors on (refresh), step by step."""


async def look(site: Site, doors: Doors) -> UptimeSeen:
    """Ask for the front page as browsers do; robots.txt does not govern whether a site is up."""
    chain = await doors.http.get(site.url, why="uptime", robots=False, newest=True)
    return UptimeSeen(chain=chain, account=doors.availability(), on=await onward(chain, doors.http))


def assess(seen: UptimeSeen, known: Known) -> list[Reading]:
    """Say what the samples of the window come to; where none counts, what this one look is.

    Where this look cannot tell, old samples do not speak for what can no longer be seen: that grows stale like all else.
    """
    now = _now(replace(seen, chain=whole(seen.chain, seen.on)), known)
    if isinstance(now, Measured) and seen.account is not None and seen.account.availability is not None:
        return of_account(seen.account)
    return [now, *unsampled(whole(seen.chain, seen.on).final.url, now)]


def _now(seen: UptimeSeen, known: Known) -> Reading:
    """Say 1 for up and 0 for down; what is our fault, a refusal or open to doubt is neither.

    A page behind a certificate that browsers refuse is not up, nor one that comes only over TLS 1.0 or 1.1 (RFC 8996), which
    Chrome, Edge, Firefox and Safari refuse without a way around: availability is what any visitor has, and of both no visitor has
    anything. Who speaks TLS, only not with our client, is neither, unless his certificate or his versions decide it.
    """
    final = seen.chain.final
    cause = seen.chain.cause or cause_of(final)
    if final.status is not None and (cause is Cause.TOO_LARGE or is_cut_short(final)):
        # The page is there; that it is larger than we read, or that its end is missing, is no outage: browsers show what came.
        cause = cause_of(Exchange(url=final.url, status=final.status, headers=final.headers, body=final.body, at=final.at))
    cause = cause or stand_in_cause(final)
    if cause is not None and cause.blame is not Blame.THEIRS:
        because = front_note(final) or unreached(final.detail) or UNKNOWN(url=final.url, cause=cause.value)
        return _open(seen.chain, cause, because)
    if speaks_tls(final) and _refused(final) is None:
        return _open(seen.chain, Cause.AMBIGUOUS, OTHER_TLS(url=final.url, fault=fault_of(final)))
    hops = seen.chain.confirmed or seen.chain.hops
    fault = _fault(final, cause, known) or next(filter(None, map(_refused, hops)), None)
    if fault is not None:
        return _measured(seen.chain, Decimal(0), fault, {"cause": _cause_of(fault, final, cause).value})
    unkept = next((hop for hop in hops if is_unkept(hop)), None)
    if unkept is not None:
        return _measured(
            seen.chain, Decimal(0), HTTP2(url=unkept.url, fault=http2_fault(unkept)), {"cause": Cause.PROTOCOL.value}
        )
    doubtful = next((hop for hop in hops if hop.unverified), None)
    if doubtful is not None:
        unproven = BROKEN_OFF if _CUT_OFF.search(doubtful.unverified) else UNPROVEN
        because = unproven(url=doubtful.url, fault=told(_verdict(doubtful)))
        return _open(seen.chain, Cause.AMBIGUOUS, because)
    if is_cut_short(final):
        return _measured(seen.chain, Decimal(1), CUT_SHORT(url=final.url, fault=told(final.detail)), {})
    return _measured(seen.chain, Decimal(1), UP(url=final.url, seconds=final.seconds), {})


def _measured(chain: Chain, value: Decimal, because: Note, more: dict[str, Json]) -> Reading:
    facts = {**_facts(chain), **more}
    return Measured(measure=AVAILABILITY, value=value, because=because, evidence=_proofs(chain), facts=facts)


def _cause_of(fault: Note, final: Exchange, cause: Cause | None) -> Cause:
    """Give the one word for a fault under which an incident is listed."""
    if fault.key in _BY_TLS:
        return Cause.TLS
    if cause is not None:
        return cause
    return Cause.REDIRECTS if (final.status or 0) >= _REDIRECT else Cause.PROTOCOL


def _open(chain: Chain, cause: Cause, because: Note) -> Reading:
    return Unavailable(measure=AVAILABILITY, because=because, cause=cause, evidence=_proofs(chain), facts=_facts(chain))


def _fault(final: Exchange, cause: Cause | None, known: Known) -> Note | None:
    """Say why there is no page behind whatever certificate, None if there is one."""
    status = final.status or 0
    if cause is not None and status < HTTPStatus.BAD_REQUEST and (stands := front_note(final)) is not None:
        return stands
    if cause is Cause.HTTP_5XX and 0 < status < HTTPStatus.BAD_REQUEST:
        return MAINTENANCE(url=final.url)
    if cause in {Cause.HTTP_4XX, Cause.HTTP_5XX} and status:
        return ERROR(url=final.url, status=status)
    if cause is not None:
        return _refused(final) or unreached(final.detail) or DOWN(url=final.url, cause=cause.value)
    if status >= _REDIRECT:
        return ERROR(url=final.url, status=status)
    return None if _refused(final) else _unreadable(final, known)


def _refused(exchange: Exchange) -> Note | None:
    """Say what is wrong with a certificate or a version that browsers surely refuse, None if it is right or cannot be told."""
    verdict = _verdict(exchange)
    if refuses_versions(exchange):
        return OLD(url=exchange.url, fault=told(verdict))
    because = next((note for begins, note in _BAD if verdict.lower().startswith(begins)), None)
    return None if because is None else because(url=exchange.url, fault=told(verdict))


def _verdict(exchange: Exchange) -> str:
    """Give the verifier's own words without what stands around them; else all that the door says."""
    said = exchange.unverified or (exchange.detail if speaks_tls(exchange) else "")
    _, found, verdict = said.partition(_VERIFY)
    return (verdict.rpartition(" (_ssl")[0] or verdict if found else said)[:_MAX_FAULT].rstrip(".")


def _unreadable(final: Exchange, known: Known) -> Note | None:
    """Assert that there is a page: HTML by its type, or by its look where no type is given, with something in its body."""
    looks = final.body.lstrip()[:1] == b"<"
    if is_download(final):
        return NO_PAGE(url=final.url, media_type=quoted(final.media_type or "?"))
    if final.media_type not in _HTML and (final.media_type or (final.body.strip() and not looks)):
        return NO_PAGE(url=final.url, media_type=quoted(final.media_type or "?"))
    if _LOADS.search(final.body):
        return None  # what it loads fills it; and nearly every page ends here, which spares a site's sample its parsing
    document = known.document(final)
    shown = document.blocks or document.links or document.images or document.forms
    return None if shown else EMPTY(url=final.url, status=final.status)


def _facts(chain: Chain) -> dict[str, Json]:
    final = chain.final
    return {
        "url": final.url,
        "status": final.status,
        "seconds": final.seconds,
        "first_byte_seconds": final.first_byte_seconds,
        "hops": len(chain.confirmed or chain.hops),
        "tries": 2 if chain.confirmed else 1,
        "address": final.address,
        "detail": final.detail,
        "unverified": final.unverified,
        "phases": phases_of(chain.confirmed or chain.hops),
    }


def _proofs(chain: Chain) -> tuple[Proof, ...]:
    """Give the answer that counted, and each redirect on the way whose certificate did not verify."""
    hops = chain.confirmed or chain.hops
    shown = [hop for hop in hops[:-1] if hop.unverified]
    return tuple(dict.fromkeys(proof for hop in (hops[-1], *shown) if (proof := hop.proof()) is not None))


PROBE = Probe(
    id=ProbeId("uptime"),
    version=8,
    look=look,
    assess=assess,
    seen=UptimeSeen,
    measures=MEASURES,
    roles=frozenset({SiteRole.PORTAL, SiteRole.SERVICES}),
)
