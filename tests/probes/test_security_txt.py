"""A contact for security reports: by the standard, against it, not there, or not to be had."""

import pytest
from doors import http_door
from hypothesis import given
from hypothesis import strategies as st
from knowing import NOW, PAGE, SITE, chain, exchange, failed, known, translated
from readers import legible
from servers import Site, answer, certificates, serve

from auditor.model.agency import Site as Address
from auditor.model.codec import Codec
from auditor.model.reading import Measured, Unavailable
from auditor.model.visit import Cause
from probes import security_txt
from probes.security_txt import PROBE, SecurityTxtSeen
from reports.words import vietnamese

URL = "https://so.test/.well-known/security.txt"
PLAIN_TEXT = "Content-Type: text/plain; charset=utf-8"
LATER = "Expires: 2027-11-01T00:00:00Z"
GOOD = f"# Đầu mối\nContact: mailto:an-toan@so.test\n{LATER}\nPreferred-Languages: vi, en\n"
SIGNED = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{GOOD}-----BEGIN PGP SIGNATURE-----\nExpires: never\n\nabc=\n"


def reading(final):
    [found] = legible(PROBE.assess(SecurityTxtSeen(answer=chain(final)), known()))
    return found


def file(body, kind=PLAIN_TEXT, url=URL, **given):
    return exchange(kind, body=body, url=url, **given)


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        SIGNED,
        f"contact: https://so.test/bao-loi\n{LATER.lower()}",
        "CONTACT: tel:+84-258-1\nContact: mailto:an-toan@so.test  \n\nExpires:  2027-11-01T07:00:00.123456789+07:00",
        f"{GOOD}Policy: https://so.test/chinh-sach\nEncryption: openpgp4fpr:5f2d\nGhi-Chu: gì cũng được",
        GOOD.replace("00:00Z", "59:60Z"),
    ],
)
def test_a_file_by_the_standard_is_published(body):
    found = reading(file(body))
    assert (found.value, found.because.key, found.facts["faults"]) == (True, "security_txt.found", [])
    assert "{" not in str(found.because)


@pytest.mark.parametrize(
    ("final", "fault"),
    [
        (file(LATER), "Contact: missing"),
        (file(f"Contact: an-toan@so.test\n{LATER}"), "Contact: no_uri"),
        (file(f"{GOOD}Contact: an-toan@so.test"), "Contact: no_uri"),
        (file(f"Contact: tel:+84 258 1\n{LATER}"), "Contact: no_uri"),
        (file(f"Contact: http://so.test/\n{LATER}"), "Contact: not_https_uri"),
        (file(f"Contact: https:so.test\n{LATER}"), "Contact: not_https_uri"),
        (file(f"{GOOD}Policy: http://so.test/chinh-sach"), "Policy: not_https_uri"),
        (file(f"{GOOD}Canonical: so.test"), "Canonical: no_uri"),
        (file("Contact: mailto:a@so.test"), "Expires: missing"),
        (file(f"{GOOD}{LATER}"), "Expires: twice"),
        (file(f"{GOOD}Preferred-Languages: fr"), "Preferred-Languages: twice"),
        (file(GOOD.replace("vi, en", "tiếng Việt")), "Preferred-Languages: no_languages"),
        (file("Contact: mailto:a@so.test\nExpires: soon"), "Expires: no_instant"),
        (file("Contact: mailto:a@so.test\nExpires: 2027-11-01"), "Expires: no_instant"),
        (file("Contact: mailto:a@so.test\nExpires: 2027-11-01 00:00:00Z"), "Expires: no_instant"),
        (file("Contact: mailto:a@so.test\nExpires: 20271101T000000Z"), "Expires: no_instant"),
        (file("Contact: mailto:a@so.test\nExpires: 2027-11-01T00:00Z"), "Expires: no_instant"),
        (file("Contact: mailto:a@so.test\nExpires: 2027-11-01T00:00:00+0700"), "Expires: no_instant"),
        (file("Contact: mailto:a@so.test\nExpires: 2027-02-30T00:00:00Z"), "Expires: no_instant"),
        (file("Contact: mailto:a@so.test\nExpires: 2026-11-20T19:00:00Z"), "Expires: past"),
        (file(GOOD, "Content-Type: application/octet-stream"), "not_plain_text"),
        (file(GOOD, "Content-Type: text/plain; charset=windows-1258"), "not_utf8"),
        (file(GOOD.encode() + b"# \xff"), "not_utf8"),
        (file("\ufeff" + GOOD), "byte_order_mark"),
        (file(GOOD + "Liên hệ với chúng tôi"), "no_field"),
        (file(GOOD + "Hiring:https://so.test/"), "no_field"),
        (file(GOOD + "Hiring : https://so.test/"), "no_field"),
        (file(GOOD, url="http://so.test/security.txt"), "not_https"),
    ],
)
def test_what_the_standard_forbids_is_said(final, fault):
    found = reading(final)
    assert (found.value, found.because.key, found.facts["faults"]) == (False, "security_txt.faulty", [fault])
    field, _, word = fault.rpartition(": ")
    assert field in vietnamese().say(found.because)
    assert word not in vietnamese().say(found.because)


def test_faults_are_told_in_vietnamese_behind_their_fields_names():
    found = reading(file("Contact: an-toan@so.test\nExpires: 2026-01-01T00:00:00Z\nxin chào"))
    told = vietnamese().say(found.because)
    assert told == (
        "Trang có security.txt nhưng chưa đúng RFC 9116: có dòng không phải trường cũng không phải chú thích, "
        "Contact: phải là địa chỉ dạng mailto:, tel: hoặc https://, Expires: đã qua."
    )
    assert found.facts["strange_lines"] == ["xin chào"]


@pytest.mark.parametrize(
    "final",
    [
        exchange(url=URL, status=404),
        exchange(url=URL, status=410, body=""),
        exchange(url=URL),
        exchange(url="https://so.test/", body=PAGE + "<p>\nContact: mailto:a@so.test\n</p>"),
        file(""),
        file("ok"),
    ],
)
def test_a_missing_file_and_a_page_in_its_place_are_none(final):
    found = reading(final)
    assert isinstance(found, Measured)
    assert (found.value, found.because.key) == (False, "security_txt.absent")
    assert found.evidence


@pytest.mark.parametrize(
    ("final", "cause"),
    [
        (failed(Cause.TLS, url=URL), Cause.TLS),
        (failed(Cause.ROBOTS, url=URL), Cause.ROBOTS),
        (exchange(url=URL, status=403), Cause.BLOCKED),
        (exchange(url=URL, status=400), Cause.HTTP_4XX),
        (exchange(url=URL, status=503), Cause.HTTP_5XX),
        (exchange(url=URL, status=302, body=""), Cause.AMBIGUOUS),
        (exchange(url=URL, body="<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"), Cause.CHALLENGE),
        (exchange(url=URL, status=404, body="<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"), Cause.CHALLENGE),
    ],
)  # fmt: skip
def test_a_failed_visit_is_never_a_no(final, cause):
    found = reading(final)
    assert isinstance(found, Unavailable)
    assert found.cause is cause


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_whatever_is_sent_there_is_a_reading(body):
    assert isinstance(reading(file(body)), Measured | Unavailable)
    assert isinstance(reading(file(f"Contact: {body!r}\nExpires: {body!r}")), Measured | Unavailable)


def test_what_was_seen_can_be_kept_and_every_sentence_has_its_vietnamese():
    seen = SecurityTxtSeen(answer=chain(file(GOOD)))
    codec = Codec(SecurityTxtSeen)
    assert codec.load(codec.dump(seen)) == seen
    assert translated("security_txt", security_txt) == []


class Doors:
    def __init__(self, http):
        self.http = http


@pytest.mark.anyio
@pytest.mark.parametrize("url", [SITE.url, "http://so.test/trang?a=b"])
async def test_the_file_is_asked_for_where_the_standard_has_it_and_over_https(tmp_path, url):
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    routes = {"/.well-known/security.txt": answer(GOOD.encode(), "200 OK", PLAIN_TEXT)}
    with serve(Site(routes, context)) as server:
        async with http_door(connect_to={"so.test:443": f"127.0.0.1:{server.port}"}, trust=[tmp_path / "ca.pem"]) as http:
            seen = await PROBE.look(Address(url=url, roles=SITE.roles, agencies=()), Doors(http))
    [found] = PROBE.assess(seen, known(captured_at=NOW))
    assert found.value is True
    assert server.asked == ["/robots.txt", "/.well-known/security.txt"]


def test_a_file_with_other_fields_alone_is_there_and_faulty():
    found = reading(file("Policy: https://so.test/chinh-sach\n"))
    assert (found.value, found.because.key) == (False, "security_txt.faulty")
    assert {"Contact: missing", "Expires: missing"} <= set(found.facts["faults"])
