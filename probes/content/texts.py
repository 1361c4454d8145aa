"""What single texts say, read once: the same labels, titles and lines come on page after page, and in every assessment."""

from collections.abc import Callable
from functools import partial

from auditor.sdk.phrases import Phrases
from auditor.sdk.remembering import remembering
from auditor.sdk.text import count_words, has_digit, tokens, words_of
from auditor.sdk.vocabulary import Vocabulary
from probes.content.sayings import Sayings

__all__ = ["SOME_WORDS", "Texts", "texts_of"]

SOME_WORDS = 12
"""So many words tell something, whatever they are."""
_LONG, _HEAD = 5_000, 500
"""So many characters of a text are counted, and so many say what it is."""
_ENTRY_WORDS = 3
_remembering = partial(remembering, longest=600)


class Texts:
    """Reads texts by a vocabulary's words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the phrases."""
        self._noise, self._sayings = vocabulary.finder("noise"), Sayings(vocabulary)
        self.sizes = _remembering(self._sizes)
        """Count a text's words: all, and without what every page says (print, share, next …) and bare numbers."""
        self.says_empty = _remembering(lambda text: self._sayings.empty(text, self.sizes(text)[0]))
        """Tell a text whose point is that there is nothing (yet)."""
        self.says_missing = _remembering(self._sayings.missing)
        """Tell a text one of whose sentences says that the page does not exist."""
        self.titled_missing = self._sayings.titled_missing
        """Tell titles of which one says, within whatever else it says, that the page does not exist."""
        self.is_entry = _remembering(self._is_entry)
        """Tell a label that names a thing of its own: in several words beside what every page says."""
        self.introduces = _remembering(_finding(vocabulary.finder("introduces")))
        """Tell a text that only says what a section or a list is for."""
        self.names_phones = _remembering(_finding(vocabulary.finder("phone")))
        """Tell a text that says that telephone numbers follow."""

    def _sizes(self, text: str) -> tuple[int, int]:
        size = count_words(text[:_LONG])
        if size >= SOME_WORDS and not has_digit(text):
            return size, size
        words = words_of(text[:_LONG])
        if size < SOME_WORDS and (noise := self._noise.find(tokens(text[:_LONG]))):
            idle = {index for match in noise for index in range(match.first, match.last + 1)}
            words = [word for index, word in enumerate(words) if index not in idle]
        return size, len(words) - sum(map(str.isdecimal, words))

    def _is_entry(self, label: str) -> bool:
        words = tokens(label)
        noisy = sum(match.last - match.first + 1 for match in self._noise.find(words))
        return len(words) - noisy >= _ENTRY_WORDS


def texts_of(vocabulary: Vocabulary) -> Texts:
    """Give what reads texts by these words: one for all pages and sites of a run."""
    return vocabulary.once("texts", lambda: Texts(vocabulary))


def _finding(phrases: Phrases) -> Callable[[str], bool]:
    return lambda text: bool(phrases.find(tokens(text[:_HEAD])))
