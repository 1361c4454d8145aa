"""A first visit's cookies and what protects them."""

from dataclasses import replace

import pytest
from front import judged, readings
from knowing import chain, exchange

from auditor.model.reading import NotApplicable
from reports.words import vietnamese


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
        ([".ASPXAUTH=1; Secure"], "sound"),
        (["connect.sid=1; Secure"], "sound"),
        (["__Host-sid=1; Secure; Path=/"], "sound"),
        (["auth=1; Secure"], "sound"),
        (["Token=1; Secure; HttpOnly"], "sound"),
        (["sid=1"], "weak"),
        (["UserLogin=1; Secure"], "weak"),
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


def test_a_foreign_host_on_the_way_answers_for_its_own_cookies():
    away = exchange("Location: https://sso.vn/", status=302, body="")
    sso = replace(exchange("Set-Cookie: SSOSESSION=1", "Location: https://so.test/", status=302, body=""), url="https://sso.vn/")
    assert isinstance(readings(chain(away, sso, exchange()))["headers.cookies"], NotApplicable)


def test_the_cookies_taken_for_those_of_a_session_are_named_and_what_each_lacks():
    cookies = [
        "__Host-sid=1; Domain=so.test; SameSite=None",
        "lang=vi; Secure; SameSite=x",
        "ASP.NET_SessionId=1; Secure; HttpOnly",
    ]
    reading = judged("headers.cookies", *(f"Set-Cookie: {cookie}" for cookie in cookies))
    assert reading.facts["session"] == ["ASP.NET_SessionId", "__Host-sid"]
    lacks = ["Secure", "none_without_secure", "host_with_domain", "host_without_path"]
    assert reading.facts["lacks"] == [*(f"__Host-sid: {lack}" for lack in lacks), "lang: unknown_same_site"]
    assert reading.facts["advised"] == ["__Host-sid: HttpOnly"]
    assert vietnamese().say(reading.because) == (
        "Cookie chưa được bảo vệ đủ, thiếu hoặc sai thuộc tính: “__Host-sid”: Secure, “__Host-sid”: SameSite=None mà không có Secure, "
        "“__Host-sid”: có Domain dù tên bắt đầu bằng __Host-, “__Host-sid”: không có Path=/ dù tên bắt đầu bằng __Host-, "
        "“lang”: SameSite có giá trị lạ."
    )


def test_names_that_only_we_take_for_a_session_are_told_and_cost_nothing():
    reading = judged("headers.cookies", "Set-Cookie: sid=1; Secure", "Set-Cookie: token=1; Secure; HttpOnly")
    assert (reading.value, reading.because.key, reading.facts["advised"]) == (
        "sound",
        "transport.cookies.advised",
        ["sid: HttpOnly"],
    )
    assert judged("headers.cookies", "Set-Cookie: token=1; Secure; HttpOnly").because.key == "transport.cookies.sound"
