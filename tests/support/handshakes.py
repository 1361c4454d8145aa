"""TLS scans made by hand, and the probe's readings of them by measure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from readers import legible

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Exchange, Proof, ProofKind, digest_of
from auditor.model.reading import Measured, fits
from auditor.model.visit import Cause
from auditor.sdk.guidelines import load_guidelines
from auditor.sdk.probe import Known
from auditor.sdk.tls import Certificate, Endpoint, Suite, TlsScan
from probes import tls
from probes.tls import PROBE, TlsSeen, assess

AT = datetime(2026, 3, 1, 18, tzinfo=UTC)
HOST = "so.khanhhoa.test"
SITE = Site(url=f"https://{HOST}/", roles=(SiteRole.PORTAL,), agencies=("so-a",))
PROOF = Proof(digest=digest_of(b"scan"), kind=ProofKind.BLOB, media_type="application/json", size=4)


SHIPPED = load_guidelines(Path(tls.__file__).parents[1] / "config")


def known(**given):
    return Known(captured_at=AT, site=SITE, agencies=(), document=lambda exchange: None, **given)


def leaf(**given):
    base = Certificate(
        subject=f"CN={HOST}", issuer="CN=Middle", serial="1", not_before=AT - timedelta(days=50), not_after=AT + timedelta(days=40, hours=5),
        sans=(HOST,), key_type="RSA", key_bits=2048, signature="sha256WithRSAEncryption", sha256="ab",
    )  # fmt: skip
    return replace(base, **given)


def middle(**given):
    return leaf(subject="CN=Middle", issuer="CN=Root", sans=(), **given)


def endpoint(**given):
    base = Endpoint(
        address="192.0.2.1", connected=True, handshake=True, protocols=("tls1.2", "tls1.3"), chain=(leaf(), middle()), trusted=True,
        trust_detail="path to CN=Root", chain_complete=True, hostname_matches=True,
        suites=(Suite(protocol="tls1.2", name="TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), Suite(protocol="tls1.3", name="TLS_AES_128_GCM_SHA256")),
    )  # fmt: skip
    return replace(base, **given)


def mute(cause=Cause.CONNECT, **given):
    base = Endpoint(address="192.0.2.9", connected=False, handshake=False, cause=cause, detail="nobody")
    return replace(base, **given)


def seen(*endpoints, elsewhere=None, **given):
    return TlsSeen(scan=TlsScan(host=HOST, port=443, at=AT, endpoints=endpoints, proofs=(PROOF,), **given), elsewhere=elsewhere)


def port_80(status=200, cause=None):
    exchange = Exchange(
        url=f"http://{HOST}/", status=status, at=AT, cause=cause, digest=digest_of(b"x") if status else None, body=b"x"
    )
    return Chain(hops=(exchange,), cause=cause)


def read(value, **given):
    found = {reading.measure: reading for reading in legible(assess(value, known(**given)))}
    assert list(found) == [measure.id for measure in PROBE.measures]
    for measure in PROBE.measures:
        reading = found[measure.id]
        assert reading.evidence
        assert "{" not in str(reading.because)
        if isinstance(reading, Measured):
            assert fits(measure, reading.value) is None
    return found
