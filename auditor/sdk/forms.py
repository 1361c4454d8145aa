"""Forms as a person meets them: where they go, what they ask for, by which words."""

import re
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
_MAX_OPTIONS = 500
_MAX_VALUE = 2_000
_UNSENT = frozenset({"button", "reset", "file", "image"})
_TICKED = frozenset({"checkbox", "radio"})
_STOPPED = re.compile(r"return\s+false|preventDefault", re.IGNORECASE)
_HINTS = ("placeholder", "title", "aria-label", "value", "name", "id", "alt")


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it goes, how, and the names and hints of its text fields.

    ``entries`` are the names and values that a browser would send if nobody changed anything, in the form's order, its first
    button pressed. ``charset`` is what the form asks to be sent in, empty where the page's own serves. ``scripted`` tells that
    a script, and no request of the form itself, takes what is typed.
    """

    action: str
    method: str
    fields: tuple[str, ...]
    hints: tuple[str, ...]
    path: str
    hidden: bool
    entries: tuple[tuple[str, str], ...] = ()
    charset: str = ""
    scripted: bool = False


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
        entries=_entries(node),
        charset=(node.attributes.get("accept-charset") or "").replace(",", " ").partition(" ")[0].lower(),
        scripted=_is_scripted(node),
    )


def _entries(form: LexborNode) -> tuple[tuple[str, str], ...]:
    """Give what a browser would send of an untouched form (HTML, "constructing the entry list"), files and pictures left out."""
    found: list[tuple[str, str]] = []
    pressed = False
    for node in form.css("input, textarea, select, button")[:_MAX_FIELDS]:
        name, kind = node.attributes.get("name") or "", (node.attributes.get("type") or "").strip().lower()
        if "disabled" in node.attributes or kind in _UNSENT:
            continue
        if node.tag == "button" or kind == "submit":
            if name and not pressed:
                found.append((name, (node.attributes.get("value") or "")[:_MAX_VALUE]))
            pressed = True
        elif name and (kind not in _TICKED or "checked" in node.attributes):
            found.append((name, _value(node, kind)[:_MAX_VALUE]))
    return tuple(found)


def _value(node: LexborNode, kind: str) -> str:
    if node.tag == "textarea":
        return node.text(deep=True) or ""
    if node.tag != "select":
        return node.attributes.get("value") or ("on" if kind in _TICKED else "")
    options = node.css("option")[:_MAX_OPTIONS]
    chosen = next((option for option in options if "selected" in option.attributes), options[0] if options else None)
    if chosen is None:
        return ""
    return (chosen.attributes["value"] or "") if "value" in chosen.attributes else clean(chosen.text(deep=True) or "")


def _is_scripted(form: LexborNode) -> bool:
    action = (form.attributes.get("action") or "").strip().lower()
    return action.startswith("javascript:") or bool(_STOPPED.search((form.attributes.get("onsubmit") or "")[:_MAX_VALUE]))


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
