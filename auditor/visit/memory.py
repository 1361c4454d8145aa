"""What a visit may remember of former nights: the answers of the newest one of its kind, as far as their evidence is there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from auditor.errors import EvidenceError
from auditor.evidence.archive import Archive
from auditor.evidence.seen import exchanges_of
from auditor.log import get_logger
from auditor.model.evidence import Exchange
from auditor.model.visit import Ending, VisitRecord
from auditor.schedule.plan import Due
from auditor.visit.doors.http.remembered import FULL_AFTER, reusable

__all__ = ["VisitMemory"]

_MOST_PAGES = 1_000
"""So many pages are remembered at the most: a few more than the shipped limits let one crawl ask for."""
_log = get_logger("visit")


@dataclass(frozen=True, kw_only=True)
class VisitMemory:
    """The memory of one due visit: see ``auditor.visit.doors.http.remembered.Memory``.

    ``newest`` gives the finished visits of the same probe to the same site since an instant, newest first.
    """

    due: Due
    now: datetime
    newest: Callable[[datetime], tuple[VisitRecord, ...]]
    archive: Archive

    def pages(self) -> dict[str, Exchange]:
        """Give the answers that may be asked about again, by address."""
        found: dict[str, Exchange] = {}
        for answer in self._answers():
            kept = reusable(answer, self.now)
            if kept is None or not self._there(kept):
                continue
            if len(found) < _MOST_PAGES or kept.url in found:
                found[kept.url] = max(kept, found.get(kept.url, kept), key=lambda page: page.at)
        return found

    def body(self, page: Exchange) -> bytes:
        """Give such an answer's body, proved; the record that brought it is proved as well, for tonight's will refer to it.

        Raises:
            EvidenceError: it is missing or is not what was kept.
        """
        assert page.earlier is not None
        place = self.archive.place(page.earlier.record)
        if place.digest != page.digest:
            raise EvidenceError(f"the record {page.earlier.record} is not of {page.digest}")
        return self.archive.record(place).body

    def _answers(self) -> Iterator[Exchange]:
        """Read what the newest visit saw that came to anything and can be read."""
        for record in self.newest(self.now - FULL_AFTER):
            if record.seen is None or record.ending is Ending.FAILED:
                continue
            try:
                yield from exchanges_of(self.due.probe.seen, self.archive.body(record.seen))
            except (EvidenceError, ValueError) as exc:
                _log.warning("not remembered", visit=record.visit.key, why=str(exc))
                continue
            return

    def _there(self, page: Exchange) -> bool:
        """Tell whether the files are there in which a page's answer and its body lie."""
        assert page.earlier is not None
        assert page.digest is not None
        try:
            return all(self._is_file(self.archive.place(name).path) for name in (page.earlier.record, page.digest))
        except EvidenceError:
            return False

    def _is_file(self, path: str) -> bool:
        if path not in self._files:
            self._files[path] = (self.archive.folder / path).is_file()
        return self._files[path]

    @cached_property
    def _files(self) -> dict[str, bool]:
        return {}
