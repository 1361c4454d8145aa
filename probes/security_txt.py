"""Does the portal publish a contact for security reports, in a security.txt that holds by its standard (RFC 9116)?"""

import codecs
import re
from collections.abc import Iterator, Mapping
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
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*): [ \t]*(\S.*)")
_LOOSE = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(\S.*)")
"""A field as many write it: read, so that what it says is judged too, and told as against the form."""
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):[!#-;=?-Z\[\]_a-z~]+")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:)(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")
_LEAP = "60"
"""RFC 3339 writes a leap second; Python knows none."""
_LANGUAGES = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*(\s*,\s*[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)*")
_URIS = ("Contact", "Acknowledgments", "Canonical", "Encryption", "Hiring", "Policy", "CSAF")
"""Fields whose value is a URI, and begins with https:// where it is one of the web (section 2.5)."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)
_NEEDED = ("Contact", "Expires")
_ONCE = ("Expires", "Preferred-Languages")
_KNOWN = {name.lower() for name in (*_URIS, *_NEEDED, *_ONCE)}
"""A text with none of these is something else in the file's place."""
_UTF_8 = ("utf-8", "utf8", "csutf8")
_SIGNED, _SIGNATURE = "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----"
_MOST = 32_000
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
    body = b"" if gone or looks_like_html(final) else _body(final)
    read = _read(body.decode("utf-8", "replace"))
    if not read.fields.keys() & _KNOWN:
        because = ABSENT(url=seen.answer.hops[0].url)
        return [Measured(measure=PUBLISHED.id, because=because, evidence=proof, value=False)]
    faults: list[Json] = [*_faults_of_file(final, body, read), *_faults_of_fields(read.fields, known.captured_at)]
    contacts: list[Json] = [one[:_SHOWN] for one in read.fields.get("contact", ())[:_MAX_SHOWN]]
    expires = read.fields.get("expires", [""])[0][:_SHOWN]
    because = FAULTY(faults=faults) if faults else FOUND(contact=contacts, expires=expires)
    facts: dict[str, Json] = {
        "contact": contacts,
        "expires": expires,
        "media_type": final.media_type[:_SHOWN],
        "faults": faults,
        "strange_lines": [line[:_SHOWN] for line in read.strange[:_MAX_SHOWN]],
    }
    return [Measured(measure=PUBLISHED.id, because=because, evidence=proof, value=not faults, facts=facts)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A file's fields by their names in lower case, and the lines that are against the form."""

    fields: Mapping[str, list[str]]
    strange: list[str]


def _body(final: Exchange) -> bytes:
    """Give the file; of one that is too long the whole lines that fit."""
    return final.body if len(final.body) <= _MOST else final.body[:_MOST].rpartition(b"\n")[0]


def _read(text: str) -> _Read:
    fields: dict[str, list[str]] = {}
    strange: list[str] = []
    for line in _unsigned([line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]):
        if not line.strip() or line.startswith("#"):
            continue
        if not _FIELD.fullmatch(line):
            strange.append(line)
        if match := _LOOSE.fullmatch(line):
            fields.setdefault(match[1].lower(), []).append(match[2].strip())
    return _Read(fields=fields, strange=strange)


def _unsigned(lines: list[str]) -> list[str]:
    """Give the lines that count: of a signed message those between its head and its signature (RFC 9580, section 7)."""
    if not lines or lines[0].rstrip() != _SIGNED:
        return lines
    head = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    end = next((number for number, line in enumerate(lines) if line.rstrip() == _SIGNATURE), len(lines))
    return [line.removeprefix("- ") for line in lines[head:end]]


def _faults_of_file(final: Exchange, body: bytes, read: _Read) -> Iterator[str]:
    """Say what the standard forbids of the file as a whole (RFC 9116, sections 2.2, 3 and 4)."""
    if not final.url.startswith("https:"):
        yield "not_https"
    if final.media_type != "text/plain":
        yield "not_plain_text"
    charset = _CHARSET.search(final.header("content-type") or "")
    if not _is_utf8(body) or (charset is not None and charset[1].lower() not in _UTF_8):
        yield "not_utf8"
    if body.startswith(codecs.BOM_UTF8):
        yield "byte_order_mark"
    if read.strange:
        yield "no_field"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _faults_of_fields(fields: Mapping[str, list[str]], now: datetime) -> Iterator[str]:
    """Say what the standard forbids of the fields (section 2.5), each fault behind its field's name."""
    for name in _NEEDED:
        if name.lower() not in fields:
            yield f"{name}: missing"
    for name in _URIS:
        faults = [_fault_of_uri(value) for value in fields.get(name.lower(), ())]
        yield from (f"{name}: {fault}" for fault in dict.fromkeys(faults) if fault)
    for name in _ONCE:
        if len(fields.get(name.lower(), ())) > 1:
            yield f"{name}: twice"
    until = [_instant(value) for value in fields.get("expires", ())[:1]]
    if None in until:
        yield "Expires: no_instant"
    elif any(one is not None and one <= now for one in until):
        yield "Expires: past"
    if not all(_LANGUAGES.fullmatch(value) for value in fields.get("preferred-languages", ())):
        yield "Preferred-Languages: no_languages"


def _fault_of_uri(value: str) -> str | None:
    match = _URI.fullmatch(value)
    if match is None:
        return "no_uri"
    return "not_https_uri" if match[1].lower() in {"http", "https"} and not value.lower().startswith("https://") else None


def _instant(text: str) -> datetime | None:
    """Read a date and time as RFC 3339 writes it, and no other way of ISO 8601."""
    match = _INSTANT.fullmatch(text.upper())
    if match is None:
        return None
    try:
        return datetime.fromisoformat(match[1] + ("59" if match[2] == _LEAP else match[2]) + match[3])
    except ValueError:
        return None


PROBE = Probe(id=ProbeId("security_txt"), version=4, measures=(PUBLISHED,), look=look, assess=assess, seen=SecurityTxtSeen)
