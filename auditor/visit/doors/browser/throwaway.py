"""The certificate with which our proxy speaks TLS to our browser: made for one run, trusted by that browser alone.

It proves nothing about a site: the real certificate is judged where the request really goes out, by the HTTP door.
"""

import base64
import hashlib
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Throwaway", "throwaway"]

_DAYS = 30
_PEM, _PLAIN = serialization.Encoding.PEM, serialization.NoEncryption()


@dataclass(frozen=True, slots=True, kw_only=True)
class Throwaway:
    """The proxy's TLS context, and the SHA-256 of its public key in Base64, as Chromium takes it."""

    context: ssl.SSLContext
    key_digest: str


def throwaway(folder: Path, now: datetime) -> Throwaway:
    """Make one. Its key lies in ``folder`` only while it is read: Python's ssl takes keys from files alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "auditor's own proxy")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    path = folder / "proxy.pem"
    try:
        path.touch(0o600)
        path.write_bytes(key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, _PLAIN) + certificate.public_bytes(_PEM))
        context.load_cert_chain(path)
    finally:
        path.unlink(missing_ok=True)
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Throwaway(context=context, key_digest=base64.b64encode(hashlib.sha256(spki).digest()).decode())
