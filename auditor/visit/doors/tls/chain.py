"""The path from a certificate to a trusted root, apart from names and dates.

Every verifier at hand mixes these: a browser says "not trusted" of a certificate that expired yesterday. An agency needs to know
which of them is wrong, so the path is built here from signatures alone.
"""

import re
import ssl
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from auditor.visit.doors.tls.certificate import UNREADABLE, read, text_of
from auditor.visit.doors.tls.fitness import constrained, overstepped, refused_authority, unfit

__all__ = ["Roots", "Verdict", "load_roots", "verdict"]

_MAX_DEPTH = 10
_MAX_SIGNATURES = 60
"""A hostile chain may name its certificates in circles: after so many signatures the search is given up."""
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the path search found.

    ``trusted`` is None when this machine has no roots to trust. ``path`` are the SHA-256 of the certificates on the path but for
    the root.
    """

    trusted: bool | None
    complete: bool
    detail: str
    path: tuple[str, ...] = ()


@dataclass
class Roots:
    """The roots that are trusted, and the intermediates that the operator gave us beside them, by subject."""

    anchors: dict[bytes, list[x509.Certificate]] = field(default_factory=dict)
    intermediates: dict[bytes, list[x509.Certificate]] = field(default_factory=dict)

    def add(self, pem: bytes) -> None:
        """Take every certificate of a PEM bundle: one that signed itself is a root."""
        for certificate in _of_pem(pem):
            try:
                subject, issuer = certificate.subject.public_bytes(), certificate.issuer.public_bytes()
            except UNREADABLE:
                continue
            place = self.anchors if subject == issuer else self.intermediates
            place.setdefault(subject, []).append(certificate)

    def holds(self, certificate: x509.Certificate) -> bool:
        """Tell whether this very certificate is a root."""
        return certificate in self.anchors.get(certificate.subject.public_bytes(), [])


def load_roots(trust: Iterable[Path]) -> Roots:
    """Give the system's roots and those of our own bundles. Takes some tens of milliseconds."""
    roots = Roots()
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        roots.add(Path(paths.cafile).read_bytes())
    elif paths.capath:
        bundles = {path.resolve() for path in Path(paths.capath).glob("*") if path.is_file()}
        for path in sorted(bundles):
            roots.add(path.read_bytes())
    for path in trust:
        roots.add(path.read_bytes())
    return roots


def verdict(chain: Sequence[bytes], roots: Roots, at: datetime) -> Verdict:
    """Say whether a path of good signatures leads from the first certificate to a root, whatever the dates and names.

    Where there are several, it is one that browsers may take: its root is valid at that moment (an expired one is trusted no
    more), its intermediates may issue for servers, and they are valid too if there is such a one. ``complete`` asks the same of a
    client that knows nothing but its roots and what was sent; a chain that ends in its own self-signed root is complete too, and
    still not trusted.
    """
    sent = [found for der in chain for found in read(der)]
    if not sent or not read(chain[0]):
        return Verdict(trusted=False, complete=False, detail="no certificate that can be read")
    problem = unfit(sent[0])
    given = [one for found in roots.intermediates.values() for one in found]
    for strict, (complete, others) in product((True, False), ((True, sent[1:]), (False, [*sent[1:], *given]))):
        for known in ([one for one in others if _is_valid(one, at)], others):
            path = _Search(known, roots, at if strict else None).path(sent[0])
            if path is not None:
                return _judged(path, problem or _barred(path, at), complete=complete, roots=roots)
    for complete, others in ((True, sent[1:]), (False, [*sent[1:], *given])):
        path = _Search(others, roots, whoever=True).path(sent[0])
        if path is not None:  # everything is there, only that one of them had no right to sign
            return _judged(path, _overstepped(path), complete=complete, roots=roots)
    alone = _Search(sent[1:], roots)
    alone.path(sent[0])
    trusted = False if roots.anchors else None
    return Verdict(trusted=trusted, complete=alone.ended_in_itself, detail=alone.detail)


def _is_valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _judged(path: list[x509.Certificate], problem: str, *, complete: bool, roots: Roots) -> Verdict:
    old = next((f"{text_of(one.subject)} is signed with {old_hash}" for one in path[:-1] if (old_hash := _outdated(one))), "")
    problem = problem or (f"{old}, which browsers no longer accept" if old else constrained(path))
    return Verdict(
        trusted=not problem if roots.anchors else None,
        complete=complete,
        detail=problem or f"path to {text_of(path[-1].subject)}",
        path=tuple(one.fingerprint(hashes.SHA256()).hex() for one in path[:-1]),
    )


def _barred(path: Sequence[x509.Certificate], at: datetime) -> str:
    """Say which authority of a path makes browsers refuse it; empty if none does."""
    for authority in path[1:-1]:
        if refused := refused_authority(authority):
            return refused
    root = path[-1]
    if len(path) > 1 and not _is_valid(root, at):
        since, until = root.not_valid_before_utc.date(), root.not_valid_after_utc.date()
        return f"the root {text_of(root.subject)} is valid from {since} to {until} only"
    return ""


def _overstepped(path: Sequence[x509.Certificate]) -> str:
    return next(filter(None, (overstepped(one, path[:place]) for place, one in enumerate(path[:-1]) if place)), "")


class _Search:
    """Looks for a path, depth first, within bounds; remembers why it failed nearest to the root.

    With a moment, no root that is not valid then ends it, and no intermediate leads on that browsers refuse. With ``whoever``
    signatures alone count, whether or not they who signed had a right to.
    """

    def __init__(
        self, others: list[x509.Certificate], roots: Roots, at: datetime | None = None, *, whoever: bool = False
    ) -> None:
        self._others, self._roots, self._at, self._whoever = others[: _MAX_DEPTH * 2], roots, at, whoever
        self._left = _MAX_SIGNATURES
        self.ended_in_itself = False
        self.detail = ""

    def path(self, certificate: x509.Certificate, below: tuple[x509.Certificate, ...] = ()) -> list[x509.Certificate] | None:
        """Give the path from this certificate to a root, both included, or None."""
        if self._roots.holds(certificate) and (not below or self._lasts(certificate)):
            return [*below, certificate]
        if len(below) >= _MAX_DEPTH:
            return None
        issuer = certificate.issuer.public_bytes()
        if issuer == certificate.subject.public_bytes() and self._signed(certificate, certificate):
            self.ended_in_itself = True
            self.detail = f"{text_of(certificate.subject)} signed itself and is no trusted root"
            return None
        for root in self._roots.anchors.get(issuer, ()):
            if self._lasts(root) and self._signed(certificate, root):
                return [*below, certificate, root]
        known = [one for one in self._others if one.subject.public_bytes() == issuer and one not in (*below, certificate)]
        for one in known:
            if not self._signed(certificate, one):
                self.detail = f"{text_of(one.subject)} did not sign {text_of(certificate.subject)}"
            elif not self._whoever and (problem := overstepped(one, (*below, certificate))):
                self.detail = problem
            elif self._at is None or not refused_authority(one):
                found = self.path(one, (*below, certificate))
                if found is not None:
                    return found
        if not known and not self.ended_in_itself:
            self.detail = (
                f"the issuer of {text_of(certificate.subject)} was not sent and is no trusted root: {text_of(certificate.issuer)}"
            )
        return None

    def _lasts(self, root: x509.Certificate) -> bool:
        return self._at is None or _is_valid(root, self._at)

    def _signed(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
        if self._left <= 0:
            return False
        self._left -= 1
        try:
            if _outdated(certificate):
                return _signed_long_ago(certificate, issuer)
            certificate.verify_directly_issued_by(issuer)
        except (InvalidSignature, *UNREADABLE):
            return False
        return True


def _outdated(certificate: x509.Certificate) -> str:
    """Name a certificate's hash when it is one that can be forged; empty if it is sound."""
    try:
        algorithm = certificate.signature_hash_algorithm
    except UNREADABLE:
        return ""
    return algorithm.name if isinstance(algorithm, hashes.SHA1 | hashes.MD5) else ""


def _signed_long_ago(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Check a signature that the library refuses to check, so that "no path" is not said where the path is only old."""
    key, algorithm = issuer.public_key(), certificate.signature_hash_algorithm
    if certificate.issuer != issuer.subject or algorithm is None:
        return False
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(algorithm))
    else:
        return False
    return True


def _of_pem(pem: bytes) -> Iterator[x509.Certificate]:
    for block in _PEM.findall(pem.decode("latin-1")):
        try:
            yield from read(ssl.PEM_cert_to_DER_cert(block))
        except ValueError:
            continue
