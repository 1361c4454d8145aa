"""What an answer is before anybody reads its content: a page, a refusal, a challenge, an error in disguise."""

import re
from http import HTTPStatus

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk.charset import decode
from auditor.sdk.text import fold

__all__ = ["cause_of", "looks_like_html"]

_HEAD = 30_000
_SHORT = 1_500
"""A page with more words of its own than this many characters is content, whatever words occur in it."""
_FEW_LINKS = 5
_REFUSED = {401, 403, 407, 451}
_TOO_MANY = 429

_CHALLENGE = re.compile(
    r"cf-chl|cf_chl_|challenge-platform|/cdn-cgi/challenge|__cf_chl|jschl[-_]|ddos[- ]?guard|_incapsula_resource|"
    r"incapsula incident|sucuri_cloudproxy|sucuri website firewall|aws-waf-token|awswafcookie|datadome|px-captcha|perimeterx|"
    r"document\.cookie\s*=\s*['\"][^'\"]{0,80}(?:d1n|token|challenge|waf)[^;]{0,200};?[^<]{0,400}location\.reload|"
    r"tonumbers\(.{0,80}slowaes|__test=|vdo_waf|vnptwaf|viettel.{0,20}(?:waf|cloudrity)|cloudrity|bkav.{0,10}waf",
    re.IGNORECASE | re.DOTALL,
)
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
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


def cause_of(exchange: Exchange) -> Cause | None:
    """Say why an answer is no page to be judged, None if it is one.

    A challenge (200, 403 or 503) comes first, then 401 and 403 as ``blocked``, 429, a maintenance page as ``http_5xx`` whatever
    its status, then the status itself.
    """
    if exchange.cause is not None:
        return exchange.cause
    head = decode(exchange.body[:_HEAD], exchange.header("content-type")).text if exchange.body else ""
    words = " ".join(_TAGS.sub(" ", head).split())
    if _challenged(exchange, head, words):
        return Cause.CHALLENGE
    status = exchange.status or 0
    if status < HTTPStatus.BAD_REQUEST:
        return Cause.HTTP_5XX if _in_maintenance(head, words) else None
    if status in _REFUSED or status == _TOO_MANY:
        return Cause.RATE_LIMITED if status == _TOO_MANY else Cause.BLOCKED
    return Cause.HTTP_5XX if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Cause.HTTP_4XX


def looks_like_html(exchange: Exchange) -> bool:
    """Tell a page from a file: by its declared type, and where that says nothing, by how its body begins."""
    kind = exchange.media_type
    if kind and kind not in {"application/octet-stream", "text/plain", "application/x-httpd-php", "unknown/unknown"}:
        return "html" in kind
    return _BEGINS.match(exchange.body[:2_000]) is not None or (not kind and b"<" in exchange.body[:2_000])


def _challenged(exchange: Exchange, head: str, words: str) -> bool:
    if (exchange.header("cf-mitigated") or "").lower() == "challenge" or exchange.header("x-amzn-waf-action"):
        return True
    if len(words) > _SHORT:
        return False
    title = _TITLE.search(head)
    folded = fold((title[1] if title else "") + " " + words)
    return bool(_CHALLENGE.search(head) or _CHALLENGE_TITLE.search(folded))


def _in_maintenance(head: str, words: str) -> bool:
    """Tell a short page that says so from a portal's news about maintenance, which is long and full of links."""
    short = bool(head) and len(words) <= _SHORT and len(re.findall(r"<a\b", head, re.IGNORECASE)) <= _FEW_LINKS
    return short and bool(_MAINTENANCE.search(fold(words)))
