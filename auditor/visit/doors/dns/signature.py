"""Whether a DNSSEC signature holds: RFC 4034's canonical form, checked with ``cryptography``. Pure but for the time it is given.

dnspython has the same, but only with a newer ``cryptography`` than sslyze allows; both are needed in one process.
"""

import struct
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.rrset
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa, utils
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.RRSIG import RRSIG

__all__ = ["ALGORITHMS", "fault"]

_ZONE, _REVOKED, _PROTOCOL = 0x0100, 0x0080, 3
_MAX_EXPONENT_BYTES, _MAX_MODULUS_BYTES = 8, 512
"""RSA keys beyond these cost more to check than any zone needs."""


def fault(rrset: dns.rrset.RRset, signature: RRSIG, keys: Iterable[DNSKEY], now: float) -> str:
    """Say what is wrong with a signature over these records by one of these keys; nothing if it holds."""
    if signature.type_covered != rrset.rdtype or signature.rdclass != rrset.rdclass:
        return "it covers other records"
    if signature.expiration < now:
        return f"expired on {_day(signature.expiration)}"
    if signature.inception > now:
        return f"not yet valid, begins on {_day(signature.inception)}"
    if signature.algorithm not in ALGORITHMS:
        return f"unknown algorithm {int(signature.algorithm)}"
    named = [key for key in keys if _may_sign(key, signature)]
    if not named:
        return "no such key"
    signed = _signed(rrset, signature)
    if signed is None:
        return "it covers another name"
    return "" if any(_holds(key, signature.signature, signed) for key in named) else "the signature does not fit"


def _may_sign(key: DNSKEY, signature: RRSIG) -> bool:
    usable = key.flags & _ZONE and key.protocol == _PROTOCOL
    usable = usable and (not key.flags & _REVOKED or signature.type_covered == dns.rdatatype.DNSKEY)
    return bool(usable) and key.algorithm == signature.algorithm and dns.dnssec.key_id(key) == signature.key_tag


def _signed(rrset: dns.rrset.RRset, signature: RRSIG) -> bytes | None:
    """Give the bytes that were signed (RFC 4034, section 3.1.8.1); None when the owner cannot be what was signed."""
    owner, own = rrset.name, len(rrset.name) - 1
    if signature.labels > own or (owner.is_wild() and signature.labels != own - 1):
        return None
    if signature.labels < own:
        owner = dns.name.Name((b"*", *owner.split(signature.labels + 1)[1].labels))
    head = (signature.to_wire() or b"")[:18] + signature.signer.to_digestable()
    fixed = owner.to_digestable() + struct.pack("!HHI", rrset.rdtype, rrset.rdclass, signature.original_ttl)
    records = sorted({rdata.to_digestable() for rdata in rrset})
    return head + b"".join(fixed + struct.pack("!H", len(wire)) + wire for wire in records)


def _holds(key: DNSKEY, signature: bytes, signed: bytes) -> bool:
    try:
        ALGORITHMS[int(key.algorithm)](key.key, signature, signed)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, IndexError):
        return False
    return True


def _rsa(algorithm: hashes.HashAlgorithm) -> Callable[[bytes, bytes, bytes], None]:
    def check(key: bytes, signature: bytes, signed: bytes) -> None:
        """Read the key as RFC 3110 writes it, and check."""
        start, length = (1, key[0]) if key[0] else (3, int.from_bytes(key[1:3], "big"))
        exponent, modulus = key[start : start + length], key[start + length :]
        if len(exponent) > _MAX_EXPONENT_BYTES or len(modulus) > _MAX_MODULUS_BYTES:
            raise ValueError("a key that nobody needs")
        numbers = rsa.RSAPublicNumbers(int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big"))
        numbers.public_key().verify(signature, signed, padding.PKCS1v15(), algorithm)

    return check


def _ecdsa(curve: ec.EllipticCurve, algorithm: hashes.HashAlgorithm) -> Callable[[bytes, bytes, bytes], None]:
    def check(key: bytes, signature: bytes, signed: bytes) -> None:
        """Read key and signature as RFC 6605 writes them, and check."""
        size = curve.key_size // 8
        if len(key) != 2 * size or len(signature) != 2 * size:
            raise ValueError("not of this curve")
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(key[:size], "big"), int.from_bytes(key[size:], "big"), curve)
        pair = utils.encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))
        numbers.public_key().verify(pair, signed, ec.ECDSA(algorithm))

    return check


def _ed25519(key: bytes, signature: bytes, signed: bytes) -> None:
    ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)


def _ed448(key: bytes, signature: bytes, signed: bytes) -> None:
    ed448.Ed448PublicKey.from_public_bytes(key).verify(signature, signed)


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


ALGORITHMS: dict[int, Callable[[bytes, bytes, bytes], None]] = {
    5: _rsa(hashes.SHA1()),  # noqa: S303 - still signs zones; what it is worth is another question
    7: _rsa(hashes.SHA1()),  # noqa: S303
    8: _rsa(hashes.SHA256()),
    10: _rsa(hashes.SHA512()),
    13: _ecdsa(ec.SECP256R1(), hashes.SHA256()),
    14: _ecdsa(ec.SECP384R1(), hashes.SHA384()),
    15: _ed25519,
    16: _ed448,
}
"""What we can check, by DNSSEC's algorithm numbers."""
