"""``auditor declare``: what agencies say of themselves, imported whole or not at all, with the file as its proof."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from auditor.app.parts import Parts
from auditor.editions.declarations import read_declarations
from auditor.editions.sheet import open_form
from auditor.engines.lock import only_one
from auditor.evidence.writer import write_blob
from auditor.model.declaration import Declaration
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.run import RunKind

__all__ = ["declarations", "import_file"]

_TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def import_file(parts: Parts, path: Path, *, edition: str | None, by: str) -> tuple[Declaration, ...]:
    """Read a file of declarations, once, and keep both: the values and the very bytes they were read from.

    Raises:
        InputError: anything is wrong with the file; every problem is listed and nothing is taken.
    """
    chosen = parts.edition(edition)
    form = open_form(path)
    media_type = _TYPES.get(path.suffix.lower(), "application/octet-stream")
    proof = Proof(digest=digest_of(form.body), kind=ProofKind.BLOB, media_type=media_type, size=len(form.body), url=form.name)
    found = read_declarations(
        form,
        edition=chosen,
        registry=parts.registry,
        measures=parts.catalogue.measures,
        imported_at=parts.clock.now(),
        proof=proof,
        declared_by=by,
    )
    with only_one(parts.data), parts.store() as store:
        night = parts.night(store, edition)
        run, notes = night.open(RunKind.DECLARE, path.name)
        rows = tuple(replace(row, imported_at=run.started_at) for row in found)
        store.visits.keep(run.id, [write_blob(parts.evidence, form.body, media_type, form.name, ProofKind.BLOB)], run.started_at)
        store.declarations.add(run.id, rows)
        manifest, ended = night.seal(run, notes)
        night.keep(run, manifest, ended)
    return rows


def declarations(parts: Parts, *, agency: str | None, edition: str | None) -> tuple[tuple[Declaration, bool], ...]:
    """Give every declaration for an edition, each with whether it is the one in effect."""
    with parts.store() as store:
        rows = store.declarations.all(parts.edition(edition).id)
    left = Counter((row.agency, row.criterion) for row in rows)
    found = []
    for row in rows:
        left[row.agency, row.criterion] -= 1
        if agency is None or row.agency == agency:
            found.append((row, left[row.agency, row.criterion] == 0))
    return tuple(found)
