"""What passes between the browser and a site, and what does not: methods, kinds of resources, headers. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause

__all__ = ["EMPTY", "METHODS", "PIXEL", "Asked", "Given", "given_of", "refusal", "said_of"]

METHODS = ("GET", "HEAD", "OPTIONS")
_READ = frozenset({"", "document", "empty", "frame", "iframe", "json", "script", "sharedworker", "style", "worker", "xslt"})
"""What a page's text and links can come from. Pictures, sound, fonts and plug-ins are left on the site's server."""
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
    def is_read(self) -> bool:
        """Tell whether what it asks for can change the text or the links of a page.

        A frame of another site is not the site's own, a stream of events never ends, and what is fetched ahead was never opened.
        """
        if self.headers.get("accept", "").startswith("text/event-stream") or "prefetch" in self.headers.get("sec-purpose", ""):
            return False
        foreign = self.headers.get("sec-fetch-site") == "cross-site"
        return self.kind in _READ and not (foreign and self.kind in {"iframe", "frame"})

    @property
    def onward(self) -> dict[str, str]:
        """Give the headers that go on to the site; for a document the door knows what to accept."""
        ours = {"accept"} if self.kind in {"document", "iframe", "frame"} else set()
        passing = [
            (name, value[:_MAX_VALUE])
            for name, value in self.headers.items()
            if name not in _OURS and name not in ours and not name.startswith(_OUR_BEGINNINGS)
        ]
        return {"-".join(map(str.capitalize, name.split("-"))): value for name, value in passing[:_MAX_HEADERS]}

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


def given_of(exchange: Exchange, cause: Cause | None) -> Given:
    """Give a site's answer as the browser may have it: decoded, and without what would lead it past us."""
    if cause is not None or exchange.status is None or exchange.status == _PROXY_AUTHENTICATION:
        status = _GATEWAY_TIMEOUT if cause is Cause.TIMEOUT else _BAD_GATEWAY
        return refusal(status, f"{cause or Cause.PROTOCOL}: {exchange.detail}")
    if exchange.status < _LEAST_STATUS:
        return refusal(_BAD_GATEWAY, f"{exchange.status} is no end of an answer")
    return Given(status=exchange.status, headers=tuple(_back(exchange)), body=exchange.body)


def said_of(method: str, url: str) -> str:
    """Name a request: its method before its address, bounded."""
    return f"{method[:20]} {url[:300]}"


def _back(exchange: Exchange) -> Iterator[tuple[str, str]]:
    for name, value in exchange.headers:
        if name.lower() not in _STAYING and value.isprintable():
            yield name, value


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.lower()
    except ValueError:
        return ""
