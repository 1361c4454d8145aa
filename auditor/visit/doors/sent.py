"""The certificates that a server sent in a handshake of Python's own TLS, as DANE compares them."""

import hashlib
import ssl

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auditor.sdk.doors import Sent

__all__ = ["sent_by"]

_MOST = 10
_MOST_NAMES = 50
_DER = 2
"""What the TLS library calls the binary form."""


def sent_by(wrapped: ssl.SSLObject) -> tuple[Sent, ...]:
    """Give what was sent, the server's own first; what nobody can read ends the list."""
    found: list[tuple[bytes, bytes, x509.Certificate]] = []
    for der in _binary(wrapped)[:_MOST]:
        try:
            one = x509.load_der_x509_certificate(der)
            key = one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except (ValueError, UnsupportedAlgorithm):
            break
        found.append((der, key, one))
    following = [certificate for _, _, certificate in found[1:]]
    return tuple(
        Sent(
            whole=_digests(der),
            key=_digests(key),
            issued=number < len(following) and _issued(one, following[number]),
            names=_names(one) if number == 0 else (),
        )
        for number, (der, key, one) in enumerate(found)
    )


def _binary(wrapped: ssl.SSLObject) -> list[bytes]:
    """Give the chain as sent: Python offers it in public from 3.13 on, before that under its own object alone."""
    public = getattr(wrapped, "get_unverified_chain", None)
    if public is not None:
        return [*public()]
    chain = getattr(getattr(wrapped, "_sslobj", None), "get_unverified_chain", None)
    if chain is not None:
        return [certificate.public_bytes(_DER) for certificate in chain() or ()]
    own = wrapped.getpeercert(binary_form=True)
    return [own] if own else []


def _digests(text: bytes) -> tuple[str, str]:
    return hashlib.sha256(text).hexdigest(), hashlib.sha512(text).hexdigest()


def _issued(one: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _names(one: x509.Certificate) -> tuple[str, ...]:
    try:
        found = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return tuple(name.lower() for name in found.get_values_for_type(x509.DNSName)[:_MOST_NAMES])
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return ()
