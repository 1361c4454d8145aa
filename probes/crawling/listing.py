"""Lists of public services while a crawl goes on: which pages turn them, when they end, and which services' own pages to open.

A list is followed by its pager alone, from its first page to the first that is empty or repeats what was seen; other orders and
sizes of it are left. What is chosen here decides only what is opened: the readings work it all out again from what was kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.model.evidence import Cut
from auditor.sdk.boilerplate import Template
from auditor.sdk.html import Document
from auditor.sdk.urls import canonical
from auditor.sdk.vocabulary import Vocabulary
from probes.crawling.frontier import Frontier
from probes.services_list.controls import Controls, controls_of
from probes.services_list.levels import names_only_level
from probes.services_list.pager import Turn, is_rearranged, own_turn, pager_of, turns_between
from probes.services_list.rows import RowReader, ServiceRow
from probes.services_list.sample import draw, seed_of

__all__ = ["Listed", "Listing"]

_SHARE = 3
"""Of three pages that a crawl may read, lists are turned on two: what duties need is opened before, and a sample must follow."""
_COMPARED = 40
_FROM_LIST = 2
"""So many clicks an entry that was drawn from a list counts as: the way to it is counted anew from what was kept."""
_MAX_TAB = 60
_FORMS_A_PAGE = 2
_MAX_FORMS = 80


@dataclass(frozen=True, slots=True)
class Listed:
    """What one page of a list leads to: the pages that turn it, and the addresses that are none of an ordinary page's."""

    turns: Sequence[Turn] = ()
    filters: Sequence[str] = ()
    """The same list by level, where its rows name none."""
    held: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()
    """The page itself and those that turn it, where it lists services."""


@dataclass(slots=True)
class _List:
    """One list: what was read of it, and whether it has ended."""

    rows: set[str] = field(default_factory=set)
    ended: bool = False


class Listing:
    """Follows the lists of services of one crawl."""

    def __init__(self, vocabulary: Vocabulary, frontier: Frontier, site: str, year: int, pages: int) -> None:
        """Follow lists over as many of a crawl's ``pages`` as leave room for the rest; ``site`` and ``year`` seed the sample."""
        self._reader = RowReader(vocabulary)
        self._words = vocabulary.phrases.get("next_turn", ())
        self._controls = Controls(vocabulary, frozenset())
        self._vocabulary, self._frontier = vocabulary, frontier
        self._seed = seed_of(site, year)
        self._room = pages * (_SHARE - 1) // _SHARE
        self._lists: dict[str, _List] = {}
        self._known: set[tuple[str, int]] = set()
        self._rows: dict[str, ServiceRow] = {}
        self._seen: set[str] = set()
        self._paths: set[str] = set()
        self._drawn: dict[str, ServiceRow] = {}
        self._sampled = 0
        self._forms: dict[str, str] = {}
        self._usual: frozenset[str] = frozenset()
        self.without_entry: set[str] = set()
        """Pages opened of services said to be online that show no way to hand in a file."""

    def take(self, document: Document, documents: Sequence[Document], clicks: int) -> Listed:
        """Take a page that was opened, the front page first; what it leads to is offered to the frontier."""
        if len(documents) > 1 and not self._usual:
            self._usual = frozenset(block.text for block in documents[0].blocks)
        if len(documents) == 1:
            self._controls = Controls(self._vocabulary, frozenset(control.key for control in controls_of(document)))
        listed = self.read(document, documents)
        barred = document.nofollow
        for turn in listed.turns:
            if turn.url not in barred:
                self._frontier.add_turn(turn.url, turn.group, document.url, clicks + 1)
        for url in listed.filters:
            if url not in barred:
                self._frontier.add_listed(url, document.url, clicks + 1)
        return listed

    def goes_on(self) -> bool:
        """Tell whether anything is left to open; once the lists are read, what was drawn from them is."""
        ended = frozenset(group for group, listed in self._lists.items() if listed.ended)
        if not self._frontier.turns(ended):
            for row in self.sample():
                self._frontier.add_listed(row.url, row.page, _FROM_LIST)
        return len(self._frontier) > 0

    def read(self, document: Document, documents: Sequence[Document]) -> Listed:
        """Take a page that was opened; ``documents`` are all so far, which tell what is the site's template."""
        ways_in = self._take_service(document) if canonical(document.url) in self._drawn else frozenset()
        here = own_turn(document.url, self._lists)
        rows = self._rows_of(document, documents, least=1 if here or document.url.partition("?")[0] in self._paths else 2)
        held = frozenset(url for row in rows for url in row.links)
        pager = pager_of(document, held, self._words) if rows else None
        keys = {f"{row.code or row.key}\0{row.level or ''}" for row in rows}
        if here is not None:
            self._ends(here, keys)
        if pager is None:
            return Listed(held=ways_in)
        new = not keys <= self._seen
        self._seen |= keys
        self._paths.add(document.url.partition("?")[0])
        for row in rows:
            self._rows.setdefault(f"{row.url}\0{row.code or row.key}", row)
        turns = turns_between(pager.turns, here) if new else []
        for turn in turns:
            self._lists.setdefault(turn.group, _List()).rows |= keys
        lists = (document.url, *(turn.url for turn in pager.turns))
        held |= ways_in | {turn.url for turn in pager.turns}
        filters = _filters(document) if all(row.level is None for row in rows) else ()
        return Listed(
            filters=filters, turns=[turn for turn in turns if self._may_turn(turn, document.url)], held=held, lists=lists
        )

    def _rows_of(self, document: Document, documents: Sequence[Document], *, least: int) -> tuple[ServiceRow, ...]:
        """Give a page's rows; the template is learnt only where something may be one of its menus."""
        rows = self._reader.rows(document, document.blocks, least=least, usual=self._usual)
        if not any(row.how == "entry" for row in rows):
            return rows
        template = Template([*documents[:1], *documents[-_COMPARED:]])
        return self._reader.rows(document, [block for block in document.blocks if not template.covers(block)], least=least)

    def _ends(self, here: Turn, keys: set[str]) -> None:
        """End a list with a page that is empty or repeats what was seen."""
        listed = self._lists[here.group]
        if here.number > 1 and keys <= listed.rows:
            listed.ended = True
        listed.rows |= keys

    def _may_turn(self, turn: Turn, page: str) -> bool:
        key = turn.group, turn.number
        if key in self._known or self._lists[turn.group].ended or canonical(turn.url) == canonical(page):
            return False
        self._known.add(key)
        if self._room <= 0:
            self._frontier.cuts.add(Cut.PAGES)
            return False
        self._room -= 1
        return True

    def holds(self, url: str, listed: Listed) -> bool:
        """Tell an address that is no ordinary page's: a row's, a turn's, a way to hand in a file, the list in another order."""
        if url in listed.held or is_rearranged(url, listed.lists):
            return True
        bare = url.partition("?")[0]
        return bool(listed.lists) and is_rearranged(url, [bare]) and own_turn(bare, self._lists) is not None

    def sample(self) -> list[ServiceRow]:
        """Give the services to open now that every list is read; nothing when no row came since."""
        if len(self._rows) == self._sampled:
            return []
        self._sampled = len(self._rows)
        drawn = [row for row in draw(self._rows.values(), self._seed) if canonical(row.url) not in self._drawn]
        self._drawn |= {canonical(row.url): row for row in drawn}
        return drawn

    def _take_service(self, document: Document) -> frozenset[str]:
        """Note the first forms of a service's own page; give the ways to hand in a file, which we do not take."""
        controls = controls_of(document)
        for control in self._controls.forms(controls)[:_FORMS_A_PAGE]:
            self._forms.setdefault(canonical(control.url), control.url)
        ways_in = [control for control in self._controls.own(controls) if self._controls.submits(control) is not False]
        row = self._drawn[canonical(document.url)]
        if row.level is not None and row.level.online and not row.submit and not ways_in:
            self.without_entry.add(canonical(document.url))
        return frozenset(control.url for control in ways_in)

    def forms(self) -> list[str]:
        """Give the forms to ask for, those of each page in its order."""
        return list(self._forms.values())[:_MAX_FORMS]


def _filters(document: Document) -> list[str]:
    """Give the addresses that a list's tabs of levels lead to, each level once."""
    found: dict[str, str] = {}
    for link in document.links:
        level = names_only_level(link.label) if len(link.label) < _MAX_TAB else None
        if level is not None:
            found.setdefault(str(level), link.url)
    return list(found.values())
