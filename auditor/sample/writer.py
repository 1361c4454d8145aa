"""Writes a site's pages from its description and the pools of words."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from auditor.sample.families import FAMILIES, WEEKDAYS, slugged
from auditor.sample.page import Block, Cell, Entry, Link, Page, Picture
from auditor.sample.plan import SectionPlan, SitePlan
from auditor.sample.render import spelled

__all__ = ["Writer", "pool"]

_HEADERS = {
    "documents": ("STT", "Số ký hiệu", "Ngày ban hành", "Trích yếu", "Tệp"),
    "projects": ("STT", "Tên", "Mục tiêu", "Lĩnh vực", "Loại", "Thời gian", "Nguồn vốn", "Tình trạng"),
    "people": ("STT", "Họ và tên", "Chức vụ", "Điện thoại", "Thư điện tử", "Nhiệm vụ"),
    "calendar": ("Ngày", "Giờ", "Nội dung", "Thành phần"),
}
_SAYS_EMPTY = {"updating": "Nội dung đang được cập nhật.", "none_found": "Không có văn bản nào được tìm thấy"}
_WHERE = "Trụ sở tại số 12 đường Mẫu, {place}. Điện thoại: {phone}. Fax: 0258.3000.116. Thư điện tử: {mail}."
_ASKED_BEFORE = 5
"""Days between a question and its answer."""


@lru_cache(maxsize=1)
def pool() -> Mapping[str, Any]:
    """Give the pools of words."""
    return tomllib.loads((files("auditor.sample") / "pool.toml").read_text("utf-8"))


class Writer:
    """Writes one site's pages, its dates counted from a day."""

    def __init__(self, site: SitePlan, start: date) -> None:
        """Take the description and the day."""
        self.site, self.start = site, start
        self.family = FAMILIES[site.family]
        self._words = {
            "title": site.title,
            "short": site.short,
            "place": site.place,
            "phone": "0258.3000.115",
            "mail": f"banbientap@{site.host}",
        }
        self._numbers = {section.id: number for number, section in enumerate(site.sections, 1)}

    def href(self, section: SectionPlan) -> str:
        """Give where a section's link leads."""
        if section.url:
            return section.url
        if section.kind == "english":
            return self.family.foreign
        if section.kind == "rss" and not section.slug:
            return "/rss.xml"
        return self.family.section(self._slug(section), self._numbers[section.id])

    def link(self, section: SectionPlan, *, opened: bool = False) -> Link:
        """Give a section's link, its label spelled as the site spells it."""
        return Link(label=spelled(section.label, section.spelling), href=self.href(section), opened=opened)

    def pages(self, section: SectionPlan) -> list[Page]:
        """Give a section's page and those of its entries; none when it is gone, elsewhere or never ends."""
        if section.kind == "services":
            return []
        if section.url or section.state in {"404", "410", "soft_404", "endless"}:
            return self._details(section) if section.front and not section.url else []
        foreign = section.kind == "english"
        title = "Home" if foreign else self.plain(section)
        blocks = tuple(self._state_blocks(section) if section.state else self._blocks(section))
        children = [other for other in self.site.sections if other.under == section.id]
        if children:
            blocks += (Block(links=tuple(map(self.link, children))),)
        page = Page(path=self.href(section), title=title, blocks=blocks, foreign=foreign, charset=section.charset)
        return [page, *self._details(section)]

    def number(self, section: SectionPlan) -> int:
        """Give a section's number on its site."""
        return self._numbers[section.id]

    def plain(self, section: SectionPlan) -> str:
        """Give a section's title, as a page of its own would bear it."""
        return section.label or section.alt or section.slug

    def front(self, section: SectionPlan) -> Block:
        """Give the block that the front page shows of a section."""
        dated = section.front == "dated"
        entries = self._document_entries(section) if section.kind == "documents" else self._entries(section)
        shown = [Entry(title=entry.title, href=entry.href, day=entry.day if dated else "") for entry in entries]
        return Block(heading=Link(label=section.label, href=self.href(section)), entries=tuple(shown))

    def files(self) -> Iterable[str]:
        """Give the addresses of the site's document files."""
        for section in self.site.sections:
            if section.kind in {"documents", "services"}:
                count = len(self.site.services) if section.kind == "services" else section.entries
                yield from (self.family.file(self._slug(section), n) for n in range(1, count + 1))

    def fill(self, text: str) -> str:
        """Put the agency's own words into a text."""
        return text.format(**self._words, n="{n}") if "{" in text else text

    def _slug(self, section: SectionPlan) -> str:
        return section.slug or slugged(section.label)

    def _day(self, section: SectionPlan, index: int) -> date | None:
        return None if section.newest is None else self.start - timedelta(days=section.newest + index * section.step)

    def _taken(self, rows: Sequence[Any], count: int) -> list[Any]:
        return [rows[(self.site.pool + index) % len(rows)] for index in range(min(count, len(rows)))]

    def _state_blocks(self, section: SectionPlan) -> Iterable[Block]:
        header = _HEADERS.get(section.kind, ("STT", "Tiêu đề", "Ngày đăng"))
        if section.state in _SAYS_EMPTY:
            yield Block(texts=(_SAYS_EMPTY[section.state],))
        elif section.state == "header":
            yield Block(header=header)
        elif section.state == "blank_rows":
            yield Block(header=header, rows=tuple((Cell(text=str(n)), *(Cell(),) * (len(header) - 1)) for n in range(1, 6)))

    def _blocks(self, section: SectionPlan) -> Iterable[Block]:
        writes: Mapping[str, Callable[[SectionPlan], Iterable[Block]]] = {
            "list": lambda one: [Block(entries=tuple(self._entries(one)))],
            "documents": lambda one: [Block(header=_HEADERS["documents"], rows=tuple(self._documents(one)))],
            "projects": self._projects,
            "procedures": lambda one: [Block(header=("STT", "Tên", "Ngày công bố"), rows=tuple(self._procedures(one)))],
            "people": lambda one: [Block(header=_HEADERS["people"], rows=tuple(self._people(one)))],
            "calendar": lambda one: [Block(header=_HEADERS["calendar"], rows=tuple(self._calendar(one)))],
            "reception": self._reception,
            "qna": self._questions,
            "faq": self._questions,
            "contact": self._contact,
            "form": self._contact,
            "sitemap": lambda _: [Block(links=tuple(self.link(other) for other in self.site.sections if other.at == "menu"))],
            "rss": lambda _: [Block(links=(Link(label=f"Kênh tin của {self.site.title}", href="/rss.xml"),))],
            "map": lambda one: [Block(picture=Picture(src="/images/ranh-gioi.png", alt="")), self._text(one)],
        }
        write = writes.get(section.kind)
        return write(section) if write else [self._text(section)]

    def _text(self, section: SectionPlan) -> Block:
        texts = pool()["text"]
        return Block(texts=tuple(map(self.fill, texts.get(section.id) or texts[section.kind])))

    def _entries(self, section: SectionPlan) -> list[Entry]:
        rows = self._taken(pool()["lists"][section.id], section.entries)
        return [self._entry(section, row, index) for index, row in enumerate(rows)]

    def _entry(self, section: SectionPlan, row: Sequence[str], index: int) -> Entry:
        title, number = self.fill(row[0]), self._numbers[section.id]
        if "script" in self.site.extras and section.id == "news" and index == 0:
            title += " <script>alert('mẫu')</script>"
        day = self._day(section, index)
        href = self.family.entry(self._slug(section), number, slugged(title)[:60], index + 1)
        summary = " ".join(self.fill(row[1]).split()[:9]) + "…"
        return Entry(title=title, href=href, day=self.family.day(day) if day else "", summary=summary)

    def _details(self, section: SectionPlan) -> list[Page]:
        """Give the pages behind a list's entries."""
        if section.kind != "list" or (section.state and not section.front):
            return []
        rows = self._taken(pool()["lists"][section.id], section.entries)
        pages = []
        for index, (row, entry) in enumerate(zip(rows, self._entries(section), strict=True)):
            kept = f"Bản đầy đủ lưu tại tủ số {index + 3}, ngăn {section.id[:2].upper()}, văn phòng {self.site.short}."
            others = tuple(Link(label=o.title, href=o.href) for o in self._entries(section) if o is not entry and o != entry)
            pages.append(
                Page(
                    path=entry.href,
                    title=entry.title,
                    day=entry.day,
                    blocks=(Block(texts=(self.fill(row[1]), kept)), Block(links=others)),
                )
            )
        return pages

    def _documents(self, section: SectionPlan) -> Iterable[tuple[Cell, ...]]:
        for index, (code, about) in enumerate(self._taken(pool()["documents"]["rows"], section.entries)):
            day, href = self._day(section, index), self.family.file(self._slug(section), index + 1)
            number = code.format(n=120 + 7 * index)
            dated = Cell(text=f"{day:%d/%m/%Y}" if day else "")
            yield Cell(text=str(index + 1)), Cell(text=number), dated, Cell(text=about), Cell(text="Tải tệp về máy", href=href)

    def _document_entries(self, section: SectionPlan) -> list[Entry]:
        rows = self._taken(pool()["documents"]["rows"], section.entries)
        return [
            Entry(title=f"{code.format(n=120 + 7 * index)} {about}", href=self.family.file(self._slug(section), index + 1))
            for index, (code, about) in enumerate(rows)
        ]

    def _projects(self, section: SectionPlan) -> Iterable[Block]:
        rows = self._taken(pool()["projects"]["rows"], section.entries)
        cells = [(Cell(text=str(n)), *(Cell(text=self.fill(text)) for text in row)) for n, row in enumerate(rows, 1)]
        yield Block(header=_HEADERS["projects"], rows=tuple(cells))
        day = self._day(section, 0)
        if day:
            yield Block(texts=(f"Bảng trên được lập ngày {day:%d/%m/%Y}, do phòng nghiệp vụ một chịu trách nhiệm về số liệu.",))

    def _procedures(self, section: SectionPlan) -> Iterable[tuple[Cell, ...]]:
        for index, (name, about) in enumerate(self._taken(pool()["lists"]["procedures"], section.entries)):
            day = self._day(section, index)
            text = f"{self.fill(name)}. {self.fill(about)}"
            yield Cell(text=str(index + 1)), Cell(text=text), Cell(text=f"{day:%d/%m/%Y}" if day else "")

    def _people(self, section: SectionPlan) -> Iterable[tuple[Cell, ...]]:
        rows = pool()["people"]["rows"]
        rows = rows[:3] if section.id == "leaders" else rows[1:]
        for index, (name, post, duty) in enumerate(rows, 1):
            mail = f"{slugged(name).replace('-', '')}@{self.site.host}"
            cells = (str(index), name, post, f"0258.3000.{200 + index}", mail, duty)
            yield tuple(Cell(text=text) for text in cells)

    def _calendar(self, section: SectionPlan) -> Iterable[tuple[Cell, ...]]:
        rows = self._taken(pool()["calendar"]["rows"], section.entries + section.ahead)
        for index, (hour, what, who) in enumerate(rows):
            day = self._day(section, 0)
            assert day is not None
            day += timedelta(days=section.ahead - index)
            yield Cell(text=f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"), Cell(text=hour), Cell(text=what), Cell(text=who)

    def _reception(self, section: SectionPlan) -> Iterable[Block]:
        yield Block(texts=tuple(map(self.fill, pool()["text"]["reception"])))
        days = [self._day(section, index) for index in range(section.entries)]
        rows = [
            (f"{day:%d/%m/%Y}", "07 giờ 30 đến 11 giờ", f"Lê Minh Ví Dụ, phòng số {n}") for n, day in enumerate(days, 1) if day
        ]
        if rows:
            cells = tuple(tuple(Cell(text=text) for text in row) for row in rows)
            yield Block(header=("Ngày", "Giờ", "Người tiếp"), rows=cells)

    def _questions(self, section: SectionPlan) -> Iterable[Block]:
        for index, (who, question, answer) in enumerate(self._taken(pool()["qna"]["rows"], section.entries)):
            answered = self._day(section, index)
            asked = answered - timedelta(days=_ASKED_BEFORE) if answered else None
            first = f"{who} hỏi ngày {asked:%d/%m/%Y}:" if asked else f"{who} hỏi:"
            then = f"Trả lời ngày {answered:%d/%m/%Y}:" if answered else "Trả lời:"
            yield Block(texts=(first, self.fill(question), then, self.fill(answer)))
        if section.kind == "qna":
            yield Block(form=True)

    def _contact(self, section: SectionPlan) -> Iterable[Block]:
        if section.kind == "contact":
            yield Block(texts=(self.fill(_WHERE),))
        else:
            yield Block(texts=("Bà con viết vào ô dưới đây; thư đến thẳng văn phòng và được trả lời trong mười lăm ngày.",))
        yield Block(form=True)
