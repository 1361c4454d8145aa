"""``auditor preview``: an edition, or a draft of one, over the evidence that is kept. Nothing is visited and nothing written."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from auditor.app.judging import last_night
from auditor.app.parts import Parts
from auditor.editions.check import check_edition
from auditor.editions.load import load_draft
from auditor.errors import ConfigError
from auditor.judge.preview import carry_over, compare
from auditor.model.edition import Edition
from auditor.model.preview import Preview

__all__ = ["preview"]


def preview(parts: Parts, edition: str, *, against: str | None = None, as_of: date | None = None) -> Preview:
    """Compare an edition (an id, or the path of a draft) with another one, the configured one by default.

    Both judge the same evidence at the same instant by the same code. What was declared and decided is taken over where a
    criterion asks the same.

    Raises:
        ConfigError: an edition is not there or wrong; every problem is listed.
        UsageError: nothing was published yet (by then), or the day is still to come.
    """
    new, old = _edition_or_draft(parts, edition), _edition_or_draft(parts, against or parts.settings.judge.edition)
    with parts.store() as store:
        last, instant = last_night(parts, store, as_of)
        night = parts.night(store)
        before = replace(night, edition=old).case(last, instant, last.manifest)
        after, carried = carry_over(replace(night, edition=new).case(last, instant, last.manifest), before)
    # Movement against former nights says nothing here.
    return compare(replace(before, published=None), replace(after, published=None), carried=carried)


def _edition_or_draft(parts: Parts, name: str) -> Edition:
    """Give an edition of the config by its id, or one of a file by its path, checked alike."""
    path = Path(name)
    if path.suffix != ".toml" and len(path.parts) == 1:
        return parts.edition(name)
    draft = load_draft(path)
    problems = check_edition(draft, parts.catalogue.measures, parts.registry)
    if problems:
        raise ConfigError(replace(problem, file=name) for problem in problems)
    return draft
