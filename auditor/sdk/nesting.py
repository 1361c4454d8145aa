"""Pages that are small to send and endless to build: what a parser makes of them is bounded before it begins.

By the HTML standard every block start looks through the open elements, and repeats every formatting element left open. Both grow
with the square of a page's length: 55 KB of ``<p><b id=1><p><b id=2>…`` make eight million nodes and three gigabytes.
"""

import re
from collections import Counter

__all__ = ["bounded"]

_HARMLESS_TAGS = 600
"""Pages with fewer tags cannot cost much, whatever they are."""
_QUICK_TAGS = 5_000
_MOST_NODES = 500_000
_MOST_STEPS = 30_000_000
_OPTIONS_A_STEP = 4
"""Each option of a list has the parser look through all before it, at a quarter of the usual cost."""
_ALIKE = 3
"""So many formatting elements that are alike in all are kept open, by the standard."""
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)")
_OPENED = re.compile(rb"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE)
_FORMATTING = frozenset(b"b big code em font i nobr s small strike strong tt u".split())
_CELLS = frozenset(b"td th caption".split())
"""Elements in which formatting begins anew."""
_ENDING_THEMSELVES = frozenset(
    b"p li dt dd tr td th caption thead tbody tfoot col colgroup optgroup a rp rt area base br embed hr img input link "
    b"meta param source track wbr".split()
)
"""Elements without an end, or whose end goes without saying; at most one link is open at a time."""


def bounded(markup: bytes) -> bytes:
    """Give a page's markup, cut off where building it would take more than any page that is meant to be read."""
    tags = markup.count(b"<")
    if tags <= _HARMLESS_TAGS or (tags <= _QUICK_TAGS and tags * len(_OPENED.findall(markup)) <= _MOST_NODES):
        return markup
    cost = _Cost()
    for tag in _TAG.finditer(markup):
        cost.add(tag[2].lower(), tag[3], closes=bool(tag[1]))
        if cost.nodes > _MOST_NODES or cost.steps > _MOST_STEPS:
            return markup[: tag.start()]
    return markup


class _Cost:
    """What has been built so far, roughly: formatting elements repeated, and open elements looked through."""

    def __init__(self) -> None:
        self.nodes = self.steps = self._depth = self._options = 0
        self._open: Counter[bytes] = Counter()
        self._formats: list[tuple[bytes, bytes]] = []
        self._outside: list[list[tuple[bytes, bytes]]] = []

    def add(self, name: bytes, attributes: bytes, *, closes: bool) -> None:
        """Count a tag. The end of what is not open ends nothing, and is looked for all the same."""
        if name in _FORMATTING:
            self._format(name, attributes, closes=closes)
        elif name == b"table":
            self._table(closes=closes)
        elif name in _CELLS:
            self._formats = []
        elif name == b"option":
            self._options += not closes
            self.steps += 0 if closes else self._options // _OPTIONS_A_STEP
        elif name not in _ENDING_THEMSELVES and (not closes or self._open[name]):
            change = -1 if closes else 1
            self._open[name] += change
            self._depth += change
            self._options = 0 if name == b"select" else self._options
        self.nodes += 0 if closes else len(self._formats)
        self.steps += self._depth

    def _format(self, name: bytes, attributes: bytes, *, closes: bool) -> None:
        if not closes:
            open_quote = attributes.count(b'"') % 2 or attributes.count(b"'") % 2  # there is more of it than was read
            if open_quote or sum(one == (name, attributes) for one in self._formats) < _ALIKE:
                self._formats.append((name, attributes))
            return
        last = next((index for index in range(len(self._formats) - 1, -1, -1) if self._formats[index][0] == name), None)
        if last is not None:
            del self._formats[last]

    def _table(self, *, closes: bool) -> None:
        if not closes:
            self._outside.append(self._formats)
        elif self._outside:
            self._formats = self._outside.pop()
