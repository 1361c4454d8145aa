"""Charsets that a page may declare: those of browsers, and nothing else that Python happens to know."""

import codecs
import encodings
import pkgutil
from encodings.aliases import aliases

import pytest
from w3lib.encoding import resolve_encoding

from auditor.sdk import charset
from auditor.sdk.charset import decode

PYTHONS = sorted({*aliases, *aliases.values(), *(found.name for found in pkgutil.iter_modules(encodings.__path__))})
BODIES = (
    b"C\\u1ed5ng \\ud800 <p>xn--a</p> .. a",
    bytes(range(256)),
    b"+2AA- +2ADcAA-",
    b"\\N{",
    "Cổng thông tin".encode(),
)


@pytest.mark.parametrize("name", PYTHONS)
def test_no_codec_of_python_breaks_a_page_or_gives_halves_of_letters(name):
    for body in BODIES:
        assert decode(body, f"text/html; charset={name}").text.encode()
        assert decode(b'<meta charset="%s">' % name.encode() + body, None).text.encode()


@pytest.mark.parametrize("name", ["undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "hex", "utf-7", "hz"])
def test_a_charset_that_no_browser_knows_is_none_declared(name):
    body = "Cổng thông tin".encode()
    for decoded in (decode(body, f"text/html; charset={name}"), decode(b'<meta charset="%s">' % name.encode() + body, None)):
        assert decoded.text.endswith("Cổng thông tin")
        assert (decoded.declared, decoded.encoding, decoded.valid) == (None, "utf-8", True)


def test_a_header_that_says_nothing_leaves_it_to_the_markup():
    decoded = decode("<meta charset=windows-1258>Së".encode("cp1258"), "text/html; charset=undefined")
    assert (decoded.declared, decoded.valid) == ("cp1258", True)


@pytest.mark.parametrize("name", ["utf-16", "utf-16le", "utf-16be"])
def test_markup_that_can_be_read_is_no_utf16(name):
    body = f"<meta charset={name}><p>Cổng thông tin</p>".encode()
    for padded in (body, body + b" "):
        decoded = decode(padded, None)
        assert "Cổng thông tin" in decoded.text
        assert decoded.declared == "utf-8"


@pytest.mark.parametrize("name", sorted(charset._KNOWN))
def test_what_browsers_know_is_known_by_pythons_name(name):
    codecs.lookup(name)
    assert resolve_encoding(name) == name
    assert decode("So Y te".encode(name), f"text/html; charset={name}").declared.startswith(name)
