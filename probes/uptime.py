"""Does the site answer right now, with a page that a visitor can read? One sample; availability is counted over many."""

from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Exchange, Proof
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json, Note
from auditor.model.reading import Kind, Measure, Measured, Reading, Unavailable
from auditor.model.visit import Blame, Cause
from auditor.sdk.doors import Doors
from auditor.sdk.outcome import cause_of
from auditor.sdk.probe import Known, Probe

__all__ = ["PROBE", "UptimeSeen"]

_HTML = {"text/html", "application/xhtml+xml"}
_REDIRECT = 300

UP = Note(key="uptime.up", text="{url} answered with a readable page in {seconds} seconds.")
DOWN = Note(key="uptime.down", text="{url} could not be had ({cause}), confirmed by a second try.")
ERROR = Note(key="uptime.error", text="{url} answers with status {status}, not with a page.")
MAINTENANCE = Note(key="uptime.maintenance", text="{url} shows a maintenance page instead of the site.")
UNTRUSTED = Note(key="uptime.untrusted", text="Browsers warn visitors off {url}, for its certificate does not verify: {fault}")
EMPTY = Note(key="uptime.empty", text="{url} answers with status {status}, but with nothing that a visitor can read.")
NO_PAGE = Note(key="uptime.no_page", text="{url} answers with {media_type}, which is no web page.")
UNKNOWN = Note(key="uptime.unknown", text="Whether {url} is up cannot be said from here ({cause}).")

AVAILABILITY = MeasureId("uptime.availability")


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeSeen:
    """The front page asked for once, with a second try where the first one failed."""

    chain: Chain


async def look(site: Site, doors: Doors) -> UptimeSeen:
    """Ask for the front page; robots.txt does not govern whether a site is up."""
    return UptimeSeen(chain=await doors.http.get(site.url, why="uptime", robots=False))


def assess(seen: UptimeSeen, known: Known) -> list[Reading]:
    """Say 1 for up and 0 for down; what is our fault, a refusal or open to doubt is neither."""
    final = seen.chain.final
    cause = seen.chain.cause or cause_of(final)
    if cause is Cause.TOO_LARGE and final.status is not None:
        # The page is there; that it is larger than we read is no outage.
        cause = cause_of(Exchange(url=final.url, status=final.status, headers=final.headers, body=final.body, at=final.at))
    facts = _facts(seen.chain)
    if cause is not None and cause.blame is not Blame.THEIRS:
        because = UNKNOWN(url=final.url, cause=cause.value)
        return [Unavailable(measure=AVAILABILITY, because=because, cause=cause, evidence=_proof(final), facts=facts)]
    fault = _fault(final, cause, known)
    because = UP(url=final.url, seconds=final.seconds) if fault is None else fault
    up = Decimal(1 if fault is None else 0)
    return [Measured(measure=AVAILABILITY, value=up, because=because, evidence=_proof(final), facts=facts)]


def _fault(final: Exchange, cause: Cause | None, known: Known) -> Note | None:
    """Say why a visitor has no page, None if he has one."""
    status = final.status or 0
    if cause is Cause.HTTP_5XX and status < HTTPStatus.BAD_REQUEST:
        return MAINTENANCE(url=final.url)
    if cause in {Cause.HTTP_4XX, Cause.HTTP_5XX}:
        return ERROR(url=final.url, status=status)
    if cause is not None:
        return DOWN(url=final.url, cause=cause.value)
    if final.unverified:
        return UNTRUSTED(url=final.url, fault=final.unverified[:200])
    if status >= _REDIRECT:
        return ERROR(url=final.url, status=status)
    return _unreadable(final, known)


def _unreadable(final: Exchange, known: Known) -> Note | None:
    """Assert that there is a page: HTML by its type, or by its look where no type is given, with something in its body."""
    looks = final.body.lstrip()[:1] == b"<"
    if final.media_type not in _HTML and (final.media_type or (final.body.strip() and not looks)):
        return NO_PAGE(url=final.url, media_type=final.media_type or "?")
    document = known.document(final)
    shown = document.blocks or document.links or document.images or document.forms
    loads = b"<script" in final.body.lower() or b"<frame" in final.body.lower() or b"<iframe" in final.body.lower()
    return None if shown or loads else EMPTY(url=final.url, status=final.status)


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
    }


def _proof(exchange: Exchange) -> tuple[Proof, ...]:
    proof = exchange.proof()
    return () if proof is None else (proof,)


MEASURES = (
    Measure(
        id=AVAILABILITY,
        kind=Kind.SHARE,
        meaning="The share of samples in which the site answered with a readable page; 1 or 0 in one sample.",
    ),
)

PROBE = Probe(
    id=ProbeId("uptime"),
    version=1,
    look=look,
    assess=assess,
    seen=UptimeSeen,
    measures=MEASURES,
    roles=frozenset({SiteRole.PORTAL, SiteRole.SERVICES}),
)
