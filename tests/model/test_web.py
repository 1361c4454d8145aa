"""One rule says what an address of the web is, wherever somebody hands one in or one is shown."""

import pytest

from auditor.app.acting import said
from auditor.editions.answers import wrong_link
from auditor.errors import UsageError
from auditor.model.web import web_address

_GOOD = (
    "https://a.gov.vn/x?y=1#z",
    "http://[2001:db8::1]/",
    "HTTPS://a.gov.vn:8443",
    "https://a.gov.vn/quyết-định.pdf",
    "http://xn--a.vn/",
)
_BAD = (
    "https://user:pw@host.vn/",
    "https://user@host.vn/",
    "javascript:alert(1)",
    "https://",
    "https://:80/",
    "http://[",
    "http://a.vn:99999/",
    "https://a.vn/a b",
    "https://a.vn/\u202egpj.exe",
    "https://a.vn/\u200b",
    'https://a.vn/"x',
    "https://a.vn/" + "x" * 2000,
    "ftp://a.vn/",
    "a.vn",
)


def _taken(link):
    try:
        said({}, {"--link": link})
    except UsageError:
        return False
    return True


@pytest.mark.parametrize("link", _GOOD)
def test_an_address_is_taken_everywhere(link):
    assert (web_address(link), wrong_link(link), _taken(link)) == (link, "", True)


@pytest.mark.parametrize("link", _BAD)
def test_what_is_none_is_taken_nowhere(link):
    assert web_address(link) == ""
    assert "không phải địa chỉ web" in wrong_link(link)
    assert not _taken(link)


def test_no_link_is_no_wrong_one():
    assert wrong_link("") == ""
    assert _taken("")
