"""Where the HTTP door puts what came over the wire."""

from typing import Protocol

from auditor.model.evidence import Exchange

__all__ = ["Recorder"]


class Recorder(Protocol):
    """Keeps what came over the wire."""

    def exchange(self, exchange: Exchange) -> Exchange:
        """Keep an exchange; give it with its digest and record set."""
        ...

    def unchanged(self, answer: Exchange, page: Exchange) -> Exchange:
        """Keep a 304 as sent; give the page that it confirms with that record set."""
        ...
