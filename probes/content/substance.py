"""What a page holds of its own, without the site's template: text, entries, rows, pictures, dates."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from auditor.sdk.boilerplate import Template
from auditor.sdk.html import Block, Document
from auditor.sdk.text import count_words, fold, has_digit, spellings, tokens
from auditor.sdk.urls import canonical, is_document
from auditor.sdk.vocabulary import Vocabulary
from probes.content.clock import Clock
from probes.content.own_dates import own_dates, terms_of
from probes.content.texts import SOME_WORDS, texts_of

__all__ = ["MAIL", "PHONE", "Reader", "Substance", "is_vietnamese"]

_SHORT_BLOCK = 90
_TELLING_WORDS = 40
_INTRODUCTION, _INTRODUCING_RUNS = 40, 2
"""So few words over a list that has no entries only say what the list would hold."""
PHONE = re.compile(
    # Each way begins with a character of its own, and only then looks at what stands before it: that is found much faster.
    r"(?:\((?<![\d/.].)0\d{0,3}\)(?:[\s.\-]?\d){6,8}|0(?<![\d/.].)(?!\d?[./\-]\d\d?[./\-]\d{4})(?:[\s.\-]?\d){8,10}|"
    r"\+(?<![\d/.].)84(?:[\s.\-]?\d){8,10}|1(?<![\d/.].)[89]00(?:[\s.\-]?\d){2,6})(?![\d/])"
)
_LOCAL = re.compile(r"(?<![\d./\-])[2-9](?:[ .\-]?\d){5,7}(?![\d./\-]|[ .]\d)")
MAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]++\s?(?:@|\[at\]|\(at\))\s?[\w\-]++\.[\w.\-]+", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"\s+[-–|]\s+")
_LAYOUT_CELLS, _HEAD_WORDS = 2, 6
_CRUMB = re.compile(
    r"(?:bạn đang (?:ở|xem)(?: đây| trang)?\s*:?\s*)?(?:trang chủ|trang nhất|trang đầu|home)\s*(?:[»›>/|\\→]|::|-\s)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\W*(?:thứ\s+)?(?:hai|ba|tư|năm|sáu|bảy|chủ\s+nhật|cn|sáng|chiều|tối)\W*", re.IGNORECASE)
"""A cell that every week's calendar has, filled or not."""
_HEAD, _LONG = 500, 5_000
"""So many characters of a block say what it is, and so many are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """A page's own content, counted.

    ``says_empty`` is the page's own sentence that it holds nothing. ``dates`` stand apart, as an entry's do; ``bylines`` of them
    alone; ``named_dates`` within a text (``Quyết định số 5 ngày 1/2/2026``); what is ``folded`` opens on a click (an accordion,
    the answers of a list of questions). Telephone numbers and addresses count folded ones too.
    """

    words: int
    entries: int
    rows: int
    images: int
    phones: int
    mails: int
    login: bool
    says_empty: str
    sample: str
    dates: tuple[date, ...]
    bylines: tuple[date, ...]
    folded_dates: tuple[date, ...]
    named_dates: tuple[date, ...]
    folded_words: int
    last_days: tuple[date, ...] = ()
    """The last days of spans, which a calendar's entries reach to."""
    introduces: bool = False
    """Whether it says little, and that of itself as a section, or of what it would list."""
    runs: int = 0
    """Runs of text that tell something, links left out."""
    numbers: int = 0
    """Local telephone numbers where the page says that they are some (``Điện thoại (0258): 3.990.130``)."""

    @property
    def listed(self) -> bool:
        """Tell whether anything of its own is dated."""
        return bool(self.dates or self.folded_dates or self.named_dates)

    @property
    def only_introduces(self) -> bool:
        """Tell a sentence or two over a list that has no entries."""
        listed = self.entries or self.rows or self.listed or self.folded_words or self.images
        return self.introduces and not listed and self.runs <= _INTRODUCING_RUNS

    @property
    def holds_something(self) -> bool:
        """Tell whether there is anything of its own beyond a title."""
        if self.login:
            return False
        if self.says_empty and self.words < _TELLING_WORDS:
            return self.entries > 1 or self.rows > 1 or (self.entries > 0 and bool(self.dates))
        return self.words >= SOME_WORDS or self.entries > 0 or self.rows > 0 or self.folded_words >= SOME_WORDS


class Reader:
    """Reads pages against one site's template and a vocabulary."""

    def __init__(self, template: Template, vocabulary: Vocabulary, clock: Clock | None = None) -> None:
        """Prepare the phrases. What stands on the page's ``clock`` is none of its own."""
        self.template, self._clock = template, clock
        self._texts = texts_of(vocabulary)
        self._login = vocabulary.finder("login")

    def read(self, document: Document) -> Substance:
        """Give what a page holds of its own."""
        shown = self.template.own(document)
        if self._clock is not None:
            shown = self._clock.without(document, shown)
        texts = self._texts
        told = next((block.text for block in shown if not block.linked and texts.says_empty(block.text)), "")[:200]
        own = _without_titles(document, shown)
        counted = [
            (block, words)
            for block in own
            if (words := texts.sizes(block.text)[1]) and not (told and texts.says_empty(block.text))
        ]
        terms = terms_of(document)
        found = own_dates(shown, terms)
        folded = [block for block in document.blocks if block.kind == "hidden" and not self.template.covers(block)]
        all_text = "\n".join([*(block.text for block in own), *(block.text for block in folded)])
        words = sum([words for block, words in counted if not block.linked])
        return Substance(
            words=words,
            entries=self._entries(document, alone=bool(told)) + self._headed(document, shown, terms),
            rows=_rows(own, {id(block) for block, _ in counted}),
            images=len({source for source, _ in document.images}) if not self.template.compared else self._own_images(document),
            phones=len(PHONE.findall(all_text)) if has_digit(all_text) else 0,
            mails=len(MAIL.findall(all_text)) if any(sign in all_text for sign in "@[(") else 0,
            login=self._is_login(document),
            says_empty=told,
            sample=next((block.text for block, _ in counted), "")[:200],
            dates=found.apart,
            bylines=found.alone,
            folded_dates=own_dates(folded, terms).apart,
            named_dates=found.named,
            last_days=found.ends,
            introduces=words < _INTRODUCTION and any(texts.introduces(block.text) for block, _ in counted),
            runs=sum(not block.linked for block, _ in counted),
            numbers=len(_LOCAL.findall(all_text)) if self._names_phones(document) else 0,
            folded_words=sum(texts.sizes(block.text)[0] for block in folded if not block.linked),
        )

    def _names_phones(self, document: Document) -> bool:
        """Tell a page that says, over a column or before a number, that telephone numbers follow."""
        labels = (block for block in document.blocks if len(block.text) < _SHORT_BLOCK and self._texts.names_phones(block.text))
        return any(not self.template.covers(label) for label in labels)

    def _entries(self, document: Document, *, alone: bool) -> int:
        """Count links to pages of their own, named in several words; ``alone`` leaves out those that other pages have too."""
        here = canonical(document.url)
        found = set()
        for link in self.template.own_links(document):
            if alone and self.template.is_shared(link):
                continue
            if (self._texts.is_entry(link.label) or is_document(link.url)) and canonical(link.url) != here:
                found.add(canonical(link.url))
        return len(found)

    def _headed(self, document: Document, shown: Sequence[Block], terms: frozenset[str]) -> int:
        """Count entries that lead nowhere: headings below the page's own, each right above a date that stands alone."""
        titles = {_plain(document.title), *map(_plain, _TITLE_PARTS.split(document.title)), *map(_plain, document.headings[:1])}
        pairs = ((block, below) for block, below in pairwise(shown) if block.kind == "heading" and not block.linked)
        dated = (block for block, below in pairs if below.kind != "heading" and own_dates([below], terms).alone)
        return sum(self._texts.is_entry(block.text) and _plain(block.text) not in titles for block in dated)

    def _own_images(self, document: Document) -> int:
        return len({source for source, path in document.images if not self.template.has_image(source)})

    def _is_login(self, document: Document) -> bool:
        """Tell a page whose point is a password from one that also offers to log in."""
        if not document.has_password:
            return False
        return bool(self._login.find(tokens(document.title + " " + " ".join(document.headings[:3]))))


def _without_titles(document: Document, blocks: Sequence[Block]) -> list[Block]:
    """Leave out what only names the page: its titles again, the way to it, heads of columns that nobody filled.

    A heading below the page's own that something stands under, as a name over a post, is no title.
    """
    whole = {_plain(document.title), *map(_plain, _TITLE_PARTS.split(document.title)), *map(_plain, document.headings[:1])}
    titles = whole | set(map(_plain, document.headings))
    heads_of = {id(block) for block, below in pairwise(blocks) if block.kind == "heading" and below.kind != "heading"}
    heads = _heads_alone(document)
    begins = {title.split(" ", 1)[0] for title in titles}
    return [
        block
        for block in blocks
        if (
            (id(block) in heads_of and _plain(block.text) not in whole)
            if block.kind == "heading"
            else block.kind in {"text", "cell"} and not _is_among(titles, begins, block.text) and not _is_crumb(block.text)
        )
        if block.kind != "cell" or block.text not in heads
    ]


def _rows(blocks: Iterable[Block], telling: Collection[int]) -> int:
    """Count table rows with at least two filled cells, telling words or numbers in them: weekdays alone are an empty calendar."""
    cells: dict[int, list[Block]] = {}
    for block in blocks:
        if block.kind == "cell" and block.row >= 0:
            cells.setdefault(block.row, []).append(block)
    rows = (row for row in cells.values() if len(row) > 1)
    return sum(any(id(cell) in telling for cell in row) or sum(has_digit(cell.text) for cell in row) > 1 for row in rows)


def is_vietnamese(text: str) -> bool:
    """Tell Vietnamese text by its marks, which no other language in Latin letters carries so often."""
    words = spellings(text[:20_000])
    if not words:
        return False
    return sum(folded != marked for folded, marked in words) / len(words) > 0.15  # noqa: PLR2004 - Vietnamese text is far above, others far below


def _is_among(titles: set[str], begins: set[str], text: str) -> bool:
    """Tell whether a text is one of these titles, folded; a long one is not even folded unless it begins like one of them."""
    if len(text) > _SHORT_BLOCK:
        chunk, space, _ = text[:_SHORT_BLOCK].partition(" ")
        first = tokens(chunk)[:1] if space else ()
        if first and first[0].folded not in begins:
            return False
    return _plain(text) in titles


def _heads_alone(document: Document) -> frozenset[str]:
    """Give the cells of tables that have one row of short words and nothing below: heads of columns that nobody filled."""
    found: set[str] = set()
    for table in document.tables:
        rows = (table.head, *table.rows)
        filled = [row for row in rows if sum(bool(cell.text) for cell in row) > 1]
        if len(filled) != 1 or len(filled[0]) <= _LAYOUT_CELLS:
            continue
        others = (cell.text for row in rows if row is not filled[0] for cell in row)
        if any(text.strip(". ") and not has_digit(text) and not _WEEKDAY.fullmatch(text) for text in others):
            continue  # a chart of boxes, or a title row and what stands under it
        if all(count_words(cell.text) <= _HEAD_WORDS and not has_digit(cell.text) and not cell.url for cell in filled[0]):
            found.update(cell.text for cell in filled[0])
    return frozenset(found)


def _is_crumb(text: str) -> bool:
    """Tell the way from the front page to this one, whatever its markup."""
    return len(text) <= _HEAD and _CRUMB.match(text) is not None


def _plain(text: str) -> str:
    return _folded(text) if len(text) <= _HEAD else _fold(text)


def _fold(text: str) -> str:
    return " ".join([folded for folded, _ in spellings(text)]) or fold(text).strip()


_folded = lru_cache(maxsize=8192)(_fold)
