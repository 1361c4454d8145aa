"""What SPF records mean, by RFC 7208; a DNS that failed is never "absent"."""

import pytest
from maildesk import DOMAIN, dmarc, spf, visit

from auditor.model.reading import Unavailable
from auditor.model.visit import Cause
from probes.mailing.macros import expanded


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ("v=spf1 -all", "sound"),
        ("v=spf1 mx ~all", "sound"),
        ("V=SPF1 MX -ALL", "sound"),
        ("v=spf1 a:mail.khanhhoa.gov.vn/24//64 mx/24 ip4:203.113.0.0/16 ip6:2001:db8::/32 ?exists:%{i}.bl.vn -all", "sound"),
        ("v=spf1  mx   -all  ", "sound"),
        ("v=spf1 x-future=1 exp=why.%{d} -all", "sound"),
        ("v=spf1", "weak"),
        ("v=spf1 mx", "weak"),
        ("v=spf1 mx ?all", "weak"),
        ("v=spf1 +all", "weak"),
        ("v=spf1 all", "weak"),
        ("v=spf1 ip4:0.0.0.0/0 -all", "weak"),
        ("v=spf1 -all ?all", "sound"),
        ("v=spf1 mx -all; ip4:1.2.3.4", "invalid"),
        ("v=spf1 ip4:1.2.3 -all", "invalid"),
        ("v=spf1 ip4:1.2.3.4/33 -all", "invalid"),
        ("v=spf1 ip4=1.2.3.4 -all", "sound"),
        ("v=spf1 ipv4:1.2.3.4 -all", "invalid"),
        ("v=spf1 a/33 -all", "invalid"),
        ("v=spf1 mx/2/4 -all", "invalid"),
        ("v=spf1 ptr/24 -all", "invalid"),
        ("v=spf1 include: -all", "invalid"),
        ("v=spf1 include:khong -all", "invalid"),
        ("v=spf1 include:so.1 -all", "invalid"),
        ("v=spf1 all:x -all", "invalid"),
        ("v=spf1 redirect=a.vn redirect=b.vn", "invalid"),
        ("v=spf1 redirect=", "invalid"),
        ("v=spf10 -all", "absent"),
        ("spf1 -all", "absent"),
    ],
)
def test_one_spf_record(record, state):
    assert spf(record).value == state


def test_two_spf_records_are_none_that_counts_and_other_texts_do_not_matter():
    assert spf("v=spf1 -all", "v=spf1 mx -all").value == "invalid"
    assert spf("google-site-verification=x", "v=spf1 -all", "v=DMARC1; p=none").value == "sound"
    assert spf().value == "absent"
    assert spf("khac").value == "absent"


def test_the_record_that_decided_is_the_passage_of_the_proof():
    reading = spf("v=spf1 mx ?all")
    assert reading.evidence[0].passage == "v=spf1 mx ?all"
    assert reading.facts["record"] == "v=spf1 mx ?all"


def test_includes_and_redirects_are_followed():
    assert spf("v=spf1 include:a.vn -all", a__vn=("v=spf1 mx ?all",)).value == "sound"
    assert spf("v=spf1 include:a.vn -all", a__vn=("v=spf1 +all",)).value == "weak"
    assert spf("v=spf1 include:a.vn -all").value == "invalid"
    assert spf("v=spf1 include:a.vn -all", a__vn="NXDOMAIN").value == "invalid"
    assert spf("v=spf1 include:a.vn -all", a__vn=("v=spf1 foo",)).value == "invalid"
    assert spf("v=spf1 redirect=a.vn", a__vn=("v=spf1 -all",)).value == "sound"
    assert spf("v=spf1 redirect=a.vn", a__vn=("v=spf1 mx",)).value == "weak"
    assert spf("v=spf1 -all redirect=a.vn").value == "sound"
    assert spf("v=spf1 redirect=a.vn").value == "invalid"


def test_ten_look_ups_are_allowed_and_eleven_are_not():
    ten, eleven = (" ".join(f"exists:n{n}.vn" for n in range(count)) for count in (10, 11))
    assert spf(f"v=spf1 {ten} -all").facts["lookups"] == 10
    assert spf(f"v=spf1 {ten} ip4:1.2.3.4 -all").value == "sound"
    assert spf(f"v=spf1 {eleven} -all").value == "invalid"
    assert spf(f"v=spf1 -all {eleven}").value == "sound"
    nested = spf("v=spf1 include:a.vn include:a.vn -all", a__vn=("v=spf1 a mx ptr exists:x.vn -all",))
    assert (nested.value, nested.facts["lookups"]) == ("sound", 10)
    assert spf("v=spf1 mx include:a.vn include:a.vn -all", a__vn=("v=spf1 a mx ptr exists:x.vn -all",)).value == "invalid"


def looked_up(record, **hosts):
    """Judge a record where `a__vn=("A", found)` are the other answers; give what was asked besides TXT and the domain's MX."""
    others = {(name.replace("__", "."), kind): found for name, (kind, found) in hosts.items()}
    found, doors = visit({(DOMAIN, "TXT"): (record,), **others})
    return found["spf"], [pair for pair in doors.asked if pair[1] != "TXT"][1:]


def test_more_than_two_look_ups_that_find_nothing_are_told_and_cost_nothing():
    assert looked_up("v=spf1 a:a.vn a:b.vn -all")[0].because.key == "mail.sound_spf"
    reading, _ = looked_up("v=spf1 a:a.vn a:b.vn mx:c.vn -all")
    assert (reading.value, reading.because.key) == ("sound", "mail.void_spf")
    assert reading.facts["void"] == ["a a.vn", "a b.vn", "mx c.vn"]
    assert len(reading.evidence) == 1 + 5
    assert {proof.passage for proof in reading.evidence} == {"v=spf1 a:a.vn a:b.vn mx:c.vn -all", None}


@pytest.mark.parametrize(
    "hosts",
    [
        {"c__vn": ("A", ("192.0.2.1",))},
        {"c__vn": ("AAAA", ("2001:db8::1",))},
        {"c__vn": ("A", Cause.DNS)},
        {"c__vn": ("AAAA", Cause.TIMEOUT)},
        {"c__vn": ("A", "SERVFAIL")},
    ],
)
def test_a_look_up_that_found_something_or_failed_is_none_in_vain(hosts):
    assert looked_up("v=spf1 a:a.vn a:b.vn a:c.vn -all", **hosts)[0].facts["void"] == ["a a.vn", "a b.vn"]


def test_a_name_that_does_not_exist_is_asked_for_once():
    reading, asked = looked_up("v=spf1 a:a.vn a:a.vn a:b.vn/24 mx:%{d} a:%{i}.vn -all a:c.vn", a__vn=("A", "NXDOMAIN"))
    assert reading.value == "sound"
    assert asked == [("a.vn", "A"), ("b.vn", "A"), ("b.vn", "AAAA"), (DOMAIN, "MX")]
    assert reading.facts["void"] == ["a a.vn", "a b.vn", f"mx {DOMAIN}"]


def test_names_in_included_records_count_too_and_bare_terms_are_about_the_record_they_stand_in():
    zone = {(DOMAIN, "TXT"): ("v=spf1 a mx include:a.vn -all",), ("a.vn", "TXT"): ("v=spf1 mx -all",)}
    assert visit(zone)[0]["spf"].facts["void"] == [f"a {DOMAIN}", f"mx {DOMAIN}", "mx a.vn"]
    assert visit({**zone, ("a.vn", "MX"): ("10 mx.a.vn.",)})[0]["spf"].facts["void"] == [f"a {DOMAIN}", f"mx {DOMAIN}"]
    assert visit({**zone, (DOMAIN, "A"): ("192.0.2.1",)})[0]["spf"].facts["void"] == [f"mx {DOMAIN}", "mx a.vn"]


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        # RFC 7208 section 7.4, for mail of strong-bad@email.example.com
        ("%{o}", "email.example.com"),
        ("%{d}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{d}._spf.%{d2}", "email.example.com._spf.example.com"),
        ("%{D}.x", "email.example.com.x"),
        ("a%-b%_c%%d.vn", "a%20b c%d.vn"),
        ("Spf.Khac.VN.", "spf.khac.vn"),
        ("%{l}._spf.%{d2}", ""),
        ("%{ir}.%{v}._spf.%{d2}", ""),
        ("%{s}", ""),
        ("%{h}.x", ""),
    ],
)
def test_macros_stand_for_the_domain_and_what_differs_by_message_stands_for_nothing(spec, name):
    assert expanded(spec, "email.example.com", "email.example.com") == name


def test_a_name_too_long_loses_labels_on_its_left():
    found = expanded("%{d}.%{d}.%{d}.%{d}", ".".join(["a" * 30] * 3), "x.vn")
    assert len(found) <= 253
    assert found.endswith(f".{'a' * 30}")


def test_includes_and_redirects_made_of_macros_are_followed():
    named = f"_spf_{DOMAIN}"
    zone = {(DOMAIN, "TXT"): ("v=spf1 redirect=_spf_%{d}",), (named, "TXT"): ("v=spf1 include:%{o}.x.vn -all",)}
    zone[f"{DOMAIN}.x.vn", "TXT"] = ("v=spf1 +all",)
    reading, doors = visit(zone)
    assert (reading["spf"].value, reading["spf"].facts["lookups"]) == ("weak", 2)
    assert (f"{DOMAIN}.x.vn", "TXT") in doors.asked


def test_a_redirect_that_differs_by_message_leaves_the_policy_open_and_accuses_nobody():
    reading = spf("v=spf1 redirect=%{l}._spf.%{d}")
    assert (reading.cause, reading.because.key) == (Cause.AMBIGUOUS, "mail.open_spf")
    assert spf("v=spf1 include:%{ir}.x.vn -all").value == "sound"
    assert spf("v=spf1 include:a.vn -all", a__vn=("v=spf1 redirect=%{i}.x.vn",)).value == "sound"
    assert spf("v=spf1 redirect=%{l}.%{d} ip4:1.2.3").value == "invalid"


@pytest.mark.parametrize(("count", "state"), [(10, "sound"), (11, "invalid")])
def test_one_mx_term_may_lead_to_ten_servers(count, state):
    servers = tuple(f"{n} mx{n}.vn." for n in range(count))
    assert visit({(DOMAIN, "TXT"): ("v=spf1 mx:a.vn -all",), ("a.vn", "MX"): servers})[0]["spf"].value == state


def test_a_circle_of_includes_ends():
    reading, doors = visit(
        {(DOMAIN, "TXT"): (f"v=spf1 include:a.vn include:{DOMAIN} -all",), ("a.vn", "TXT"): ("v=spf1 redirect=a.vn",)}
    )
    assert reading["spf"].value == "invalid"
    assert len(doors.asked) < 10


def test_a_record_that_leads_everywhere_costs_us_few_questions():
    zone = {(f"n{n}.vn", "TXT"): ("v=spf1 " + " ".join(f"include:n{n * 9 + k}.vn" for k in range(1, 10)),) for n in range(2000)}
    zone[DOMAIN, "TXT"] = ("v=spf1 include:n0.vn -all",)
    reading, doors = visit(zone)
    assert reading["spf"].value == "invalid"
    assert len(doors.asked) <= 16


@pytest.mark.parametrize("failure", [Cause.DNS, "SERVFAIL", "REFUSED"])
def test_a_dns_that_fails_is_never_absent(failure):
    found, _ = visit({(DOMAIN, "TXT"): failure, (DOMAIN, "MX"): failure, (f"_dmarc.{DOMAIN}", "TXT"): failure})
    assert {one.cause for one in found.values()} == {Cause.DNS}
    assert all(one.evidence for one in found.values())
    assert isinstance(spf("v=spf1 include:a.vn -all", a__vn=failure), Unavailable)
    assert isinstance(dmarc((), failure), Unavailable)


def test_a_fault_that_is_plain_counts_though_the_dns_failed_elsewhere():
    assert spf("v=spf1 include:a.vn foo -all", a__vn=Cause.DNS).value == "invalid"


ALL_V4 = "v=spf1 " + " ".join(f"ip4:{first}.0.0.0/8" for first in range(128)) + " -all"


@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        ("v=spf1 ip4:0.0.0.0/0 -all", ["IPv4"]),
        ("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", ["IPv4"]),
        ("v=spf1 ip4:128.0.0.0/1 ~all", ["IPv4"]),
        ("v=spf1 ip4:0.0.0.0/2 ip4:64.0.0.0/2 -all", ["IPv4"]),
        (ALL_V4, ["IPv4"]),
        ("v=spf1 ip6:::/0 -all", ["IPv6"]),
        ("v=spf1 ip6:::/1 ip6:8000::/1 -all", ["IPv6"]),
        ("v=spf1 ip6:2000::/4 -all", ["IPv6"]),
        ("v=spf1 ip4:0.0.0.0/1 ip6:2000::/3 -all", ["IPv4", "IPv6"]),
        ("v=spf1 include:a.vn -all", ["IPv4", "IPv6"]),
        ("v=spf1 include:b.vn ip4:0.0.0.0/2 -all", ["IPv4"]),
        ("v=spf1 redirect=b.vn ip4:0.0.0.0/2", ["IPv4"]),
        ("v=spf1 ip4:0.0.0.0/0 redirect=%{i}.vn", ["IPv4"]),
    ],
)
def test_a_record_that_names_half_of_all_addresses_keeps_nobody_out(record, kinds):
    reading = spf(record, a__vn=("v=spf1 +all",), b__vn=("v=spf1 ip4:64.0.0.0/2 -all",))
    assert (reading.value, reading.because.key, reading.because.facts["kinds"]) == ("weak", "mail.wide_spf", kinds)


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4:0.0.0.0/2 -all",
        "v=spf1 ip4:10.0.0.0/8 ip4:172.16.0.0/12 ip6:2001::/16 -all",
        "v=spf1 ip4:0.0.0.0/2 ip4:0.0.0.0/2 ip4:32.0.0.0/3 -all",
        "v=spf1 -ip4:0.0.0.0/0 ip4:0.0.0.0/0 -all",
        "v=spf1 -ip4:0.0.0.0/1 ip4:0.0.0.0/1 ip4:128.0.0.0/2 -all",
        "v=spf1 ~ip4:0.0.0.0/0 -all",
        "v=spf1 ip6:8000::/1 -all",
        "v=spf1 -include:a.vn -all",
        "v=spf1 -all ip4:0.0.0.0/0",
    ],
)
def test_what_is_refused_before_or_comes_to_less_than_half_opens_nothing(record):
    assert spf(record, a__vn=("v=spf1 +all",)).value == "sound"


@pytest.mark.parametrize(
    ("record", "hosts", "state"),
    [
        ("v=spf1 a/0 -all", {(DOMAIN, "A"): ("192.0.2.1",)}, "weak"),
        ("v=spf1 a:a.vn/1 -all", {("a.vn", "A"): ("192.0.2.1",)}, "weak"),
        ("v=spf1 a:a.vn/8 -all", {("a.vn", "A"): ("192.0.2.1",)}, "sound"),
        ("v=spf1 a:a.vn//0 -all", {("a.vn", "A"): ("192.0.2.1",), ("a.vn", "AAAA"): ("2001:db8::1",)}, "weak"),
        ("v=spf1 a:a.vn//0 -all", {("a.vn", "A"): ("192.0.2.1",)}, "sound"),
        ("v=spf1 a/0 -all", {}, "sound"),
        ("v=spf1 ?a/0 -all", {(DOMAIN, "A"): ("192.0.2.1",)}, "sound"),
        ("v=spf1 mx/0 -all", {(DOMAIN, "MX"): ("10 mx.vn.",)}, "weak"),
        ("v=spf1 mx:a.vn//0 -all", {("a.vn", "MX"): ("10 mx.vn.",)}, "weak"),
        ("v=spf1 mx/24 -all", {(DOMAIN, "MX"): ("10 mx.vn.",)}, "sound"),
        ("v=spf1 mx/0 -all", {(DOMAIN, "MX"): ("0 .",)}, "sound"),
    ],
)
def test_a_prefix_of_no_length_lets_in_everybody_where_the_host_has_an_address(record, hosts, state):
    found, _ = visit({(DOMAIN, "TXT"): (record,), **hosts})
    assert (found["spf"].value, found["spf"].because.key == "mail.wide_spf") == (state, state == "weak")


@pytest.mark.parametrize(("record", "kind"), [("v=spf1 a/0 -all", "A"), ("v=spf1 mx/0 -all", "MX")])
def test_where_the_dns_does_not_say_whether_a_wide_term_leads_anywhere_nothing_is_said(record, kind):
    found, _ = visit(
        {(DOMAIN, "TXT"): (record.replace(" a/", " a:a.vn/").replace(" mx/", " mx:a.vn/"),), ("a.vn", kind): Cause.TIMEOUT}
    )
    assert isinstance(found["spf"], Unavailable)
    assert found["spf"].because.facts["name"] == "a.vn"


@pytest.mark.parametrize("text", ["v=spf1-all", " v=spf1 -all", "V = SPF1 mx -all", "“v=spf1 -all”"])
def test_a_text_that_is_nearly_a_record_is_shown(text):
    reading = spf(text)
    assert (reading.value, reading.because.key) == ("absent", "mail.near_spf")
    assert spf("google-site-verification=v=spf1").because.key == "mail.no_spf"


def test_ptr_is_told():
    assert (spf("v=spf1 ptr -all").value, spf("v=spf1 ptr -all").because.key) == ("sound", "mail.ptr_spf")
    assert spf("v=spf1 mx -all").because.key == "mail.sound_spf"
