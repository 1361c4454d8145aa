"""What strangers may write where a parser reads: words of the grammar, names that libraries know, long numbers, escapes, halves of letters."""

import encodings
import os
import pkgutil
from encodings.aliases import aliases

from hypothesis import settings
from hypothesis import strategies as st

CODECS = sorted({*aliases, *aliases.values(), *(found.name for found in pkgutil.iter_modules(encodings.__path__))})
ESCAPES = [
    *(
        "\\",
        "\\0",
        "\\097",
        "\\256",
        "\\u00e1",
        "\\ud800",
        "\\N{",
        "\\x",
        "%",
        "%2",
        "%00",
        "%ED%A0%80",
        "%{i}",
        "%{d",
        "&#xD800;",
        "&amp;",
    ),
    *(
        "xn--",
        "xn--a",
        "+2AA-",
        "\ud800",
        "\udfff",
        "\x00",
        "\x1f",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "\ufffd",
        "ổ",
        "ⅷ",
        "²",
        "١",
        "İ",
        "ß",
    ),
]
MARKS = [
    " ",
    "\t",
    ";",
    ",",
    ":",
    "=",
    '"',
    "'",
    "/",
    "//",
    ".",
    "..",
    "-",
    "+",
    "~",
    "?",
    "*",
    "$",
    "#",
    "@",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "\n",
    "\r\n",
    "\r",
]
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.builds(
        lambda digit, times: digit * times, st.sampled_from("0123456789²١"), st.sampled_from([1, 3, 9, 19, 63, 400, 4_301, 6_000])
    ),
    st.sampled_from(["1e999", "nan", "inf", "-0", "0x1f", "1_000", "1.5"]),
)


def fuzzed(test):
    """Let a test run as often as the profile says."""
    return settings(settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "small")))(test)


def texts(*words, most=14):
    """Give texts that mix a grammar's own words with everything else."""
    own = st.sampled_from(words)
    return st.lists(
        st.one_of(own, own, own, st.sampled_from(MARKS), st.sampled_from(ESCAPES), NUMBERS, st.text(max_size=6)), max_size=most
    ).map("".join)


def lines(*words, most=14):
    """Give what a line on the wire can hold: bytes read as Latin-1, without its end."""
    return texts(*words, most=most).map(lambda text: as_bytes(text).translate(None, b"\r\n\0").decode("latin-1"))


def as_bytes(text):
    """Give the bytes of a text, halves of letters too."""
    return text.encode("utf-8", "surrogatepass")


def bodies(*words, most=14):
    """Give bodies in some encoding, right or wrong."""
    encoded = st.builds(
        lambda text, how: text.encode(how, "replace"),
        texts(*words, most=most),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1258", "gb18030", "iso2022_jp"]),
    )
    return st.one_of(texts(*words, most=most).map(as_bytes), encoded, st.binary(max_size=60))
