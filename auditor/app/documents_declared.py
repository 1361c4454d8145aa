"""JSON of declarations: their versions, what an import took and what is still missing."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from auditor.app.declaring import Imported, Version
from auditor.editions.given import Missing
from auditor.model.declaration import Counts, Declaration
from auditor.model.evidence import digest_of
from auditor.model.note import Json
from reports.json import value_json

__all__ = ["form_json", "imported_json", "versions_json"]

Object = Mapping[str, Json]


def form_json(path: Path) -> Object:
    """A form that was written."""
    body = path.read_bytes()
    return {"path": str(path), "digest": digest_of(body), "size": len(body)}


def versions_json(found: Iterable[Version]) -> list[Json]:
    """Declared values; ``in_effect`` marks the last of an agency and criterion, ``changed`` what differs from before."""
    return [
        {
            **_declaration(one.declaration),
            "version": one.number,
            "in_effect": one.in_effect,
            "changed": list(one.changed),
            "before": value_json(one.before.value) if one.before else None,
        }
        for one in found
    ]


def imported_json(found: Imported) -> Object:
    """What one file declared, what its form leaves open and nobody ever declared, and what stays as declared before."""
    return {
        "declarations": [_declaration(row) for row in found.declarations],
        "missing": [_missing(one) for one in found.missing],
        "kept": [_missing(one) for one in found.kept],
    }


def _declaration(row: Declaration) -> dict[str, Json]:
    return {
        "agency": row.agency,
        "edition": row.edition,
        "criterion": row.criterion,
        "value": value_json(row.value),
        "counts": _counts(row.counts),
        "evidence_link": row.evidence_link or None,
        "note": row.note or None,
        "declared_by": row.declared_by or None,
        "imported_at": row.imported_at.isoformat(),
        "file": row.proof.url,
        "place": row.proof.passage,
        "digest": row.proof.digest,
    }


def _counts(counts: Counts | None) -> Json:
    return {"part": counts.part, "whole": counts.whole} if counts else None


def _missing(one: Missing) -> dict[str, Json]:
    return {"agency": one.agency, "criterion": one.criterion, "title": one.title, "cell": one.cell}
