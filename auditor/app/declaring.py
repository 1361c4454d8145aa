"""``auditor declare``: what agencies say of themselves, imported whole or not at all, with the file as its proof."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from auditor.app.asking import Term, spoken, term_of
from auditor.app.parts import Parts
from auditor.app.periods import refused
from auditor.editions.declarations import read_declarations
from auditor.editions.given import Given, Missing
from auditor.editions.sheet import open_form
from auditor.engines.lock import only_one
from auditor.errors import InputError, Problem
from auditor.evidence.writer import write_blob
from auditor.model.council import PeriodState
from auditor.model.declaration import Declaration
from auditor.model.edition import Edition
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.run import RunKind

__all__ = ["Imported", "Version", "import_file", "in_effect", "versions"]

_TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What one file declared; of what it left open, ``missing`` is not declared, ``kept`` stays as it was declared before.

    What was declared in an earlier period is not declared in this one.
    """

    declarations: tuple[Declaration, ...]
    missing: tuple[Missing, ...]
    kept: tuple[Missing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One declared value among those of its agency and criterion: which it is, from 1, and the one before it."""

    declaration: Declaration
    number: int
    in_effect: bool
    before: Declaration | None

    @property
    def changed(self) -> tuple[str, ...]:
        """Give the fields in which it differs from the one before it; none for the first."""
        if self.before is None:
            return ()
        fields = ("value", "counts", "evidence_link", "note")
        return tuple(name for name in fields if getattr(self.declaration, name) != getattr(self.before, name))


def import_file(parts: Parts, path: Path, *, edition: str | None, by: str, agency: str | None = None) -> Imported:
    """Read a file of declarations, once, and keep both: the values and the very bytes they were read from.

    Raises:
        InputError: anything is wrong with the file; every problem is listed and nothing is taken. Or no period is open for it.
    """
    chosen = parts.edition(edition)
    form = open_form(path)
    media_type = _TYPES.get(path.suffix.lower(), "application/octet-stream")
    proof = Proof(digest=digest_of(form.body), kind=ProofKind.BLOB, media_type=media_type, size=len(form.body), url=form.name)
    with only_one(parts.data), parts.store() as store:
        night = parts.night(store, edition)
        night.settle()
        if why := refused(parts, store, chosen.id, frozenset({PeriodState.OPEN})):
            raise InputError([Problem(file=form.name, place="", what=why)])
        now = parts.clock.now()
        term = term_of(parts, store, chosen, now)
        filled = read_declarations(form, _given(parts, chosen, term, now, proof=proof, by=by, agency=agency))
        known = in_effect(store.declarations.all(chosen.id), term)
        run, notes = night.open(RunKind.DECLARE, path.name)
        rows = tuple(replace(row, imported_at=run.started_at) for row in filled.declarations)
        store.visits.keep(run.id, [write_blob(parts.evidence, form.body, media_type, form.name, ProofKind.BLOB)], run.started_at)
        store.declarations.add(run.id, rows)
        manifest, ended = night.seal(run, notes)
        night.keep(run, manifest, ended)
    return Imported(
        declarations=rows,
        missing=tuple(one for one in filled.missing if (one.agency, one.criterion) not in known),
        kept=tuple(one for one in filled.missing if (one.agency, one.criterion) in known),
    )


def _given(parts: Parts, edition: Edition, term: Term, now: datetime, *, proof: Proof, by: str, agency: str | None) -> Given:
    return Given(
        edition=edition,
        registry=parts.registry,
        measures=parts.catalogue.measures,
        spoken=spoken(edition, parts.catalogue.measures),
        imported_at=now,
        day=term.day,
        proof=proof,
        declared_by=by,
        agency=AgencyId(agency) if agency else None,
        period=term.period,
    )


def in_effect(rows: Iterable[Declaration], term: Term) -> dict[tuple[AgencyId, CriterionId], Declaration]:
    """Give the last declaration of each agency and criterion that counts in this term; ``rows`` stand in the order of import."""
    return {(row.agency, row.criterion): row for row in rows if term.since is None or row.imported_at >= term.since}


def versions(parts: Parts, *, agency: str | None, edition: str | None) -> tuple[Version, ...]:
    """Give every declaration for an edition, in the order of import, with its place among those of its criterion."""
    chosen = parts.edition(edition)
    with parts.store() as store:
        rows = store.declarations.all(chosen.id)
        last = in_effect(rows, term_of(parts, store, chosen, parts.clock.now()))
    before: dict[tuple[AgencyId, CriterionId], tuple[int, Declaration]] = {}
    found = []
    for row in rows:
        key = (row.agency, row.criterion)
        number, earlier = before.get(key, (0, None))
        before[key] = (number + 1, row)
        if agency is None or row.agency == agency:
            found.append(Version(declaration=row, number=number + 1, in_effect=last.get(key) is row, before=earlier))
    return tuple(found)
