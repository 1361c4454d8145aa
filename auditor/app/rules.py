"""The editions that rankings were published by: kept with them, so that what is published stands whatever becomes of a file."""

from auditor.app.parts import Parts
from auditor.editions.load import parse_edition
from auditor.errors import ConfigError, EvidenceError, Problem, UsageError
from auditor.model.edition import Edition
from auditor.model.ids import Digest, EditionId
from auditor.model.ranking import Ranking
from auditor.store import Store

__all__ = ["as_published", "changed_editions"]


def as_published(parts: Parts, store: Store, edition: Edition, ranking: Ranking) -> Edition:
    """Give the edition that a ranking was published by, as it was then.

    Raises:
        UsageError: its file has changed since, and it was published before editions were kept with their rankings.
    """
    if ranking.edition_digest == edition.digest:
        return edition
    kept = _kept(parts, store, edition.id, ranking.edition_digest)
    if kept is None:
        raise UsageError(
            f"{_changed(edition, ranking)}; the file of then was not kept, so what was published by it cannot be shown without it"
        )
    return kept


def changed_editions(parts: Parts) -> list[Problem]:
    """Find editions whose file has changed since the last ranking was published by them: a published edition is immutable."""
    try:
        url = parts.settings.store.url
    except ConfigError:
        return []
    if not url and not (parts.data / "auditor.sqlite").exists():
        return []
    with parts.store() as store:
        last = {name: store.rankings.last(name) for name in parts.edition_names}
    found = []
    for name, ranking in last.items():
        digest = parts.edition_digest(name)
        if ranking is not None and digest is not None and ranking.edition_digest != digest:
            found.append(Problem(file=f"editions/{name}.toml", place="", what=_said(ranking)))
    return found


def _changed(edition: Edition, ranking: Ranking) -> str:
    """Say that an edition's file is no longer that by which a ranking was published."""
    return f"editions/{edition.id}.toml {_said(ranking)}"


def _said(ranking: Ranking) -> str:
    return (
        f"has changed since {ranking.run} published a ranking by it ({ranking.edition_digest}); a published edition is "
        "immutable: put the file back, or give the changed one an id of its own"
    )


def _kept(parts: Parts, store: Store, name: EditionId, digest: Digest) -> Edition | None:
    try:
        body = parts.archive(store).body(digest)
    except EvidenceError:
        return None
    edition, problems = parse_edition(body, name)
    return None if problems else edition
