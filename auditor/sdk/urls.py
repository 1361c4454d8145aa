"""Addresses: the one spelling under which a page is counted, and the signs of a trap."""

import ipaddress
import re
from collections import Counter
from functools import cached_property, lru_cache
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit, urlunsplit

__all__ = ["Base", "canonical", "is_address", "is_document", "is_trap", "opened_by", "same_site", "shape"]

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
_MAX_URL = 2_000
_BREAKS = re.compile(r"[\t\r\n]")
_SPACES = re.compile(r" +")
_MAY_HOLD_SESSION = re.compile(r"sess|[?&]sid=", re.IGNORECASE)
_SESSION = re.compile(
    r";jsessionid=[^/?#;]*|(?<=[?&])(?:phpsessid|jsessionid|sessionid|session_id|sid|aspsessionid\w*)=[\w.!~-]{12,}&?",
    re.IGNORECASE,
)
_OPENED = re.compile(
    r"""(?:window\.open|location(?:\.href)?\s{0,9}=|location\.(?:assign|replace))\s{0,9}\(?\s{0,9}['"]([^'"]{1,500})['"]""",
    re.IGNORECASE,
)
_PASSED = re.compile(
    r"""\b\w{1,40}\((?:\s{0,9}[\w.]{1,40}\s{0,9},){0,3}\s{0,9}['"]([\w./~-]{1,200}\.(?:html?|aspx?|php|jsp)(?:\?[^'"\s]{0,300})?)['"]""",
    re.IGNORECASE,
)
"""A page's address given to a function: ``mo('chucnang.aspx')``, SharePoint's ``RefreshPageTo(event, "/x.aspx?…")``."""
_DOES = re.compile(
    r"xoa|delete|remove|vote|binh_?chon|bieu_?quyet|log_?out|sign_?out|dang_?xuat|thoat|like|track|gui|send|submit|luu|save|update|sua|print|in\(",
    re.IGNORECASE,
)
"""What a function is called that does something and opens nothing, or its address: nobody asks for that unasked."""
_ESCAPED = re.compile(r"\\(?:u00|x)([0-9a-fA-F]{2})|\\/")
_DIGITS = re.compile(r"\d+")
_ASCII_DIGITS = re.compile(r"[0-9]+")

# Most references are clean: joining them is putting them behind a prefix, and what has one spelling is canonical already.
# These patterns take only what the full procedure would leave as it is; no segment begins with a dot, none is empty.
_HOST = r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*+"
_SEGMENT = r"[A-Za-z0-9_~%!$&'()*+,=:@-][A-Za-z0-9_~%!$&'()*+,=:@.-]*+"
_QUERY = r"(?:\?[A-Za-z0-9_~%!$&'()*+,=:@./;?-]++)?"
_UNMOVED = re.compile(r"/(?![/\\\s])|(?:https?:)?//[a-z0-9]|(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
"""How a reference begins that means the same in every folder of a site."""
_CLEAN_PATH = re.compile(rf"(?:/{_SEGMENT})*+/?{_QUERY}")
_CLEAN_RELATIVE = re.compile(rf"(?![^/?]*:){_SEGMENT}(?:/{_SEGMENT})*+/?{_QUERY}")
_CLEAN_URL = re.compile(rf"{_HOST}(?::[0-9]+)?(?:/{_SEGMENT})*+/?{_QUERY}")
_CLEAN_ROOT = re.compile(rf"{_HOST}(?::[0-9]+)?(?=/)")
_CANONICAL = re.compile(rf"{_HOST}/[A-Za-z0-9_~!$&'()*+,=:@.;/-]*+{_QUERY}")


class Base:
    """The address against which a page's references are read.

    ``moved`` is set when a reference was joined that leads elsewhere from another folder of the same site.
    """

    def __init__(self, url: str) -> None:
        """Read references against this address."""
        self._url = url
        self.moved = False

    @cached_property
    def root(self) -> str:
        """Give what stands before a clean reference that begins with a slash; empty where only joining itself can tell."""
        clean = _CLEAN_ROOT.match(self._url)
        return clean[0] if clean else (_joined(self._url, "/x") or "").removesuffix("/x")

    @cached_property
    def here(self) -> str:
        """Give what stands before a clean reference that begins with a name; empty where only joining itself can tell."""
        return (_joined(self._url, "x") or "").removesuffix("x")

    def join(self, reference: str | None) -> str | None:
        """Give the absolute address of a reference without its fragment, None for what leads nowhere (``#``, ``javascript:``)."""
        raw = (reference or "").strip()
        if not raw or raw[0] == "#" or len(raw) > _MAX_URL:
            return None
        here = ""
        if not _UNMOVED.match(raw):
            self.moved = True
            here = self.here
        return _quickly_joined(self.root, here, raw) or _joined(self._url, raw)


@lru_cache(maxsize=16384)
def _quickly_joined(root: str, here: str, raw: str) -> str:
    """Join a clean reference; empty for any other."""
    if raw[0] == "/":
        return root + raw if root and _CLEAN_PATH.fullmatch(raw) else ""
    if raw.startswith("http"):
        return raw if _CLEAN_URL.fullmatch(raw) else ""
    return here + raw if here and _CLEAN_RELATIVE.fullmatch(raw) else ""


@lru_cache(maxsize=8192)
def _joined(base: str, raw: str) -> str | None:
    try:
        url = urldefrag(urljoin(base, _mended(_BREAKS.sub("", raw))))[0]
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in _DEFAULT_PORTS and parts.hostname else None


def _mended(raw: str) -> str:
    """Write a reference as browsers read it: a backslash before the query is a slash, a space is one in the address too."""
    path, mark, query = raw.partition("?")
    return _SPACES.sub(lambda found: "%20" * len(found[0]), path.replace("\\", "/") + mark + query)


def opened_by(script: str) -> str | None:
    """Give the address that a handler of clicks (or a ``javascript:`` reference) opens, as written; None for none."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "/", script[:_MAX_URL])
    if opened := _OPENED.search(plain):
        return opened[1]
    passed = _PASSED.search(plain)
    return passed[1] if passed and not _DOES.search(passed[0]) else None


@lru_cache(maxsize=32768)
def canonical(url: str) -> str:
    """Give the one spelling under which this address is counted.

    The host is lower case, without default port; no fragment, no id of a visitor's session; one percent-encoding; a query's
    parameters in one order.
    """
    url = url.partition("#")[0]
    if _MAY_HOLD_SESSION.search(url):
        url = _SESSION.sub("", url).rstrip("?&")
    if "&" in url:
        path, mark, query = url.partition("?")
        url = path + mark + "&".join(sorted(query.split("&")))
    if _CANONICAL.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").lower().rstrip(".")
    if not host:
        return url
    if ":" in host:
        host = f"[{host}]"
    if port and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = quote(unquote(parts.path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape") or "/"
    return urlunsplit((parts.scheme, host, path, parts.query, ""))


def same_site(url: str, other: str) -> bool:
    """Tell whether two addresses belong to one site: the same host, with or without ``www.``, over http or https."""
    return _host(url) == _host(other) != ""


@lru_cache(maxsize=8192)
def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").lower().rstrip(".").removeprefix("www.")
    return f"{host}:{port}" if port and port not in _DEFAULT_PORTS.values() else host


def is_address(host: str) -> bool:
    """Tell an address (IPv4 or IPv6, without brackets) from a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_document(url: str) -> bool:
    """Tell whether an address names a file that is no page, by its ending."""
    return bool(_FILES.search(urlsplit(url).path))


def shape(url: str) -> str:
    """Give an address with its numbers made one, so that pages of one making are counted together."""
    parts = urlsplit(url)
    query = "&".join(sorted(_DIGITS.sub("#", pair) for pair in parts.query.split("&") if pair))
    return f"{_ASCII_DIGITS.sub('#', parts.path)}?{query}"


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
