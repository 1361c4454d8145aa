"""The addresses still to be opened: those that duties need first, then near ones; traps stay outside."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from auditor.model.evidence import Cut
from auditor.sdk.urls import canonical, is_document, is_trap, same_site, shape
from probes.content.labels import Grade, Hit, Labels

__all__ = ["Due", "Frontier"]

_MAX_FILTERS = 12
"""So many sets of parameters of one path are opened: more are filters and orders of one list."""
_MAX_OF_SHAPE = 39
_MAX_WANTED = 11
"""So many addresses of one shape that name one duty: more are months of its calendar, or pages of its list."""
_SERVICES = {"service_portal", "procedures"}
_MAX_LEFT = 500
_OWN = 2
"""The rank of the entries of a section's own list; the pages that turn a list come behind them, before ordinary pages."""
_FAR = 9
"""Where addresses stand that only a sitemap names."""
_LAST = 99
"""Behind all others of the same rank."""


@dataclass(order=True)
class Due:
    """An address to open: ``known_clicks`` from the front page (None when only a sitemap names it).

    ``wanted`` tells that a duty's label or address names it, ``services`` that it may list public services.
    """

    rank: int
    clicks: int
    number: int
    url: str = field(compare=False)
    found_on: str = field(compare=False)
    known_clicks: int | None = field(compare=False)
    wanted: bool = field(compare=False, default=False)
    services: bool = field(compare=False, default=False)
    group: str = field(compare=False, default="")
    """The list that it is a page of, empty for any other."""


class Frontier:
    """The addresses still to be opened: those that duties need first, then near ones; traps stay outside."""

    def __init__(self, site: str, labels: Labels, depth: int, registry_hosts: frozenset[str]) -> None:
        """Begin with nothing but the front page, which is known."""
        self._site, self._labels, self._depth, self._hosts = site, labels, depth, registry_hosts
        self._heap: list[Due] = []
        self._known: set[str] = {canonical(site)}
        self._filters: defaultdict[str, set[str]] = defaultdict(set)
        self._shapes: Counter[tuple[str, str]] = Counter()
        self._turning: Counter[str] = Counter()
        self._left: dict[str, None] = {}
        self.cuts: set[Cut] = set()
        self.wanted: set[str] = set()

    def __len__(self) -> int:
        return len(self._heap)

    def add_part(self, url: str, found_on: str, clicks: int | None) -> None:
        """Offer a part of a page (a frame, where a refresh leads): as near as the page itself, and before everything else."""
        key = canonical(url)
        if key in self._known or not same_site(url, self._site) or is_trap(url):
            return
        self._known.add(key)
        heapq.heappush(self._heap, Due(-1, clicks if clicks is not None else _FAR, len(self._known), url, found_on, clicks, True))

    def leave(self, url: str, *, near: bool) -> None:
        """Leave an address that robots are asked not to follow, unless another page leads there; ``near`` is the front page's."""
        if near and len(self._left) < _MAX_LEFT and same_site(url, self._site):
            self._left[url] = None

    @property
    def unfollowed(self) -> tuple[str, ...]:
        """Give the addresses near the front page that were left so, and that no other page led to."""
        return tuple(url for url in self._left if canonical(url) not in self._known)

    def add(self, url: str, named: Iterable[Hit], found_on: str, clicks: int | None, *, own: bool = False) -> None:
        """Offer an address and what its link names; ``own`` marks an entry of a section's own list."""
        key = canonical(url)
        if key in self._known:
            return
        hits = (*named, *(() if is_document(url) else self._labels.of_url(url)))
        grade = max([hit.grade for hit in hits], default=None)
        services = any(hit.section in _SERVICES and hit.grade >= Grade.ACCEPTED for hit in hits)
        wanted = grade is not None and grade >= Grade.ACCEPTED and (clicks or 0) <= 3  # noqa: PLR2004 - what a page two clicks away leads to
        if not self._may_open(url, wanted=wanted):
            return
        if is_trap(url) or (clicks or 0) > self._depth:
            self.cuts.add(Cut.TRAP if is_trap(url) else Cut.DEPTH)
            return
        parts = urlsplit(url)
        if clicks != 1:  # what the front page links is never one of many
            made = shape(url), max(hits, key=lambda hit: hit.grade).section if wanted else ""
            if self._repeats(parts, made):
                self.cuts.add(Cut.TRAP)
                return
            self._shapes[made] += 1
        self._known.add(key)
        self._filters[parts.path].add(_names(parts))
        rank = (0 if clicks in {0, 1} else 1) if wanted else _OWN if own else 3 if clicks == 1 else 5 if clicks is None else 4
        due = Due(rank, clicks if clicks is not None else _FAR, len(self._known), url, found_on, clicks, wanted, services)
        heapq.heappush(self._heap, due)
        if wanted:
            self.wanted.add(url)

    def add_turn(self, url: str, group: str, found_on: str, clicks: int | None) -> None:
        """Offer a page of a list by its pager: as deep as it goes, and however many its path has."""
        key = canonical(url)
        if key in self._known or not same_site(url, self._site):
            return
        self._known.add(key)
        self._turning[group] += 1
        heapq.heappush(self._heap, Due(_OWN, _LAST, len(self._known), url, found_on, clicks, group=group))

    def add_listed(self, url: str, found_on: str, clicks: int | None) -> None:
        """Offer an entry drawn from a list, however deep in it."""
        key = canonical(url)
        if key in self._known or not same_site(url, self._site) or is_document(url) or is_trap(url):
            return
        self._known.add(key)
        heapq.heappush(self._heap, Due(_OWN, _LAST, len(self._known), url, found_on, clicks))

    def turns(self, ended: frozenset[str]) -> bool:
        """Tell whether pages of a list are left to open, those of ``ended`` ones left out."""
        if any(self._turning[group] for group in ended):
            self._heap = [due for due in self._heap if due.group not in ended]
            heapq.heapify(self._heap)
            for group in ended:
                self._turning[group] = 0
        return any(self._turning.values())

    def _repeats(self, parts: SplitResult, made: tuple[str, str]) -> bool:
        """Tell one more of a list's filters, a calendar's months or a pager's pages: of one shape, and naming the same duty.

        Old portals have all their pages under one shape (``Default.aspx?tabid=38``), so those of other duties do not count.
        """
        filters = self._filters[parts.path]
        filtered = _names(parts) not in filters and len(filters) >= _MAX_FILTERS
        return filtered or self._shapes[made] >= (_MAX_WANTED if made[1] else _MAX_OF_SHAPE)

    def _may_open(self, url: str, *, wanted: bool) -> bool:
        """The site's own pages; beyond them only what a duty needs: a file, or a page of a site in the registry."""
        if same_site(url, self._site):
            return wanted or not is_document(url)
        return wanted and (urlsplit(url).hostname or "") in self._hosts

    def take(self, count: int) -> list[Due]:
        """Give the next few."""
        taken = [heapq.heappop(self._heap) for _ in range(min(count, len(self._heap)))]
        for due in taken:
            self._turning[due.group] -= bool(due.group)
        return taken

    def put_back(self, due: list[Due]) -> None:
        """Take back what was not opened after all."""
        for one in due:
            heapq.heappush(self._heap, one)
            self._turning[one.group] += bool(one.group)

    def rest(self) -> list[Due]:
        """Give what was never opened."""
        return sorted(self._heap)


def _names(parts: SplitResult) -> str:
    """Give the names of an address's parameters."""
    return "&".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))
