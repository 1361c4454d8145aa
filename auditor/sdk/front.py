"""Whether an answer is a front page at all: what else may come there, whose fault that is, and the sentence for people."""

import re
from http import HTTPStatus

from auditor.model.evidence import Exchange
from auditor.model.note import Note, quoted
from auditor.model.visit import Cause
from auditor.sdk.brief import brief_of
from auditor.sdk.charset import decode
from auditor.sdk.outcome import cause_of, looks_like_html
from auditor.sdk.standins import StandIn, anywhere, at_front

__all__ = ["front_cause", "front_note", "is_download", "stand_in_cause"]

_HEAD = 30_000
_HOLDS = re.compile(
    r"<(?:img|a|form|script|iframe|frame|object|embed|svg|video|audio|canvas|input|button)\b|"
    r"<meta\b[^<>]{0,200}http-equiv\s*=\s*['\"]?refresh",
    re.IGNORECASE,
)
"""What a page without a word may hold for a visitor all the same."""

PARKED = Note(
    key="front.parked",
    text="{url} shows the page of a registrar, or of who sells the name: nobody's portal stands there, whoever owns the name.",
)
SUSPENDED = Note(key="front.suspended", text="{url} shows its host's notice that the account is suspended, and no portal.")
DIED = Note(
    key="front.died",
    text="{url} shows nothing but the error of a program or its database, with status {status} as if all were well.",
)
DEFAULT = Note(
    key="front.default", text="{url} shows the first page that the web server or the host came with: no portal was put up there."
)
LISTING = Note(key="front.listing", text="{url} shows a list of the server's files instead of a portal.")
INSTALLER = Note(
    key="front.installer", text="{url} shows the set-up of the software instead of a portal; anybody could finish it for himself."
)
INTRUDERS = Note(key="front.intruders", text="{url} shows a page that intruders boast with instead of the portal.")
UNSURE_INTRUDERS = Note(
    key="front.unsure_intruders", text="{url} may show intruders' page instead of the portal: look at it at once."
)
BUILDING = Note(key="front.building", text="{url} says that the site is still being built, and shows nothing else.")
NOTHING = Note(key="front.nothing", text="{url} answers with status {status} and nothing that a visitor could read.")
FILE = Note(key="front.file", text="{url} hands out a file ({media_type}) and no page.")
NOWHERE = Note(key="front.nowhere", text="{url} answers with status {status}, which sends visitors on, and does not say where.")

_FOUND = {
    StandIn.PARKED: (Cause.UNCONFIRMED, PARKED),
    StandIn.SUSPENDED: (Cause.HTTP_5XX, SUSPENDED),
    StandIn.DIED: (Cause.HTTP_5XX, DIED),
    StandIn.DEFAULT: (Cause.HTTP_4XX, DEFAULT),
    StandIn.LISTING: (Cause.HTTP_4XX, LISTING),
    StandIn.INSTALLER: (Cause.HTTP_4XX, INSTALLER),
    StandIn.INTRUDERS: (Cause.HTTP_5XX, INTRUDERS),
    StandIn.UNSURE_INTRUDERS: (Cause.AMBIGUOUS, UNSURE_INTRUDERS),
    StandIn.BUILDING: (Cause.HTTP_5XX, BUILDING),
    StandIn.UNSURE_BUILDING: (Cause.AMBIGUOUS, BUILDING),
}
"""Where no site was put up, there is no page (a soft 404); one that was and is out of order is as in maintenance."""
_MAY_STAND = {None, Cause.HTTP_5XX, Cause.UNCONFIRMED, Cause.TOO_LARGE, Cause.PROTOCOL}
"""A page that did not come whole may be a stand-in too."""


def front_cause(exchange: Exchange) -> Cause | None:
    """Say why an answer is no front page, None if it is one: what ``cause_of`` says, a stand-in, a file, or nothing at all."""
    found = _found(exchange)
    return found[0] if found else None


def front_note(exchange: Exchange) -> Note | None:
    """Say to people what stands there instead of a front page; None where the cause alone says it."""
    found = _found(exchange)
    return found[1] if found else None


def stand_in_cause(exchange: Exchange) -> Cause | None:
    """Say whose fault a page is that stands for a site that is not there; None for any other."""
    found = _stand_in(exchange)
    return _FOUND[found][0] if found else None


def is_download(exchange: Exchange) -> bool:
    """Tell an answer that browsers put into a file and do not show."""
    said = (exchange.header("content-disposition") or "").split(";")[0].strip().lower()
    return said == "attachment"


def _found(exchange: Exchange) -> tuple[Cause, Note | None] | None:
    cause, status = cause_of(exchange), exchange.status or 0
    stands = _stand_in(exchange) if cause in _MAY_STAND else None
    if stands is not None:
        of_it, note = _FOUND[stands]
        return cause or of_it, note(url=exchange.url, status=status) if note is DIED else note(url=exchange.url)
    if cause is not None:
        return cause, None
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return Cause.REDIRECTS, NOWHERE(url=exchange.url, status=status) if exchange.header("location") is None else None
    if status in {HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT} or _is_empty(exchange):
        return Cause.PROTOCOL, NOTHING(url=exchange.url, status=status)
    if is_download(exchange) or not looks_like_html(exchange):
        return Cause.PROTOCOL, FILE(url=exchange.url, media_type=quoted(exchange.media_type or "?"))
    return None


def _stand_in(exchange: Exchange) -> StandIn | None:
    status = exchange.status or 0
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or not looks_like_html(exchange):
        return None
    head = decode(exchange.body[:_HEAD], exchange.header("content-type")).text
    page = brief_of(head)
    return anywhere(head, page) or at_front(head, page)


def _is_empty(exchange: Exchange) -> bool:
    """Tell a page without a word, a picture, a link or anything that may bring some."""
    if exchange.header("refresh"):  # browsers heed it as they do the meta element
        return False
    if not exchange.body.strip():
        return True
    if not looks_like_html(exchange):
        return False
    page = brief_of(decode(exchange.body[:_HEAD], exchange.header("content-type")).text)
    return page is not None and len(exchange.body) <= _HEAD and not page.text and _HOLDS.search(page.head) is None
