"""Which words name a control host: a host, or the address of its front page; nothing else is ever asked of it."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from auditor.errors import nearest

__all__ = ["control_address"]

_SCHEMES = ("http", "https")
_NAME = re.compile(
    r"(?=.{1,253}\.?$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+\.?", re.IGNORECASE
)


def control_address(text: str) -> str:
    """Give the address that is asked of a control host; one that is a name alone is asked over HTTPS.

    Raises:
        ValueError: it is neither a host nor the address of one; the nearest right word is named.
    """
    if re.search(r"\s", text):
        raise ValueError(f'"{text}" holds a space{_meant("".join(text.split()))}')
    parts = _taken_apart(text)
    if parts.scheme not in _SCHEMES:
        near = nearest(parts.scheme, _SCHEMES) or " (there are http, https)"
        raise ValueError(f'"{text}": no scheme "{parts.scheme}"{near}')
    if "@" in parts.netloc:
        raise ValueError(f'"{text}" holds a user name{_meant(parts.netloc.rpartition("@")[2])}')
    if not _is_host(parts.hostname or ""):
        raise ValueError(f'"{text}" is no host (write "vi-du.vn" or "https://vi-du.vn/")')
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f'"{text}" has a path, and only the host is asked{_meant(parts.netloc)}')
    return f"{parts.scheme}://{parts.netloc}/"


def _taken_apart(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        parts.port  # noqa: B018 - it raises where the port is none
    except ValueError as exc:
        raise ValueError(f'"{text}": {exc}') from exc
    return parts


def _is_host(host: str) -> bool:
    if _NAME.fullmatch(host) and not host.replace(".", "").isdigit():
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _meant(text: str) -> str:
    """Name what was meant, where that would be right."""
    try:
        control_address(text)
    except ValueError:
        return ""
    return f' (did you mean "{text}"?)'
