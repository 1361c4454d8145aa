"""What DNS says of one name and type."""

from dataclasses import dataclass
from datetime import datetime

from auditor.model.evidence import Proof
from auditor.model.visit import Cause

__all__ = ["DnsAnswer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsAnswer:
    """What the resolver, or one name server by itself, said of one name and type.

    ``rcode`` is ``NOERROR``, ``NXDOMAIN``, ``SERVFAIL`` …, empty when nobody answered; then ``cause`` says why. ``records`` are
    in presentation format, sorted; ``canonical`` the last name of the CNAME chain. ``security`` is our own validation from the
    anchor (``secure``, ``insecure``, ``bogus``), empty when it was not asked for or could not be done, ``security_detail``
    why. ``cause`` stands beside every ``rcode`` that is no answer: ``dns`` beside ``SERVFAIL``, ``capability`` beside all others
    (``REFUSED``, ``NOTIMP``), for then our resolver does not serve us. An answer that was cut off over TCP too is none, and
    ``ambiguous``: nobody knows what is missing, nor who cut it. ``authoritative`` is what a name server says of itself (AA).
    """

    name: str
    type: str
    rcode: str
    records: tuple[str, ...] = ()
    canonical: str = ""
    security: str = ""
    security_detail: str = ""
    cause: Cause | None = None
    detail: str = ""
    server: str = ""
    authoritative: bool = False
    at: datetime
    proof: Proof | None = None
