"""The site's own search: the form that takes words, the words to ask it for, and the address that asks them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlencode, urlsplit, urlunsplit

from auditor.sdk.boilerplate import Template
from auditor.sdk.html import Document, Form
from auditor.sdk.phrases import Phrases
from auditor.sdk.text import Token, nfc, tokens
from auditor.sdk.urls import canonical, is_document, same_site
from auditor.sdk.vocabulary import Vocabulary
from probes.content.labels import Grade, Labels

__all__ = ["Headline", "Search", "Way", "address_of", "find_headline", "find_search", "is_search", "search_hint"]

_NAMES = frozenset({"q", "s", "keyword"})
_HEADLINE_WORDS = 4
_LONGEST = 40
_MAX_HEADLINES = 400
_LETTERS = 2
_SEEK = tokens("tìm")[0].marked
_MAX_TEXT = 50_000
_OFTEN, _FEW_TIMES = 4, 5
"""Words of the newest headline that a few others have too are found even where the newest is not indexed yet."""


class Way(IntEnum):
    """How a search takes its words, the best first."""

    SENDS = 0
    """A GET request of the site's own form."""
    ELSEWHERE = 1
    """A GET request to somebody else."""
    POSTS = 2
    SCRIPT = 3


@dataclass(frozen=True, slots=True)
class Search:
    """A search that a page offers: the page, how it works, its form (None for a field that only scripts use), its field."""

    page: str
    way: Way
    form: Form | None
    field: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A headline of the site, where it leads, and the telling words of it, as written there."""

    label: str
    url: str
    words: str


def is_search(form: Form, labels: Labels) -> bool:
    """Tell a form that searches by its fields, hints and place."""
    words = " ".join((*form.fields, *form.hints, form.path)).lower()
    named = any(hit.section == "search" for hint in form.hints for hit in labels.of_label(hint))
    asks = "search" in words or "tim-kiem" in words or "timkiem" in words or any(name in _NAMES for name in form.fields)
    return bool(form.fields) and (named or asks or _SEEK in {token.marked for token in tokens(" ".join(form.hints))})


def search_hint(document: Document, labels: Labels) -> str | None:
    """Give the words by which a visible field says that it searches; None when none does."""
    for form in document.forms:
        if not form.hidden and is_search(form, labels):
            return next((hint for hint in form.hints if hint), form.action)
    return _loose_hint(document, labels)


def _loose_hint(document: Document, labels: Labels) -> str | None:
    for hint in document.loose_inputs:
        if any(found.section == "search" for found in labels.of_label(hint)) or "search" in hint.lower():
            return hint
    return None


def find_search(documents: Iterable[Document], labels: Labels, site: str) -> Search | None:
    """Give the search of a site that can best be used: sent before posted or scripted, shown before hidden, plain before wide."""
    best: tuple[tuple[int, bool, int], Search] | None = None
    for document in documents:
        for form in document.forms:
            if is_search(form, labels):
                found = _search(document.url, form, labels, site)
                rank = (int(found.way), form.hidden, len(form.fields))
                if best is None or rank < best[0]:
                    best = rank, found
        hint = _loose_hint(document, labels)
        if hint is not None and best is None:
            best = (int(Way.SCRIPT), False, 1), Search(document.url, Way.SCRIPT, None, "", hint)
    return best[1] if best else None


def _search(page: str, form: Form, labels: Labels, site: str) -> Search:
    hinted = list(zip(form.fields, form.hints, strict=False))
    named = [name for name, hint in hinted if name and any(hit.section == "search" for hit in labels.of_label(hint))]
    usual = [name for name, _ in hinted if name in _NAMES or "search" in name.lower()]
    field = next(iter([*named, *usual, *filter(None, form.fields)]), "")
    if form.method == "post":
        way = Way.POSTS
    elif form.method != "get" or form.scripted or not field:
        way = Way.SCRIPT
    else:
        way = Way.SENDS if same_site(form.action, site) else Way.ELSEWHERE
    return Search(page, way, form, field, next((hint for hint in form.hints if hint), form.action))


def address_of(search: Search, words: str, charset: str) -> str:
    """Give the address that a browser asks for when these words are typed and sent: the action with a new query.

    ``charset`` is the page's. What a charset lacks goes out as a character reference, as browsers write it.
    """
    form = search.form
    if form is None:
        return search.page
    typed = [(name, words if name == search.field else value) for name, value in form.entries]
    if search.field not in dict(typed):
        typed.append((search.field, words))
    for encoding in (form.charset, charset, "utf-8"):
        try:
            query = urlencode([(_bytes(name, encoding), _bytes(value, encoding)) for name, value in typed])
        except (LookupError, UnicodeError):
            continue
        parts = urlsplit(form.action)
        return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))
    return form.action


def _bytes(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "xmlcharrefreplace")


def find_headline(
    documents: Sequence[Document], template: Template, labels: Labels, vocabulary: Vocabulary, opened: Collection[str]
) -> Headline | None:
    """Give the site's newest headline: the first of its news list, else the first entry of the front page, else of any page.

    ``documents`` begin with the front page; ``opened`` are the canonical addresses that could be read: a headline that leads
    to one of them comes first, for then it is known where the search should lead.
    """
    news = [document for document in documents if _is_news(document, labels)]
    groups = [news, documents[:1], documents]
    told = [(link.label, link.url) for group in groups for document in group for link in template.own_links(document)]
    site = documents[0].url if documents else ""
    entries = [(label, url) for label, url in dict.fromkeys(told) if _is_headline(label, url, site)][:_MAX_HEADLINES]
    entries = [*(entry for entry in entries if canonical(entry[1]) in opened), *entries]
    idle = vocabulary.finder("neutral", "stopwords")
    pairs = Counter(pair for label, _ in dict.fromkeys(entries) for pair in {text for _, text in _pairs(label, idle)})
    read = {canonical(document.url): document for document in documents}
    for label, url in entries:
        article = read.get(canonical(url))
        text = article.text()[:_MAX_TEXT].lower() if article else ""
        telling = [(_dullness(pairs[pair], text.count(pair.lower()), first), pair) for first, pair in _pairs(label, idle)]
        if telling:
            return Headline(label=label, url=url, words=min(telling)[1])
    return None


def _is_news(document: Document, labels: Labels) -> bool:
    hits = (*labels.of_url(document.url), *labels.of_title(document.title))
    return any(hit.section == "news" and hit.grade >= Grade.ACCEPTED for hit in hits)


def _is_headline(label: str, url: str, site: str) -> bool:
    return _HEADLINE_WORDS <= len(tokens(label)) <= _LONGEST and same_site(url, site) and not is_document(url)


def _pairs(label: str, idle: Phrases) -> list[tuple[int, str]]:
    """Give each two words that stand side by side in a headline and tell something, with where they begin."""
    text, words = nfc(label), tokens(label)
    dull = {index for match in idle.find(words) for index in range(match.first, match.last + 1)}
    found = []
    for index in range(len(words) - 1):
        one, two = words[index], words[index + 1]
        if text[one.end : two.start] == " " and not dull & {index, index + 1} and _tells(one) and _tells(two):
            found.append((index, text[one.start : two.end]))
    return found


def _tells(word: Token) -> bool:
    return len(word.folded) >= _LETTERS and word.folded.isalpha()


def _dullness(headlines: int, said: int, first: int) -> tuple[bool, int, int, int]:
    """Rank two words: what stands in many headlines last; what the article says most often first, for that is its subject.

    Then come words that a few headlines have, and the earlier.
    """
    return headlines > _FEW_TIMES, -min(said, _OFTEN), 0 if headlines > 1 else 1, first
