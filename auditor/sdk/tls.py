"""What a TLS scan saw: facts only, as plain values that survive being kept and read back."""

from dataclasses import dataclass, field
from datetime import datetime

from auditor.model.evidence import Proof
from auditor.model.visit import Cause

__all__ = ["Certificate", "Endpoint", "Suite", "TlsScan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate of a chain as sent. Names are as written in it; ``sans`` are its DNS names (and IP addresses)."""

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
    der: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A cipher suite that the server accepted, under one protocol. ``dh_bits`` is the size of a finite-field DH group."""

    protocol: str
    name: str
    dh_bits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the name. ``cause`` says why there are no facts, or why they are not complete.

    ``connected`` tells whether the TCP connection was made, ``handshake`` whether any handshake came through with any client.
    ``trusted`` is the path to a trusted root alone; ``trust_detail`` what the verifier said. ``chain_complete`` is whether a
    client without
    other intermediates can build it from what was sent. ``not_tested`` names the checks that did not run.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsScan:
    """All addresses of one name and port; ``cause`` when not even an address was had."""

    host: str
    port: int
    at: datetime
    endpoints: tuple[Endpoint, ...] = ()
    cause: Cause | None = None
    detail: str = ""
    proofs: tuple[Proof, ...] = ()
