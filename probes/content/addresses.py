"""Which duty an address names, by its words: a segment of its path, a value of its query, or its host."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from auditor.sdk.text import slug_segments
from auditor.sdk.vocabulary import Vocabulary
from probes.content.hit import Grade, Hit, best
from probes.content.spelled import GLUED, not_slugs, slug_table

__all__ = ["Addresses"]

_MOSTLY = 0.6
_FEW = 9
_REMEMBERED = 16384
_INDEX = {
    "index",
    "home",
    "default",
    "list",
    "trang-chu",
    "page",
    "pages",
    "view",
    "detail",
    "danh-sach",
    "category",
    "chuyen-muc",
}


class Addresses:
    """Reads addresses by a vocabulary's words; one for all sites of a run."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the spellings."""
        self._slugs, self._not_slugs = slug_table(vocabulary), not_slugs(vocabulary)
        self.of_url = lru_cache(maxsize=_REMEMBERED)(self._of_url)
        """Give the duties that an address names: by its last telling segment or a value of its query."""

    def _of_url(self, url: str) -> tuple[Hit, ...]:
        segments = [segment for segment in slug_segments(url) if segment not in _INDEX and not segment.isdigit()]
        return best(hit for segment in segments[-2:] for hit in self._of_slug(segment, last=segment == segments[-1]))

    def of_host(self, url: str) -> tuple[Hit, ...]:
        """Give the duties that a host's first label names (``dichvucong.example.gov.vn``)."""
        first = (urlsplit(url).hostname or "").removeprefix("www.").split(".")[0]
        return tuple(Hit(section, Grade.EXACT, first) for section in self._slugs.get(first, ()))

    def _of_slug(self, slug: str, *, last: bool) -> Iterable[Hit]:
        whole = self._slugs.get(slug) or (self._slugs.get(slug.replace("-", "")) if len(slug) >= GLUED else None)
        if whole:
            yield from (Hit(section, Grade.EXACT if last else Grade.AMBIGUOUS, slug) for section in whole)
            return
        words = slug.split("-")
        if not last or len(words) > _FEW:
            return
        for length in range(len(words) - 1, 1, -1):
            if length / len(words) < _MOSTLY:
                return
            for start in range(len(words) - length + 1):
                part = "-".join(words[start : start + length])
                for section in self._slugs.get(part, ()):
                    if not any(form in slug for form in self._not_slugs[section]):
                        yield Hit(section, Grade.ACCEPTED, part)
