"""A portal's name: IPv6, DNSSEC, name servers and CAA, in values and through the real door against a signed loopback internet."""

from dataclasses import replace

import pytest
from knowing import by_id, known, translated
from namesake import V6, asked_of, dead, lame, looked, readings, seen, server, spoke, told, took

from auditor.model.codec import Codec
from auditor.model.reading import Measured, Unavailable, fits
from auditor.model.visit import Cause
from probes.dns import PROBE
from probes.naming import notes
from probes.naming.seen import Asked, DnsSeen


def test_a_name_in_good_order():
    found = readings()
    assert {measure: reading.value for measure, reading in found.items()} == {
        "dns.ipv6": True, "dns.ipv6_reached": True, "dns.dnssec": "secure", "dns.nameservers": 2, "dns.nameserver_networks": 2,
        "dns.nameservers_alike": True, "dns.caa": True,
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
        (("2001:db8::1",), False, "dns.ipv6.private"),
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
    assert set(found) == {measure.id for measure in PROBE.measures}


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


GOOD = server("ns1.so.test", "203.113.1.2")


def test_one_server_of_two_names_is_one():
    found = readings(servers=(server("ns1.so.test", "203.113.1.2"), server("ns2.so.test", "203.113.1.2")))
    assert (found["dns.nameservers"].value, found["dns.nameservers"].because.key) == (1, "dns.nameservers.one")
    three = (*(server(f"ns{n}.so.test", "203.113.1.2") for n in (1, 2)), server("ns3.so.test", "1.53.9.9"))
    assert readings(servers=three)["dns.nameservers"].value == 2


def test_a_name_server_whose_name_is_an_alias_is_told():
    good, bad = server("ns1.so.test", "203.113.1.2"), server("ns2.so.test", "1.53.9.9")
    bad = replace(bad, answers=tuple(replace(answer, canonical="dns.host.test.") for answer in bad.answers))
    assert readings(servers=(good, bad))["dns.nameservers"].facts["aliases"] == ["ns2.so.test → dns.host.test"]


def test_addresses_that_nobody_outside_can_reach_are_told_with_every_reading():
    found = readings(ipv4=told("so.test", "A", "203.113.1.1", "192.168.1.10", security="secure"))
    assert {tuple(one.facts["not_public"]) for one in found.values()} == {("192.168.1.10",)}
    assert "not_public" not in readings()["dns.caa"].facts


@pytest.mark.parametrize(
    ("bad", "key", "value"),
    [
        (lame("ns2.so.test", "1.53.9.9", rcode="REFUSED"), "dns.lame.refuses", 1),
        (lame("ns2.so.test", "1.53.9.9", rcode="SERVFAIL"), "dns.lame.refuses", 1),
        (lame("ns2.so.test", "1.53.9.9", rcode="NOERROR"), "dns.lame.unsure", 1),
        (lame("ns2.so.test", "1.53.9.9", None, rcode="NXDOMAIN", authoritative=True), "dns.lame.unsure", 1),
        (lame("ns2.so.test", "1.53.9.9", Cause.TIMEOUT), "dns.lame.silent", 1),
        (lame("ns2.so.test", "1.53.9.9", Cause.PROTOCOL), "dns.lame.broken", 1),
        (lame("ns2.so.test", "10.0.0.1", Cause.REDIRECTS), "dns.lame.nowhere", 1),
        (server("ns2.so.test"), "dns.lame.nowhere", 1),
    ],
)
def test_a_server_that_is_named_and_does_not_answer_is_lame_by_name(bad, key, value):
    found = readings(servers=(GOOD, bad))
    assert (found["dns.nameservers"].value, found["dns.nameservers"].because.key) == (value, key)
    assert found["dns.nameservers"].because.facts["server"] == "ns2.so.test"
    assert found["dns.nameservers"].facts["lame"] == ["ns2.so.test"]
    assert (found["dns.nameservers_alike"].value, found["dns.nameservers_alike"].because.key) == (False, key)
    assert (found["dns.nameserver_networks"].value, found["dns.nameserver_networks"].because.key) == (1, "dns.networks.one")


def test_where_no_server_answers_the_networks_reading_says_so_and_lists_none():
    found = readings(servers=(lame("ns1.so.test", "1.53.8.9", Cause.TIMEOUT), lame("ns2.so.test", "1.53.9.9", rcode="REFUSED")))
    assert found["dns.nameserver_networks"].value == 0
    assert found["dns.nameserver_networks"].because.key == "dns.lame.silent"


@pytest.mark.parametrize("cause", [Cause.AMBIGUOUS, Cause.CAPABILITY, Cause.OWN_LINK])
def test_a_server_that_nobody_could_ask_from_here_is_accused_of_nothing(cause):
    open_one = lame("ns2.so.test", "1.53.9.9", cause, rcode="REFUSED")
    found = readings(servers=(GOOD, open_one))
    assert {found[m].cause for m in ("dns.nameservers", "dns.nameserver_networks", "dns.nameservers_alike")} == {cause}
    enough = readings(servers=(GOOD, server("ns3.so.test", "1.53.8.8"), open_one))
    assert (enough["dns.nameservers"].value, enough["dns.nameserver_networks"].value) == (2, 2)
    assert enough["dns.nameservers_alike"].cause is cause
    asked = enough["dns.nameservers"].facts["servers"][2]["asked"]
    assert [(one["answers"], one["cause"], one["blame"]) for one in asked] == [(False, cause.value, cause.blame.value)]


def test_a_server_that_answers_over_ipv4_answers_where_we_have_no_ipv6():
    no_way = lame("ns2.so.test", "2001:dc8::2", Cause.CAPABILITY).asked
    both = server("ns2.so.test", "1.53.9.9", "2001:dc8::2", asked=(spoke("1.53.9.9"), *no_way))
    assert readings(servers=(GOOD, both))["dns.nameservers"].value == 2
    refusing = lame("ns2.so.test", "1.53.9.9", rcode="REFUSED").asked
    bad = server("ns2.so.test", "1.53.9.9", "2001:dc8::2", asked=(*refusing, *no_way))
    assert readings(servers=(GOOD, bad))["dns.nameservers"].value == 1


@pytest.mark.parametrize(
    ("addresses", "count"),
    [
        ((("203.113.1.2",), ("203.113.1.3",)), 1),
        ((("203.113.1.2",), ("203.113.2.3",)), 2),
        ((("203.113.1.2", "2001:dc8:0:1::1"), ("203.113.1.3", "2001:dc8:0:2::1")), 1),
        ((("203.113.1.2", "2001:dc8:0:1::1"), ("203.113.1.3", "2001:dc8:9:2::1")), 2),
        ((("203.113.1.2",), ("2001:dc8:9:2::1",)), 2),
        ((("203.113.1.2", "2001:dc8:0:1::1"),), 1),
    ],
)
def test_networks_are_those_of_the_family_that_has_more_and_a_server_with_both_is_none_of_two(addresses, count):
    servers = tuple(server(f"ns{n}.so.test", *places) for n, places in enumerate(addresses))
    reading = readings(servers=servers)["dns.nameserver_networks"]
    assert (reading.value, len(reading.facts["networks"])) == (count, count)


@pytest.mark.parametrize(
    ("first", "second", "value", "key"),
    [
        ({}, {}, True, "dns.alike.yes"),
        ({"serial": "7"}, {"serial": "8"}, True, "dns.alike.serials"),
        ({"four": ("203.113.1.1",)}, {"four": ("203.113.9.9",)}, True, "dns.alike.spread"),
        ({"serial": "7"}, {"serial": "8", "four": ("203.113.9.9",)}, False, "dns.alike.no"),
        ({}, {"four": (), "six": ()}, False, "dns.alike.no"),
    ],
)
def test_copies_of_different_age_are_told_and_only_different_answers_are_a_fault(first, second, value, key):
    servers = (server("ns1.so.test", "203.113.1.2", **first), server("ns2.so.test", "1.53.9.9", **second))
    reading = readings(servers=servers)["dns.nameservers_alike"]
    assert (reading.value, reading.because.key) == (value, key)


def test_what_was_seen_before_servers_were_asked_themselves_is_judged_by_their_addresses():
    found = readings(servers=(server("ns1.so.test", "203.113.1.2", asked=()), server("ns2.so.test", "1.53.9.9", asked=())))
    assert (found["dns.nameservers"].value, found["dns.nameserver_networks"].value) == (2, 2)
    assert found["dns.nameservers_alike"].cause is Cause.NOT_RUN


@pytest.mark.parametrize(
    ("reached", "value", "key"),
    [
        ((took(V6),), True, "dns.ipv6_reached.yes"),
        ((took(V6), took("2001:dc8::81", Cause.TIMEOUT)), False, "dns.ipv6_reached.no"),
        ((took(V6, Cause.AMBIGUOUS), took("2001:dc8::81", Cause.CONNECT)), False, "dns.ipv6_reached.no"),
        ((took(V6), took("2001:dc8::81", Cause.AMBIGUOUS)), Cause.AMBIGUOUS, "dns.ipv6_reached.open"),
        ((took(V6, Cause.CAPABILITY),), Cause.CAPABILITY, "dns.ipv6_reached.open"),
        ((took(V6, place="[::1]:8443"),), True, "dns.ipv6_reached.yes"),
        ((took(V6, place="127.0.0.1:8443"),), Cause.CAPABILITY, "dns.ipv6_reached.mapped"),
        ((), Cause.NOT_RUN, "dns.ipv6_reached.not_asked"),
    ],
)
def test_ipv6_is_reached_when_every_address_answers_and_each_is_shown(reached, value, key):
    reading = readings(reached=reached)["dns.ipv6_reached"]
    assert (getattr(reading, "value", None) if isinstance(value, bool) else reading.cause) == value
    assert reading.because.key == key
    if reached:
        assert [one["address"] for one in reading.facts["addresses"]] == [one.address for one in reached]


@pytest.mark.parametrize("records", [(), ("fd00::1",)])
def test_without_a_public_ipv6_address_nothing_is_reached(records):
    reading = readings(ipv6=told("so.test", "AAAA", *records, security="secure"), reached=())["dns.ipv6_reached"]
    assert reading.value is False


@pytest.mark.parametrize(
    ("beside", "exists", "alike"),
    [
        ((told("x1.test", "A", rcode="NXDOMAIN"), told("x1.test", "AAAA", rcode="NXDOMAIN")), False, False),
        ((told("x1.test", "A", "203.113.1.1"), told("x1.test", "AAAA", V6)), True, True),
        ((told("x1.test", "A", "203.113.1.9"), told("x1.test", "AAAA")), True, False),
        ((told("x1.test", "A", "203.113.1.1"), told("x1.test", "AAAA")), True, False),
    ],
)
def test_a_host_that_answers_as_any_name_beside_it_does_says_so(beside, exists, alike):
    found = readings(beside=beside)
    wildcard = {"asked": "x1.test", "exists": exists, "alike": alike}
    assert all(reading.facts["wildcard"] == wildcard for reading in found.values())
    assert found["dns.ipv6"].value is True


def test_a_name_beside_that_nobody_could_ask_for_says_nothing():
    assert all("wildcard" not in r.facts for r in readings(beside=(dead("x1.test", "A"), dead("x1.test", "AAAA"))).values())


@pytest.mark.parametrize(
    "given",
    [
        {"servers": (server("ns1.sedoparking.com", "203.113.1.2"), server("ns2.sedoparking.com", "203.113.1.3"))},
        {"ipv4": told("so.test", "A", "203.113.1.1", canonical="park.bodis.com", security="insecure")},
    ],
)
def test_a_parked_host_is_not_the_agencys_and_nothing_is_held_against_anybody(given):
    found = readings(**given)
    assert {(reading.cause, reading.because.key) for reading in found.values()} == {(Cause.UNCONFIRMED, "dns.parked")}


@pytest.mark.parametrize("cause", [Cause.AMBIGUOUS, Cause.TIMEOUT])
def test_servers_of_which_one_said_nothing_of_the_host_are_not_called_alike(cause):
    mute = Asked(address="1.53.9.9", soa=spoke("1.53.9.9").soa, hosts=(dead("so.test", "A", cause), told("so.test", "AAAA", V6)))
    found = readings(servers=(GOOD, server("ns2.so.test", "1.53.9.9", asked=(mute,))))
    assert (found["dns.nameservers"].value, found["dns.nameservers_alike"].cause) == (2, cause)
    unlike = server("ns3.so.test", "1.53.8.8", serial="6", four=("203.113.9.9",))
    assert (
        readings(servers=(GOOD, server("ns2.so.test", "1.53.9.9", asked=(mute,)), unlike))["dns.nameservers_alike"].value is False
    )


def test_a_server_whose_other_addresses_we_could_not_learn_is_not_lame():
    silent = lame("ns2.so.test", "2001:dc8::2", Cause.TIMEOUT)
    lost = replace(silent, answers=(dead("ns2.so.test", "A", Cause.OWN_LINK), silent.answers[1]))
    assert {readings(servers=(GOOD, lost))[m].cause for m in ("dns.nameservers", "dns.nameservers_alike")} == {Cause.OWN_LINK}
    theirs = replace(silent, answers=(dead("ns2.so.test", "A", Cause.DNS), silent.answers[1]))
    assert readings(servers=(GOOD, theirs))["dns.nameservers"].because.key == "dns.lame.silent"


def test_a_server_with_more_addresses_than_we_ask_is_not_lame_by_those_alone():
    places = tuple(f"1.53.9.{n}" for n in range(5))
    silent = tuple(lame("ns2.so.test", place, Cause.TIMEOUT).asked[0] for place in places)
    assert readings(servers=(GOOD, server("ns2.so.test", *places, asked=silent)))["dns.nameservers"].value == 1
    found = readings(servers=(GOOD, server("ns2.so.test", *places, asked=silent[:4])))["dns.nameservers"]
    assert (found.cause, found.facts["servers"][1]["unasked"]) == (Cause.BUDGET, ["1.53.9.4"])


def test_name_servers_beyond_those_we_ask_are_told_and_nothing_is_said_of_every_one():
    names = [f"ns{n:02}.so.test" for n in range(15)]
    zone = told("so.test", "NS", *(f"{name}." for name in names))
    asked = tuple(server(name, f"203.113.{n}.2") for n, name in enumerate(names[:13]))
    found = readings(delegations=(zone,), servers=asked)
    assert (found["dns.nameservers"].value, found["dns.nameservers_alike"].cause) == (13, Cause.BUDGET)
    assert found["dns.nameservers"].facts["left_out"] == names[13:]


def test_ipv6_addresses_beyond_those_we_try_are_told():
    places = [f"2001:dc8::{n}" for n in range(1, 10)]
    six = told("so.test", "AAAA", *places, security="secure")
    reading = readings(ipv6=six, reached=tuple(took(place) for place in places[:8]))["dns.ipv6_reached"]
    assert (reading.cause, reading.facts["left_out"]) == (Cause.BUDGET, places[8:])
    closed = (*(took(place) for place in places[:7]), took(places[7], Cause.CONNECT))
    assert readings(ipv6=six, reached=closed)["dns.ipv6_reached"].value is False


@pytest.mark.anyio
async def test_the_next_addresses_of_a_silent_server_are_asked_before_it_is_lame():
    right = [("7", "203.113.1.1")]
    doors = asked_of(
        {"203.113.1.2": right, "1.53.9.3": right},
        ns1=("203.113.1.2", "203.113.1.3"),
        ns2=("1.53.9.1", "1.53.9.2", "1.53.9.3", "1.53.9.4"),
    )
    found = await looked(doors)
    assert (found["dns.nameservers"].value, found["dns.nameservers_alike"].value) == (2, True)
    assert [place for place, kind, _ in doors.asked if kind == "SOA"].count("203.113.1.3") == 0
    assert "1.53.9.4" not in {place for place, _, _ in doors.asked}


@pytest.mark.anyio
@pytest.mark.parametrize(("then", "alike"), [("203.113.1.1", True), ("203.113.9.9", False)])
async def test_servers_that_differ_are_asked_once_more_before_it_is_believed(then, alike):
    said = {"203.113.1.2": [("7", "203.113.1.1")], "1.53.9.1": [("6", "203.113.9.9"), ("7" if alike else "6", then)]}
    doors = asked_of(said, ns1=("203.113.1.2",), ns2=("1.53.9.1",))
    found = await looked(doors)
    assert found["dns.nameservers_alike"].value is alike
    assert [place for place, _, later in doors.asked if later] == ["203.113.1.2", "1.53.9.1"]


@pytest.mark.anyio
async def test_servers_that_say_the_same_are_asked_once():
    said = {place: [("7", "203.113.1.1")] for place in ("203.113.1.2", "1.53.9.1")}
    doors = asked_of(said, ns1=("203.113.1.2",), ns2=("1.53.9.1",))
    assert (await looked(doors))["dns.nameservers_alike"].value is True
    assert [one for one in doors.asked if one[2]] == []


def test_one_name_server_at_a_parking_service_among_others_parks_nothing():
    found = readings(servers=(GOOD, server("ns1.sedoparking.com", "1.53.9.9")))
    assert found["dns.nameservers"].value == 2


@pytest.mark.parametrize(
    ("answers", "value", "key"),
    [
        ((told("so.test", "CAA"), told("test", "CAA")), False, "dns.caa.no"),
        ((told("so.test", "CAA"), told("test", "CAA", '0 issue ";"')), True, "dns.caa.yes"),
        ((told("so.test", "CAA", '0 iodef "mailto:a@so.test"'),), False, "dns.caa.open"),
        ((told("so.test", "CAA", '0 issuewild ";"'),), False, "dns.caa.wild"),
        ((told("so.test", "CAA", '128 tbs "x"'),), True, "dns.caa.barring"),
        ((told("so.test", "CAA", '128 tbs "x"', '0 issue "ca.test"'),), True, "dns.caa.barring"),
        ((told("so.test", "CAA", '1 tbs "x"', '0 issue "ca.test"'),), True, "dns.caa.yes"),
        ((told("so.test", "CAA", '128 iodef "mailto:a@so.test"'),), False, "dns.caa.open"),
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
    assert translated("dns", notes) == []


def test_what_was_seen_can_be_kept_and_read_back():
    codec = Codec(DnsSeen)
    assert codec.load(codec.dump(seen())) == seen()
