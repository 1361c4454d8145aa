"""What an answer is before anybody reads its content: a page, a refusal, a challenge, an error in disguise."""

import re
from http import HTTPStatus

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk.brief import Brief, brief_of
from auditor.sdk.charset import Decoded, decode
from auditor.sdk.refusals import is_block, is_challenge
from auditor.sdk.standins import StandIn, anywhere

__all__ = ["GONE", "cause_of", "looks_like_html"]

GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Statuses that say that an address has no page."""
_HEAD = 30_000
_FEW_LINKS = 5
_SOME, _RARELY = 64, 25
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
_REFUSED = {401, 403, 406, 407, 418, 451}
"""A 406 to a request that takes anything, and a 418, come from a firewall."""
_TOO_MANY = 429
_DEMANDED = "no required ssl certificate was sent"
"""What nginx says with its 400 to who comes without the certificate that it demands of visitors (its own status 496)."""

_MAINTENANCE = re.compile(
    r"(?:website|trang web|trang thong tin|cong thong tin|he thong|site|may chu).{0,60}"
    r"(?:dang|tam).{0,20}(?:bao tri|nang cap|tam dung|tam ngung)|"
    r"(?:dang|tam thoi) (?:duoc )?(?:bao tri|nang cap)(?: he thong| website)?|under maintenance|down for maintenance|"
    r"scheduled maintenance|temporarily unavailable for maintenance",
)
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?>(?:<!--.*?-->|<\?xml[^>]*>)\s*+)*+<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_JUDGED: dict[tuple[object, ...], Cause | None] = {}
"""What kept answers were: each is asked for when it comes, when the next page is chosen and when it is judged."""
_MAX_JUDGED = 8_192
_UNKNOWN = Cause.NOT_RUN
_TELLING = ("content-type", "cf-mitigated", "x-amzn-waf-action")
"""The headers on which it rests, beside status and body."""


def cause_of(exchange: Exchange) -> Cause | None:
    """Say why an answer is no page to be judged, None if it is one.

    A firewall's page (``blocked``) and a challenge come first, whatever the status, then 401 and 403 as ``blocked``, 429, a
    maintenance page as ``http_5xx`` whatever its status, as is what a program says that died and a host's word that the account
    is suspended, a registrar's page under a name that nobody uses as ``unconfirmed``, for it is nobody's portal, a page of bytes
    that are no text as ``protocol``, then the status itself.
    """
    if exchange.cause is not None:
        return exchange.cause
    if exchange.digest is None:
        return _cause_of(exchange)
    key = (exchange.digest, len(exchange.body), exchange.status, *map(exchange.header, _TELLING))
    found = _JUDGED.get(key, _UNKNOWN)
    if found is _UNKNOWN:
        found = _cause_of(exchange)
        if len(_JUDGED) >= _MAX_JUDGED:
            _JUDGED.clear()
        _JUDGED[key] = found
    return found


def _cause_of(exchange: Exchange) -> Cause | None:
    if (exchange.header("cf-mitigated") or "").lower() == "challenge" or exchange.header("x-amzn-waf-action"):
        return Cause.CHALLENGE
    head = decode(exchange.body[:_HEAD], exchange.header("content-type"))
    page = brief_of(head.text)
    if page is not None and is_block(page):
        return Cause.BLOCKED
    if page is not None and is_challenge(page):
        return Cause.CHALLENGE
    status = exchange.status or 0
    if status < HTTPStatus.BAD_REQUEST:
        if page is not None and _in_maintenance(page):
            return Cause.HTTP_5XX
        if (found := anywhere(head.text, page)) is not None:
            return Cause.UNCONFIRMED if found is StandIn.PARKED else Cause.HTTP_5XX
        return Cause.PROTOCOL if looks_like_html(exchange) and _is_noise(exchange.body[:_HEAD], head) else None
    demanded = status == HTTPStatus.BAD_REQUEST and page is not None and _DEMANDED in page.words
    if demanded or status in _REFUSED or status == _TOO_MANY:
        return Cause.RATE_LIMITED if status == _TOO_MANY else Cause.BLOCKED
    return Cause.HTTP_5XX if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Cause.HTTP_4XX


def _is_noise(body: bytes, head: Decoded) -> bool:
    """Tell what is no text in any charset, as something packed or ciphered: one character in 25 or more controls a terminal."""
    if len(body) <= _SOME or (len(body) - len(body.translate(None, _CONTROLS))) * _RARELY <= len(body):
        return False
    controls = sum(map(head.text.count, map(chr, _CONTROLS)))  # text of two bytes a letter has such bytes, and no such letters
    return controls * _RARELY > len(head.text)


def looks_like_html(exchange: Exchange) -> bool:
    """Tell a page from a file: by its declared type, and where that says nothing, by how its body begins."""
    kind = exchange.media_type
    if kind and kind not in {"application/octet-stream", "text/plain", "application/x-httpd-php", "unknown/unknown"}:
        return "html" in kind
    return _BEGINS.match(exchange.body[:2_000]) is not None or (not kind and b"<" in exchange.body[:2_000])


def _in_maintenance(page: Brief) -> bool:
    """Tell a short page that says so from a portal's news about maintenance, which is long and full of links."""
    return page.anchors <= _FEW_LINKS and bool(_MAINTENANCE.search(page.words))
