"""A page of few words, as it must be for what stands instead of a site: its title, headings, words and links."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from auditor.sdk.text import fold

__all__ = ["Brief", "brief_of"]

_SHORT = 1_500
"""A page with more words of its own than this many characters is content, whatever words occur in it."""
_HEADINGS, _HEADING = 4, 300
_FIELDS = re.compile(r"<(?:textarea|select)\b|\btype\s*=\s*['\"]?(?:password|email|tel|file|date)\b", re.IGNORECASE)
_TEXT_FIELD = re.compile(
    r"<input\b(?![^<>]*\btype\s*=\s*['\"]?(?:hidden|submit|button|image|checkbox|radio|reset)\b)", re.IGNORECASE
)
_TITLE = re.compile(r"<title[^>]*>", re.IGNORECASE)
_TITLE_END = re.compile(r"</title>", re.IGNORECASE)
_HEADS = re.compile(r"<(h[1-3])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_RAW = re.compile(r"<(script|style)\b", re.IGNORECASE | re.ASCII)
_RAW_END = {kind: re.compile(rf"</{kind}\s*>", re.IGNORECASE) for kind in ("script", "style")}
_ANCHOR = re.compile(r"<a\b", re.IGNORECASE)
_LEADS = re.compile(r"<a\b[^<>]*\bhref\s*=\s*['\"]?\s*(?!javascript:|mailto:|tel:|#)[^\s'\"<>]", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Brief:
    """A page's beginning, of which all words are few. What is compared is folded: no case, no marks, one space."""

    head: str
    words: str
    """All visible words, the title's among them."""

    @cached_property
    def title(self) -> str:
        """Give the title as it is shown."""
        begun = _TITLE.search(self.head)
        ended = _TITLE_END.search(self.head, begun.end()) if begun else None
        return _plain(self.head[begun.end() : ended.start()]) if begun and ended else ""

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Give the first headings of the page."""
        found = []
        for begun in _HEADS.finditer(self.head):
            end = self.head.lower().find(f"</{begun[1].lower()}", begun.end(), begun.end() + _HEADING)
            found.append(_plain(_TAG.sub(" ", self.head[begun.end() : end])) if end >= 0 else "")
            if len(found) == _HEADINGS:
                break
        return tuple(filter(None, found))

    @cached_property
    def text(self) -> str:
        """Give the words after the title."""
        return self.words.removeprefix(self.title).strip() if self.title else self.words

    @cached_property
    def markup(self) -> str:
        """Give what a visitor does not see: tags, scripts and styles."""
        return " ".join(piece for piece, shown in _pieces(self.head) if not shown)

    @cached_property
    def anchors(self) -> int:
        """Count what looks like links, whatever they lead to."""
        return len(_ANCHOR.findall(self.head))

    @cached_property
    def links(self) -> int:
        """Count the links that lead to another page."""
        return len(_LEADS.findall(self.head))

    @cached_property
    def asks_much(self) -> bool:
        """Tell a page with fields that no challenge has: a password, a message, a list to choose from."""
        return _FIELDS.search(self.head) is not None

    @cached_property
    def text_fields(self) -> int:
        """Count the fields of one line to write in."""
        return len(_TEXT_FIELD.findall(self.head))


def brief_of(head: str) -> Brief | None:
    """Give a page of few words; None as soon as there are more than such a page has."""
    words: list[str] = []
    length = -1
    for piece, shown in _pieces(head):
        if shown and (more := piece.split()):
            words += more
            length += len(" ".join(more)) + 1
            if length > _SHORT:
                return None
    return Brief(head=head, words=_plain(" ".join(words)))


def _plain(text: str) -> str:
    return " ".join(fold(html.unescape(text)).replace("\u2019", "'").split())


def _pieces(head: str) -> Iterator[tuple[str, bool]]:
    """Give each piece and whether it stands outside tags, scripts and styles.

    In time that grows with the length, however much is left open.
    """
    at = 0
    open_for_good: set[str] = set()
    while (start := head.find("<", at)) >= 0:
        end = -1
        raw = _RAW.match(head, start) if head[start + 1 : start + 2] in "sS" else None
        if raw and (kind := raw[1].lower()) not in open_for_good:
            ended = _RAW_END[kind].search(head, raw.end())
            if ended:
                end = ended.end()
            else:
                open_for_good.add(kind)
        if end < 0 and (end := head.find(">", start) + 1) == 0:
            break
        if at < start:
            yield head[at:start], True
        yield head[start:end], False
        at = end
    yield head[at:], True
