"""What one request asks for, how long it may take, and the place that it goes to."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.sdk.limits import Limits
from auditor.visit.doors.guard import Target
from auditor.visit.doors.http.inflate import ENCODINGS

__all__ = ["Ask", "Left", "headers_of", "origin_of", "place_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request as a probe wants it, wherever redirects lead.

    ``revalidate``: a page that is kept may be confirmed by a 304. ``newest``: HTTP/2 is offered before HTTP/1.1.
    """

    why: str
    method: str
    headers: dict[str, str]
    follow: bool
    robots: bool
    limits: Limits
    revalidate: bool = False
    newest: bool = False


@dataclass(slots=True)
class Left:
    """The seconds that a request may still take with its redirects. Only exchanges take them: our waits at gates are our own."""

    seconds: float


def headers_of(ask: Ask, user_agent: str, cookie: str) -> dict[str, str]:
    """Give the headers that a request is sent with."""
    own = {
        "User-Agent": user_agent,
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "vi,en;q=0.5",
        "Accept-Encoding": ", ".join(ENCODINGS),
        **ask.headers,
    }
    return {**own, "Cookie": cookie} if cookie else own


def place_of(url: str) -> tuple[str, int]:
    """Give an address's host and port; an empty host where it is none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower().rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "", 0


def origin_of(target: Target) -> str:
    """Give the origin of an address: what one robots.txt is for."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    default = 443 if target.scheme == "https" else 80
    return f"{target.scheme}://{host}" + ("" if target.port == default else f":{target.port}")
