"""What the ``tls`` probe measures, and the worst value of each, which a site without TLS has."""

from collections.abc import Mapping

from auditor.model.ids import MeasureId
from auditor.model.reading import Kind, Measure, Value
from auditor.sdk.tls import PROTOCOLS
from probes.handshake.grade import GRADES
from probes.handshake.profile import PROFILES

__all__ = ["ALL_VULNERABILITIES", "ALL_WEAK", "MEASURES", "WITHOUT"]

ALL_VULNERABILITIES = ("heartbleed", "openssl_ccs", "crime", "robot", "insecure_renegotiation", "poodle", "drown")
ALL_WEAK = 100
"""What a site without TLS counts as: more weak suites than the scan knows."""
WITHOUT: Mapping[str, Value] = {
    "tls.trusted": False,
    "tls.hostname": False,
    "tls.valid_now": False,
    "tls.chain_complete": False,
    "tls.days_left": 0,
    "tls.revoked": True,
    "tls.oldest_protocol": PROTOCOLS[0],
    "tls.newest_protocol": PROTOCOLS[0],
    "tls.weak_suites": ALL_WEAK,
    "tls.key_bits": 0,
    "tls.vulnerabilities": len(ALL_VULNERABILITIES),
    "tls.profile": PROFILES[0],
    "tls.grade": GRADES[0],
}
"""The worst value of each measure, for a site without TLS."""


def _measure(name: str, kind: Kind, meaning: str, unit: str = "", words: tuple[str, ...] = ()) -> Measure:
    return Measure(id=MeasureId(f"tls.{name}"), kind=kind, meaning=meaning, unit=unit, words=words)


MEASURES = (
    _measure("offered", Kind.BOOLEAN, "Every address of the site speaks TLS."),
    _measure("trusted", Kind.BOOLEAN, "A path leads from the certificate to a trusted root, apart from names and dates."),
    _measure("hostname", Kind.BOOLEAN, "The certificate's alternative names hold the site's host."),
    _measure(
        "valid_now",
        Kind.BOOLEAN,
        "The scan falls between the dates of the certificate and of every intermediate on its path to a root.",
    ),
    _measure("chain_complete", Kind.BOOLEAN, "The server sends every intermediate certificate."),
    _measure("days_left", Kind.DAYS, "Whole days from the scan to the certificate's end; negative when it has expired.", "days"),
    _measure(
        "revoked",
        Kind.BOOLEAN,
        "Its authority says that the certificate was revoked: stapled, asked (OCSP), or in its list (CRL). True without TLS.",
    ),
    _measure(
        "oldest_protocol",
        Kind.WORD,
        "The oldest protocol that the server accepts; ssl3, its worst value, without TLS.",
        words=PROTOCOLS,
    ),
    _measure(
        "newest_protocol",
        Kind.WORD,
        "The newest protocol that the server accepts; ssl3, its worst value, without TLS.",
        words=PROTOCOLS,
    ),
    _measure("weak_suites", Kind.COUNT, "Accepted cipher suites that are weak; 100 without TLS.", "suites"),
    _measure("key_bits", Kind.COUNT, "Bits of the certificate's key, as they are: 256 of a curve are not 256 of RSA.", "bits"),
    _measure("vulnerabilities", Kind.COUNT, "Known vulnerabilities of TLS servers that were found; 7 without TLS."),
    _measure(
        "profile",
        Kind.WORD,
        "The strictest of Mozilla's recommended configurations that the server keeps: protocols, suites, sizes of keys.",
        words=PROFILES,
    ),
    _measure(
        "grade",
        Kind.WORD,
        "The grade after SSL Labs' guide, when every check it needs has run; at most A, for HSTS is not asked for here.",
        words=GRADES,
    ),
)
