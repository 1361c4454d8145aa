"""Where redirects lead: the WHATWG's URL Standard, on what servers send."""

from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sdk.locations import located
from auditor.sdk.refresh import refreshed
from auditor.visit.doors.guard import Guard, Refusal
from auditor.visit.doors.http.request import request_of

BASE = "https://so.test/thu-muc/trang?x=1"


def sent(text):
    """Give a header's text as it comes over the wire: UTF-8 read as Latin-1."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/trang-chủ?a=ạ", "https://so.test/trang-ch%E1%BB%A7?a=%E1%BA%A1"),
        ("/tin tuc?a=b c", "https://so.test/tin%20tuc?a=b%20c"),
        ("\\tin\\moi?a=\\", "https://so.test/tin/moi?a=\\"),
        ("\\\\khac.test\\tin", "https://khac.test/tin"),
        ("https:\\\\khac.test\\tin", "https://khac.test/tin"),
        ("https://khac.test/\ttin\n", "https://khac.test/tin"),
        ("  HTTPS://Khac.Test/A  ", "https://khac.test/A"),
        ("https://khac.test", "https://khac.test/"),
        ("http:///khac.test/a", "http://khac.test/a"),
        ("http:khac.test", "http://khac.test/"),
        ("https:trang2", "https://so.test/thu-muc/trang2"),
        ("///khac.test/a", "https://khac.test/a"),
        ("//khac.test:8443/a#b", "https://khac.test:8443/a"),
        ("https://cổng.test/", "https://xn--cng-qmz.test/"),
        ("https://c%E1%BB%95ng.test/", "https://xn--cng-qmz.test/"),
        ("../a/./b/../c", "https://so.test/a/c"),
        ("/a/%2e%2E/b/..", "https://so.test/"),
        ("/../../a", "https://so.test/a"),
        ("?y=2", "https://so.test/thu-muc/trang?y=2"),
        ("#top", "https://so.test/thu-muc/trang?x=1"),
        ("/a%20b%zz", "https://so.test/a%20b%zz"),
        ("/a?next=http://khac.test/'x'", "https://so.test/a?next=http://khac.test/%27x%27"),
        ("/a\x01b", "https://so.test/a%01b"),
        ("FTP://khac.test/a", "ftp://khac.test/a"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_a_location_leads_where_browsers_go(location, target):
    assert located(BASE, sent(location)) == target


@pytest.mark.parametrize(
    "location", ["https://ai@khac.test/", "https://khac.test%2f.so.test/", "https://a%00b.test/", "https://%ff.test/"]
)
def test_what_is_no_name_stays_for_the_guard_to_refuse(location):
    with pytest.raises(Refusal):
        Guard.of((), {}).target(located(BASE, location))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127。0。0。1", "１２７.0.0.1", "%31%32%37.0.0.1", "0x7f.1", "2130706433", "[::1]"]
)
def test_a_private_address_in_any_spelling_is_judged_as_what_it_is(host):
    guard = Guard.of((), {})

    def judged():
        guard.check(guard.target(located(BASE, sent(f"http://{host}/"))).host)

    with pytest.raises(Refusal):
        judged()


PIECES = st.sampled_from(
    [
        "http:",
        "https:",
        "/",
        "\\",
        "//",
        "so.test",
        "127.0.0.1",
        "%",
        "%31",
        "@",
        ":",
        "?",
        "#",
        "..",
        "%2e",
        "[",
        "]",
        "\t",
        "xn--",
        "\xc3\xa1",
        "\xff",
    ]
)
SENT = st.one_of(st.text(st.characters(max_codepoint=255)), st.lists(PIECES, max_size=12).map("".join))


@given(SENT)
def test_whatever_is_sent_the_host_that_is_judged_is_the_host_that_is_asked(location):
    found = located(BASE, location)
    assert found.isascii()
    with suppress(Refusal):
        target = Guard.of((), {}).target(found)
        request = request_of("GET", found, {})
        assert (request.scheme, request.host.strip("[]").rstrip("."), request.port) == (target.scheme, target.host, target.port)
        assert urlsplit(found).path in {"", request.target.decode().partition("?")[0]} or "%" in found


@given(st.text())
def test_whatever_a_refresh_says_is_read(content):
    found = refreshed(content)
    assert found is None or found[0] >= 0
