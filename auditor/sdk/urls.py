"""Addresses: the one spelling under which a page is counted, and the signs of a trap."""

import re
from collections import Counter
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit, urlunsplit

__all__ = ["canonical", "is_document", "is_trap", "same_site", "shape"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FILES = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|tar|gz|jpe?g|png|gif|bmp|svg|webp|ico|mp[34]|avi|wmv|flv|mov|css|js|json|xml|rss|"
    r"txt|csv|odt|ods|rtf|exe|apk|woff2?|ttf|eot|swf)$",
    re.IGNORECASE,
)
_MAX_LENGTH = 600
_MAX_SEGMENTS = 14
_MAX_REPEATS = 2
_MAX_PARAMETERS = 12


@lru_cache(maxsize=32768)
def canonical(url: str) -> str:
    """Give the one spelling under which this address is counted.

    The host is lower case, without default port; no fragment; one percent-encoding.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").lower().rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if port and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = quote(unquote(parts.path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape") or "/"
    return urlunsplit((parts.scheme, host, path, parts.query, ""))


def same_site(url: str, other: str) -> bool:
    """Tell whether two addresses belong to one site: the same host, with or without ``www.``, over http or https."""
    return _host(url) == _host(other) != ""


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").lower().rstrip(".").removeprefix("www.")
    return f"{host}:{port}" if port and port not in _DEFAULT_PORTS.values() else host


def is_document(url: str) -> bool:
    """Tell whether an address names a file that is no page, by its ending."""
    return bool(_FILES.search(urlsplit(url).path))


def shape(url: str) -> str:
    """Give an address with its numbers made one, so that pages of one making are counted together."""
    parts = urlsplit(url)
    query = "&".join(sorted(re.sub(r"\d+", "#", pair) for pair in parts.query.split("&") if pair))
    return f"{re.sub(r'[0-9]+', '#', parts.path)}?{query}"


def is_trap(url: str) -> bool:
    """Tell whether an address has the marks of an endless tree: segments that come again and again, too long, too deep."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    repeated = max(Counter(segments).values(), default=0)
    return (
        len(url) > _MAX_LENGTH
        or len(segments) > _MAX_SEGMENTS
        or repeated > _MAX_REPEATS
        or parts.query.count("&") >= _MAX_PARAMETERS
    )
