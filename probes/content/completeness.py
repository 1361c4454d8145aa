"""Which of the fields that the law asks of a section's entries does the portal show?

NĐ 43/2011/NĐ-CP, article 10, clause 1: of leaders (point a) and officials (point i) name, post, telephone, e-mail, and a leader's
duties; of the agency (point k) address, telephone, fax, e-mail; of documents (point e) number, date, abstract, file; of projects
(point g) seven fields.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from auditor.sdk.dates import dates
from auditor.sdk.html import Block, Link
from auditor.sdk.text import count_words, nfc, tokens
from auditor.sdk.urls import is_document
from auditor.sdk.vocabulary import Vocabulary
from probes.content.blocks import is_address
from probes.content.details import details_of
from probes.content.fields import FieldReader, Named
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.content.substance import MAIL, PHONE
from probes.content.target import State, Target

__all__ = ["FIELDS", "Completeness", "CompletenessReader"]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "leaders": ("name", "post", "phone", "email", "duties"),
    "contacts": ("name", "post", "phone", "email"),
    "transaction": ("address", "phone", "fax", "email"),
    "documents": ("number", "date", "abstract", "file"),
    "projects": ("name", "goal", "field", "kind", "time", "funding", "status"),
}
"""The fields that each section owes; ``documents`` are those of ``legal_documents``."""
_NUMBER = re.compile(
    r"(?<![\w/])\d{1,5}(?:/\d{4})?/[A-ZĐ]{1,6}(?:-[A-ZĐ&]{1,8}){0,4}\d{0,2}(?!\w)|(?<![\w/])\d{1,5}/\d{4}/[A-ZĐ]+\d*(?!\w)"
)
_CAPITAL = r"[A-ZÀ-ỸĐƠƯĂÂÊÔ][\wÀ-ỹ'’]*+"
_NAME = re.compile(rf"{_CAPITAL}(?: {_CAPITAL}){{1,4}}")
_FAX = re.compile(r"(?:fax|\bF\s?:)\W{0,3}[\d(+]", re.IGNORECASE)
_SHARE = Decimal("0.5")
"""A field that at least this share of the entries has is seen."""
_ABSTRACT_WORDS = 6
_DUTY_WORDS = 3
_MAX_DETAILS = 12
_LONG = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Which fields were seen and which lack, over how many entries, on which pages."""

    seen: tuple[str, ...]
    lacks: tuple[str, ...]
    entries: int
    pages: tuple[Page, ...]

    @property
    def share(self) -> Decimal:
        """Give the share of the fields that were seen."""
        return Decimal(len(self.seen)) / (len(self.seen) + len(self.lacks))


@dataclass(slots=True)
class _Counted:
    """What a section's pages hold: how often each field, of how many entries."""

    entries: int
    fields: dict[str, int]


class CompletenessReader:
    """Reads the fields of one site's sections."""

    def __init__(self, site: CrawledSite) -> None:
        """Prepare the words."""
        vocabulary = site.known.vocabulary
        self._site = site
        self._fields = FieldReader(vocabulary)
        self._phrases = {name: vocabulary.finder(name) for name in ("posts", "duties", "address", "addressed")}
        self._surnames = _surnames(vocabulary)
        self._count: Mapping[str, Callable[[Sequence[Page]], _Counted]] = {
            "leaders": self._people,
            "contacts": self._people,
            "transaction": self._address,
            "documents": self._documents,
            "projects": self._projects,
        }

    def of(self, section: str, targets: Iterable[Target]) -> Completeness | None:
        """Give what a section's readable pages show; None where none of them is a page (a file, a picture, another site's)."""
        pages = list(
            dict.fromkeys(target.page for target in targets if target.state is State.PRESENT and target.page is not None)
        )
        pages = [page for page in pages if page.is_html and page.cause is None]
        if section != "transaction":
            pages = [page for page in pages if page is not self._site.home]
        details = [] if section == "transaction" else [d for page in pages for d in details_of(page, self._site)[:_MAX_DETAILS]]
        pages += details
        if not pages:
            return None
        counted = self._count[section](pages)
        least = max(counted.entries, 1) * _SHARE
        inside = self._inside(section, details)
        seen = tuple(name for name in FIELDS[section] if counted.fields.get(name, 0) >= least or name in inside)
        lacks = tuple(name for name in FIELDS[section] if name not in seen)
        return Completeness(seen=seen, lacks=lacks, entries=counted.entries, pages=tuple(pages[:_MAX_DETAILS]))

    def _inside(self, section: str, details: Sequence[Page]) -> frozenset[str]:
        """Give the fields that most of the opened entries show on their own pages: a list is longer than what is opened of it."""
        counts = [self._count[section]([detail]).fields for detail in details]
        return frozenset(name for name in FIELDS[section] if counts and sum(bool(c.get(name)) for c in counts) * 2 >= len(counts))

    def _own(self, page: Page) -> list[Block]:
        """Give a page's own blocks, folded ones too; of the front page and its frames all, for a footer counts there."""
        template, front = self._site.template_of(page), page is self._site.home or page in self._site.front
        blocks = [block for block in page.document.blocks if front or not template.covers(block)]
        return [block for block in blocks if block.kind != "field"]

    def _named(self, pages: Sequence[Page]) -> Named:
        whole = Named()
        for page in pages:
            found = self._fields.read(page.document, self._own(page))
            whole.rows += found.rows
            for mine, theirs in ((whole.named, found.named), (whole.filled, found.filled)):
                for name, count in theirs.items():
                    mine[name] = mine.get(name, 0) + count
        return whole

    def _people(self, pages: Sequence[Page]) -> _Counted:
        named = self._named(pages)
        names: set[str] = set()
        posts = phones = mails = duties = 0
        for text in (block.text[:_LONG] for page in pages for block in self._own(page)):
            words = tokens(text)
            posts += bool(self._phrases["posts"].find(words))
            phones += len(PHONE.findall(text))
            mails += len(MAIL.findall(text))
            duties += any(len(words) - match.last > _DUTY_WORDS for match in self._phrases["duties"].find(words))
            names.update(self._names(text))
        phones += sum(self._site.substance(page).numbers for page in pages)
        filled = named.filled
        fields = {
            "name": max(len(names), filled.get("name", 0)),
            "post": max(posts, filled.get("post", 0)),
            "phone": max(phones, filled.get("phone", 0)),
            "email": mails,
            "duties": max(duties, filled.get("duties", 0)),
        }
        people = max(len(names), named.rows) or max(fields["phone"], 1)
        return _Counted(entries=people, fields=fields)

    def _names(self, text: str) -> set[str]:
        """Give the names of persons in a text: capitalised words that begin with a surname."""
        found = set()
        for match in _NAME.finditer(nfc(text) if not nfc(text).isupper() else nfc(text).title()):
            words = tokens(match[0])
            while words and self._phrases["addressed"].find(words[:1]):
                words = words[1:]
            if 2 <= len(words) <= 5 and words[0].marked in self._surnames and not self._phrases["posts"].find(words):  # noqa: PLR2004
                found.add(" ".join(word.folded for word in words))
        return found

    def _address(self, pages: Sequence[Page]) -> _Counted:
        if self._site.home in pages:  # a footer may stand in a frame of the front page
            pages = list(dict.fromkeys((*pages, *self._site.front)))
        named = self._named(pages)
        texts = [block.text[:_LONG] for page in pages for block in self._own(page)]
        address = any(self._phrases["address"].find(tokens(text)) or is_address(text) for text in texts)
        fax = named.filled.get("fax", 0) or any(_FAX.search(text) for text in texts)
        fields = {
            "address": int(address or bool(named.filled.get("address"))),
            "phone": int(any(PHONE.search(text) for text in texts)),
            "fax": int(bool(fax)),
            "email": int(any(MAIL.search(text) for text in texts)),
        }
        return _Counted(entries=1, fields=fields)

    def _documents(self, pages: Sequence[Page]) -> _Counted:
        named = self._named(pages)
        numbers = days = abstracts = files = 0
        for page in pages:
            blocks = self._own(page)
            numbers += len({found for block in blocks for found in _NUMBER.findall(block.text[:_LONG])})
            days += sum(bool(dates(block.text[:_LONG])) for block in blocks)
            abstracts += sum(count_words(block.text[:_LONG]) >= _ABSTRACT_WORDS for block in blocks)
            files += len({link.url for link in self._site.template_of(page).own_links(page.document) if self._is_file(link)})
        filled = named.filled
        fields = {
            "number": max(numbers, filled.get("number", 0)),
            "date": max(days, filled.get("date", 0)),
            "abstract": max(abstracts, filled.get("abstract", 0)),
            "file": max(files, filled.get("file", 0)),
        }
        return _Counted(entries=named.rows or max(numbers, min(abstracts, days), 1), fields=fields)

    def _is_file(self, link: Link) -> bool:
        """Tell a link to a document's file: by its address, or by a label that offers to load it down."""
        return is_document(link.url) or "file" in self._fields.named(link.label)

    def _projects(self, pages: Sequence[Page]) -> _Counted:
        named = self._named(pages)
        filled = dict(named.filled)
        entries = sum(len(self._site.template_of(page).own_links(page.document)) for page in pages[:1])
        headed = sum(block.kind == "heading" for page in pages for block in self._own(page))
        named_so = filled.pop("project", 0)
        filled["name"] = max(named_so, filled.get("name", 0), 0 if named_so else named.rows, entries, headed)
        most = max([named.rows, *(filled.get(name, 0) for name in FIELDS["projects"] if name != "name")])
        return _Counted(entries=most, fields=filled)


def _surnames(vocabulary: Vocabulary) -> frozenset[str]:
    """Give how surnames are spelled with their marks, the first word of each."""
    return frozenset(tokens(name)[0].marked for name in vocabulary.phrases.get("surnames", ()))
