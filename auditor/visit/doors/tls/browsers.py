"""Whether today's browsers agree on anything with a server: what each offers and takes, which is less than our own hellos.

After what they send and check: BoringSSL as Chrome and Edge set it (suites, groups and signatures of its first message; the uses
of a key, always checked since Chrome 124, which else says ERR_SSL_KEY_USAGE_INCOMPATIBLE), NSS as Firefox sets it, which takes a
certificate for any use that a suite could have. Their hellos bring a post-quantum key (X25519MLKEM768) and so fill more than one
packet: Chrome's since 124, Firefox's since 132, Safari's since 26.
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from auditor.visit.doors.tls.certificate import UNREADABLE, extension_of, read
from auditor.visit.doors.tls.greeting import Greeting, Reply
from auditor.visit.doors.tls.suites import TLS13_SUITES

__all__ = ["BIG_HELLO", "BROWSERS", "Browser", "is_usual", "objection"]

BIG_HELLO = 1_800
"""About so many bytes has a hello with a post-quantum key."""
_MODERN = frozenset(TLS13_SUITES[:3])
_PLAIN = frozenset({0x009C, 0x009D, 0x002F, 0x0035})
"""Suites without a key exchange of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What it offers, the curves of keys that it takes, and whether it minds what a certificate says its key is for."""

    name: str
    suites: tuple[int, ...]
    groups: tuple[int, ...]
    signatures: tuple[int, ...]
    curves: frozenset[str]
    minds_usage: bool


_SUITES = (0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035)
_SIGNATURES = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
BROWSERS = (
    Browser(
        name="chrome",
        suites=_SUITES,
        groups=(0x001D, 0x0017, 0x0018),
        signatures=_SIGNATURES,
        curves=frozenset({"secp256r1", "secp384r1"}),
        minds_usage=True,
    ),
    Browser(
        name="firefox",
        suites=(*_SUITES, 0xC009, 0xC00A),
        groups=(0x001D, 0x0017, 0x0018, 0x0019, 0x0100, 0x0101),
        signatures=(*_SIGNATURES, 0x0603, 0x0203, 0x0201),
        curves=frozenset({"secp256r1", "secp384r1", "secp521r1"}),
        minds_usage=False,
    ),
)


def is_usual(greeting: Greeting) -> bool:
    """Tell whether all that a server chose is what every browser offers and takes, as far as it is to be seen."""
    return all(_offers(browser, greeting) and not objection(browser, greeting) for browser in BROWSERS)


def _offers(browser: Browser, greeting: Greeting) -> bool:
    suite = greeting.suite in (_MODERN if greeting.version == "tls1.3" else browser.suites)
    return suite and greeting.group in {None, *browser.groups} and greeting.signature in {None, *browser.signatures}


def objection(browser: Browser, greeting: Greeting) -> str:
    """Say in a word why a browser that says this hello does not get in: ``agreement``, ``key`` or ``usage``; empty if it may.

    Only an alert is a refusal: whoever hangs up may do so by chance.
    """
    if greeting.reply is Reply.ALERT:
        return "agreement"
    if greeting.reply is not Reply.HELLO or not greeting.chain:
        return ""
    plain = greeting.version != "tls1.3" and greeting.suite in _PLAIN
    return _objection_to(browser, greeting.chain[0], plain=plain)


@lru_cache(maxsize=256)
def _objection_to(browser: Browser, der: bytes, *, plain: bool) -> str:
    """Say the same of a certificate alone; ``plain`` are suites that encipher a secret with its key."""
    leaf = next(iter(read(der)), None)
    if leaf is None:
        return ""
    if not _takes_key(browser, leaf):
        return "key"
    return "usage" if browser.minds_usage and not _may_be_used(leaf, plain=plain) else ""


def _takes_key(browser: Browser, leaf: x509.Certificate) -> bool:
    try:
        key = leaf.public_key()
    except UNREADABLE:
        return True
    return key.curve.name in browser.curves if isinstance(key, ec.EllipticCurvePublicKey) else isinstance(key, rsa.RSAPublicKey)


def _may_be_used(leaf: x509.Certificate, *, plain: bool) -> bool:
    """Tell whether a certificate allows its key what the suite asks of it (RFC 5280 section 4.2.1.3, RFC 8446 section 4.4.2.2).

    A suite that exchanges no key of its own has a secret enciphered with the certificate's; every other one has it sign.
    """
    usage = extension_of(leaf, x509.KeyUsage)
    if usage is None:
        return True
    return usage.key_encipherment if plain else usage.digital_signature
