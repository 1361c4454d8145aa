"""What an answer is before it is read: also where a page was written to be slow to tell."""

from datetime import UTC, datetime

import pytest

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk import outcome
from auditor.sdk.outcome import cause_of

AT = datetime(2026, 11, 20, tzinfo=UTC)
VALUES = ["waf", "waf'", "waf" * 26, "waf" * 26 + "a" * 200 + ";" + "b" * 400, "waf" + "a" * 20, "token;", "a" * 79]


def page(script):
    body = f"<html><title>x</title><script>{script}</script>".encode()
    return Exchange(url="https://so.test/", status=200, headers=(("Content-Type", "text/html"),), body=body, at=AT)


@pytest.mark.parametrize(
    "script",
    [
        "document.cookie='D1N=0af3'+';expires=0;path=/';window.location.reload(true);",
        'document.cookie = "waf_token=1; path=/"; location.reload();',
        "document.cookie='x=1;challenge=2', location.reload()",
        "document.cookie='token=" + "a" * 190 + ";" + "b" * 400 + "location.reload()",
    ],
)
def test_a_script_that_sets_a_token_and_loads_the_page_again_is_a_challenge(script):
    assert cause_of(page(script)) is Cause.CHALLENGE


@pytest.mark.parametrize(
    "script",
    [
        "document.cookie='lang=vi'; location.reload();",
        "document.cookie='token=1';" + "a" * 500 + "location.reload()",
        "document.cookie='token=1'; </b> location.reload()",
        "document.cookie='token=1'; location.href='/'",
    ],
)
def test_another_cookie_or_another_reload_is_none(script):
    assert cause_of(page(script)) is None


@pytest.mark.parametrize("value", VALUES)
def test_a_page_full_of_beginnings_of_a_challenge_is_told_in_a_bounded_number_of_steps(value):
    """The pattern gives up each beginning for good: thirty thousand characters of them once took nine seconds."""
    script = (f"document.cookie='{value}" * 2_000)[:29_000]
    begun = datetime.now(UTC)
    assert cause_of(page(script)) is None
    assert (datetime.now(UTC) - begun).total_seconds() < 2
    assert outcome._CHALLENGE.search(script) is None
