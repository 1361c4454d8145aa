"""Kept bytes and what was exchanged for them. Bytes are named by their SHA-256."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from auditor.model.ids import Digest
from auditor.model.visit import Cause

__all__ = ["Chain", "Cut", "Earlier", "Exchange", "Phases", "Proof", "ProofKind", "digest_of"]


class ProofKind(StrEnum):
    """What a piece of evidence is."""

    HTTP = "http"
    """The decoded body of an HTTP answer; its headers stand in the same WARC record."""
    BLOB = "blob"
    """Anything else: a certificate chain, DNS answers, an imported declaration."""
    VISIT = "visit"
    """The record of a visit: all that was seen, as JSON."""


class Cut(StrEnum):
    """Which limit ended an exchange or a crawl early."""

    SECONDS = "seconds"
    WIRE = "wire"
    DECODED = "decoded"
    HOPS = "hops"
    PAGES = "pages"
    REQUESTS = "requests"
    DEPTH = "depth"
    TRAP = "trap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A reference to one piece of kept evidence. ``passage`` is the text in it that decided, verbatim, for people to find."""

    digest: Digest
    kind: ProofKind
    media_type: str
    size: int
    url: str | None = None
    record: str | None = None
    passage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The answer in full that a server confirmed on a later night (304, Not Modified): its WARC record, and when it came."""

    record: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """How many seconds each step of a new connection took; ``tls`` is None where there was none."""

    resolve: str
    connect: str
    tls: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, or why there was none.

    ``status`` is None when no complete head of an answer came; then ``cause`` says why. ``cause`` may also be set beside a
    status (a body cut off, undecodable, too large). It never judges content: a 404 has no cause here. ``detail`` says more of the
    cause; without one, what was not whole about an answer that can be read all the same.
    ``headers`` are as sent, in order, names as sent, undecodable bytes as Latin-1. ``body`` is the decoded body as far as it was
    read; ``digest`` names it. ``record`` is the id of its WARC record (``urn:uuid:…``), None when nothing came over the wire.
    ``unverified`` says why the certificate did not verify, when the page was read all the same. ``why`` is what led the
    probe to ask. ``seconds`` runs from the request's start to the body's end.
    ``earlier`` is set when the server said that the page is as it was (304): then ``record`` is that answer of tonight,
    ``status`` and ``body`` are those of the earlier one, and ``headers`` are its headers updated by tonight's (RFC 9111
    section 3.2).
    ``phases`` are those of the connection that was made for it, None where one stood already or none came to stand.
    """

    url: str
    method: str = "GET"
    request_headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    reason: str = ""
    http_version: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    digest: Digest | None = None
    record: str | None = None
    at: datetime
    seconds: str = "0"
    first_byte_seconds: str | None = None
    address: str | None = None
    cause: Cause | None = None
    detail: str = ""
    cut: Cut | None = None
    wire_bytes: int = 0
    unverified: str = ""
    why: str = ""
    earlier: Earlier | None = None
    phases: Phases | None = None

    def header(self, name: str) -> str | None:
        """Give the first header of that name, whatever its case."""
        return next(self.header_all(name), None)

    def header_all(self, name: str) -> Iterator[str]:
        """Give every header of that name, in order."""
        wanted = name.lower()
        return (value for key, value in self.headers if key.lower() == wanted)

    @property
    def media_type(self) -> str:
        """Give the declared media type without parameters, lower case; empty if none."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    def proof(self, passage: str | None = None) -> Proof | None:
        """Point at this answer's kept body; None when no answer was kept. A body without a record did not come over the wire."""
        if self.digest is None:
            return None
        return Proof(
            digest=self.digest,
            kind=ProofKind.HTTP if self.record else ProofKind.BLOB,
            media_type=self.media_type or "application/octet-stream",
            size=len(self.body),
            url=self.url,
            record=self.record,
            passage=passage,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A request followed through its redirects, hop by hop; at least one exchange.

    ``confirmed`` is the second try, over a fresh connection after a pause, when the first one failed: then ``final`` is the
    second's last. ``cause`` is set when no final answer was had: the final exchange's cause, or ``redirects``, after blame
    was found (our own link, or ambiguous).
    """

    hops: tuple[Exchange, ...]
    confirmed: tuple[Exchange, ...] = ()
    cause: Cause | None = None

    @property
    def final(self) -> Exchange:
        """Give the last exchange."""
        return self.confirmed[-1] if self.confirmed else self.hops[-1]

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Give every exchange, in order of time."""
        return self.hops + self.confirmed


def digest_of(body: bytes) -> Digest:
    """Name bytes by their SHA-256."""
    return Digest("sha256:" + hashlib.sha256(body).hexdigest())
