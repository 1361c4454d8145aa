"""HTTP/2 that a server agrees to and does not speak: what the door says of an answer that came in HTTP/1.1 all the same."""

from auditor.model.evidence import Exchange
from auditor.model.note import Note
from auditor.sdk.details import told

__all__ = ["http2_fault", "is_unkept"]

_UNKEPT = "HTTP/2 was agreed on in the handshake and is not spoken: "


def is_unkept(exchange: Exchange) -> bool:
    """Tell whether an answer came only in HTTP/1.1, after HTTP/2 was agreed on and failed twice."""
    return exchange.status is not None and exchange.cause is None and exchange.detail.startswith(_UNKEPT)


def http2_fault(exchange: Exchange) -> Note:
    """Say how it failed."""
    return told(exchange.detail.removeprefix(_UNKEPT).partition("; ")[0])
