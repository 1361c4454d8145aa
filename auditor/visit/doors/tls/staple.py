"""What a server staples to its certificate: its authority's signed word whether the certificate was revoked (RFC 6960)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from auditor.sdk.tls import Certificate
from auditor.visit.doors.tls.certificate import UNREADABLE, extension_of, read
from auditor.visit.doors.tls.chain import Roots

__all__ = ["is_revoked"]

_SAID = {ocsp.OCSPCertStatus.GOOD: False, ocsp.OCSPCertStatus.REVOKED: True}

_MOST = 5
"""So many authorities of one name, and so many whom each lets answer, are believed to be meant: each costs a signature."""


def is_revoked(staples: Iterable[bytes], chain: tuple[Certificate, ...], roots: Roots, now: datetime) -> bool | None:
    """Tell whether a stapled answer says so; None unless one is for this certificate, of now, and signed by its authority."""
    leaf = next((found for one in chain[:1] for found in read(one.der)), None)
    if leaf is None:
        return None
    issuers = [found for one in chain[1:] for found in read(one.der)] + roots.anchors.get(leaf.issuer.public_bytes(), [])
    signers = [one for one in list(dict.fromkeys(issuers))[:_MOST] if _issued(leaf, one)]
    said = [found for der in staples for issuer in signers if (found := _said(der, leaf, issuer, now)) is not None]
    return any(said) if said else None


def _said(der: bytes, leaf: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool | None:
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL or answer.serial_number != leaf.serial_number:
            return None
        until = answer.next_update_utc
        if until is None or not answer.this_update_utc <= now <= until:
            return None
        if any(_signed(answer, one) for one in _responders(answer, issuer, now)):
            return _SAID.get(answer.certificate_status)
    except UNREADABLE:
        return None
    return None


def _responders(answer: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> Iterator[x509.Certificate]:
    """Give those who may answer: the authority itself, and whom it says so of (RFC 6960 section 4.2.2.2)."""
    yield issuer
    for one in answer.certificates[:_MOST]:
        usage = extension_of(one, x509.ExtendedKeyUsage)
        if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            continue
        if usage is not None and ExtendedKeyUsageOID.OCSP_SIGNING in usage and _issued(one, issuer):
            yield one


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def _signed(answer: ocsp.OCSPResponse, by: x509.Certificate) -> bool:
    key, algorithm = by.public_key(), answer.signature_hash_algorithm
    if algorithm is None or isinstance(algorithm, hashes.MD5):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True
