"""All that a report knows as one JSON document (DESIGN section 8): the ranking, and beside it what its sheets show."""

from pathlib import Path

from auditor.model.edition import Criterion
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.note import Json
from auditor.model.ranking import Standing
from auditor.model.reading import Measure
from reports.fixed import fix_json
from reports.json import Object, rank_json, standing_json, write_document
from reports.numbers import pointed, pointed_exact
from reports.outcome import notice_texts
from reports.prices import price_list
from reports.succession import succession_lines
from reports.view import Source, sites_of, standings
from reports.words import Words, vietnamese

__all__ = ["render_json", "whole_json", "whole_standing"]


def whole_json(source: Source, words: Words | None = None) -> Object:
    """Give the ranking with its edition's areas, criteria and classes, what must be known first, and each standing in full."""
    said = (words or vietnamese()).for_programs()
    rows = {standing.agency: standing for standing in standings(source)}
    document = rank_json(source.ranking, source.edition, source.registry, words=said, edition_now=source.edition_now)
    groups = document["groups"]
    assert isinstance(groups, list)
    for group in groups:
        assert isinstance(group, dict)
        for kind in ("rows", "unranked"):
            told = group[kind]
            assert isinstance(told, list)
            group[kind] = [_more(source, rows[AgencyId(str(one["agency"]))], one, said) for one in told if isinstance(one, dict)]
    return {
        **document,
        "draft": source.draft,
        "notices": list(notice_texts(source, said)),
        "areas": [
            {"area": one.id, "number": one.number, "title": one.title, "floor": pointed(one.floor)}
            for one in source.edition.areas
        ],
        "classes": [{"class": cut.name, "at_least": pointed_exact(cut.at_least)} for cut in source.edition.classes],
        "headings": [
            {"heading": one.id, "parent": one.parent, "area": one.area, "title": one.title} for one in source.edition.headings
        ],
        "criteria": _criteria(source, said),
        "letterhead": _letterhead(source),
    }


def whole_standing(source: Source, standing: Standing, words: Words | None = None) -> Object:
    """Give one standing with its fixes, its sites and what was declared."""
    said = (words or vietnamese()).for_programs()
    return _more(source, standing, standing_json(standing, words=said), said)


def _more(source: Source, standing: Standing, told: Object, words: Words) -> Object:
    marks = told["marks"]
    assert isinstance(marks, list)
    for mark in marks:
        assert isinstance(mark, dict)
        mark["declaration"] = _declaration(source, standing.agency, str(mark["criterion"]))
    return {
        **told,
        "sites": list(sites_of(source, standing.agency)),
        "succession": list(succession_lines(source, standing.agency, words)),
        "fixes": fix_json(source, standing),
    }


def _declaration(source: Source, agency: AgencyId, criterion: str) -> Json:
    """Give what an agency gave beside a declared value: its own link and note, who, when and by which file."""
    found = source.declarations.get((agency, CriterionId(criterion)))
    if found is None:
        return None
    return {
        "evidence_link": found.evidence_link or None,
        "note": found.note or None,
        "by": found.declared_by or None,
        "imported_at": found.imported_at.isoformat(),
        "file": found.proof.url,
        "digest": found.proof.digest,
    }


def _criteria(source: Source, words: Words) -> list[Json]:
    return [
        {
            "criterion": one.id,
            "parent": one.parent,
            "area": one.area,
            "title": one.title,
            "groups": list(one.groups),
            "max": pointed(one.max_points),
            "source": one.source,
            "over": one.over,
            "take": one.take,
            "measures": list(one.measures),
            "scale": price_list(one, _kind(source, one), words),
            "legal_basis": one.legal_basis,
            "remedy": one.remedy,
        }
        for one in source.edition.criteria
    ]


def _kind(source: Source, criterion: Criterion) -> Measure | None:
    measure = measure_of(criterion, source.measures)
    return measure or declared_measure(criterion, measure)


def _letterhead(source: Source) -> Object:
    head = source.letterhead
    return {
        "superior": head.superior, "body": head.body, "symbol": head.symbol, "place": head.place, "capacity": head.capacity,
        "post": head.post, "signer": head.signer, "recipients": list(head.recipients),
    }  # fmt: skip


def render_json(source: Source, folder: Path) -> Path:
    """Write ``ranking.json`` into a folder and give its path: the same bytes whenever the ranking is the same."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ranking.json"
    with path.open("wb") as file:
        write_document(whole_json(source), file)
    return path
