"""The line of a template that shows the day of the visit, with whatever else stands in it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from auditor.sdk.html import Block, Document

__all__ = ["Clock"]

_LONGEST = 300
_LEAST, _FEWEST = 3, 2


class Clock:
    """Where the pages of a site show today: the same place on half of them, though another title stands beside it on each."""

    def __init__(self, documents: Iterable[Document], *days: date, few: bool = False) -> None:
        """Look for today, in all the ways in which it is written, on these pages; with ``few`` of them two are enough."""
        self._written = {written for today in days for written in _ways(today)}
        pages, places = 0, Counter[str]()
        for document in documents:
            pages += 1
            places.update(self._alone(document))
        self._places = frozenset(place for place, count in places.items() if count >= max(_FEWEST if few else _LEAST, pages / 2))

    def without(self, document: Document, blocks: Iterable[Block]) -> list[Block]:
        """Leave out such a line. Entries of today at one place are several, and a clock is one."""
        places = self._places & self._alone(document) if self._places else frozenset()
        return [block for block in blocks if block.path not in places or not self._shows(block)]

    def _alone(self, document: Document) -> frozenset[str]:
        """Give the places of a page at which one line, and no other, shows today."""
        counts = Counter(block.path for block in document.blocks if self._shows(block))
        return frozenset(place for place, count in counts.items() if count == 1)

    def _shows(self, block: Block) -> bool:
        return len(block.text) <= _LONGEST and any(written in block.text for written in self._written)


def _ways(today: date) -> set[str]:
    """Give the ways in which a day is written."""
    day, month, year = today.day, today.month, today.year
    pairs = [(f"{day:02}", f"{month:02}"), (str(day), str(month)), (f"{day:02}", str(month))]
    numbers = {f"{one}{sign}{two}{sign}{year}" for one, two in pairs for sign in "/-."}
    return numbers | {f"{one} tháng {two}{joint} {year}" for one, two in pairs for joint in (" năm", ",")}
