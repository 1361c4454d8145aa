"""The macros of SPF (RFC 7208, section 7), as far as they stand for what a domain says of all mail alike."""

import re
from urllib.parse import quote

__all__ = ["MACRO", "expanded"]

MACRO = r"%\{[slodiphcrtv]\d*r?[.\-+,/_=]*\}|%%|%_|%-"
_ONE = re.compile(r"%(?:\{([a-z])(\d*)(r?)([.\-+,/_=]*)\}|([%_-]))", re.IGNORECASE)
_LONGEST = 253
_PLAIN = {"%": "%", "_": " ", "-": "%20"}


def expanded(spec: str, domain: str, sender: str) -> str:
    """Give the name that a domain-spec stands for in the record of ``domain``, for mail in the name of ``sender``.

    It is empty where a macro stands for something of each message: its sender's mailbox, the address it comes from, the greeting.
    """
    known = {"d": domain, "o": sender}

    def one(match: re.Match[str]) -> str:
        if match[5]:
            return _PLAIN[match[5]]
        value = _transformed(known.get(match[1].lower(), ""), match[2], bool(match[3]), match[4] or ".")
        return quote(value, safe="") if match[1].isupper() else value

    if any(match[1] and match[1].lower() not in known for match in _ONE.finditer(spec)):
        return ""
    name = _ONE.sub(one, spec).lower().rstrip(".")
    if len(name) > _LONGEST:  # section 7.3: labels are dropped on the left, as many as must be
        name = name[-_LONGEST - 1 :].partition(".")[2]
    return name


def _transformed(value: str, digits: str, reverse: bool, delimiters: str) -> str:
    parts = re.split(f"[{re.escape(delimiters)}]", value)
    if reverse:
        parts.reverse()
    most = int(digits[:4]) if digits else len(parts)
    return ".".join(parts[-most:] if most else parts)
