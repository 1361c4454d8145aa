"""Writes one visit's evidence: a WARC file of its own, and blobs. Nothing of it counts until it is sealed."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from auditor import VERSION
from auditor.clock import Clock
from auditor.evidence.files import PART, sync_folder, write_whole
from auditor.evidence.warc import new_record_id, not_modified_record, request_record, response_record, warcinfo_record
from auditor.model.evidence import Exchange, Proof, ProofKind, digest_of
from auditor.model.ids import Digest
from auditor.model.place import Place

__all__ = ["BLOBS", "WARCS", "VisitWriter", "blob_path", "write_blob"]

WARCS, BLOBS = "warc", "blobs"
_BUFFER = 64 * 1024
Known = Callable[[Digest], Place | None]


class VisitWriter:
    """One visit's evidence. ``known`` tells where a body is kept already, so that it is kept once."""

    def __init__(self, folder: Path, name: str, clock: Clock, known: Known) -> None:
        """Write below an evidence folder, in a file of this name (``<run>/<visit>``).

        A file that an earlier try of the same visit left whole stays as it is: a manifest may list it.
        """
        self._folder, self._known = folder, known
        self._path = _free_path(folder / WARCS, name)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._relative = self._path.relative_to(folder).as_posix()
        self._file: BinaryIO = self._part.open("wb", buffering=_BUFFER)
        self._offset = self._file.write(warcinfo_record(f"auditor/{VERSION}", clock.now(), name))
        self._places: dict[Digest, Place] = {}
        self._records: list[Place] = []
        self.confirms: list[str] = []
        """The records of former nights that a server's 304 confirmed."""
        self.requests = 0
        self.bytes = 0

    @property
    def path(self) -> str:
        """Give the file's path below the evidence folder."""
        return self._relative

    def exchange(self, exchange: Exchange) -> Exchange:
        """Keep an exchange; give it with its digest and record set."""
        record, digest = new_record_id(), digest_of(exchange.body)
        place = self._places.get(digest) or self._known(digest)
        if place is not None and (place.kind is not ProofKind.HTTP or not exchange.body):
            place = None
        revisited = (place.record, place.url) if place else None
        kept = replace(exchange, digest=digest, record=record)
        own = self._add(exchange, kept, response_record(exchange, record, digest, revisited=revisited))
        if place is None:
            self._places.setdefault(digest, own)
        return kept

    def unchanged(self, answer: Exchange, page: Exchange) -> Exchange:
        """Keep a 304 as sent, without a body of its own; give the page that it confirms, whose record it is from now on.

        ``page`` has the digest of a body that is kept, and says which ``earlier`` answer brought it.
        """
        assert page.digest is not None
        assert page.earlier is not None
        kept = replace(page, record=new_record_id())
        assert kept.record is not None
        self.confirms.append(page.earlier.record)
        self._add(answer, kept, not_modified_record(answer, kept.record, page.digest, page.earlier))
        return kept

    def blob(self, body: bytes, media_type: str, url: str | None = None, kind: ProofKind = ProofKind.BLOB) -> Proof:
        """Keep bytes that are not HTTP; the same bytes are kept once."""
        place = write_blob(self._folder, body, media_type, url, kind)
        self._places.setdefault(place.digest, place)
        return Proof(digest=place.digest, kind=kind, media_type=media_type, size=len(body), url=url)

    def seal(self) -> tuple[Place, ...]:
        """Close the file and make sure of it; give where everything lies.

        First what this visit kept first, then every exchange, also one whose body was kept before: its place has a ``record``,
        and under that the answer's own head and request are found, whoever sent the same body.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._path)
        sync_folder(self._path.parent)
        return tuple(dict.fromkeys((*self._places.values(), *self._records)))

    def abandon(self) -> None:
        """Close the file without counting it; recovery will say what it holds."""
        self._file.close()

    @property
    def _part(self) -> Path:
        return self._path.with_name(self._path.name + PART)

    def _add(self, sent: Exchange, kept: Exchange, record: bytes) -> Place:
        """Write an answer's record and its request's, and note where they lie; ``sent`` is what went over the wire."""
        assert kept.digest is not None
        assert kept.record is not None
        self.requests += 1
        self.bytes += sent.wire_bytes
        offset = self._append(record)
        self._append(request_record(sent, kept.record))
        place = Place(
            digest=kept.digest,
            kind=ProofKind.HTTP,
            media_type=kept.media_type or "application/octet-stream",
            size=len(kept.body),
            path=self.path,
            offset=offset,
            length=len(record),
            url=kept.url,
            record=kept.record,
        )
        self._records.append(place)
        return place

    def _append(self, record: bytes) -> int:
        offset = self._offset
        self._offset += self._file.write(record)
        return offset


def _free_path(folder: Path, name: str) -> Path:
    number = 1
    path = folder / f"{name}.warc.gz"
    while path.exists():
        number += 1
        path = folder / f"{name}.{number}.warc.gz"
    return path


def blob_path(digest: Digest) -> str:
    """Give where a blob lies below the evidence folder."""
    name = digest.removeprefix("sha256:")
    return f"{BLOBS}/{name[:2]}/{name}"


def write_blob(folder: Path, body: bytes, media_type: str, url: str | None, kind: ProofKind) -> Place:
    """Keep a blob, once."""
    digest = digest_of(body)
    path = blob_path(digest)
    if not (folder / path).exists():
        write_whole(folder / path, body)
    return Place(digest=digest, kind=kind, media_type=media_type, size=len(body), path=path, offset=0, length=len(body), url=url)
