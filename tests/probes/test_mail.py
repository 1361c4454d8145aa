"""What a domain's mail servers show: STARTTLS, MTA-STS, DANE; and texts that are long and hostile."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maildesk import AT, DOMAIN, ORGANISATION, SITE, dmarc, spf, visit

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Exchange, digest_of
from auditor.model.note import Note
from auditor.model.reading import NotApplicable, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.details import told
from auditor.sdk.doors import DnsAnswer, Sent
from probes import mail
from probes.mailing import notes
from probes.mailing.macros import expanded
from probes.mailing.seen import alias_of
from probes.mailing.spf import next_names, parse
from probes.mailing.txt import texts_of

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
    assert (because.facts["server"], because.facts["detail"]) == ("mx2.vn", told("expired").as_fact())


def test_a_mail_server_of_old_tls_alone_is_told_and_still_takes_tls():
    reading = starttls({"mx1.vn": {**GOOD, "tls_version": "TLSv1"}})
    assert (reading.value, reading.because.key) == (True, "mail.starttls_old")
    assert "TLS 1.0" in str(reading.because)


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
    assert (type(starttls({})), starttls({}).because.key) == (NotApplicable, "mail.no_mail")
    null = starttls({}, mx=("0 .",))
    assert (type(null), null.because.key) == (NotApplicable, "mail.null_mx")
    assert starttls({}, site=replace(SITE, roles=(SiteRole.MAIL,))).value is False


def test_a_mail_site_is_asked_for_the_organisations_mail_when_it_has_none_of_its_own():
    site = Site(url=f"https://mail.{ORGANISATION}/", roles=(SiteRole.MAIL,), agencies=("vp",))
    zone = {(ORGANISATION, "MX"): ("10 mx.vn.",), (ORGANISATION, "TXT"): ("v=spf1 -all",)}
    found, _ = visit(zone, {"mx.vn": GOOD}, site)
    assert (found["spf"].value, found["starttls"].value) == ("sound", True)


def test_a_mail_server_whose_name_is_an_alias_is_told():
    asked = tuple(
        DnsAnswer(name="mx.vn", type="A", rcode="NOERROR", at=AT, canonical=name) for name in ("mx.vn.", "thu.host.vn.")
    )
    assert [*map(alias_of, asked)] == ["", "thu.host.vn"]


def test_a_domain_that_is_its_own_organisation_is_named_once():
    site = replace(SITE, url=f"https://{ORGANISATION}/")
    assert str(visit({}, site=site)[0]["dmarc"].because) == f"{ORGANISATION} has no DMARC record."
    assert ORGANISATION in str(visit({})[0]["dmarc"].because)


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
    assert problem is None or problem.key.startswith(("mail.spf.", "mail.twice"))
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
