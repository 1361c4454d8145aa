"""The cookies that a first visit to the front page is given, and whether they are protected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from auditor.model.evidence import Exchange
from auditor.model.note import Json, quoted
from auditor.sdk.urls import same_site
from probes.front import notes
from probes.front.judged import SOUND, WEAK, Judged, texts

__all__ = ["judge_cookies"]

_HOST, _SECURE = "__host-", "__secure-"
_MAX_COOKIES = 50
_MAX_SHOWN = 10
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cookie:
    """One cookie as set: its name, its attributes in lower case, and the header's line without the value."""

    name: str
    attributes: Mapping[str, str]

    @property
    def line(self) -> str:
        """Give what can be shown: a cookie's value is nobody's business."""
        rest = "".join(f"; {key}={value}" if value else f"; {key}" for key, value in self.attributes.items())
        return f"Set-Cookie: {self.name}=…{rest}"


def judge_cookies(hops: Iterable[Exchange], rules: Mapping[str, Json]) -> Judged:
    """Judge the cookies that are left after the whole way to the front page; the last of a name counts.

    A host of somebody else on the way (a log-in that sends everybody on) answers for its own.
    """
    way = [*hops]
    cookies: dict[str, _Cookie] = {}
    for hop in (one for one in way if same_site(one.url, way[-1].url)):
        for header in list(hop.header_all("set-cookie"))[:_MAX_COOKIES]:
            cookie = _cookie(header)
            cookies.pop(cookie.name, None)
            if cookie.name and cookie.name.lower() not in texts(rules, "cookies", "ignore") and not _gone(cookie, hop.at):
                cookies[cookie.name] = cookie
    if not cookies:
        return Judged(value=None, because=notes.COOKIES_NONE)
    lacks = [(cookie, lack) for cookie in cookies.values() for lack in _lacks(cookie, rules)]
    session = sorted(
        cookie.name for cookie in cookies.values() if _is_of_session(cookie, rules) or _may_be_of_session(cookie, rules)
    )
    advised = sorted(cookie.name for cookie in cookies.values() if _may_be_of_session(cookie, rules) and _is_open(cookie))
    facts: dict[str, Json] = {
        "cookies": [*sorted(cookies)[:_MAX_SHOWN]],
        "session": [*session[:_MAX_SHOWN]],
        "advised": [f"{name[:_SHOWN]}: HttpOnly" for name in advised[:_MAX_SHOWN]],
    }
    if not lacks and advised:
        names: list[Json] = [quoted(name[:_SHOWN]) for name in advised[:_MAX_SHOWN]]
        return Judged(value=SOUND, because=notes.COOKIES_ADVISED(count=len(cookies), names=names), facts=facts)
    if not lacks:
        return Judged(value=SOUND, because=notes.COOKIES_SOUND(count=len(cookies)), facts=facts)
    shown: list[Json] = [f"{cookie.name[:_SHOWN]}: {lack}" for cookie, lack in lacks[:_MAX_SHOWN]]
    told = [notes.COOKIE(name=quoted(cookie.name[:_SHOWN]), lack=lack).as_fact() for cookie, lack in lacks[:_MAX_SHOWN]]
    return Judged(
        value=WEAK, because=notes.COOKIES_WEAK(lacks=told), passage=lacks[0][0].line[:500], facts={**facts, "lacks": shown}
    )


def _lacks(cookie: _Cookie, rules: Mapping[str, Json]) -> list[str]:
    """Name the attributes that a cookie should have and has not."""
    name, same_site = cookie.name.lower(), cookie.attributes.get("samesite")
    secure = "secure" in cookie.attributes
    found = [] if secure else ["Secure"]
    if _is_of_session(cookie, rules) and _is_open(cookie):
        found.append("HttpOnly")
    if any(part in name for part in texts(rules, "cookies", "token")) and not same_site:
        found.append("SameSite")
    elif same_site is not None and same_site.lower() not in texts(rules, "cookies", "same_site"):
        found.append("unknown_same_site")
    elif same_site is not None and same_site.lower() == "none" and not secure:
        found.append("none_without_secure")
    return found + _broken_promises(cookie)


def _broken_promises(cookie: _Cookie) -> list[str]:
    """Say why browsers refuse a cookie whose name promises what its attributes do not keep (RFC 6265bis, section 4.1.3)."""
    if not cookie.name.lower().startswith(_HOST):
        return []
    found = ["host_with_domain"] if cookie.attributes.get("domain") else []
    return found if cookie.attributes.get("path") == "/" else [*found, "host_without_path"]


def _is_of_session(cookie: _Cookie, rules: Mapping[str, Json]) -> bool:
    """Tell whether the Observatory takes a cookie for a session's, by its name."""
    return any(part in cookie.name.lower() for part in texts(rules, "cookies", "session"))


def _may_be_of_session(cookie: _Cookie, rules: Mapping[str, Json]) -> bool:
    """Tell whether a cookie is named as some software names a session's, though the Observatory takes it for none."""
    own = cookie.name.lower().removeprefix(_HOST).removeprefix(_SECURE)
    return own in texts(rules, "cookies", "session_names") and not _is_of_session(cookie, rules)


def _is_open(cookie: _Cookie) -> bool:
    """Tell whether scripts may read it."""
    return "httponly" not in cookie.attributes


def _cookie(header: str) -> _Cookie:
    """Read a Set-Cookie header as browsers do (RFC 6265, section 5.2)."""
    first, *rest = header.split(";")
    name, equals, _ = first.partition("=")
    pairs = [part.partition("=") for part in rest]
    attributes = {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs if key.strip()}
    return _Cookie(name=name.strip() if equals else "", attributes=attributes)


def _gone(cookie: _Cookie, at: datetime) -> bool:
    """Tell whether a cookie is set only to be deleted."""
    age = cookie.attributes.get("max-age", "")
    if age.removeprefix("-").isdigit():
        return age.startswith("-") or not age.strip("0")
    try:
        expires = parsedate_to_datetime(cookie.attributes["expires"])
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):
        return False
    return (expires if expires.tzinfo else expires.replace(tzinfo=UTC)) <= at
