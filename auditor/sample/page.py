"""A page before it is written down: what it holds, block by block, whatever family renders it."""

from dataclasses import dataclass
from http import HTTPStatus

__all__ = ["Block", "Cell", "Entry", "Frame", "Link", "Page", "Picture"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something to follow. ``opened`` tells that only a script leads there."""

    label: str
    href: str
    opened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture, perhaps one that is a link."""

    src: str
    alt: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a list; ``day`` is written as the family writes it, empty if there is none."""

    title: str
    href: str
    day: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table."""

    text: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a page: paragraphs, entries, a table, links, a picture or a form to write to the agency."""

    heading: Link | None = None
    texts: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    links: tuple[Link, ...] = ()
    picture: Picture | None = None
    form: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: where, under which title, holding what."""

    path: str
    title: str
    blocks: tuple[Block, ...] = ()
    day: str = ""
    status: int = HTTPStatus.OK
    foreign: bool = False
    charset: str = "utf-8"
    bare: bool = False
    """Without the site's frame, as error pages often are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands on every page of a site."""

    title: str
    menu: tuple[Link, ...] = ()
    side: tuple[Link, ...] = ()
    pictures: tuple[Picture, ...] = ()
    top: tuple[Link, ...] = ()
    popular: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    footer: tuple[str, ...] = ()
    search: str = ""
    feed: str = ""
    hidden: tuple[Link, ...] = ()
    insecure: tuple[str, ...] = ()
