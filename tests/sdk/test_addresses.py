"""References are joined the quick way wherever that gives what the full procedure gives, and never else."""

import re
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sdk.urls import Base, canonical, is_address

PIECES = st.sampled_from(
    ["/", "//", ".", "..", "a", "b1", "x-y", "index.html", "?", "?a=1", "&b=2", "#", "#f", ":", ";", "%20", "%7E", "é", "http:", "https:",
     "http://", "https://", "HTTP://", "h.test", "H.Test", ":80", ":443", ":8080", "@", "[::1]", "javascript:", " ", "\n", "(", "'", "=",
     "+", "$", "!", "~", "_", "|", "\\", "a.b:", "foo.php", "./", "../", "đ", "httpx/"]
)  # fmt: skip
REFERENCES = st.lists(PIECES, min_size=1, max_size=6).map("".join)
PAGES = st.sampled_from(
    ["https://so.test/", "https://so.test", "https://so.test?a=1", "https://so.test/a/b/c.html", "http://so.test:8080/a/b/?x=1",
     "https://so.test/a//b/../c/./d", "https://So.Test/A?q=/x/y", "https://so.test/a;p=1/b;q", "http://[::1]/x", "file:///a/b", "",
     "https://u@h.test/a", "https://so.test/đ/x", "https://so.test:443/a/b", "https://so.test/.hidden/x"]
)  # fmt: skip


def joined(page, reference):
    """Join as the standard library does, step by step, what browsers mend before."""
    raw = reference.strip()
    if not raw or raw.startswith("#"):
        return None
    path, mark, query = raw.partition("?")
    raw = (path.replace("\\", "/") + mark + query).replace(" ", "%20")
    try:
        url = urldefrag(urljoin(page, re.sub(r"[\t\r\n]", "", raw)))[0]
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


@given(PAGES, REFERENCES)
def test_a_reference_leads_where_the_standard_library_says(page, reference):
    assert Base(page).join(reference) == joined(page, reference)


@given(PAGES, REFERENCES)
def test_what_does_not_move_leads_to_the_same_place_from_every_folder(page, reference):
    base = Base(page)
    url = base.join(reference)
    if base.root and not base.moved:
        assert Base(f"{base.root}/other/folder/page.html").join(reference) == url


@given(PAGES, REFERENCES)
def test_one_spelling_of_an_address_is_its_own_one_spelling(page, reference):
    url = Base(page).join(reference)
    assert url is None or canonical(canonical(url)) == canonical(url)


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        ("https://so.test/a/b?c=d", "https://so.test/a/b?c=d"),
        ("https://so.test", "https://so.test/"),
        ("https://so.test/a?", "https://so.test/a"),
        ("https://so.test./a", "https://so.test/a"),
        ("https://so.test/a b", "https://so.test/a%20b"),
    ],
)
def test_a_spelling_is_left_alone_only_when_it_is_the_one(url, spelling):
    assert canonical(url) == spelling


@pytest.mark.parametrize(
    ("host", "found"),
    [("203.113.1.1", True), ("2001:db8::1", True), ("so.test", False), ("203.113.1", False), ("[::1]", False), ("", False)],
)
def test_an_address_is_told_from_a_name(host, found):
    assert is_address(host) is found
