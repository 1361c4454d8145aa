"""Services told field by field, one after another: Tên thủ tục, Mức độ, Cơ quan thực hiện, each with what it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.sdk.html import Block
from auditor.sdk.text import count_words, tokens
from auditor.sdk.vocabulary import Vocabulary
from probes.services_list.levels import Level, level_of

__all__ = ["Record", "Records"]

_REST = 2
_MAX_LABEL = 60
_NAME_WORDS = 3
_MOST_WORDS = 90
_FIELDS = ("service_name", "service_level", "service_executing", "service_code")


@dataclass(slots=True, kw_only=True)
class Record:
    """One service as its fields tell it."""

    name: str
    told: dict[str, str] = field(default_factory=dict)

    @property
    def level(self) -> Level | None:
        """Give the level that its field tells."""
        return level_of(self.told.get("service_level", "")[:80], column=True)


class Records:
    """Finds services told field by field, by the vocabulary's words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the phrases."""
        self._labels = vocabulary.finder(*_FIELDS)

    def read(self, blocks: Sequence[Block]) -> list[Record]:
        """Give the services whose name and level stand behind their labels."""
        found: list[Record] = []
        for key, value in self._fields([block.text for block in blocks]):
            if key == "service_name":
                if _NAME_WORDS <= count_words(value) <= _MOST_WORDS:
                    found.append(Record(name=value))
            elif found:
                found[-1].told.setdefault(key, value)
        return [record for record in found if record.level is not None]

    def _fields(self, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Give labels with what stands behind them: after a colon, or in the next line that is no label."""
        keys = [self._key(line) for line in lines]
        for index, (key, value) in enumerate(keys):
            if key and value:
                yield key, value
            elif key and index + 1 < len(lines) and not keys[index + 1][0]:
                yield key, lines[index + 1]

    def _key(self, line: str) -> tuple[str, str]:
        label, colon, value = line.partition(":")
        if len(label) > _MAX_LABEL:
            return "", ""
        words = tokens(label)
        best: Mapping[int, str] = {
            match.last: match.key
            for match in self._labels.find(words)
            if match.first == 0 and len(words) - match.last - 1 <= _REST
        }
        key = best[max(best)] if best else ""
        named = key != "service_name" or (bool(words) and words[0].folded == "ten")
        return (key, value.strip()) if key and named and (colon or len(words) <= 2 * _REST + 1) else ("", "")
