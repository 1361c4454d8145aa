"""Up is what a visitor can read over a connection that his browser trusts; what only we cannot see is never down."""

import socket
import ssl
import threading
import warnings
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from doors import http_door
from hypothesis import assume, given
from hypothesis import strategies as st
from knowing import PAGE, SITE, by_id, chain, exchange, failed, known, translated
from readers import legible
from servers import Site, answer, certificates, closed_port, serve
from tls import hanging_up, refusing_suites, serving

from auditor.model.evidence import Chain, Phases
from auditor.model.reading import Measured, Unavailable, fits
from auditor.model.uptime import UptimeAccount
from auditor.model.visit import Cause
from auditor.sdk.limits import Limits
from probes import uptime
from probes.front import series
from probes.uptime import PROBE, UptimeSeen

DAY = timedelta(days=1)
FRONT = answer(PAGE.encode(), "200 OK", "Content-Type: text/html")
CHALLENGE = "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"


NO_ISSUER = "unable to get local issuer certificate"
"""What OpenSSL says of a missing intermediate and of a root that nobody trusts alike."""


def said(verdict):
    """Give a verdict as the HTTP door passes it on."""
    return f"ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {verdict} (_ssl.c:1006)"


UNFIT = [
    "unsuitable certificate purpose", "permitted subtree violation", "excluded subtree violation", "unhandled critical extension",
    "invalid CA certificate", "path length constraint exceeded", "CA signature digest algorithm too weak",
]  # fmt: skip
"""What OpenSSL says of certificates that no browser takes, whoever vouches for them."""

DOUBTFUL = [
    said(NO_ISSUER),
    said("unable to verify the first certificate"),
    said("EE certificate key too weak"),
    "ConnectError",  # hung up on without a word
    "ConnectError: [SSL: DH_KEY_TOO_SMALL] dh key too small (_ssl.c:1006)",
    "ConnectError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)",
    said("no verdict of its own, but one on: certificate has expired"),
    said("a verdict that names UNSUPPORTED_PROTOCOL"),
]


REFUSED = "ConnectError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)"


def sample(seen):
    reading, *_ = legible(PROBE.assess(UptimeSeen(chain=seen), known()))
    return reading


@pytest.mark.parametrize(
    ("final", "why"),
    [
        (exchange(), "uptime.up"),
        (exchange("Content-Type: application/xhtml+xml"), "uptime.up"),
        (exchange(body="<script src='/app.js'></script><div id='root'></div>"), "uptime.up"),
        (exchange(cause=Cause.TOO_LARGE, detail="cut"), "uptime.up"),
        (exchange(status=500, body="x"), "uptime.error"),
        (exchange(status=404), "uptime.error"),
        (exchange(status=302), "uptime.error"),
        (exchange(body="<title>Thông báo</title><p>Hệ thống đang bảo trì, mời quay lại sau.</p>"), "uptime.maintenance"),
        (exchange(body=""), "uptime.empty"),
        (exchange(body="<html><body>  </body></html>"), "uptime.empty"),
        (exchange(status=204, body=""), "uptime.empty"),
        (exchange("Content-Disposition: attachment; filename=x.html"), "uptime.no_page"),
        (exchange(body="<title>Account Suspended</title><p>This Account has been suspended.</p>"), "front.suspended"),
        (exchange(body="<b>Fatal error</b>: x in /var/www/index.php on line 3"), "front.died"),
        (exchange(body="<h1>It works!</h1>"), "front.default"),
        (exchange(body="<h1>It works!</h1>", cause=Cause.TOO_LARGE), "front.default"),
        (exchange(body="<title>Index of /</title><h1>Index of /</h1><a href=/x.zip>x.zip</a>"), "front.listing"),
        (exchange(body="<title>WordPress › Installation</title><p>Welcome</p>"), "front.installer"),
        (exchange(body="<title>Hacked by X</title><p>Greetz to all</p>"), "front.intruders"),
        (exchange(body="<p>Website đang được xây dựng</p>"), "front.building"),
        (exchange("Content-Type: application/json", body="{}"), "uptime.no_page"),
        (exchange(unverified=said("certificate has expired")), "uptime.expired"),
        (exchange(unverified=said("certificate is not yet valid")), "uptime.too_early"),
        (exchange(unverified=said("Hostname mismatch, certificate is not valid for 'so.test'.")), "uptime.misnamed"),
        (exchange(unverified=said("IP address mismatch, certificate is not valid for '1.2.3.4'.")), "uptime.misnamed"),
        (exchange(unverified=said("self-signed certificate")), "uptime.self_signed"),
        (exchange(unverified=said("self signed certificate")), "uptime.self_signed"),
        (exchange(unverified=said("self-signed certificate in certificate chain")), "uptime.untrusted"),
        (exchange(unverified=said("certificate revoked")), "uptime.revoked"),
        (exchange(unverified=said("certificate has expired"), body=""), "uptime.expired"),
        (exchange(unverified=said("certificate has expired"), status=500), "uptime.error"),
        (exchange(unverified=said(NO_ISSUER), status=500), "uptime.error"),
        (exchange(unverified=said(NO_ISSUER), body=""), "uptime.empty"),
        (exchange(unverified="ConnectError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] x (_ssl.c:1)"), "uptime.old_protocol"),
        (exchange(unverified="ConnectError: [SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:1)"), "uptime.old_protocol"),
        (exchange(unverified="ConnectError: [SSL: UNSUPPORTED_PROTOCOL] x", body=""), "uptime.old_protocol"),
        (failed(Cause.TLS, detail="ConnectError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] x (_ssl.c:1)"), "uptime.old_protocol"),
        *((exchange(unverified=said(verdict)), "uptime.unfit") for verdict in UNFIT),
        (failed(Cause.CONNECT), "uptime.down"),
        (failed(Cause.TIMEOUT), "uptime.down"),
        (failed(Cause.DNS), "uptime.down"),
        (failed(Cause.TLS), "uptime.down"),
        (failed(Cause.TLS, detail="ConnectError: the server ended the SSL handshake"), "uptime.down"),
        (failed(Cause.TLS, detail="ConnectError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred (_ssl.c:1)"), "uptime.down"),
        (failed(Cause.TLS, detail=said("certificate has expired")), "uptime.expired"),
        (exchange(status=302, cause=Cause.REDIRECTS), "uptime.down"),
        (exchange(cause=Cause.PROTOCOL, body=""), "uptime.down"),
    ],
)
def test_up_and_down(final, why):
    reading = sample(chain(final))
    assert isinstance(reading, Measured)
    assert reading.because.key == why
    assert reading.value == Decimal(why == "uptime.up")
    assert "{" not in str(reading.because)
    assert fits(PROBE.measures[0], reading.value) is None
    assert reading.facts["status"] == final.status


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (chain(exchange(status=429)), Cause.RATE_LIMITED),
        (chain(exchange(status=403)), Cause.BLOCKED),
        (chain(exchange(status=200, body=CHALLENGE)), Cause.CHALLENGE),
        (chain(exchange(status=503, body=CHALLENGE)), Cause.CHALLENGE),
        (chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), Cause.AMBIGUOUS),
        (chain(failed(Cause.TIMEOUT), cause=Cause.OWN_LINK), Cause.OWN_LINK),
        (chain(failed(Cause.CAPABILITY)), Cause.CAPABILITY),
        (
            chain(exchange(body="<title>Request Rejected</title>Your support ID is: 123456. Contact your administrator.")),
            Cause.BLOCKED,
        ),
        (chain(exchange(status=406, body="x")), Cause.BLOCKED),
        (chain(exchange(body="<title>Hacked by X</title><p>Bài viết</p>")), Cause.AMBIGUOUS),
        (chain(exchange(body="<p>Website đang được xây dựng</p><script src=/x.js></script>")), Cause.AMBIGUOUS),
        (chain(exchange(body="<p>Tên miền này đang được rao bán</p>")), Cause.UNCONFIRMED),
        (chain(exchange(status=200, body=CHALLENGE, cause=Cause.TOO_LARGE)), Cause.CHALLENGE),
        (chain(exchange(status=429, unverified=said("certificate has expired"))), Cause.RATE_LIMITED),
        *((chain(exchange(unverified=fault)), Cause.AMBIGUOUS) for fault in DOUBTFUL),
        (chain(failed(Cause.TLS, detail=REFUSED)), Cause.AMBIGUOUS),
        (chain(failed(Cause.TLS, detail=said(NO_ISSUER))), Cause.AMBIGUOUS),
        (
            chain(
                exchange(
                    status=400,
                    body="<title>400 No required SSL certificate was sent</title>400 Bad Request: No required SSL certificate was sent, nginx",
                )
            ),
            Cause.BLOCKED,
        ),
    ],
)
def test_refusals_and_what_may_be_our_own_fault_are_neither(seen, cause):
    reading = sample(seen)
    assert isinstance(reading, Unavailable)
    assert reading.cause is cause


def test_the_second_try_counts_and_its_phases_are_facts():
    reading = sample(chain(failed(Cause.TIMEOUT), confirmed=[exchange(seconds="0.900", first_byte_seconds="0.700")]))
    assert reading.value == 1
    assert (reading.facts["seconds"], reading.facts["first_byte_seconds"], reading.facts["tries"]) == ("0.900", "0.700", 2)
    assert reading.evidence[0].url == "https://so.test/"


@pytest.mark.anyio
@pytest.mark.parametrize(("talk", "key"), [(refusing_suites, "uptime.other_tls"), (hanging_up, "uptime.down")])
async def test_a_server_without_a_suite_for_us_is_not_down(talk, key):
    with serving(talk) as server:
        async with http_door(connect_to={"so.test:443": f"127.0.0.1:{server.port}"}, answered=["khac.test"]) as http:
            reading = sample((await PROBE.look(SITE, Doors(http))).chain)
    assert reading.because.key == key
    assert isinstance(reading, Unavailable) is (key == "uptime.other_tls")


def test_every_sentence_has_its_vietnamese():
    assert translated("uptime", uptime, series) == []


class Doors:
    def __init__(self, http, account=None):
        self.http, self.account = http, account

    def availability(self):
        return self.account


def test_a_doubtful_certificate_is_told_as_a_doubt_and_shown_with_the_page():
    reading = sample(chain(exchange(unverified=said(NO_ISSUER))))
    assert reading.because.key == "uptime.unproven"
    assert NO_ISSUER in str(reading.because)
    assert "_ssl.c" not in str(reading.because)
    assert reading.evidence[0].url == "https://so.test/"


def test_a_redirect_whose_certificate_browsers_refuse_keeps_visitors_out_of_what_lies_behind_it():
    bad = exchange(url="https://cu.test/", status=302, body="đi", unverified=said("certificate has expired"))
    reading = sample(chain(bad, exchange()))
    assert (reading.value, reading.because.key, reading.because.facts["url"]) == (0, "uptime.expired", "https://cu.test/")
    assert [proof.url for proof in reading.evidence] == ["https://so.test/", "https://cu.test/"]
    doubtful = exchange(url="https://cu.test/", status=302, body="đi", unverified=said(NO_ISSUER))
    assert sample(chain(doubtful, exchange())).cause is Cause.AMBIGUOUS


def test_only_the_confirming_try_says_what_the_certificate_is():
    seen = chain(failed(Cause.TIMEOUT), confirmed=[exchange()])
    assert sample(seen).value == 1


WORDS = st.text(st.characters(codec="ascii", exclude_characters="\r\n"), max_size=60)


@given(st.one_of(WORDS, WORDS.map(said)))
def test_a_page_over_what_did_not_verify_is_never_simply_up(fault):
    assume(fault)
    reading = sample(chain(exchange(unverified=fault)))
    assert reading.because.key != "uptime.up"
    if isinstance(reading, Measured) and reading.value == 1:
        assert any(code in fault for code in ("TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION"))


async def seen_at(tmp_path, port, ca, *, seconds=2.0):
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    ways = {"connect_to": {"so.test:443": f"127.0.0.1:{port}"}, "trust": [tmp_path / "ca.pem"], "limits": Limits(seconds=seconds)}
    async with http_door(**ways, answered=["x"]) as http:
        seen = await PROBE.look(SITE, Doors(http))
    return by_id(PROBE.assess(seen, known()))["uptime.availability"]


@pytest.mark.anyio
@pytest.mark.parametrize(("state", "key"), [("up", "uptime.up"), ("closed", "uptime.down"), ("silent", "uptime.down")])
async def test_real_servers_are_seen_as_a_visitor_sees_them(tmp_path, state, key):
    async def silent(writer):
        import asyncio

        await asyncio.sleep(5)

    ca, context = certificates("so.test")
    with serve(Site({"/": silent if state == "silent" else FRONT}, context)) as site:
        port = closed_port() if state == "closed" else site.port
        reading = await seen_at(tmp_path, port, ca, seconds=0.5)
    assert (reading.value, reading.because.key) == (int(state == "up"), key)


def context_of(certificate, tmp_path, *, whole=True):
    """Give a server's context with a certificate, with or without the intermediates that lead to its root."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if whole:
        certificate.configure_cert(context)
        return context
    file = tmp_path / "leaf.pem"
    file.write_bytes(certificate.private_key_pem.bytes() + certificate.cert_chain_pems[0].bytes())
    context.load_cert_chain(file)
    return context


def self_signed(tmp_path):
    """Give a server's context with a certificate that nobody but itself signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "so.test")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
    leaf = built.add_extension(x509.SubjectAlternativeName([x509.DNSName("so.test")]), critical=False).sign(key, hashes.SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "own.pem").write_bytes(leaf.public_bytes(Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem")
    return context


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("expired", "uptime.expired"),
        ("another name", "uptime.misnamed"),
        ("self-signed", "uptime.self_signed"),
        ("leaf only", "uptime.unproven"),
        ("another root", "uptime.unproven"),
    ],
)
async def test_real_certificates_are_told_apart_where_they_can_be_and_are_never_simply_up(tmp_path, kind, key):
    ca, other = trustme.CA(), trustme.CA()
    context = {
        "expired": lambda: context_of(ca.issue_cert("so.test", not_after=datetime.now(UTC) - DAY), tmp_path),
        "another name": lambda: context_of(ca.issue_cert("khac.test"), tmp_path),
        "self-signed": lambda: self_signed(tmp_path),
        "leaf only": lambda: context_of(ca.create_child_ca().issue_cert("so.test"), tmp_path, whole=False),
        "another root": lambda: context_of(other.create_child_ca().issue_cert("so.test"), tmp_path),
    }[kind]()
    with serve(Site({"/": FRONT}, context)) as site:
        reading = await seen_at(tmp_path, site.port, ca)
    assert reading.because.key == key
    if key == "uptime.unproven":
        assert (type(reading), reading.cause) == (Unavailable, Cause.AMBIGUOUS)
    else:
        assert reading.value == 0


def old_server(listener, context, stop):
    """Serve pages over what the context speaks; a greeting that it does not speak is answered with TLS's own alert."""
    while not stop.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(2)
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    while secure.recv(4096):
                        secure.sendall(FRONT)
            except OSError:
                continue


@pytest.mark.anyio
async def test_a_server_of_old_protocols_alone_is_not_up_for_nobody_can_visit_it(tmp_path):
    ca = trustme.CA()
    context = context_of(ca.issue_cert("so.test", key_type=trustme.KeyType.RSA), tmp_path)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that they are old is the point
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=old_server, args=(listener, context, stop))
        thread.start()
        try:
            reading = await seen_at(tmp_path, listener.getsockname()[1], ca)
        finally:
            stop.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)
    assert (reading.value, reading.because.key) == (0, "uptime.old_protocol")


# The samples of the window


def account(**given):
    at = datetime(2026, 11, 1, tzinfo=UTC)
    whole = {
        "since": at - 365 * DAY, "until": at, "samples": 3, "up_seconds": 900, "down_seconds": 100, "excluded": (), "incidents": (),
        "incident_count": 1, "longest_seconds": 90, "p50_ms": 10, "p95_ms": 20, "p99_ms": 30,
    }  # fmt: skip
    return UptimeAccount(**{**whole, **given})


def told(seen, **given):
    readings = legible(PROBE.assess(UptimeSeen(chain=seen, account=account(**given)), known()))
    assert [reading.measure for reading in readings] == [measure.id for measure in PROBE.measures]
    assert all(
        fits(measure, r.value) is None for measure, r in zip(PROBE.measures, readings, strict=True) if isinstance(r, Measured)
    )
    return [reading.value if isinstance(reading, Measured) else reading.cause for reading in readings]


def test_the_samples_of_the_window_say_more_than_one_look():
    down = chain(failed(Cause.CONNECT))
    for seen in (chain(exchange()), down):
        assert told(seen) == [Decimal("0.9"), Decimal(1000) / (365 * 86_400), 1, 2, 20]
    assert told(down, up_seconds=0, p95_ms=None, main_down=Cause.CONNECT)[::4] == [0, Cause.CONNECT]


def test_where_no_sample_counts_the_look_of_this_visit_speaks():
    nothing = {"up_seconds": 0, "down_seconds": 0, "incident_count": 0, "longest_seconds": 0, "p95_ms": None}
    assert told(chain(exchange()), **nothing) == [1, *[Cause.NOT_RUN] * 4]
    assert told(chain(failed(Cause.CONNECT)), **nothing) == [0, *[Cause.NOT_RUN] * 4]


def test_old_samples_do_not_speak_for_what_can_no_longer_be_seen():
    assert told(chain(exchange(status=403))) == [Cause.BLOCKED] * 5
    assert told(chain(failed(Cause.OWN_LINK))) == [Cause.OWN_LINK] * 5


def test_what_is_down_names_the_cause_under_which_it_is_listed():
    assert sample(chain(failed(Cause.DNS))).facts["cause"] == "dns"
    assert sample(chain(exchange(status=404))).facts["cause"] == "http_4xx"
    assert sample(chain(exchange(body=b""))).facts["cause"] == "protocol"
    assert sample(chain(exchange(unverified=said("certificate has expired")))).facts["cause"] == "tls"
    assert "cause" not in sample(chain(exchange())).facts


def test_phases_are_summed_over_redirects():
    steps = Phases(resolve="0.0100", connect="0.0200", tls="0.0300")
    hops = (
        exchange(url="http://so.test/", status=301, phases=Phases(resolve="0.001", connect="0.002"), first_byte_seconds="0.004", seconds="0.005"),
        exchange(phases=steps, first_byte_seconds="0.100", seconds="0.150"),
        exchange(first_byte_seconds="0.010", seconds="0.020"),
    )  # fmt: skip
    found = sample(Chain(hops=hops)).facts["phases"]
    assert found == {"resolve": 11, "connect": 22, "tls": 30, "first_byte": 51, "done": 175}
    assert sample(chain(failed(Cause.CONNECT))).facts["phases"]["resolve"] is None
