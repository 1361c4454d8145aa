"""Where a Location header leads, as browsers read it (WHATWG URL): letters, spaces and backslashes are mended."""

import re
from urllib.parse import unquote_to_bytes, urlsplit

__all__ = ["located"]

_EDGES = "".join(map(chr, range(0x21)))
_BREAKS = re.compile(r"[\t\r\n]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE | re.ASCII)
_SPECIAL = {"http", "https"}
_DOT, _DOTS = {".", "%2e"}, {"..", ".%2e", "%2e.", "%2e%2e"}
_ESCAPED = re.compile(rb"[\x00-\x20\x7f-\xff\"<>`{}^]")
_ESCAPED_IN_QUERY = re.compile(rb"[\x00-\x20\x7f-\xff\"<>']")
_NO_NAME = re.compile(r"[\x00-\x20\"#%/:<>?@\[\\\]^|\x7f]")
"""What stands in no name of a host: whoever judges the address refuses it."""


def located(url: str, location: str) -> str:
    """Give the address that a Location header of the answer at ``url`` means, without its fragment, as it is asked for.

    ``location`` is the header as it came, its bytes as Latin-1. An address of the web is ASCII then: its bytes beyond that are
    escaped as they are, a backslash before the query is a slash, folders are gone up by, the name is in its form for DNS. What no
    browser takes for an address of the web, and what a user's name stands in, is given much as it is, for the guard to refuse.
    """
    text = _BREAKS.sub("", location.strip(_EDGES)).partition("#")[0]
    base = urlsplit(url)
    found = _SCHEME.match(text)
    scheme, rest = (found[1].lower(), text[found.end() :]) if found else (base.scheme, text)
    if scheme not in _SPECIAL:
        return f"{scheme}:{_quoted(rest, _ESCAPED)}"
    path, mark, query = rest.partition("?")
    path = path.replace("\\", "/")
    query = mark + _quoted(query, _ESCAPED_IN_QUERY)
    if path.startswith("//") or (found and scheme != base.scheme):
        host, slash, path = path.lstrip("/").partition("/")
        return f"{scheme}://{_place(host)}{_path(slash + path)}{query}"
    if not path:
        return f"{scheme}://{base.netloc}{base.path or '/'}{query or (base.query and '?' + base.query)}"
    if not path.startswith("/"):
        path = (base.path.rpartition("/")[0] or "") + "/" + path
    return f"{scheme}://{base.netloc}{_path(path)}{query}"


def _place(text: str) -> str:
    """Give a host and its port; the name in ASCII, where it is one."""
    if "@" in text or text.startswith("["):
        return _quoted(text, _ESCAPED)
    host, colon, port = text.partition(":")
    try:
        name = unquote_to_bytes(host.encode("latin-1")).decode().lower()
        plain = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return _quoted(text, _ESCAPED)
    return _quoted(text, _ESCAPED) if _NO_NAME.search(plain) else f"{plain}{colon}{_quoted(port, _ESCAPED)}"


def _path(text: str) -> str:
    """Give a path without dots to go up by, which begins with a slash."""
    kept: list[str] = []
    segments = _quoted(text, _ESCAPED).split("/")[1:] or [""]
    for number, segment in enumerate(segments):
        folder = segment.lower()
        if folder in _DOTS:
            del kept[-1:]
        elif folder not in _DOT:
            kept.append(segment)
        if folder in _DOT | _DOTS and number == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _quoted(text: str, which: re.Pattern[bytes]) -> str:
    """Escape bytes; a text that came from elsewhere than a header, and has letters, is UTF-8."""
    raw = text.encode("latin-1") if all(letter <= "\xff" for letter in text) else text.encode("utf-8", "surrogatepass")
    return which.sub(lambda found: b"%%%02X" % found[0][0], raw).decode("ascii")
