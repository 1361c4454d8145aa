"""What a visit may remember of former nights: the newest one's pages, and TLS scans, as far as their evidence is there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from auditor.errors import EvidenceError
from auditor.evidence.archive import Archive
from auditor.evidence.seen import values_of
from auditor.log import get_logger
from auditor.model.evidence import Exchange, Proof
from auditor.model.visit import Ending, VisitRecord
from auditor.schedule.plan import Due
from auditor.sdk.tls import TlsScan
from auditor.visit.doors.http.remembered import FULL_AFTER, reusable

__all__ = ["VisitMemory"]

_MOST_PAGES = 1_000
"""So many pages are remembered at the most: a few more than the shipped limits let one crawl ask for."""
_log = get_logger("visit")
S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class VisitMemory:
    """The memory of one due visit: see ``Memory`` of the HTTP door and ``TlsMemory`` of the TLS door.

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

    def scans(self, since: datetime) -> Iterator[TlsScan]:
        """Give the scans since an instant whose evidence is still there, the newest first."""
        for found in self._seen(since, TlsScan):
            yield from (scan for scan in found if all(self._kept(proof.digest) for proof in _proofs(scan)))

    def _answers(self) -> Iterator[Exchange]:
        """Give the answers of the newest visit that came to anything and can be read."""
        yield from next(self._seen(self.now - FULL_AFTER, Exchange), ())

    def _seen(self, since: datetime, wanted: type[S]) -> Iterator[tuple[S, ...]]:
        """Read what each visit saw that came to anything and can be read, the newest first."""
        for record in self.newest(since):
            if record.seen is None or record.ending is Ending.FAILED:
                continue
            try:
                yield values_of(self.due.probe.seen, self.archive.body(record.seen), wanted)
            except (EvidenceError, ValueError) as exc:
                _log.warning("not remembered", visit=record.visit.key, why=str(exc))

    def _there(self, page: Exchange) -> bool:
        """Tell whether the files are there in which a page's answer and its body lie."""
        assert page.earlier is not None
        assert page.digest is not None
        return self._kept(page.earlier.record) and self._kept(page.digest)

    def _kept(self, name: str) -> bool:
        """Tell whether the file is there in which an object or a record lies."""
        try:
            return self._is_file(self.archive.place(name).path)
        except EvidenceError:
            return False

    def _is_file(self, path: str) -> bool:
        if path not in self._files:
            self._files[path] = (self.archive.folder / path).is_file()
        return self._files[path]

    @cached_property
    def _files(self) -> dict[str, bool]:
        return {}


def _proofs(scan: TlsScan) -> Iterator[Proof]:
    yield from scan.proofs
    for endpoint in scan.endpoints:
        yield from endpoint.deep_proofs
