"""One certificate: its plain facts, and the names it is for. What cannot be read is none, never an error."""

import ipaddress
import ssl
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from auditor.sdk.tls import Certificate

__all__ = [
    "UNREADABLE",
    "certificates",
    "demands_staple",
    "extension_of",
    "is_address",
    "is_malformed",
    "is_rsa",
    "name_matches",
    "names_of",
    "pem_of",
    "read",
    "text_of",
]

UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for hostile or ancient bytes."""
_MAX_SANS = 500
_MAX_TEXT = 500
_REMEMBERED = 128
"""So many certificates are read once, however often they are asked for: a chain's intermediates are those of many sites."""
E = TypeVar("E", bound=x509.ExtensionType)


def certificates(chain: Sequence[bytes]) -> tuple[Certificate, ...]:
    """Give the facts of each certificate that can be read, as sent; nothing when the first, the server's own, cannot."""
    if not chain or not read(chain[0]):
        return ()
    return tuple(_facts(found, der) for der in chain for found in read(der))


def is_malformed(der: bytes) -> bool:
    """Tell whether bytes are no certificate to anybody: neither our library nor the system's OpenSSL can read them."""
    if read(der):
        return False
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der or b"\x00")
    except ssl.SSLError:
        return True
    return False


@lru_cache(maxsize=_REMEMBERED)
def is_address(host: str) -> bool:
    """Tell an address from a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_rsa(der: bytes) -> bool:
    """Tell whether a certificate can be read and has an RSA key."""
    return any(_key(found)[0] == "RSA" for found in read(der))


def demands_staple(der: bytes) -> bool:
    """Tell whether a certificate demands that its server staples its authority's word (RFC 7633)."""
    return any(map(_demands_staple, read(der)))


def _demands_staple(certificate: x509.Certificate) -> bool:
    demanded = extension_of(certificate, x509.TLSFeature)
    return demanded is not None and x509.TLSFeatureType.status_request in demanded


def name_matches(host: str, certificate: Certificate) -> bool:
    """Tell whether a certificate is for this host: by its subject alternative names alone (RFC 6125, RFC 9525).

    A star stands for one whole label, the first, with at least two more after it. A name that ends in a dot is none that a
    certificate may hold (RFC 5280 section 4.2.1.6), and browsers take it for no host's.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        wanted = (host.encode("idna").decode() if not host.isascii() else host).lower().rstrip(".")
        return any(_name_matches(wanted, san.lower()) for san in certificate.sans)
    return str(address) in certificate.sans


def _name_matches(host: str, san: str) -> bool:
    if not san.startswith("*."):
        return host == san
    label, _, rest = host.partition(".")
    return bool(label) and rest == san[2:] and "." in rest


def pem_of(chain: Iterable[Certificate]) -> bytes:
    """Give a chain as PEM text."""
    return "".join(ssl.DER_cert_to_PEM_cert(one.der) for one in chain).encode()


@lru_cache(maxsize=_REMEMBERED)
def read(der: bytes) -> tuple[x509.Certificate, ...]:
    """Give the certificate, or nothing when its names or dates cannot be read: the library reads them late."""
    try:
        with warnings.catch_warnings():  # it warns of serial numbers that old roots and many appliances have
            warnings.simplefilter("ignore")
            found = x509.load_der_x509_certificate(der)
        late = (found.subject.public_bytes(), found.issuer.public_bytes(), found.not_valid_before_utc, found.not_valid_after_utc)
    except UNREADABLE:
        return ()
    return (found,) if all(late) else ()


def _facts(certificate: x509.Certificate, der: bytes) -> Certificate:
    kind, bits = _key(certificate)
    algorithm = certificate.signature_algorithm_oid
    return Certificate(
        subject=text_of(certificate.subject),
        issuer=text_of(certificate.issuer),
        serial=_serial(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        sans=names_of(certificate),
        key_type=kind,
        key_bits=bits,
        signature=getattr(algorithm, "_name", "") or algorithm.dotted_string,
        must_staple=_demands_staple(certificate),
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        der=der,
    )


def _serial(certificate: x509.Certificate) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return f"{certificate.serial_number:x}"


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    try:
        key = certificate.public_key()
    except UNREADABLE:
        return "unknown", 0
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.curve.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ed25519.Ed25519PublicKey():
            return "Ed25519", 256
        case ed448.Ed448PublicKey():
            return "Ed448", 456
    return type(key).__name__, 0


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Give its DNS names and addresses, bounded in number and length."""
    found = extension_of(certificate, x509.SubjectAlternativeName)
    if found is None:
        return ()
    names = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    return tuple(name[:_MAX_TEXT] for name in names[:_MAX_SANS])


def extension_of(certificate: x509.Certificate, kind: type[E]) -> E | None:
    """Give an extension's value; None when there is none or it cannot be read."""
    found = _extension(certificate, kind)
    return found if isinstance(found, kind) else None


@lru_cache(maxsize=_REMEMBERED)
def _extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.ExtensionType | None:
    # Reading all extensions of a certificate takes longer than anything that is then asked of one of them.
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return None


def text_of(name: x509.Name) -> str:
    """Give a subject or issuer as text."""
    return name.rfc4514_string()[:_MAX_TEXT]
