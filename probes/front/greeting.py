"""What a failed handshake proves: a server that speaks TLS, only not with our client, or one that never said a word of it."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from auditor.model.evidence import Exchange
from auditor.model.note import Note
from auditor.model.visit import Cause
from auditor.sdk.details import told
from auditor.sdk.tls import TlsOpening

__all__ = ["excuse_of", "fault_of", "lets_in", "refuses_versions", "speaks_tls"]

_SAID = re.compile(r"\[SSL(?:: ([A-Z0-9_]+))?\] ?(.*)", re.DOTALL)
_ALERT = re.compile(r"(SSLV3|TLSV1|TLSV13)_ALERT_[A-Z0-9_]+")
_ALERTS = {
    "NO_APPLICATION_PROTOCOL", "NO_RENEGOTIATION", "TLSV1_CERTIFICATE_UNOBTAINABLE", "TLSV1_UNRECOGNIZED_NAME",
    "TLSV1_UNSUPPORTED_EXTENSION", "UNKNOWN_ALERT_TYPE",
}  # fmt: skip
"""Alerts under other names."""
_HELLOS = {
    "BAD_EXTENSION", "BAD_HRR_VERSION", "BAD_KEY_SHARE", "BAD_LENGTH", "COMPRESSION_DISABLED", "INAPPROPRIATE_FALLBACK",
    "INVALID_COMPRESSION_ALGORITHM", "INVALID_SESSION_ID", "NO_SHARED_CIPHER", "NO_SUITABLE_GROUPS", "NO_SUITABLE_KEY_SHARE",
    "RENEGOTIATION_MISMATCH", "UNKNOWN_CIPHER_RETURNED", "UNKNOWN_SSL_VERSION", "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
    "UNSOLICITED_EXTENSION", "UNSUPPORTED_COMPRESSION_ALGORITHM", "UNSUPPORTED_PROTOCOL", "UNSUPPORTED_SSL_VERSION",
    "VERSION_TOO_HIGH", "VERSION_TOO_LOW", "WRONG_CIPHER_RETURNED", "WRONG_SSL_VERSION",
}  # fmt: skip
"""What our library has against a server's hello, which it must have read for that."""
_KEYS = {
    "BAD_DH_VALUE", "BAD_ECC_CERT", "BAD_ECPOINT", "BAD_SIGNATURE", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK",
    "CERTIFICATE_VERIFY_FAILED", "CERT_LENGTH_MISMATCH", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "DH_KEY_TOO_SMALL",
    "DIGEST_CHECK_FAILED", "EE_KEY_TOO_SMALL", "INVALID_CERTIFICATE_OR_ALG", "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED",
    "UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS", "UNKNOWN_CERTIFICATE_TYPE", "UNKNOWN_PKEY_TYPE", "UNSUPPORTED_ELLIPTIC_CURVE",
    "WRONG_CERTIFICATE_TYPE", "WRONG_CURVE", "WRONG_SIGNATURE_LENGTH", "WRONG_SIGNATURE_SIZE", "WRONG_SIGNATURE_TYPE",
}  # fmt: skip
"""What it has against a certificate or the exchange of keys, which come after a hello."""
_VERSIONS = {"TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION"}
"""The alert that answers an offer of versions none of which is taken (RFC 8446 section 6.2), and what our library has against an
answer in an older version than any that was offered."""
_MAX_FAULT = 200
_HTTPS = 443
_OF_TODAY = {"tls1.2", "tls1.3"}


def speaks_tls(exchange: Exchange) -> bool:
    """Tell whether the server answered our hello in TLS, though no connection came of it. Such a server is not down."""
    said = _SAID.search(exchange.detail)
    return exchange.status is None and exchange.cause is Cause.TLS and said is not None and _proves(said[1] or "")


def _proves(error: str) -> bool:
    """Tell whether our library's error proves that it read TLS.

    WRONG_VERSION_NUMBER, HTTP_REQUEST, PACKET_LENGTH_TOO_LONG and UNEXPECTED_MESSAGE come of bytes that are none, too, and
    UNEXPECTED_EOF_WHILE_READING of no bytes at all. What Python has no name for is an alert of a newer day.
    """
    return not error or _ALERT.fullmatch(error) is not None or error in _ALERTS | _HELLOS | _KEYS


def refuses_versions(exchange: Exchange) -> bool:
    """Tell whether a server refused TLS 1.2 and 1.3, offered together as browsers offer them, who offer nothing older."""
    said = _SAID.search(exchange.unverified or (exchange.detail if speaks_tls(exchange) else ""))
    return said is not None and said[1] in _VERSIONS


def lets_in(exchange: Exchange, openings: Iterable[TlsOpening]) -> bool | None:
    """Tell whether a server that speaks TLS, only not with our client, lets another one in; None where that is not known."""
    place = _place(exchange.url)
    found = {one.opened for one in openings if (one.host, one.port) == place} if speaks_tls(exchange) else set()
    return True if True in found else None if None in found or not found else False


def excuse_of(exchange: Exchange, openings: Iterable[TlsOpening]) -> Cause:
    """Say whose fault a refused handshake is: ours, unless nobody gets in but who still speaks what browsers have given up.

    One who refuses their versions refuses browsers as he does us, whatever he takes of who offers it otherwise.
    """
    if refuses_versions(exchange):
        return Cause.TLS
    openings = [one for one in openings if (one.host, one.port) == _place(exchange.url)]
    if not openings or any(one.opened is None or one.version in _OF_TODAY for one in openings):
        return Cause.CAPABILITY
    return Cause.TLS


def _place(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.port or _HTTPS
    except ValueError:
        return "", 0


def fault_of(exchange: Exchange) -> Note:
    """Say it in the words that the library's have."""
    said = _SAID.search(exchange.detail)
    words = (said[2].rpartition(" (_ssl")[0] or said[2] or said[1] or exchange.detail) if said else exchange.detail
    return told(words[:_MAX_FAULT])
