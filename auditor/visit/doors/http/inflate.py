"""Undoes content encodings under a limit: a bomb ends at the limit, a broken body says so."""

import re
import zlib
from dataclasses import dataclass, replace

import brotli
import zstandard

__all__ = ["ENCODINGS", "Inflated", "inflate"]

ENCODINGS = ("gzip", "deflate", "br", "zstd")
_MAX_NESTED = 2
_MAX_MEMBERS = 1_000
_MAX_WINDOW = 2**23
"""What a server may ask of a zstd decoder (RFC 9659); browsers read no more either."""
_PIECE = 256
"""Bytes handed to zstd at a time: four of them can become 128 KB, and it knows no limit of its own."""

_TOO_EARLY = "the compressed body ends too early"
_NO_TRAILER = "the compressed body ends without a trailer that fits it (RFC 1950, RFC 1952)"
_PAGE_END = re.compile(rb"</html\s*>\s*\Z", re.IGNORECASE)
"""A page that came to its own end is whole, whatever its packing still lacks."""
_LAST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflated:
    """A body without its encodings.

    ``cut`` when a limit ended it; ``broken`` says what was wrong with it, as far as it was read, and ``lack`` what was not whole
    about one that can be read all the same.
    """

    body: bytes
    cut: bool = False
    broken: str = ""
    lack: str = ""


def inflate(raw: bytes, content_encoding: str, *, limit: int, whole: bool = True) -> Inflated:
    """Undo every encoding that a Content-Encoding header names, last first. ``whole=False``: ``raw`` was cut off on purpose."""
    names = [name.strip().lower().removeprefix("x-") for name in content_encoding.split(",")]
    names = [name for name in names if name not in {"", "identity", "none", "utf-8"}]
    if len(names) > _MAX_NESTED:
        return Inflated(body=b"", broken=f"{len(names)} encodings on top of each other")
    result = Inflated(body=raw[:limit], cut=len(raw) > limit) if not names else Inflated(body=raw)
    for name in reversed(names):
        if name not in ENCODINGS:
            return Inflated(body=b"", broken=f"unknown content encoding {name[:40]!r}")
        result, before = _one(result.body, name, limit), result.lack
        result = replace(result, lack=result.lack or before)
        if result.broken and not whole:
            result = Inflated(body=result.body, cut=True)
        if result.broken or result.cut:
            break
    if result.broken == _TOO_EARLY and _PAGE_END.search(result.body[-_LAST:]):
        return replace(result, broken="", lack=result.broken)
    return result


def _one(raw: bytes, name: str, limit: int) -> Inflated:
    try:
        if name == "br":
            return _brotli(raw, limit)
        if name == "zstd":
            return _zstd(raw, limit)
        if name == "gzip":
            return _zlib(raw, limit, zlib.MAX_WBITS | 32)
        return _zlib(raw, limit, zlib.MAX_WBITS if _has_zlib_header(raw) else -zlib.MAX_WBITS)
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as exc:
        return Inflated(body=b"", broken=f"{name}: {exc}"[:200])


def _has_zlib_header(raw: bytes) -> bool:
    """Tell RFC 1950's header (method 8, a check sum of 31) from raw deflate, which some servers send by that name."""
    return len(raw) > 1 and raw[0] & 0x0F == zlib.DEFLATED and int.from_bytes(raw[:2]) % 31 == 0


def _zlib(raw: bytes, limit: int, bits: int) -> Inflated:
    """Inflate every member of a stream; what follows the last whole one and is no member is padding."""
    out = bytearray()
    for _ in range(_MAX_MEMBERS):
        stream = zlib.decompressobj(bits)
        try:
            found = stream.decompress(raw, limit - len(out) + 1)
        except zlib.error:
            if (bare := _without_trailer(raw, limit - len(out) + 1, bits)) is not None:
                return _ended(bytes(out) + bare, limit)
            if out:
                break
            raise
        out += found
        if len(out) > limit:
            return Inflated(body=bytes(out[:limit]), cut=True)
        if not stream.eof:
            bare = _without_trailer(raw, limit + 1, bits)
            return Inflated(body=bytes(out), broken=_TOO_EARLY) if bare is None else _ended(bytes(out), limit)
        raw = stream.unused_data
        if not raw or bits != zlib.MAX_WBITS | 32:
            break
    else:
        return Inflated(body=bytes(out), cut=True)
    return Inflated(body=bytes(out))


def _ended(body: bytes, limit: int) -> Inflated:
    return Inflated(body=body[:limit], cut=len(body) > limit, lack=_NO_TRAILER)


def _without_trailer(raw: bytes, limit: int, bits: int) -> bytes | None:
    """Give what a stream holds whose data end by themselves, whatever stands behind them: browsers look no further."""
    start = _data_start(raw) if bits == zlib.MAX_WBITS | 32 else _ZLIB_HEADER if bits == zlib.MAX_WBITS else None
    if start is None:
        return None
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        body = stream.decompress(raw[start:], limit)
    except zlib.error:
        return None
    return body if stream.eof or len(body) >= limit else None


def _data_start(raw: bytes) -> int | None:
    """Give where the data of a gzip member begin; None where it has no header that can be read."""
    if (header := _GZIP_HEADER.match(raw)) is None:
        return None
    start, flags = header.end(), raw[3]
    for flag, skipped in _GZIP_FIELDS:
        if flags & flag:
            if (field := skipped.match(raw, start)) is None:
                return None
            start = field.end() + (int.from_bytes(field.group(), "little") if flag == _EXTRA else 0)
    return start


_ZLIB_HEADER = 2
_EXTRA = 4
_GZIP_HEADER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f].{6}", re.DOTALL)
_GZIP_FIELDS = (
    (_EXTRA, re.compile(rb"..", re.DOTALL)),
    (8, re.compile(rb"[^\0]*\0")),
    (16, re.compile(rb"[^\0]*\0")),
    (2, re.compile(rb"..", re.DOTALL)),
)
"""What may stand between a member's header and its data, in this order, each where its flag is set (RFC 1952 section 2.3.1)."""


def _brotli(raw: bytes, limit: int) -> Inflated:
    stream = brotli.Decompressor()
    out = bytearray(stream.process(raw, output_buffer_limit=limit + 1))
    while len(out) <= limit and not stream.is_finished():
        more = stream.process(b"", output_buffer_limit=limit - len(out) + 1)
        if not more:
            return Inflated(body=bytes(out), broken=_TOO_EARLY)
        out += more
    return Inflated(body=bytes(out[:limit]), cut=len(out) > limit)


def _zstd(raw: bytes, limit: int) -> Inflated:
    """Undo frame after frame, each of which must end."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
    out, at = bytearray(), 0
    while at < len(raw):
        frame = unpacker.decompressobj()
        while at < len(raw) and not frame.eof:
            out += frame.decompress(raw[at : at + _PIECE])
            at += _PIECE
            if len(out) > limit:
                return Inflated(body=bytes(out[:limit]), cut=True)
        if not frame.eof:
            return Inflated(body=bytes(out), broken=_TOO_EARLY)
        at = min(at, len(raw)) - len(frame.unused_data)
    return Inflated(body=bytes(out))
