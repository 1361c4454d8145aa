"""A sample in one whole number of 60 bits, and a day in two short byte strings: a year of samples stays small.

A time takes 9 bits: exact below 64 ms, else with 6 bits of it kept, which is 1 part in 32 at the most. The order of ``CODES`` is
what is kept: new ones are added at the end.
"""

import struct
from collections.abc import Mapping

from auditor.model.uptime import Sample, Stretch
from auditor.model.visit import Cause

__all__ = ["CODES", "pack", "pack_speeds", "pack_stretches", "rounded", "unpack", "unpack_speeds", "unpack_stretches"]

CODES: tuple[Cause | None, ...] = (
    None,
    Cause.DNS,
    Cause.CONNECT,
    Cause.TLS,
    Cause.PROTOCOL,
    Cause.HTTP_4XX,
    Cause.HTTP_5XX,
    Cause.REDIRECTS,
    Cause.TIMEOUT,
    Cause.TOO_LARGE,
    Cause.ROBOTS,
    Cause.BLOCKED,
    Cause.RATE_LIMITED,
    Cause.CHALLENGE,
    Cause.OWN_LINK,
    Cause.BUDGET,
    Cause.CAPABILITY,
    Cause.CRASHED,
    Cause.NOT_RUN,
    Cause.AMBIGUOUS,
    Cause.UNCONFIRMED,
    Cause.NOT_DECLARED,
)
_CODE_OF = {cause: code for code, cause in enumerate(CODES)}
_CODE_BITS, _STATUS_BITS, _TIME_BITS, _KEPT_BITS = 5, 10, 9, 5
_NONE = (1 << _TIME_BITS) - 1
_EXACT = 1 << (_KEPT_BITS + 1)
_LOW = (1 << _KEPT_BITS) - 1
_PHASES = ("resolve_ms", "connect_ms", "tls_ms", "first_byte_ms", "done_ms")
_STRETCH, _SPEED = struct.Struct("<IIB"), struct.Struct("<HH")
_MOST_COUNTED = (1 << 16) - 1


def _shortened(ms: int | None) -> int:
    if ms is None:
        return _NONE
    if ms < _EXACT:
        return max(ms, 0)
    moved = ms.bit_length() - _KEPT_BITS - 1
    kept = (ms + (1 << moved >> 1)) >> moved  # to the nearest
    if kept == _EXACT:
        kept, moved = kept >> 1, moved + 1
    return min(((moved + 1) << _KEPT_BITS) | (kept & _LOW), _NONE - 1)


def _lengthened(code: int) -> int | None:
    if code == _NONE:
        return None
    if code < _EXACT:
        return code
    return ((code & _LOW) | (1 << _KEPT_BITS)) << ((code >> _KEPT_BITS) - 1)


def rounded(ms: int) -> int:
    """Give a time as it is read back."""
    return _lengthened(_shortened(ms)) or 0


def pack(sample: Sample) -> int:
    """Put all of a sample but its moment into one number."""
    packed = _CODE_OF[sample.cause] << _STATUS_BITS | min(max(sample.status or 0, 0), (1 << _STATUS_BITS) - 1)
    for phase in _PHASES:
        packed = packed << _TIME_BITS | _shortened(getattr(sample, phase))
    return packed


def unpack(at: int, packed: int) -> Sample:
    """Give back a sample; its times are as good as they were kept."""
    times = []
    for _ in _PHASES:
        times.append(_lengthened(packed & _NONE))
        packed >>= _TIME_BITS
    done, first_byte, tls, connect, resolve = times
    return Sample(
        at=at,
        cause=CODES[packed >> _STATUS_BITS],
        status=packed & ((1 << _STATUS_BITS) - 1) or None,
        resolve_ms=resolve,
        connect_ms=connect,
        tls_ms=tls,
        first_byte_ms=first_byte,
        done_ms=done,
    )


def pack_stretches(day: int, parts: tuple[Stretch, ...]) -> bytes:
    """Put a day's stretches into bytes, counted from its midnight."""
    return b"".join(_STRETCH.pack(part.start - day, part.seconds, _CODE_OF[part.cause]) for part in parts)


def unpack_stretches(day: int, packed: bytes) -> tuple[Stretch, ...]:
    """Give back a day's stretches."""
    return tuple(
        Stretch(start=day + start, end=day + start + seconds, cause=CODES[code])
        for start, seconds, code in _STRETCH.iter_unpack(packed)
    )


def pack_speeds(speeds: Mapping[int, int]) -> bytes:
    """Put how many samples took how long into bytes."""
    counts: dict[int, int] = {}
    for ms, times in speeds.items():
        code = _shortened(ms)
        counts[code] = min(counts.get(code, 0) + times, _MOST_COUNTED)
    return b"".join(_SPEED.pack(code, counts[code]) for code in sorted(counts))


def unpack_speeds(packed: bytes) -> dict[int, int]:
    """Give back how many samples took how long."""
    return {_lengthened(code) or 0: times for code, times in _SPEED.iter_unpack(packed)}
