"""Bounds on what the outside may cost us: required parameters, with the defaults of auditor.toml."""

from dataclasses import dataclass

__all__ = ["KIB", "MIB", "CrawlLimits", "Limits"]

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one request with all its redirects: seconds overall, bytes on the wire and decoded a hop, and hops."""

    seconds: float = 20.0
    wire: int = 4 * MIB
    decoded: int = 8 * MIB
    hops: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlLimits:
    """Bounds of one visit that reads many pages.

    ``pages`` counts successful ones, ``requests`` all; ``page`` bounds each request.
    """

    pages: int = 300
    requests: int = 900
    depth: int = 6
    seconds: float = 900.0
    page: Limits = Limits()
