"""HSTS, read as its RFC says and counted in whole days."""

import pytest
from front import judged

from probes.front.hsts import max_age
from reports.words import vietnamese


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=31536000", 31536000),
        ("max-age=31536000; includeSubDomains; preload", 31536000),
        ('MAX-AGE="86400"; includesubdomains', 86400),
        (" max-age = 300 ;; ; strange=\"a;b\\\"c\"", 300),
        ("max-age=0", 0),
        ("max-age=99999999999999999999999999", 10**9),
        ("", "max-age: missing"),
        ("includeSubDomains", "max-age: missing"),
        ("max-age", "max-age: missing"),
        ("max-age=", "max-age=: no_directive"),
        ("max-age=-1", "max-age=-1: no_number"),
        ("max-age=1.5", "max-age=1.5: no_number"),
        ("max-age=1; max-age=1", "max-age: twice"),
        ("max-age=1; includeSubDomains; includeSubDomains", "includesubdomains: twice"),
        ("max-age=1; includeSubDomains=true", "includeSubDomains: takes_no_value"),
        ("max-age=1, max-age=2", "max-age=1, max-age=2: no_directive"),
        ('max-age="1', "open_quotation"),
        ("max-age=1 includeSubDomains", "max-age=1 includeSubDomains: no_directive"),
    ],
)  # fmt: skip
def test_hsts_is_read_as_the_rfc_says(header, seconds):
    assert max_age(header) == seconds
    if isinstance(seconds, str):
        told = vietnamese().say(judged("https.hsts_days", f"Strict-Transport-Security: {header}").because)
        assert seconds.rpartition(": ")[2] not in told


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
