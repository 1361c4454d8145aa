"""The smaller headers of the front page's answer: framing, sniffing, referrer, versions that leak; and how it was sent."""

import re
from collections.abc import Mapping, Sequence

from auditor.model.evidence import Exchange
from auditor.model.note import Json, quoted
from probes.front import notes
from probes.front.csp import policies_of, widest
from probes.front.judged import ABSENT, SOUND, SPACE, WEAK, Judged, texts
from probes.front.newest import http2_fault, is_unkept

__all__ = ["VERSIONS", "judge_compression", "judge_framing", "judge_leaks", "judge_nosniff", "judge_referrer", "judge_version"]

_VERSION_NAMES = {"HTTP/1.0": "1.0", "HTTP/1.1": "1.1", "HTTP/2": "2", "HTTP/2.0": "2"}
VERSIONS = tuple(dict.fromkeys(_VERSION_NAMES.values()))
_CODINGS = {"gzip", "x-gzip", "deflate", "br", "zstd", "compress"}
_OLD_WORDS = {
    "never": "no-referrer",
    "default": "strict-origin-when-cross-origin",
    "always": "unsafe-url",
    "origin-when-crossorigin": "origin-when-cross-origin",
}
"""What meta elements said before the policies had their names, which browsers still heed there and nowhere else."""
_SHOWN = 120
_PACKET = 1_400
"""What one packet of TCP holds, roughly: less is sent no sooner for being packed, and servers leave it as it is by default."""


def judge_framing(front: Exchange, rules: Mapping[str, Json]) -> Judged:
    """Judge frame-ancestors, which browsers heed first, then X-Frame-Options (HTML Standard, section 7.6)."""
    csp = list(front.header_all("content-security-policy"))
    ancestors = [p["frame-ancestors"] for p in policies_of(csp, ["frame-ancestors"])]
    if ancestors:
        broad = texts(rules, "framing", "broad_ancestors")
        closed = [sources for sources in ancestors if not any(widest(source) in broad for source in sources)]
        value = f"frame-ancestors {' '.join((closed or ancestors)[0])}".strip()[:_SHOWN]
        note = notes.FRAMING_SOUND if closed else notes.FRAMING_WEAK
        line = next(line for line in csp if "frame-ancestors" in line.lower())
        passage = f"Content-Security-Policy: {line}"
        return Judged(value=SOUND if closed else WEAK, because=note(value=quoted(value)), passage=passage)
    found = _values(front, "x-frame-options")
    if not found:
        return Judged(value=ABSENT, because=notes.FRAMING_ABSENT)
    passage, value = f"X-Frame-Options: {front.header('x-frame-options')}", ", ".join(found)[:_SHOWN]
    sound, prefixes = texts(rules, "framing", "sound"), tuple(texts(rules, "framing", "sound_prefixes"))
    # Of several values that differ, browsers take the strictest as soon as one of them is known.
    if any(word in sound for word in found) or (len(found) == 1 and prefixes and found[0].startswith(prefixes)):
        return Judged(value=SOUND, because=notes.FRAMING_SOUND(value=quoted(f"X-Frame-Options {value}")), passage=passage)
    return Judged(value=ABSENT, because=notes.FRAMING_INVALID(value=quoted(value)), passage=passage)


def judge_nosniff(front: Exchange) -> Judged:
    """Judge X-Content-Type-Options: its first value counts (Fetch Standard, section 3.6)."""
    found = _values(front, "x-content-type-options")
    if not found:
        return Judged(value=ABSENT, because=notes.NOSNIFF_ABSENT)
    passage = f"X-Content-Type-Options: {front.header('x-content-type-options')}"
    if found[0] == "nosniff":
        return Judged(value=SOUND, because=notes.NOSNIFF_SOUND, passage=passage)
    return Judged(value=ABSENT, because=notes.NOSNIFF_INVALID(value=quoted(found[0][:_SHOWN])), passage=passage)


def judge_referrer(front: Exchange, metas: Sequence[str], rules: Mapping[str, Json]) -> Judged:
    """Judge the policy that browsers keep to: the last of the meta elements that is one, else the headers' last known word.

    A header is a list (Referrer Policy, section 8.1). A meta element is one word, and may be an old one (HTML, section 4.2.5.1).
    """
    headers = list(front.header_all("referrer-policy"))
    listed = [word for text in headers for part in text.split(",") if (word := part.strip(SPACE).lower())]
    single = [meta.strip(SPACE).lower() for meta in metas]
    if not listed and not single:
        return Judged(value=ABSENT, because=notes.REFERRER_ABSENT)
    sound, weak = texts(rules, "referrer", "sound"), texts(rules, "referrer", "weak")
    known = {*sound, *weak}
    meta = next((text for text in reversed(metas) if _OLD_WORDS.get(word := text.strip(SPACE).lower(), word) in known), None)
    word = next((word for word in reversed(listed) if word in known), "") if meta is None else meta.strip(SPACE).lower()
    passage = f"Referrer-Policy: {headers[0]}" if headers and meta is None else meta or metas[0]
    if not word:
        return Judged(
            value=ABSENT, because=notes.REFERRER_INVALID(value=quoted(", ".join([*listed, *single])[:_SHOWN])), passage=passage
        )
    if _OLD_WORDS.get(word, word) in sound:
        return Judged(value=SOUND, because=notes.REFERRER_SOUND(value=quoted(word)), passage=passage)
    return Judged(value=WEAK, because=notes.REFERRER_WEAK(value=quoted(word)), passage=passage)


def judge_leaks(front: Exchange, rules: Mapping[str, Json]) -> Judged:
    """Say whether a header names the version of the software; a name alone gives nothing away."""
    names = texts(rules, "leaks", "headers")
    table = rules.get("leaks")
    pattern = re.compile(str(table.get("version") if isinstance(table, dict) else "") or r"\d")
    lines = [f"{name}: {value[:_SHOWN]}" for name, value in front.headers if name.lower() in names and pattern.search(value)]
    if not lines:
        return Judged(value=SOUND, because=notes.LEAKS_SOUND)
    shown: list[Json] = [*dict.fromkeys(lines)]
    return Judged(
        value=WEAK, because=notes.LEAKS_WEAK(leaks=[*map(quoted, dict.fromkeys(lines))]), passage=lines[0], facts={"leaks": shown}
    )


def judge_version(front: Exchange) -> Judged:
    """Give the protocol's version; None as a value when it is none that is known."""
    version = _VERSION_NAMES.get(front.http_version.upper())
    if version is None:
        return Judged(value=None, because=notes.VERSION_UNKNOWN)
    if is_unkept(front):
        because = notes.VERSION_UNKEPT(version=version, fault=http2_fault(front))
        return Judged(value=version, because=because, facts={"http_version": front.http_version, "agreed": "HTTP/2"})
    return Judged(value=version, because=notes.VERSION(version=version), facts={"http_version": front.http_version})


def judge_compression(front: Exchange) -> Judged:
    """Say whether the body was sent compressed; None as a value where there is next to nothing to compress."""
    found = [coding for coding in _values(front, "content-encoding") if coding in _CODINGS]
    if not found and len(front.body) < _PACKET:
        return Judged(value=None, because=notes.NOTHING_TO_COMPRESS(size=len(front.body)), facts={"size": len(front.body)})
    if not found:
        return Judged(value=False, because=notes.NOT_COMPRESSED)
    passage = f"Content-Encoding: {front.header('content-encoding')}"
    return Judged(value=True, because=notes.COMPRESSED(coding=", ".join(found)), passage=passage)


def _values(front: Exchange, name: str) -> list[str]:
    """Give the values of all headers of a name, in lower case."""
    parts = (part.strip(SPACE).lower() for header in front.header_all(name) for part in header.split(","))
    return [part for part in dict.fromkeys(parts) if part]
