"""All services of one crawled site: read from every list, each once, with how much of each list could be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from auditor.model.evidence import Proof
from auditor.model.visit import Blame, Cause
from auditor.sdk.outcome import GONE
from auditor.sdk.text import tokens
from auditor.sdk.urls import canonical
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.services_list.pager import Pager, Turn, own_turn, pager_of, stated_total, turns_between
from probes.services_list.rows import RowReader, ServiceRow

__all__ = ["Collection", "Gap", "ListPage"]

_MOST_ALIKE = 50
_MUCH_LESS = 10
"""Where a list says that it has over a ninth more than was read, more of it stands elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page that lists services: its rows, what turns it, and how many services it says there are."""

    page: Page
    rows: tuple[ServiceRow, ...]
    pager: Pager
    stated: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What of a list was not read, and why; ``stated`` is how many services the list says it has."""

    url: str
    cause: Cause
    read: int
    stated: int | None = None


class Collection:
    """The services of one crawled site."""

    def __init__(self, site: CrawledSite) -> None:
        """Read this site's lists; what is worked out is worked out once."""
        self.site = site
        self._reader = RowReader(site.known.vocabulary)
        self._next = site.known.vocabulary.phrases.get("next_turn", ())

    @cached_property
    def lists(self) -> tuple[ListPage, ...]:
        """Give the pages that list services; further pages of a list, and the same filtered, may have one row."""
        found = {id(page): listed for page in self.site.readable if (listed := self._list_page(page)) is not None}
        groups = {turn.group for listed in found.values() for turn in listed.pager.turns}
        paths = {_path(listed.page) for listed in found.values()}
        for page in self.site.readable if found else ():
            turned = own_turn(page.exchange.url, groups) is not None
            if id(page) not in found and (turned or _path(page) in paths):
                listed = self._list_page(page, least=1)
                if listed is not None and (turned or listed.rows[0].how == "table"):
                    found[id(page)] = listed
        return tuple(found[id(page)] for page in self.site.readable if id(page) in found)

    def _list_page(self, page: Page, *, least: int = 2) -> ListPage | None:
        document = page.document
        template = self.site.template_of(page)
        own = [block for block in document.blocks if not template.covers(block)]
        rows = self._reader.rows(document, own, least=least)
        if not rows:
            return None
        pager = pager_of(document, (url for row in rows for url in row.links), self._next)
        return ListPage(page=page, rows=rows, pager=pager, stated=stated_total(document, len(rows)))

    @cached_property
    def rows(self) -> tuple[ServiceRow, ...]:
        """Give every listed service once, by its code, else its name, within its agency, as it is first listed with its level."""
        return _once(row for listed in self.lists for row in listed.rows)

    def page_of(self, row: ServiceRow) -> Proof | None:
        """Give the page that lists a row, with its words."""
        page = self.site.pages.get(canonical(row.page))
        if page is None:
            page = next((listed.page for listed in self.lists if listed.page.exchange.url == row.page), None)
        return page.exchange.proof(passage=row.passage) if page else None

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Give what of the lists was not read; none where every row of it was read elsewhere."""
        open_lists: list[tuple[Gap, set[str]]] = []
        whole: set[str] = set()
        grouped: set[int] = set()
        for members, gap in self._groups():
            keys = {_identity(row) for listed in members for row in listed.rows}
            grouped |= {id(listed) for listed in members}
            if gap is None:
                whole |= keys
            else:
                open_lists.append((gap, keys))
        for listed in self.lists:
            if id(listed) in grouped:
                continue
            keys = {_identity(row) for row in listed.rows}
            gap = self._alone(listed)
            if gap is None:
                whole |= keys
            else:
                open_lists.append((gap, keys))
        return tuple(gap for gap, keys in open_lists if not keys <= whole)

    def _groups(self) -> Iterable[tuple[list[ListPage], Gap | None]]:
        turns: dict[str, list[Turn]] = {}
        for listed in self.lists:
            for turn in listed.pager.turns:
                turns.setdefault(turn.group, []).append(turn)
        for group, named in turns.items():
            held = {group}
            members = [
                listed
                for listed in self.lists
                if own_turn(listed.page.exchange.url, held) or any(turn.group == group for turn in listed.pager.turns)
            ]
            yield members, self._gap(group, named, members)

    def _gap(self, group: str, named: Sequence[Turn], members: Sequence[ListPage]) -> Gap | None:
        """Go through a list's pages by number, to its end: a page that is gone, empty, or repeats what was seen."""
        by_page = {id(listed.page): listed for listed in members}
        first = [listed for listed in members if own_turn(listed.page.exchange.url, {group}) is None]
        keys = {_identity(row) for listed in first for row in listed.rows}
        stated = max((listed.stated for listed in members if listed.stated), default=None)
        own = [turn for listed in members if (turn := own_turn(listed.page.exchange.url, {group})) is not None]
        for turn in turns_between([*named, *own]):
            page = self.site.pages.get(canonical(turn.url)) or next(
                (listed.page for listed in members if own_turn(listed.page.exchange.url, {group}) == turn), None
            )
            cause = self._why_unread(page)
            if cause is not None and cause is not _GONE:
                return Gap(url=turn.url, cause=cause, read=len(keys), stated=stated)
            if cause is _GONE:
                return _short(turn.url, len(keys), stated)
            listed = by_page.get(id(page))
            new = {_identity(row) for row in listed.rows} - keys if listed else set()
            if not new and turn.number > 1:
                return _short(turn.url, len(keys), stated)  # the first page comes again under its number
            keys |= new
        return None

    def _why_unread(self, page: Page | None) -> Cause | None:
        """Say why a list's page was not read; ``_GONE`` for one that is not there, which ends the list."""
        if page is None:
            return Cause.BUDGET if self.site.seen.left or self.site.seen.cuts else Cause.NOT_RUN
        cause = page.cause
        if cause is None:
            return _GONE if self.site.is_missing(page) else None
        if cause is Cause.HTTP_4XX:
            return _GONE if page.exchange.status in GONE else Cause.AMBIGUOUS
        if cause.blame is Blame.THEIRS and not self.site.is_broken(page):
            return Cause.AMBIGUOUS
        return cause

    @staticmethod
    def _alone(listed: ListPage) -> Gap | None:
        """Tell a page whose list goes on where only a script leads."""
        stated, read = listed.stated, len({_identity(row) for row in listed.rows})
        if stated == read or not (listed.pager.scripted or _says_more(stated, read)):
            return None
        return Gap(url=listed.page.exchange.url, cause=Cause.CAPABILITY, read=read, stated=stated)


_GONE = Cause.HTTP_4XX


def _short(url: str, read: int, stated: int | None) -> Gap | None:
    """Tell a list that ends before the number of services that it says it has: what is missing was not shown to us."""
    return Gap(url=url, cause=Cause.AMBIGUOUS, read=read, stated=stated) if _says_more(stated, read) else None


def _path(page: Page) -> str:
    return canonical(page.exchange.url).partition("?")[0]


def _says_more(stated: int | None, read: int) -> bool:
    return stated is not None and stated * (_MUCH_LESS - 1) > read * _MUCH_LESS


def _identity(row: ServiceRow) -> str:
    """Name a row with its level: a list filtered by level tells more than the whole list that names none."""
    return f"{row.code or row.key}\0{row.level or ''}"


def _once(rows: Iterable[ServiceRow]) -> tuple[ServiceRow, ...]:
    """Give each service once. A row that names no agency, or has no code, is the one that does and is otherwise the same."""
    found: list[ServiceRow] = []
    places: dict[str, list[int]] = {}
    for row in rows:
        names = {f"code {row.code}" if row.code else f"name {row.key}", f"name {row.key}"}
        place = next((at for name in sorted(names) for at in places.get(name, ()) if _same(found[at], row)), None)
        if place is None:
            place = len(found)
            found.append(row)
        else:
            found[place] = _joined(found[place], row)
        for name in names:
            held = places.setdefault(name, [])
            if place not in held[-_MOST_ALIKE:]:
                held.append(place)
    return tuple(found)


def _same(kept: ServiceRow, row: ServiceRow) -> bool:
    """Tell one service from two: by their codes where both have one, else by name; and by their agencies where both name one."""
    one, two = _agency(kept), _agency(row)
    return (not one or not two or one == two) and (kept.code == row.code if kept.code and row.code else kept.key == row.key)


def _agency(row: ServiceRow) -> tuple[str, ...]:
    return tuple(token.folded for token in tokens(row.executing)) if row.executing else ()


def _joined(kept: ServiceRow, other: ServiceRow) -> ServiceRow:
    """Give the row as first listed, with what only the other tells."""
    if kept.level is None and other.level is not None:
        kept = replace(kept, level=other.level, level_by=other.level_by, page=other.page, passage=other.passage)
    return replace(
        kept,
        executing=kept.executing or other.executing,
        code=kept.code or other.code,
        url=kept.url or other.url,
        submit=kept.submit or other.submit,
        links=kept.links or other.links,
    )
