"""Holding what a list says of a service against what the service's own page shows. What could not be read accuses nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from http import HTTPStatus

from auditor.model.evidence import Chain, Proof
from auditor.model.note import Json
from auditor.model.visit import Blame, Cause
from auditor.sdk.outcome import cause_of, looks_like_html
from auditor.sdk.urls import canonical, is_document, same_site
from probes.content.page import Page, is_aside
from probes.content.site import CrawledSite
from probes.crawling.rendering import may_be_filled
from probes.services_list.collection import Collection
from probes.services_list.controls import Shared
from probes.services_list.detail import Detail, DetailReader
from probes.services_list.levels import Level
from probes.services_list.rows import ServiceRow
from probes.services_list.sample import SAMPLE, ordered, seed_of

__all__ = ["Download", "Proven", "Prover", "Wrong", "causes", "downloads"]

_OURS = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}
"""What a server may say to our asking for a part alone."""

_ENOUGH_WORDS = 12
_FRAMED_WORDS = 40
_FIELDS_OF_A_SERVICE = 3
"""With so many of the required fields a page is surely the service's own, whole."""
_OTHERS = 10
_EMPTY = 20


class Wrong(StrEnum):
    """How a page and its label contradict each other."""

    NO_ENTRY = "no_entry"
    ENTRY = "entry"
    NO_FORM = "no_form"
    OTHER_LEVEL = "other_level"


class Download(StrEnum):
    """Whether a service's forms download."""

    YES = "yes"
    NO = "no"
    NONE_OWED = "none_owed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """One service of the sample: what its page shows, or why that was not seen; how it contradicts its label, and its forms."""

    row: ServiceRow
    detail: Detail | None = None
    cause: Cause | None = None
    wrong: Wrong | None = None
    download: Download = Download.UNKNOWN
    proof: Proof | None = None

    def facts(self) -> dict[str, Json]:
        """Give what `auditor explain` shows of it."""
        told: dict[str, Json] = {"name": self.row.name, "url": self.row.url, "level": self.row.level and str(self.row.level)}
        if self.detail is None:
            return {**told, "not_read": self.cause and str(self.cause)}
        detail = self.detail
        return {
            **told,
            "fields": list(detail.seen),
            "lacking": list(detail.lacking),
            "submit": detail.submit or self.row.submit or None,
            "national_login": detail.login,
            "payment": detail.payment,
            "tracking": detail.tracking,
            "forms": [control.url for control in detail.forms[:5]],
            "downloads": str(self.download),
            "contradiction": self.wrong and str(self.wrong),
        }


class Prover:
    """Proves the services of one site. ``asked`` are the answers to the forms that were asked for, by address."""

    def __init__(self, collection: Collection, asked: dict[str, Chain]) -> None:
        """Take the site's lists and what its forms answered."""
        self._collection, self._asked = collection, asked
        self.site: CrawledSite = collection.site

    def sample(self, rows: Iterable[ServiceRow]) -> list[Proven]:
        """Give the sample of these services, in the order of the draw: those opened first, then those that should have been."""
        site = self.site
        seed = seed_of(site.known.site.url, site.seen.front.final.at.year)
        drawn = [row for row in ordered(rows, seed) if row.url]
        opened = [row for row in drawn if canonical(row.url) in site.pages]
        chosen = {row.url: row for row in [*opened[:SAMPLE], *drawn[:SAMPLE]]}
        return [self._proven(row) for row in list(chosen.values())[:SAMPLE]]

    @cached_property
    def reader(self) -> DetailReader:
        """Give the reader that knows the site's template: what pages that are no service's have in common."""
        site = self.site
        services = {canonical(row.url) for row in self._collection.rows if row.url}
        lists = {id(listed.page) for listed in self._collection.lists}
        others = [
            page.document
            for page in site.readable
            if page is not site.home and id(page) not in lists and canonical(page.exchange.url) not in services
        ]
        return DetailReader(site.known.vocabulary, Shared(site.home.document, others[:_OTHERS]).keys)

    def detail(self, row: ServiceRow) -> tuple[Page | None, Detail | None, Cause | None]:
        """Give a service's own page and what it shows, or why it was not seen."""
        if row.url not in self._details:
            self._details[row.url] = self._read(row)
        return self._details[row.url]

    @cached_property
    def _details(self) -> dict[str, tuple[Page | None, Detail | None, Cause | None]]:
        return {}

    def _read(self, row: ServiceRow) -> tuple[Page | None, Detail | None, Cause | None]:
        site = self.site
        page = site.pages.get(canonical(row.url))
        if page is None and is_document(row.url):
            return None, None, Cause.NOT_RUN
        if page is None:
            inside = same_site(row.url, site.base)
            return None, None, Cause.BUDGET if inside and (site.seen.left or site.seen.cuts) else Cause.NOT_RUN
        if page.cause is not None:
            theirs = page.cause.blame is Blame.THEIRS and page.cause is not Cause.HTTP_4XX
            return page, None, Cause.AMBIGUOUS if theirs and not site.is_broken(page) else page.cause
        if not page.is_html or page is site.home or site.is_home(page) or canonical(page.exchange.url) == canonical(row.page):
            return page, None, Cause.NOT_RUN
        if not same_site(page.exchange.url, site.base):
            return page, None, Cause.NOT_RUN
        if site.is_missing(page):
            return page, None, Cause.HTTP_4XX
        document = page.document
        blocks = [block for block in document.blocks if block.kind != "field" and not self._is_template(block.text)]
        detail = self.reader.read(document, row.name, blocks)
        if detail.words < _ENOUGH_WORDS and not detail.submit and not detail.forms:
            return page, None, Cause.CAPABILITY if b"<script" in page.exchange.body.lower() else Cause.AMBIGUOUS
        return page, detail, None

    def _is_template(self, text: str) -> bool:
        """Tell what the front page says too; what services' pages have in common among themselves is theirs."""
        return text in self._home_texts

    @cached_property
    def _home_texts(self) -> frozenset[str]:
        return frozenset(block.text for block in self.site.home.document.blocks)

    def _proven(self, row: ServiceRow) -> Proven:
        page, detail, cause = self.detail(row)
        if detail is None or page is None:
            return Proven(row=row, cause=cause, proof=page.exchange.proof(passage=row.name) if page else None)
        download = self._download(detail)
        scripted = page.unsure is not None if page.is_rendered else may_be_filled(page.document)  # a script may bring the button
        wrong = self._wrong(row, detail, download, framed=not all(map(is_aside, page.document.frames)), scripted=scripted)
        passage = detail.submit if wrong is Wrong.ENTRY else page.document.title or row.name
        return Proven(row=row, detail=detail, wrong=wrong, download=download, proof=page.exchange.proof(passage=passage[:300]))

    def _wrong(self, row: ServiceRow, detail: Detail, download: Download, *, framed: bool, scripted: bool) -> Wrong | None:
        level = row.level
        if level is None:
            return None
        if not level.online:
            if detail.submit:
                return Wrong.ENTRY
            sure = len(detail.seen) >= _FIELDS_OF_A_SERVICE and not framed
            return Wrong.NO_FORM if level is Level.TWO and download is Download.NO and sure else self._other(level, detail)
        entry = detail.submit or detail.maybe or row.submit or detail.wall
        hidden = scripted or (framed and detail.words < _FRAMED_WORDS)
        return Wrong.NO_ENTRY if not entry and not hidden else self._other(level, detail)

    @staticmethod
    def _other(level: Level, detail: Detail) -> Wrong | None:
        """Tell a page that states another level of the same scheme than the list does."""
        stated = detail.level
        return Wrong.OTHER_LEVEL if stated is not None and stated is not level and stated.scheme == level.scheme else None

    def _download(self, detail: Detail) -> Download:
        """Say whether at least one of a service's forms downloads."""
        if not detail.forms:
            return Download.NONE_OWED if detail.formless else Download.NO
        told = [downloads(self._asked.get(canonical(control.url))) for control in detail.forms]
        if any(told):
            return Download.YES
        return Download.NO if all(one is False for one in told) else Download.UNKNOWN


def downloads(chain: Chain | None) -> bool | None:
    """Tell whether a form really downloads: status 200 or 206, no page, not empty; None where that was not seen."""
    if chain is None:
        return None
    final = chain.final
    if chain.cause is None and cause_of(final) is not None and (final.status or 0) < HTTPStatus.BAD_REQUEST:
        return None  # a wall or a notice of maintenance, whatever its status
    if final.status in _OURS:
        return None
    if chain.cause in {Cause.TOO_LARGE, None} and final.status in {200, 206}:
        return len(final.body) >= _EMPTY and not looks_like_html(final) and final.body.lstrip()[:1] != b"<"
    cause = chain.cause or cause_of(final)
    if cause is Cause.HTTP_4XX or (cause is not None and cause.blame is Blame.THEIRS and chain.confirmed):
        return False
    return None


def causes(sample: Sequence[Proven]) -> list[Cause]:
    """Give why services of a sample were not read, in their order."""
    return [one.cause for one in sample if one.cause is not None]
