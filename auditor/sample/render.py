"""Renders a page in its family's markup, and writes it down in its charset."""

import unicodedata
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from auditor.sample.page import Frame, Page

__all__ = ["encoded", "rendered", "spelled"]

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = PackageLoader("auditor.sample", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@lru_cache(maxsize=16)
def _template(name: str) -> Template:
    return _environment().get_template(f"{name}.j2")


def rendered(page: Page, frame: Frame, family: str) -> str:
    """Give a page's markup."""
    return _template("bare" if page.bare else family).render(page=page, frame=frame, family=family)


def encoded(text: str, charset: str) -> bytes:
    """Write text down; windows-1258 has its tones as marks of their own."""
    if charset != "windows-1258":
        return text.encode(charset, errors="xmlcharrefreplace")
    return "".join(map(_half, text)).encode("cp1258", errors="xmlcharrefreplace")


def spelled(label: str, how: str) -> str:
    """Spell a label as careless software does: taken apart, half apart, or with Ƣ in place of Ư."""
    match how:
        case "nfd":
            return unicodedata.normalize("NFD", label)
        case "half":
            return "".join(map(_half, label))
        case "horn":
            return label.replace("Ư", "Ƣ").replace("ư", "ƣ")
    return label


def _half(char: str) -> str:
    """Give a letter with its shape composed and its tone apart."""
    parts = unicodedata.normalize("NFD", char)
    tones = "".join(part for part in parts if part in _TONES)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES)) + tones
