"""What a service's own page shows from outside: the fields that TT 32/2017/TT-BTTTT requires, forms, the way in, payment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.sdk.html import Block, Document
from auditor.sdk.phrases import Phrases
from auditor.sdk.text import clean, count_words, fold, tokens
from auditor.sdk.vocabulary import Vocabulary
from probes.services_list.controls import Control, Controls, controls_of
from probes.services_list.levels import Level, level_of

__all__ = ["FIELDS", "OPTIONAL", "Detail", "DetailReader"]

FIELDS = ("name", "steps", "manner", "dossier", "count", "time", "who", "agency", "result", "basis")
OPTIONAL = ("forms", "conditions", "fees")
"""Those that are owed only where there are any."""
_LABEL_REST = 3
_MAX_BLOCKS = 3_000
_MAX_TEXT = 2_000
_NAME_SHARE = 0.7
_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|&(?:nbsp|lt|gt|amp|quot|#\d{1,6});")
"""Markup that a page shows as text, escaped twice."""
_NUMBERED = re.compile(r"^\s*(?:[IVX]{1,5}|[a-zđ]|\d{1,2})(?:\.\d{1,2})?\s?[.)\-/:]\s*", re.IGNORECASE)
_NOTHING = re.compile(r"[\W_]*(?:dang cap nhat|chua cap nhat|khong co thong tin|chua co thong tin|n/?a)?[\W_]*")
_WALL = re.compile(
    r"\bdang nhap (?:de|truoc khi|he thong de|tai khoan de|vao he thong|bang tai khoan)|"
    r"\b(?:can|vui long|phai) dang nhap"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What one service's page shows.

    ``submit`` is the label that surely offers to hand in a file, ``maybe`` one that may. ``wall`` tells that the page asks to log
    in first. ``formless`` tells that the page itself says that there is no form. ``level`` is the one that the page states in a
    field.
    """

    seen: tuple[str, ...]
    lacking: tuple[str, ...]
    executing: str
    level: Level | None
    submit: str
    maybe: str
    wall: bool
    login: bool
    payment: bool
    tracking: bool
    forms: tuple[Control, ...]
    formless: bool
    words: int


def _labels(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    phrases = vocabulary.phrases
    labels = {name: phrases.get(f"field_{name}", ()) for name in (*FIELDS[1:], *OPTIONAL)}
    return {**labels, "level": phrases.get("service_level", ())}


class DetailReader:
    """Reads services' pages by the vocabulary's words."""

    def __init__(self, vocabulary: Vocabulary, shared: frozenset[tuple[str, str]]) -> None:
        """Prepare the phrases; ``shared`` are the controls of the site's template."""
        self._controls = Controls(vocabulary, shared)
        self._fields = vocabulary.once("fields of services", lambda: Phrases(_labels(vocabulary)))
        self._none = vocabulary.finder("form_none")
        self._signs = vocabulary.finder("national_login", "payment", "tracking")

    def read(self, document: Document, name: str, blocks: Sequence[Block]) -> Detail:
        """Read a page; ``blocks`` are its own, ``name`` what the list calls the service."""
        lines = [line for block in blocks[:_MAX_BLOCKS] if (line := _plain(block.text))]
        told = self._told(lines)
        controls = controls_of(document)
        offers = [(self._controls.submits(control), control.label or control.url) for control in self._controls.own(controls)]
        signs = self._signs_of(document, controls)
        seen = [field for field in (*FIELDS[1:], *OPTIONAL) if told.get(field)]
        if _names(name, [document.title, *document.headings[:6], *lines[:40]]):
            seen.insert(0, "name")
        text = fold("\n".join(lines)[:50_000])
        forms_said = told.get("forms", "")
        return Detail(
            seen=tuple(seen),
            lacking=tuple(field for field in FIELDS if field not in seen),
            executing=told.get("agency", "")[:300],
            level=_level(told.get("level", "")),
            submit=next((label for sure, label in offers if sure), ""),
            maybe=next((label for sure, label in offers if sure is None), ""),
            wall=document.has_password or _WALL.search(text) is not None,
            login="national_login" in signs,
            payment="payment" in signs,
            tracking="tracking" in signs,
            forms=self._controls.forms(controls),
            formless=_says_none(self._none, forms_said),
            words=sum(count_words(line[:5_000]) for line in lines),
        )

    def _told(self, lines: Sequence[str]) -> dict[str, str]:
        """Give what stands behind each field's label: in the same line, or in the next that is no label itself."""
        found: dict[str, str] = {}
        labelled = [self._label(line) for line in lines]
        for index, label in enumerate(labelled):
            if label is None:
                continue
            field, value = label
            if not value and index + 1 < len(lines) and labelled[index + 1] is None:
                value = lines[index + 1]
            if value and not _NOTHING.fullmatch(fold(value[:200])):
                found.setdefault(field, value)
        return found

    def _label(self, line: str) -> tuple[str, str] | None:
        """Give the field that a line begins with and what follows; None when it is no field's line."""
        line = _NUMBERED.sub("", line)
        words = tokens(line[:_MAX_TEXT])
        begun = [match for match in self._fields.find(words[:14]) if match.first == 0]
        if not begun:
            return None
        best = max(begun, key=lambda match: match.last)
        after = line[best.end :]
        head, colon, value = after.partition(":")
        if colon and len(tokens(head[:100])) <= _LABEL_REST + 3:
            return best.key, value.strip()
        rest = len(words) - best.last - 1
        return (best.key, "") if rest <= _LABEL_REST else None

    def _signs_of(self, document: Document, controls: Sequence[Control]) -> set[str]:
        """Give what the whole page says of log-in, payment and tracking, in words, pictures or addresses."""
        texts = [block.text[:_MAX_TEXT] for block in document.blocks[:_MAX_BLOCKS]]
        texts += [control.label for control in controls]
        texts += [source.rpartition("/")[2] for source, _ in document.images[:300]]
        found = {match.key for text in texts for match in self._signs.find(tokens(text))}
        if any("dichvucong.gov.vn" in control.url or "vneid" in control.url.lower() for control in controls):
            found.add("national_login")
        return found


def _plain(text: str) -> str:
    return clean(_TAGS.sub(" ", text)) if "<" in text or "&" in text else text


def _level(value: str) -> Level | None:
    return level_of(value[:80], column=True) if value else None


def _names(name: str, texts: Sequence[str]) -> bool:
    wanted = {token.folded for token in tokens(name)}
    return any(
        len(wanted & {token.folded for token in tokens(text[:600])}) >= _NAME_SHARE * len(wanted) for text in texts if text
    )


def _says_none(none: Phrases, value: str) -> bool:
    words = tokens(value[:200])
    return bool(words) and any(match.first == 0 and len(words) - match.last <= _LABEL_REST + 1 for match in none.find(words))
