"""A reader who knows Vietnamese alone: every sentence of every reading that a probe's test makes passes before this one."""

import re
from collections.abc import Mapping

from reports.words import vietnamese

_QUOTED = re.compile(r"“[^”]*”")
_ASIDE = re.compile(r"https?://\S+|\{\w+\}|\S*[@=_/\\<>*'\"\d]\S*|\S+\.(?:\S+)|\S+:(?=\S)\S*|__\S+")
"""An address, a name, a number or a parameter: said by somebody else, or the same in every language."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|th|tr|qu|[bcdghklmnprstvx])?(?:uy[ae]?|ie|oa|oe|ua|ue|ia|uo|yeu|[aeiouy])[aeiouy]?(?:ng|nh|m|n)?",
    re.IGNORECASE,
)
"""A syllable without a mark: without a tone none ends in c, ch, p or t (the tones of those are always written)."""
_ENGLISH = {
    "the",
    "to",
    "no",
    "in",
    "on",
    "an",
    "and",
    "one",
    "any",
    "some",
    "name",
    "time",
    "same",
    "come",
    "be",
    "he",
    "we",
    "so",
}
"""English words that could be syllables by their letters alone; those of _VIETNAMESE are both."""
_VIETNAMESE = {"in", "an", "to", "be", "he", "so", "no"}
_NAMES = {
    "Acknowledgments", "CSS", "Canonical", "Chrome", "Chromium", "Contact", "Content-Security-Policy",
    "Content-Security-Policy-Report-Only", "Cookie", "Diffie-Hellman", "Domain", "Edge", "Email", "Encoding", "Excel", "Expires",
    "Facebook", "Firefox", "Fax", "Flash", "Heartbleed", "Hiring", "HttpOnly", "Internet", "Mozilla", "None", "Observatory",
    "OpenSSL", "PDF", "Path", "Policy", "Preferred-Languages", "RSS", "Referrer-Policy", "SameSite", "Secure",
    "Strict-Transport-Security", "Unicode", "User-Agent", "Web", "Word", "X-Content-Type-Options", "X-Frame-Options",
    "Zalo", "all", "bit", "br", "byte", "cookie", "deflate", "elliptic", "email", "enforce", "exists", "exp", "fax",
    "frame-ancestors", "gzip", "http", "https", "include", "includeSubDomains", "includesubdomains", "integrity",
    "intermediate", "mailto", "max", "max-age", "menu", "mode", "modern", "ms", "mx", "none", "nosniff", "old", "opt-out",
    "pct", "portal", "preload", "ptr", "quarantine", "redirect", "reject", "robot", "robots", "security", "sitemap", "slug",
    "stapling", "tel", "test", "testing", "txt", "upgrade-insecure-requests", "version", "web", "webhook", "worker",
    "zstd",
}  # fmt: skip
"""Names of protocols, their headers, words and parameters, and of formats and products: they have no Vietnamese; ``test`` is the domain of our own tests."""


_CHARSETS = {"tcvn3", "vni", "cp1252", "viscii"}
"""Facts by charset: its name is its name."""


def english_in(sentence: str) -> list[str]:
    """Give the words of a sentence that are neither Vietnamese nor such a name."""
    words = _WORD.findall(_ASIDE.sub(" ", _QUOTED.sub(" ", sentence)))
    return [word for word in words if not _is_read(word)]


def _is_read(word: str) -> bool:
    if word.isupper() or word in _NAMES or not word.isascii():
        return True
    if word.lower() in _ENGLISH - _VIETNAMESE:
        return False
    return all(_SYLLABLE.fullmatch(part) for part in word.split("-"))


def legible(readings):
    """Give the readings, after each sentence of theirs was read."""
    words = vietnamese()
    for reading in readings:
        sentence = words.say(reading.because, reading.measure)
        assert reading.because.key in words.texts, f"no Vietnamese: {reading.because.key}"
        assert english_in(sentence) == [], sentence
        unnamed = [name for name in sorted(_names(reading.facts)) if words.fact_name(name) == name and name not in _CHARSETS]
        assert unnamed == [], f"facts without a Vietnamese name: {unnamed}"
    return readings


def _names(facts):
    """Give the names of facts that are ours: not those that are addresses, codes or names of a site's own."""
    if isinstance(facts, list):
        return {name for one in facts for name in _names(one)}
    if not isinstance(facts, Mapping):
        return set()
    own = {name for name in facts if re.fullmatch(r"[a-z][a-z0-9_]*", name)}
    return own | {name for value in facts.values() for name in _names(value)}
