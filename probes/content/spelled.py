"""The vocabulary's names of duties, ready to be compared with labels and addresses; made once a run."""

from collections.abc import Mapping, Sequence

from auditor.sdk.phrases import Phrases
from auditor.sdk.probe import Known
from auditor.sdk.text import nfc, slug_forms, tokens
from auditor.sdk.vocabulary import Vocabulary
from probes.content.abbreviations import Abbreviations

__all__ = ["GLUED", "names_of", "not_slugs", "phrases_of", "slug_table"]

GLUED = 6
"""Letters that words without a space between them need, so as not to stand in an address by chance."""


def phrases_of(vocabulary: Vocabulary, in_full: Abbreviations) -> Phrases:
    """Give the phrases of all sections, each kind under its own key."""
    wanted: dict[str, Sequence[str]] = {}
    for section in vocabulary.sections.values():
        wanted[f"exact {section.id}"] = section.exact
        wanted[f"accepted {section.id}"] = section.accepted
        wanted[f"not {section.id}"] = section.not_phrases
        wanted[f"leads {section.id}"] = section.leads
        wanted[f"anywhere {section.id}"] = section.anywhere
        wanted[f"parts {section.id}"] = section.parts
        wanted[f"perhaps {section.id}"] = section.perhaps
    return Phrases({key: [in_full(phrase) for phrase in group] for key, group in wanted.items()})


def not_slugs(vocabulary: Vocabulary) -> Mapping[str, frozenset[str]]:
    """Give, by duty, the spellings in addresses of what looks alike and is something else."""
    return {
        section.id: frozenset(form for phrase in section.not_phrases for form in slug_forms(phrase))
        for section in vocabulary.sections.values()
    }


def slug_table(vocabulary: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """Give every spelling of every duty: words parted by ``-``, and glued where that is long enough to be no chance."""
    table: dict[str, dict[str, None]] = {}
    for section in vocabulary.sections.values():
        forms = {form for phrase in (*section.exact, *section.accepted) for form in slug_forms(phrase)} | set(section.slugs)
        for form in sorted(forms):
            table.setdefault(form, {})[section.id] = None
            glued = form.replace("-", "")
            if len(glued) >= GLUED:
                table.setdefault(glued, {})[section.id] = None
    return {form: tuple(sections) for form, sections in table.items()}


def names_of(known: Known) -> list[str]:
    """Give the agencies' names, and what is left of each without its kind: ``UBND huyện An`` is also called ``An``."""
    kinds = known.vocabulary.finder("kinds")
    names = [agency.name for agency in known.agencies]
    for name in tuple(names):
        words = tokens(name)
        ends = [match.last for match in kinds.find(words) if match.first == 0]
        if ends and max(ends) + 1 < len(words):
            names.append(" ".join(nfc(name)[word.start : word.end] for word in words[max(ends) + 1 :]))
    return names
