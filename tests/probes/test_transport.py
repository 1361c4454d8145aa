"""Forced HTTPS, HSTS, mixed content and the headers of a front page: each header by its standard, each border where the guideline says."""

import json
import socket

import h2.config
import h2.connection
import h2.events
import pytest
from doors import http_door
from knowing import NOW, PAGE, SITE, by_id, chain, exchange, failed, known, translated
from servers import Site, answer, certificates, closed_port, serve
from tls import hanging_up, refusing_suites, serving

from auditor.model.agency import Site as Address
from auditor.model.codec import Codec
from auditor.model.reading import Measured, NotApplicable, Unavailable, fits
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer
from auditor.sdk.limits import CrawlLimits
from probes.front import notes
from probes.front.endpoints import twin_of
from probes.front.hsts import max_age
from probes.transport import PROBE, TransportSeen

PLAIN = "http://so.test/"
TO_HTTPS = exchange("Location: https://so.test/", url=PLAIN, status=301, body="")
CHALLENGE = "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"


DOWN = exchange("Location: http://so.test/", status=302, body="")
ALERT = "ConnectError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)"
ENDED = "ConnectError: the server ended the SSL handshake"
RESET = "ConnectError: the SSL handshake was reset: [Errno 104] Connection reset by peer"
SPOKEN = [
    ALERT,
    "ConnectError: [SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:1006)",
    "ConnectError: [SSL: UNKNOWN_CIPHER_RETURNED] unknown cipher returned (_ssl.c:1006)",
    "not asked again in this visit: ConnectError: [SSL: NO_SHARED_CIPHER] no shared cipher (_ssl.c:1006)",
]


def readings(secure=None, plain=None, **given):
    secure = secure or chain(exchange())
    plain = plain or chain(TO_HTTPS, exchange())
    return by_id(PROBE.assess(TransportSeen(secure=secure, plain=plain), known(**given)))


def judged(measure, *headers, **given):
    return readings(chain(exchange(*headers, **given)))[measure]


def test_every_measure_has_one_reading_that_fits_whatever_was_seen():
    chains = [
        chain(exchange()),
        chain(exchange(status=500)),
        chain(exchange(body="")),
        chain(exchange(body=b"\xff\x00<", http_version="")),
        chain(failed(Cause.CONNECT)),
        chain(failed(Cause.DNS), cause=Cause.OWN_LINK),
        chain(TO_HTTPS, failed(Cause.TLS)),
        chain(exchange(url=PLAIN)),
        chain(failed(Cause.TIMEOUT, url=PLAIN)),
    ]
    measures = {measure.id: measure for measure in PROBE.measures}
    for secure in chains:
        for plain in chains:
            for rules in ({}, known().guidelines):
                found = readings(secure, plain, guidelines=rules)
                assert set(found) == set(measures)
                for reading in found.values():
                    if isinstance(reading, Measured):
                        assert fits(measures[reading.measure], reading.value) is None


@pytest.mark.parametrize(
    ("secure", "plain", "value", "key"),
    [
        (chain(exchange()), chain(TO_HTTPS, exchange()), True, "transport.forced.redirect"),
        (chain(exchange()), chain(TO_HTTPS, exchange(url="https://cong.test/")), True, "transport.forced.redirect"),
        (chain(exchange()), chain(exchange(url=PLAIN)), False, "transport.forced.not"),
        (chain(exchange()), chain(exchange(url=PLAIN, status=404)), False, "transport.forced.not"),
        (chain(exchange()), chain(failed(Cause.CONNECT, url=PLAIN)), True, "transport.forced.closed"),
        (chain(exchange()), chain(failed(Cause.CONNECT, url=PLAIN), cause=Cause.AMBIGUOUS), True, "transport.forced.closed"),
        (chain(exchange()), chain(failed(Cause.TIMEOUT, url=PLAIN)), True, "transport.forced.closed"),
        (chain(exchange(status=503)), chain(TO_HTTPS, exchange(status=503)), True, "transport.forced.redirect"),
        (chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.TIMEOUT)), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.PROTOCOL)), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.TLS, detail=ENDED)), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.TLS, detail=RESET)), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.CAPABILITY)), chain(exchange(url=PLAIN)), False, "transport.forced.not"),
        (
            chain(exchange(status=301), failed(Cause.CONNECT, url="https://www.so.test/")),
            chain(exchange(url=PLAIN)),
            False,
            "transport.forced.not",
        ),
        *(
            (chain(failed(Cause.TLS, detail=said)), chain(exchange(url=PLAIN)), False, "transport.forced.not_other_tls")
            for said in SPOKEN
        ),
        (
            chain(failed(Cause.TLS, detail=ALERT), cause=Cause.AMBIGUOUS),
            chain(TO_HTTPS, failed(Cause.TLS, detail=ALERT)),
            True,
            "transport.forced.redirect_other_tls",
        ),
        (
            chain(failed(Cause.TLS, detail=ALERT)),
            chain(failed(Cause.CONNECT, url=PLAIN)),
            True,
            "transport.forced.closed_other_tls",
        ),
        (chain(exchange(status=302), exchange(url=PLAIN)), chain(exchange(url=PLAIN)), False, "transport.forced.downgraded"),
        (chain(DOWN, exchange(url=PLAIN)), chain(TO_HTTPS, DOWN, exchange(url=PLAIN)), False, "transport.forced.downgraded"),
        (
            chain(DOWN, exchange(url=PLAIN, status=404)),
            chain(exchange(url=PLAIN, status=404)),
            False,
            "transport.forced.downgraded",
        ),
        (
            chain(DOWN, exchange(url="http://cong.test/")),
            chain(failed(Cause.CONNECT, url=PLAIN)),
            False,
            "transport.forced.downgraded",
        ),
        (
            chain(DOWN, exchange(url=PLAIN, status=503)),
            chain(exchange(url=PLAIN, status=503)),
            False,
            "transport.forced.downgraded",
        ),
        (
            chain(DOWN, TO_HTTPS, exchange(url="https://so.test/vi")),
            chain(TO_HTTPS, exchange(url="https://so.test/vi")),
            True,
            "transport.forced.redirect_downgraded",
        ),
        (
            chain(exchange()),
            chain(TO_HTTPS, DOWN, TO_HTTPS, exchange(url="https://so.test/vi")),
            True,
            "transport.forced.redirect_downgraded",
        ),
    ],
)
def test_https_is_forced_where_no_page_can_be_had_without_it(secure, plain, value, key):
    reading = readings(secure, plain)["https.forced"]
    assert (reading.value, reading.because.key) == (value, key)


def test_a_way_back_without_encryption_is_shown_hop_by_hop():
    found = readings(chain(DOWN, exchange(url=PLAIN)), chain(exchange(url=PLAIN)))
    reading = found["https.forced"]
    assert reading.facts["downgrades"] == ["https://so.test/ → http://so.test/ (302)"]
    assert (reading.evidence[0].url, reading.evidence[0].passage) == ("https://so.test/", "Location: http://so.test/")
    assert "https://so.test/ answers over HTTPS and sends visitors back to http://so.test/" in str(reading.because)
    assert "downgrades" not in readings()["https.forced"].facts


@pytest.mark.parametrize("plain", [chain(exchange(url=PLAIN)), chain(TO_HTTPS, failed(Cause.TLS, detail=ALERT))])
@pytest.mark.parametrize("cause", [Cause.TLS, Cause.AMBIGUOUS])
def test_a_server_that_speaks_tls_but_not_with_us_is_no_site_without_https(plain, cause):
    found = readings(chain(failed(Cause.TLS, detail=ALERT), cause=cause), plain)
    found.pop("https.forced")
    assert {(type(reading), reading.cause, reading.because.key) for reading in found.values()} == {
        (Unavailable, Cause.TLS, "transport.other_tls")
    }
    assert "sslv3 alert handshake failure)" in str(found["https.hsts_days"].because)


@pytest.mark.parametrize("detail", [ENDED, RESET, "ConnectError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation"])
def test_a_port_that_ends_every_handshake_is_a_site_without_https(detail):
    found = readings(chain(failed(Cause.TLS, detail=detail)), chain(exchange(url=PLAIN)))
    assert found["https.hsts_days"].because.key == "transport.hsts.plain"


@pytest.mark.parametrize(
    ("secure", "plain", "cause"),
    [
        (chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), chain(failed(Cause.CONNECT, url=PLAIN), cause=Cause.AMBIGUOUS), Cause.AMBIGUOUS),
        (chain(failed(Cause.DNS)), chain(failed(Cause.DNS, url=PLAIN)), Cause.DNS),
        (chain(exchange()), chain(exchange(url=PLAIN, body=CHALLENGE)), Cause.CHALLENGE),
        (chain(exchange()), chain(exchange(url=PLAIN, status=503)), Cause.HTTP_5XX),
        (chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), chain(TO_HTTPS, failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), Cause.CONNECT),
    ],
)  # fmt: skip
def test_what_neither_port_shows_is_unavailable(secure, plain, cause):
    reading = readings(secure, plain)["https.forced"]
    assert isinstance(reading, Unavailable)
    assert reading.cause is cause


def test_a_site_without_https_is_judged_by_its_plain_answer():
    plain = exchange(
        "X-Content-Type-Options: nosniff", "Strict-Transport-Security: max-age=31536000", url=PLAIN, body="<img src=/a.png>"
    )
    found = readings(chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), chain(plain))
    assert found["https.forced"].value is False
    assert (found["https.hsts_days"].value, found["https.hsts_days"].because.key) == (0, "transport.hsts.plain")
    assert found["headers.nosniff"].value == "sound"
    assert found["https.mixed_content"].value == 2


@pytest.mark.parametrize(
    ("secure", "cause"),
    [
        (chain(exchange(body=CHALLENGE)), Cause.CHALLENGE),
        (chain(exchange(status=403)), Cause.BLOCKED),
        (chain(exchange(status=500)), Cause.HTTP_5XX),
        (chain(failed(Cause.TIMEOUT), cause=Cause.OWN_LINK), Cause.OWN_LINK),
        (chain(exchange(status=301, cause=Cause.REDIRECTS)), Cause.REDIRECTS),
    ],
)
def test_without_the_front_page_nothing_of_it_is_judged(secure, cause):
    found = readings(secure, chain(TO_HTTPS, secure.final))
    found.pop("https.forced")
    assert {type(reading) for reading in found.values()} == {Unavailable}
    assert {reading.cause for reading in found.values()} == {cause}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=31536000", 31536000),
        ("max-age=31536000; includeSubDomains; preload", 31536000),
        ('MAX-AGE="86400"; includesubdomains', 86400),
        (" max-age = 300 ;; ; strange=\"a;b\\\"c\"", 300),
        ("max-age=0", 0),
        ("max-age=99999999999999999999999999", 10**9),
        ("", "max-age is missing"),
        ("includeSubDomains", "max-age is missing"),
        ("max-age", "max-age is missing"),
        ("max-age=", "max-age= is no directive"),
        ("max-age=-1", "max-age is no number (-1)"),
        ("max-age=1.5", "max-age is no number (1.5)"),
        ("max-age=1; max-age=1", "max-age stands twice"),
        ("max-age=1; includeSubDomains; includeSubDomains", "includesubdomains stands twice"),
        ("max-age=1; includeSubDomains=true", "includeSubDomains takes no value"),
        ("max-age=1, max-age=2", "max-age=1, max-age=2 is no directive"),
        ('max-age="1', "a quotation mark is not closed"),
        ("max-age=1 includeSubDomains", "max-age=1 includeSubDomains is no directive"),
    ],
)  # fmt: skip
def test_hsts_is_read_as_the_rfc_says(header, seconds):
    assert max_age(header) == seconds


def test_a_long_hostile_hsts_header_costs_little():
    assert isinstance(max_age('"' * 8192), str)
    assert isinstance(max_age("a;" * 4096 + '"' + "\\" * 4000), str)


@pytest.mark.parametrize(
    ("headers", "given", "days", "key"),
    [
        (["Strict-Transport-Security: max-age=31536000"], {}, 365, "transport.hsts.days"),
        (["Strict-Transport-Security: max-age=300"], {}, 0, "transport.hsts.short"),
        (["Strict-Transport-Security: max-age=172799", "Strict-Transport-Security: max-age=1"], {}, 1, "transport.hsts.days"),
        (["Strict-Transport-Security: x y", "Strict-Transport-Security: max-age=31536000"], {}, 0, "transport.hsts.invalid"),
        ([], {}, 0, "transport.hsts.absent"),
        (["Strict-Transport-Security: max-age=31536000"], {"unverified": "self-signed"}, 0, "transport.hsts.unverified"),
    ],
)
def test_hsts_counts_in_whole_days_from_the_first_header_over_a_trusted_connection(headers, given, days, key):
    reading = judged("https.hsts_days", *headers, **given)
    assert (reading.value, reading.because.key) == (days, key)
    assert reading.evidence[0].passage == (headers[0] if headers else None)


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        ("default-src 'self'", "sound"),
        ("default-src 'none'; script-src 'self' https://cdn.test; object-src 'none'", "sound"),
        ("default-src 'self'; style-src 'self' 'unsafe-inline'", "sound"),
        ("default-src 'self'; img-src http://anh.test", "sound"),
        ("script-src 'nonce-abc' 'unsafe-inline'; object-src 'none'", "sound"),
        ("script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'; object-src 'none'", "sound"),
        ("script-src 'strict-dynamic' 'self'; object-src 'none'", "weak"),
        ("script-src 'self'", "weak"),
        ("default-src *", "weak"),
        ("default-src 'self' 'unsafe-inline'", "weak"),
        ("default-src 'self'; script-src 'self' 'UNSAFE-EVAL'", "weak"),
        ("default-src 'self'; script-src 'self' data:", "weak"),
        ("default-src https:", "weak"),
        ("default-src 'self'; font-src http://font.test", "weak"),
        ("upgrade-insecure-requests", "weak"),
        ("frame-ancestors 'self'", "weak"),
        ("default-src 'self'; default-src *", "weak"),
        ("script-src 'none'; default-src 'self'; report-uri /a; report-uri /b", "sound"),
        ("script-src 'self'; object-src 'none'; script-src-elem *", "weak"),
        ("script-src 'self'; object-src 'none'; script-src-elem 'self' 'unsafe-inline'", "weak"),
        ("script-src 'self'; object-src 'none'; script-src-elem 'self' data:", "weak"),
        ("script-src 'self'; object-src 'none'; script-src-attr 'unsafe-inline'", "weak"),
        ("script-src 'self'; object-src 'none'; script-src-elem http://cdn.test", "weak"),
        ("script-src *; object-src 'none'; script-src-elem 'self'; script-src-attr 'none'", "sound"),
        ("script-src 'unsafe-inline'; object-src 'none'; script-src-elem 'self'", "weak"),
        ("script-src 'unsafe-eval'; object-src 'none'; script-src-elem 'self'; script-src-attr 'none'", "weak"),
        ("script-src 'self'; object-src 'none'; script-src-attr *", "sound"),
        ("script-src 'self'; object-src 'none'; script-src-elem 'nonce-a' 'unsafe-inline'", "sound"),
        ("default-src *; script-src 'self'; object-src 'none'; worker-src *", "sound"),
        ("", "absent"),
        ("; ;", "absent"),
        ("max-age=3", "absent"),
    ],
)
def test_a_policy_is_sound_where_the_observatory_passes_it(policy, word):
    reading = judged("headers.csp", f"Content-Security-Policy: {policy}")
    assert reading.value == word, reading.because


def test_several_policies_hold_together():
    open_one, closed = "Content-Security-Policy: default-src *", "Content-Security-Policy: default-src 'self'"
    assert judged("headers.csp", open_one, closed).value == "sound"
    assert judged("headers.csp", "Content-Security-Policy: default-src *, default-src 'self'").value == "sound"
    assert judged("headers.csp", open_one, open_one).value == "weak"
    scripts, objects = "Content-Security-Policy: script-src 'self'", "Content-Security-Policy: object-src 'none'"
    assert judged("headers.csp", scripts, objects).value == "sound"


def test_what_one_policy_opens_for_elements_and_another_for_attributes_is_closed_for_both():
    elements = "Content-Security-Policy: script-src 'self'; object-src 'none'; script-src-elem *"
    attributes = "Content-Security-Policy: script-src 'self'; script-src-attr 'unsafe-inline'"
    assert judged("headers.csp", elements, attributes).value == "sound"
    both = judged("headers.csp", elements, "Content-Security-Policy: script-src https:")
    assert (both.value, both.facts["allows"]) == ("weak", ["script-src-elem *"])


def test_what_no_default_covers_is_named_where_it_lacks_and_makes_no_policy_weak():
    reading = judged("headers.csp", "Content-Security-Policy: default-src 'self'; base-uri 'none'")
    assert (reading.value, reading.facts["lacks"]) == ("sound", ["form-action", "frame-ancestors"])
    whole = "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    assert judged("headers.csp", whole).facts["lacks"] == []
    meta = "<head><meta http-equiv=content-security-policy content=\"frame-ancestors 'none'; default-src 'self'\"></head>" + PAGE
    assert "frame-ancestors" in judged("headers.csp", body=meta).facts["lacks"]


@pytest.mark.parametrize(
    ("policy", "workers"),
    [
        ("default-src 'none'; script-src 'self'; child-src a.test; worker-src blob:", "blob:"),
        ("default-src 'none'; script-src 'self'; child-src a.test", "a.test"),
        ("default-src 'none'; script-src 'self'", "'self'"),
        ("default-src 'none'", "'none'"),
        ("base-uri 'self'", "*"),
    ],
)
def test_workers_come_from_where_the_nearest_directive_says(policy, workers):
    assert judged("headers.csp", f"Content-Security-Policy: {policy}").facts["workers"] == [workers]


def test_a_policy_may_stand_in_the_page_but_not_all_of_it_counts_there():
    meta = '<head><meta http-equiv="content-security-policy" content="{}"></head>' + PAGE
    assert judged("headers.csp", body=meta.format("default-src 'self'")).value == "sound"
    assert judged("headers.csp", body=meta.format("frame-ancestors 'none'")).value == "absent"
    assert judged("headers.framing", body=meta.format("frame-ancestors 'none'")).value == "absent"


def test_a_policy_that_only_reports_protects_nobody():
    reading = judged("headers.csp", "Content-Security-Policy-Report-Only: default-src 'self'")
    assert (reading.value, reading.because.key) == ("absent", "transport.csp.report_only")


def test_a_weak_policy_says_what_it_leaves_open():
    reading = judged("headers.csp", "Content-Security-Policy: default-src 'self' 'unsafe-inline'")
    assert reading.facts["allows"] == ["script-src 'unsafe-inline'"]
    assert str(reading.because) == "The Content-Security-Policy still allows: script-src 'unsafe-inline'."


@pytest.mark.parametrize(
    ("measure", "headers", "word"),
    [
        ("headers.framing", ["X-Frame-Options: SAMEORIGIN"], "sound"),
        ("headers.framing", ["X-Frame-Options: deny"], "sound"),
        ("headers.framing", ["X-Frame-Options: SAMEORIGIN", "X-Frame-Options: SAMEORIGIN"], "sound"),
        ("headers.framing", ["X-Frame-Options: SAMEORIGIN, DENY"], "sound"),
        ("headers.framing", ["X-Frame-Options: ALLOW-FROM https://cong.test"], "sound"),
        ("headers.framing", ["X-Frame-Options: ALLOWALL"], "absent"),
        ("headers.framing", ["X-Frame-Options: *"], "absent"),
        ("headers.framing", ["Content-Security-Policy: frame-ancestors 'self'"], "sound"),
        ("headers.framing", ["Content-Security-Policy: frame-ancestors"], "sound"),
        ("headers.framing", ["Content-Security-Policy: frame-ancestors *", "X-Frame-Options: DENY"], "weak"),
        ("headers.framing", [], "absent"),
        ("headers.nosniff", ["X-Content-Type-Options: nosniff"], "sound"),
        ("headers.nosniff", ["X-Content-Type-Options: NoSniff, nosniff"], "sound"),
        ("headers.nosniff", ["X-Content-Type-Options: none"], "absent"),
        ("headers.nosniff", [], "absent"),
        ("headers.referrer", ["Referrer-Policy: strict-origin-when-cross-origin"], "sound"),
        ("headers.referrer", ["Referrer-Policy: no-referrer, same-origin"], "sound"),
        ("headers.referrer", ["Referrer-Policy: same-origin, new-policy"], "sound"),
        ("headers.referrer", ["Referrer-Policy: no-referrer", "Referrer-Policy: unsafe-url"], "weak"),
        ("headers.referrer", ["Referrer-Policy: no-referrer-when-downgrade"], "weak"),
        ("headers.referrer", ["Referrer-Policy: never"], "absent"),
        ("headers.referrer", [], "absent"),
        ("headers.leaks", ["Server: nginx"], "sound"),
        ("headers.leaks", ["Server: cloudflare", "X-Powered-By: ASP.NET"], "sound"),
        ("headers.leaks", ["Server: Microsoft-IIS/10.0"], "weak"),
        ("headers.leaks", ["Server: Apache/2.4.6 (CentOS) PHP/5.4.16"], "weak"),
        ("headers.leaks", ["X-Powered-By: PHP/7"], "weak"),
        ("headers.leaks", ["X-AspNet-Version: 4.0.30319"], "weak"),
        ("headers.leaks", ["Liferay-Portal: Liferay Community Edition Portal 6.2 CE GA6"], "weak"),
        ("headers.leaks", ["Server: ECS (sgn/7F83)"], "sound"),
        ("headers.leaks", ["X-Request-Id: 1.2.3"], "sound"),
        ("headers.leaks", [], "sound"),
    ],
)
def test_the_smaller_headers(measure, headers, word):
    reading = judged(measure, *headers)
    assert reading.value == word, reading.because


def test_the_deciding_header_is_the_passage():
    reading = judged("headers.leaks", "Server: nginx", "X-Powered-By: PHP/7.4.3")
    assert reading.evidence[0].passage == "X-Powered-By: PHP/7.4.3"
    assert reading.evidence[0].record == "urn:uuid:1"


@pytest.mark.parametrize(
    ("cookies", "word"),
    [
        (["ASP.NET_SessionId=abc; path=/; Secure; HttpOnly; SameSite=Lax"], "sound"),
        (["JSESSIONID=1; secure; httponly"], "sound"),
        (["JSESSIONID=1; Secure"], "weak"),
        (["JSESSIONID=1; HttpOnly"], "weak"),
        (["lang=vi; Secure"], "sound"),
        (["lang=vi"], "weak"),
        (["csrftoken=1; Secure"], "weak"),
        (["csrftoken=1; Secure; SameSite=Strict"], "sound"),
        (["lang=vi; Secure; SameSite=Sometimes"], "weak"),
        (["lang=vi", "lang=vi; Secure"], "sound"),
        (["lang=vi; Secure", "old=1; Max-Age=0"], "sound"),
        (["lang=vi; Secure", "old=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "sound"),
        (["lang=vi; Secure", "new=1; Expires=Thu, 01 Jan 2037 00:00:00 GMT"], "weak"),
        (["lang=vi; Secure; Expires=soon"], "sound"),
        (["lang=vi; Secure; Expires=Mon, 01 Jan 99999999999 00:00:00 GMT"], "sound"),
        (["lang=vi; Secure; Expires=Mon, 01 Jan 2037 00:00:00 +9999999999999"], "sound"),
        (["lang=vi; Expires=Mon, 01 Jan 2037 00:00:00 -9999999999999"], "weak"),
        ([f"lang=vi; Secure; Max-Age={'9' * 5000}"], "sound"),
        (["__Host-a=1; Secure; Path=/"], "sound"),
        (["__Host-a=1; Secure; Path=/; Domain="], "sound"),
        (["__Host-a=1; Secure; Path=/; Domain=so.test"], "weak"),
        (["__Host-a=1; Secure"], "weak"),
        (["__host-a=1; Secure; Path=/vi"], "weak"),
        (["__Host-a=1; Path=/"], "weak"),
        (["__Secure-a=1; Secure; Domain=so.test"], "sound"),
        (["__Secure-a=1; Path=/"], "weak"),
        (["lang=vi; Secure; SameSite=None"], "sound"),
        (["lang=vi; SameSite=None"], "weak"),
        ([".ASPXAUTH=1; Secure"], "weak"),
        (["connect.sid=1; Secure"], "weak"),
        (["__Host-sid=1; Secure; Path=/"], "weak"),
        (["auth=1; Secure"], "weak"),
        (["Token=1; Secure; HttpOnly"], "sound"),
        (["XSRF-TOKEN=1; Secure"], "sound"),
        (["residence=1; Secure"], "sound"),
    ],
)
def test_cookies_need_secure_and_those_of_a_session_httponly_too(cookies, word):
    reading = judged("headers.cookies", *(f"Set-Cookie: {cookie}" for cookie in cookies))
    assert reading.value == word, reading.because


def test_without_cookies_there_is_nothing_to_protect():
    assert isinstance(judged("headers.cookies"), NotApplicable)
    assert isinstance(judged("headers.cookies", "Set-Cookie: nonsense"), NotApplicable)


def test_a_cookie_set_on_the_way_counts_and_its_value_is_never_shown():
    way = exchange("Set-Cookie: PHPSESSID=bi-mat; path=/", "Location: /vi", status=302, body="")
    reading = readings(chain(way, exchange()))["headers.cookies"]
    assert (reading.value, reading.facts["lacks"]) == ("weak", ["PHPSESSID: Secure", "PHPSESSID: HttpOnly"])
    assert reading.evidence[0].passage == "Set-Cookie: PHPSESSID=…; path=/"
    assert "bi-mat" not in str(reading)


def test_the_cookies_taken_for_those_of_a_session_are_named_and_what_each_lacks():
    cookies = ["__Host-sid=1; Domain=so.test; SameSite=None", "lang=vi; Secure", "ASP.NET_SessionId=1; Secure; HttpOnly"]
    facts = judged("headers.cookies", *(f"Set-Cookie: {cookie}" for cookie in cookies)).facts
    assert facts["session"] == ["ASP.NET_SessionId", "__Host-sid"]
    lacks = ["Secure", "HttpOnly", "SameSite=None without Secure", "__Host- with Domain", "__Host- without Path=/"]
    assert facts["lacks"] == [f"__Host-sid: {lack}" for lack in lacks]


MIXED = """<!doctype html><head><link rel=stylesheet href="http://a.test/s.css"><link rel=canonical href="http://so.test/">
<script src="http://a.test/x.js"></script><script src="//a.test/ok.js"></script><style>body{background:url('http://b.test/bg.png')}</style></head>
<body><img src="http://b.test/1.png"><img src="http://b.test/1.png" srcset="http://b.test/2.png 2x, /3.png"><img src="/ok.png">
<a href="http://c.test/">liên kết</a><iframe src="http://d.test/"></iframe><form action="http://so.test/tim"></form><form action="/tim"></form>
<video poster="http://b.test/p.jpg"><source src="http://b.test/v.mp4"></video><noscript><img src="http://e.test/pixel"></noscript>
<img src="http://localhost/x.png"><div style="background:url(http://b.test/div.png)">x</div></body>"""


def test_mixed_content_counts_each_address_that_the_page_loads_unencrypted():
    reading = judged("https.mixed_content", body=MIXED)
    assert (reading.facts["active"], reading.facts["passive"]) == (3, 7)
    assert reading.value == 10
    assert reading.evidence[0].passage == "http://a.test/x.js"


def test_links_to_other_sites_are_no_mixed_content():
    assert judged("https.mixed_content", body="<a href='http://khac.test/'>x</a>" + PAGE).value == 0


def test_a_base_without_encryption_spoils_every_relative_address():
    assert (
        judged(
            "https.mixed_content", body="<head><base href='http://so.test/'></head><img src=a.png><script src=b.js></script>"
        ).value
        == 2
    )


def test_a_policy_that_upgrades_leaves_nothing_mixed():
    reading = judged("https.mixed_content", "Content-Security-Policy: upgrade-insecure-requests", body=MIXED)
    assert (reading.value, reading.because.key) == (0, "transport.mixed.upgraded")


HASH = "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"


@pytest.mark.parametrize(
    ("markup", "foreign", "count", "key"),
    [
        ("<script src=/a.js></script><script>1</script>", 0, 0, "none"),
        ("<script src=//cdn.so.test/a.js></script>", 0, 0, "none"),
        ("<script src=//cdn.test/a.js></script>", 1, 1, "some"),
        ("<base href=https://cdn.test/><script src=a.js></script>", 1, 1, "some"),
        (f"<script src=//cdn.test/a.js integrity='{HASH}'></script>", 1, 0, "all"),
        (f"<script src=//cdn.test/a.js integrity='md5-1 {HASH.upper()}'></script>", 1, 0, "all"),
        ("<script src=//cdn.test/a.js integrity='md5-1'></script>", 1, 1, "some"),
        (f"<script src=//cdn.test/a.js integrity='{HASH}'></script><script src=//cdn.test/a.js></script>", 1, 1, "some"),
        ("<script src=//cdn.test/a.js type=module></script><script src=//cdn.test/b.js type=text/javascript></script>", 2, 2, "some"),
        ("<script src=//cdn.test/a.json type=application/ld+json></script>", 0, 0, "none"),
        ("<body><noscript><script src=//cdn.test/a.js></script></noscript>", 0, 0, "none"),
        ("<script src='http://[oops/'></script><script src='data:text/javascript,1'></script>", 0, 0, "none"),
    ],
)  # fmt: skip
def test_scripts_from_other_sites_are_counted_where_no_hash_holds_them(markup, foreign, count, key):
    reading = judged("headers.integrity", body=markup + PAGE)
    assert (reading.facts["foreign"], reading.value, reading.because.key) == (foreign, count, f"transport.integrity.{key}")


@pytest.mark.parametrize(("sent", "word"), [("HTTP/1.0", "1.0"), ("HTTP/1.1", "1.1"), ("HTTP/2", "2"), ("HTTP/2.0", "2")])
def test_the_version_is_a_word(sent, word):
    assert judged("http.version", http_version=sent).value == word


def test_an_unknown_version_is_no_guess():
    assert isinstance(judged("http.version", http_version="ICY"), Unavailable)


@pytest.mark.parametrize(
    ("headers", "value"),
    [(["Content-Encoding: gzip"], True), (["Content-Encoding: br"], True), (["Content-Encoding: identity"], False), ([], False)],
)
def test_compression_is_what_the_header_names(headers, value):
    assert judged("http.compression", *headers).value is value


def test_without_the_guideline_the_judged_headers_are_our_lack_and_the_rest_is_measured():
    found = readings(guidelines={})
    assert {found[f"headers.{name}"].cause for name in ("csp", "framing", "referrer", "cookies", "leaks")} == {Cause.CAPABILITY}
    assert found["headers.nosniff"].value == "absent"
    assert found["https.forced"].value is True


def test_every_sentence_has_its_vietnamese():
    assert translated("transport", notes) == []


def test_what_was_seen_can_be_kept_and_read_back():
    seen = TransportSeen(secure=chain(exchange()), plain=chain(failed(Cause.CONNECT, url=PLAIN)), others=(chain(exchange()),))
    codec = Codec(TransportSeen)
    assert codec.load(codec.dump(seen)) == seen


def test_what_was_kept_before_the_other_name_was_asked_for_is_still_read():
    seen = TransportSeen(secure=chain(exchange()), plain=chain(failed(Cause.CONNECT, url=PLAIN)))
    codec = Codec(TransportSeen)
    old = json.loads(codec.dump(seen))
    old.pop("others")
    assert codec.load(json.dumps(old).encode()) == seen


@pytest.mark.parametrize(
    ("host", "twin"),
    [
        ("so.test", "www.so.test"),
        ("www.so.test", "so.test"),
        ("khanhhoa.gov.vn", "www.khanhhoa.gov.vn"),
        ("stttt.khanhhoa.gov.vn", "www.stttt.khanhhoa.gov.vn"),
        ("www.stttt.khanhhoa.gov.vn", "stttt.khanhhoa.gov.vn"),
        ("dichvu.stttt.khanhhoa.gov.vn", None),
        ("gov.vn", None),
        ("localhost", None),
        ("10.1.2.3", None),
        ("2001:db8::1", None),
        ("", None),
    ],
)
def test_a_twin_is_looked_for_where_people_would_type_it(host, twin):
    assert twin_of(host) == twin


def test_each_way_to_the_front_page_is_told_hop_by_hop():
    kept = exchange("Strict-Transport-Security: max-age=300; includeSubDomains; preload")
    www = exchange("Location: https://so.test/", url="https://www.so.test/", status=301, body="")
    seen = TransportSeen(
        secure=chain(kept),
        plain=chain(TO_HTTPS, kept),
        others=(chain(www, kept), chain(failed(Cause.CONNECT, url="http://www.so.test/"))),
    )
    reading = by_id(PROBE.assess(seen, known()))["https.forced"]
    plain, secure, other, gone = reading.facts["endpoints"]
    assert plain == {
        "url": PLAIN, "live": True, "status": 301, "cause": None, "redirects": ["301 → https://so.test/"], "forced": True,
    }  # fmt: skip
    assert secure["hsts"] == {"max_age": 300, "include_subdomains": True, "preload": True}
    assert (other["redirects"], other["hsts"], other["downgrades"]) == (["301 → https://so.test/"], None, False)
    assert (gone["live"], gone["cause"], gone["forced"]) == (False, "connect", None)


@pytest.mark.parametrize(
    ("header", "given"),
    [("max-age=x", {}), ("max-age=300", {"unverified": "self-signed"}), ("max-age=300", {"url": PLAIN})],
)
def test_hsts_that_browsers_ignore_is_none(header, given):
    reading = readings(chain(exchange(f"Strict-Transport-Security: {header}", **given)))["https.forced"]
    assert not reading.facts["endpoints"][1].get("hsts")


def test_the_ways_are_told_where_nothing_could_be_judged_too():
    reading = readings(chain(failed(Cause.DNS)), chain(failed(Cause.DNS, url=PLAIN)))["https.forced"]
    assert [way["live"] for way in reading.facts["endpoints"]] == [False, False]


@pytest.mark.anyio
@pytest.mark.parametrize("resolves", [True, False])
async def test_the_other_name_is_asked_where_it_resolves(resolves):
    to_main = answer(b"", "301 Moved", "Location: http://so.test/")
    page = answer(PAGE.encode(), "200 OK", "Content-Type: text/html")
    with serve(Site({"/": page}), Site({"/": to_main})) as (main, www):
        closed = f"127.0.0.1:{closed_port()}"
        mapped = {"so.test:443": closed, "so.test:80": f"127.0.0.1:{main.port}"}
        mapped |= {"www.so.test:443": closed, "www.so.test:80": f"127.0.0.1:{www.port}"}
        async with http_door(connect_to=mapped) as http:
            doors = Doors(http, *(["www.so.test"] if resolves else []))
            seen = await PROBE.look(SITE, doors)
    assert www.asked == (["/"] if resolves else [])
    assert [one.hops[0].url for one in seen.others] == (["https://www.so.test/", "http://www.so.test/"] if resolves else [])
    assert doors.names == [("www.so.test", kind) for kind in (["A"] if resolves else ["A", "AAAA"])]
    found = by_id(PROBE.assess(seen, known()))["https.forced"]
    ways = [(way["url"], way["redirects"]) for way in found.facts["endpoints"] if way["live"]]
    assert ways == [(PLAIN, []), ("http://www.so.test/", ["301 → http://so.test/"])][: 2 if resolves else 1]


@pytest.mark.anyio
async def test_a_site_on_a_port_of_its_own_has_no_twin():
    async with http_door(
        connect_to={"so.test:8443": f"127.0.0.1:{closed_port()}", "so.test:80": f"127.0.0.1:{closed_port()}"}
    ) as http:
        doors = Doors(http, "www.so.test")
        seen = await PROBE.look(Address(url="https://so.test:8443/", roles=SITE.roles, agencies=()), doors)
    assert (doors.names, seen.others) == ([], ())


class Doors:
    """The doors of one visit; names in ``resolving`` have an address."""

    limits = CrawlLimits()

    def __init__(self, http, *resolving):
        self.http, self.dns, self.resolving, self.names = http, self, resolving, []

    async def query(self, name, type, *, validate=False):
        self.names.append((name, type))
        return DnsAnswer(name=name, type=type, rcode="NOERROR", records=("1.2.3.4",) if name in self.resolving else (), at=NOW)


async def visited(tmp_path, secure, plain, *, trusted=True, url="https://so.test/"):
    """Look at a site whose two ports answer like this; None is a closed port."""
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    sites = [Site(secure or {}, context), Site(plain or {})]
    with serve(*sites):
        ports = [site.port if routes is not None else closed_port() for site, routes in zip(sites, (secure, plain), strict=True)]
        mapped = {"so.test:443": f"127.0.0.1:{ports[0]}", "so.test:80": f"127.0.0.1:{ports[1]}"}
        async with http_door(connect_to=mapped, trust=[tmp_path / "ca.pem"] if trusted else []) as http:
            seen = await PROBE.look(Address(url=url, roles=SITE.roles, agencies=()), Doors(http))
    return by_id(PROBE.assess(seen, known(captured_at=NOW))), sites


GOOD = answer(
    PAGE.encode(), "200 OK", "Content-Type: text/html; charset=utf-8", "Strict-Transport-Security: max-age=63072000; includeSubDomains",
    "X-Frame-Options: DENY", "Set-Cookie: JSESSIONID=1; Secure; HttpOnly", "Server: nginx",
)  # fmt: skip
REDIRECT = answer(b"", "301 Moved", "Location: https://so.test/")


@pytest.mark.anyio
async def test_a_good_site_over_real_sockets(tmp_path):
    found, sites = await visited(tmp_path, {"/": GOOD}, {"/": REDIRECT})
    values = {measure: getattr(reading, "value", reading) for measure, reading in found.items()}
    assert values["https.forced"] is True
    assert values["https.hsts_days"] == 730
    assert (values["http.version"], values["http.compression"]) == ("1.1", False)
    assert (values["headers.framing"], values["headers.cookies"], values["headers.leaks"]) == ("sound", "sound", "sound")
    assert found["https.forced"].evidence[0].passage == "Location: https://so.test/"
    assert [site.asked for site in sites] == [["/", "/"], ["/"]]


@pytest.mark.anyio
async def test_an_untrusted_certificate_leaves_the_page_judged_and_its_hsts_worthless(tmp_path):
    found, _ = await visited(tmp_path, {"/": GOOD}, {"/": REDIRECT}, trusted=False)
    assert found["headers.framing"].value == "sound"
    assert (found["https.hsts_days"].value, found["https.hsts_days"].because.key) == (0, "transport.hsts.unverified")


@pytest.mark.anyio
async def test_a_closed_port_80_forces_https_and_a_closed_443_is_a_site_without(tmp_path):
    closed, _ = await visited(tmp_path, {"/": GOOD}, None)
    assert (closed["https.forced"].value, closed["https.forced"].because.key) == (True, "transport.forced.closed")
    without, _ = await visited(tmp_path, None, {"/": answer(PAGE.encode(), "200 OK", "Content-Type: text/html")}, url=PLAIN)
    assert (without["https.forced"].value, without["https.hsts_days"].value) == (False, 0)
    assert without["headers.nosniff"].value == "absent"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("talk", "forced", "hsts"),
    [(refusing_suites, "transport.forced.not_other_tls", "transport.other_tls"), (hanging_up, "transport.forced.no_https", "transport.hsts.plain")],
)  # fmt: skip
async def test_a_server_without_a_suite_for_us_is_told_from_one_that_hangs_up(talk, forced, hsts):
    page = answer(PAGE.encode(), "200 OK", "Content-Type: text/html")
    with serving(talk) as secure, serve(Site({"/": page})) as plain:
        mapped = {"so.test:443": f"127.0.0.1:{secure.port}", "so.test:80": f"127.0.0.1:{plain.port}"}
        async with http_door(connect_to=mapped) as http:
            seen = await PROBE.look(SITE, Doors(http))
    found = by_id(PROBE.assess(seen, known(captured_at=NOW)))
    assert (found["https.forced"].value, found["https.forced"].because.key) == (False, forced)
    assert found["https.hsts_days"].because.key == hsts


def in_the_clients_order(context, *, broken=False):
    """Serve the first version of HTTP that the client's hello names; ``broken`` HTTP/2 ends without an answer."""

    def talk(connection, server):
        hello = connection.recv(4096, socket.MSG_PEEK)
        newest = b"\x02h2\x08http/1.1" in hello
        assert newest or b"\x08http/1.1\x02h2" in hello
        context.set_alpn_protocols(["h2" if newest else "http/1.1"])
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.settimeout(3)
            if newest and not broken:
                serve_http2(wrapped)
            elif wrapped.recv(4096) and not newest:
                wrapped.sendall(answer(PAGE.encode(), "200 OK", "Content-Type: text/html", "Connection: close"))

    return talk


def serve_http2(wrapped):
    state = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=False))
    state.initiate_connection()
    wrapped.sendall(state.data_to_send())
    while data := wrapped.recv(4096):
        for event in state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                state.send_headers(event.stream_id, [(":status", "200"), ("content-type", "text/html")])
                state.send_data(event.stream_id, PAGE.encode(), end_stream=True)
        wrapped.sendall(state.data_to_send())


@pytest.mark.anyio
@pytest.mark.parametrize(("broken", "version"), [(False, "2"), (True, "1.1")])
async def test_a_server_that_takes_the_clients_order_shows_its_newest_version_to_this_probe_alone(tmp_path, broken, version):
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serving(in_the_clients_order(context, broken=broken)) as server:
        mapped = {"so.test:443": f"127.0.0.1:{server.port}", "so.test:80": f"127.0.0.1:{closed_port()}"}
        async with http_door(connect_to=mapped, trust=[tmp_path / "ca.pem"]) as http:
            seen = await PROBE.look(SITE, Doors(http))
            crawled = await http.get("https://so.test/", why="crawl", robots=False)
    found = by_id(PROBE.assess(seen, known(captured_at=NOW)))
    assert found["http.version"].value == version
    assert crawled.final.http_version == "HTTP/1.1"


@pytest.mark.anyio
async def test_a_site_with_both_ports_closed_is_nobodys_verdict(tmp_path):
    found, _ = await visited(tmp_path, None, None)
    assert {reading.cause for reading in found.values()} == {Cause.AMBIGUOUS}
