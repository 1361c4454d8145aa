"""PURE: what kept bytes are to a reader: text in its own alphabet, JSON set out in lines, or bytes shown in hexadecimal."""

import json
import re
from collections.abc import Iterator

from reports.view import Kept

__all__ = ["as_text", "hex_head"]

_TEXT = re.compile(r"text/.*|application/(?:.*\+)?(?:json|xml)|application/(?:javascript|x-javascript|ecmascript|x-pem-file|csv)")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
# Only alphabets: Python also knows "charsets" that are programs in themselves.
_ALPHABET = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|windows-\d{3,4}|cp\d{3,4}|iso-?8859-\d{1,2}|us-ascii|ascii|latin-?1|gb\w{1,8}|big5|euc-\w{2}|shift_jis"
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LOOKED_AT = 4_096
_STRANGE = frozenset(range(0x20)) - {0x09, 0x0A, 0x0C, 0x0D, 0x1B}
_HEX_BYTES, _HEX_LINE = 512, 16
_PRETTY_MOST = 4_000_000


def as_text(kept: Kept) -> str | None:
    """Give a body's text, None if it is none. JSON that is not a web page's is set out in lines."""
    if not _is_text(kept):
        return None
    text = _decode(kept)
    return _pretty(text) if not kept.status_line and len(text) <= _PRETTY_MOST else text


def hex_head(body: bytes) -> str:
    """Give the first 512 bytes as offsets, hexadecimal digits and letters."""
    return "\n".join(_hex_lines(body[:_HEX_BYTES]))


def _is_text(kept: Kept) -> bool:
    head = kept.body[:_LOOKED_AT]
    if head.startswith(tuple(bom for bom, _ in _BOMS)):
        return True
    if any(byte in _STRANGE for byte in head):
        return False
    if _TEXT.fullmatch(kept.media_type.split(";")[0].strip().lower()):
        return True
    try:
        head[:-4].decode("utf-8") if len(head) == _LOOKED_AT else head.decode("utf-8")
    except UnicodeDecodeError as exc:
        # The last character of the part that was looked at may be cut in two.
        return exc.start >= len(head) - 8 and len(head) == _LOOKED_AT
    return True


def _decode(kept: Kept) -> str:
    for name in _alphabets(kept):
        if not _ALPHABET.fullmatch(name) and name != "utf-8-sig":
            continue
        try:
            return kept.body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return kept.body.decode("utf-8", "replace")


def _alphabets(kept: Kept) -> Iterator[str]:
    yield from (name for bom, name in _BOMS if kept.body.startswith(bom))
    headers = kept.confirms.headers if kept.confirms else kept.headers  # a 304 says nothing of the body that it confirms
    said = next((value for name, value in headers if name.lower() == "content-type"), kept.media_type)
    named = _CHARSET.search(said)
    if named:
        yield named[1].lower()
    meta = _META.search(kept.body[:_LOOKED_AT])
    if meta:
        yield meta[1].decode("ascii", "replace").lower()
    yield "utf-8"
    yield "windows-1258"


def _pretty(text: str) -> str:
    """Set JSON out in lines; what is no JSON, or nested too deep, stays as it is."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _hex_lines(body: bytes) -> Iterator[str]:
    for offset in range(0, len(body), _HEX_LINE):
        line = body[offset : offset + _HEX_LINE]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in line)  # noqa: PLR2004 - printable ASCII
        yield f"{offset:06x}  {line.hex(' '):<47}  {letters}"
