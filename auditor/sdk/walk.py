"""One pass over a page's nodes: the links, the blocks of text and the images, in the order in which a person meets them.

Menus, columns and footers come again on every page of a site. What such a list gave is remembered by its markup, so that only
the first page pays for it.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from auditor.sdk.dates import dates, iso_date
from auditor.sdk.elements import INLINE, SKIPPED, Attributes, Region, inside, is_hidden, kind_inside, plainly_inside
from auditor.sdk.parts import Block, Draft, Image, Link, Part, Place, parts_of
from auditor.sdk.text import clean
from auditor.sdk.urls import Base, opened_by

__all__ = ["Walk"]

_MAX_NODES = 60_000
_MAX_DEPTH = 200
_REPEATED = frozenset({"ul", "ol", "nav", "header", "footer", "aside"})
"""Elements whose content is remembered."""
_PLAIN = INLINE - {"label", "img", "br", "time"}
"""Elements that are only a run of their block's text, unless their attributes say more."""
_MAX_MARKUP = 32_000
_MAX_WRITTEN = 300_000
"""When so many characters of a page's lists were written out to recognise them, it is no page that this makes faster."""
_MAX_FOLDERS = 8
_NUMBER_DIGITS = 8
_MAX_TIME = 100
_ADDRESS = re.compile(r"https?://|\.{0,2}/\w|[\w\-./]+\.(?:html?|aspx?|php|jsp)\b", re.IGNORECASE)
"""What in an option is an address to go to, and no number or word to send."""


_TOP: Place = ("", "", "text", -1, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recording:
    """How far the walk was when it entered an element whose content is to be remembered."""

    parts: dict[str, Part]
    depth: int
    blocks: int
    drafts: int
    images: int
    rows: int
    nodes: int
    moved: bool


class Walk:
    """One pass over a page's nodes, without recursion, so that depth costs nothing."""

    def __init__(self, base: Base) -> None:
        """Read a page whose references count from ``base``."""
        self._base = base
        self._blocks: list[Block] = []
        self._drafts: list[Draft] = []
        self._images: list[Image] = []
        self._pieces: list[str] = []
        self._plain = False
        """Whether any of the pieces stands outside links."""
        self._rows = 0
        self._written = 0
        self._recordings: list[_Recording] = []

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Give the runs of text."""
        return tuple(self._blocks)

    @property
    def links(self) -> tuple[Link, ...]:
        """Give what can be followed."""
        return tuple([draft.link() for draft in self._drafts])

    @property
    def images(self) -> tuple[Image, ...]:
        """Give pairs of an image's absolute source and its path."""
        return tuple(self._images)

    def run(self, body: LexborNode) -> None:
        """Walk. For each element under way, what follows it is kept, the place there, and the block that ends with it."""
        place = self._element(body, body.tag or "", body.attributes, _TOP)
        under_way: list[tuple[LexborNode | None, Place, Place | None]] = [(None, _TOP, place)]
        node = body.first_child
        pieces, nodes = self._pieces, 1
        while nodes < _MAX_NODES and (node is not None or under_way):
            if node is None:
                node, place, ended = under_way.pop()
                if ended is not None and (pieces or self._recordings):
                    self._leave(ended, len(under_way), nodes)
                continue
            nodes += 1
            tag = node.tag or ""
            if tag == "-text":
                text = node.text_content
                if text and (pieces or not text.isspace()):  # before the first word of a block no space counts
                    self._text(text, place)
            elif tag not in SKIPPED and tag[0:1] != "-" and len(under_way) < _MAX_DEPTH:
                attributes = node.attributes
                within = place if not attributes and tag in _PLAIN else self._element(node, tag, attributes, place)
                taken = self._remembers(node, within, len(under_way), nodes) if tag in _REPEATED and within[3] < 0 else 0
                if not taken:
                    under_way.append((node.next, place, None if tag in INLINE else within))
                    node, place = node.first_child, within
                    continue
                nodes += taken
            node = node.next
        self._end(_TOP)

    def _leave(self, ended: Place, depth: int, nodes: int) -> None:
        """End a block, and what was recorded of it."""
        if self._pieces:
            self._end(ended)
        if self._recordings and self._recordings[-1].depth == depth:
            self._record(self._recordings.pop(), nodes)

    def _remembers(self, node: LexborNode, inside: Place, depth: int, nodes: int) -> int:
        """Take what an element's content gave on another page, and say of how many nodes; else begin to record what it gives."""
        if self._written > _MAX_WRITTEN or not self._base.root:
            return 0
        markup = node.html or ""
        self._written += len(markup)
        if len(markup) > _MAX_MARKUP:
            return 0
        parts = parts_of(markup, inside, depth, self._base.root)
        part = parts.get("")
        if part is None and parts and (part := parts.get(self._base.here)):
            self._base.moved = True
        if part is not None and nodes + part.nodes < _MAX_NODES:
            self._blocks += part.blocks
            self._drafts += part.drafts
            self._images += part.images
            return part.nodes
        self._recordings.append(
            _Recording(
                parts=parts,
                depth=depth,
                blocks=len(self._blocks),
                drafts=len(self._drafts),
                images=len(self._images),
                rows=self._rows,
                nodes=nodes,
                moved=self._base.moved,
            )
        )
        self._base.moved = False
        return 0

    def _record(self, begun: _Recording, nodes: int) -> None:
        """Remember what an element's content gave. Rows are numbered through the page, so what has any is not remembered."""
        base = self._base
        if self._rows == begun.rows and len(begun.parts) < _MAX_FOLDERS:
            begun.parts[base.here if base.moved else ""] = Part(
                blocks=self._blocks[begun.blocks :],
                drafts=self._drafts[begun.drafts :],
                images=self._images[begun.images :],
                nodes=nodes - begun.nodes,
            )
        base.moved = base.moved or begun.moved

    def _element(self, node: LexborNode, tag: str, attributes: Attributes, place: Place) -> Place:
        """Take an element's own part of the page; give the place inside it."""
        path, region, kind, link, row = place
        if attributes:  # most elements have none
            if kind != "hidden" and is_hidden(attributes):
                kind = "hidden"
            if tag == "option":
                self._option(attributes, node, region, path)
            if tag in {"a", "area"} or attributes.get("onclick"):
                link = self._open_link(tag, attributes, region, path, link)
        if tag == "noscript":
            kind = "hidden"  # its text is for others, its links are those that a script would have made
        if tag in INLINE:
            self._inline(node, tag, attributes, path, kind, link)
            return path, region, kind_inside(tag, kind), link, row
        if self._pieces:
            self._end(place)  # what stood before it is as visible as before, though this element be hidden
        if tag == "tr":
            self._rows += 1
            row = self._rows
        within = inside(path, region, kind, tag, attributes) if attributes else plainly_inside(path, region, kind, tag)
        return *within, link, row

    def _inline(self, node: LexborNode, tag: str, attributes: Attributes, path: str, kind: str, link: int) -> None:
        if tag == "img":
            self._image(attributes, path, kind, link)
        elif tag == "br":
            self._space((path, "", kind, link, -1))
        elif tag == "time" and (moment := attributes.get("datetime")) and not dates(node.text(deep=True)[:_MAX_TIME]):
            day = iso_date(moment)  # what is shown ("3 giờ trước") may be no date; where it is one, that is what a person reads
            self._pieces.append(f" {day.isoformat()} " if day else "")

    def _open_link(self, tag: str, attributes: Attributes, region: Region, path: str, link: int) -> int:
        href = attributes.get("href")
        target = self._base.join(href)
        if href and href[:4].lower() in {"tel:", "mail"}:
            self._number(attributes)
        if target is None and (opened := opened_by(attributes.get("onclick") or href or "")):
            target = self._base.join(opened)
        if target is None:
            return link
        hints = [attributes.get("aria-label"), attributes.get("title"), attributes.get("alt")]
        self._drafts.append(Draft(target, region, f"{path}/{tag}", hints))
        return len(self._drafts) - 1

    def _number(self, attributes: Attributes) -> None:
        """Take what is said of a telephone number or e-mail address: an icon may be all that is seen of it."""
        said = attributes.get("title") or attributes.get("aria-label")
        if said:
            self._pieces.append(f" {said} ")
            self._plain = True

    def _option(self, attributes: Attributes, node: LexborNode, region: Region, path: str) -> None:
        value = attributes.get("value") or ""
        if _ADDRESS.match(value) and (url := self._base.join(value)):
            draft = Draft(url, region, f"{path}/option", [])
            draft.text.append(node.text(deep=True))
            self._drafts.append(draft)

    def _image(self, attributes: Attributes, path: str, kind: str, link: int) -> None:
        source = self._base.join(attributes.get("src") or attributes.get("data-src"))
        if source and kind != "hidden":
            self._images.append((source, path))
        alt = attributes.get("alt")
        if link < 0 and alt and kind != "hidden" and sum(map(str.isdigit, alt)) >= _NUMBER_DIGITS:
            self._pieces.append(f" {alt} ")  # a picture of a telephone number is read by its words
            self._plain = True
        if link >= 0:
            draft = self._drafts[link]
            draft.image, draft.file = True, source or ""
            draft.hints += [attributes.get("alt"), attributes.get("title")]

    def _text(self, text: str, place: Place) -> None:
        if text.isspace():
            self._space(place)
            return
        last = self._pieces[-1][-1:] if self._pieces else ""
        if last.isalnum() and not last.isupper() and text[0].isupper():
            text = f" {text}"  # two elements beside each other, as a clock and a label: 09:41 · Đường dây nóng
        self._pieces.append(text)
        if place[3] >= 0:
            self._drafts[place[3]].text.append(text)
        else:
            self._plain = True

    def _space(self, place: Place) -> None:
        """Part what stands before from what follows, in the block and in the link."""
        self._pieces.append(" ")
        if place[3] >= 0:
            self._drafts[place[3]].text.append(" ")

    def _end(self, place: Place) -> None:
        if not self._pieces:
            return
        if place[3] >= 0:
            self._drafts[place[3]].text.append(" ")
        text = clean("".join(self._pieces))
        if text:
            self._blocks.append(Block(text, place[0], place[1], place[2], not self._plain, place[4]))
        self._pieces.clear()
        self._plain = False
