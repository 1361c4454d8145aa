"""Framing, nosniff, Referrer-Policy, leaks and compression: each header by its standard, each border where the guideline says."""

import pytest
from front import judged, readings
from knowing import PAGE

from auditor.model.note import quoted
from auditor.model.reading import NotApplicable
from auditor.model.visit import Cause


@pytest.mark.parametrize(
    ("measure", "headers", "word"),
    [
        ("headers.framing", ["X-Frame-Options: SAMEORIGIN"], "sound"),
        ("headers.framing", ["X-Frame-Options: deny"], "sound"),
        ("headers.framing", ["X-Frame-Options: SAMEORIGIN", "X-Frame-Options: SAMEORIGIN"], "sound"),
        ("headers.framing", ["X-Frame-Options: SAMEORIGIN, DENY"], "sound"),
        ("headers.framing", ["X-Frame-Options: ALLOW-FROM https://cong.test"], "absent"),
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
        ("headers.leaks", ["Server: Apache-Coyote/1.1"], "sound"),
        ("headers.leaks", ["Server: Apache-Coyote/1.1", "X-Powered-By: Servlet/3.0"], "weak"),
        ("headers.leaks", ["X-Generator: Drupal 7 (http://drupal.org)"], "weak"),
        ("headers.leaks", ["X-Generator: Drupal"], "sound"),
        ("headers.leaks", ["X-Request-Id: 1.2.3"], "sound"),
        ("headers.leaks", [], "sound"),
    ],
)
def test_the_smaller_headers(measure, headers, word):
    reading = judged(measure, *headers)
    assert reading.value == word, reading.because


@pytest.mark.parametrize(
    ("metas", "headers", "word", "shown"),
    [
        (["never"], [], "sound", "never"),
        (["Default"], [], "sound", "default"),
        (["always"], [], "weak", "always"),
        (["origin-when-crossorigin"], [], "weak", "origin-when-crossorigin"),
        (["no-referrer"], ["Referrer-Policy: unsafe-url"], "sound", "no-referrer"),
        (["no-referrer", "unsafe-url"], [], "weak", "unsafe-url"),
        (["no-referrer", "khac"], [], "sound", "no-referrer"),
        (["no-referrer, same-origin"], [], "absent", "no-referrer, same-origin"),
        (["no-referrer, same-origin"], ["Referrer-Policy: unsafe-url, new"], "weak", "unsafe-url"),
        ([], ["Referrer-Policy: always, no-referrer, default"], "sound", "no-referrer"),
    ],
)
def test_a_meta_element_says_one_word_which_may_be_old_and_a_header_a_list(metas, headers, word, shown):
    body = "<head>" + "".join(f'<meta name=referrer content="{meta}">' for meta in metas) + "</head>" + PAGE
    reading = judged("headers.referrer", *headers, body=body)
    assert (reading.value, reading.because.facts["value"]) == (word, quoted(shown))


def test_the_deciding_header_is_the_passage():
    reading = judged("headers.leaks", "Server: nginx", "X-Powered-By: PHP/7.4.3")
    assert reading.evidence[0].passage == "X-Powered-By: PHP/7.4.3"
    assert reading.evidence[0].record == "urn:uuid:1"


@pytest.mark.parametrize(
    ("headers", "value"),
    [(["Content-Encoding: gzip"], True), (["Content-Encoding: br"], True), (["Content-Encoding: identity"], False), ([], False)],
)
def test_compression_is_what_the_header_names(headers, value):
    assert judged("http.compression", *headers, body=PAGE * 20).value is value


@pytest.mark.parametrize("body", ["", PAGE, "a" * 1_399])
def test_next_to_nothing_need_not_be_compressed(body):
    assert isinstance(judged("http.compression", body=body), NotApplicable)
    assert judged("http.compression", body=body + "a" * 1_400).value is False
    assert judged("http.compression", "Content-Encoding: gzip", body=body).value is True


def test_without_the_guideline_the_judged_headers_are_our_lack_and_the_rest_is_measured():
    found = readings(guidelines={})
    assert {found[f"headers.{name}"].cause for name in ("csp", "framing", "referrer", "cookies", "leaks")} == {Cause.CAPABILITY}
    assert found["headers.nosniff"].value == "absent"
    assert found["https.forced"].value is True
