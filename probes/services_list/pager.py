"""Paging of a list: what turns its pages, which pages there are, and how many entries the list says it has."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from auditor.sdk.html import Document
from auditor.sdk.text import clean, fold
from auditor.sdk.urls import same_site

__all__ = ["Pager", "Turn", "is_rearranged", "own_turn", "pager_of", "stated_total", "turns_between"]

_MAX_LINKS = 3_000
_MAX_TURNS = 1_000
_MAX_NUMBER = 1_000_000
_HOLE = "\0"
_NAMES = re.compile(
    r"(?:p|pg|page|pages|paged|trang|cur|start|limitstart|offset|pageindex|pageno|pagenum|pagenumber|currentpage|current_page|page_index|"
    r"sotrang|so_trang|tranghientai|curpage|pageid|idx|skip|from|begin|vitri|trangso)(?:\[\])?"
)
_SEGMENT = re.compile(r"(?:(trang|page|p|pg)[-_]?)?(\d{1,6})((?:\.html?|\.aspx|\.php|\.jsp)?)", re.IGNORECASE)
_NUMBER = re.compile(r"(?:trang|page)? ?(?:so )?(\d{1,6})")
_GLYPHS = {"»", "›", ">", ">>", "»»", "→", "›››", "next", "last", ">|", "▶", "⟩", "...", "…"}
_REARRANGES = re.compile(
    r"(?:_|^)(?:sort\w*|order\w*|dir|direction|asc|desc|sapxep|sap_xep|filter\w*|loc|size|pagesize|page_size|limit|delta|perpage|per_page|"
    r"view|kieuxem|print|format|lang|resetcur|keyword|q|tukhoa)$",
    re.IGNORECASE,
)
_COUNTED = r"(?:ban ghi|ket qua|records|results|entries|items|dich vu(?: cong)?(?: truc tuyen)?|thu tuc(?: hanh chinh)?|tthc|dvc)"
_N = r"(\d[\d.,]{0,9})(?![\d.,])"
_TOTALS = (
    re.compile(rf"\btong (?:so|cong) ?(?:co )?(?:{_COUNTED} ?(?::|la)? ?{_N}|:? ?{_N} {_COUNTED})"),
    re.compile(rf"(?:\b(?:tren|trong|of)|/) ?(?:tong so )?:? ?{_N} (?:{_COUNTED}|dong|muc)\b"),
    re.compile(rf"\b(?:co|tim thay|tong|ket qua) ?:? ?{_N} {_COUNTED}"),
    re.compile(rf"^\W{{0,3}}{_N} {_COUNTED}\W{{0,3}}$"),
    re.compile(rf"\btong (?:so|cong) ?:? ?{_N}(?=\D.{{0,40}}\btrang \d)|\btrang \d.{{0,40}}\btong (?:so|cong) ?:? ?{_N}"),
)
"""A number alone may count visitors: it counts services where that is said, or beside the number of pages."""
_SHAREPOINT = re.compile(r"[?&]Paged=TRUE&(?!PagedPrev)", re.IGNORECASE)
"""How a SharePoint list names its next page."""
_SCRIPT_CONTROLS = 2
_LEAST_OFFSET = 5
"""A page has at least so many entries."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One page of a list: its address, the list's address with a hole where the number stands, and the number."""

    url: str
    group: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """What turns a page's list: the pages it leads to, and whether only a script or a form does."""

    turns: tuple[Turn, ...] = ()
    scripted: bool = False


def pager_of(document: Document, links: Iterable[str], words: Iterable[str]) -> Pager:
    """Give what turns the list on a page. ``links`` are those in its rows, which turn nothing; ``words`` mean the next page."""
    rows, nexts = frozenset(links), frozenset(map(fold, words))
    offered = [
        (label, link.url)
        for link in document.links[:_MAX_LINKS]
        if same_site(link.url, document.url) and (label := _label(link.label, nexts)) is not None
        if link.url not in rows or _turns(link.url, label)  # what follows the last row may have been taken for a part of it
    ]
    found: dict[str, Turn] = {}
    numbered = [(int(label), url) for label, url in offered if label]
    for number, url in numbered:
        if turn := _of_number(url, number, document.url):
            found.setdefault(turn.url, turn)
    groups = {turn.group for turn in found.values()}
    for label, url in offered:
        turn = _of_next(url, document.url, groups) if not label else None
        if turn is not None:
            found.setdefault(turn.url, turn)
    for link in document.links[:_MAX_LINKS]:
        if _SHAREPOINT.search(link.url) and same_site(link.url, document.url):
            found.setdefault(link.url, Turn(link.url, link.url, 1))  # its numbers are entries' own: none stand between two pages
    plainest = min((_rearranging(turn.url) for turn in found.values()), default=0)
    plain = [turn for turn in found.values() if _rearranging(turn.url) == plainest]  # page 50 is not «50 a page»
    turns = tuple(sorted(plain, key=lambda turn: (turn.group, turn.number)))
    return Pager(turns=turns, scripted=not turns and (_by_form(document) or _is_scripted(document, nexts)))


def own_turn(url: str, groups: Iterable[str]) -> Turn | None:
    """Give the place of an address in one of these lists, None if it is none of their pages."""
    held = frozenset(groups)
    return next((turn for turn in _readings(url) if turn.group in held), None)


def turns_between(turns: Iterable[Turn], here: Turn | None = None) -> list[Turn]:
    """Give the pages of each list from the first that is named to the last, those that a pager leaves out (1 2 3 … 92) too."""
    groups: dict[str, dict[int, Turn]] = defaultdict(dict)
    for turn in (*turns, *([here] if here is not None else ())):
        groups[turn.group].setdefault(turn.number, turn)
    found: list[Turn] = []
    for group, numbers in groups.items():
        ordered = sorted(numbers)
        step = _step(ordered)
        found += [
            numbers.get(number) or Turn(group.replace(_HOLE, str(number)), group, number)
            for number in range(ordered[0], min(ordered[-1] + 1, ordered[0] + step * _MAX_TURNS), step)
        ]
    return found


def _step(numbers: Sequence[int]) -> int:
    """Give what parts one page's number from the next: 1, or as many entries as a page has where the number counts entries."""
    counted = [number for number in numbers if number]
    return gcd(*counted) if counted and counted[0] >= _LEAST_OFFSET else 1


def _rearranging(url: str) -> int:
    parts = _split(url)
    return sum(bool(value and _REARRANGES.search(key)) for key, value in parts[1]) if parts else 0


def is_rearranged(url: str, lists: Iterable[str]) -> bool:
    """Tell an address that shows a list once more in another order or size, told by what it adds to the list's own address."""
    parts = _split(url)
    if parts is None or not _rearranging(url):
        return False
    return any((own := _split(listed)) is not None and own[0] == parts[0] for listed in lists)


def stated_total(document: Document, least: int) -> int | None:
    """Give how many entries a list says it has, None where it does not say, or says fewer than ``least``, which were seen."""
    lines = [fold(block.text) for block in document.blocks if len(block.text) <= 200 and block.kind != "hidden"]  # noqa: PLR2004
    for pattern in _TOTALS:
        told = {
            number
            for line in lines
            for match in pattern.finditer(line)
            if (number := _count(next(filter(None, match.groups()), ""))) >= max(least, 1)
        }
        if told:
            return max(told)
    return None


def _count(text: str) -> int:
    plain = text.strip(".,")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain):
        return int(re.sub(r"[.,]", "", plain))
    return int(plain) if plain.isascii() and plain.isdigit() else 0


def _label(label: str, nexts: frozenset[str]) -> str | None:
    """Give the number that a label names, empty for one that says next or last, None for any other."""
    words = fold(clean(label[:60])).strip(" .[]()|")
    if number := _NUMBER.fullmatch(words):
        return number[1]
    if clean(label) in _GLYPHS:
        return ""
    bare = words.strip("»›><→|▶⟩ ")
    turns_back = any(glyph in label for glyph in "«‹<")
    return "" if not turns_back and (bare in nexts if bare else bool(words)) else None


def _of_number(url: str, number: int, page: str) -> Turn | None:
    """Give the page that a numbered link leads to: its address has that number, one less, or a multiple of either."""
    readings = [
        turn for turn in _readings(url) if turn.number == number or turn.number == number - 1 or _is_offset(turn.number, number)
    ]
    named = [turn for turn in readings if _is_named(turn)]
    exact = [turn for turn in readings if turn.number == number]
    near = [turn for turn in exact if _same_list(turn, page)]
    return next(iter([*named, *near]), None)


def _turns(url: str, label: str) -> bool:
    """Tell a link named by a number whose address calls that a page's, or the number of entries before it."""
    number = int(label) if label else 0
    turns = (turn for turn in _readings(url) if turn.number in {number, number - 1} or _is_offset(turn.number, number))
    return bool(number) and any(map(_is_named, turns))


def _is_offset(offset: int, number: int) -> bool:
    return number > 1 and offset > 0 and offset % (number - 1) == 0


def _of_next(url: str, page: str, groups: set[str]) -> Turn | None:
    readings = _readings(url)
    known = [turn for turn in readings if turn.group in groups]
    return next(iter([*known, *(turn for turn in readings if _is_named(turn) or _same_list(turn, page, changed=True))]), None)


def _same_list(turn: Turn, page: str, *, changed: bool = False) -> bool:
    """Tell whether a page's own address is in the list, or is the list's without any number."""
    own = _split(page)
    for reading in _readings(page):
        if reading.group == turn.group:
            return True
    group = _split(turn.group.replace(_HOLE, "0"))
    if own is None or group is None or changed:
        return False
    return own[0] == group[0] and set(own[1]) <= set(group[1])


def _is_named(turn: Turn) -> bool:
    """Tell whether what stands before the number is what addresses call a page."""
    before = turn.group.partition(_HOLE)[0]
    if before.endswith("="):
        key = re.split(r"[?&]", before[:-1])[-1].lower()
        return _NAMES.fullmatch(key.rpartition("_")[2] if "_" in key else key) is not None or _NAMES.fullmatch(key) is not None
    return re.search(r"/(?:trang|page|p|pg)[-_/]?$", before, re.IGNORECASE) is not None


@lru_cache(maxsize=8192)
def _readings(url: str) -> tuple[Turn, ...]:
    """Give each way to read an address as a page of a list: one number in it is the page's."""
    path, mark, query = url.partition("?")
    found = []
    pairs = query.split("&") if mark else []
    for index, pair in enumerate(pairs[:40]):
        key, equals, value = pair.partition("=")
        if equals and not _REARRANGES.search(key) and value.isascii() and value.isdigit() and len(value) < 7:  # noqa: PLR2004 - a page's number
            group = f"{path}?{'&'.join([*pairs[:index], f'{key}={_HOLE}', *pairs[index + 1 :]])}"
            found.append(Turn(url, group, int(value)))
    bare = path.removesuffix("/")
    root, slash, last = bare.rpartition("/")
    if slash and (match := _SEGMENT.fullmatch(unquote(last))):
        begun = last[: match.start(2)]
        group = f"{root}/{begun}{_HOLE}{match[3]}{path[len(bare) :]}" + (f"?{query}" if mark else "")
        found.append(Turn(url, group, int(match[2])))
    return tuple(found)


@lru_cache(maxsize=8192)
def _split(url: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    pairs = tuple((key, value) for key, _, value in (pair.partition("=") for pair in parts.query.split("&") if pair))
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}", pairs


def _by_form(document: Document) -> bool:
    """Tell a pager that is a form: a visit sends none but the site's search, so its other pages are not read."""
    return any(True for form in document.parse().css("form")[:50] for _ in _numbers_in(form)) if document.forms else False


def _numbers_in(form: LexborNode) -> Iterator[tuple[str, str]]:
    """Give the numbers that a form's buttons and choices send under a name that pages have."""
    for node in form.css("button[name], input[type=submit][name]")[:60]:
        yield from _named_number(node.attributes.get("name"), node.attributes.get("value"))
    for select in form.css("select[name]")[:20]:
        for option in select.css("option")[:_MAX_TURNS]:
            yield from _named_number(select.attributes.get("name"), option.attributes.get("value") or option.text(deep=True))
    for node in form.css("input[name][max]")[:10]:
        yield from _named_number(node.attributes.get("name"), node.attributes.get("max"))


def _named_number(name: str | None, value: str | None) -> Iterator[tuple[str, str]]:
    said = (value or "").strip()
    if name and said.isascii() and said.isdigit() and len(said) < 7 and _NAMES.fullmatch(name.rpartition("_")[2].lower()):  # noqa: PLR2004
        yield name, said


def _is_scripted(document: Document, nexts: frozenset[str]) -> bool:
    """Tell a pager that only a script turns: numbers one after another, and none of them leads anywhere."""
    by_place: Mapping[int, set[int]] = defaultdict(set)
    for node in document.parse().css("a, button, [onclick], input[type=submit]")[:_MAX_LINKS]:
        href = (node.attributes.get("href") or "").strip()
        if href and not href.startswith(("#", "javascript:")):
            continue
        said = _label(node.text(deep=True)[:60] or node.attributes.get("value") or "", nexts)
        place = node.parent.parent if node.parent is not None and node.parent.tag in {"li", "span", "td"} else node.parent
        if said and place is not None:
            by_place[place.mem_id].add(int(said))
    return any(len(numbers) >= _SCRIPT_CONTROLS and _run(numbers) for numbers in by_place.values())


def _run(numbers: set[int]) -> bool:
    return any(number + 1 in numbers for number in numbers if number < _MAX_NUMBER)
