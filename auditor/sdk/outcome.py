"""What an answer is before anybody reads its content: a page, a refusal, a challenge, an error in disguise."""

import re
from collections.abc import Iterator
from http import HTTPStatus

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk.charset import Decoded, decode
from auditor.sdk.text import fold

__all__ = ["GONE", "cause_of", "looks_like_html"]

GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Statuses that say that an address has no page."""
_HEAD = 30_000
_SHORT = 1_500
"""A page with more words of its own than this many characters is content, whatever words occur in it."""
_FEW_LINKS = 5
_SOME, _RARELY = 64, 25
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
_REFUSED = {401, 403, 407, 451}
_TOO_MANY = 429

_CHALLENGE = re.compile(
    r"cf-chl|cf_chl_|challenge-platform|/cdn-cgi/challenge|__cf_chl|jschl[-_]|ddos[- ]?guard|_incapsula_resource|"
    r"incapsula incident|sucuri_cloudproxy|sucuri website firewall|aws-waf-token|awswafcookie|datadome|px-captcha|perimeterx|"
    r"document\.cookie\s*+=\s*+['\"](?>(?:(?!location\.reload)[^'\"]){0,80}(?:d1n|token|challenge|waf))"
    r"(?:(?!location\.reload)[^;]){0,200}+;?+(?:(?!location\.reload)[^<]){0,400}+location\.reload|"
    r"tonumbers\(.{0,80}slowaes|__test=|vdo_waf|vnptwaf|viettel.{0,20}(?:waf|cloudrity)|cloudrity|bkav.{0,10}waf",
    re.IGNORECASE | re.DOTALL,
)
"""Nothing in it is tried again at another length once it fits: a page written to be slow to read is read as fast as any."""
_CHALLENGE_MARKS = (
    *(b"chl", b"challenge", b"ddos", b"incapsula", b"sucuri", b"waf", b"cloudrity", b"datadome", b"px-captcha", b"perimeterx"),
    *(b"document.cookie", b"tonumbers", b"__test="),
)
"""One of these stands in whatever the pattern above finds; looking for them first is thirty times faster."""
_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|"
    r"dang kiem tra trinh duyet|xac (?:minh|thuc) (?:ban )?(?:khong phai )?(?:la )?(?:robot|nguoi may|con nguoi)|"
    r"one moment,? please|please wait while your request is being verified|security check|kiem tra bao mat",
)
_MAINTENANCE = re.compile(
    r"(?:website|trang web|trang thong tin|cong thong tin|he thong|site|may chu).{0,60}"
    r"(?:dang|tam).{0,20}(?:bao tri|nang cap|tam dung|tam ngung)|"
    r"(?:dang|tam thoi) (?:duoc )?(?:bao tri|nang cap)(?: he thong| website)?|under maintenance|down for maintenance|"
    r"scheduled maintenance|temporarily unavailable for maintenance",
)
_PARKED = re.compile(
    r"(?:this|the) domain(?: name)?(?: [a-z0-9.-]{1,63})? (?:is|may be|has been|was) "
    r"(?:parked|for sale|available for purchase|registered (?:at|with|by|through|via))|"
    r"(?:is|page is|website is) parked (?:free|for free|courtesy)|domain parking page|(?:buy|purchase) this domain|"
    r"inquire about this domain|"
    r"ten mien(?: nay)?(?: [a-z0-9.-]{1,63})? "
    r"(?:da duoc dang ky (?:tai|boi|qua|thanh cong)|dang (?:duoc )?(?:rao )?ban|da het han|"
    r"chua duoc (?:tro|kich hoat|cau hinh))|mua (?:lai )?ten mien nay",
)
"""What registrars write under a name that nobody uses."""
_TITLE = re.compile(r"<title[^>]*>", re.IGNORECASE)
_TITLE_END = re.compile(r"</title>", re.IGNORECASE)
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?>(?:<!--.*?-->|<\?xml[^>]*>)\s*+)*+<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_RAW = re.compile(r"<(script|style)\b", re.IGNORECASE | re.ASCII)
_RAW_END = {kind: re.compile(rf"</{kind}\s*>", re.IGNORECASE) for kind in ("script", "style")}
_ANCHOR = re.compile(r"<a\b", re.IGNORECASE)


_JUDGED: dict[tuple[object, ...], Cause | None] = {}
"""What kept answers were: each is asked for when it comes, when the next page is chosen and when it is judged."""
_MAX_JUDGED = 8_192
_UNKNOWN = Cause.NOT_RUN
_TELLING = ("content-type", "cf-mitigated", "x-amzn-waf-action")
"""The headers on which it rests, beside status and body."""


def cause_of(exchange: Exchange) -> Cause | None:
    """Say why an answer is no page to be judged, None if it is one.

    A challenge (200, 403 or 503) comes first, then 401 and 403 as ``blocked``, 429, a maintenance page as ``http_5xx`` whatever
    its status, a registrar's page under a name that nobody uses as ``unconfirmed``, for it is nobody's portal, a page of bytes
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
    head = decode(exchange.body[:_HEAD], exchange.header("content-type"))
    words = _few_words(head.text)
    if _challenged(exchange, head, words):
        return Cause.CHALLENGE
    status = exchange.status or 0
    if status < HTTPStatus.BAD_REQUEST:
        if _in_maintenance(head.text, words):
            return Cause.HTTP_5XX
        if words is not None and _PARKED.search(fold(f"{_title(head.text)} {words}")):
            return Cause.UNCONFIRMED
        return Cause.PROTOCOL if looks_like_html(exchange) and _is_noise(exchange.body[:_HEAD], head) else None
    if status in _REFUSED or status == _TOO_MANY:
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


def _challenged(exchange: Exchange, head: Decoded, words: str | None) -> bool:
    if (exchange.header("cf-mitigated") or "").lower() == "challenge" or exchange.header("x-amzn-waf-action"):
        return True
    if words is None:
        return False
    lowered = exchange.body[:_HEAD].lower() if head.encoding == "utf-8" else head.text.lower().encode("utf-8", "replace")
    if any(mark in lowered for mark in _CHALLENGE_MARKS) and _CHALLENGE.search(head.text):
        return True
    return bool(_CHALLENGE_TITLE.search(fold(f"{_title(head.text)} {words}")))


def _in_maintenance(head: str, words: str | None) -> bool:
    """Tell a short page that says so from a portal's news about maintenance, which is long and full of links."""
    if not head or words is None or len(_ANCHOR.findall(head)) > _FEW_LINKS:
        return False
    return bool(_MAINTENANCE.search(fold(words)))


def _title(head: str) -> str:
    begun = _TITLE.search(head)
    ended = _TITLE_END.search(head, begun.end()) if begun else None
    return head[begun.end() : ended.start()] if begun and ended else ""


def _few_words(head: str) -> str | None:
    """Give a short page's words without its markup; None as soon as there are more than a short page has."""
    words: list[str] = []
    length = -1
    for text in _between_tags(head):
        if more := text.split():
            words += more
            length += len(" ".join(more)) + 1
            if length > _SHORT:
                return None
    return " ".join(words)


def _between_tags(head: str) -> Iterator[str]:
    """Give what stands outside tags, scripts and styles, in time that grows with the length, however much is left open."""
    at = 0
    open_for_good: set[str] = set()
    while (start := head.find("<", at)) >= 0:
        end = -1
        raw = _RAW.match(head, start) if head[start + 1 : start + 2] in "sS" else None
        if raw and (kind := raw[1].lower()) not in open_for_good:
            ended = _RAW_END[kind].search(head, raw.end())
            if ended:
                end = ended.end()
            else:
                open_for_good.add(kind)
        if end < 0 and (end := head.find(">", start) + 1) == 0:
            break
        if at < start:
            yield head[at:start]
        at = end
    yield head[at:]
