"""An evidence folder on disk with its index in memory: visits written, runs sealed, everything proved."""

from datetime import UTC, datetime

from auditor.clock import SystemClock
from auditor.evidence.archive import Archive
from auditor.evidence.ledger import Pen
from auditor.evidence.verify import verify
from auditor.evidence.writer import VisitWriter
from auditor.model.evidence import Exchange, digest_of

AT = datetime(2026, 1, 5, 1, 2, 3, 456789, tzinfo=UTC)


def exchange(body=b"<p>trang", url="https://so.test/", **given):
    return Exchange(
        url=url, at=AT, status=200, reason="OK", http_version="HTTP/1.1", body=body, address="203.0.113.7", wire_bytes=len(body),
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-Hai\r\nX-Ba", "a\r\nInjected: b\0")),
        request_headers=(("Host", "so.test"),), **given,
    )  # fmt: skip


class Folder:
    """An evidence folder with its index in memory."""

    def __init__(self, path):
        self.path, self.places, self.files, self.sealed, self.unsealed = path, {}, [], {}, {}

    def visit(self, name, exchanges, blobs=()):
        writer = VisitWriter(self.path, name, SystemClock(), self.places.get)
        kept = [writer.exchange(one) for one in exchanges]
        kept += [writer.blob(body, "text/plain") for body in blobs]
        found = writer.seal()
        for place in found:
            self.places.setdefault(place.digest, place)
            self.places.setdefault(place.record, place)
        self.files += [writer.path, *(place.path for place in found)]
        return kept

    def seal(self, run):
        self.sealed[run] = Pen(folder=self.path).seal(
            run=run,
            kind="night",
            started_at=AT,
            ended_at=AT,
            places=[place for name, place in self.places.items() if name == place.digest],
            files=self.files,
            records=digest_of(run.encode()),
        )

    def verify(self):
        return verify(self.path, sealed=self.sealed, unsealed=self.unsealed, records=lambda run: digest_of(run.encode()))

    @property
    def archive(self):
        return Archive(self.path, self.places.get)
