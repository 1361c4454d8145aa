"""What a person can press on a page: links, buttons; which of them offer to hand in a file, which lead to a form to fill."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborNode

from auditor.sdk.html import Document
from auditor.sdk.text import Token, clean, fold, tokens
from auditor.sdk.urls import canonical, is_document
from auditor.sdk.vocabulary import Vocabulary
from probes.services_list.tree import Tree, text_of

__all__ = ["Control", "Controls", "Shared", "controls_of"]

_MAX_CONTROLS = 3_000
_MAX_LABEL = 200
_MAX_FORMS = 12
_DEPTH = 12
_BESIDE = 2
"""So many words a button may say besides."""
_PRESSED = "a, area, button, input[type=submit], input[type=button], input[type=image], [onclick], [role=button]"
_TEMPLATE = {"nav", "header", "footer", "aside"}
_ENTRY = re.compile(r"nop-?ho-?so|nop-?truc-?tuyen|/apply\b|dang-?ky-?truc-?tuyen|nop-?hs", re.IGNORECASE)
_DOWNLOAD = re.compile(r"download|tai-?ve|getfile|attachment|taifile|/documents/|file(?:id|name)?=", re.IGNORECASE)
_PICTURES = re.compile(r"\.(?:jpe?g|png|gif|bmp|svg|webp|ico|mp[34]|css|js)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Control:
    """Something to press: what it says and where it leads (empty where a script or the form itself decides).

    ``inside`` tells that it leads to a place on this page, ``shut`` that it is greyed out, ``framed`` that it stands in a menu,
    a head or a foot by its markup.
    """

    label: str
    url: str
    inside: bool = False
    shut: bool = False
    framed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Name it, to find it again on other pages."""
        return fold(self.label), canonical(self.url) if self.url else ""


def controls_of(document: Document) -> tuple[Control, ...]:
    """Give all that can be pressed on a page, in its order."""
    tree = Tree(document)
    found = (_control(tree, node, document.url) for node in tree.parser.css(_PRESSED)[:_MAX_CONTROLS])
    return tuple(control for control in found if control.label or control.url)


def _control(tree: Tree, node: LexborNode, page: str) -> Control:
    attributes = node.attributes
    said = text_of(node, _MAX_LABEL)
    hints = (attributes.get(name) for name in ("value", "aria-label", "title", "alt"))
    label = said or next((clean(hint[:_MAX_LABEL]) for hint in hints if hint), "")
    url = tree.target(node) or ""
    href = (attributes.get("href") or "").strip()
    onclick = bool(attributes.get("onclick")) or href.lower().startswith("javascript:")
    inside = node.tag == "a" and not onclick and (not url or canonical(url) == canonical(page))
    shut = "disabled" in attributes or "disabled" in (attributes.get("class") or "").lower()
    return Control(label, url, inside, shut, _is_framed(node))


def _is_framed(node: LexborNode) -> bool:
    current = node.parent
    for _ in range(_DEPTH):
        if current is None:
            return False
        if current.tag in _TEMPLATE:
            return True
        current = current.parent
    return False


class Controls:
    """Judges what can be pressed by the vocabulary's words. ``shared`` are the controls of the site's template."""

    def __init__(self, vocabulary: Vocabulary, shared: frozenset[tuple[str, str]]) -> None:
        """Prepare the phrases."""
        self._shared = shared
        self._submit, self._not = vocabulary.finder("submit"), vocabulary.finder("submit_not")
        self._forms, self._legal = vocabulary.finder("form_label"), vocabulary.finder("legal_kinds")

    def own(self, controls: tuple[Control, ...]) -> Iterator[Control]:
        """Give the controls that are a page's own."""
        return (control for control in controls if control.key not in self._shared and not control.framed)

    def submits(self, control: Control) -> bool | None:
        """Tell whether a control offers to hand in a file: True surely, None perhaps, False not at all."""
        words = tokens(control.label)
        named = any(len(words) - (m.last - m.first + 1) <= _BESIDE for m in self._submit.find(words))
        if not named or self._is_something_else(control, words):
            by_address = bool(_ENTRY.search(control.url)) and not self._not.find(words)
            return None if by_address and not is_document(control.url) else False
        return None if control.inside or control.shut else True

    def _is_something_else(self, control: Control, words: Sequence[Token]) -> bool:
        submit = self._submit.find(words)
        others = [m for m in self._not.find(words) if not any(s.first <= m.first and m.last <= s.last for s in submit)]
        return bool(others) or is_document(control.url)

    def forms(self, controls: tuple[Control, ...]) -> tuple[Control, ...]:
        """Give the links of a page to forms that can be filled, the surest first; laws and decisions are none."""
        sure: list[Control] = []
        perhaps: list[Control] = []
        for control in self.own(controls):
            if not control.url or control.inside or _PICTURES.search(control.url.partition("?")[0]):
                continue
            words = tokens(control.label)
            named = bool(self._forms.find(words))
            file = is_document(control.url) or bool(_DOWNLOAD.search(control.url))
            if any(match.first <= 1 for match in self._legal.find(words)) or not (file or (named and self._is_link(words))):
                continue
            (sure if named else perhaps).append(control)
        unique = {canonical(control.url): control for control in reversed([*sure, *perhaps])}
        return tuple(reversed(unique.values()))[:_MAX_FORMS]

    @staticmethod
    def _is_link(words: Sequence[Token]) -> bool:
        return bool(words) and words[0].folded in {"tai", "mau", "download"}


class Shared:
    """The controls of a site's template: those of its front page, and those that several of its other pages have."""

    def __init__(self, home: Document, others: list[Document]) -> None:
        """Learn from the front page and from pages that are no service's."""
        self._home, self._others = home, others

    @cached_property
    def keys(self) -> frozenset[tuple[str, str]]:
        """Give what names them."""
        found = {control.key for control in controls_of(self._home)}
        counted: dict[tuple[str, str], int] = {}
        for document in self._others:
            for key in {control.key for control in controls_of(document)}:
                counted[key] = counted.get(key, 0) + 1
        return frozenset(found | {key for key, count in counted.items() if count > 1})
