"""The TLS door with real servers: what they send is told apart, and whoever is silent is not judged before he is proven to be."""

import json
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from cryptography.x509 import ocsp
from handshakes import known
from servers import closed_port, serve_dns
from tls import Kept, context_of, over, plain, refusing, resetting, s_server, scanner, serving, silent
from tlsauthorities import authorities, constrained
from tlsscan import HOST, scan

from auditor.model.visit import Cause
from auditor.sdk.tls import Suite
from auditor.visit.doors.tls.door import TlsVisit
from probes.tls import TlsSeen, assess

pytestmark = pytest.mark.anyio


async def test_a_good_server_is_seen_whole_and_its_evidence_kept(authority):
    context = context_of(authority.issue_cert(HOST, f"*.{HOST}"))
    with serving(over(context)) as server:
        endpoint, seen = await scan(server, trust=[authority.path])
    assert (endpoint.connected, endpoint.handshake, endpoint.cause) == (True, True, None)
    assert endpoint.protocols == ("tls1.2", "tls1.3")
    assert (endpoint.trusted, endpoint.chain_complete, endpoint.hostname_matches) == (True, True, True)
    assert (endpoint.vulnerabilities, endpoint.not_tested) == ((), ())
    assert {suite.protocol for suite in endpoint.suites} == {"tls1.2", "tls1.3"}
    assert endpoint.chain[0].sans == (HOST, f"*.{HOST}")
    assert endpoint.chain[0].key_bits >= 256
    assert server.most <= 8  # five at once, and those that the server has not yet seen closed
    facts = json.loads(seen["kept"].blobs[f"tls://{HOST}:443"])
    assert facts["addresses"][0]["hellos"]["tls1.1"]["reply"] == "alert"
    assert [proof.media_type for proof in seen["scan"].proofs] == ["application/json", "application/pem-certificate-chain"]
    assert seen["kept"].blobs[f"tls://{HOST}:443#127.0.0.1"].startswith(b"-----BEGIN CERTIFICATE-----")


async def test_an_expired_certificate_is_trusted_all_the_same_and_says_when(authority):
    past = datetime.now(UTC) - timedelta(days=3)
    certificate = authority.issue_cert(HOST, not_before=past - timedelta(days=90), not_after=past)
    with serving(over(context_of(certificate))) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert (endpoint.trusted, endpoint.hostname_matches) == (True, True)
    assert abs(endpoint.chain[0].not_after - past) < timedelta(seconds=2)


@pytest.mark.parametrize("sent", ["the expired alone", "the expired first", "the expired last"])
async def test_of_an_expired_and_a_valid_intermediate_the_path_takes_the_valid(tmp_path, sent):
    made = authorities(tmp_path)
    order = {"the expired alone": "e", "the expired first": "ev", "the expired last": "ve"}[sent]
    with serving(over(made.context(order))) as server:
        endpoint, _ = await scan(server, trust=[made.root])
    [_, middle] = [one for one in endpoint.chain if one.sha256 in endpoint.path]
    assert (endpoint.trusted, endpoint.chain_complete) == (True, True)
    assert (middle.not_after < datetime.now(UTC)) is (sent == "the expired alone")


@pytest.mark.parametrize(
    ("given", "revoked"),
    [
        ({}, False),
        ({"status": ocsp.OCSPCertStatus.REVOKED}, True),
        ({"by": "delegate"}, False),
        ({"days": -3}, None),
        ({"by": "so"}, None),
        ({"about": "middle"}, None),
        (None, None),
    ],
    ids=["good", "revoked", "by a delegate", "of last week", "signed by nobody of weight", "about another", "none"],
)
async def test_a_stapled_answer_counts_when_its_authority_signed_it_for_now(tmp_path, given, revoked):
    made = authorities(tmp_path)
    made.context("v")
    options = ["-cert", str(tmp_path / "so.pem"), "-cert_chain", str(tmp_path / "so.pem")]
    if given is not None:
        (tmp_path / "staple.der").write_bytes(made.staple(**given))
        options += ["-status_file", str(tmp_path / "staple.der")]
    with s_server(*options) as port:
        endpoint, _ = await scan(port, trust=[made.root])
    assert (endpoint.trusted, endpoint.revoked) == (True, revoked)


@pytest.mark.parametrize(
    ("staple", "told"),
    [
        (None, ("tls.must_staple", Cause.TLS)),
        ({}, ("tls.not_revoked", None)),
        ({"days": -3}, ("tls.no_word", Cause.NOT_RUN)),
    ],
    ids=["none", "good", "of last week"],
)
async def test_a_certificate_that_demands_a_staple_is_seen_to_and_its_server_asked_once_more(tmp_path, staple, told):
    made = authorities(tmp_path, demands=True)
    made.context("v")
    options = ["-cert", str(tmp_path / "so.pem"), "-cert_chain", str(tmp_path / "so.pem")]
    if staple is not None:
        (tmp_path / "staple.der").write_bytes(made.staple(**staple))
        options += ["-status_file", str(tmp_path / "staple.der")]
    with s_server(*options) as port:
        endpoint, found = await scan(port, trust=[made.root])
    assert endpoint.chain[0].must_staple
    [raw] = json.loads(found["kept"].blobs[f"tls://{HOST}:443"])["addresses"]
    assert (raw["hello_for_a_staple"] is not None) is (staple is None)
    [reading] = [one for one in assess(TlsSeen(scan=found["scan"]), known()) if one.measure == "tls.revoked"]
    assert (reading.because.key, getattr(reading, "cause", None)) == told


async def test_a_wrong_name_is_wrong_and_nothing_else(authority):
    with serving(over(context_of(authority.issue_cert("khac.test")))) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert (endpoint.trusted, endpoint.chain_complete, endpoint.hostname_matches) == (True, True, False)


async def test_an_unknown_authority_is_not_trusted_though_its_chain_may_be_complete():
    ca = trustme.CA()
    leaf = ca.issue_cert(HOST)
    with serving(over(context_of(leaf)), over(context_of(leaf, more=[ca.cert_pem]))) as (leaf_only, whole):
        alone, _ = await scan(leaf_only)
        with_root, _ = await scan(whole)
    assert (alone.trusted, alone.chain_complete) == (False, False)
    assert "was not sent and is no trusted root" in alone.trust_detail
    assert (with_root.trusted, with_root.chain_complete) == (False, True)
    assert "signed itself" in with_root.trust_detail


async def test_a_missing_intermediate_breaks_the_chain(authority, tmp_path):
    middle = authority.create_child_ca()
    leaf = middle.issue_cert(HOST)
    with serving(over(context_of(leaf)), over(context_of(leaf, chain=1))) as (whole, cut):
        good, _ = await scan(whole, trust=[authority.path])
        bad, _ = await scan(cut, trust=[authority.path])
        middle.cert_pem.write_to_path(tmp_path / "middle.pem")
        known, _ = await scan(cut, trust=[authority.path, tmp_path / "middle.pem"])
    assert (good.trusted, good.chain_complete) == (True, True)
    assert (bad.trusted, bad.chain_complete) == (False, False)
    assert (known.trusted, known.chain_complete) == (True, False)


async def test_old_protocols_and_weak_suites_are_seen(authority):
    context = context_of(
        authority.issue_cert(HOST, key_type=trustme.KeyType.RSA),
        oldest=ssl.TLSVersion.TLSv1,
        newest=ssl.TLSVersion.TLSv1_1,
        ciphers="ALL:eNULL:@SECLEVEL=0",
    )
    with serving(over(context)) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert endpoint.protocols == ("tls1.0", "tls1.1")
    assert any("NULL" in suite.name for suite in endpoint.suites)
    assert endpoint.trusted is True
    assert endpoint.cause is None


async def test_a_diffie_hellman_group_is_measured(authority, tmp_path):
    (tmp_path / "dh.pem").write_text(GROUP_OF_1024)
    certificate = authority.issue_cert(HOST, key_type=trustme.KeyType.RSA)
    context = context_of(certificate, newest=ssl.TLSVersion.TLSv1_2, ciphers="DHE:@SECLEVEL=0")
    context.load_dh_params(tmp_path / "dh.pem")
    with serving(over(context)) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert {suite.dh_bits for suite in endpoint.suites} == {1024}


@pytest.mark.parametrize(
    ("talk", "cause"),
    [(plain, Cause.PROTOCOL), (resetting, Cause.TLS), (silent, Cause.TIMEOUT)],
    ids=["plain", "reset", "silent"],
)
async def test_a_port_that_takes_connections_and_speaks_no_tls_says_how(talk, cause):
    with serving(talk) as server:
        endpoint, _ = await scan(server, hello_seconds=0.3)
    assert (endpoint.connected, endpoint.handshake, endpoint.cause) == (True, False, cause)
    assert endpoint.detail


@pytest.mark.parametrize(
    ("who", "opened", "cause"),
    [
        ("alerts alone", False, Cause.TLS),
        ("a curve of its own", True, Cause.CAPABILITY),
        ("a group of its own in TLS 1.3", True, Cause.CAPABILITY),
        ("keys shared beforehand", False, Cause.TLS),
    ],
)
async def test_where_nothing_is_shared_another_client_proves_whether_anybody_gets_in(authority, tmp_path, who, opened, cause):
    certificate = authority.issue_cert(HOST)
    curve = context_of(certificate, newest=ssl.TLSVersion.TLSv1_2)
    curve.set_ecdh_curve("brainpoolP256r1")
    for blob in [certificate.private_key_pem, *certificate.cert_chain_pems]:
        blob.write_to_path(tmp_path / "so.pem", append=True)
    servers = {
        "alerts alone": serving(refusing),
        "a curve of its own": serving(over(curve)),
        "a group of its own in TLS 1.3": s_server("-tls1_3", "-groups", "ffdhe4096", "-cert", str(tmp_path / "so.pem")),
        "keys shared beforehand": s_server("-tls1_2", "-nocert", "-psk", "ab12", "-cipher", "PSK"),
    }
    with servers[who] as server:
        endpoint, seen = await scan(server, trust=[authority.path])
    assert (endpoint.connected, endpoint.handshake, endpoint.spoke) == (True, False, True)
    assert (endpoint.opened, endpoint.cause) == (opened, cause)
    assert "OpenSSL" in endpoint.detail
    [raw] = json.loads(seen["kept"].blobs[f"tls://{HOST}:443"])["addresses"]
    assert raw["another_client"]["opened"] is opened


@pytest.mark.parametrize("talk", [plain, resetting, silent], ids=["plain", "reset", "silent"])
async def test_whoever_says_no_word_of_tls_does_not_speak_it(talk):
    with serving(talk) as server:
        endpoint, _ = await scan(server, hello_seconds=0.3)
    assert not endpoint.spoke


async def test_a_server_with_anonymous_suites_alone_is_known_by_its_hello(authority):
    certificate = authority.issue_cert(HOST, key_type=trustme.KeyType.RSA)
    bare = context_of(certificate, newest=ssl.TLSVersion.TLSv1_2, ciphers="AECDH:ADH:@SECLEVEL=0")
    mixed = context_of(certificate, newest=ssl.TLSVersion.TLSv1_2, ciphers="AECDH:AES256-SHA:@SECLEVEL=0")
    with serving(over(bare), over(mixed)) as (one, other):
        none, _ = await scan(one, trust=[authority.path])
        both, _ = await scan(other, trust=[authority.path])
    assert (none.handshake, none.cause, none.chain, none.anonymous) == (True, Cause.CAPABILITY, (), True)
    assert all("_anon_" in suite.name for suite in none.suites)
    assert none.suites
    assert (both.anonymous, both.trusted, bool(both.chain)) == (False, True, True)


async def test_compression_and_renegotiation_are_read_from_the_hello_where_the_library_cannot(authority):
    certificate = authority.issue_cert(HOST, key_type=trustme.KeyType.RSA)
    context = context_of(certificate, newest=ssl.TLSVersion.TLSv1_2, ciphers="CAMELLIA128-SHA:CAMELLIA256-SHA:@SECLEVEL=0")
    with serving(over(context)) as server:
        endpoint, seen = await scan(server, trust=[authority.path])
    assert (endpoint.vulnerabilities, endpoint.not_tested, endpoint.cause) == ((), (), None)
    [raw] = json.loads(seen["kept"].blobs[f"tls://{HOST}:443"])["addresses"]
    assert raw["hello_with_compression"]["compression"] is False
    assert raw["hellos"]["tls1.2"]["renegotiation"] is True
    assert "tls_compression" in raw["deep"]["errors"]


async def test_a_server_that_compresses_and_promises_no_safe_renegotiation_is_known_by_its_hello():
    """Only our hellos understand it: it speaks TLS 1.0 with 3DES, deflates, and knows no extension."""
    with serving(ancient(b"\x00\x0a", deflate=True)) as server:
        endpoint, _ = await scan(server)
    assert endpoint.suites == (Suite(protocol="tls1.0", name="TLS_RSA_WITH_3DES_EDE_CBC_SHA"),)
    assert endpoint.vulnerabilities == ("crime", "insecure_renegotiation")
    assert endpoint.not_tested == ("heartbleed", "openssl_ccs", "robot")


async def test_a_certificate_that_nobody_can_read_is_the_servers_fault():
    broken = b"\x30\x82\x01\x00" + bytes(256)
    with serving(ancient(b"\x00\x2f", certificate=broken)) as server:
        endpoint, _ = await scan(server)
    assert (endpoint.handshake, endpoint.chain, endpoint.chain_cause) == (True, (), Cause.PROTOCOL)
    assert "no library can read it" in endpoint.trust_detail


async def test_a_certificate_that_only_our_library_cannot_read_is_no_missing_one(authority, monkeypatch):
    monkeypatch.setattr("auditor.visit.doors.tls.shown.certificates", lambda chain: ())
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert (endpoint.handshake, endpoint.cause, endpoint.chain, endpoint.chain_cause) == (True, None, (), Cause.CAPABILITY)


async def test_more_certificates_than_anybody_takes_are_the_servers_fault(authority):
    flood = [authority.cert_pem] * 400
    certificate = authority.issue_cert(HOST)
    with serving(over(context_of(certificate, newest=ssl.TLSVersion.TLSv1_2, more=flood))) as server:
        endpoint, _ = await scan(server)
    assert (endpoint.handshake, endpoint.chain, endpoint.chain_cause) == (True, (), Cause.TOO_LARGE)


async def test_four_addresses_of_each_family_are_scanned_and_the_rest_is_named():
    zone = {(HOST, "A"): [f"127.0.0.{number}" for number in range(1, 7)], (HOST, "AAAA"): ["::1", "fd00::1"]}
    with serving(refusing) as server, serve_dns(zone) as dns:
        shared = scanner({}, allow=["127.0.0.0/8", "::1/128", "fd00::/8"], servers=[("127.0.0.1", dns.port)], hello_seconds=0.3)
        kept = Kept()
        found = await TlsVisit(shared, kept).scan(HOST, port=server.port)
    assert sorted(one.address for one in found.endpoints if ":" not in one.address) == [f"127.0.0.{n}" for n in range(1, 5)]
    assert sorted(one.address for one in found.endpoints if ":" in one.address) == ["::1", "fd00::1"]
    assert found.not_scanned == ("127.0.0.5", "127.0.0.6")
    assert json.loads(kept.blobs[f"tls://{HOST}:{server.port}"])["not_scanned"] == ["127.0.0.5", "127.0.0.6"]


async def test_addresses_that_nobody_outside_can_reach_are_named_beside_the_others(authority):
    zone = {(HOST, "A"): ["127.0.0.1", "192.168.1.10"], (HOST, "AAAA"): ["fd00::1"]}
    with serve_dns(zone) as dns, serving(over(context_of(authority.issue_cert(HOST)))) as server:
        shared = scanner({}, trust=[authority.path], allow=["127.0.0.0/8"], servers=[("127.0.0.1", dns.port)])
        found = await TlsVisit(shared, Kept()).scan(HOST, port=server.port)
    assert [one.address for one in found.endpoints] == ["127.0.0.1"]
    assert found.not_public == ("192.168.1.10", "fd00::1")
    offered, *_ = assess(TlsSeen(scan=found), known())
    assert (offered.value, offered.because.key) == (True, "tls.offered_beside")
    assert offered.facts["addresses_not_public"] == ["192.168.1.10", "fd00::1"]


async def test_a_warning_of_a_name_it_does_not_know_is_not_taken_for_a_refusal(authority):
    """OpenSSL 1.0 sends it before its hello, to clients up to TLS 1.2."""
    with serving(ancient(b"\x00\x2f", before=b"\x15\x03\x01\x00\x02\x01\x70")) as server:
        endpoint, _ = await scan(server)
    assert (endpoint.handshake, endpoint.protocols) == (True, ("tls1.0",))


async def test_a_refused_port_is_blamed_only_after_proof():
    async def nobody_answers(host, cause):
        return Cause.AMBIGUOUS

    theirs, _ = await scan(closed_port())
    open_, _ = await scan(closed_port(), blame=nobody_answers)
    assert (theirs.connected, theirs.handshake, theirs.cause) == (False, False, Cause.CONNECT)
    assert open_.cause is Cause.AMBIGUOUS


async def test_a_handshake_proves_our_own_link_and_a_silent_port_does_not(authority):
    with serving(over(context_of(authority.issue_cert(HOST))), plain) as (good, bad):
        shared = scanner({f"{HOST}:443": f"127.0.0.1:{good.port}", "khac.test:443": f"127.0.0.1:{bad.port}"})
        await TlsVisit(shared, Kept()).scan("khac.test")
        before = shared.answers.hosts
        await TlsVisit(shared, Kept()).scan(HOST)
    assert (before, shared.answers.hosts) == (set(), {HOST})


async def test_a_second_try_clears_a_server_that_was_shy_once(authority):
    shake = over(context_of(authority.issue_cert(HOST)))

    def shy(connection, server):
        if server.connections > 5:
            shake(connection, server)

    with serving(shy) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert (endpoint.handshake, endpoint.cause) == (True, None)


async def test_a_server_that_only_our_own_hello_understands_shakes_hands_all_the_same():
    """It answers a hello of TLS 1.0 and breaks off whatever comes next: no library gets through, and TLS is offered."""
    with serving(ancient(b"\x00\x2f")) as server:
        endpoint, _ = await scan(server)
    assert (endpoint.handshake, endpoint.protocols, endpoint.cause) == (True, ("tls1.0",), Cause.CAPABILITY)
    assert endpoint.not_tested
    assert "full handshake failed" in endpoint.detail


async def test_a_server_of_tls_1_3_alone_has_none_of_the_old_vulnerabilities(authority):
    context = context_of(authority.issue_cert(HOST), oldest=ssl.TLSVersion.TLSv1_3)
    with serving(over(context)) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
        connections = server.connections
    assert (endpoint.protocols, endpoint.trusted, endpoint.cause, endpoint.not_tested) == (("tls1.3",), True, None, ())
    assert connections < 250


async def test_a_server_that_wants_a_certificate_of_ours_is_seen_too(authority):
    context = context_of(authority.issue_cert(HOST))
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(over(context)) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert (endpoint.handshake, endpoint.trusted, endpoint.hostname_matches) == (True, True, True)


async def test_an_authority_that_may_not_issue_for_a_name_makes_no_path(authority, tmp_path):
    limited = constrained(tmp_path, permitted="khac.test")
    with serving(over(limited.context)) as server:
        endpoint, _ = await scan(server, trust=[limited.root])
    assert endpoint.trusted is False
    assert "may not issue for" in endpoint.trust_detail


def ancient(suite, *, deflate=False, certificate=b"", before=b""):
    """Answer hellos of TLS 1.0 up to the end of the first flight, by hand, and refuse all others."""

    def message(kind, body):
        return bytes([kind]) + len(body).to_bytes(3, "big") + body

    def talk(connection, server):
        hello = connection.recv(600)
        if hello[9:11] != b"\x03\x01":
            connection.sendall(b"\x15\x03\x01\x00\x02\x02\x46")
            return
        length = int.from_bytes(hello[76:78], "big") if hello[43] else int.from_bytes(hello[44:46], "big")
        methods = hello[46 + length + 1 :][: hello[46 + length]]
        compression = b"\x01" if deflate and 1 in methods else b"\x00"
        flight = message(2, b"\x03\x01" + bytes(32) + b"\x00" + suite + compression)
        if certificate:
            listed = len(certificate).to_bytes(3, "big") + certificate
            flight += message(11, len(listed).to_bytes(3, "big") + listed)
        flight += message(14, b"")
        connection.sendall(before + b"\x16\x03\x01" + len(flight).to_bytes(2, "big") + flight)

    return talk


GROUP_OF_1024 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAPPxNSgK8DlLwg/YwljrOe33NRyn5E5VQM1nC4vtH3N2hkliqnar37Bh
3mhjBWXQUVyhp3c8JYISAuVXcaac59hbWB11x/ScaHXFy6YIOk7dHN60zUXVx85L
WHc3FPZlr+Q/epX91PjFw/70u8Tqp9/YJIJPbtLEc23yaxGSqkR3AgEC
-----END DH PARAMETERS-----
"""
