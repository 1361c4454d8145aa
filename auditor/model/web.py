"""Which texts from outside may become links that a person can click."""

import re

__all__ = ["web_address"]

_WEB = re.compile(r"https?://[^/\s\\@?#\"<>]+(?:[/?#][^\s\\\"<>]*)?", re.IGNORECASE)
_LONGEST = 2000
"""Characters of an address that a spreadsheet opens without a complaint."""


def web_address(text: str) -> str:
    """Give an address of the web as it is, and nothing for all else: other schemes, names with a password, quotes, spaces."""
    return text if len(text) <= _LONGEST and _WEB.fullmatch(text) else ""
