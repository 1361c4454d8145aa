"""Reads kept evidence back: a body by its digest, an exchange by its record."""

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.errors import EvidenceError
from auditor.evidence.warc import NOT_MODIFIED
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.ids import Digest
from auditor.model.place import Place

__all__ = ["Archive", "KeptRecord", "read_record"]

_REQUEST = 256 * 1024
_MOST = 64 * 1024 * 1024
Find = Callable[[str], Place | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """One WARC record read back: its own headers, the HTTP head as text, and the body; empty for a revisit.

    ``earlier`` is the answer that a 304 confirms, without its body; None where it is no longer kept.
    """

    warc: dict[str, str]
    status_line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    earlier: "KeptRecord | None" = None

    @property
    def confirms(self) -> str | None:
        """Give the id of the record of the answer that a 304 confirms; None for any other."""
        return self.warc.get("warc-refers-to", "").strip("<>") if self.warc.get("warc-profile") == NOT_MODIFIED else None


class Archive:
    """All kept objects of an evidence folder.

    ``find`` tells where an object lies by its digest, and where an exchange lies by its record's id.
    """

    def __init__(self, folder: Path, find: Find) -> None:
        """Open an archive for reading."""
        self.folder, self._find = folder, find

    def place(self, name: str) -> Place:
        """Give where an object or an exchange lies.

        Raises:
            EvidenceError: it is not known.
        """
        place = self._find(name)
        if place is None:
            raise EvidenceError(f"no {'object' if name.startswith('sha256:') else 'record'} {name} is kept here")
        return place

    def of(self, proof: Proof) -> Place:
        """Give where what a proof points at lies: the very exchange when it names one, else the object.

        Raises:
            EvidenceError: it is not known, or the exchange is of another body.
        """
        if proof.kind is not ProofKind.HTTP or proof.record is None:
            return self.place(proof.digest)
        place = self.place(proof.record)
        if (place.digest, place.record) != (proof.digest, proof.record):
            raise EvidenceError(f"where {proof.record} should lie is the record {place.record} of {place.digest}")
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

    def record(self, place: Place) -> KeptRecord:
        """Give the record that lies there, with the body it refers to when that was kept before; for a blob, one without headers.

        Raises:
            EvidenceError: it is missing, or is not what was kept.
        """
        found = self._read(place)
        if place.kind is ProofKind.HTTP:
            _prove(place, found.warc)
        if found.warc.get("warc-type") == "revisit":
            return replace(found, body=self.body(place.digest), earlier=self._earlier(found.confirms))
        if digest_of(found.body) != place.digest:
            raise EvidenceError(f"{place.digest} has changed: its bytes now give {digest_of(found.body)}")
        return found

    def request(self, place: Place) -> str:
        """Give the head of the request that the record there answers, as sent; empty for what is not HTTP.

        Raises:
            EvidenceError: it is missing or unreadable.
        """
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
        fields = _fields(head.split(b"\r\n")[1:])
        mine = fields.get("warc-type") == "request" and fields.get("warc-concurrent-to") == f"<{place.record}>"
        return block.strip().decode("latin-1") if mine else ""

    def _earlier(self, confirms: str | None) -> KeptRecord | None:
        """Give the head of the answer that a 304 confirms."""
        if confirms is None:
            return None
        try:
            place = self.place(confirms)
            found = self._read(place)
            _prove(place, found.warc)
        except EvidenceError:
            return None
        return replace(found, body=b"")

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


def _prove(place: Place, warc: Mapping[str, str]) -> None:
    if place.record is not None and warc.get("warc-record-id") != f"<{place.record}>":
        raise EvidenceError(f"{place.path}: at {place.offset} is not the record {place.record}")
    if warc.get("warc-payload-digest") != place.digest:
        raise EvidenceError(f"{place.path}: the record {place.record} is not of {place.digest}")


def _fields(lines: list[bytes]) -> dict[str, str]:
    pairs = (line.decode("utf-8", "replace").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
