"""What a domain's mail records mean: by the RFCs, and a DNS that failed is never "absent"."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.agency import Site, SiteRole
from auditor.model.codec import Codec
from auditor.model.evidence import Chain, Exchange, Proof, ProofKind, digest_of
from auditor.model.note import Note
from auditor.model.reading import Measured, NotApplicable, Unavailable, fits
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer, Sent, SmtpTalk
from auditor.sdk.probe import Known
from probes import mail
from probes.mail import PROBE, assess
from probes.mailing import notes
from probes.mailing.macros import expanded
from probes.mailing.seen import MailSeen
from probes.mailing.spf import next_names, parse
from probes.mailing.txt import texts_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
DOMAIN, ORGANISATION = "stttt.khanhhoa.gov.vn", "khanhhoa.gov.vn"
SITE = Site(url=f"https://www.{DOMAIN}/", roles=(SiteRole.PORTAL,), agencies=("so-a",))


def proof(text):
    return Proof(digest=digest_of(text.encode()), kind=ProofKind.BLOB, media_type="application/dns-message", size=len(text))


class Doors:
    """DNS as a table of texts (or a failure) by name and type, mail servers by name. Keeps what was asked."""

    def __init__(self, zone, servers=None, policy=None):
        self.zone, self.servers, self.policy, self.asked = zone, servers or {}, policy, []
        self.dns = self.smtp = self.http = self

    async def query(self, name, type, *, validate=False):
        self.asked.append((name, type))
        found = self.zone.get((name, type), ())
        base = DnsAnswer(name=name, type=type, rcode="NOERROR", at=AT, proof=proof(name + type))
        if isinstance(found, Cause):
            return replace(base, rcode="", cause=found, detail="nobody answered")
        if isinstance(found, str):
            return replace(base, rcode=found)
        security = self.zone.get((name, type, "security"), "insecure") if validate else ""
        base = replace(base, security=security, security_detail="as told")
        quoted = tuple('"' + text + '"' if type == "TXT" else text for text in found)
        return replace(base, records=quoted)

    async def get(self, url, *, why, follow):
        assert not follow
        self.asked.append(url)
        return self.policy

    async def talk(self, host):
        given = self.servers.get(host, {"cause": Cause.AMBIGUOUS, "starttls": None})
        return SmtpTalk(host=host, port=25, at=AT, proof=proof(host), **given)


def known():
    return Known(captured_at=AT, site=SITE, agencies=(), document=lambda exchange: None)


def visit(zone, servers=None, site=SITE, policy=None):
    """Look at a table and judge; every promise is checked on the way."""
    doors = Doors(zone, servers, policy)
    seen = anyio.run(PROBE.look, site, doors)
    codec = Codec(MailSeen)
    assert codec.load(codec.dump(seen)) == seen
    found = assess(seen, known())
    assert [one.measure for one in found] == [measure.id for measure in PROBE.measures]
    for measure, one in zip(PROBE.measures, found, strict=True):
        assert "{" not in str(one.because).replace("%{", "")
        if isinstance(one, Measured):
            assert fits(measure, one.value) is None
            assert one.evidence
    return {one.measure.removeprefix("mail."): one for one in found}, doors


def spf(*records, **more):
    zone = {(DOMAIN, "TXT"): records, **{(name.replace("__", "."), "TXT"): value for name, value in more.items()}}
    return visit(zone)[0]["spf"]


def dmarc(own=(), organisation=()):
    return visit({(f"_dmarc.{DOMAIN}", "TXT"): own, (f"_dmarc.{ORGANISATION}", "TXT"): organisation})[0]["dmarc"]


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


MANY = 60_000
"""Nearly as long as a TXT record can be; what looks at each letter from every other takes minutes with it."""


@pytest.mark.parametrize(
    "read",
    [
        lambda: dmarc((f"v=DMARC1; p=reject; x=a{' ' * MANY}y",)).value == "sound",
        lambda: expanded("a." * MANY * 5, "so.vn", "so.vn").count("a") == 127,
        lambda: expanded("a" * MANY * 5, "so.vn", "so.vn") == "",
        lambda: sts(f"{STS_RECORD} a={'b' * MANY}", policy=answered(f"{POLICY}x:a{' ' * MANY}y\r\n")).value == "sound",
        lambda: sts(f"{STS_RECORD}{' ' * MANY}y").value == "invalid",
        lambda: spf(f"v=spf1 {'a' * MANY} -all").value == "invalid",
        lambda: spf(f"v=spf1 a:{'%{d}' * (MANY // 4)}! -all").value == "invalid",
        lambda: spf(f"v=spf1 a:{'a.' * (MANY // 2)}- -all").value == "invalid",
        lambda: spf(f"v=spf1 a:{'.a' * (MANY // 2)}-! -all").value == "invalid",
        lambda: spf(f"v=spf1 a{'/1' * (MANY // 2)}! -all").value == "invalid",
        lambda: spf(f"v=spf1 x.{'%{d}' * (MANY // 4)}=! -all").value == "invalid",
    ],
)
def test_a_long_hostile_text_is_read_in_no_time(read):
    began = process_time()
    assert read()
    assert process_time() - began < 0.5


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


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ("v=DMARC1; p=reject", "sound"),
        ("v=DMARC1;p=quarantine;rua=mailto:a@b.vn;", "sound"),
        ("v=DMARC1; p=REJECT; pct=100; sp=none", "sound"),
        ("v=DMARC1; p=reject; pct=99", "sound"),
        ("v=DMARC1; p=quarantine; pct=99", "weak"),
        ("v=DMARC1; p=quarantine; pct=99; t=y", "weak"),
        ("v=DMARC1; p=reject; pct=99; t=y", "sound"),
        ("v=DMARC1; p=none", "weak"),
        ("v=DMARC1; rua=mailto:a@b.vn", "weak"),
        ("v=DMARC1; p=rejected; rua=mailto:a@b.vn", "weak"),
        ("v=DMARC1", "invalid"),
        ("v=DMARC1; p=rejected", "invalid"),
        ("v=DMARC1; p=reject; pct=abc", "sound"),
        ("v=DMARC1; p=reject; pct=101", "sound"),
        (f"v=DMARC1; p=reject; pct={'0' * 5000}", "sound"),
        (f"v=DMARC1; p=quarantine; pct={'0' * 5000}", "weak"),
        (f"v=DMARC1; p=reject; pct={'0' * 5000}100", "sound"),
        ("v=DMARC1; p=reject; pct=00005000", "sound"),
        (f"v=DMARC1; p=reject; pct={'9' * 5000}", "sound"),
        ("v=DMARC1; p=reject; x_y1=2; np=reject", "sound"),
        ("v=DMARC1; p=reject; pct=", "sound"),
        ("v=DMARC1; p=reject; t=y", "sound"),
        ("v=DMARC1; p=quarantine; t=Y", "weak"),
        ("v=DMARC1; p=none; t=y", "weak"),
        ("v=DMARC1; p=reject; t=n", "sound"),
        ("v=DMARC1; p=reject; t=maybe", "sound"),
        ("v=DMARC1; p=reject; p=none", "invalid"),
        ("v=DMARC1; p=reject; nonsense", "invalid"),
        ("v=DMARC1, p=reject", "absent"),
        ("v=dmarc1; p=reject", "absent"),
        ("p=reject; v=DMARC1", "absent"),
    ],
)
def test_one_dmarc_record(record, state):
    assert dmarc((record,)).value == state


def test_a_policy_under_test_says_so():
    reading = dmarc(("v=DMARC1; p=quarantine; t=y",))
    assert "t=y" in str(reading.because)
    assert (reading.because.key, reading.facts["testing"], reading.facts["least"]) == ("mail.test_dmarc", True, "none")
    lowered = dmarc(("v=DMARC1; p=reject; t=y",))
    assert (lowered.because.key, lowered.facts["policy"], lowered.facts["least"]) == (
        "mail.lowered_dmarc",
        "reject",
        "quarantine",
    )


def test_dmarc_is_inherited_from_the_organisation_and_only_without_one_of_its_own():
    assert dmarc((), ("v=DMARC1; p=reject",)).value == "sound"
    assert dmarc((), ("v=DMARC1; p=reject; sp=none",)).value == "weak"
    assert dmarc((), ("v=DMARC1; p=none; sp=quarantine",)).value == "sound"
    assert dmarc(("v=DMARC1; p=none",), ("v=DMARC1; p=reject",)).value == "weak"
    assert dmarc(("v=DMARC1; p=none; sp=reject",)).value == "weak"
    assert dmarc(("v=DMARC1; p=reject", "v=DMARC1; p=none"), ("v=DMARC1; p=reject",)).value == "invalid"
    assert dmarc().value == "absent"
    assert dmarc((), ("v=DMARC1; p=reject",)).facts["inherited"] is True
    assert dmarc((), ("v=DMARC1; p=none; sp=reject; t=y",)).value == "sound"
    assert dmarc((), ("v=DMARC1; p=reject; sp=quarantine; pct=50",)).value == "weak"


GOOD = {"starttls": True, "tls_version": "TLSv1.3", "tls_verified": True}
BAD_CERTIFICATE = {"starttls": True, "tls_version": "TLSv1.2", "tls_verified": False, "tls_detail": "expired"}
BARE = {"starttls": False}
BROKEN = {"starttls": True, "detail": "the handshake failed"}


def starttls(servers, mx=None, site=SITE):
    records = mx or tuple(f"{n} {name}." for n, name in enumerate(servers))
    return visit({(DOMAIN, "MX"): records}, {k: v for k, v in servers.items() if v}, site)[0]["starttls"]


def test_a_preference_that_is_no_small_number_names_no_server():
    assert starttls({"mx1.vn": GOOD}, mx=(f"{'9' * 5000} mx2.vn.", "\u00b2 mx3.vn.", "10 mx1.vn.")).value is True


@pytest.mark.parametrize(
    ("servers", "value"),
    [
        ({"mx1.vn": GOOD}, True),
        ({"mx1.vn": BAD_CERTIFICATE}, True),
        ({"mx1.vn": GOOD, "mx2.vn": BAD_CERTIFICATE}, True),
        ({"mx1.vn": BARE}, False),
        ({"mx1.vn": BROKEN}, False),
        ({"mx1.vn": GOOD, "mx2.vn": BARE}, False),
        ({"mx1.vn": {**BAD_CERTIFICATE, "tls_version": ""}}, True),
        ({"mx1.vn": GOOD, "mx2.vn": None}, True),
    ],
)
def test_every_mail_server_that_answers_must_take_tls(servers, value):
    assert starttls(servers).value is value


def test_a_certificate_of_a_mail_server_that_does_not_verify_is_told():
    because = starttls({"mx1.vn": GOOD, "mx2.vn": BAD_CERTIFICATE}).because
    assert because.key == "mail.starttls_unverified"
    assert (because.facts["server"], because.facts["detail"]) == ("mx2.vn", "expired")


def test_a_mail_server_that_nobody_could_talk_to_is_unknown():
    reading = starttls({"mx1.vn": None})
    assert (type(reading), reading.cause) == (Unavailable, Cause.AMBIGUOUS)
    blocked = starttls({"mx1.vn": {"starttls": None, "cause": Cause.BLOCKED}})
    assert blocked.cause is Cause.BLOCKED


STS_RECORD = "v=STSv1; id=20260301;"
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx1.vn\r\nmx: *.thu.vn\r\nmax_age: 604800\r\n"


def answered(body=POLICY, status=200, cause=None, **given):
    url = f"https://mta-sts.{DOMAIN}/.well-known/mta-sts.txt"
    raw = body.encode()
    headers = (("Content-Type", "text/plain"),)
    given = {
        "url": url,
        "status": status,
        "headers": headers,
        "body": raw,
        "digest": digest_of(raw),
        "at": AT,
        "record": "urn:uuid:1",
        **given,
    }
    exchange = Exchange(url=url, cause=cause, detail="no", at=AT) if cause else Exchange(**given)
    return Chain(hops=(exchange,), cause=cause)


def sts(*records, policy=None, mx=("10 mx1.vn.", "20 a.thu.vn."), **more):
    zone = {(DOMAIN, "MX"): mx, (f"_mta-sts.{DOMAIN}", "TXT"): records, **more}
    return visit(zone, {"mx1.vn": GOOD}, policy=policy or answered())[0]["mta_sts"]


@pytest.mark.parametrize(
    ("records", "policy", "state", "key"),
    [
        ((STS_RECORD,), POLICY, "sound", "mail.mta_sts"),
        (("v=STSv1;id=1", "khac"), POLICY.replace("\r\n", "\n"), "sound", "mail.mta_sts"),
        ((STS_RECORD,), POLICY.replace("enforce", "testing"), "weak", "mail.weak_mta_sts"),
        ((STS_RECORD,), "version: STSv1\nmode: none\nmax_age: 86400\n", "weak", "mail.weak_mta_sts"),
        ((), POLICY, "absent", "mail.no_mta_sts"),
        (("v=STSv2; id=1",), POLICY, "absent", "mail.no_mta_sts"),
        ((STS_RECORD, STS_RECORD), POLICY, "invalid", "mail.mta_sts_record"),
        (("v=STSv1; id=a-b",), POLICY, "invalid", "mail.mta_sts_record"),
        (("v=STSv1;",), POLICY, "invalid", "mail.mta_sts_record"),
        (("v=STSv1 ; a = b;\tid=1 ; ",), POLICY, "sound", "mail.mta_sts"),
        (("v=STSv1;; id=1",), POLICY, "invalid", "mail.mta_sts_record"),
        (("v=STSv1; id=1; nothing",), POLICY, "invalid", "mail.mta_sts_record"),
        (("v=STSv1; a=" + "bbbb=" * 9000,), POLICY, "invalid", "mail.mta_sts_record"),
        ((STS_RECORD,), POLICY.replace("STSv1", "STSv9"), "invalid", "mail.mta_sts_field"),
        ((STS_RECORD,), POLICY.replace("enforce", "Enforce"), "invalid", "mail.mta_sts_field"),
        ((STS_RECORD,), POLICY.replace("604800", "9" * 9), "invalid", "mail.mta_sts_field"),
        ((STS_RECORD,), "version: STSv1\nmode: enforce\nmax_age: 1\n", "invalid", "mail.mta_sts_field"),
        ((STS_RECORD,), "<html>", "invalid", "mail.mta_sts_field"),
        ((STS_RECORD,), POLICY.replace("*.thu.vn", "*.vn"), "invalid", "mail.mta_sts_server"),
        ((STS_RECORD,), POLICY.replace("*.thu.vn", "thu.vn"), "invalid", "mail.mta_sts_server"),
    ],
)
def test_mta_sts_by_its_record_and_its_policy(records, policy, state, key):
    reading = sts(*records, policy=answered(policy))
    assert (reading.value, reading.because.key) == (state, key)


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        (answered(cause=Cause.TLS), "invalid"),
        (answered(cause=Cause.DNS), "invalid"),
        (answered(unverified="self-signed certificate"), "invalid"),
        (answered("no", 404), "invalid"),
        (answered("", 301), "invalid"),
        (answered(cause=Cause.AMBIGUOUS), Cause.AMBIGUOUS),
        (answered(cause=Cause.CAPABILITY), Cause.CAPABILITY),
        (answered("no", 403), Cause.BLOCKED),
    ],
)
def test_a_policy_that_is_not_there_makes_the_record_worthless_and_one_we_could_not_read_accuses_nobody(policy, outcome):
    reading = sts(STS_RECORD, policy=policy)
    assert (reading.cause if isinstance(outcome, Cause) else reading.value) == outcome


def test_mta_sts_is_owed_by_those_alone_who_take_mail_and_a_failed_dns_is_not_absent():
    assert isinstance(sts(STS_RECORD, mx=()), NotApplicable)
    assert sts(STS_RECORD, mx=Cause.DNS).cause is Cause.DNS
    zone = {(DOMAIN, "MX"): ("10 mx1.vn.",), (f"_mta-sts.{DOMAIN}", "TXT"): "SERVFAIL"}
    assert visit(zone, {"mx1.vn": GOOD})[0]["mta_sts"].cause is Cause.DNS


LEAF = Sent(whole=("a" * 64, "b" * 128), key=("c" * 64, "d" * 128), issued=True, names=("mx1.vn",))
ABOVE = Sent(whole=("e" * 64, "f" * 128), key=("1" * 64, "2" * 128))
SENT = {**GOOD, "certificates": (LEAF, ABOVE)}


def dane(*tlsa, security="secure", mx="secure", talk=SENT, more=()):
    zone = {(DOMAIN, "MX"): ("10 mx1.vn.", *more), (DOMAIN, "MX", "security"): mx}
    zone |= {("_25._tcp.mx1.vn", "TLSA"): tlsa, ("_25._tcp.mx1.vn", "TLSA", "security"): security}
    zone["_25._tcp.mx2.vn", "TLSA", "security"] = "secure"
    return visit(zone, {"mx1.vn": talk, "mx2.vn": SENT})[0]["dane"]


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (f"3 1 1 {'c' * 64}", "sound"),
        (f"3 1 1 {'C' * 32} {'C' * 32}", "sound"),
        (f"3 0 1 {'a' * 64}", "sound"),
        (f"3 0 2 {'b' * 128}", "sound"),
        (f"3 1 2 {'d' * 128}", "sound"),
        (f"2 0 1 {'e' * 64}", "sound"),
        (f"2 1 2 {'2' * 128}", "sound"),
        (f"3 0 1 {'e' * 64}", "invalid"),
        (f"3 1 1 {'0' * 64}", "invalid"),
        (f"2 1 1 {'0' * 64}", "invalid"),
        ("3 1 0 zz", "invalid"),
        (f"1 1 1 {'c' * 64}", "absent"),
        (f"3 1 1 {'c' * 60}", "absent"),
        (f"3 1 9 {'c' * 64}", "absent"),
        ("3 1", "absent"),
    ],
)
def test_dane_binds_a_server_by_a_record_that_counts_and_fits(record, state):
    assert dane(record).value == state


def test_an_authority_of_dane_must_have_signed_a_certificate_for_the_server():
    record = f"2 0 1 {'e' * 64}"
    assert dane(record, talk={**SENT, "certificates": (replace(LEAF, issued=False), ABOVE)}).value == "invalid"
    assert dane(record, talk={**SENT, "certificates": (replace(LEAF, names=("khac.vn",)), ABOVE)}).value == "invalid"
    assert dane(record, talk={**SENT, "certificates": (replace(LEAF, names=("*.khanhhoa.gov.vn",)), ABOVE)}).value == "sound"


def test_dane_counts_only_with_dnssec_and_one_that_could_not_be_checked_is_unknown():
    record = f"3 1 1 {'c' * 64}"
    assert dane(record, mx="insecure").because.key == "mail.dane_unsigned"
    assert dane(record, mx="").cause is Cause.CAPABILITY
    assert dane(record, mx="bogus").cause is Cause.DNS
    assert dane(record, security="insecure").value == "absent"
    assert dane(record, security="").cause is Cause.CAPABILITY
    assert dane(record, talk={"starttls": None, "cause": Cause.AMBIGUOUS}).cause is Cause.AMBIGUOUS
    assert dane(record, talk={**BAD_CERTIFICATE, "tls_version": ""}).cause is Cause.AMBIGUOUS
    assert dane(record, talk=BARE).value == "invalid"
    assert dane(f"2 0 1 {'e' * 64}", talk=BARE).value == "invalid"
    assert dane(record, talk=BARE).because.key == dane(record, talk=BROKEN).because.key == "mail.unsent_dane"
    assert dane(record, talk=BROKEN).value == "invalid"
    assert dane(record, more=("20 mx2.vn.",)).value == "weak"
    assert dane().value == "absent"


def test_mail_servers_beyond_those_we_greet_are_told_and_nothing_is_said_of_every_one():
    names = [f"mx{n}.vn" for n in range(7)]
    zone = {(DOMAIN, "MX"): tuple(f"{n} {name}." for n, name in enumerate(names)), (DOMAIN, "MX", "security"): "secure"}
    for name in names:
        zone |= {(f"_25._tcp.{name}", "TLSA"): (f"3 1 1 {'c' * 64}",), (f"_25._tcp.{name}", "TLSA", "security"): "secure"}
    found, _ = visit(zone, dict.fromkeys(names, SENT))
    assert (found["starttls"].value, found["starttls"].facts["left_out"]) == (True, names[5:])
    assert (found["dane"].cause, found["dane"].facts["left_out"]) == (Cause.BUDGET, names[5:])


def test_a_domain_without_mail_has_no_duty_unless_the_site_is_for_mail():
    assert isinstance(starttls({}), NotApplicable)
    assert isinstance(starttls({}, mx=("0 .",)), NotApplicable)
    assert starttls({}, site=replace(SITE, roles=(SiteRole.MAIL,))).value is False


def test_a_mail_site_is_asked_for_the_organisations_mail_when_it_has_none_of_its_own():
    site = Site(url=f"https://mail.{ORGANISATION}/", roles=(SiteRole.MAIL,), agencies=("vp",))
    zone = {(ORGANISATION, "MX"): ("10 mx.vn.",), (ORGANISATION, "TXT"): ("v=spf1 -all",)}
    found, _ = visit(zone, {"mx.vn": GOOD}, site)
    assert (found["spf"].value, found["starttls"].value) == ("sound", True)


def test_a_site_without_a_name_has_no_mail():
    found, doors = visit({}, site=replace(SITE, url="http://192.0.2.1/"))
    assert all(isinstance(one, NotApplicable) for one in found.values())
    assert doors.asked == []


def test_long_records_come_in_several_strings_with_escapes():
    answer = DnsAnswer(name="x", type="TXT", rcode="NOERROR", at=AT, records=('"v=spf1 inc" "lude:a.vn -all"', r'"a\"b\\c\032d"'))
    assert texts_of(answer) == ("v=spf1 include:a.vn -all", 'a"b\\c d')


@given(st.text(max_size=80))
def test_no_record_breaks_the_reading(text):
    terms, problem = parse("v=spf1 " + text)
    assert isinstance(problem, str)
    assert all(name == name.lower() for name in next_names("v=spf1 " + text, "a.vn", "a.vn"))
    assert len(terms) <= len(text) + 1


def test_every_note_has_its_vietnamese_with_the_same_facts():
    english = {one.key: one.text for one in vars(notes).values() if isinstance(one, Note)}
    words = tomllib.loads((Path(mail.__file__).parents[1] / "reports/locale/vi/mail.toml").read_text("utf-8"))
    assert words.keys() == english.keys()
    names = re.compile(r"\{(\w+)\}")
    assert {key: set(names.findall(text)) for key, text in words.items()} == {
        key: set(names.findall(text)) for key, text in english.items()
    }
