"""What a TLS scan saw: facts only, as plain values that survive being kept and read back."""

from dataclasses import dataclass, field
from datetime import datetime

from auditor.model.evidence import Proof
from auditor.model.visit import Cause

__all__ = ["PROTOCOLS", "Certificate", "Endpoint", "Revocation", "Suite", "TlsOpening", "TlsScan"]

PROTOCOLS = ("ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3")
"""The protocols that a server may be measured to take, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate of a chain as sent. Names are as written in it; ``sans`` are its DNS names (and IP addresses).

    ``must_staple`` tells that it demands its authority's word to be sent with it (RFC 7633).
    """

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    sans: tuple[str, ...] = ()
    key_type: str
    key_bits: int
    signature: str
    sha256: str
    must_staple: bool = False
    der: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A cipher suite that the server accepted, under one protocol. ``dh_bits`` is the size of a finite-field DH group."""

    protocol: str
    name: str
    dh_bits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What one means says of the certificate that is shown: ``staple``, ``ocsp`` or ``crl``.

    ``revoked`` is None where it says nothing that counts; then ``cause``, ``fault`` (a short word for people's sentences) and
    ``detail`` say why: never the site's fault, for its authority answers, not the site. ``hard`` tells that without its word
    there is to be no verdict, ``at`` when it was said.
    """

    means: str
    revoked: bool | None = None
    hard: bool = False
    url: str = ""
    at: datetime | None = None
    cause: Cause | None = None
    fault: str = ""
    detail: str = ""
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the name. ``cause`` says why there are no facts, or why they are not complete.

    ``connected`` tells whether the TCP connection was made, ``handshake`` whether any handshake came through with any client, and
    ``spoke`` whether it said anything at all in TLS, be it a refusal. ``trusted`` is the path to a trusted root alone, ``path``
    the SHA-256 of the certificates on it but for the root, and ``trust_detail`` what the verifier said. ``chain_complete`` is
    whether a client without other intermediates can build it from what was sent. ``chain_cause`` says why there is no chain
    though certificates came, ``anonymous`` that the server has none to show, whoever asks. ``revocation`` is what each means
    says that was asked, and ``revoked`` what comes of it (None without a word that counts). ``not_tested`` names the checks that
    did not run.

    ``opened`` tells, of an address with which neither hello nor scan agreed on anything, whether another client gets in: the
    system's OpenSSL with everything permitted; None where it was not asked. ``alerts`` are the numbers of the alerts with which
    it refused hellos. ``negotiation`` is what the quick probe agreed on
    and was shown, in one line. ``deep_at`` is when the deep scan was made that suites and vulnerabilities are of (None without a
    whole one); where that was on an earlier visit, ``deep_proofs`` are what that visit kept of it. ``unfinished`` tells that our
    time ended while it was silent, and sooner than a browser's does: it may only be slow. ``unsettled`` are the protocols of
    which nothing is known, for the server hangs up on hellos by chance. ``refused_by`` are the browsers of today (``chrome``,
    ``firefox``) that do not get in though it speaks their protocols, ``refused_for`` why: they agree on nothing (``agreement``),
    do not take the certificate's kind of ``key`` or what it says of its ``usage``, or say hellos too long for it (``size``).
    """

    address: str
    connected: bool
    handshake: bool
    cause: Cause | None = None
    detail: str = ""
    protocols: tuple[str, ...] = ()
    suites: tuple[Suite, ...] = ()
    chain: tuple[Certificate, ...] = ()
    trusted: bool | None = None
    trust_detail: str = ""
    chain_complete: bool | None = None
    hostname_matches: bool | None = None
    vulnerabilities: tuple[str, ...] = ()
    not_tested: tuple[str, ...] = ()
    spoke: bool = False
    path: tuple[str, ...] = ()
    chain_cause: Cause | None = None
    anonymous: bool = False
    revoked: bool | None = None
    opened: bool | None = None
    negotiation: str = ""
    deep_at: datetime | None = None
    deep_proofs: tuple[Proof, ...] = ()
    revocation: tuple[Revocation, ...] = ()
    alerts: tuple[int, ...] = ()
    unfinished: bool = False
    unsettled: tuple[str, ...] = ()
    refused_by: tuple[str, ...] = ()
    refused_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsScan:
    """The addresses of one name and port; ``cause`` when not even an address was had.

    ``not_scanned`` are the addresses beyond those that were looked at, ``not_public`` those that nobody outside can reach.
    """

    host: str
    port: int
    at: datetime
    endpoints: tuple[Endpoint, ...] = ()
    cause: Cause | None = None
    detail: str = ""
    proofs: tuple[Proof, ...] = ()
    not_scanned: tuple[str, ...] = ()
    not_public: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsOpening:
    """Whether anybody gets in at a name and port: the system's OpenSSL with every protocol, suite and curve that it has.

    ``opened`` is None where that could not be tried; ``version`` is the protocol in which it got in (``tls1.2``), ``detail`` says
    what else was agreed on, or how it was refused.
    """

    host: str
    port: int
    at: datetime
    opened: bool | None
    version: str = ""
    detail: str = ""
    proofs: tuple[Proof, ...] = ()
