"""A portal's name: IPv6, DNSSEC, name servers and CAA, in values and through the real door against a signed loopback internet."""

from dataclasses import replace

import pytest
from dnssec import SignedZone, delegate, serve_signed
from knowing import NOW, SITE, by_id, known, translated

from auditor.clock import SystemClock
from auditor.model.agency import Site
from auditor.model.codec import Codec
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.reading import Measured, Unavailable, fits
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from auditor.visit.doors.dns.door import DnsVisit, Resolver, Trust, read_anchors
from auditor.visit.doors.guard import Guard
from probes import dns
from probes.dns import PROBE, DnsSeen, NameServer

V6 = "2001:dc8:0:1::80"


def proof(name, kind):
    return Proof(
        digest=digest_of(f"{name}{kind}".encode()),
        kind=ProofKind.BLOB,
        media_type="application/dns-message",
        size=9,
        url=f"dns:{name}?type={kind}",
    )


def told(name, kind, *records, rcode="NOERROR", **given):
    base = {"canonical": name, "at": NOW, "proof": proof(name, kind)}
    return DnsAnswer(name=name, type=kind, rcode=rcode, records=records, **{**base, **given})


def dead(name, kind, cause=Cause.DNS):
    return DnsAnswer(name=name, type=kind, rcode="", cause=cause, detail="no answer", at=NOW)


def server(name, *addresses, cause=None):
    answers = [told(name, "A", *(a for a in addresses if ":" not in a)), told(name, "AAAA", *(a for a in addresses if ":" in a))]
    return NameServer(name=name, answers=tuple(replace(a, cause=cause) if cause else a for a in answers))


def seen(**given):
    base = {
        "host": "so.test",
        "ipv4": told("so.test", "A", "203.113.1.1", security="secure"),
        "ipv6": told("so.test", "AAAA", V6, security="secure"),
        "delegations": (told("so.test", "NS", "ns1.so.test.", "ns2.so.test."),),
        "servers": (server("ns1.so.test", "203.113.1.2"), server("ns2.so.test", "1.53.9.9", "2001:dc8::2")),
        "caa": (told("so.test", "CAA", '0 issue "letsencrypt.org"'),),
    }
    return DnsSeen(**{**base, **given})


def readings(**given):
    return by_id(PROBE.assess(seen(**given), known()))


def test_a_name_in_good_order():
    found = readings()
    assert {measure: reading.value for measure, reading in found.items()} == {
        "dns.ipv6": True, "dns.dnssec": "secure", "dns.nameservers": 2, "dns.caa": True,
    }  # fmt: skip
    assert found["dns.ipv6"].evidence[0].passage == f"so.test AAAA {V6}"
    assert found["dns.caa"].evidence[0].passage == '0 issue "letsencrypt.org"'


@pytest.mark.parametrize(
    ("records", "value", "key"),
    [
        ((V6,), True, "dns.ipv6.yes"),
        ((), False, "dns.ipv6.no"),
        (("::1",), False, "dns.ipv6.private"),
        (("fe80::1", "fd00::1"), False, "dns.ipv6.private"),
        (("::ffff:203.113.1.1",), False, "dns.ipv6.private"),
        (("fd00::1", V6), True, "dns.ipv6.yes"),
    ],
)
def test_an_ipv6_address_counts_when_somebody_outside_can_reach_it(records, value, key):
    reading = readings(ipv6=told("so.test", "AAAA", *records, security="secure"))["dns.ipv6"]
    assert (reading.value, reading.because.key) == (value, key)


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "value"),
    [
        ("secure", "secure", "secure"),
        ("insecure", "insecure", "unsigned"),
        ("secure", "insecure", "unsigned"),
        ("bogus", "secure", "bogus"),
        ("insecure", "bogus", "bogus"),
        ("", "bogus", "bogus"),
        ("secure", "", Cause.CAPABILITY),
        ("", "", Cause.CAPABILITY),
    ],
)
def test_dnssec_is_the_worst_of_the_addresses_and_a_check_not_done_is_ours(ipv4, ipv6, value):
    reading = readings(
        ipv4=told("so.test", "A", "203.113.1.1", security=ipv4, security_detail="vì thế"),
        ipv6=told("so.test", "AAAA", security=ipv6, security_detail="vì thế"),
    )["dns.dnssec"]
    assert (reading.cause if isinstance(value, Cause) else reading.value) == value


@pytest.mark.parametrize("cause", [Cause.DNS, Cause.OWN_LINK, Cause.AMBIGUOUS, Cause.CAPABILITY])
def test_a_resolver_that_fails_makes_everything_unavailable_with_its_cause(cause):
    found = by_id(
        PROBE.assess(DnsSeen(host="so.test", ipv4=dead("so.test", "A", cause), ipv6=dead("so.test", "AAAA", cause)), known())
    )
    assert {reading.cause for reading in found.values()} == {cause}
    assert set(found) == {measure.id for measure in PROBE.measures}


def test_servfail_is_no_answer():
    found = readings(ipv6=told("so.test", "AAAA", rcode="SERVFAIL"), caa=(told("so.test", "CAA", rcode="SERVFAIL"),))
    assert (found["dns.ipv6"].cause, found["dns.caa"].cause, found["dns.dnssec"].cause) == (Cause.DNS,) * 3
    assert found["dns.caa"].evidence


def test_a_name_that_does_not_exist_has_no_readings_of_its_own():
    gone = seen(ipv4=told("so.test", "A", rcode="NXDOMAIN"), ipv6=told("so.test", "AAAA", rcode="NXDOMAIN"))
    found = by_id(PROBE.assess(gone, known()))
    assert {(reading.cause, reading.because.key) for reading in found.values()} == {(Cause.DNS, "dns.no_such_name")}


def test_a_site_by_its_bare_address_has_none_of_it():
    found = by_id(PROBE.assess(DnsSeen(host="203.113.1.1"), known()))
    assert [found[m].value for m in ("dns.ipv6", "dns.dnssec", "dns.nameservers", "dns.caa")] == [False, "unsigned", 0, False]


def test_name_servers_without_an_address_do_not_count_and_networks_are_told():
    reading = readings(
        servers=(server("ns1.so.test", "203.113.1.2"), server("ns2.so.test", "203.113.1.3"), server("ns3.so.test"))
    )["dns.nameservers"]
    assert reading.value == 2
    assert (reading.facts["networks"], reading.facts["silent"]) == (["203.113.1.0/24"], ["ns3.so.test"])


def test_name_servers_that_only_we_cannot_look_up_are_not_counted_against_anybody():
    reading = readings(servers=(server("ns1.so.test", "203.113.1.2"), server("ns2.so.test", cause=Cause.OWN_LINK)))[
        "dns.nameservers"
    ]
    assert isinstance(reading, Unavailable)
    assert reading.cause is Cause.OWN_LINK


def test_one_name_server_is_too_few():
    reading = readings(servers=(server("ns1.so.test", "203.113.1.2"),))["dns.nameservers"]
    assert (reading.value, reading.because.key) == (1, "dns.nameservers.few")


@pytest.mark.parametrize(
    ("answers", "value", "key"),
    [
        ((told("so.test", "CAA"), told("test", "CAA")), False, "dns.caa.no"),
        ((told("so.test", "CAA"), told("test", "CAA", '0 issue ";"')), True, "dns.caa.yes"),
        ((told("so.test", "CAA", '0 iodef "mailto:a@so.test"'),), False, "dns.caa.open"),
        ((told("so.test", "CAA", '0 issuewild ";"'),), False, "dns.caa.open"),
        ((told("so.test", "CAA", '128 ISSUE "ca.test"'),), True, "dns.caa.yes"),
    ],
)
def test_caa_limits_only_where_it_names_an_issuer(answers, value, key):
    reading = readings(caa=answers)["dns.caa"]
    assert (reading.value, reading.because.key) == (value, key)


def test_every_measure_has_one_reading_that_fits_whatever_was_seen():
    measures = {measure.id: measure for measure in PROBE.measures}
    shapes = [
        {"delegations": ()},
        {"servers": ()},
        {"caa": ()},
        {"delegations": (dead("so.test", "NS"),)},
        {"ipv4": dead("so.test", "A")},
    ]
    for shape in shapes:
        found = readings(**shape)
        assert set(found) == set(measures)
        assert all(fits(measures[r.measure], r.value) is None for r in found.values() if isinstance(r, Measured))


def test_every_sentence_has_its_vietnamese():
    assert translated("dns", dns) == []


def test_what_was_seen_can_be_kept_and_read_back():
    codec = Codec(DnsSeen)
    assert codec.load(codec.dump(seen())) == seen()


class Doors:
    def __init__(self, door):
        self.dns = door


async def visited(tmp_path, host, top, *zones):
    """Look at a host through the real door."""
    (tmp_path / "anchor").write_text(top.anchor)
    clock = SystemClock()
    with serve_signed(top, *zones) as server:
        resolver = Resolver(servers=(("127.0.0.1", server.port),), clock=clock, guard=Guard.of((), {}))

        def keep(body, media_type, url):
            return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)

        door = DnsVisit(resolver, keep, Trust(read_anchors(tmp_path / "anchor"), clock))
        found = await PROBE.look(Site(url=f"https://{host}/", roles=SITE.roles, agencies=()), Doors(door))
    return by_id(PROBE.assess(found, known())), server


@pytest.mark.anyio
async def test_a_signed_zone_through_the_real_door_climbs_to_its_name_servers_and_caa(tmp_path):
    root = SignedZone(".")
    text = (
        f'so 300 IN A 203.113.1.80\nso 300 IN AAAA {V6}\n@ 300 IN NS ns2\nns2 300 IN A 1.53.9.9\n@ 300 IN CAA 0 issue "ca.test"\n'
    )
    zone = delegate(root, SignedZone("khanhhoa.test.", text))
    found, server = await visited(tmp_path, "so.khanhhoa.test", root, zone)
    assert {m: getattr(r, "value", r) for m, r in found.items()} == {
        "dns.ipv6": True, "dns.dnssec": "secure", "dns.nameservers": 2, "dns.caa": True,
    }  # fmt: skip
    assert found["dns.nameservers"].facts["zone"] == "khanhhoa.test"
    assert ("so.khanhhoa.test", "CAA") in server.asked
    assert ("test", "CAA") not in server.asked


@pytest.mark.anyio
@pytest.mark.parametrize(("kind", "word"), [("no ds", "unsigned"), ("ds", "bogus")])
async def test_an_unsigned_zone_is_unsigned_only_where_its_parent_says_so(tmp_path, kind, word):
    root = SignedZone(".")
    zone = delegate(root, SignedZone("khanhhoa.test.", "so 300 IN A 203.113.1.80\n", signed=False), kind)
    found, _ = await visited(tmp_path, "so.khanhhoa.test", root, zone)
    assert found["dns.dnssec"].value == word
    assert found["dns.ipv6"].value is False


@pytest.mark.anyio
async def test_an_alias_is_no_place_for_name_servers(tmp_path):
    root = SignedZone(".")
    zone = delegate(root, SignedZone("khanhhoa.test.", "so 300 IN CNAME ngoai.test.\n"))
    other = delegate(
        root,
        SignedZone(
            "ngoai.test.",
            "@ 300 IN A 203.113.1.9\n@ 300 IN NS ns2\n@ 300 IN NS ns3\nns2 300 IN A 1.1.1.2\nns3 300 IN A 1.1.1.3\n",
        ),
    )
    found, _ = await visited(tmp_path, "so.khanhhoa.test", root, zone, other)
    assert (found["dns.nameservers"].facts["zone"], found["dns.nameservers"].value) == ("khanhhoa.test", 1)
