"""What a failed handshake proves: a server that speaks TLS, only not with our client, or one that never said a word of it."""

import re

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause

__all__ = ["fault_of", "speaks_tls"]

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
_MAX_FAULT = 200


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


def fault_of(exchange: Exchange) -> str:
    """Give the library's own words for it."""
    said = _SAID.search(exchange.detail)
    words = (said[2].rpartition(" (_ssl")[0] or said[2] or said[1] or exchange.detail) if said else exchange.detail
    return words[:_MAX_FAULT].rstrip(".")
