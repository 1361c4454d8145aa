"""Remembering what short texts gave: a site's pages say the same ones again and again, and long ones hardly come twice."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

__all__ = ["remembering"]

T = TypeVar("T")

_MOST = 8192


def remembering(read: Callable[[str], T], *, longest: int) -> Callable[[str], T]:
    """Give a reading of texts, PURE, that works out each text of up to ``longest`` characters once."""
    known = lru_cache(maxsize=_MOST)(read)

    @wraps(read)
    def remembered(text: str) -> T:
        return known(text) if len(text) <= longest else read(text)

    return remembered
