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
