"""What TLS 1.3 sends enciphered, as far as the certificates and what is stapled to them (RFC 8446 sections 4.4.2 and 7)."""

import hashlib
import hmac
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, x448, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auditor.visit.doors.tls.greeting import CERTIFICATE_REQUEST, HANDSHAKE, extensions, hello_extensions, messages, records

__all__ = ["FIRST_GROUPS", "Opening", "Retry"]

FIRST_GROUPS = (0x001D,)
"""X25519, the group for which a hello brings a key at once; for another one the server asks, and is given it."""
_SERVER_HELLO, _FINISHED = 2, 20
_ALERT, _ENCIPHERED = 21, 23
_KEY_SHARE, _COOKIE = 51, 44
_RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
_MESSAGE_HASH = 254
_MAX_COOKIE = 8 * 1024
"""A longer one is not said again: with it the hello would not fit into one record, nor at last into its own lengths."""
_CURVES: dict[int, type[ec.EllipticCurve]] = {0x0017: ec.SECP256R1, 0x0018: ec.SECP384R1, 0x0019: ec.SECP521R1}
_BROKEN = (ValueError, IndexError, struct.error, InvalidTag)
"""What reading bytes raises that are not what they say."""

Private = x25519.X25519PrivateKey | x448.X448PrivateKey | ec.EllipticCurvePrivateKey
Cipher = AESGCM | AESCCM | ChaCha20Poly1305


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """A server that asks for another hello: with a key of this group, and with this cookie."""

    group: int
    cookie: bytes


@dataclass
class Opening:
    """One handshake: the keys of our hellos, and the hellos themselves as handshake messages, in order."""

    said: list[bytes] = field(default_factory=list)
    random: bytes = field(default_factory=partial(secrets.token_bytes, 32))
    session: bytes = field(default_factory=partial(secrets.token_bytes, 32))
    _keys: dict[int, Private] = field(default_factory=dict)
    _read: tuple[bytes, tuple[bytes, bool]] = (b"", (b"", False))

    def shares(self, *groups: int) -> bytes:
        """Give the keys of a hello as its extension lists them; a group that cannot be had is left out."""
        found = b""
        for group in groups:
            key = self._keys.get(group) or _private(group)
            if key is not None:
                self._keys[group], public = key, _public(key)
                found += struct.pack("!HH", group, len(public)) + public
        return found

    def retry(self, received: bytes) -> Retry | None:
        """Tell whether the server asks for another hello, and one that we can say; only the first such wish is heard."""
        if len(self.said) > 1 or _RETRY_RANDOM not in received:
            return None
        first = next((body for kind, body in messages(received) if kind == _SERVER_HELLO), b"")
        if first[2:34] != _RETRY_RANDOM:
            return None
        try:
            said = dict(hello_extensions(first))
            (group,) = struct.unpack("!H", said.get(_KEY_SHARE, b""))
        except _BROKEN:
            return None
        cookie = said.get(_COOKIE, b"")
        return Retry(group=group, cookie=cookie) if len(cookie) <= _MAX_COOKIE and self.shares(group) else None

    def is_open(self, received: bytes) -> bool:
        """Tell whether more may come that can be read."""
        alerted = any(kind == _ALERT for kind, _ in records(received))
        return not alerted and self._stream(received)[1]

    def certificates(self, received: bytes) -> tuple[tuple[bytes, ...], bytes]:
        """Give the chain as sent, and what is stapled to its first certificate."""
        body = next((body for kind, body in _split(self._stream(received)[0]) if kind == _CERTIFICATE), b"")
        try:
            return _listed(body)
        except _BROKEN:
            return (), b""

    def asks(self, received: bytes) -> bool:
        """Tell whether it asks for a visitor's certificate."""
        return any(kind == CERTIFICATE_REQUEST for kind, _ in _split(self._stream(received)[0]))

    def _stream(self, received: bytes) -> tuple[bytes, bool]:
        """Give the handshake messages that came enciphered, one behind another, and whether there may be more of them."""
        if self._read[0] != received:
            self._read = received, self._read_stream(received)
        return self._read[1]

    def _read_stream(self, received: bytes) -> tuple[bytes, bool]:
        hellos = [struct.pack("!B", kind) + len(body).to_bytes(3, "big") + body for kind, body in messages(received)]
        hellos = [one for one in hellos if one[0] == _SERVER_HELLO][: len(self.said)]
        if not self.said or len(hellos) < len(self.said):
            return b"", bool(self.said)
        found = b""
        try:
            for text in self._opened(received, hellos):
                if text[-1:] != bytes([HANDSHAKE]):
                    return found, False
                found += text[:-1]
        except _BROKEN:
            return found, False
        return found, all(kind != _FINISHED for kind, _ in _split(found))

    def _opened(self, received: bytes, hellos: list[bytes]) -> Iterator[bytes]:
        """Decipher record by record; each ends in the kind of what it holds."""
        body = hellos[-1][4:]
        (suite,) = struct.unpack_from("!H", body, 35 + body[34])
        share = dict(hello_extensions(body)).get(_KEY_SHARE, b"")
        group, size = struct.unpack_from("!HH", share)
        if suite not in _SUITES or group not in self._keys:
            raise ValueError("a suite or a group that nobody offered")
        name, cipher, length = _SUITES[suite]
        secret = _secret(name, _shared(self._keys[group], share[4 : 4 + size]), self._transcript(name, hellos))
        key = _expand(name, secret, b"key", b"", length)
        nonce = int.from_bytes(_expand(name, secret, b"iv", b"", 12), "big")
        opener = AESCCM(key, tag_length=8) if suite == _SHORT_TAG else cipher(key)
        enciphered = (content for kind, content in records(received) if kind == _ENCIPHERED)
        for number, content in enumerate(enciphered):
            head = struct.pack("!BHH", _ENCIPHERED, 0x0303, len(content))
            yield opener.decrypt((nonce ^ number).to_bytes(12, "big"), content, head).rstrip(b"\0")

    def _transcript(self, name: str, hellos: list[bytes]) -> bytes:
        first, *second = self.said
        if not second:
            return first + hellos[0]
        digest = hashlib.new(name, first).digest()
        return bytes([_MESSAGE_HASH]) + len(digest).to_bytes(3, "big") + digest + hellos[0] + second[0] + hellos[1]


def _split(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        length = int.from_bytes(stream[place + 1 : place + 4], "big")
        if place + 4 + length > len(stream):
            return
        yield stream[place], stream[place + 4 : place + 4 + length]
        place += 4 + length


def _listed(body: bytes) -> tuple[tuple[bytes, ...], bytes]:
    place, staple = 1 + body[0] + 3, b""
    found: list[bytes] = []
    while place + 3 <= len(body) and len(found) < _MAX_CERTIFICATES:
        length = int.from_bytes(body[place : place + 3], "big")
        found.append(body[place + 3 : place + 3 + length])
        place += 3 + length
        (more,) = struct.unpack_from("!H", body, place)
        end, place = place + 2 + more, place + 2
        if len(found) == 1:
            staple = next((content[4:] for kind, content in extensions(body[place:end]) if kind == _STATUS), b"")
        place = end
    return tuple(found), staple


def _private(group: int) -> Private | None:
    if group == 0x001D:  # noqa: PLR2004 - the numbers of the registry
        return x25519.X25519PrivateKey.generate()
    if group == 0x001E:  # noqa: PLR2004 - the numbers of the registry
        return x448.X448PrivateKey.generate()
    return ec.generate_private_key(_CURVES[group]()) if group in _CURVES else None


def _public(key: Private) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key.public_key().public_bytes_raw()


def _shared(key: Private, theirs: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(key.curve, theirs))
    if isinstance(key, x448.X448PrivateKey):
        return key.exchange(x448.X448PublicKey.from_public_bytes(theirs))
    return key.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))


def _secret(name: str, shared: bytes, transcript: bytes) -> bytes:
    """Give the secret under which the server enciphers its handshake."""
    size = hashlib.new(name).digest_size
    early = hmac.digest(bytes(size), bytes(size), name)
    derived = _expand(name, early, b"derived", hashlib.new(name).digest(), size)
    handshake = hmac.digest(derived, shared, name)
    return _expand(name, handshake, b"s hs traffic", hashlib.new(name, transcript).digest(), size)


def _expand(name: str, secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    """HKDF-Expand-Label; nothing that is asked for is longer than one round gives."""
    full = b"tls13 " + label
    told = struct.pack("!HB", length, len(full)) + full + struct.pack("!B", len(context)) + context
    return hmac.digest(secret, told + b"\x01", name)[:length]


_CERTIFICATE, _STATUS = 11, 5
_MAX_CERTIFICATES = 20
_SHORT_TAG = 0x1305
_SUITES: dict[int, tuple[str, type[Cipher], int]] = {
    0x1301: ("sha256", AESGCM, 16),
    0x1302: ("sha384", AESGCM, 32),
    0x1303: ("sha256", ChaCha20Poly1305, 32),
    0x1304: ("sha256", AESCCM, 16),
    _SHORT_TAG: ("sha256", AESCCM, 16),
}
"""Of each suite its hash, its cipher and the bytes of its key."""
