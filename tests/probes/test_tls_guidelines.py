"""Mozilla's configurations and SSL Labs' grades: the data as its owners publish it, and what a server makes of it."""

import json
import ssl
from dataclasses import replace
from importlib.resources import files

import anyio
import pytest
import trustme
from handshakes import HOST, SHIPPED, endpoint, leaf, middle, mute, read, seen
from tls import Kept, context_of, over, scanner, serving

from auditor.model.reading import Unavailable
from auditor.model.visit import Cause
from auditor.sdk.tls import Suite
from auditor.visit.doors.tls.door import TlsVisit
from probes.handshake.grade import GRADES
from probes.handshake.profile import PROFILES
from probes.tls import TlsSeen

SOUND = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
CBC = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
STATIC = "TLS_RSA_WITH_AES_128_GCM_SHA256"
MODERN = endpoint(
    protocols=("tls1.3",),
    suites=(Suite(protocol="tls1.3", name="TLS_AES_256_GCM_SHA384"),),
    chain=(leaf(key_type="EC", key_bits=256), middle()),
)


def suites(*names, protocol="tls1.2", dh_bits=None):
    return tuple(Suite(protocol=protocol, name=name, dh_bits=dh_bits) for name in names)


def old(*names, protocols=("tls1.0", "tls1.2", "tls1.3"), **given):
    tls13 = Suite(protocol="tls1.3", name="TLS_AES_128_GCM_SHA256")
    return endpoint(protocols=protocols, suites=(*suites(*names), *((tls13,) if "tls1.3" in protocols else ())), **given)


def judged(value, name, guidelines=SHIPPED):
    return read(value if not hasattr(value, "address") else seen(value), guidelines=guidelines)[f"tls.{name}"]


def test_the_configurations_are_those_that_mozilla_publishes():
    """sslyze carries Mozilla's own file; a new version of it shows here."""
    [path] = [one for one in files("sslyze.mozilla_tls_profile").iterdir() if one.name.endswith(".json")]
    published = json.loads(path.read_text("utf-8"))
    ours = SHIPPED["tls-mozilla"]
    assert f"{published['version']}.json" in ours["source"]
    numbers = {"TLSv1": "tls1.0", "TLSv1.1": "tls1.1", "TLSv1.2": "tls1.2", "TLSv1.3": "tls1.3"}
    assert set(published["configurations"]) == {"modern", "intermediate", "old"}
    for name, theirs in published["configurations"].items():
        assert ours[name] == {
            "protocols": [numbers[version] for version in theirs["tls_versions"]],
            "suites": theirs["ciphersuites"] + theirs["ciphers"]["iana"],
            "key_types": theirs["certificate_types"],
            "min_rsa_bits": theirs["rsa_key_size"] or 0,
            "key_curves": theirs["certificate_curves"],
            "min_dh_bits": theirs["dh_param_size"] or 0,
            "curves": theirs["tls_curves"],
        }


@pytest.mark.parametrize(
    ("server", "word", "lacks"),
    [
        (MODERN, "modern", []),
        (replace(MODERN, chain=(leaf(), middle())), "intermediate", ["RSA 2048"]),
        (endpoint(), "intermediate", ["tls1.2", SOUND, "RSA 2048"]),
        (endpoint(suites=suites("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", dh_bits=1024)), "old", ["DH 1024"]),
        (old(SOUND, CBC), "old", ["tls1.0", CBC]),
        (old(SOUND, chain=(leaf(key_type="EC", key_bits=256), middle())), "old", ["tls1.0"]),
        (old(SOUND, chain=(leaf(key_bits=1024), middle())), "none", ["RSA 1024"]),
        (old(SOUND, "TLS_RSA_WITH_RC4_128_SHA"), "none", ["TLS_RSA_WITH_RC4_128_SHA"]),
        (old(SOUND, protocols=("ssl3", "tls1.2")), "none", ["ssl3"]),
        (endpoint(suites=suites("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", dh_bits=768)), "none", ["DH 768"]),
        (endpoint(chain=(leaf(key_type="EC", key_bits=521), middle())), "none", ["EC 521"]),
    ],
)
def test_the_profile_is_the_strictest_that_is_kept_and_says_what_keeps_it_from_the_next(server, word, lacks):
    reading = judged(server, "profile")
    assert (reading.value, reading.facts["lacks"]) == (word, lacks)
    assert reading.facts["next"] == {"none": "old", "old": "intermediate", "intermediate": "modern", "modern": ""}[word]
    assert all(lack in str(reading.because) for lack in lacks)


EXTRA = (
    "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CCM",
    "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256",
    "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_SEED_CBC_SHA",
)


def mozillas_own_check(suites_of, configuration):
    """Give what the checker that sslyze carries says of a server with these suites, by protocol."""
    from types import SimpleNamespace

    from sslyze.mozilla_tls_profile import tls_config_checker as theirs

    attempts = {}
    for field, protocol in (
        ("ssl_2_0", "ssl2"),
        ("ssl_3_0", "ssl3"),
        ("tls_1_0", "tls1.0"),
        ("tls_1_1", "tls1.1"),
        ("tls_1_2", "tls1.2"),
        ("tls_1_3", "tls1.3"),
    ):
        accepted = [
            SimpleNamespace(cipher_suite=SimpleNamespace(name=one.name), ephemeral_key=None)
            for one in suites_of
            if one.protocol == protocol
        ]
        attempts[f"{field}_cipher_suites"] = SimpleNamespace(
            result=SimpleNamespace(is_tls_version_supported=bool(accepted), accepted_cipher_suites=accepted)
        )
    config = theirs.MozillaTlsConfiguration.get(theirs.TlsConfigurationEnum(configuration))
    return theirs._check_tls_versions_and_ciphers(SimpleNamespace(**attempts), config)


@pytest.mark.parametrize("extra", [(), *((name,) for name in EXTRA)], ids=["none", *EXTRA])
@pytest.mark.parametrize("word", ["intermediate", "old"])
def test_one_suite_too_many_keeps_no_configuration_for_us_as_for_mozillas_own_checker(word, extra):
    """Mozilla lists what a server takes; whatever else it takes "should be rejected"."""
    server = endpoint() if word == "intermediate" else old(SOUND, CBC)
    server = replace(server, suites=(*server.suites, *suites(*extra)))
    issues = mozillas_own_check(server.suites, word)
    reading = judged(server, "profile")
    assert (reading.value == word) is (not issues) is (not extra)
    assert reading.value == (word if not extra else "none")
    assert all(name in reading.facts["lacks"] and name in issues["ciphers"] for name in extra)


def test_a_profile_is_not_said_of_a_server_that_was_seen_in_part_unless_it_keeps_none():
    part = endpoint(cause=Cause.CAPABILITY)
    assert judged(part, "profile").cause is Cause.CAPABILITY
    assert judged(replace(part, suites=suites("TLS_RSA_WITH_RC4_128_SHA")), "profile").value == "none"
    group = suites("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")
    assert judged(endpoint(suites=group), "profile").cause is Cause.CAPABILITY
    assert judged(endpoint(chain=(leaf(key_type="unknown", key_bits=0),)), "profile").cause is Cause.CAPABILITY
    assert judged(endpoint(), "profile", guidelines={}).cause is Cause.CAPABILITY


def test_the_worst_address_gives_profile_and_grade():
    weak = replace(old(SOUND, CBC), address="192.0.2.2")
    reading = judged(seen(MODERN, weak), "profile")
    assert (reading.value, reading.facts["addresses"]) == ("old", {"192.0.2.1": "modern", "192.0.2.2": "old"})
    assert judged(seen(MODERN, weak), "grade").value == "b"
    assert judged(seen(MODERN, replace(weak, trusted=False), mute()), "grade").value == "f"


@pytest.mark.parametrize(
    ("server", "word", "faults"),
    [
        (MODERN, "a", []),
        (endpoint(), "a", []),
        (old(SOUND, protocols=("tls1.2",)), "a_minus", ["no_tls13"]),
        (endpoint(vulnerabilities=("insecure_renegotiation",)), "a_minus", ["insecure_renegotiation"]),
        (old(SOUND), "b", ["old_protocol"]),
        (old(SOUND, protocols=("ssl3", "tls1.2", "tls1.3")), "b", ["ssl3"]),
        (old(CBC, protocols=("tls1.2",)), "b", ["no_aead"]),
        (old(STATIC, protocols=("tls1.2",)), "b", ["no_forward_secrecy"]),
        (endpoint(chain_complete=False), "b", ["chain_incomplete"]),
        (endpoint(chain=(leaf(key_bits=1536), middle())), "b", ["key_under_2048"]),
        (endpoint(suites=suites("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", dh_bits=1024)), "b", ["dh_under_2048"]),
        (old(SOUND, "TLS_RSA_WITH_RC4_128_SHA"), "c", ["rc4_modern"]),
        (endpoint(vulnerabilities=("crime",)), "c", ["crime"]),
        (endpoint(protocols=("tls1.0", "tls1.1"), suites=suites(CBC, protocol="tls1.1")), "c", ["no_tls12"]),
        (old("TLS_RSA_WITH_3DES_EDE_CBC_SHA"), "c", ["only_3des_modern"]),
        (endpoint(vulnerabilities=("heartbleed",)), "f", ["heartbleed"]),
        (endpoint(suites=suites("TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", SOUND)), "f", ["under_112_bits"]),
        (endpoint(suites=suites("TLS_DH_anon_WITH_AES_128_CBC_SHA", SOUND)), "f", ["anonymous_suite"]),
        (endpoint(chain=(leaf(key_bits=768), middle())), "f", ["key_under_1024"]),
        (endpoint(suites=suites("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", dh_bits=768)), "f", ["dh_under_1024"]),
        (endpoint(trusted=False), "f", ["untrusted"]),
        (endpoint(revoked=True), "f", ["revoked"]),
        (endpoint(hostname_matches=False), "f", ["misnamed"]),
        (endpoint(chain=(leaf(not_after=leaf().not_before), middle())), "f", ["not_valid_now"]),
        (endpoint(chain=(), anonymous=True, cause=Cause.CAPABILITY, trusted=None), "f", ["no_certificate"]),
    ],
)
def test_the_grade_is_capped_by_what_is_wrong(server, word, faults):
    reading = judged(server, "grade")
    assert reading.value == word
    caps = SHIPPED["tls-grade"]["caps"]
    assert set(faults) <= set(reading.facts["caps"])
    assert reading.facts["caps"] == {fault: caps[fault] for fault in reading.facts["caps"]}
    assert all(fault in str(reading.because) for fault in faults)


def test_3des_and_rsa_beside_better_suites_cost_no_grade():
    """SSL Labs penalizes them only where they would be used; whether they are is the server's order, which is not asked."""
    assert judged(old(SOUND, STATIC, CBC, protocols=("tls1.2", "tls1.3")), "grade").value == "a"
    assert judged(old(SOUND, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", protocols=("tls1.2", "tls1.3")), "grade").facts["caps"] == {}


@pytest.mark.parametrize(
    ("bits", "as_rsa", "caps"),
    [
        (521, 15360, []),
        (384, 7680, []),
        (256, 3072, []),
        (224, 2048, []),
        (192, 1024, ["key_under_2048"]),
        (112, 512, ["key_under_1024"]),
    ],
)
def test_a_curve_is_as_strong_as_nist_says(bits, as_rsa, caps):
    server = endpoint(chain=(leaf(key_type="EC", key_bits=bits), middle()))
    assert judged(server, "key_bits").facts["as_rsa"] == as_rsa
    assert list(judged(server, "grade").facts["caps"]) == caps


@pytest.mark.parametrize(
    ("change", "server", "word"),
    [
        ({"min_cipher_bits": 256}, endpoint(), "f"),
        ({"old_protocols": ["tls1.2"]}, endpoint(), "b"),
        ({"small_keys": ["4096=key_under_2048"]}, endpoint(), "b"),
        ({"small_keys": []}, endpoint(chain=(leaf(key_bits=1536), middle())), "a"),
        ({"aead": ["POLY1305"]}, endpoint(protocols=("tls1.2",), suites=suites(SOUND)), "b"),
        ({"modern_protocols": ["tls1.3"]}, old(SOUND, "TLS_RSA_WITH_RC4_128_SHA"), "b"),
    ],
)
def test_what_is_small_old_or_modern_is_the_guidelines_own_data(change, server, word):
    changed = {**SHIPPED, "tls-grade": {**SHIPPED["tls-grade"], **change}}
    assert judged(server, "grade", changed).value == word


def test_the_score_is_that_of_the_guide():
    """Protocols 100; a key of 2048 bits 90; ciphers of 128 and 256 bits 90 on average: 30 + 27 + 36."""
    server = endpoint(suites=suites(SOUND, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"))
    facts = judged(server, "grade").facts
    assert [facts[name] for name in ("protocol", "key", "cipher", "score")] == [100, 90, 90, 93]


@pytest.mark.parametrize(
    "part",
    [
        {"not_tested": ("robot",)},
        {"cause": Cause.BUDGET},
        {"trusted": None},
        {"suites": suites("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")},
        {"chain": (leaf(key_type="unknown", key_bits=0),)},
    ],
)
def test_no_grade_is_given_when_a_check_did_not_run(part):
    reading = judged(endpoint(**part), "grade")
    assert isinstance(reading, Unavailable)
    assert judged(endpoint(**{"vulnerabilities": ("heartbleed",), **part}), "grade").value == "f"


def test_without_its_guideline_no_grade_is_given():
    assert judged(endpoint(), "grade", guidelines={}).cause is Cause.CAPABILITY


@pytest.mark.parametrize(
    ("given", "profile", "grade"),
    [
        ({"oldest": ssl.TLSVersion.TLSv1_3}, "modern", "a"),
        ({"ciphers": "ECDHE+AESGCM"}, "intermediate", "a"),
        ({"newest": ssl.TLSVersion.TLSv1_2, "ciphers": "ECDHE+AESGCM:ECDHE-ECDSA-AES128-SHA"}, "old", "a_minus"),
        (
            {"oldest": ssl.TLSVersion.TLSv1, "ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"},
            "old",
            "b",
        ),
        ({"newest": ssl.TLSVersion.TLSv1_2, "ciphers": "ECDHE:eNULL:@SECLEVEL=0"}, "none", "f"),
    ],
)
def test_real_servers_get_their_profile_and_grade(tmp_path, given, profile, grade):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    async def scanned(port):
        door = TlsVisit(scanner({f"{HOST}:443": f"127.0.0.1:{port}"}, trust=[tmp_path / "ca.pem"]), Kept())
        return await door.scan(HOST, seconds=60.0)

    with serving(over(context_of(authority.issue_cert(HOST), **given))) as server:
        value = TlsSeen(scan=anyio.run(scanned, server.port))
    assert (judged(value, "profile").value, judged(value, "grade").value) == (profile, grade)


def test_every_word_that_the_guideline_gives_is_one_of_the_measures():
    guide = SHIPPED["tls-grade"]
    letters = {*guide["caps"].values(), *(one.partition("=")[2] for one in guide["letters"])}
    assert {letter.lower().replace("-", "_minus") for letter in letters} <= set(GRADES)
    assert set(SHIPPED["tls-mozilla"]) - {"source", "date"} == set(PROFILES) - {"none"}
