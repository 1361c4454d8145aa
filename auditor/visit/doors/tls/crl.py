"""The list of certificates that an authority has revoked, as it publishes it (RFC 5280 section 5)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from cryptography import x509

from auditor.visit.doors.tls.certificate import UNREADABLE, extension_of
from auditor.visit.doors.tls.ocsp import Case, Word

__all__ = ["crl_addresses", "crl_word"]

_SKEW = timedelta(minutes=5)
_KNOWN = (x509.IssuingDistributionPoint, x509.CRLNumber, x509.AuthorityKeyIdentifier)


def crl_addresses(case: Case) -> list[str]:
    """Give where the certificate says that the list is."""
    points = extension_of(case.leaf, x509.CRLDistributionPoints) or ()
    # A point with an issuer of its own is of a list that somebody else signs, one with reasons tells some of them only.
    whole = [point for point in points if not point.crl_issuer and not point.reasons]
    return [name for point in whole for name in _addresses(point.full_name or ())]


def _addresses(names: Iterable[x509.GeneralName]) -> list[str]:
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]


def _names_beside(case: Case, url: str) -> frozenset[str]:
    """Give the addresses of the point that names this one: a list of a part has to bear one of them (RFC 5280 section 6.3.3)."""
    points = [{*_addresses(point.full_name or ())} for point in extension_of(case.leaf, x509.CRLDistributionPoints) or ()]
    return frozenset(name for point in points if url in point for name in point)


def crl_word(body: bytes, case: Case, now: datetime, url: str) -> Word:
    """Look a certificate up: the list counts when it is of now, signed by the certificate's authority, and of the right part.

    ``url`` is where it was fetched, one of the certificate's distribution points.
    """
    try:
        found = _read(body)
        if found is None:
            return Word(revoked=None, fault="unreadable", detail="what comes is no list of revoked certificates")
        if not any(_signed(found, issuer) for issuer in case.issuers):
            return Word(revoked=None, fault="not_signed", detail="the list is not signed by the authority")
        for fault, detail in _lacks(found, now, _names_beside(case, url)):
            return Word(revoked=None, fault=fault, detail=detail)
        named = found.get_revoked_certificate_by_serial_number(case.leaf.serial_number)
        return Word(revoked=named is not None, at=found.last_update_utc)
    except UNREADABLE:
        return Word(revoked=None, fault="unreadable", detail="the list cannot be read")


def _read(body: bytes) -> x509.CertificateRevocationList | None:
    """Read it as it should be, or in letters, as some authorities send it."""
    for load in (x509.load_der_x509_crl, x509.load_pem_x509_crl):
        try:
            return load(body)
        except UNREADABLE:
            continue
    return None


def _signed(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    usage = extension_of(issuer, x509.KeyUsage)
    if found.issuer != issuer.subject or (usage is not None and not usage.crl_sign):
        return False
    key = issuer.public_key()
    return found.is_signature_valid(key)  # type: ignore[arg-type]  # of a kind that cannot sign it says so itself


def _lacks(found: x509.CertificateRevocationList, now: datetime, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    begins, ends = found.last_update_utc, found.next_update_utc
    if ends is None or not begins - _SKEW <= now <= ends:
        yield "not_of_now", f"the list is of {begins.date()} and holds until {ends.date() if ends else 'nobody knows'}"
    for extension in found.extensions:
        scope = extension.value
        if isinstance(scope, x509.DeltaCRLIndicator):
            yield "changes_only", "the list holds changes only"
        elif isinstance(scope, x509.IssuingDistributionPoint):
            if (
                scope.indirect_crl
                or scope.only_some_reasons
                or scope.only_contains_ca_certs
                or scope.only_contains_attribute_certs
            ):
                yield "another_scope", "the list is of another scope"
            elif scope.relative_name is not None or (scope.full_name and not names & {*_addresses(scope.full_name)}):
                yield "another_part", "the list is of another part than that of the certificate"
        elif extension.critical and not isinstance(scope, _KNOWN):
            yield "unknown_extension", f"the list has an extension that nobody knows: {extension.oid.dotted_string}"
