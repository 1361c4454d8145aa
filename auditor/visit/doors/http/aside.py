"""Heavy work on a large body, beside the event loop: other visits' deadlines do not wait for it."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import anyio
from anyio.to_thread import run_sync

from auditor.sdk.limits import KIB
from auditor.visit.doors.http.inflate import Inflated, inflate

__all__ = ["BIG", "aside", "inflated"]

BIG = 256 * KIB
"""What is worked on at once where it is; hashing, packing or unpacking more takes a thread."""

Result = TypeVar("Result")


async def aside(work: Callable[[], Result], size: int, *, threads: anyio.CapacityLimiter) -> Result:
    """Do a piece of work on so many bytes: here when they are few, else in a thread."""
    return work() if size <= BIG else await run_sync(work, limiter=threads)


async def inflated(raw: bytes, encoding: str, *, limit: int, whole: bool, threads: anyio.CapacityLimiter) -> Inflated:
    """Undo encodings as ``inflate`` does. Nobody knows how large a packed body is, so it is tried here up to a size first."""
    if len(raw) <= BIG:
        found = inflate(raw, encoding, limit=min(limit, BIG), whole=whole)
        if limit <= BIG or not found.cut:
            return found
    return await run_sync(partial(inflate, raw, encoding, limit=limit, whole=whole), limiter=threads)
