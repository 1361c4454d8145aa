"""Refresh, as the HTML Standard reads it."""

import pytest

from auditor.model.evidence import Exchange
from auditor.sdk.html import Document
from auditor.sdk.refresh import refreshed


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("0;url=/trang-chu", (0, "/trang-chu")),
        ("0; URL = '/trang-chu' x", (0, "/trang-chu")),
        ('5,url="/a', (5, "/a")),
        ("3 /a", (3, "/a")),
        ("1;/a", (1, "/a")),
        ("2.5;url=/a", (2, "/a")),
        (".5;url=/a", (0, "/a")),
        ("300", (300, "")),
        (" 0 ; url=", (0, "")),
        ("0x;url=/a", None),
        ("url=/a", None),
        ("", None),
        ("0;url=/a b", (0, "/a b")),
    ],
)
def test_it_leads_where_the_standard_says(content, found):
    assert refreshed(content) == found


def page(body, *headers, at):
    return Document(
        Exchange(url="https://so.test/a/", status=200, headers=(("Content-Type", "text/html"), *headers), body=body, at=at)
    )


def test_a_header_comes_before_an_element_and_noscript_is_for_those_without_scripts(now):
    meta = b'<meta HTTP-EQUIV=Refresh content="0;url=/b">'
    assert page(meta, at=now).sends_on == (0, "https://so.test/b")
    assert page(meta, ("Refresh", "1;url=c"), at=now).sends_on == (1, "https://so.test/a/c")
    assert page(b"<p>", ("Refresh", "1;url=c"), at=now).refresh == "https://so.test/a/c"
    bare = page(b"<noscript>" + meta + b"</noscript>", at=now)
    assert (bare.refresh, bare.sends_on) == ("https://so.test/b", None)
    assert page(b'<meta http-equiv=refresh content="0;url=javascript:alert(1)">', at=now).sends_on is None


@pytest.fixture
def now():
    from datetime import UTC, datetime

    return datetime(2026, 11, 27, tzinfo=UTC)
