"""What passes between the browser and a site, and what does not: methods, kinds of resources, headers. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from auditor.model.evidence import Chain, Exchange
from auditor.model.visit import Cause
from auditor.sdk.charset import decode

__all__ = ["EMPTY", "METHODS", "PIXEL", "Asked", "Given", "ending_of", "given_of", "refusal", "said_of"]

METHODS = ("GET", "HEAD", "OPTIONS")
_READ = frozenset({"", "document", "empty", "frame", "iframe", "json", "script", "sharedworker", "style", "worker", "xslt"})
"""What a page's text and links can come from. Pictures, sound, fonts and plug-ins are left on the site's server."""
_FRAMES = frozenset({"frame", "iframe"})
_DOCUMENTS = _FRAMES | {"document"}
_UNREAD_ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".bmp", ".svg"),
    *(".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".webm", ".ogg", ".m3u8", ".ts", ".vtt"),
)
_OURS = frozenset(
    {
        *("host", "user-agent", "accept-encoding", "accept-language", "cache-control", "pragma", "connection", "keep-alive"),
        *("te", "trailer", "transfer-encoding", "expect", "range", "dnt", "priority", "purpose", "save-data", "upgrade"),
        "upgrade-insecure-requests",
    }
)
"""Headers of a request that our HTTP door says itself, or that belong to the browser's connection with us."""
_OUR_BEGINNINGS = ("sec-", "proxy-", "content-", "if-")
_STAYING = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-encoding", "content-length", "accept-ranges", "alt-svc", "strict-transport-security", "www-authenticate"),
        *("report-to", "reporting-endpoints", "nel", "expect-ct", "content-security-policy-report-only", "date", "server"),
    }
)
"""Headers of an answer that do not go on: of the connection, of a body that we have decoded, or that name other ways out."""
_MAX_HEADERS = 60
_MAX_VALUE = 4_096
_PROXY_AUTHENTICATION = 407
_LEAST_STATUS, _BAD_GATEWAY, _GATEWAY_TIMEOUT = 200, 502, 504

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as the browser made it; the headers' names are lower case."""

    method: str
    url: str
    headers: Mapping[str, str]

    @property
    def kind(self) -> str:
        """Give what it is for (``Sec-Fetch-Dest``). Over plain http nobody says so: then the rest of the head must do."""
        said = self.headers.get("sec-fetch-dest")
        if said is not None:
            return said
        accepts = self.headers.get("accept", "")
        if accepts.startswith("text/html"):
            return "document"
        if accepts.startswith("image/"):
            return "image"
        if accepts.startswith("text/css"):
            return "style"
        if "range" in self.headers:
            return "video"
        return "font" if _path(self.url).endswith(_UNREAD_ENDINGS) else "empty"

    @property
    def is_document(self) -> bool:
        """Tell whether it is for a page or a frame: an empty answer to that leaves what stands there."""
        return self.kind in _DOCUMENTS

    @property
    def is_read(self) -> bool:
        """Tell whether what it asks for can change the text or the links of a page.

        A frame of another site is not the site's own, a stream of events never ends, and what is fetched ahead was never opened.
        """
        if self.headers.get("accept", "").startswith("text/event-stream") or "prefetch" in self.headers.get("sec-purpose", ""):
            return False
        foreign = self.headers.get("sec-fetch-site") == "cross-site"
        return self.kind in _READ and not (foreign and self.kind in _FRAMES)

    @property
    def onward(self) -> dict[str, str]:
        """Give the headers that go on to the site; for a document the door knows what to accept."""
        ours = {"accept"} if self.is_document else set()
        passing = [
            (name, _sayable(name, value))
            for name, value in self.headers.items()
            if name not in _OURS and name not in ours and not name.startswith(_OUR_BEGINNINGS)
        ]
        return {"-".join(map(str.capitalize, name.split("-"))): value for name, value in passing[:_MAX_HEADERS] if value}

    @property
    def named(self) -> str:
        """Name it as ``Rendered.blocked`` does."""
        if self.headers.get("upgrade", "").lower() == "websocket":
            return said_of("WEBSOCKET", self.url)
        return said_of(self.headers.get("access-control-request-method", self.method), self.url)

    @property
    def is_harmless(self) -> bool:
        """Tell whether it changes nothing at the site: GET, HEAD or OPTIONS, and no prelude to something else."""
        then = self.headers.get("access-control-request-method", "GET")
        return self.method in METHODS and then in METHODS and "upgrade" not in self.headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the browser gets for an answer."""

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)


PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002014400 3b".replace(" ", ""))
"""A transparent GIF of one pixel: what stands for every picture, so that no script waits or tries again."""
EMPTY = {
    True: Given(status=200, headers=(("Content-Type", "image/gif"),), body=PIXEL),
    False: Given(status=204),
}
"""What is given for what we do not read: to a picture, and to anything else."""


def refusal(status: int, why: str) -> Given:
    """Give an answer of our own that says why there is none from the site."""
    return Given(status=status, headers=(("Content-Type", "text/plain; charset=utf-8"),), body=why.encode()[:500])


def ending_of(chain: Chain) -> Exchange:
    """Give how a request ended, its cause the final one. What no site may say to a browser, only a proxy, is a broken answer."""
    final, cause = chain.final, chain.cause or chain.final.cause
    if cause is None and (final.status is None or final.status < _LEAST_STATUS or final.status == _PROXY_AUTHENTICATION):
        return replace(final, cause=Cause.PROTOCOL, detail=f"{final.status} is no answer of a site")
    return replace(final, cause=cause)


def given_of(exchange: Exchange) -> Given:
    """Give a site's answer as the browser may have it: decoded, and without what would lead it past us."""
    if exchange.cause is not None or exchange.status is None:
        status = _GATEWAY_TIMEOUT if exchange.cause is Cause.TIMEOUT else _BAD_GATEWAY
        return refusal(status, f"{exchange.cause}: {exchange.detail}")
    return Given(status=exchange.status, headers=tuple(_back(exchange)), body=exchange.body)


def said_of(method: str, url: str) -> str:
    """Name a request: its method before its address, bounded."""
    return f"{method[:20]} {url[:300]}"


def _sayable(name: str, value: str) -> str:
    """Give as much of a header's value as may be said in plain ASCII; of cookies each by itself."""
    parts = value[:_MAX_VALUE].split(";") if name == "cookie" else [value[:_MAX_VALUE]]
    return ";".join(part for part in parts if part.isascii() and part.isprintable())


def _back(exchange: Exchange) -> Iterator[tuple[str, str]]:
    for name, value in exchange.headers:
        if name.lower() not in _STAYING and value.isprintable():
            yield name, _with_charset(value, exchange.body) if name.lower() == "content-type" else value


def _with_charset(media_type: str, body: bytes) -> str:
    """Say that a page is UTF-8 where it says nothing and is: a frame inherits that from the page around it, which is not here."""
    if "html" not in media_type.lower() or body.isascii():
        return media_type
    found = decode(body, media_type)
    return f"{media_type.rstrip('; ')}; charset=utf-8" if found.declared is None and found.encoding == "utf-8" else media_type


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.lower()
    except ValueError:
        return ""
