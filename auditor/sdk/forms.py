"""Forms as a person meets them: where they go, what they ask for, by which words."""

from collections.abc import Callable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.sdk.elements import classes, is_hidden
from auditor.sdk.text import clean

__all__ = ["Form", "loose_inputs", "read_forms"]

_MAX_FORMS = 200
_MAX_INPUTS = 500
_MAX_FIELDS = 100
_MAX_BUTTONS = 20
_MAX_DEPTH = 200
_MAX_HINT = 300
_HINTS = ("placeholder", "title", "aria-label", "value", "name", "id", "alt")


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it goes, how, and the names and hints of its text fields."""

    action: str
    method: str
    fields: tuple[str, ...]
    hints: tuple[str, ...]
    path: str
    hidden: bool


def read_forms(tree: LexborHTMLParser, join: Callable[[str | None], str | None], url: str) -> tuple[Form, ...]:
    """Give a page's forms in its order; one without an address goes to ``url``, the page itself."""
    return tuple(_form(node, join, url) for node in tree.css("form")[:_MAX_FORMS])


def loose_inputs(tree: LexborHTMLParser) -> tuple[str, ...]:
    """Give the hints of text inputs outside any form, as scripts use them."""
    return tuple(_hints(node) for node in tree.css("input")[:_MAX_INPUTS] if _is_text(node) and not _within_form(node))


def _form(node: LexborNode, join: Callable[[str | None], str | None], url: str) -> Form:
    inputs = [child for child in node.css("input, textarea")[:_MAX_FIELDS] if child.tag == "textarea" or _is_text(child)]
    buttons = node.css("button, input[type=submit], input[type=image]")[:_MAX_BUTTONS]
    return Form(
        action=join(node.attributes.get("action")) or url,
        method=(node.attributes.get("method") or "get").strip().lower(),
        fields=tuple((child.attributes.get("name") or "") for child in inputs),
        hints=tuple(_hints(child) for child in (*inputs, *buttons)),
        path=_signature(node),
        hidden=_is_hidden(node),
    )


def _signature(node: LexborNode) -> str:
    parts: list[str] = []
    current: LexborNode | None = node
    while current is not None and len(parts) < _MAX_DEPTH:
        parts.append((current.tag or "") + classes(current.attributes.get("class")))
        current = current.parent
    return "/".join(reversed(parts))


def _is_hidden(node: LexborNode) -> bool:
    current: LexborNode | None = node
    for _ in range(_MAX_DEPTH):
        if current is None:
            return False
        if is_hidden(current.attributes):
            return True
        current = current.parent
    return False


def _is_text(node: LexborNode) -> bool:
    return (node.attributes.get("type") or "text").strip().lower() in {"text", "search"}


def _within_form(node: LexborNode) -> bool:
    current = node.parent
    for _ in range(_MAX_DEPTH):
        if current is None:
            return False
        if current.tag == "form":
            return True
        current = current.parent
    return False


def _hints(node: LexborNode) -> str:
    attributes = node.attributes
    said = " ".join((attributes.get(name) or "") for name in _HINTS)
    return clean(f"{said} {node.text(deep=True) or ''}")[:_MAX_HINT]
