"""What a failed handshake proves: a server that speaks TLS, only not with our client, or one that never said a word of it."""

import re

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause

__all__ = ["fault_of", "speaks_tls"]

_SAID = re.compile(r"\[SSL: ([A-Z0-9_]+)\] ?(.*)", re.DOTALL)
_UNHEARD = {"UNEXPECTED_EOF_WHILE_READING", "WRONG_VERSION_NUMBER"}
"""What our library says of a connection that ends, and of bytes that are no TLS. All else it read in TLS from the server: an
alert, suites or a protocol that it lacks, a certificate."""
_MAX_FAULT = 200


def speaks_tls(exchange: Exchange) -> bool:
    """Tell whether the server answered our hello in TLS, though no connection came of it. Such a server is not down."""
    said = _SAID.search(exchange.detail)
    return exchange.status is None and exchange.cause is Cause.TLS and said is not None and said[1] not in _UNHEARD


def fault_of(exchange: Exchange) -> str:
    """Give the library's own words for it."""
    said = _SAID.search(exchange.detail)
    words = (said[2].rpartition(" (_ssl")[0] or said[2] or said[1]) if said else exchange.detail
    return words[:_MAX_FAULT].rstrip(".")
