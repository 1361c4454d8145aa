"""What an answer is before it is read: also where a page was written to be slow to tell."""

import random
import zlib
from datetime import UTC, datetime

import pytest

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk import refusals
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
    assert refusals._CHALLENGE.search(script) is None


def body(given, kind="text/html"):
    return Exchange(url="https://so.test/", status=200, headers=(("Content-Type", kind),), body=given, at=AT)


NOISE = random.Random(3061).randbytes(5_000)


@pytest.mark.parametrize("given", [NOISE, zlib.compress(NOISE), b"<html><title>x</title>" + NOISE])
@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8"])
def test_bytes_that_are_no_text_are_no_page(given, kind):
    assert cause_of(body(given, kind)) is Cause.PROTOCOL


@pytest.mark.parametrize(
    "given",
    [
        "<p>Sở Thử công bố lịch tiếp công dân tháng này.</p>".encode("utf-16"),
        "<p>Së Thö c«ng bè lÞch tiÕp c«ng d©n th¸ng nµy, bµ con cã viÖc xin ®Õn ®óng giê.</p>".encode("latin-1"),
        b"<p>nul\0in a page that says something all the same, as an old editor leaves it</p>" * 3,
        b"",
    ],
)
def test_text_in_any_charset_is_a_page(given):
    assert cause_of(body(given)) is None
    assert cause_of(body(NOISE, "application/pdf")) is None


def told(text, title="", status=200):
    body = f"<!doctype html><title>{title}</title><body>{text}</body>".encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Exchange(url="https://so.test/", status=status, headers=headers, body=body, at=AT)


@pytest.mark.parametrize(
    "text",
    [
        "This domain is parked free, courtesy of a registrar.",
        "The domain name so.test is for sale. <a href='/'>Make an offer</a>",
        "Buy this domain today",
        "Tên miền so.test đã được đăng ký tại nhà đăng ký.",
        "Tên miền này đang được rao bán",
        "Tên miền này đã hết hạn. Vui lòng liên hệ nhà đăng ký.",
    ],
)
def test_a_registrars_page_is_nobodys_portal_and_accuses_nobody(text):
    assert cause_of(told(text)) is Cause.UNCONFIRMED
    assert cause_of(told("x", title=text.partition("<")[0])) is Cause.UNCONFIRMED
    assert cause_of(told(text, status=404)) is Cause.HTTP_4XX


@pytest.mark.parametrize(
    "text",
    [
        "Cổng thông tin điện tử Sở Nội vụ",
        "Tên miền của cơ quan nhà nước được cấp theo quy định",
        "Hướng dẫn đăng ký tên miền .gov.vn",
        "This domain of knowledge is registered in our catalogue",
        "Tên miền này đã hết hạn. " + "Tin tức của sở về cuộc họp giao ban thường kỳ. " * 60,
    ],
)
def test_a_page_that_tells_of_domains_is_a_page(text):
    assert cause_of(told(text)) is None
