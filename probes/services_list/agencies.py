"""Which agency a free text names: by its name in full or without its province, with its usual short words, or by its initials."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from auditor.model.agency import Agency
from auditor.model.ids import AgencyId
from auditor.sdk.phrases import Match, Phrases
from auditor.sdk.text import clean, fold, tokens
from auditor.sdk.vocabulary import Vocabulary

__all__ = ["Names"]

_MAX_TEXT = 400
_SMALL = {"va", "cua", "cac"}
_PROVINCIAL = re.compile(r"^((?:sở|ban)\s.{2,80}?)\s+tỉnh\s+\S.*$", re.IGNORECASE)
"""A department with its province behind it; of other kinds the province is what tells them apart."""
_SPLIT = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[A-ZĐ](?:[A-ZĐ]|(?:\s?[&.\-,]\s?|\s(?:và\s)?)(?=[A-ZĐ](?:[A-ZĐ&.\-,\s]|$))){1,14}(?![^\W\d_])")
_LEAST_LETTERS = 2


class Names:
    """The names of the agencies that one site serves."""

    def __init__(self, agencies: Iterable[Agency], vocabulary: Vocabulary) -> None:
        """Prepare every way to write each name."""
        shorts = dict(_shorts(vocabulary.phrases.get("agency_short", ())))
        ways = {str(agency.code): tuple(_ways(agency.name, shorts)) for agency in agencies}
        self._phrases = Phrases(ways)
        self._initials: dict[str, set[AgencyId]] = {}
        for agency in agencies:
            for form in _initials(agency.name, shorts):
                self._initials.setdefault(form, set()).add(agency.code)

    def named(self, text: str) -> list[AgencyId]:
        """Give the agencies that a text names, each once; a longer name takes a shorter one's words away."""
        text = clean(text[:_MAX_TEXT])
        if not text:
            return []
        found = self._phrases.find(tokens(text))
        whole = [match for match in found if not any(_swallows(other, match) for other in found)]
        codes = {AgencyId(match.key) for match in whole}
        return sorted(codes | self._by_initials(text, alone=not codes))

    def _by_initials(self, text: str, *, alone: bool) -> set[AgencyId]:
        """Give who is meant by a kind and initials (Sở TT&TT), or by initials alone where they are the whole text (STTTT)."""
        found: set[AgencyId] = set()
        for match in _LETTERS.finditer(text):
            letters = "".join(_SPLIT.findall(match[0].replace(" và ", " ")))
            before = fold(text[: match.start()].rstrip()).rpartition(" ")[2].strip("(,;-")
            for form in (f"{before} {fold(letters)}", fold(letters) if alone and len(letters) > _LEAST_LETTERS else ""):
                found |= self._initials.get(form, set())
        return found


def _swallows(other: Match, match: Match) -> bool:
    inside = other.first <= match.first and match.last <= other.last
    return other.key != match.key and inside and (other.last - other.first) > (match.last - match.first)


def _shorts(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        short, mark, long = line.partition(" = ")
        if mark:
            yield short.strip(), long.strip()


def _ways(name: str, shorts: Mapping[str, str]) -> Iterator[str]:
    """Give a name as it is written: long, short, and without the province where that is no part of it."""
    names = {clean(name)}
    for short, long in shorts.items():
        for one in tuple(names):
            lowered = one.lower()
            at = lowered.find(long.lower())
            if at >= 0:
                names.add(f"{one[:at]}{short}{one[at + len(long) :]}")
            words = one.split()
            if short in words:
                names.add(" ".join(long if word == short else word for word in words))
        if len(names) > 32:  # noqa: PLR2004 - a name has few words that are shortened
            break
    for one in sorted(names):
        yield one
        provincial = _PROVINCIAL.match(one)
        if provincial is not None:
            yield provincial[1]


def _initials(name: str, shorts: Mapping[str, str]) -> Iterator[str]:
    """Give a name's initials with its kind before them (``so tttt``), and with the kind's own letter (``stttt``), folded."""
    for one in dict.fromkeys(_ways(name, shorts)):
        words = _SPLIT.findall(one)
        kind, rest = words[0], _letters(words[1:])
        if len(rest) < _LEAST_LETTERS:
            continue
        yield f"{fold(kind)} {rest}"
        if fold(kind) == "so":
            yield f"s{rest}"


def _letters(words: Sequence[str]) -> str:
    """Give the first letters, but the whole of what is letters already; words that only join others have none."""
    kept = [word for word in words if fold(word) not in _SMALL]
    return "".join(fold(word) if word.isupper() and len(word) > 1 else fold(word[0]) for word in kept)
