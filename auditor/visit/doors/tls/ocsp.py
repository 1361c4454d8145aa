"""What an authority answers about one certificate, stapled or asked for: its signed word whether it was revoked (RFC 6960)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from auditor.sdk.tls import Certificate
from auditor.visit.doors.tls.certificate import UNREADABLE, extension_of, read
from auditor.visit.doors.tls.chain import Roots

__all__ = ["Case", "Word", "case_of", "ocsp_addresses", "ocsp_request", "ocsp_word"]

_SAID = {ocsp.OCSPCertStatus.GOOD: False, ocsp.OCSPCertStatus.REVOKED: True}
_MOST = 5
"""So many authorities of one name, and so many whom each lets answer, are believed to be meant: each costs a signature."""
_SKEW = timedelta(minutes=5)
"""So much may an authority's clock be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one means says: revoked, not revoked, or nothing that counts (None); ``at`` is when it was said.

    ``fault`` and ``detail`` are the reason, in a short word and in a sentence.
    """

    revoked: bool | None
    fault: str = ""
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A certificate in question, and those who are proven to have signed it."""

    leaf: x509.Certificate
    issuers: tuple[x509.Certificate, ...]


def case_of(chain: tuple[Certificate, ...], roots: Roots) -> Case | None:
    """Give the case of a chain's first certificate; None where it cannot be read or nobody is known to have signed it."""
    leaf = next((found for one in chain[:1] for found in read(one.der)), None)
    if leaf is None:
        return None
    name = leaf.issuer.public_bytes()
    sent = [found for one in chain[1:] for found in read(one.der)]
    given = [*roots.anchors.get(name, ()), *roots.intermediates.get(name, ())]
    issuers = tuple(one for one in list(dict.fromkeys([*sent, *given]))[:_MOST] if _issued(leaf, one))
    return Case(leaf=leaf, issuers=issuers) if issuers else None


def ocsp_request(case: Case) -> bytes:
    """Give the question about a certificate, as it is sent; without a nonce, so that everybody's answer is the same."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(case.leaf, case.issuers[0], hashes.SHA1())  # noqa: S303 - RFC 5019
    return builder.build().public_bytes(Encoding.DER)


def ocsp_word(der: bytes, case: Case, now: datetime, *, endless: timedelta | None = None) -> Word:
    """Read an answer: it counts when it is for this certificate, of now, and signed by its authority or whom that lets answer.

    ``endless`` is how old one may be that does not say until when it holds; without it, none of those counts.
    """
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return Word(revoked=None, fault="no_answer", detail=f"the authority answers {answer.response_status.name.lower()}")
        issuer = next((one for one in case.issuers if any(_signed(answer, by) for by in _responders(answer, one, now))), None)
        if issuer is None:
            return Word(revoked=None, fault="not_signed", detail="the answer is not signed by the authority")
        said = next((one for one in answer.responses if _is_about(one, case.leaf, issuer)), None)
        if said is None:
            return Word(revoked=None, fault="another_certificate", detail="the answer is about another certificate")
        return _of_now(said, now, endless)
    except UNREADABLE:
        return Word(revoked=None, fault="unreadable", detail="what comes is no answer of OCSP")


def _of_now(said: ocsp.OCSPSingleResponse, now: datetime, endless: timedelta | None) -> Word:
    begins, ends = said.this_update_utc, said.next_update_utc
    if ends is None and endless is not None:
        ends = begins + endless
    if ends is None or not begins - _SKEW <= now <= ends:
        until = ends.date() if ends else "nobody knows"
        return Word(revoked=None, fault="not_of_now", detail=f"the answer is of {begins.date()} and holds until {until}")
    if said.certificate_status not in _SAID:
        return Word(revoked=None, fault="unknown_certificate", detail="the authority does not know the certificate", at=begins)
    return Word(revoked=_SAID[said.certificate_status], at=begins)


def _is_about(said: ocsp.OCSPSingleResponse, leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    if said.serial_number != leaf.serial_number:
        return False
    asked = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, said.hash_algorithm).build()
    return (said.issuer_name_hash, said.issuer_key_hash) == (asked.issuer_name_hash, asked.issuer_key_hash)


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
    signed, text = answer.signature, answer.tbs_response_bytes
    try:
        match key:
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
                key.verify(signed, text)
            case rsa.RSAPublicKey() if algorithm is not None and not isinstance(algorithm, hashes.MD5):
                key.verify(signed, text, padding.PKCS1v15(), algorithm)
            case ec.EllipticCurvePublicKey() if algorithm is not None:
                key.verify(signed, text, ec.ECDSA(algorithm))
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def ocsp_addresses(case: Case) -> list[str]:
    """Give where the certificate says that its authority answers."""
    access = extension_of(case.leaf, x509.AuthorityInformationAccess) or ()
    return [
        one.access_location.value
        for one in access
        if one.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(one.access_location, x509.UniformResourceIdentifier)
    ]
