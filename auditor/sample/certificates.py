"""The sample's own certificates: a root, an intermediate, and for each host a right or a wrong one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

__all__ = ["Authority", "CertificateKind", "authority", "certificate"]

_KEPT_FRESH = timedelta(days=85)
"""A kept certificate with fewer days left is made anew, so that what the truth table says of its days stays true."""
_LEAF_DAYS = timedelta(days=90)
_EXPIRED_AGO = timedelta(days=10)
_AUTHORITY_DAYS = timedelta(days=3650)
_AUTHORITY_FRESH = timedelta(days=365)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class CertificateKind(StrEnum):
    """What is right or wrong with a host's certificate."""

    GOOD = "good"
    EXPIRED = "expired"
    WRONG_NAME = "wrong_name"
    SELF_SIGNED = "self_signed"
    LEAF_ONLY = "leaf_only"
    """Trusted, but sent without the intermediate that leads to the root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who signs. ``root`` is the file a visitor trusts; ``folder`` keeps what was made."""

    folder: Path
    root: Path
    intermediate: x509.Certificate
    key: Key


def authority(folder: Path, *, now: datetime) -> Authority:
    """Give the sample's authority, as kept in the folder if it is still good, else a new one."""
    folder.mkdir(parents=True, exist_ok=True)
    root, signer = folder / "root.pem", folder / "intermediate.pem"
    kept = _read(signer) if root.exists() else None
    if kept is None or kept[0][0].not_valid_after_utc < now + _AUTHORITY_FRESH:
        for stale in folder.glob("*.pem"):
            stale.unlink()
        top_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        top = _sign(_named("Sample Root CA"), _named("Sample Root CA"), top_key, top_key, now, depth=1)
        middle = _sign(_named("Sample Issuing CA"), top.subject, key, top_key, now, depth=0, issuer_cert=top)
        root.write_bytes(_pem(top))
        _write(signer, [middle], key)
        kept = [middle], key
    return Authority(folder=folder, root=root, intermediate=kept[0][0], key=kept[1])


def certificate(by: Authority, host: str, kind: CertificateKind, *, now: datetime, rsa_bits: int = 0) -> Path:
    """Give the file with a host's chain and key; a kept one that is still as it should be is used again."""
    path = by.folder / f"{host}.{kind}.{rsa_bits or 'ec'}.pem"
    kept = _read(path)
    if kept is not None and (kind is CertificateKind.EXPIRED or kept[0][0].not_valid_after_utc > now + _KEPT_FRESH):
        return path
    key: Key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
    name = f"www.khac-{host}" if kind is CertificateKind.WRONG_NAME else host
    if kind is CertificateKind.SELF_SIGNED:
        leaf = _sign(_named(name), _named(name), key, key, now, host=name)
    else:
        end = now - _EXPIRED_AGO if kind is CertificateKind.EXPIRED else now + _LEAF_DAYS
        leaf = _sign(_named(name), by.intermediate.subject, key, by.key, now, host=name, end=end, issuer_cert=by.intermediate)
    alone = kind in {CertificateKind.SELF_SIGNED, CertificateKind.LEAF_ONLY}
    _write(path, [leaf] if alone else [leaf, by.intermediate], key)
    return path


def _sign(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    signer: Key,
    now: datetime,
    *,
    host: str = "",
    depth: int = 0,
    end: datetime | None = None,
    issuer_cert: x509.Certificate | None = None,
) -> x509.Certificate:
    """Make a certificate: for a host when one is named, else for an authority over ``depth`` more."""
    until = end or now + (_LEAF_DAYS if host else _AUTHORITY_DAYS)
    since = until - _LEAF_DAYS - timedelta(days=1) if host else now - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=not host, path_length=None if host else depth), critical=True)
        .add_extension(_usage(authority=not host), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if host:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    assert issuer_cert is None or issuer_cert.subject == issuer
    return builder.sign(signer, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(common: str) -> x509.Name:
    organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Auditor sample province")
    return x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, chain: list[x509.Certificate], key: Key) -> None:
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.touch(mode=0o600)
    path.write_bytes(b"".join(map(_pem, chain)) + secret)


def _read(path: Path) -> tuple[list[x509.Certificate], Key] | None:
    """Give a kept chain and key, None if there is none that can be read."""
    try:
        body = path.read_bytes()
        key = serialization.load_pem_private_key(body, password=None)
        chain = x509.load_pem_x509_certificates(body)
    except (OSError, ValueError):
        return None
    return (chain, key) if isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) else None
