"""The required content: which duties there are, and what is true of each kind of duty. The words stand in the vocabulary."""

from enum import Enum, auto

__all__ = ["DUTIES", "FOOTER", "LINKISH", "LISTED", "PICTURED", "Dating", "dating_of"]


class Dating(Enum):
    """Which dates of a section are those of its entries."""

    BYLINE = auto()
    """The section is one page: only a date that stands alone is its own."""
    APART = auto()
    """A list of texts that speak of other days: only a date that stands apart is an entry's."""
    NAMED = auto()
    """A list of documents: where none stands apart, the day within a title is (``Quyết định số 5 ngày 1/2/2026``)."""
    SPANS = auto()
    """A calendar: its days, and the last days of its weeks (``từ 05/06/2026 đến 09/06/2026``)."""
    ANSWERS = auto()
    """Questions and answers: whatever is dated in them counts."""


_DATINGS = {
    "introduction": Dating.BYLINE,
    "structure": Dating.BYLINE,
    "functions": Dating.BYLINE,
    "leaders": Dating.BYLINE,
    "contacts": Dating.BYLINE,
    "transaction": Dating.BYLINE,
    "news": Dating.APART,
    "directives": Dating.NAMED,
    "commendations": Dating.NAMED,
    "calendar": Dating.SPANS,
    "citizen_reception": Dating.NAMED,
    "law_dissemination": Dating.APART,
    "strategy": Dating.NAMED,
    "legal_documents": Dating.NAMED,
    "projects": Dating.NAMED,
    "consultation": Dating.NAMED,
    "research": Dating.NAMED,
    "statistics": Dating.NAMED,
    "foreign_language": Dating.APART,
    "search": Dating.BYLINE,
    "sitemap": Dating.BYLINE,
    "qna": Dating.ANSWERS,
    "feedback": Dating.BYLINE,
    "procedures": Dating.NAMED,
    "hotline": Dating.BYLINE,
    "spokesperson": Dating.BYLINE,
    "budget": Dating.NAMED,
    "service_portal": Dating.BYLINE,
    "links": Dating.BYLINE,
    "rss": Dating.BYLINE,
    "map": Dating.BYLINE,
    "natural_conditions": Dating.BYLINE,
}
DUTIES = tuple(_DATINGS)
"""Every duty, in the order of DESIGN section 10."""
LISTED = frozenset(duty for duty, dating in _DATINGS.items() if dating is not Dating.BYLINE) - {"foreign_language"}
"""Duties that are lists of entries, each with its date."""
LINKISH = frozenset({"search", "sitemap", "links", "rss", "feedback", "service_portal"})
"""Duties that are judged by the form or the links they hold; whether form and links work is another measure."""
FOOTER = frozenset({"transaction", "hotline", "spokesperson"})
"""Duties that the front page's contact lines may fulfil."""
PICTURED = frozenset({"structure", "map"})
"""Duties that a picture alone may fulfil."""


def dating_of(duty: str) -> Dating:
    """Say which dates of a duty's section are its entries'."""
    return _DATINGS[duty]
