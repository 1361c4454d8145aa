"""Does the portal publish a contact for security reports, in a security.txt that holds by its standard (RFC 9116)?"""

import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

from auditor.model.agency import Site
from auditor.model.evidence import Chain, Exchange
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json, Note
from auditor.model.reading import Kind, Measure, Measured, Reading, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.doors import Doors
from auditor.sdk.outcome import GONE, cause_of, looks_like_html
from auditor.sdk.probe import Known, Probe

__all__ = ["PROBE", "SecurityTxtSeen"]

FOUND = Note(
    key="security_txt.found", text="security.txt is published by RFC 9116; reports go to {contact}, and it holds until {expires}."
)
FAULTY = Note(key="security_txt.faulty", text="security.txt is published, but not by RFC 9116: {faults}.")
ABSENT = Note(key="security_txt.absent", text="There is no security.txt at {url}.")
FAILED = Note(key="security_txt.failed", text="security.txt could not be asked for ({cause}).")

PUBLISHED = Measure(
    id=MeasureId("portal.security_txt"),
    kind=Kind.BOOLEAN,
    meaning="Whether a security.txt is published that RFC 9116 holds valid: over HTTPS, as plain text, with Contact and Expires.",
)
_PATH = "/.well-known/security.txt"
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]*(\S.*)")
_CONTACTS = ("mailto:", "tel:", "https://")
_MOST_CHARACTERS = 32_000
"""A longer file is no list of contacts; who reads one may stop here (RFC 9116, section 5.5)."""
_MAX_SHOWN = 5
_SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityTxtSeen:
    """What the place that the standard names answered, over HTTPS."""

    answer: Chain


async def look(site: Site, doors: Doors) -> SecurityTxtSeen:
    """Ask once. The file counts only over HTTPS, also where a site is registered without."""
    parts = urlsplit(site.url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    place = parts.netloc if parts.scheme == "https" else host
    return SecurityTxtSeen(answer=await doors.http.get(urlunsplit(("https", place, _PATH, "", "")), why="security.txt"))


def assess(seen: SecurityTxtSeen, known: Known) -> list[Reading]:
    """A 404 is an answer, and so is a page in the file's place; a failed visit is an outcome with its cause, never a no."""
    final = seen.answer.final
    proof = tuple(filter(None, [final.proof()]))
    cause = seen.answer.cause or cause_of(final)
    if cause is None and (final.status or 0) >= HTTPStatus.MULTIPLE_CHOICES:
        cause = Cause.AMBIGUOUS
    gone = cause is Cause.HTTP_4XX and final.status in GONE
    if cause is not None and not gone:
        return [Unavailable(measure=PUBLISHED.id, because=FAILED(cause=cause.value), evidence=proof, cause=cause)]
    fields = {} if gone or looks_like_html(final) else _fields(final)
    if not fields.keys() & {"contact", "expires"}:
        because = ABSENT(url=seen.answer.hops[0].url)
        return [Measured(measure=PUBLISHED.id, because=because, evidence=proof, value=False)]
    faults: list[Json] = [*_faults(final, fields, known.captured_at)]
    contacts: list[Json] = [one[:_SHOWN] for one in fields.get("contact", ())[:_MAX_SHOWN]]
    expires = fields.get("expires", [""])[0][:_SHOWN]
    because = FAULTY(faults=faults) if faults else FOUND(contact=contacts, expires=expires)
    facts: dict[str, Json] = {"contact": contacts, "expires": expires, "faults": faults}
    return [Measured(measure=PUBLISHED.id, because=because, evidence=proof, value=not faults, facts=facts)]


def _fields(final: Exchange) -> dict[str, list[str]]:
    """Give the fields by their names in lower case; comments, signatures and what is no field are passed over."""
    found: dict[str, list[str]] = {}
    for line in final.body[:_MOST_CHARACTERS].decode("utf-8-sig", "replace").splitlines():
        if line.startswith("-----BEGIN PGP SIGNATURE"):
            break
        if match := _FIELD.fullmatch(line.strip()):
            found.setdefault(match[1].lower(), []).append(match[2].strip())
    return found


def _faults(final: Exchange, fields: dict[str, list[str]], now: datetime) -> list[str]:
    """Say what the standard forbids in this file (RFC 9116, sections 2.5 and 3)."""
    contacts, expires = fields.get("contact", []), fields.get("expires", [])
    found = [] if final.url.startswith("https:") else ["it does not come over HTTPS"]
    if final.media_type != "text/plain":
        found.append(f"its type is {final.media_type[:_SHOWN] or 'not given'}, not text/plain")
    if not contacts:
        found.append("Contact is missing")
    elif not any(one.lower().startswith(_CONTACTS) for one in contacts):
        found.append("no Contact begins with mailto:, tel: or https://")
    if len(expires) != 1:
        return [*found, "Expires stands more than once" if expires else "Expires is missing"]
    until = _instant(expires[0])
    if until is None:
        found.append(f"Expires is no date and time with an offset ({expires[0][:40]})")
    elif until <= now:
        found.append(f"it expired ({expires[0][:40]})")
    return found


def _instant(text: str) -> datetime | None:
    """Read a date and time as RFC 3339 writes it."""
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


PROBE = Probe(id=ProbeId("security_txt"), version=2, measures=(PUBLISHED,), look=look, assess=assess, seen=SecurityTxtSeen)
