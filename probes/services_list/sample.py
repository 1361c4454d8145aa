"""Which services' own pages are opened: a sample that is the same for the same site and year, however the list is ordered."""

import hashlib
from collections.abc import Iterable, Iterator

from auditor.sdk.text import fold
from probes.services_list.rows import ServiceRow

__all__ = ["SAMPLE", "SAMPLE_SHARED", "draw", "ordered", "seed_of"]

SAMPLE = 20
"""So many services' pages are opened where one agency carries them all out."""
SAMPLE_SHARED = 60
"""So many where several do: as many of each as there is room for."""


def seed_of(site: str, year: int) -> str:
    """Name the draw of a site and a year."""
    return f"{site} {year}"


def ordered(rows: Iterable[ServiceRow], seed: str) -> list[ServiceRow]:
    """Give rows in the order of the draw: by the digest of the seed with what names the service: no other row moves it."""
    return sorted(rows, key=lambda row: (_place(row, seed), row.url))


def draw(rows: Iterable[ServiceRow], seed: str) -> list[ServiceRow]:
    """Give the services to open: those first in order, in turn of each agency that the list names."""
    by_agency: dict[str, list[ServiceRow]] = {}
    for row in ordered((row for row in rows if row.url), seed):
        by_agency.setdefault(fold(row.executing), []).append(row)
    size = SAMPLE if len(by_agency) <= 1 else SAMPLE_SHARED
    found: dict[str, ServiceRow] = {}
    for row in _in_turn([by_agency[name] for name in sorted(by_agency)]):
        found.setdefault(row.url, row)
        if len(found) >= size:
            break
    return list(found.values())


def _in_turn(groups: list[list[ServiceRow]]) -> Iterator[ServiceRow]:
    for place in range(max(map(len, groups), default=0)):
        for group in groups:
            if place < len(group):
                yield group[place]


def _place(row: ServiceRow, seed: str) -> str:
    return hashlib.sha256(f"{seed}\0{row.code}\0{row.key}".encode("utf-8", "replace")).hexdigest()
