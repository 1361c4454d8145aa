"""How pages of our own become PDF: the browser does it, and reports do not know that."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

__all__ = ["Printer"]


class Printer(Protocol):
    """Prints whole pages of HTML, each by itself; the paper, the margins and the page numbers are the page's own (CSS).

    Implementers run no script, ask nothing of any network and read no file but the page itself; they end within bounds, and
    write ``made_at`` as the time of making, so that the same page gives the same bytes.
    """

    def printed(self, pages: Mapping[str, bytes], made_at: datetime) -> Iterator[tuple[str, bytes]]:
        """Give each page's name and its PDF, in the pages' order.

        Raises:
            AuditorError: this machine cannot print, or a page came to nothing.
        """
        ...
