"""What may stand in the guidelines of TLS: grades, faults, protocols, and lists of pairs; each mistake with its place."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from auditor.errors import nearest
from auditor.model.note import Json
from auditor.sdk.tls import PROTOCOLS

__all__ = ["FAULTS", "LETTERS", "check_grade", "check_profiles", "check_weak", "pairs", "texts"]

LETTERS = ("F", "E", "D", "C", "B", "A-", "A", "A+")
"""Grades, the worst first."""
FAULTS = (
    "anonymous_suite", "chain_incomplete", "crime", "dh_under_1024", "dh_under_2048", "drown", "heartbleed",
    "insecure_renegotiation", "key_under_1024", "key_under_2048", "misnamed", "no_aead", "no_browser", "no_certificate",
    "no_forward_secrecy", "no_tls12", "no_tls13", "not_valid_now", "old_protocol", "only_3des_modern", "openssl_ccs", "poodle",
    "rc4", "rc4_modern", "revoked", "robot", "some_browsers", "ssl2", "ssl3", "under_112_bits", "untrusted",
)  # fmt: skip
"""What caps a grade."""
_SCORED = ("ssl2", *PROTOCOLS)
_PARTS = ("protocol", "key", "cipher")
_KEY_TYPES = ("rsa", "ecdsa", "dsa", "ed25519", "ed448")
_CURVES = ("X25519", "X448", "prime256v1", "secp384r1", "secp521r1")
_WHOLE = 100
_SHORTEST, _LONGEST = 512, 16_384
"""Keys and groups that a server of today can have, the weakest and the strongest."""

Mistake = tuple[str, str]
"""Where something is wrong, and what."""
Side = Callable[[str], str]
"""Says what is wrong with one side of a pair; empty if nothing is."""


def texts(guide: Mapping[str, Json], name: str) -> list[str]:
    """Read a list of texts."""
    listed = guide.get(name)
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


def pairs(guide: Mapping[str, Json], name: str) -> list[tuple[str, str]]:
    """Read a list of ``left=right``."""
    return [(left, right) for left, _, right in (text.rpartition("=") for text in texts(guide, name))]


def check_grade(guide: Mapping[str, Json]) -> Iterator[Mistake]:
    """Check the guideline of the grade."""
    caps = guide.get("caps")
    for name, best in caps.items() if isinstance(caps, dict) else ():
        if isinstance(best, str) and best and best not in LETTERS:
            yield f"caps.{name}", _unknown(best, "grade", LETTERS)
    letter, score = partial(_word, kind="grade", known=LETTERS), partial(_number, most=_WHOLE)
    yield from _pairs(guide, "letters", score, letter, falls=True)
    yield from _pairs(guide, "weights", partial(_word, kind="part of the score", known=_PARTS), score)
    weights = [int(right) for left, right in pairs(guide, "weights") if left in _PARTS and right.isdecimal()]
    if isinstance(guide.get("weights"), list) and sum(weights) != _WHOLE:
        yield "weights", f"they make {sum(weights)}, and must make {_WHOLE}"
    yield from _pairs(guide, "protocols", partial(_word, kind="protocol", known=_SCORED), score)
    yield from _pairs(guide, "key", _number, score, falls=True)
    yield from _pairs(guide, "cipher", _number, score, falls=True)
    yield from _pairs(guide, "curves", _number, _number, falls=True)
    yield from _pairs(guide, "bits", _text, _number)
    fault = partial(_word, kind="fault", known=FAULTS)
    yield from _pairs(guide, "small_keys", _number, fault)
    yield from _pairs(guide, "small_groups", _number, fault)
    for key in ("old_protocols", "modern_protocols"):
        yield from _words(guide, key, key, "protocol", PROTOCOLS)


def check_profiles(guide: Mapping[str, Json]) -> Iterator[Mistake]:
    """Check the guideline of the configurations."""
    for name, table in guide.items():
        for key, kind, known in (
            ("protocols", "protocol", PROTOCOLS),
            ("key_types", "kind of key", _KEY_TYPES),
            ("key_curves", "curve", _CURVES),
            ("curves", "curve", _CURVES),
        ):
            yield from _words(table, key, f"{name}.{key}", kind, known) if isinstance(table, dict) else ()
        for key in ("min_rsa_bits", "min_dh_bits"):
            yield from _bits(table, key, f"{name}.{key}", none=True) if isinstance(table, dict) else ()


def check_weak(guide: Mapping[str, Json]) -> Iterator[Mistake]:
    """Check the guideline of what is weak."""
    least = guide.get("min_protocol")
    if isinstance(least, str) and least and least not in PROTOCOLS:
        yield "min_protocol", _unknown(least, "protocol", PROTOCOLS)
    yield from _bits(guide, "min_dh_bits", "min_dh_bits")


def _bits(guide: Mapping[str, Json], key: str, place: str, *, none: bool = False) -> Iterator[Mistake]:
    """Check a length of keys or groups; 0 stands for none where ``none`` may be."""
    bits = guide.get(key)
    if isinstance(bits, int) and not isinstance(bits, bool) and not (_SHORTEST <= bits <= _LONGEST or (none and bits == 0)):
        yield place, f"{bits} is not from {_SHORTEST} to {_LONGEST} bits{', nor 0 for none' if none else ''}"


def _words(guide: Mapping[str, Json], key: str, place: str, kind: str, known: tuple[str, ...]) -> Iterator[Mistake]:
    for one in texts(guide, key):
        if one not in known:
            yield place, _unknown(one, kind, known)


def _pairs(guide: Mapping[str, Json], name: str, left: Side, right: Side, *, falls: bool = False) -> Iterator[Mistake]:
    """Check a list of pairs; where it ``falls``, each begins at less than the one before, and the last at nothing."""
    begins: list[int] = []
    listed = texts(guide, name)
    for text in listed:
        first, parted, second = text.rpartition("=")
        wrong = (left(first) or right(second)) if parted else 'is no pair: "left=right"'
        if wrong:
            yield name, f'"{text}": {wrong}'
        elif falls:
            begins.append(int(first))
    if falls and len(begins) == len(listed) and (begins != sorted(set(begins), reverse=True) or begins[-1:] != [0]):
        yield name, "must go down from pair to pair, to one that begins at 0"


def _number(text: str, *, most: int | None = None) -> str:
    if not (text.isascii() and text.isdecimal()):
        return f'"{text}" is no whole number'
    return f"{text} is more than {most}" if most is not None and int(text) > most else ""


def _text(text: str) -> str:
    return "" if text else "a part of a suite's name is missing"


def _word(text: str, *, kind: str, known: tuple[str, ...]) -> str:
    return "" if text in known else _unknown(text, kind, known)


def _unknown(word: str, kind: str, known: tuple[str, ...]) -> str:
    near = nearest(word, known)
    return f'no {kind} "{word}"' + (near or f" (there are {', '.join(known)})")
