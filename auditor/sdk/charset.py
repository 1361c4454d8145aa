"""Bytes to text: by mark, header, meta, then content; what was declared and was not true is said."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

from auditor.sdk.legacy import from_legacy

__all__ = ["Decoded", "decode"]

_SAMPLE = 200_000
_REMEMBERED = 16
"""So many bodies are kept as text: a page is asked for its own again and again while it is read, and then no more."""
_SMALL = 256 * 1024
"""Longer ones are rare, and would fill the memory."""
_KNOWN = frozenset(
    {
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874"),
        *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
        *(f"cp{number}" for number in range(1250, 1259)),
        *("gb18030", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949"),
    }
)
"""Python's names of the encodings that a browser decodes (https://encoding.spec.whatwg.org/#names-and-labels).

Python has others by names that a page can say too (``unicode_escape``, ``idna``, ``undefined``, ``utf-7``). No visitor's browser
heeds them, and some raise what no decoder of text should, or give halves of letters.
"""
_ONE_BYTE = {"cp1252", "cp1258", "iso8859-1", "latin-1"}
_VIETNAMESE = ("utf_8", "cp1258", "cp1252", "utf_16")
_UTF8_LETTERS = re.compile(rb"[\xc3-\xe1][\x80-\xbf]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A body as text.

    ``encoding`` is what decoded it, ``declared`` what the page said, ``valid`` whether the declaration was true. ``legacy`` names
    letters from before Unicode that stood in it and were made Unicode (``tcvn3``, ``vni``); empty if there were none.
    """

    text: str
    encoding: str
    declared: str | None
    valid: bool
    legacy: str = ""


def decode(body: bytes, content_type: str | None) -> Decoded:
    """Decode a body in the order of the WHATWG standard, and never fail: what cannot be decoded becomes U+FFFD.

    Beyond the standard, a body that is UTF-8 throughout is read as UTF-8 though it declares a one-byte charset: by chance
    that does not happen to Vietnamese text, and the agency's words should not be lost to a wrong header. Text in TCVN3 or VNI
    letters becomes Unicode. A charset that the standard does not know is as good as none declared; no text holds surrogates.
    """
    return _once(body, content_type) if len(body) <= _SMALL else _whole(body, content_type)


def _whole(body: bytes, content_type: str | None) -> Decoded:
    decoded = _decoded(body, content_type)
    text, legacy = from_legacy(decoded.text)
    return replace(decoded, text=text, legacy=legacy) if legacy else decoded


_once = lru_cache(maxsize=_REMEMBERED)(_whole)


def _decoded(body: bytes, content_type: str | None) -> Decoded:
    bom, _ = read_bom(body)
    name = bom or _known(http_content_type_encoding(content_type)) or _of_markup(body)
    if name and not (name in _ONE_BYTE and not body.isascii() and _is_utf8(body)):
        try:
            return Decoded(text=_strip(body.decode(name)), encoding=name, declared=name, valid=True)
        except (UnicodeDecodeError, LookupError):
            pass
    try:
        return Decoded(text=_strip(body.decode("utf-8")), encoding="utf-8", declared=name, valid=name is None)
    except UnicodeDecodeError:
        western = body.decode("cp1252", errors="replace")
        if from_legacy(western)[1]:  # what a font alone makes Vietnamese is Western text to every decoder
            return Decoded(text=western, encoding="cp1252", declared=name, valid=name in _ONE_BYTE)
        guess = _guess(body, name)
        return Decoded(text=_strip(body.decode(guess, errors="replace")), encoding=guess, declared=name, valid=False)


def _known(name: str | None) -> str | None:
    return name if name in _KNOWN else None


def _of_markup(body: bytes) -> str | None:
    """Give what a page's own markup declares; markup that can be read as ASCII is no UTF-16, as the standard has it."""
    name = _known(html_body_declared_encoding(body[:4096]))
    return "utf-8" if name and name.startswith("utf-16") else name


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(body: bytes, declared: str | None) -> str:
    """A few wrong bytes in a UTF-8 page leave it UTF-8; else the content decides."""
    broken = body.decode("utf-8", errors="replace").count("\ufffd")
    if declared == "utf-8" and broken * 50 < len(body):
        return "utf-8"
    if broken * 10 < len(_UTF8_LETTERS.findall(body[:_SAMPLE])):
        return "utf-8"
    best = from_bytes(body[:_SAMPLE], cp_isolation=list(_VIETNAMESE)).best()
    return best.encoding if best else "cp1252"


def _strip(text: str) -> str:
    return text.removeprefix("\ufeff")
