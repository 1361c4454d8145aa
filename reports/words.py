"""Sentences and words for people, by language; what is not translated falls back to the English of its note."""

import copy
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from auditor.model.edition import Over, Source, Take
from auditor.model.figures import comma, commas, is_number
from auditor.model.ids import MeasureId
from auditor.model.note import Json, Note, fill, nested
from auditor.model.reading import Kind, Measure, Value
from auditor.model.visit import Blame, Cause, Ending
from reports.numbers import pointed, pointed_exact

__all__ = ["Words", "vietnamese"]

_LOCALE = Path(__file__).parent / "locale"
_TERMS = frozenset({"cause", "blame", "over", "ending", "source", "take", "level"})
_VALUES = frozenset({"value", "measured", "declared", "appraised", "state", "profile", "next"})
_FAMILIES = {"how": "fact.read_from"}
"""Facts that are words of a list under another name."""
_DAYS, _ISO = frozenset({"day", "newest", "since", "until"}), re.compile(r"(\d{4})-(\d\d)-(\d\d)")
"""Facts that are days, which people write with the day first."""
_WORTH = frozenset({"value", "measured", "declared", "appraised"})
"""Facts that are a number, or a word of a measure's list."""
_NUMBERS = frozenset({
    "coverage", "first_byte_seconds", "highest", "max", "min_coverage", "parts", "points", "seconds", "share", "unreadable",
})  # fmt: skip
"""Facts that are numbers and signs alone, decimals with a point."""
_LISTS = {"lacks": "field", "faults": "fault"}
"""Facts that are lists of words, and their families."""
_ONE_OF = {"fault": "faults", "lack": "lacks"}
"""Facts that are one word of such a list, or what a library says in its own words."""
_PAIR = re.compile(r"(?P<measure>[a-z0-9_]+(?:\.[a-z0-9_]+)+) = (?P<value>[^,]*)(?P<more>, )?")


class Words:
    """The sentences of one language: every ``locale/<language>/*.toml``, each flat (``"key" = "sentence with {fact}"``)."""

    def __init__(self, language: str = "vi", folder: Path = _LOCALE) -> None:
        """Read a language; only Vietnamese writes numbers with a comma.

        Raises:
            ValueError: a file is not flat, or two files give one key differently; the files are named.
        """
        self.language = language
        self._comma = language == "vi"
        self._texts: dict[str, str] = {}
        places: dict[str, str] = {}
        for file in sorted((folder / language).glob("*.toml")):
            for key, text in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if not isinstance(text, str):
                    raise ValueError(f'{file.name}: "{key}" is not a sentence (is the key in quotes?)')  # noqa: TRY004 - a file is wrong
                if self._texts.get(key, text) != text:
                    raise ValueError(f'{file.name}: "{key}" stands otherwise in {places[key]}')
                self._texts[key], places[key] = text, file.name

    @property
    def texts(self) -> Mapping[str, str]:
        """Give every sentence by its key."""
        return self._texts

    def say(self, note: Note, measure: MeasureId | None = None, said: Mapping[str, str] | None = None) -> str:
        """Give a note's sentence with its facts; ``measure`` tells what its value is of, ``said`` has facts in words already."""
        known = said or {}
        facts: dict[str, Json] = {
            name: known[name] if name in known else self._fact(name, fact, measure) for name, fact in note.facts.items()
        }
        return fill(self._texts.get(note.key, note.text), facts)

    def text(self, key: str, **facts: Json) -> str:
        """Give a sentence of our own by its key.

        Raises:
            KeyError: there is none.
        """
        return fill(self._texts[key], facts)

    def term(self, family: str, word: str) -> str:
        """Give the word for one of a closed list (``term("ending", "cut")``), else the word itself."""
        return self._texts.get(f"{family}.{word}", word)

    def fact_name(self, name: str) -> str:
        """Give the name of a fact; some facts stand under a fault or a cause, else under what a site calls them."""
        keys = (f"{family}.{name}" for family in ("fact", "fault", "cause"))
        return next((self._texts[key] for key in keys if key in self._texts), name)

    def fact_word(self, name: str, word: str) -> str:
        """Give a fact's word in its closed list, a number as it is written, else the word itself."""
        if name in _TERMS:
            return self.term(name, word)
        if name in _NUMBERS:
            return self._numbers(word)
        return self.term(f"fact.{name}", word)

    def listed(self, name: str, word: str) -> str:
        """Give one word of a list of facts; a name that stands before it (``Contact: missing``) is the site's own."""
        family = _LISTS.get(name)
        before, colon, last = word.rpartition(": ")
        return f"{before}{colon}{self.term(family, last)}" if family else word

    def cause(self, cause: Cause) -> str:
        """Say what went wrong."""
        return self.term("cause", cause)

    def blame(self, blame: Blame) -> str:
        """Say whose fault it is."""
        return self.term("blame", blame)

    def ending(self, ending: Ending) -> str:
        """Say how a visit ended."""
        return self.term("ending", ending)

    def source(self, source: Source) -> str:
        """Say where a criterion's value comes from."""
        return self.term("source", source)

    def over(self, over: Over) -> str:
        """Say how several sites become one mark."""
        return self.term("over", over)

    def take(self, take: Take) -> str:
        """Say which night's reading counts."""
        return self.term("take", take)

    def measure(self, measure: MeasureId) -> str:
        """Give a measure's title."""
        return self.term("measure", measure)

    def value(self, value: Value, measure: Measure | None = None) -> str:
        """Give a value as people say it: a word, a share in percent, a number with its unit."""
        name = measure.id if measure else None
        if isinstance(value, bool):
            return self._word("true" if value else "false", name)
        if isinstance(value, str):
            return self._listed(value, name)
        kind = measure.kind if measure else None
        if kind is Kind.SHARE and isinstance(value, Decimal):
            return f"{self.two(value * 100)} %"
        number = self.exact(value) if isinstance(value, Decimal) else str(value)
        unit = {Kind.DAYS: "days", Kind.SECONDS: "seconds"}.get(kind, measure.unit if measure else "") if kind else ""
        shown_unit = self.term("unit", unit) if unit else ""
        return f"{number} {shown_unit}".strip()

    def two(self, number: Decimal) -> str:
        """Give a number with 2 places, as this language writes it."""
        return self._written(pointed(number))

    def exact(self, number: Decimal) -> str:
        """Give a number to its last place, as this language writes it."""
        return self._written(pointed_exact(number))

    def for_programs(self) -> "Words":
        """Give the same sentences with a point in their numbers, for files that programs read."""
        if not self._comma:
            return self
        found = copy.copy(self)
        found._comma = False  # noqa: SLF001 - our own copy
        return found

    def _written(self, number: str) -> str:
        return comma(number) if self._comma else number

    def _numbers(self, text: str) -> str:
        return commas(text) if self._comma else text

    def _word(self, word: str, measure: str | None) -> str:
        """Find a word's translation for this measure, for its family, or for all."""
        family = measure.partition(".")[0] if measure else ""
        keys = (f"value.{measure}.{word}", f"value.{family}.{word}", f"value.{word}")
        return next((self._texts[key] for key in keys if key in self._texts), word)

    def _listed(self, text: str, measure: str | None) -> str:
        """Translate one word, or a list of ``measure = word``."""
        return _PAIR.sub(self._pair, text) if _PAIR.search(text) else self._word(text, measure)

    def _pair(self, found: re.Match[str]) -> str:
        """Say one of a list's pairs; a comma behind a number that holds one would be read as another's."""
        value, more = found["value"], found["more"] or ""
        word = self._word(value, found["measure"])
        said = self._written(value) if word == value and is_number(value) else word
        return f"{self.measure(MeasureId(found['measure']))}: {said}{'; ' if more and self._comma else more}"

    def _one(self, name: str, word: Json, measure: MeasureId | None) -> Json:
        """Say one of a list: a word of a list that is known, a note, or what is quoted."""
        return self.listed(name, word) if isinstance(word, str) else self._fact(name, word, measure)

    def _fact(self, name: str, fact: Json, measure: MeasureId | None) -> Json:
        if isinstance(fact, bool):
            return self._word("true" if fact else "false", measure)
        if isinstance(fact, dict) and (inner := nested(fact)) is not None:
            return self.say(inner, measure) if isinstance(inner, Note) else f"“{inner}”"
        if isinstance(fact, list):
            return ", ".join(str(self._one(name, word, measure)) for word in fact)
        return self._said(name, fact, measure) if isinstance(fact, str) else fact

    def _said(self, name: str, fact: str, measure: MeasureId | None) -> str:
        """Say a fact that may be a word of a closed list; what a site wrote is quoted and never comes here."""
        if name in _TERMS:
            return self.term(name, fact)
        if name in _ONE_OF:
            return self.listed(_ONE_OF[name], fact)
        if name in _FAMILIES:
            return self.term(_FAMILIES[name], fact)
        if name in _DAYS and (day := _ISO.fullmatch(fact)):
            return f"{day[3]}/{day[2]}/{day[1]}"
        if name in _NUMBERS:
            return self._numbers(fact)
        said = self._listed(fact, measure) if name in _VALUES else fact
        return self._written(said) if said == fact and name in _WORTH and is_number(fact) else said


@cache
def vietnamese() -> Words:
    """Give the Vietnamese words, read once."""
    return Words("vi")
