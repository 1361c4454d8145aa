"""What a page is made of, as the walk over its nodes finds it: links, blocks of text, images, and parts that come again."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from auditor.sdk.elements import Region
from auditor.sdk.text import clean

__all__ = ["Block", "Draft", "Image", "Link", "Part", "Place", "parts_of"]

_MAX_LABEL = 500

Place = tuple[str, str, str, int, int]
"""Where the walk is: path, region, kind, the number of the open link (-1 for none), and the row."""
Image = tuple[str, str]
"""An image's absolute source, and its path."""


# Named tuples are made four times faster than frozen dataclasses, and a page has hundreds of both.
class Link(NamedTuple):
    """Something to follow.

    ``url`` is absolute, without fragment; ``label`` what a person reads or hears: the text, else aria-label, title or alt.
    """

    url: str
    label: str
    region: Region
    path: str
    image: bool = False
    file: str = ""
    """The address of the image inside, if there is one: its file name may be all that names the target."""
    said: str = ""
    """What a screen reader or a pointer says of it besides its text (aria-label, title, alt): ``Xem`` may lead anywhere."""


class Block(NamedTuple):
    """A run of text in one block-level element: ``path`` is its chain of tags and classes, ``kind`` its role for reading."""

    text: str
    path: str
    region: Region
    kind: str
    """``heading``, ``th``, ``field``, ``cell``, ``text`` or ``hidden``."""
    linked: bool
    """Whether all of its text stands in links."""
    row: int = -1


class Draft:
    """A link while its element is being read."""

    __slots__ = ("_link", "file", "hints", "image", "path", "region", "text", "url")

    def __init__(self, url: str, region: Region, path: str, hints: list[str | None]) -> None:
        """Begin a link; ``hints`` are what names it if it has no text."""
        self.url, self.region, self.path, self.hints = url, region, path, hints
        self.text: list[str] = []
        self.image = False
        self.file = ""
        self._link: Link | None = None

    def link(self) -> Link:
        """Give the finished link."""
        if self._link is None:
            hint = next((said for hint in self.hints if hint and (said := clean(hint))), "")[:_MAX_LABEL]
            label = clean("".join(self.text))[:_MAX_LABEL] or hint
            self._link = Link(self.url, label, self.region, self.path, self.image, self.file, "" if hint == label else hint)
        return self._link


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the inside of an element gave, and of how many nodes."""

    blocks: list[Block]
    drafts: list[Draft]
    images: list[Image]
    nodes: int


@lru_cache(maxsize=512)
def parts_of(markup: str, inside: Place, depth: int, root: str) -> dict[str, Part]:  # noqa: ARG001 - what the parts rest on
    """Give the place for what this markup gave: one part for all pages, or one for each folder that its links count from."""
    return {}
