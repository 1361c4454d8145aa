"""What a TLS scan means: the worst of the addresses, every promise kept whatever was seen, and no unknown called a pass."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from handshakes import AT, SHIPPED, SITE, endpoint, known, leaf, middle, mute, port_80, read, seen

from auditor.model.codec import Codec
from auditor.model.note import Note
from auditor.model.reading import Unavailable
from auditor.model.visit import Cause
from auditor.sdk.tls import Revocation, Suite
from probes import tls
from probes.handshake import grade, judges, profile, revoked, said
from probes.tls import PROBE, TlsSeen, assess


def values(value, **given):
    return {
        name.removeprefix("tls."): getattr(one, "value", getattr(one, "cause", None))
        for name, one in read(value, **given).items()
    }


def test_a_good_server_is_good_in_everything():
    assert values(seen(endpoint()), guidelines=SHIPPED) == {
        "offered": True, "trusted": True, "hostname": True, "valid_now": True, "chain_complete": True, "days_left": 40, "revoked": Cause.NOT_RUN,
        "oldest_protocol": "tls1.2", "newest_protocol": "tls1.3", "weak_suites": 0, "key_bits": 2048, "vulnerabilities": 0,
        "profile": "intermediate", "grade": "a",
    }  # fmt: skip


def test_who_may_only_be_slow_is_not_said_to_have_no_tls():
    slow = mute(Cause.TIMEOUT, connected=True, unfinished=True)
    assert set(values(seen(slow, elsewhere=port_80())).values()) == {Cause.TIMEOUT}
    assert values(seen(endpoint(), slow))["offered"] is True
    gone = mute(Cause.TIMEOUT, connected=True)
    assert values(seen(slow, gone, elsewhere=port_80()))["offered"] is False
    assert values(seen(endpoint(), slow, gone))["offered"] is False


def test_a_demanded_staple_that_is_not_sent_is_the_servers_fault_unless_the_authority_says_it_otherwise():
    owing = (leaf(must_staple=True), middle())
    absent = Revocation(means="staple", cause=Cause.NOT_RUN, fault="not_sent")
    good, bad = Revocation(means="ocsp", revoked=False), Revocation(means="crl", revoked=True)

    def said(*told, chain=owing):
        return values(seen(endpoint(chain=chain, revocation=told)))["revoked"]

    assert said(absent) is Cause.TLS
    assert said(absent, good) is False
    assert said(absent, bad) is True
    assert said(absent, good, chain=(leaf(), middle())) is False
    assert said(Revocation(means="staple", revoked=False)) is False
    assert said(replace(absent, fault="unknown_signer"), good) is False
    assert said(good) is False


def test_an_expired_certificate_is_only_expired():
    found = values(seen(endpoint(chain=(leaf(not_after=AT - timedelta(hours=1)), middle()))))
    assert (found["valid_now"], found["days_left"], found["trusted"], found["hostname"]) == (False, -1, True, True)


@pytest.mark.parametrize(
    ("chain", "valid"),
    [
        ((leaf(not_after=AT + timedelta(seconds=1)),), True),
        ((leaf(not_before=AT + timedelta(days=1)),), False),
        ((leaf(), middle(not_after=AT - timedelta(days=1))), False),
        ((leaf(), middle(not_after=AT - timedelta(days=1)), middle()), True),
        ((leaf(issuer="CN=Other"), middle(not_after=AT - timedelta(days=1))), True),
        ((leaf(issuer="CN=Root"), leaf(subject="CN=Root", issuer="CN=Root", not_after=AT - timedelta(days=1))), True),
    ],
    ids=[
        "last second",
        "not yet",
        "issuer expired",
        "another issuer is good",
        "a stray one is not asked",
        "an old root is not asked",
    ],
)
def test_valid_now_asks_for_the_certificate_and_the_one_that_signed_it(chain, valid):
    assert values(seen(endpoint(chain=chain)))["valid_now"] is valid


def test_what_is_stapled_tells_whether_the_certificate_is_revoked():
    assert values(seen(endpoint(revoked=True)))["revoked"] is True
    assert values(seen(endpoint(revoked=False)))["revoked"] is False
    assert values(seen(endpoint(revoked=False), endpoint(address="192.0.2.2")))["revoked"] is Cause.NOT_RUN
    assert values(seen(endpoint(revoked=True), endpoint(address="192.0.2.2")))["revoked"] is True


@pytest.mark.parametrize(
    ("path", "valid"),
    [(("ab", "m1", "m2"), False), (("ab", "m1"), True), ((), True)],
    ids=["every certificate of the path is asked", "a stray one is not", "without a path only the issuer is"],
)
def test_valid_now_asks_for_every_intermediate_of_the_path(path, valid):
    upper = leaf(subject="CN=Root", issuer="CN=Old", sha256="m2", not_after=AT - timedelta(days=1))
    reading = read(seen(endpoint(chain=(leaf(), middle(sha256="m1"), upper), path=path)))["tls.valid_now"]
    assert reading.value is valid
    assert valid or "CN=Root" in str(reading.because)


def test_dates_are_judged_at_the_moment_of_the_scan():
    """A visit may wait for its turn, and its evidence be judged again years later."""
    ends = AT + timedelta(days=1)
    value = seen(endpoint(chain=(leaf(not_after=ends), middle())))
    found = {one.measure: one for one in assess(value, replace(known(), captured_at=AT + timedelta(days=3)))}
    assert (found["tls.valid_now"].value, found["tls.days_left"].value) == (True, 1)


def test_every_address_is_shown_with_its_value_or_why_it_has_none():
    one, other = endpoint(), endpoint(address="192.0.2.2", chain=(leaf(key_bits=1024), middle()))
    cut = endpoint(address="2001:db8::1", cause=Cause.BUDGET, chain=(), trusted=None)
    found = read(seen(one, other, cut, mute(Cause.CAPABILITY), not_scanned=("192.0.2.5",)))
    assert found["tls.key_bits"].facts["addresses"] == {
        "192.0.2.1": 2048, "192.0.2.2": 1024, "2001:db8::1": "budget", "192.0.2.9": "capability",
    }  # fmt: skip
    assert found["tls.offered"].facts["addresses"] == {
        "192.0.2.1": True, "192.0.2.2": True, "2001:db8::1": True, "192.0.2.9": "capability",
    }  # fmt: skip
    assert all(reading.facts["addresses_not_tested"] == ["192.0.2.5"] for reading in found.values())
    alone = read(seen(mute(), elsewhere=port_80()))
    assert all(reading.facts["addresses"] == {"192.0.2.9": "connect"} for reading in alone.values())


def test_days_are_those_of_vietnam_in_words_and_whole_in_value():
    reading = read(seen(endpoint(chain=(leaf(not_after=datetime(2026, 4, 10, 18, tzinfo=UTC)),))))["tls.days_left"]
    assert reading.value == 40
    assert str(reading.because) == "The certificate is valid until 2026-04-11: 40 more days."


@pytest.mark.parametrize(("ago", "days", "hour"), [(timedelta(minutes=30), 1, "00:30"), (timedelta(days=3, hours=1), 4, "00:00")])
def test_how_long_ago_a_certificate_expired_is_said_as_the_days_left_say_it(ago, days, hour):
    found = read(seen(endpoint(chain=(leaf(not_after=AT - ago),))))
    assert found["tls.days_left"].value == -days
    assert f"at {hour} (Vietnam), less than {days} days before" in str(found["tls.days_left"].because)
    assert str(found["tls.valid_now"].because) == str(found["tls.days_left"].because)
    early = read(seen(endpoint(chain=(leaf(not_before=AT + timedelta(hours=2)),))))["tls.valid_now"]
    assert str(early.because) == "The certificate is valid only from 2026-03-02 at 03:00 (Vietnam) on."


def test_the_worst_of_the_addresses_counts_measure_by_measure():
    one = endpoint(chain=(leaf(key_bits=1024), middle()), protocols=("tls1.0", "tls1.3"))
    other = endpoint(address="192.0.2.2", hostname_matches=False, protocols=("tls1.2",), vulnerabilities=("robot",))
    found = read(seen(one, other))
    assert (found["tls.key_bits"].value, found["tls.oldest_protocol"].value, found["tls.newest_protocol"].value) == (
        1024,
        "tls1.0",
        "tls1.2",
    )
    assert (found["tls.hostname"].value, found["tls.vulnerabilities"].value) == (False, 1)
    assert found["tls.hostname"].facts["address"] == "192.0.2.2"


def test_the_order_of_the_addresses_changes_nothing():
    one, other = endpoint(trusted=False), endpoint(address="192.0.2.2", trusted=False)
    assert assess(seen(one, other), known()) == assess(seen(other, one), known())


def test_a_curve_is_not_taken_for_a_short_rsa_key():
    curve = endpoint(chain=(leaf(key_type="EC", key_bits=256),))
    rsa = endpoint(address="192.0.2.2", chain=(leaf(key_bits=2048),))
    reading = read(seen(curve, rsa))["tls.key_bits"]
    assert (reading.value, reading.facts["type"]) == (2048, "RSA")


@pytest.mark.parametrize(
    ("name", "dh_bits", "weak"),
    [
        ("TLS_RSA_WITH_NULL_SHA", None, True),
        ("TLS_DH_anon_WITH_AES_128_CBC_SHA", 2048, True),
        ("TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", None, True),
        ("TLS_RSA_WITH_RC4_128_SHA", None, True),
        ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", None, True),
        ("TLS_RSA_WITH_DES_CBC_SHA", None, True),
        ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 1024, True),
        ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 2048, False),
        ("TLS_RSA_WITH_AES_128_CBC_SHA", None, False),
        ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", None, False),
        ("TLS_CHACHA20_POLY1305_SHA256", None, False),
    ],
)
def test_weak_suites_are_those_of_the_contract(name, dh_bits, weak):
    suites = (Suite(protocol="tls1.1", name=name, dh_bits=dh_bits), Suite(protocol="tls1.2", name=name, dh_bits=dh_bits))
    reading = read(seen(endpoint(suites=suites)))["tls.weak_suites"]
    assert reading.value == int(weak)
    assert all(name in text for text in reading.facts["names"])


def test_a_group_that_nobody_measured_is_no_accusation():
    dhe = Suite(protocol="tls1.2", name="TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")
    good, weak = endpoint().suites[0], Suite(protocol="tls1.2", name="TLS_RSA_WITH_RC4_128_SHA")
    alone = read(seen(endpoint(suites=(good, dhe))))["tls.weak_suites"]
    assert isinstance(alone, Unavailable)
    assert alone.cause is Cause.CAPABILITY
    beside = read(seen(endpoint(suites=(good, dhe, weak))))["tls.weak_suites"]
    assert (beside.value, beside.facts["unmeasured"]) == (1, [dhe.name])
    measured = replace(dhe, protocol="tls1.1", dh_bits=1024)
    assert values(seen(endpoint(suites=(dhe, measured))))["weak_suites"] == 1


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"], "all"),
        (["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"], "some"),
        (["TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_DH_anon_WITH_AES_128_CBC_SHA"], "none"),
    ],
)
def test_forward_secrecy_is_told_beside_the_suites(names, kept):
    suites = tuple(Suite(protocol="tls1.2", name=name) for name in names)
    assert read(seen(endpoint(suites=suites)))["tls.weak_suites"].facts["forward_secrecy"] == kept


def test_the_least_protocol_of_the_guideline_is_told_beside_the_oldest():
    reading = read(seen(endpoint(protocols=("tls1.0", "tls1.1", "tls1.3"))))["tls.oldest_protocol"]
    assert (reading.facts["minimum"], reading.facts["below_minimum"]) == ("tls1.2", ["tls1.0", "tls1.1"])
    stricter = {"guidelines": {"tls": {"min_protocol": "tls1.3"}}}
    assert read(seen(endpoint()), **stricter)["tls.oldest_protocol"].facts["below_minimum"] == ["tls1.2"]


def test_the_guideline_may_say_what_is_weak():
    given = {"guidelines": {"tls": {"weak": ["AES_128"], "min_dh_bits": 4096}}}
    dhe = Suite(protocol="tls1.2", name="TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", dh_bits=2048)
    assert values(seen(endpoint(suites=(*endpoint().suites, dhe))), **given)["weak_suites"] == 3


def test_an_unknown_is_never_a_pass():
    found = values(seen(endpoint(not_tested=("robot",))))
    assert found["vulnerabilities"] is Cause.AMBIGUOUS
    cut = values(
        seen(endpoint(cause=Cause.BUDGET, suites=(), chain=(), trusted=None, chain_complete=None, hostname_matches=None))
    )
    assert cut["offered"] is True
    assert cut["oldest_protocol"] == "tls1.2"
    assert {
        cut[name] for name in ("trusted", "hostname", "valid_now", "days_left", "weak_suites", "key_bits", "vulnerabilities")
    } == {Cause.BUDGET}
    assert values(seen(endpoint(trusted=None)))["trusted"] is Cause.CAPABILITY


def test_what_was_found_counts_though_another_check_failed():
    assert values(seen(endpoint(vulnerabilities=("heartbleed",), not_tested=("robot",))))["vulnerabilities"] == 1


def test_one_bad_address_decides_though_another_is_unknown_and_one_good_address_does_not():
    unknown = endpoint(address="192.0.2.2", cause=Cause.CRASHED, chain=(), trusted=None)
    assert values(seen(endpoint(trusted=False), unknown))["trusted"] is False
    assert values(seen(endpoint(), unknown))["trusted"] is Cause.CRASHED
    assert values(seen(endpoint(), unknown))["days_left"] is Cause.CRASHED


def test_faults_that_were_found_count_though_another_address_is_unknown():
    unknown = endpoint(address="192.0.2.2", cause=Cause.CRASHED, suites=(), not_tested=("robot",))
    rc4 = Suite(protocol="tls1.2", name="TLS_RSA_WITH_RC4_128_SHA")
    found = values(seen(endpoint(vulnerabilities=("robot",), suites=(rc4,)), unknown))
    assert (found["vulnerabilities"], found["weak_suites"]) == (1, 1)
    clean = values(seen(endpoint(), unknown))
    assert (clean["vulnerabilities"], clean["weak_suites"]) == (Cause.CRASHED, Cause.CRASHED)


def test_a_server_without_any_certificate_has_the_worst_of_certificates():
    found = values(seen(endpoint(chain=(), trusted=None, chain_complete=None, hostname_matches=None)))
    assert (found["offered"], found["trusted"], found["hostname"], found["days_left"], found["key_bits"]) == (
        True,
        False,
        False,
        0,
        0,
    )


def test_an_address_that_is_silent_is_no_offer_unless_the_fault_may_be_ours():
    assert values(seen(endpoint(), mute()))["offered"] is False
    assert values(seen(endpoint(), mute(Cause.CAPABILITY)))["offered"] is True
    assert values(seen(endpoint(), mute(Cause.AMBIGUOUS)))["offered"] is True
    assert values(seen(endpoint(), mute()))["trusted"] is True


def test_a_server_that_speaks_tls_and_agrees_with_nobody_is_never_without_tls():
    spoken = mute(Cause.CAPABILITY, connected=True, spoke=True, detail="alert 40")
    alone = read(seen(spoken, elsewhere=port_80()))
    assert alone["tls.offered"].value is True
    assert alone["tls.offered"].because.key == "tls.unusual"
    rest = {one.cause for name, one in alone.items() if name != "tls.offered"}
    assert rest == {Cause.CAPABILITY}
    beside = values(seen(endpoint(), spoken))
    assert (beside["offered"], beside["trusted"], beside["oldest_protocol"]) == (True, Cause.CAPABILITY, Cause.CAPABILITY)
    assert values(seen(replace(spoken, cause=Cause.CRASHED)))["trusted"] is Cause.CRASHED


def test_evidence_of_before_is_read_and_its_words_tell_who_spoke():
    """It said ``tls`` of an alert, and had no field for it."""
    old = mute(Cause.TLS, connected=True, detail="it answers hellos, but a full handshake failed: no suite")
    codec = Codec(TlsSeen)
    kept = json.loads(codec.dump(seen(old, elsewhere=port_80())))
    [written] = kept["scan"]["endpoints"]
    for name in ("spoke", "path", "chain_cause", "anonymous"):
        del written[name]
    del kept["scan"]["not_scanned"]
    found = values(codec.load(json.dumps(kept)))
    assert (found["offered"], found["trusted"]) == (True, Cause.CAPABILITY)


def test_a_server_with_anonymous_suites_alone_has_the_worst_of_certificates_and_weak_suites():
    bare = endpoint(
        cause=Cause.CAPABILITY, chain=(), trusted=None, chain_complete=None, hostname_matches=None, protocols=("tls1.2",),
        suites=(Suite(protocol="tls1.2", name="TLS_ECDH_anon_WITH_AES_256_CBC_SHA"),), not_tested=("robot",),
    )  # fmt: skip
    proven, doubtful = values(seen(replace(bare, anonymous=True))), values(seen(bare))
    assert (proven["trusted"], proven["key_bits"], proven["weak_suites"]) == (False, 0, 1)
    assert (doubtful["trusted"], doubtful["key_bits"], doubtful["weak_suites"]) == (Cause.CAPABILITY, Cause.CAPABILITY, 1)
    assert proven["vulnerabilities"] is Cause.CAPABILITY


def test_certificates_that_came_and_cannot_be_read_are_the_servers_fault():
    broken = endpoint(
        cause=Cause.CAPABILITY, chain=(), trusted=None, chain_cause=Cause.PROTOCOL, trust_detail="none at all", suites=()
    )
    found = read(seen(broken))
    assert {found[f"tls.{name}"].cause for name in ("trusted", "hostname", "valid_now", "days_left", "key_bits")} == {
        Cause.PROTOCOL
    }
    assert "none at all" in str(found["tls.trusted"].because)
    assert found["tls.weak_suites"].cause is Cause.CAPABILITY


@pytest.mark.parametrize("cause", [Cause.CONNECT, Cause.TIMEOUT, Cause.TLS, Cause.PROTOCOL, Cause.AMBIGUOUS])
def test_a_host_that_answers_only_on_port_80_has_the_worst_of_everything(cause):
    found = values(seen(mute(cause), elsewhere=port_80(301)))
    assert found == {
        "offered": False, "trusted": False, "hostname": False, "valid_now": False, "chain_complete": False, "days_left": 0, "revoked": True,
        "oldest_protocol": "ssl3", "newest_protocol": "ssl3", "weak_suites": 100, "key_bits": 0, "vulnerabilities": 7,
        "profile": "none", "grade": "f",
    }  # fmt: skip
    assert len(read(seen(mute(cause), elsewhere=port_80(301)))["tls.offered"].evidence) == 2


@pytest.mark.parametrize(
    ("scan", "cause"),
    [
        (seen(mute(), elsewhere=port_80(None, Cause.CONNECT)), Cause.CONNECT),
        (seen(mute(Cause.TIMEOUT), elsewhere=port_80(None, Cause.OWN_LINK)), Cause.OWN_LINK),
        (seen(mute(Cause.TIMEOUT), elsewhere=port_80(None, Cause.AMBIGUOUS)), Cause.AMBIGUOUS),
        (seen(mute(Cause.OWN_LINK), elsewhere=port_80(200)), Cause.OWN_LINK),
        (seen(mute(Cause.CAPABILITY), elsewhere=port_80(200)), Cause.CAPABILITY),
        (seen(cause=Cause.DNS, detail="no name", elsewhere=port_80(None, Cause.DNS)), Cause.DNS),
        (seen(cause=Cause.REDIRECTS, detail="private"), Cause.REDIRECTS),
        (seen(), Cause.AMBIGUOUS),
    ],
)
def test_nothing_seen_is_no_value_at_all(scan, cause):
    assert set(values(scan).values()) == {cause}
    assert all(isinstance(one, Unavailable) for one in read(scan).values())


@pytest.mark.parametrize(
    ("url", "port", "asked"),
    [
        ("https://so.test/", 443, "http://so.test/"),
        ("https://so.test:8443/a", 8443, "http://so.test/"),
        ("http://so.test/", 443, "http://so.test/"),
        ("http://so.test:8080/x", 443, "http://so.test:8080/x"),
        ("https://[2001:db8::1]/", 443, "http://[2001:db8::1]/"),
    ],
)
def test_look_scans_the_secure_port_and_asks_port_80_only_when_nobody_shakes_hands(url, port, asked):
    class Doors:
        def __init__(self, scan):
            self.found, self.ports, self.urls = scan, [], []
            self.tls = self.http = self

        async def scan(self, host, *, port, seconds):
            self.ports.append(port)
            return self.found.scan

        async def get(self, url, **given):
            assert given["robots"] is False
            self.urls.append(url)
            return port_80()

    site = replace(SITE, url=url)
    dead, alive = Doors(seen(mute())), Doors(seen(endpoint()))
    assert anyio.run(PROBE.look, site, dead).elsewhere is not None
    assert anyio.run(PROBE.look, site, alive).elsewhere is None
    assert (dead.ports, dead.urls, alive.urls) == ([port], [asked], [])


def test_what_was_seen_can_be_kept_and_read_back():
    codec = Codec(TlsSeen)
    for value in (seen(endpoint()), seen(mute(), elsewhere=port_80())):
        assert codec.load(codec.dump(value)) == value


def test_every_note_has_its_vietnamese_with_the_same_facts():
    notes = {
        one.key: one.text
        for module in (tls, judges, profile, grade, revoked, said)
        for one in vars(module).values()
        if isinstance(one, Note)
    }
    words = tomllib.loads((Path(tls.__file__).parents[1] / "reports/locale/vi/tls.toml").read_text("utf-8"))
    assert words.keys() == notes.keys()
    names = re.compile(r"\{(\w+)\}")
    assert {key: set(names.findall(text)) for key, text in words.items()} == {
        key: set(names.findall(text)) for key, text in notes.items()
    }


def test_a_protocol_whose_every_hello_was_cut_off_by_chance_leaves_open_what_it_would_change():
    told = values(seen(endpoint(protocols=("tls1.2",), unsettled=("tls1.3",))))
    assert (told["oldest_protocol"], told["newest_protocol"]) == ("tls1.2", Cause.AMBIGUOUS)
    told = values(seen(endpoint(unsettled=("tls1.0",))))
    assert (told["oldest_protocol"], told["newest_protocol"]) == (Cause.AMBIGUOUS, "tls1.3")


def test_what_keeps_browsers_out_is_told_and_caps_the_grade():
    some = endpoint(refused_by=("chrome",), refused_for=("usage",))
    found = read(seen(endpoint(), some), guidelines=SHIPPED)
    assert (found["tls.offered"].value, found["tls.offered"].because.key) == (True, "tls.some_browsers")
    assert found["tls.grade"].value == "c"
    every = endpoint(refused_by=("chrome", "firefox"), refused_for=("agreement",))
    found = read(seen(some, every), guidelines=SHIPPED)
    assert (found["tls.offered"].because.key, found["tls.grade"].value) == ("tls.no_browser", "f")
