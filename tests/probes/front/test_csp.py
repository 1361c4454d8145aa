"""A Content-Security-Policy: sound where Mozilla's Observatory passes it."""

import pytest
from front import judged
from knowing import PAGE


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
        ("default-src 'self'; default-src *", "sound"),
        ("default-src *; default-src 'self'", "weak"),
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


def test_a_directive_that_stands_twice_is_told_and_its_first_counts():
    reading = judged("headers.csp", "Content-Security-Policy: script-src 'self'; script-src *; object-src 'none'")
    assert (reading.value, reading.because.key, reading.facts["twice"]) == ("sound", "transport.csp.twice", ["script-src"])
    weak = judged("headers.csp", "Content-Security-Policy: script-src *; script-src 'self'; object-src 'none'")
    assert (weak.value, weak.facts["allows"]) == ("weak", ["script-src *"])


def test_a_nonce_is_shown_as_it_was_sent():
    policy = "SCRIPT-SRC 'NONCE-AbC9' HTTPS://CDN.test 'Sha256-Zm9V'; object-src 'none'"
    reading = judged("headers.csp", f"Content-Security-Policy: {policy}")
    assert reading.facts["workers"] == ["'nonce-AbC9' https://cdn.test 'sha256-Zm9V'"]


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


def test_a_policy_in_the_body_counts_for_nothing():
    body = '<!doctype html><head><title>x</title></head><body><p>x</p><meta http-equiv=content-security-policy content="{}">'
    assert judged("headers.csp", body=body.format("default-src 'self'")).value == "absent"
    mixed = judged("https.mixed_content", body=body.format("upgrade-insecure-requests") + "<img src=http://a.test/1.png>")
    assert mixed.value == 1


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        ("default-src\xa0'self'", "absent"),
        ("default-src 'self'; script-src\xa0*", "sound"),
        ("script-src 'self'; object-src\u3000'none'", "weak"),
        ("default-src\t'self'\x0c", "sound"),
        ("default-src\x0b'self'", "absent"),
    ],
)
def test_only_a_space_of_ascii_parts_words_and_a_directive_with_another_sign_is_left_out(policy, word):
    assert judged("headers.csp", f"Content-Security-Policy: {policy}").value == word


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("'nonce-' 'unsafe-inline'", "weak"),
        ("'nonce-abc 'unsafe-inline'", "weak"),
        ("'nonce-a!b' 'unsafe-inline'", "weak"),
        ("'sha256-' 'unsafe-inline'", "weak"),
        ("'sha512-==' 'unsafe-inline'", "weak"),
        ("'nonce-' 'strict-dynamic'", "weak"),
        ("'nonce-a_b-c+d/e==' 'unsafe-inline'", "sound"),
        ("'sha384-Zm9v' 'unsafe-inline'", "sound"),
    ],
)
def test_an_empty_or_broken_nonce_or_hash_takes_the_place_of_nothing(source, word):
    assert judged("headers.csp", f"Content-Security-Policy: script-src {source}; object-src 'none'").value == word


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("*:*", "weak"),
        ("*:443", "weak"),
        ("https://*:*", "weak"),
        ("https://*:443", "weak"),
        ("https://*/", "weak"),
        ("http://*.*", "weak"),
        ("https://*.so.test:*", "sound"),
        ("https:*", "sound"),  # a host named https at any port: the grammar knows no scheme without //
    ],
)
def test_any_host_at_any_port_is_as_wide_as_an_asterisk(source, word):
    assert judged("headers.csp", f"Content-Security-Policy: script-src {source}; object-src 'none'").value == word
    framing = judged("headers.framing", f"Content-Security-Policy: frame-ancestors {source}")
    assert framing.value == word


def test_a_policy_that_only_reports_protects_nobody():
    reading = judged("headers.csp", "Content-Security-Policy-Report-Only: default-src 'self'")
    assert (reading.value, reading.because.key) == ("absent", "transport.csp.report_only")


def test_a_weak_policy_says_what_it_leaves_open():
    reading = judged("headers.csp", "Content-Security-Policy: default-src 'self' 'unsafe-inline'")
    assert reading.facts["allows"] == ["script-src 'unsafe-inline'"]
    assert str(reading.because) == "The Content-Security-Policy still allows: “script-src 'unsafe-inline'”."
