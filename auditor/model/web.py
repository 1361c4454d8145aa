"""Which texts from outside are addresses of the web: taken as a proof's link, and shown as a link that a person can click."""

import re
from urllib.parse import urlsplit

__all__ = ["web_address"]

_WEB = re.compile(r"https?://[^/\s\\@?#\"<>]+(?:[/?#][^\s\\\"<>]*)?", re.IGNORECASE)
_LONGEST = 2000
"""Characters of an address that a spreadsheet opens without a complaint."""


def web_address(text: str) -> str:
    """Give an address of the web as it is, and nothing for all else: other schemes, names with a password, quotes, spaces."""
    if len(text) > _LONGEST or not text.isprintable() or not _WEB.fullmatch(text):
        return ""
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    return text if named else ""
