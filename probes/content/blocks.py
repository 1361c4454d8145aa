"""What the front page itself holds for a duty: labelled blocks of dated entries, and the contact lines of a footer."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from auditor.sdk.dates import dates
from auditor.sdk.html import Block
from auditor.sdk.phrases import Phrases
from auditor.sdk.text import tokens
from auditor.sdk.vocabulary import Vocabulary
from probes.content.labels import Grade, Labels
from probes.content.own_dates import is_weather
from probes.content.substance import MAIL, PHONE

__all__ = ["DatedBlock", "contact_lines", "dated_blocks", "is_address"]

_LABEL_WORDS = 9
_WEEKDAY = re.compile(r"\b(?:thứ|chủ nhật|hôm nay)\b", re.IGNORECASE)
_ENTRY_WORDS = 3
_TITLE_WORDS = 5
_LABEL_LONGEST = 40
_ENTRIES = 3
_LONGEST = 60
_EDGE = 24
_SHORT = 80
_AT_ONCE = 5
_FAX = re.compile(r"\bfax\b", re.IGNORECASE)
_REACH = 5
_KINDS = 2
_PLACES = re.compile(
    r"\b(?:đường|quốc lộ|tỉnh lộ|đại lộ|hẻm|ngõ|phố|phường|xã|thị trấn|quận|huyện|thị xã|thành phố|tp|tỉnh|"
    r"khu phố|tổ dân phố|thôn|ấp|km)\b",
    re.IGNORECASE,
)

_PANE = re.compile(r".*?/\w+[^/]*\.(?:tab-?pane|tab-?panel|ui-tabs-panel)\b[^/]*", re.IGNORECASE)
"""Where the part of a page stands that a tab shows: what another tab shows is another block."""
_PERSON = re.compile(r"(?:Ông|Bà|ông|bà|Đồng chí|đồng chí|Đ/c|đ/c)\b[\s:.]*[A-ZÀ-ỸĐ]")
_CAPITALISED = r"[A-ZÀ-ỸĐƠƯĂÂÊÔ][\wÀ-ỹ]{1,15}"
_STREET = re.compile(
    rf"(?<![\d./])\d{{1,4}}[A-D]?(?:/\d{{1,3}}){{0,2}} {_CAPITALISED}"
    rf"(?:(?: {_CAPITALISED}){{1,4}}, {_CAPITALISED} {_CAPITALISED}|(?:, {_CAPITALISED} {_CAPITALISED}){{2}}|[^,\d]{{0,30}}, "
    r"(?:phường|xã|thị trấn|quận|huyện|thị xã|thành phố|tp)\b)|"
    r"(?:^|[.,:;·|(–-] ?)[Ss]ố (?:nhà )?\d{1,4}[A-D]? (?:đường )?(?!Sở|Bộ|UBND|Ủy|Thủ|Chính|Tỉnh)"
    rf"{_CAPITALISED}(?: {_CAPITALISED}){{1,3}}(?![\w/])|"
    rf"(?<![\d./])\d{{1,4}}[A-D]? {_CAPITALISED}(?: {_CAPITALISED}){{0,4}}, {_CAPITALISED} {_CAPITALISED}"
    r"\W{1,4}(?:[Tt]el|ĐT|[Đđ]iện thoại)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedBlock:
    """A block of the front page under a label (empty when nothing names it): how many dated entries, and their dates."""

    label: str
    section: str
    entries: int
    days: tuple[date, ...]
    passage: str


def dated_blocks(blocks: Sequence[Block], links: Collection[str], labels: Labels, *, until: date) -> tuple[DatedBlock, ...]:
    """Give the front page's blocks that hold three or more entries dated by themselves, none of them in the future.

    ``links`` are the labels of the page's links.
    """
    shown = [block for block in blocks if block.kind not in {"hidden", "field"}]
    found = []
    for label, section, inside in _parts(shown, labels):
        block = _dated(label, section, inside, frozenset(links), until)
        if block is not None:
            found.append(block)
    return tuple(found)


def _parts(blocks: Sequence[Block], labels: Labels) -> Iterator[tuple[str, str, Sequence[Block]]]:
    """Part the page at its headings and at short texts that name a duty."""
    marks: list[tuple[int, str, str]] = [(-1, "", "")]
    for index, block in enumerate(blocks):
        words = tokens(block.text[:300])
        heading = block.kind == "heading" and not block.linked
        if not words or len(words) > _LABEL_WORDS or (dates(block.text) and not heading):
            continue
        if _in_menu(blocks, index):
            marks.append((index, block.text, ""))
            continue
        sure = [hit for hit in labels.of_label(block.text, menu=True) if hit.grade >= Grade.ACCEPTED]
        entry = block.kind == "heading" and block.linked and len(words) >= _TITLE_WORDS and not sure
        if (sure or block.kind == "heading") and not entry:
            best = max(sure, key=lambda hit: hit.grade, default=None)
            marks.append((index, block.text, best.section if best else ""))
    for number, (index, label, section) in enumerate(marks):
        end = marks[number + 1][0] if number + 1 < len(marks) else len(blocks)
        inside = blocks[index + 1 : min(end, index + 1 + _LONGEST)]
        pane = _PANE.match(inside[0].path) if inside else None
        yield label, section, [one for one in inside if one.path.startswith(f"{pane[0]}/")] if pane else inside


def _in_menu(blocks: Sequence[Block], index: int) -> bool:
    """Tell an entry of a menu, linked as the one beside it is: what happens to follow is not its content."""
    block = blocks[index]
    if block.kind == "heading" or not block.linked:
        return False
    place = block.path.rpartition("/")[0]
    beside = (*blocks[max(index - 1, 0) : index], *blocks[index + 1 : index + 2])
    return any(
        other.linked and other.kind != "heading" and other.path.rpartition("/")[0] == place and not dates(other.text)
        for other in beside
    )


def _dated(label: str, section: str, inside: Sequence[Block], links: frozenset[str], until: date) -> DatedBlock | None:
    days: list[date] = []
    titles = 0
    linked = False
    passage = ""
    places = Counter(block.path for block in inside if dates(block.text[:2_000]))
    for block in inside:
        spans = (
            []
            if is_weather(block.text) or PHONE.search(block.text[:500])
            else [span for span in dates(block.text[:2_000]) if span.day <= until]
        )
        worded = len([word for word in tokens(block.text[:500]) if not word.folded.isdigit()]) >= _ENTRY_WORDS
        titles += worded
        linked = linked or (worded and (block.linked or _begins_with_link(block.text, links)))
        own = [span.day for span in spans if span.start < _EDGE or span.end > len(block.text) - _EDGE]
        clock = own and max(own) == until and _WEEKDAY.search(block.text) and (titles == 0 or places[block.path] == 1)
        if own and not clock:
            days.append(max(own))
            passage = passage or block.text[:300]
    if len(days) < _ENTRIES or titles < _ENTRIES or not (linked or section):
        return None
    return DatedBlock(label=label, section=section, entries=len(days), days=tuple(days), passage=passage)


def _begins_with_link(text: str, links: frozenset[str]) -> bool:
    """Tell an entry whose title and date stand in one run: it begins with a link's label."""
    words = text.split(" ")
    return any(" ".join(words[:count]) in links for count in range(_ENTRY_WORDS, min(len(words), _LABEL_LONGEST) + 1))


def _wanted(vocabulary: Vocabulary) -> dict[str, Phrases]:
    named = ((name, vocabulary.sections.get(name)) for name in ("hotline", "spokesperson"))
    return {name: Phrases({name: (*section.exact, *section.accepted)}) for name, section in named if section is not None}


def contact_lines(blocks: Sequence[Block], vocabulary: Vocabulary) -> dict[str, str]:
    """Give the duties that contact lines of a page fulfil, each with the text that does: transaction, hotline, spokesperson."""
    address = vocabulary.finder("address")
    wanted = vocabulary.once("labels of contact lines", lambda: _wanted(vocabulary))
    shown = [block for block in blocks if block.kind not in {"hidden", "field"}]
    found: dict[str, str] = {}
    for index, block in enumerate(shown):
        near = " · ".join(other.text[:300] for other in shown[index : index + _REACH])
        words = tokens(block.text[:500])
        placed = address.find(words) or is_address(block.text) or _is_of_agency(block)
        if "transaction" not in found and placed and (PHONE.search(near) or MAIL.search(near)):
            found["transaction"] = near[:400]
        for name, sought in wanted.items():
            if name not in found and (told := _told(name, sought, shown[index : index + 2])):
                found[name] = told
    return found


def is_address(text: str) -> bool:
    """Tell an address without the word: two kinds of places in one line, or a house in a street, and its town.

    ``Km 4 đường Bàng, phường Bến, tỉnh Cát``; ``6 Trần Phú, Nha Trang``; ``2 Pasteur, Xương Huân, Nha Trang``.
    """
    return len(set(map(str.lower, _PLACES.findall(text[:300])))) >= _KINDS or _STREET.search(text[:300]) is not None


def _is_of_agency(block: Block) -> bool:
    """Tell a line of an agency's own numbers: a footer's with a mail address, any with a fax too, which people have none of."""
    return MAIL.search(block.text) is not None and (block.region == "footer" or _FAX.search(block.text) is not None)


def _told(name: str, sought: Phrases, near: Sequence[Block]) -> str:
    """Give a line that names the duty and fulfils it: a number for a hotline, a name or number for a spokesperson."""
    words = tokens(near[0].text[:500])
    matches = sought.find(words)
    if not matches:
        return ""
    rest = near[0].text[matches[0].end : matches[0].end + 200]
    follows = rest if len(tokens(rest)) > 1 else " ".join(block.text[:200] for block in near[1:])
    if name == "hotline":
        below = " ".join(block.text[:200] for block in near[1:])
        first = PHONE.search(below)
        heads = near[0].kind == "heading" or (len(words) <= _LABEL_WORDS and first is not None and first.start() <= _AT_ONCE)
        if heads and not PHONE.search(rest):  # Đường dây nóng ngành Y tế, and its number below
            follows = below
        return f"{near[0].text[:200]} {follows}".strip() if PHONE.search(follows) and _is_near(follows) else ""
    named = re.match(r"\s*[:\-–]\s*\S", rest) is not None and len(tokens(rest)) > 1
    if (
        not rest.strip(" :")
        and len(near) > 1
        and not near[0].linked
        and (_PERSON.match(near[1].text) or PHONE.search(near[1].text))
    ):
        return f"{near[0].text[:200]} {near[1].text[:200]}"
    return near[0].text[:300] if named or PHONE.search(rest) else ""


def _is_near(text: str) -> bool:
    """A number that belongs to the label stands right behind it."""
    found = PHONE.search(text)
    return found is not None and found.start() <= _SHORT
