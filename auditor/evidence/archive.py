"""Reads kept evidence back: a body by its digest, and the exchange it came with."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import EvidenceError
from auditor.model.evidence import ProofKind, digest_of
from auditor.model.ids import Digest
from auditor.model.place import Place

__all__ = ["Archive", "KeptRecord", "read_record"]

_REQUEST = 256 * 1024
_MOST = 64 * 1024 * 1024
Find = Callable[[Digest], Place | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """One WARC record read back: its own headers, the HTTP head as text, and the body."""

    warc: dict[str, str]
    status_line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Archive:
    """All kept objects of an evidence folder; ``find`` tells where each lies."""

    def __init__(self, folder: Path, find: Find) -> None:
        """Open an archive for reading."""
        self.folder, self._find = folder, find

    def place(self, digest: Digest) -> Place:
        """Give where an object lies.

        Raises:
            EvidenceError: it is not known.
        """
        place = self._find(digest)
        if place is None:
            raise EvidenceError(f"no object {digest} is kept here")
        return place

    def body(self, digest: Digest) -> bytes:
        """Give an object's bytes, proved against their digest.

        Raises:
            EvidenceError: they are missing or are not what was kept.
        """
        body = self._read(self.place(digest)).body
        if digest_of(body) != digest:
            raise EvidenceError(f"{digest} has changed: its bytes now give {digest_of(body)}")
        return body

    def record(self, digest: Digest) -> KeptRecord:
        """Give the record under which a body was kept; for a blob, one without headers."""
        return self._read(self.place(digest))

    def request(self, digest: Digest) -> str:
        """Give the head of the request that a body answered, as sent; empty for what is not HTTP.

        Raises:
            EvidenceError: it is missing or unreadable.
        """
        place = self.place(digest)
        if place.kind is not ProofKind.HTTP:
            return ""
        try:
            with (self.folder / place.path).open("rb") as file:
                file.seek(place.offset + place.length)
                raw = file.read(_REQUEST)
            text = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(raw, _REQUEST)
        except (OSError, zlib.error) as exc:
            raise EvidenceError(f"{place.path} cannot be read: {exc}") from exc
        head, _, block = text.partition(b"\r\n\r\n")
        return block.strip().decode("latin-1") if b"WARC-Type: request" in head else ""

    def _read(self, place: Place) -> KeptRecord:
        try:
            with (self.folder / place.path).open("rb") as file:
                file.seek(place.offset)
                raw = file.read(place.length)
        except OSError as exc:
            raise EvidenceError(f"{place.path} cannot be read: {exc.strerror}") from exc
        if place.kind is not ProofKind.HTTP:
            return KeptRecord(warc={}, status_line="", headers=(), body=raw)
        return read_record(raw, place.path)


def read_record(raw: bytes, path: str) -> KeptRecord:
    """Read one gzip member that holds one WARC record with an HTTP answer.

    Raises:
        EvidenceError: it is not such a record.
    """
    try:
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        text = stream.decompress(raw, _MOST)
        if not stream.eof or stream.unused_data:
            raise EvidenceError(f"{path}: a record is cut off or has bytes behind it")
    except (zlib.error, gzip.BadGzipFile) as exc:
        raise EvidenceError(f"{path}: a record cannot be unpacked: {exc}") from exc
    warc, parted, rest = text.partition(b"\r\n\r\n")
    fields = _fields(warc.split(b"\r\n")[1:])
    try:
        block = rest[: int(fields["content-length"])]
    except (KeyError, ValueError) as exc:
        raise EvidenceError(f"{path}: a record has no length") from exc
    if not parted or rest[len(block) :] != b"\r\n\r\n":
        raise EvidenceError(f"{path}: a record does not end where it says")
    head, _, body = block.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    pairs = tuple(
        (name.decode("latin-1"), value.strip().decode("latin-1"))
        for name, _, value in (line.partition(b":") for line in lines[1:])
    )
    return KeptRecord(warc=fields, status_line=lines[0].decode("latin-1"), headers=pairs, body=body)


def _fields(lines: list[bytes]) -> dict[str, str]:
    pairs = (line.decode("utf-8", "replace").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
